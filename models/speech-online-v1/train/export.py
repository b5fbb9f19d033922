"""Exports a checkpoint as models/speech-online-v1/model.onnx and writes what it must say of itself into manifest.json.

usage: export.py WORK_DIR CHECKPOINT MODEL_DIR
The graph makes one step of many streams: new samples [B, N] (N a multiple of 320) and what the streams remember
[B, S] -> log posteriors [B, N / 160, classes] and what they remember now. Every frame of every layer is computed once.
Convolutions are written as matrix products over all streams: a step of one stream is too short to be quick alone.
Weights are stored as 16-bit floats and widened at load.
"""
import hashlib
import json
import os
import sys

import numpy as np
import torch
from torch import nn

import net

S, P = net.S, net.P
TAIL_SAMPLES = 280  # the next feature frame begins there
FEATURE_FRAMES = 5  # that the strided convolution needs again
DELAY_PAIRS = 2 + sum(net.LOOK_AHEADS)  # pairs of frames that a step lags behind its samples


class Step(nn.Module):
    def __init__(self, model):
        super().__init__()
        mel = S.LogMel()
        self.register_buffer("basis", mel.basis[:, 0].t().contiguous())  # [WINDOW, 2 bins]
        self.register_buffer("mel", mel.mel[:, :, 0].t().contiguous())  # [bins, MELS]
        norm = model.input_norm
        self.register_buffer("scale", 1 / torch.sqrt(norm.running_var + norm.eps))
        self.register_buffer("shift", -norm.running_mean * self.scale)
        taps = lambda conv: conv.weight.permute(2, 1, 0).reshape(-1, conv.weight.shape[0]).contiguous()
        self.first = nn.Parameter(taps(model.first))
        self.first_bias = nn.Parameter(model.first.bias.clone())
        self.weights = nn.ParameterList([nn.Parameter(taps(b.conv)) for b in model.blocks])
        self.biases = nn.ParameterList([nn.Parameter(b.conv.bias.clone()) for b in model.blocks])
        self.head = nn.Parameter(taps(model.head))
        self.head_bias = nn.Parameter(model.head.bias.clone())
        self.sizes = [TAIL_SAMPLES, FEATURE_FRAMES * S.MELS] + [4 * d * net.CHANNELS for d in net.DILATIONS]

    def forward(self, samples, state):
        kept, at = [], 0
        parts = []
        for size in self.sizes:
            parts.append(state[:, at:at + size])
            at += size
        batch = samples.shape[0]
        x = torch.cat([parts[0], samples], 1)
        kept.append(x[:, -TAIL_SAMPLES:])
        # A window is two and a half hops: hops side by side, no gather.
        hop, n = S.HOP, samples.shape[1] // S.HOP
        pieces = [x[:, k * hop:k * hop + n * hop].reshape(batch, n, hop) for k in range(2)]
        half = x[:, 2 * hop:].reshape(batch, -1)
        half = torch.nn.functional.pad(half, (0, hop))[:, :n * hop].reshape(batch, n, hop)[:, :, :S.WINDOW - 2 * hop]
        spectrum = torch.matmul(torch.cat(pieces + [half], 2), self.basis)
        bins = S.FFT // 2 + 1
        power = spectrum[:, :, :bins] ** 2 + spectrum[:, :, bins:] ** 2
        features = torch.log(torch.matmul(power, self.mel) + S.FLOOR) * self.scale + self.shift
        x = torch.cat([parts[1].reshape(batch, FEATURE_FRAMES, S.MELS), features], 1)
        kept.append(x[:, -FEATURE_FRAMES:].reshape(batch, -1))
        # Frames 2i to 2i + 5 of x: three pairs side by side; its last frame waits for its partner.
        pairs = x[:, :-1].reshape(batch, -1, 2 * S.MELS)
        m = pairs.shape[1] - 2
        x = torch.relu(torch.matmul(torch.cat([pairs[:, k:k + m] for k in range(3)], 2), self.first) + self.first_bias)
        for k, d in enumerate(net.DILATIONS):
            x = torch.cat([parts[k + 2].reshape(batch, 4 * d, net.CHANNELS), x], 1)
            kept.append(x[:, -4 * d:].reshape(batch, -1))
            left = 4 * d - net.LOOK_AHEADS[k]
            y = torch.matmul(torch.cat([x[:, j * d:j * d + m] for j in range(5)], 2), self.weights[k]) + self.biases[k]
            x = x[:, left:left + m] + torch.relu(y)
        y = torch.matmul(x, self.head) + self.head_bias
        y = y.reshape(batch, 2 * m, len(P.PHONES))
        return torch.log_softmax(y, 2), torch.cat(kept, 1)


def whole(model, samples):
    """What the net gives for a whole recording, the frames before its first sample aside."""
    before = net.LEFT_FRAMES * S.HOP + (S.WINDOW - S.HOP) // 2
    after = net.RIGHT_FRAMES * S.HOP + (S.WINDOW - S.HOP) // 2
    padded = torch.nn.functional.pad(samples, (before, after))
    return torch.log_softmax(model(S.LogMel()(padded)), 2)


def main(work, checkpoint, folder):
    sys.modules["net"] = S
    exporter = net.speech("export")
    sys.modules["net"] = net
    model = net.Net()
    model.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    model = exporter.fold_norms(model.eval())
    step = Step(model).eval()
    with torch.no_grad():
        # The step graph against the net on a whole recording, in steps of two lengths.
        state = torch.zeros(1, sum(step.sizes))
        for _ in range(40):
            _, state = step(torch.zeros(1, 1280), state)
        samples = torch.randn(1, 320 * 100) * 0.1
        out, at = [], 0
        padded = torch.cat([samples, torch.zeros(1, 320 * 20)], 1)
        for size in [1280, 320, 1600, 640] * 20:
            if at + size > padded.shape[1]:
                break
            y, state = step(padded[:, at:at + size], state)
            out.append(y)
            at += size
        out = torch.cat(out, 1)[:, 2 * DELAY_PAIRS:2 * DELAY_PAIRS + 200]
        difference = (out - whole(model, samples)[:, :200]).abs().max()
        print(f"largest difference between steps and whole: {difference:.2e}")
        assert difference < 1e-3
    path = os.path.join(folder, "model.onnx")
    torch.onnx.export(step, (torch.zeros(2, 1280), torch.zeros(2, sum(step.sizes))), path,
                      input_names=["samples", "state"], output_names=["log_posteriors", "next_state"],
                      opset_version=17, do_constant_folding=True,
                      dynamic_axes={"samples": {0: "streams", 1: "samples"}, "state": {0: "streams"},
                                    "log_posteriors": {0: "streams", 1: "frames"}, "next_state": {0: "streams"}})
    exporter.halve_weights(path)
    with open(path, "rb") as f:
        data = f.read()
    manifest_path = os.path.join(folder, "manifest.json")
    manifest = json.load(open(manifest_path, encoding="utf-8")) if os.path.exists(manifest_path) else {}
    prior = np.loadtxt(os.path.join(work, "prior.txt"))
    manifest.update({
        "name": "speech-online-v1", "version": manifest.get("version", "1.0.0"), "task": "ctc-acoustic-online",
        "languages": list(P.VOICES), "licence": "CC-BY-SA-4.0",
        "files": {"model.onnx": {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}},
        "sampleRate": S.SAMPLE_RATE, "features": "raw", "frameStrideSamples": S.HOP, "stepMultipleFrames": 2,
        "lookAheadFrames": 2 * DELAY_PAIRS, "leftContextFrames": net.LEFT_FRAMES,
        "rightContextFrames": net.RIGHT_FRAMES, "stateFloats": sum(step.sizes),
        "vocabulary": P.PHONES, "blank": None, "silence": P.INDEX[P.SILENCE], "wordSeparator": None,
        "normalisation": "none", "logPriors": [round(float(x), 4) for x in prior], "broadClasses": P.BROAD_CLASSES,
    })
    with open(manifest_path, "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")
    print(f"{path}: {len(data) / 1e6:.2f} MB; look-ahead {DELAY_PAIRS * 20} ms")


if __name__ == "__main__":
    main(*sys.argv[1:])
