"""The speech generator: tokens, pitch and a speaker vector -> waveform, all frames at once.

A convolutional net gives, every 10 ms, the causal cepstrum of two filters. The spectrum of a pulse train at the given
pitch goes through the one, that of white noise through the other, their sum through an inverse STFT. A causal cepstrum is a
minimum-phase filter, so the phase of every harmonic comes with its magnitude and has not to be learned.
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from common import CODES, HOP, S, SAMPLE_RATE

CHANNELS, SPEAKER = 288, 64
TOKEN_DILATIONS, FRAME_DILATIONS = (1, 1, 2, 2, 4, 1), (1, 2, 1, 2)
WINDOW, FFT = 2 * HOP, 768
BINS, PULSE_ORDER, NOISE_ORDER = FFT // 2 + 1, 96, 40
PITCH_CENTRE, PITCH_SCALE = np.log2(160.0), 0.5
TOP_HZ = 7800.0
LOUDEST = 1.5  # log of the greatest gain of a filter


class Residual(nn.Module):
    def __init__(self, channels, dilation, taps=5):
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, taps, dilation=dilation, padding=dilation * (taps // 2), bias=False)
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x):
        return x + F.relu(self.norm(self.conv(x)))


class Reference(nn.Module):
    """Log-mel [B, MELS, T] of any utterance -> speaker vector [B, SPEAKER], log2 of the median pitch [B, 1]."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(S.MELS, affine=False)
        self.first = nn.Conv1d(S.MELS, 160, 5, stride=2)
        self.second = nn.Conv1d(160, 160, 5, stride=2)
        self.vector = nn.Linear(320, SPEAKER)
        self.pitch = nn.Linear(320, 1)

    def forward(self, mel):
        x = F.relu(self.second(F.relu(self.first(self.norm(mel)))))
        x = x.float()
        pooled = torch.cat([x.mean(2), torch.sqrt(x.var(2, unbiased=False) + 1e-4)], 1)
        return torch.tanh(self.vector(pooled)), PITCH_CENTRE + self.pitch(pooled)


class Filters(nn.Module):
    """Tokens [B, T], speaker [B, SPEAKER], pitch in Hz [B, 2T], 0 = unvoiced -> cepstra [B, orders, 2T]."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(CODES, CHANNELS)
        self.speaker = nn.Linear(SPEAKER, CHANNELS)
        self.speaker2 = nn.Linear(SPEAKER, CHANNELS)
        self.first = nn.Conv1d(CHANNELS, CHANNELS, 3, padding=1)
        self.slow = nn.Sequential(*[Residual(CHANNELS, d) for d in TOKEN_DILATIONS])
        self.pitch = nn.Conv1d(2, CHANNELS, 5, padding=2)
        self.up = nn.ConvTranspose1d(CHANNELS, CHANNELS, 4, stride=2, padding=1)
        self.fast = nn.Sequential(*[Residual(CHANNELS, d) for d in FRAME_DILATIONS])
        self.head = nn.Conv1d(CHANNELS, PULSE_ORDER + NOISE_ORDER, 1)
        # High orders are small: their units are, too, so that a step of the optimiser moves all alike.
        order = np.concatenate([np.arange(PULSE_ORDER), np.arange(NOISE_ORDER)])
        self.register_buffer("unit", torch.tensor(0.2 / (1 + order / 8.0), dtype=torch.float32)[:, None], persistent=False)
        with torch.no_grad():
            self.head.bias[:] = 0
            self.head.bias[0], self.head.bias[PULSE_ORDER] = -4.0 / 0.2, -5.0 / 0.2

    def forward(self, tokens, speaker, hz):
        x = self.embed(tokens).transpose(1, 2) + self.speaker(speaker).unsqueeze(2)
        x = self.slow(F.relu(self.first(x)))
        voiced = (hz > 0).float()
        octave = torch.log2(hz.clamp(min=30.0)) - PITCH_CENTRE
        y = self.pitch(torch.stack([octave / PITCH_SCALE * voiced, voiced], 1))
        y = F.relu(self.up(x) + y + self.speaker2(speaker).unsqueeze(2))
        return self.head(self.fast(y)).float() * self.unit


def bases():
    """cosine and sine of bin k at delay n: [FFT, BINS] each."""
    angle = 2 * np.pi * np.outer(np.arange(FFT), np.arange(BINS)) / FFT
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


class Head(nn.Module):
    """Cepstra and the two excitations [B, N], N = HOP x frames -> waveform [B, N]. fixed: with matrices, for export."""

    def __init__(self, fixed=False):
        super().__init__()
        self.fixed = fixed
        cosine, sine = bases()
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
        buffer = lambda name, value: self.register_buffer(name, torch.tensor(value, dtype=torch.float32), persistent=False)
        buffer("cosine", cosine[:PULSE_ORDER])
        buffer("sine", sine[:PULSE_ORDER])
        buffer("window", window)
        if fixed:
            buffer("forward_basis", np.concatenate([cosine[:WINDOW].T, -sine[:WINDOW].T])[:, None] * window)  # [2 BINS, 1, WINDOW]
            weight = np.full((BINS, 1), 2.0 / FFT)
            weight[[0, -1]] = 1.0 / FFT
            buffer("inverse_basis", np.concatenate([cosine.T * weight, -sine.T * weight])[:, None])  # [2 BINS, 1, FFT]

    def spectrum(self, x):
        """[B, N] -> real, imaginary [B, frames, BINS]; frame t is centred on sample HOP t + HOP / 2."""
        x = F.pad(x, (HOP // 2, HOP // 2))
        if self.fixed:
            y = F.conv1d(x.unsqueeze(1), self.forward_basis, stride=HOP).transpose(1, 2)
            return y[..., :BINS], y[..., BINS:]
        y = torch.fft.rfft(x.unfold(1, WINDOW, HOP) * self.window, FFT)
        return y.real, y.imag

    def response(self, cepstrum):
        """[B, order, T] -> real, imaginary [B, T, BINS] of the minimum-phase filter."""
        c, order = cepstrum.transpose(1, 2), cepstrum.shape[1]
        magnitude = torch.exp(LOUDEST - F.softplus(LOUDEST - c @ self.cosine[:order]))
        phase = -(c @ self.sine[:order])
        return magnitude * torch.cos(phase), magnitude * torch.sin(phase)

    def forward(self, cepstra, pulses, noise):
        pr, pi = self.spectrum(pulses)
        nr, ni = self.spectrum(noise)
        ar, ai = self.response(cepstra[:, :PULSE_ORDER])
        br, bi = self.response(cepstra[:, PULSE_ORDER:])
        real = pr * ar - pi * ai + nr * br - ni * bi
        imaginary = pr * ai + pi * ar + nr * bi + ni * br
        length = pulses.shape[1]
        if self.fixed:
            y = F.conv_transpose1d(torch.cat([real, imaginary], 2).transpose(1, 2), self.inverse_basis, stride=HOP).squeeze(1)
        else:
            y = torch.fft.irfft(torch.complex(real, imaginary), FFT)
            frames = y.shape[1]
            y = F.fold(y.transpose(1, 2), (1, HOP * (frames - 1) + FFT), (1, FFT), stride=(1, HOP)).flatten(1)
        return y[:, HOP // 2:HOP // 2 + length]


def pulses(hz, phase=0.0):
    """Pitch [2T] in Hz, 0 = unvoiced -> float32 [2T x HOP], power 1 where voiced: all harmonics below TOP_HZ in step.

    Between frames the pitch goes in a straight line; the strength of the voicing, too. phase: of a period, at the start.
    The Java side (org.chorale.synth.PulseTrain) does the same.
    """
    frames = len(hz)
    voiced = hz > 0
    if not voiced.any():
        return np.zeros(frames * HOP, np.float32)
    at = (np.arange(frames * HOP) + 0.5) / HOP - 0.5
    known = np.flatnonzero(voiced)
    f = np.interp(at, known, hz[known])
    strength = np.interp(at, np.arange(frames), voiced.astype(np.float64))
    cycles = phase + np.cumsum(f / SAMPLE_RATE)
    count = np.floor(TOP_HZ / f)
    x = np.pi * (cycles - np.round(cycles))
    below = np.sin(x)
    near = np.abs(below) < 1e-6
    kernel = np.where(near, 2 * count + 1, np.sin((2 * count + 1) * x) / np.where(near, 1, below))
    return ((kernel - 1) / 2 * np.sqrt(2 / count) * strength).astype(np.float32)
