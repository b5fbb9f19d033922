"""The speech generator: tokens, pitch and a timbre -> waveform, all frames at once.

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
WHOLE, CLASSES, VALUES = 128, 12, 48  # of a timbre: numbers about the whole, kinds of sound, numbers about each kind
TIMBRE = WHOLE + CLASSES * VALUES
PRIOR_FRAMES = 8.0  # what a kind of sound is like for everybody counts as this many frames of 40 ms
TOKEN_DILATIONS, FRAME_DILATIONS = (1, 1, 2, 2, 4, 1), (1, 2, 1, 2)
WINDOW, FFT = 2 * HOP, 768
BINS, PULSE_ORDER, NOISE_ORDER = FFT // 2 + 1, 96, 40
PITCH_CENTRE, PITCH_SCALE = np.log2(160.0), 0.5
TOP_HZ = 7800.0
CORRECTED, ACTIVE, SURE_FRAMES, MOST = 20, 7.0, 30.0, 3.0  # cepstra, nats of power below the loudest, frames, nats of power
LOUDEST = 1.5  # log of the greatest gain of a filter


class Residual(nn.Module):
    def __init__(self, channels, dilation, taps=5):
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, taps, dilation=dilation, padding=dilation * (taps // 2), bias=False)
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x, gain=None, shift=None):
        y = self.norm(self.conv(x))
        return x + F.relu(y if gain is None else y * (1 + gain) + shift)


class Manner(nn.Module):
    """Log-mel [B, MELS, T] of any utterance -> how its speaker talks [B, SPEAKER], for the text model; log2 of the median pitch [B, 1]."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(S.MELS, affine=False)
        self.first = nn.Conv1d(S.MELS, 160, 5, stride=2)
        self.second = nn.Conv1d(160, 160, 5, stride=2)
        self.vector = nn.Linear(320, SPEAKER)
        self.pitch = nn.Linear(320, 1)

    def hidden(self, mel):
        return F.relu(self.second(F.relu(self.first(self.norm(mel)))))

    @staticmethod
    def pooled(x):
        return torch.cat([x.mean(2), torch.sqrt(x.var(2, unbiased=False) + 1e-4)], 1)

    def forward(self, mel):
        pooled = self.pooled(self.hidden(mel).float())
        return torch.tanh(self.vector(pooled)), PITCH_CENTRE + self.pitch(pooled)


class Reference(Manner):
    """Log-mel [B, MELS, T] of any utterance -> timbre [B, TIMBRE], [B, 3]: log2 of the median pitch, its spread, phones a second.

    The timbre is a vector of the whole, and a table: what the frames of each of CLASSES kinds of sound (the kinds are learnt)
    are like on average. A kind that the recording hardly has keeps close to what it is like for everybody.
    """

    def __init__(self):
        super().__init__()
        self.more = nn.Linear(320, WHOLE - SPEAKER)
        self.kinds = nn.Conv1d(160, CLASSES, 1)
        self.values = nn.Conv1d(160, VALUES, 1)
        self.usual = nn.Parameter(torch.zeros(CLASSES, VALUES))
        self.prosody = nn.Linear(320, 2)

    def forward(self, mel):
        x = self.hidden(mel).float()
        pooled = self.pooled(x)
        share = torch.softmax(self.kinds(x), 1)  # [B, CLASSES, T]
        table = (share @ self.values(x).transpose(1, 2) + PRIOR_FRAMES * self.usual) / (share.sum(2, keepdim=True) + PRIOR_FRAMES)
        timbre = torch.cat([torch.tanh(self.vector(pooled)), torch.tanh(self.more(pooled)), torch.tanh(table).flatten(1)], 1)
        return timbre, torch.cat([PITCH_CENTRE + self.pitch(pooled), self.prosody(pooled)], 1)


class Filters(nn.Module):
    """Tokens [B, T], timbre [B, TIMBRE], pitch in Hz [B, 2T], 0 = unvoiced -> cepstra [B, orders, 2T].

    The whole of the timbre scales and shifts every channel of every block; what kind of sound a token is says which
    rows of the table it is given.
    """

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(CODES, CHANNELS)
        self.speaker = nn.Linear(WHOLE, CHANNELS)
        self.speaker2 = nn.Linear(WHOLE, CHANNELS)
        self.first = nn.Conv1d(CHANNELS, CHANNELS, 3, padding=1)
        self.kinds = nn.Conv1d(CHANNELS, CLASSES, 1)
        self.table = nn.Linear(VALUES, 2 * CHANNELS)
        self.film = nn.Linear(WHOLE, 2 * CHANNELS * (len(TOKEN_DILATIONS) + len(FRAME_DILATIONS)))
        self.slow = nn.ModuleList([Residual(CHANNELS, d) for d in TOKEN_DILATIONS])
        self.pitch = nn.Conv1d(2, CHANNELS, 5, padding=2)
        self.up = nn.ConvTranspose1d(CHANNELS, CHANNELS, 4, stride=2, padding=1)
        self.fast = nn.ModuleList([Residual(CHANNELS, d) for d in FRAME_DILATIONS])
        self.head = nn.Conv1d(CHANNELS, PULSE_ORDER + NOISE_ORDER, 1)
        # High orders are small: their units are, too, so that a step of the optimiser moves all alike.
        order = np.concatenate([np.arange(PULSE_ORDER), np.arange(NOISE_ORDER)])
        self.register_buffer("unit", torch.tensor(0.2 / (1 + order / 8.0), dtype=torch.float32)[:, None], persistent=False)
        with torch.no_grad():
            for x in (self.film, self.table):
                x.weight.zero_()
                x.bias.zero_()
            self.head.bias[:] = 0
            self.head.bias[0], self.head.bias[PULSE_ORDER] = -4.0 / 0.2, -5.0 / 0.2

    def forward(self, tokens, timbre, hz):
        whole, table = timbre[:, :WHOLE], timbre[:, WHOLE:].reshape(-1, CLASSES, VALUES)
        film = self.film(whole).reshape(-1, 2 * (len(self.slow) + len(self.fast)), CHANNELS, 1)
        x = self.embed(tokens).transpose(1, 2) + self.speaker(whole).unsqueeze(2)
        x = F.relu(self.first(x))
        share = torch.softmax(self.kinds(x), 1)  # [B, CLASSES, T]
        own = self.table(share.transpose(1, 2) @ table.to(share.dtype)).transpose(1, 2)
        x = x + own[:, :CHANNELS]
        for k, block in enumerate(self.slow):
            x = block(x, film[:, 2 * k], film[:, 2 * k + 1])
        x = x + own[:, CHANNELS:]
        voiced = (hz > 0).float()
        octave = torch.log2(hz.clamp(min=30.0)) - PITCH_CENTRE
        y = self.pitch(torch.stack([octave / PITCH_SCALE * voiced, voiced], 1))
        y = F.relu(self.up(x) + y + self.speaker2(whole).unsqueeze(2))
        for k, block in enumerate(self.fast, len(self.slow)):
            y = block(y, film[:, 2 * k], film[:, 2 * k + 1])
        return self.head(y).float() * self.unit


def grown(state):
    """Weights of the first generator (a vector of SPEAKER numbers was all it knew of a speaker) as a start for this one."""
    model = nn.ModuleDict(dict(filters=Filters(), reference=Reference()))
    out = model.state_dict()
    for k, v in state.items():
        if out[k].shape == v.shape:
            out[k] = v
        else:  # the vector is the first part of the whole
            out[k] = torch.zeros_like(out[k])
            out[k][:, :v.shape[1]] = v
    return out


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
        """cepstra: of Filters, with any correction added."""
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


class Correction(nn.Module):
    """A recording [1, N], what Filters and Head make of its own tokens and pitch [1, N], voicing of its frames [1, N / HOP] ->
    what to add to the cepstra [1, orders]: by how much the recording's average spectrum differs, voiced frames for the pulses,
    the others for the noise. Smooth, bounded, and less where there is little to go by.
    """

    def __init__(self):
        super().__init__()
        self.features = S.LogMel()
        points = np.linspace(*(2595 * np.log10(1 + hz / 700) for hz in (S.LOW_HZ, S.HIGH_HZ)), S.MELS + 2)[1:-1]
        bins = 2595 * np.log10(1 + np.arange(BINS) * SAMPLE_RATE / FFT / 700)
        spread = np.array([np.interp(bins, points, row) for row in np.eye(S.MELS)])  # [MELS, BINS]
        cepstrum = np.fft.irfft(spread / 2, FFT)  # of the logarithm of the magnitude
        cepstrum[:, 1:FFT // 2] *= 2
        n, k = np.arange(S.MELS)[:, None], np.arange(CORRECTED)
        cosine = np.cos(np.pi * (n + 0.5) * k / S.MELS) * np.where(k == 0, np.sqrt(1 / S.MELS), np.sqrt(2 / S.MELS))
        self.register_buffer("smooth", torch.tensor(cosine @ cosine.T, dtype=torch.float32), persistent=False)
        self.register_buffer("pulse", torch.tensor(cepstrum[:, :PULSE_ORDER], dtype=torch.float32), persistent=False)
        self.register_buffer("noise", torch.tensor(cepstrum[:, :NOISE_ORDER], dtype=torch.float32), persistent=False)

    def forward(self, natural, made, voiced):
        # Frame t of the features lies around the end of frame t of HOP samples.
        a, b = self.features(natural)[0], self.features(made)[0]
        frames = a.shape[1]
        loud = a.mean(0)
        active = (loud > loud.max() - ACTIVE).float()
        v = voiced[0, 1:frames + 1]
        out = []
        for weight, basis in ((active * v, self.pulse), (active * (1 - v), self.noise)):
            off = ((a - b) * weight).sum(1) / (weight.sum() + SURE_FRAMES)
            out.append((off @ self.smooth).clamp(-MOST, MOST) @ basis)
        return torch.cat(out)[None]


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
