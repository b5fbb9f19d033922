"""Exports a checkpoint as models/lyrics-v1/{model,text}.onnx and writes what they must say of themselves into manifest.json.

usage: export.py WORK_DIR CHECKPOINT MODEL_DIR
model.onnx: samples [1, 2, N] (left, right) and text [U, 64] -> log_posteriors [1, T, phones + U], N = T * 160 + 2 * context:
log posteriors of the phones by the sound alone, and behind them of every phone-in-context of the text against the others.
text.onnx: contexts int64 [U, 3] (before, phone, after) -> vectors [U, 64]; row 0 is silence. 16-bit weights.
"""
import hashlib
import json
import os
import sys

import numpy as np
import torch
from torch import nn

import net
import weights

P = net.P

class Basis(nn.Module):
    """The windowed Fourier basis of `taps` samples, computed in the graph: as a table it would be a fifth of the file."""

    def __init__(self, taps, size, bins):
        super().__init__()
        self.size = float(size)
        self.register_buffer("n", torch.arange(taps, dtype=torch.float32)[None, :])
        self.register_buffer("k", torch.arange(bins, dtype=torch.float32)[:, None])
        n = np.arange(taps)
        self.register_buffer("window", torch.tensor(0.5 - 0.5 * np.cos(2 * np.pi * (n + 0.5) / taps), dtype=torch.float32)[None])

    def forward(self):
        turns = self.k * self.n / self.size
        angle = 2 * np.pi * (turns - torch.floor(turns))
        return (torch.cat([torch.cos(angle), -torch.sin(angle)]) * self.window).unsqueeze(1)


class Features(nn.Module):
    """What net.Features computes."""

    def __init__(self):
        super().__init__()
        known = net.Features()
        self.used = known.used
        self.short = Basis(net.WINDOW, net.speech.FFT, net.speech.FFT // 2 + 1)
        self.long = Basis(net.LONG, net.LONG, known.used)
        self.register_buffer("mel", known.mel.mel)
        self.register_buffer("bands", known.bands)

    def forward(self, samples):
        middle = 0.5 * (samples[:, 0:1] + samples[:, 1:2])
        side = 0.5 * (samples[:, 0:1] - samples[:, 1:2])
        crop = net.EDGE - (net.WINDOW - net.HOP) // 2
        both = torch.cat([middle, side], 0)[:, :, crop:-crop]
        half = net.speech.FFT // 2 + 1
        spectrum = nn.functional.conv1d(both, self.short(), stride=net.HOP)
        power = spectrum[:, :half] ** 2 + spectrum[:, half:] ** 2
        mel = torch.log(nn.functional.conv1d(power, self.mel) + net.speech.FLOOR)
        short = mel[0:1]
        across = torch.clamp(mel[1:2] - short, -6.0, 4.0)
        spectrum = nn.functional.conv1d(middle, self.long(), stride=net.HOP)
        power = spectrum[:, :self.used] ** 2 + spectrum[:, self.used:] ** 2
        return torch.cat([short, across, torch.log(nn.functional.conv1d(power, self.bands) + 1e-4)], 1)


class Audio(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.features, self.model = Features(), model

    def forward(self, samples, text):
        x = self.model.trunk(self.features(samples))
        frames = torch.log_softmax(self.model.pairs(self.model.head(x), len(P.PHONES)), 2)
        y = self.model.pairs(self.model.phone_embedding(x), net.EMBEDDING)
        y = self.model.scale * y / torch.sqrt((y * y).sum(2, keepdim=True) + 1e-12)
        kinds = torch.softmax(self.model.pairs(self.model.voice(x), net.VOICE_KINDS), 2)
        return torch.cat([frames, torch.log_softmax(torch.matmul(y, text.transpose(0, 1)), 2)], 2), kinds


class Text(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.embed, self.dense = encoder.embed, encoder.dense

    def forward(self, contexts):
        v = self.dense(self.embed(contexts).flatten(1))
        return v / torch.sqrt((v * v).sum(1, keepdim=True) + 1e-12)


def fold_norms(model):
    weights.fold_norms(model)
    last = model.last
    scale = last.norm.weight / torch.sqrt(last.norm.running_var + last.norm.eps)
    last.conv.weight = nn.Parameter(last.conv.weight * scale[:, None, None])
    last.conv.bias = nn.Parameter(last.norm.bias - last.norm.running_mean * scale)
    last.norm = nn.Identity()
    return model


def main(work, checkpoint, folder):
    model = net.Net()
    model.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    model.eval()
    scale = model.first_norm.weight / torch.sqrt(model.first_norm.running_var + model.first_norm.eps)
    model.music.weight = nn.Parameter(model.music.weight * scale[:, None, None])  # before the norm goes into `first`
    model = fold_norms(model)
    os.makedirs(folder, exist_ok=True)
    audio, text = os.path.join(folder, "model.onnx"), os.path.join(folder, "text.onnx")
    samples = torch.randn(1, 2, 200 * net.HOP + 2 * net.CONTEXT_SAMPLES) * 0.1
    contexts = torch.tensor([[0, 0, 0], [1, 2, 3]])
    torch.onnx.export(Text(model.phone_text).eval(), contexts, text, input_names=["contexts"], output_names=["vectors"],
                      opset_version=17, dynamic_axes={"contexts": {0: "symbols"}, "vectors": {0: "symbols"}})
    torch.onnx.export(Audio(model).eval(), (samples, model.phone_text(contexts)), audio, input_names=["samples", "text"],
                      output_names=["log_posteriors", "voice_kinds"], opset_version=17, do_constant_folding=False,
                      dynamic_axes={"samples": {2: "samples"}, "text": {0: "symbols"},
                                    "log_posteriors": {1: "frames", 2: "classes"}, "voice_kinds": {1: "frames"}})
    with torch.no_grad():
        assert (Features()(samples) - net.Features()(samples)).abs().max() < 1e-2
    files = {}
    for path in (audio, text):
        weights.halve_weights(path)
        with open(path, "rb") as f:
            data = f.read()
        files[os.path.basename(path)] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest_path = os.path.join(folder, "manifest.json")
    manifest = json.load(open(manifest_path, encoding="utf-8")) if os.path.exists(manifest_path) else {}
    manifest.update({
        "name": "lyrics-v1", "version": manifest.get("version", "1.0.0"), "task": "lyrics-contrastive",
        "languages": list(P.VOICES), "licence": "CC-BY-SA-4.0", "files": files,
        "sampleRate": net.SAMPLE_RATE, "channels": 2, "features": "raw", "frameStrideSamples": net.HOP, "frameMultiple": 2,
        "contextSamples": net.CONTEXT_SAMPLES, "leftContextFrames": net.CONTEXT_FRAMES,
        "rightContextFrames": net.CONTEXT_FRAMES, "vectorSize": net.EMBEDDING,
        "vocabulary": P.PHONES, "blank": None, "silence": P.INDEX[P.SILENCE], "voiceKinds": ["none", "speech", "song"], "wordSeparator": None, "normalisation": "none",
        "logPriors": [round(float(x), 4) for x in np.loadtxt(os.path.join(work, "prior.txt"))],
        "broadClasses": P.BROAD_CLASSES,
    })
    with open(manifest_path, "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")
    print(files)


if __name__ == "__main__":
    main(*sys.argv[1:])
