"""A copy of the acoustic model without what corrects its boundaries: what the corrections are learned on."""
import json
import os
import shutil


def copy(model, folder):
    """Writes MODEL without boundary model and transition biases to a folder; returns the manifest of MODEL."""
    os.makedirs(folder, exist_ok=True)
    with open(model + "/manifest.json", encoding="utf-8") as f:
        manifest = json.load(f)
    plain = {k: v for k, v in manifest.items() if k not in ("boundaries", "modelOnGpu")}
    plain.update(transitionBiasMs={}, files={"model.onnx": manifest["files"]["model.onnx"]})
    with open(folder + "/manifest.json", "w", encoding="utf-8") as f:
        json.dump(plain, f)
    shutil.copyfile(model + "/model.onnx", folder + "/model.onnx")
    return manifest
