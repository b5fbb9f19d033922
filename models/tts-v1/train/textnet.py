"""The token models: phones -> tokens, durations and pitch, in parallel (the baseline) and as a neural transducer.

One encoder of phones serves both. The baseline stretches it by predicted durations and classifies every 20-ms frame; the
transducer emits tokens one after another, and moves on to the next phone with every blank.
"""
import torch
import torch.nn.functional as F
from torch import nn

from common import CODES, LANGUAGES, P
from generator import SPEAKER, Residual
from texts import FEATURES

CHANNELS, HISTORY_CHANNELS, JOINT = 256, 192, 256
ENCODER_DILATIONS, FRAME_DILATIONS, HISTORY_DILATIONS = (1, 1, 2, 1, 2), (1, 1, 2, 1, 2), (1, 2, 4, 8, 16)
HISTORY = 1 + sum(HISTORY_DILATIONS)  # tokens that the prediction net sees
START = BLANK = CODES


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

    def forward(self, x, place):
        y = self.blocks(F.relu(x + self.place(place)))
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
    def __init__(self):
        super().__init__()
        self.phone = nn.Linear(CHANNELS, JOINT)
        self.out = nn.Linear(JOINT, CODES + 1)

    def forward(self, phone, history):
        """Encoding and prediction, broadcast against each other: [..., CHANNELS], [..., JOINT] -> logits [..., CODES + 1]."""
        return self.out(torch.tanh(self.phone(phone) + history))


def place_of(durations):
    """Tokens of each phone (1-D tensor) -> index of the phone of every token [T], place [2, T]."""
    index = torch.repeat_interleave(torch.arange(len(durations)), durations)
    first = torch.cumsum(durations, 0) - durations
    gone = torch.arange(len(index)) - first[index]
    own = durations[index].float()
    return index, torch.stack([(gone + 0.5) / own, torch.log(own) / 2])
