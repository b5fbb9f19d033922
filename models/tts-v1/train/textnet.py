"""The token models: phones -> tokens, durations and pitch, in parallel (the baseline) and as a neural transducer.

One encoder of phones serves both. The baseline stretches it by predicted durations and classifies every 20-ms frame. The
transducer walks through the phones: it emits a token of the phone at hand, or a blank and with it goes on to the next. It sees the
tokens before, how many of them are of this phone, and what the baseline's net thinks of a frame that far into the phone.
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import CODES, LANGUAGES, P
from generator import SPEAKER, Residual
from texts import FEATURES

CHANNELS, HISTORY_CHANNELS, JOINT, PLACES = 256, 192, 320, 4
ENCODER_DILATIONS, FRAME_DILATIONS, HISTORY_DILATIONS = (1, 1, 2, 1, 2), (1, 1, 2, 1, 2), (1, 2, 4, 8, 16)
HISTORY = 1 + sum(HISTORY_DILATIONS)  # tokens that the prediction net sees
START = CODES  # of the history


class Encoder(nn.Module):
    """Phones [B, P], features [B, P, FEATURES], language [B], speaker [B, SPEAKER] -> [B, CHANNELS, P], log seconds [B, P]."""

    def __init__(self):
        super().__init__()
        self.phone = nn.Embedding(len(P.PHONES), CHANNELS)
        self.language = nn.Embedding(len(LANGUAGES), CHANNELS)
        self.features = nn.Linear(FEATURES, CHANNELS)
        self.speaker = nn.Linear(SPEAKER, CHANNELS)
        self.blocks = nn.Sequential(*[Residual(CHANNELS, d) for d in ENCODER_DILATIONS])
        self.duration = nn.Conv1d(CHANNELS, 1, 1)

    def forward(self, phones, features, language, speaker, mask):
        x = self.phone(phones) + self.features(features) + (self.language(language) + self.speaker(speaker)).unsqueeze(1)
        mask = mask.unsqueeze(1)
        x = x.transpose(1, 2) * mask
        for block in self.blocks:
            x = block(x) * mask
        return x, self.duration(x).squeeze(1)


class Frames(nn.Module):
    """Encodings at every token [B, CHANNELS, T], place [B, 3, T] (share of the phone gone, its tokens, speaker's) ->
    token logits [B, T, CODES], octaves above the speaker's median pitch [B, T, 2], voicing logits [B, T, 2]."""

    def __init__(self):
        super().__init__()
        self.place = nn.Conv1d(2, CHANNELS, 3, padding=1)
        self.blocks = nn.Sequential(*[Residual(CHANNELS, d) for d in FRAME_DILATIONS])
        self.tokens = nn.Conv1d(CHANNELS, CODES, 1)
        self.pitch = nn.Conv1d(CHANNELS, 4, 1)
        with torch.no_grad():
            self.tokens.weight *= 0.1

    def hidden(self, x, place):
        return self.blocks(F.relu(x + self.place(place)))

    def forward(self, x, place):
        y = self.hidden(x, place)
        tokens, pitch = self.tokens(y).transpose(1, 2), self.pitch(y).transpose(1, 2)
        return tokens, pitch[..., :2] * 0.3, pitch[..., 2:]


class Prediction(nn.Module):
    """Tokens so far -> what the joint needs of them: causal convolutions over the last HISTORY tokens."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(CODES + 1, HISTORY_CHANNELS)
        self.convs = nn.ModuleList([nn.Conv1d(HISTORY_CHANNELS, HISTORY_CHANNELS, 2, dilation=d) for d in HISTORY_DILATIONS])
        self.out = nn.Linear(HISTORY_CHANNELS, JOINT)

    def forward(self, history):
        """[B, HISTORY - 1 + U], the tokens before each of U places -> [B, U, JOINT]."""
        x = self.embed(history).transpose(1, 2)
        for conv in self.convs:
            y = conv(x)
            x = x[:, :, x.shape[2] - y.shape[2]:] + F.relu(y)
        return self.out(x.transpose(1, 2))


class Joint(nn.Module):
    """One node of the lattice -> logits of the tokens, log odds that the phone has ended (the blank).

    The two are factored as in a hybrid autoregressive transducer: the blank first, else a token. The tokens' logits are
    those of the parallel way at this frame (`guide`, not trained) and a sum on top, which starts at nothing. Whether the phone ends is
    not told by the tokens before: those of a recording say how long it is, its own made the net hold on to phones.
    """

    def __init__(self):
        super().__init__()
        self.guide = nn.Linear(CHANNELS, CODES)
        self.frame, self.phone = nn.Linear(CHANNELS, JOINT), nn.Linear(CHANNELS, JOINT)
        self.place = nn.Sequential(nn.Linear(PLACES, 64), nn.ReLU(), nn.Linear(64, JOINT))
        self.mix = nn.Linear(JOINT, JOINT)
        self.out, self.ends = nn.Linear(JOINT, CODES), nn.Linear(JOINT, 1)
        with torch.no_grad():
            self.out.weight.zero_()
            self.out.bias.zero_()

    def forward(self, frame, phone, place, history):
        """Hidden frame and encoding of the phone [..., CHANNELS], place [..., PLACES], prediction [..., JOINT] ->
        [..., CODES], [...]. The phone's encoding and the history may be broadcast."""
        here = self.frame(frame) + self.phone(phone) + self.place(place)
        z = torch.tanh(here + history)
        z = z + F.relu(self.mix(z))
        return self.guide(frame) + self.out(z), self.over(here)

    def over(self, here):
        return self.ends(torch.tanh(here)).squeeze(-1)


def place_in_phone(count, expected):
    """Tokens that the phone has already and that it is expected to have [...] -> [..., PLACES]."""
    return torch.stack([count.clamp(max=40) / 10, ((count + 0.5) / expected).clamp(max=4), torch.log(expected) / 2,
                        ((count - expected) / 3).clamp(-4, 4)], -1)


def planned(seconds, pauses):
    """Expected lengths of phones as they are planned, in tokens, float and whole; as org.chorale.synth.Durations."""
    expected = np.clip(seconds, 0.02, np.where(pauses, 0.6, 0.4)) / 0.02
    ends = np.floor(np.cumsum(expected) + 0.5).astype(int)
    counts, given = [], 0
    for end in ends:
        counts.append(max(1, end - given))
        given += counts[-1]
    return expected, np.array(counts)


def place_of(durations):
    """Tokens of each phone (1-D tensor) -> index of the phone of every token [T], place [2, T]."""
    index = torch.repeat_interleave(torch.arange(len(durations)), durations)
    first = torch.cumsum(durations, 0) - durations
    gone = torch.arange(len(index)) - first[index]
    own = durations[index].float()
    return index, torch.stack([(gone + 0.5) / own, torch.log(own) / 2])
