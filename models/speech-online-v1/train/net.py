"""The low-latency net: speech-v1's with its later convolutions looking back only. 'Valid' convolutions as there, so a
frame depends on its context and on nothing else, however a stream is cut. See MODEL_CARD.md."""
import importlib.util
import os

import torch
import torch.nn.functional as F
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))


def speech(name):
    """A module of speech-v1/train by its own name, which this folder may use, too."""
    path = os.path.join(HERE, "../../speech-v1/train", name + ".py")
    spec = importlib.util.spec_from_file_location("speech_" + name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


S = speech("net")
P = S.P
CHANNELS, DILATIONS = S.CHANNELS, S.DILATIONS
LOOK_AHEADS = (2, 2, 2, 0, 0, 0, 0, 0)  # of each block, 20-ms frames; a symmetric 5-tap block has 2 x dilation
LEFT_FRAMES = 2 + 2 * sum(4 * d - r for d, r in zip(DILATIONS, LOOK_AHEADS))  # 10-ms frames before the first of a pair
RIGHT_FRAMES = 2 + 2 * sum(LOOK_AHEADS)  # and after the second


class Residual(nn.Module):
    """A 5-tap convolution of which the last tap lies `ahead` frames after the frame it adds to."""

    def __init__(self, channels, dilation, ahead):
        super().__init__()
        self.left, self.right = 4 * dilation - ahead, ahead
        self.conv = nn.Conv1d(channels, channels, 5, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x):
        return x[:, :, self.left:x.shape[2] - self.right] + F.relu(self.norm(self.conv(x)))


class Net(nn.Module):
    """Log-mel [B, MELS, LEFT_FRAMES + T + RIGHT_FRAMES] -> logits [B, T, classes]; T even."""

    def __init__(self, classes=len(P.PHONES), channels=CHANNELS):
        super().__init__()
        self.classes = classes
        self.input_norm = nn.BatchNorm1d(S.MELS, affine=False)
        self.first = nn.Conv1d(S.MELS, channels, 6, stride=2)
        self.first_norm = nn.BatchNorm1d(channels)
        self.blocks = nn.Sequential(*[Residual(channels, d, r) for d, r in zip(DILATIONS, LOOK_AHEADS)])
        self.head = nn.Conv1d(channels, 2 * classes, 1)

    def forward(self, features):
        x = F.relu(self.first_norm(self.first(self.input_norm(features))))
        y = self.head(self.blocks(x))  # [B, 2 classes, T / 2]
        return y.transpose(1, 2).reshape(y.shape[0], -1, self.classes)


def from_speech(state):
    """The weights of a speech-v1 net for this one: every tap stays at its time, those that would look too far ahead go,
    those that look further back begin at zero."""
    state = dict(state)
    for k, (dilation, ahead) in enumerate(zip(DILATIONS, LOOK_AHEADS)):
        shift = (2 * dilation - ahead) // dilation  # taps
        old = state[f"blocks.{k}.conv.weight"]
        new = torch.zeros_like(old)
        new[:, :, shift:] = old[:, :, :5 - shift]
        state[f"blocks.{k}.conv.weight"] = new
    return state
