"""Exports a checkpoint as models/speech-online-v1/model.onnx and writes what it must say of itself into manifest.json.

usage: export.py WORK_DIR CHECKPOINT MODEL_DIR
WORK_DIR holds prior.txt and the corpus `real` (speech-v1), recordings of which give the levels of the 8-bit products.
The graph makes one step of many streams: new samples [B, N] (N a multiple of 320) and what the streams remember
[B, S] -> log posteriors [B, N / 160, classes] and what they remember now. Every frame of every layer is computed once.
Convolutions are written as matrix products over all streams: a step of one stream is too short to be quick alone.
Those of the blocks are of 8-bit numbers (quantise.py), the others of floats, stored with 16 bits and widened at load.
"""
import hashlib
import json
import os
import sys

import numpy as np
import torch
from torch import nn

import net
import quantise
from weights import fold_norms, halve_weights

S, P = net.S, net.P
TAIL_SAMPLES = 280  # the next feature frame begins there
FEATURE_FRAMES = 5  # that the strided convolution needs again
LEVEL_RECORDINGS = 200
LOUDER = 1.05  # than the loudest of them
DELAY_PAIRS = 2 + sum(net.LOOK_AHEADS)  # pairs of frames that a step lags behind its samples


class Step(nn.Module):
    """The step of a net whose norms are folded; levels: the largest input of every block's convolution."""

    def __init__(self, model, levels):
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
        for k, (block, level) in enumerate(zip(model.blocks, levels)):
            matrix, scale = quantise.weights(taps(block.conv).detach())
            step = torch.tensor(LOUDER * level / quantise.INPUT_LEVELS)
            self.register_buffer(f"weights{k}", matrix)
            self.register_buffer(f"step{k}", step)
            self.register_buffer(f"scale{k}", scale * step)
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
            coarse = quantise.Quantise.apply(x, getattr(self, f"step{k}"))
            taps = torch.cat([coarse[:, j * d:j * d + m] for j in range(5)], 2)
            y = quantise.Multiply.apply(taps, getattr(self, f"weights{k}")).float() * getattr(self, f"scale{k}") + self.biases[k]
            x = x[:, left:left + m] + torch.relu(y)
        y = torch.matmul(x, self.head) + self.head_bias
        y = y.reshape(batch, 2 * m, len(P.PHONES))
        return torch.log_softmax(y, 2), torch.cat(kept, 1)


def features(samples):
    """Those of a whole recording [1, N], with silence around it where the net looks."""
    before = net.LEFT_FRAMES * S.HOP + (S.WINDOW - S.HOP) // 2
    after = net.RIGHT_FRAMES * S.HOP + (S.WINDOW - S.HOP) // 2
    return S.LogMel()(torch.nn.functional.pad(samples, (before, after)))


def whole(model, samples):
    """What the net gives for a whole recording."""
    return torch.log_softmax(model(features(samples)), 2)


def recordings(work):
    """Features of recordings of the corpus, some quieter than they are."""
    corpus = net.speech("corpus").Corpus(os.path.join(work, "real"))
    rng = np.random.default_rng(3)
    for k in rng.permutation(len(corpus.items))[:LEVEL_RECORDINGS]:
        samples = np.array(corpus.samples(corpus.items[k])).astype(np.float32) / 32768 * rng.choice([0.3, 1])
        yield features(torch.from_numpy(samples)[None])


def main(work, checkpoint, folder):
    sys.modules["net"] = S
    sys.modules["net"] = net
    model = net.Net()
    model.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    model = fold_norms(model.eval())
    step = Step(model, quantise.levels(model, recordings(work))).eval()
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
        exact = whole(model, samples)[:, :200]
        divergence = (exact.exp() * (exact - out)).sum(2).mean()
        print(f"divergence of the steps from the whole in floats: {divergence:.5f} nats a frame")
        assert divergence < 0.01
    path = os.path.join(folder, "model.onnx")
    torch.onnx.export(step, (torch.zeros(2, 1280), torch.zeros(2, sum(step.sizes))), path,
                      input_names=["samples", "state"], output_names=["log_posteriors", "next_state"],
                      opset_version=17, do_constant_folding=True,
                      dynamic_axes={"samples": {0: "streams", 1: "samples"}, "state": {0: "streams"},
                                    "log_posteriors": {0: "streams", 1: "frames"}, "next_state": {0: "streams"}})
    halve_weights(path)
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
