"""The acoustic net. All convolutions are 'valid': a frame comes out only where its whole context went in, so that any
chunking of a stream gives the same posteriors. See MODEL_CARD.md."""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../common"))
import phones as P
from arithmetic import autocast  # noqa: F401 (net.autocast)

SAMPLE_RATE, HOP, WINDOW, FFT, MELS = 16000, 160, 400, 512, 64
LOW_HZ, HIGH_HZ, FLOOR = 50.0, 7600.0, 1e-5
CHANNELS, DILATIONS = 288, (1, 1, 2, 2, 4, 1, 1, 1)
CONTEXT_FRAMES = 2 + 2 * sum(2 * d for d in DILATIONS)  # each side, 10-ms frames; 2 = half of the 6-tap strided layer
CONTEXT_SAMPLES = CONTEXT_FRAMES * HOP + (WINDOW - HOP) // 2  # each side


def mel_matrix():
    """[MELS, FFT/2+1] triangular filters on the HTK mel scale."""
    mel = lambda hz: 2595 * np.log10(1 + hz / 700)
    points = 700 * (10 ** (np.linspace(mel(LOW_HZ), mel(HIGH_HZ), MELS + 2) / 2595) - 1)
    bins = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT
    low, mid, high = points[:-2, None], points[1:-1, None], points[2:, None]
    return np.maximum(0, np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid))).astype(np.float32)


class LogMel(nn.Module):
    """Samples [B, N] -> log-mel [B, MELS, (N - WINDOW) / HOP + 1]; a convolution with a fixed basis, so that it exports."""

    def __init__(self):
        super().__init__()
        n, k = np.arange(WINDOW), np.arange(FFT // 2 + 1)[:, None]
        window = 0.5 - 0.5 * np.cos(2 * np.pi * (n + 0.5) / WINDOW)
        basis = np.concatenate([np.cos(2 * np.pi * k * n / FFT), -np.sin(2 * np.pi * k * n / FFT)]) * window
        self.register_buffer("basis", torch.tensor(basis[:, None, :], dtype=torch.float32), persistent=False)
        self.register_buffer("mel", torch.tensor(mel_matrix()[:, :, None]), persistent=False)

    def forward(self, samples):
        spectrum = F.conv1d(samples.unsqueeze(1), self.basis, stride=HOP)
        half = FFT // 2 + 1
        power = spectrum[:, :half] ** 2 + spectrum[:, half:] ** 2
        return torch.log(F.conv1d(power, self.mel) + FLOOR)


class FoldedLogMel(nn.Module):
    """Samples [1, N] -> log-mel [(N - WINDOW) / HOP + 1, MELS], as LogMel with half of the products.

    About the middle of a window cosines are even and sines are odd: sums and differences of the samples on both sides need
    half of the taps. N is a multiple of BLOCK.
    """

    BLOCK = 40  # samples: HOP and half a WINDOW are whole numbers of them

    def __init__(self):
        super().__init__()
        mel = mel_matrix()
        bins = np.flatnonzero(mel.any(0))
        n = np.arange(WINDOW // 2) + 0.5  # samples from the middle
        angles = 2 * np.pi * n[:, None] * bins / FFT
        window = 0.5 + 0.5 * np.cos(2 * np.pi * n[:, None] / WINDOW)
        for name, values in (("cosines", np.cos(angles) * window), ("sines", np.sin(angles) * window), ("mel", mel[:, bins].T)):
            self.register_buffer(name, torch.tensor(np.ascontiguousarray(values), dtype=torch.float32), persistent=False)

    def forward(self, samples):
        blocks = samples.reshape(-1, self.BLOCK)
        every, half = HOP // self.BLOCK, WINDOW // 2 // self.BLOCK
        end = blocks.shape[0] - 2 * half + 1
        side = lambda blocks, firsts: torch.cat([blocks[k:k + end:every] for k in firsts], 1)
        right, left = side(blocks, range(half, 2 * half)), side(blocks.flip(1), range(half - 1, -1, -1))
        real, imaginary = torch.matmul(right + left, self.cosines), torch.matmul(right - left, self.sines)
        return torch.log(torch.matmul(real * real + imaginary * imaginary, self.mel) + FLOOR)


class Residual(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.crop = 2 * dilation
        self.conv = nn.Conv1d(channels, channels, 5, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x):
        return x[:, :, self.crop:x.shape[2] - self.crop] + F.relu(self.norm(self.conv(x)))


class Net(nn.Module):
    """Log-mel [B, MELS, T + 2 CONTEXT_FRAMES] -> logits [B, T, classes]; T even."""

    def __init__(self, classes=len(P.PHONES), channels=CHANNELS):
        super().__init__()
        self.classes = classes
        self.input_norm = nn.BatchNorm1d(MELS, affine=False)
        self.first = nn.Conv1d(MELS, channels, 6, stride=2)
        self.first_norm = nn.BatchNorm1d(channels)
        self.blocks = nn.Sequential(*[Residual(channels, d) for d in DILATIONS])
        self.head = nn.Conv1d(channels, 2 * classes, 1)

    def forward(self, features):
        x = F.relu(self.first_norm(self.first(self.input_norm(features))))
        y = self.head(self.blocks(x))  # [B, 2 classes, T / 2]
        return y.transpose(1, 2).reshape(y.shape[0], -1, self.classes)
