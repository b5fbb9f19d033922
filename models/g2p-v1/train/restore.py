"""A checkpoint from exported weights, so that training can go on from what ships: the inverse of export.py.

usage: restore.py MODEL_DIR WORK_DIR   writes WORK_DIR/g2p.pt, from which train.py goes on
Letters, voices and chunks are found again by name; new ones start as random as in a new net. Export folds the batch norms
into the convolutions: their statistics are taken again here, over words of WORK_DIR, and the norms set so that the net
computes what it did, up to the 16 bits that weights are stored in.
"""
import json
import os
import sys

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import train

LENGTH, WORDS = 10, 8000


def main(folder, work):
    torch.manual_seed(3)
    manifest = json.load(open(os.path.join(folder, "manifest.json"), encoding="utf-8"))
    graph = onnx.load(os.path.join(folder, "model.onnx")).graph
    values = {t.name.removesuffix("_half"): torch.from_numpy(numpy_helper.to_array(t).astype(np.float32))
              for t in graph.initializer}
    convs = [[values[i.removesuffix("_half")] for i in n.input[1:]] for n in graph.node if n.op_type == "Conv"]
    rows, names, _ = train.load(work)
    model = train.Net(len(names)).eval()

    def take(target, ours, source, theirs):
        index = {name: i for i, name in enumerate(theirs)}
        for i, name in enumerate(ours):
            if name in index:
                target[i] = source[index[name]]

    with torch.no_grad():
        take(model.letter.weight, train.ALPHABET, values["letter.weight"], manifest["alphabet"])
        model.voice.weight.mul_(0.1).add_(values["voice.weight"].mean(0))
        take(model.voice.weight, train.VOICES, values["voice.weight"], manifest["voices"])
        take(model.head.weight, names, convs[-1][0], manifest["chunks"])
        take(model.head.bias, names, convs[-1][1], manifest["chunks"])
        letter = {c: i for i, c in enumerate(train.ALPHABET)}
        own = [r for r in rows if len(r[1]) == LENGTH and train.VOICES[r[0]] in manifest["voices"]]
        own = [own[i] for i in torch.randperm(len(own))[:WORDS]]
        letters = torch.tensor([[1] + [letter[c] for c in w] + [2] for _, w, _ in own])
        x = (model.letter(letters) + model.voice(torch.tensor([v for v, _, _ in own])).unsqueeze(1)).transpose(1, 2)
        for conv, norm, (weight, bias) in zip(model.convs, model.norms, convs):
            conv.weight.copy_(weight)
            conv.bias.zero_()
            out = conv(x)
            mean, variance = out.mean((0, 2)), out.var((0, 2))
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.copy_(torch.sqrt(variance + norm.eps))
            norm.bias.copy_(bias + mean)
            x = x + torch.relu(norm(out))
    state = model.state_dict()
    torch.save(dict(model=state, average={k: v.clone() for k, v in state.items()}, step=0, spent=0.0, names=names),
               work + "/g2p.pt")


if __name__ == "__main__":
    main(*sys.argv[1:])
