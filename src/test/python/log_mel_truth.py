"""Writes src/test/resources/dsp/*.tsv: log-mel features as torchaudio computes them.

    python3 src/test/python/log_mel_truth.py     (needs python3-torch, python3-torchaudio, python3-numpy)

The signal is an integer recurrence that LogMelTest repeats, so that no audio has to be stored.
"""
import os
import numpy as np
import torch
import torchaudio

here = os.path.dirname(os.path.abspath(__file__))
out = os.path.join(here, "../resources/dsp")


def signal(n):
    state, values = 12345, []
    for i in range(n):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        noise = (state >> 15) / 32768.0 - 1.0
        values.append(0.3 * np.sin(2 * np.pi * (300 + 0.4 * i) * i / 16000) + 0.05 * noise)
    return torch.tensor(np.array(values, dtype=np.float32))


def write(name, features):
    with open(os.path.join(out, name), "w") as f:
        for row in features.tolist():
            f.write("\t".join("%.4f" % v for v in row) + "\n")


x = signal(2000)

# NeMo: pre-emphasis over the signal, symmetric Hann, centred frames, slaney scale and norm.
y = torch.cat([x[:1], x[1:] - 0.97 * x[:-1]])
window = torch.hann_window(400, periodic=False)
spec = torch.stft(y, 512, 160, 400, window, center=True, pad_mode="constant", return_complex=True).abs() ** 2
banks = torchaudio.functional.melscale_fbanks(257, 0.0, 8000.0, 80, 16000, norm="slaney", mel_scale="slaney")
mel = torch.log(spec.T @ banks + 2.0 ** -24)
write("nemo.tsv", mel)
write("nemo-normalised.tsv", (mel - mel.mean(0)) / (mel.std(0) + 1e-5))
write("htk-mirrored.tsv", torch.log(torch.clamp(
    torch.stft(x, 512, 160, 400, torch.hamming_window(400, periodic=False), center=True, pad_mode="reflect",
               return_complex=True).abs().T
    @ torchaudio.functional.melscale_fbanks(257, 100.0, 7000.0, 40, 16000, norm=None, mel_scale="htk"), min=1e-5)))

# Kaldi, as icefall and sherpa set it; with and without snip-edges.
kaldi = dict(num_mel_bins=80, sample_frequency=16000, dither=0.0, low_freq=20.0, high_freq=-400.0)
write("kaldi.tsv", torchaudio.compliance.kaldi.fbank(x[None], snip_edges=False, **kaldi))
write("kaldi-whole.tsv", torchaudio.compliance.kaldi.fbank(x[None] * 32768, snip_edges=True, **kaldi))
