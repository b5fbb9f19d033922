"""The lyrics net: the trunk of speech-v1 with eyes for music, and three ways to say what is sung.

Input are the samples of both channels. Beside the log-mel of their middle, which the speech net knows, the net sees how
far each band stands to the sides (voices stand in the middle of a mix) and a spectrum of 64-ms windows in 1/16 octaves,
in which held notes are lines. All convolutions are 'valid'. See MODEL_CARD.md.
"""
import importlib.util
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
SPEECH = os.path.join(HERE, "../../speech-v1/train")
sys.path.insert(0, os.path.join(HERE, "../../common"))
import phones as P

spec = importlib.util.spec_from_file_location("speech_net", os.path.join(SPEECH, "net.py"))
speech = importlib.util.module_from_spec(spec)
spec.loader.exec_module(speech)

SAMPLE_RATE, HOP, WINDOW, MELS, CHANNELS = 16000, speech.HOP, speech.WINDOW, speech.MELS, speech.CHANNELS
LONG, BANDS, LOWEST_HZ, PER_OCTAVE = 1024, 104, 65.0, 16
FEATURES = 2 * MELS + BANDS
LAST_DILATION = 8
CONTEXT_FRAMES = speech.CONTEXT_FRAMES + 2 * LAST_DILATION  # each side, 10-ms frames
EDGE = (LONG - HOP) // 2  # samples of a long window outside its frame
CONTEXT_SAMPLES = CONTEXT_FRAMES * HOP + EDGE
EMBEDDING = 64
VOICE_KINDS = 3  # no voice, speech, song
CHARACTERS = " abcdefghijklmnopqrstuvwxyz'"


def band_matrix():
    """[BANDS, LONG/2+1] triangles in equal musical steps; at the bottom, where bins are wider, the nearest bins."""
    hz = LOWEST_HZ * 2 ** (np.arange(-1, BANDS + 1) / PER_OCTAVE)
    bins = np.arange(LONG // 2 + 1) * SAMPLE_RATE / LONG
    width = np.maximum(np.diff(hz)[:, None], SAMPLE_RATE / LONG)
    mid = hz[1:-1, None]
    rows = np.maximum(0, np.minimum(1 - (mid - bins) / width[:-1], 1 - (bins - mid) / width[1:]))
    return (rows / rows.sum(1, keepdims=True)).astype(np.float32)


class Features(nn.Module):
    """Left and right [B, 2, N] -> [B, FEATURES, (N - LONG) / HOP + 1]: log-mel of the middle, side against middle, bands."""

    def __init__(self):
        super().__init__()
        self.mel = speech.LogMel()
        n, k = np.arange(LONG), np.arange(LONG // 2 + 1)[:, None]
        window = 0.5 - 0.5 * np.cos(2 * np.pi * (n + 0.5) / LONG)
        basis = np.concatenate([np.cos(2 * np.pi * k * n / LONG), -np.sin(2 * np.pi * k * n / LONG)]) * window
        used = 1 + int(np.nonzero(band_matrix().sum(0))[0].max())
        basis = np.concatenate([basis[:used], basis[LONG // 2 + 1:LONG // 2 + 1 + used]])
        self.used = used
        self.register_buffer("basis", torch.tensor(basis[:, None, :], dtype=torch.float32), persistent=False)
        self.register_buffer("bands", torch.tensor(band_matrix()[:, :used, None]), persistent=False)

    def forward(self, samples):
        middle = 0.5 * (samples[:, 0] + samples[:, 1])
        side = 0.5 * (samples[:, 0] - samples[:, 1])
        crop = EDGE - (WINDOW - HOP) // 2
        n = middle.shape[1]
        short = self.mel(middle[:, crop:n - crop])
        across = torch.clamp(self.mel(side[:, crop:n - crop]) - short, -6.0, 4.0)
        spectrum = F.conv1d(middle.unsqueeze(1), self.basis, stride=HOP)
        power = spectrum[:, :self.used] ** 2 + spectrum[:, self.used:] ** 2
        return torch.cat([short, across, torch.log(F.conv1d(power, self.bands) + 1e-4)], 1)


class Last(nn.Module):
    """A residual layer that looks far; starts as nothing."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.crop = dilation
        self.conv = nn.Conv1d(channels, channels, 3, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(channels)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x):
        return x[:, :, self.crop:x.shape[2] - self.crop] + F.relu(self.norm(self.conv(x)))


class Net(speech.Net):
    """Features [B, FEATURES, T + 2 CONTEXT_FRAMES] -> (logits [B, T, phones], embeddings [B, T, 64] for phones and for
    characters, each of length 1, logits of no voice, speech and song [B, T, 3]); T even."""

    def __init__(self):
        super().__init__()
        self.music_norm = nn.BatchNorm1d(MELS + BANDS, affine=False)
        self.music = nn.Conv1d(MELS + BANDS, CHANNELS, 2, stride=2, bias=False)
        nn.init.zeros_(self.music.weight)
        self.last = Last(CHANNELS, LAST_DILATION)
        self.phone_embedding = nn.Conv1d(CHANNELS, 2 * EMBEDDING, 1)
        self.character_embedding = nn.Conv1d(CHANNELS, 2 * EMBEDDING, 1)
        self.voice = nn.Conv1d(CHANNELS, 2 * VOICE_KINDS, 1)
        self.phone_text = TextEncoder(len(P.PHONES))
        self.character_text = TextEncoder(len(CHARACTERS))
        self.scale = nn.Parameter(torch.tensor(10.0))

    def trunk(self, features):
        music = self.music(self.music_norm(features[:, MELS:, 2:-2]))
        x = self.first(self.input_norm(features[:, :MELS])) + music
        return self.last(self.blocks(F.relu(self.first_norm(x))))

    def pairs(self, y, width):
        return y.transpose(1, 2).reshape(y.shape[0], -1, width)

    def forward(self, features):
        x = self.trunk(features)
        embed = lambda head: F.normalize(self.pairs(head(x), EMBEDDING).float(), dim=2)
        return (self.pairs(self.head(x), self.classes), embed(self.phone_embedding), embed(self.character_embedding),
                self.pairs(self.voice(x), VOICE_KINDS))


class TextEncoder(nn.Module):
    """A symbol between its neighbours, int [N, 3] -> a vector of length 1, [N, 64]."""

    def __init__(self, symbols):
        super().__init__()
        self.embed = nn.Embedding(symbols, EMBEDDING)
        self.dense = nn.Sequential(nn.Linear(3 * EMBEDDING, 128), nn.ReLU(), nn.Linear(128, EMBEDDING))

    def forward(self, triples):
        return F.normalize(self.dense(self.embed(triples).flatten(1)), dim=1)


def from_speech(path):
    """A net that does what the speech net of a checkpoint does, and can learn the rest."""
    model = Net()
    missing, unexpected = model.load_state_dict(torch.load(path, map_location="cpu")["average"], strict=False)
    assert not unexpected, unexpected
    return model
