"""The exported net with products of 8-bit numbers in its blocks, for processors.

usage: eightbit.py WORK_DIR MODEL_DIR     anew from MODEL_DIR/model-float.onnx, as export.py does it
       eightbit.py MODEL_DIR              the graph anew, with the levels of its model.onnx
Recordings of the corpus WORK_DIR/real give the levels of what goes into the products. See quantise.py.
"""
import hashlib
import json
import os
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

import net
import quantise
from corpus import Corpus
from weights import halve_weights

FILE, FLOAT_FILE = "model.onnx", "model-float.onnx"
LEVEL_RECORDINGS = 200
LOUDER = 1.05  # than the loudest of them


class EightBit(nn.Module):
    """Samples [1, N] -> log posteriors [1, T, classes], as export.Export."""

    def __init__(self, folder):
        super().__init__()
        graph = onnx.load(os.path.join(folder, FLOAT_FILE)).graph
        v = {t.name.replace("model.", "").replace("_half", ""):
             torch.from_numpy(numpy_helper.to_array(t).astype(np.float32)) for t in graph.initializer}
        self.features = net.FoldedLogMel()
        scale = 1 / torch.sqrt(v["input_norm.running_var"] + 1e-5)
        self.register_buffer("scale", scale)
        self.register_buffer("shift", -v["input_norm.running_mean"] * scale)
        self.first = nn.Parameter(v["first.weight"].permute(2, 1, 0).reshape(-1, net.CHANNELS).contiguous())
        self.first_bias = nn.Parameter(v["first.bias"])
        self.head, self.head_bias = nn.Parameter(v["head.weight"][:, :, 0].t().contiguous()), nn.Parameter(v["head.bias"])
        self.biases = nn.ParameterList(nn.Parameter(v[f"blocks.{k}.conv.bias"]) for k in range(len(net.DILATIONS)))
        for k in range(len(net.DILATIONS)):
            kernel = v[f"blocks.{k}.conv.weight"]
            matrix, scale = quantise.weights(kernel.permute(2, 1, 0).reshape(-1, len(kernel)).contiguous())
            self.register_buffer(f"weights{k}", matrix)
            self.register_buffer(f"scale{k}", scale)
            self.register_buffer(f"step{k}", torch.tensor(0.0))

    def forward(self, samples):
        x = self.begin(samples)
        for k in range(len(net.DILATIONS)):
            x = self.block(k, x)
        y = torch.matmul(x, self.head) + self.head_bias
        return torch.log_softmax(y.reshape(1, -1, len(net.P.PHONES)), 2)

    def begin(self, samples):
        """-> [1, frames of 20 ms, channels], not negative."""
        x = (self.features(samples) * self.scale + self.shift).reshape(-1, 2 * net.MELS)
        frames = x.shape[0] - 2
        taps = torch.cat([x[k:k + frames] for k in range(3)], 1)
        return torch.relu(torch.matmul(taps, self.first) + self.first_bias).unsqueeze(0)

    def block(self, k, x):
        """[1, T, channels] -> [1, T - 4 dilation, channels]"""
        d, step = net.DILATIONS[k], getattr(self, f"step{k}")
        frames = x.shape[1] - 4 * d
        coarse = quantise.Quantise.apply(x, step)
        taps = torch.cat([coarse[:, j * d:j * d + frames] for j in range(5)], 2)
        y = quantise.Multiply.apply(taps, getattr(self, f"weights{k}")).float() * (getattr(self, f"scale{k}") * step)
        return x[:, 2 * d:2 * d + frames] + torch.relu(y + self.biases[k])

    @torch.no_grad()
    def take_levels(self, recordings):
        """Sets the steps, block after block, each on what the coarse blocks before it give. recordings: samples [1, N]."""
        inputs = [self.begin(samples) for samples in recordings]
        for k in range(len(net.DILATIONS)):
            largest = max(x.max().item() for x in inputs)
            getattr(self, f"step{k}").fill_(LOUDER * largest / quantise.INPUT_LEVELS)
            inputs = [self.block(k, x) for x in inputs]


def shipped(folder):
    """The net of MODEL_DIR with the steps of its model.onnx."""
    model = EightBit(folder).eval()
    graph = onnx.load(os.path.join(folder, FILE)).graph
    constants = {n.output[0]: n.attribute[0].t for n in graph.node if n.op_type == "Constant"}
    constants.update({t.name: t for t in graph.initializer})
    constants.update({n.output[0]: constants[n.input[0]] for n in graph.node if n.op_type == "Identity"})  # of equal ones
    steps = [constants[n.input[1]] for n in graph.node if n.op_type == "QuantizeLinear"]
    for k, step in enumerate(steps):
        getattr(model, f"step{k}").fill_(float(numpy_helper.to_array(step)))
    return model


def recordings(work):
    """Samples with context of recordings of the corpus, some quieter than they are."""
    corpus, rng = Corpus(work + "/real"), np.random.default_rng(3)
    for k in rng.permutation(len(corpus.items))[:LEVEL_RECORDINGS]:
        samples = np.array(corpus.samples(corpus.items[k])).astype(np.float32) / 32768 * rng.choice([0.3, 1])
        yield F.pad(torch.from_numpy(samples[:len(samples) // 320 * 320])[None], (net.CONTEXT_SAMPLES, net.CONTEXT_SAMPLES))


def described(path):
    """What the manifest says of a file."""
    with open(path, "rb") as f:
        data = f.read()
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def measured(work, folder):
    """The net of MODEL_DIR with steps by what recordings give."""
    model = EightBit(folder).eval()
    model.take_levels(recordings(work))
    return model


def write(model, folder):
    """MODEL_DIR/model.onnx"""
    path = os.path.join(folder, FILE)
    samples = torch.randn(1, 200 * net.HOP + 2 * net.CONTEXT_SAMPLES) * 0.1
    torch.onnx.export(model, samples, path, input_names=["samples"], output_names=["log_posteriors"], opset_version=17,
                      dynamic_axes={"samples": {1: "samples"}, "log_posteriors": {1: "frames"}})
    halve_weights(path)
    print(f"{path}: {os.path.getsize(path) / 1e6:.2f} MB; inputs up to "
          + " ".join(f"{getattr(model, f'step{k}').item() * quantise.INPUT_LEVELS:.1f}" for k in range(len(net.DILATIONS))))


def main(*folders):
    folder = folders[-1]
    write(measured(*folders) if len(folders) == 2 else shipped(folder), folder)
    with open(folder + "/manifest.json", encoding="utf-8") as f:
        manifest = json.load(f)
    manifest["files"].update({name: described(os.path.join(folder, name)) for name in (FILE, FLOAT_FILE)})
    manifest["modelOnGpu"] = FLOAT_FILE
    with open(folder + "/manifest.json", "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
