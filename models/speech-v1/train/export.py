"""Exports a checkpoint as models/speech-v1/model-float.onnx, for GPUs, and as model.onnx with 8-bit products (eightbit.py), and
writes what they must say of themselves into manifest.json.

usage: export.py WORK_DIR CHECKPOINT MODEL_DIR
WORK_DIR holds prior.txt and the corpus `real`, recordings of which give the levels of the 8-bit products. The graph takes raw samples [1, N] and gives log posteriors [1, T, classes], N = T * 160 + 2 * context. Weights are
stored as 16-bit floats and cast back inside the graph: half the size, and ONNX Runtime folds the casts at load.
"""
import json
import os
import sys

import numpy as np
import torch
from torch import nn

import eightbit
import net
from weights import fold_norms, halve_weights

P = net.P


class Export(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.features, self.model = net.LogMel(), model

    def forward(self, samples):
        return torch.log_softmax(self.model(self.features(samples)), 2)


def main(work, checkpoint, folder):
    model = net.Net()
    model.load_state_dict(torch.load(checkpoint, map_location="cpu")["average"])
    module = Export(fold_norms(model.eval())).eval()
    samples = torch.randn(1, 200 * net.HOP + 2 * net.CONTEXT_SAMPLES) * 0.1
    path = os.path.join(folder, eightbit.FLOAT_FILE)
    torch.onnx.export(module, samples, path, input_names=["samples"], output_names=["log_posteriors"], opset_version=17,
                      dynamic_axes={"samples": {1: "samples"}, "log_posteriors": {1: "frames"}})
    halve_weights(path)
    prior = np.loadtxt(os.path.join(work, "prior.txt"))
    manifest_path = os.path.join(folder, "manifest.json")
    manifest = json.load(open(manifest_path, encoding="utf-8")) if os.path.exists(manifest_path) else {}
    eightbit.write(eightbit.measured(work, folder), folder)
    manifest.update({
        "name": "speech-v1", "version": manifest.get("version", "1.0.0"), "task": "ctc-acoustic",
        "languages": list(P.VOICES),
        "licence": "CC-BY-SA-4.0",
        "files": {name: eightbit.described(os.path.join(folder, name)) for name in ("model.onnx", eightbit.FLOAT_FILE)},
        "modelOnGpu": eightbit.FLOAT_FILE,
        "sampleRate": net.SAMPLE_RATE, "features": "raw", "frameStrideSamples": net.HOP, "frameMultiple": 2,
        "contextSamples": net.CONTEXT_SAMPLES, "leftContextFrames": net.CONTEXT_FRAMES,
        "rightContextFrames": net.CONTEXT_FRAMES, "input": "samples", "output": "log_posteriors",
        "vocabulary": P.PHONES, "blank": None, "silence": P.INDEX[P.SILENCE], "wordSeparator": None,
        "normalisation": "none",
        "logPriors": [round(float(x), 4) for x in prior],
        "broadClasses": P.BROAD_CLASSES,
    })
    manifest.pop("boundaries", None)  # it goes with the net it was trained on; boundaries.py makes another
    manifest.setdefault("transitionBiasMs", {})
    manifest.setdefault("confidence", {"slope": 1.5, "midpoint": -2.2, "doubtfulBelow": 0.5, "mismatchBelow": 0.3})
    with open(manifest_path, "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")
    print(f"{os.path.getsize(path) / 1e6:.2f} MB of floats, {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters")


if __name__ == "__main__":
    main(*sys.argv[1:])
