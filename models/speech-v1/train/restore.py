"""A checkpoint from exported weights, so that training can go on from what ships: the inverse of export.py.

usage: restore.py MODEL_DIR WORK_DIR CHECKPOINT
Export folds the batch norms into the convolutions. Their statistics are taken again here, over real speech of
WORK_DIR, and the norms set so that the net computes what it did, up to the 16 bits that weights are stored in.
Writes WORK_DIR/prior.txt too.
"""
import json
import os
import sys

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import eightbit
import net
from corpus import Corpus

FRAMES, ITEMS = 1600, 96


def features(work):
    """Log-mel of stretches of real speech: float [ITEMS, MELS, FRAMES]."""
    corpus, rng, mel = Corpus(work + "/real"), np.random.default_rng(0), net.LogMel()
    need, out = FRAMES * net.HOP + net.WINDOW - net.HOP, []
    while len(out) < ITEMS:
        parts, have = [], 0
        while have < need:
            item = corpus.items[rng.integers(len(corpus.items))]
            parts.append(corpus.samples(item).astype(np.float32) / 32768 * rng.uniform(0.05, 1))
            have += len(parts[-1])
        x = np.concatenate(parts)[:need] + 1e-4 * rng.standard_normal(need).astype(np.float32)
        with torch.no_grad():
            out.append(mel(torch.from_numpy(x[None]))[0])
    return torch.stack(out)


def put_norm(norm, out, bias):
    """Sets a norm behind a convolution without bias so that it adds `bias` and nothing else. out: [B, C, T]."""
    mean, variance = out.mean((0, 2)), out.var((0, 2))
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_(torch.sqrt(variance + norm.eps))
    norm.bias.copy_(bias + mean)


def main(folder, work, checkpoint):
    graph = onnx.load(os.path.join(folder, eightbit.FLOAT_FILE)).graph
    values = {t.name: torch.from_numpy(numpy_helper.to_array(t).astype(np.float32)) for t in graph.initializer}
    get = lambda name: values["model." + name] if "model." + name in values else values["model." + name + "_half"]
    model = net.Net().eval()
    with torch.no_grad():
        model.input_norm.running_mean.copy_(get("input_norm.running_mean"))
        model.input_norm.running_var.copy_(get("input_norm.running_var"))
        x = model.input_norm(features(work))
        model.first.weight.copy_(get("first.weight"))
        model.first.bias.zero_()
        out = model.first(x)
        put_norm(model.first_norm, out, get("first.bias"))
        x = torch.relu(model.first_norm(out))
        for k, block in enumerate(model.blocks):
            block.conv.weight.copy_(get(f"blocks.{k}.conv.weight"))
            put_norm(block.norm, block.conv(x), get(f"blocks.{k}.conv.bias"))
            x = block(x)
        model.head.weight.copy_(get("head.weight"))
        model.head.bias.copy_(get("head.bias"))
    state = model.state_dict()
    torch.save(dict(model=state, average={k: v.clone() for k, v in state.items()}, step=0, spent=0.0), checkpoint)
    manifest = json.load(open(os.path.join(folder, "manifest.json"), encoding="utf-8"))
    np.savetxt(os.path.join(work, "prior.txt"), manifest["logPriors"])


if __name__ == "__main__":
    main(*sys.argv[1:])
