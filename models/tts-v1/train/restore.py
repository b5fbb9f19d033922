"""Checkpoints from the exported models, so that training can go on from what ships: the inverse of export.py.

usage: restore.py MODEL_DIR OUT_DIR
Writes OUT_DIR/codebook.npz (prepare.py takes the codebook that it finds), first.pt (the encoder that gives the manner), generator.pt, text.pt
and transducer.pt. Export folds the batch norms into the convolutions: here each norm adds the bias and nothing else, which is exact in
evaluation; training that goes on from there should keep the norms in that state.
"""
import json
import os
import sys

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import generator as G
import textnet as N
from common import VOICES


def weights(path):
    """{name: float32 tensor} of a file; 16- and 8-bit weights widened, matrices without a name by the node that multiplies with them."""
    graph = onnx.load(path).graph
    out = {t.name: numpy_helper.to_array(t).astype(np.float32) for t in graph.initializer}
    for name in list(out):
        if name.endswith("_half"):
            out[name[:-5]] = out.pop(name)
        elif name.endswith("_byte"):
            out[name[:-5]] = out.pop(name) * out.pop(name[:-5] + "_scale")
    made = {o: n for n in graph.node for o in n.output}
    for node in graph.node:
        # A linear layer is exported as a product with the transposed matrix and the sum with its bias.
        if node.op_type == "Add" and node.input[0].endswith(".bias") and made.get(node.input[1]) is not None:
            product = made[node.input[1]]
            if product.op_type == "MatMul" and product.input[1] in out:
                out[node.input[0][:-4] + "weight"] = out.pop(product.input[1]).T
    return {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in out.items()}


def fill(module, found, prefix):
    """Loads what export left of a module, below a prefix of the names."""
    state = module.state_dict()
    for name, value in state.items():
        owner, _, leaf = name.rpartition(".")
        if prefix + name in found:
            state[name] = found[prefix + name].reshape(value.shape)
        elif owner.endswith("norm") and prefix + owner[:-4] + "conv.bias" in found:
            if leaf == "bias":
                state[name] = found[prefix + owner[:-4] + "conv.bias"]
            elif leaf == "running_var":  # that of a new norm, less what is added below the root
                state[name] = torch.full_like(value, 1 - module.get_submodule(owner).eps)
        elif leaf != "num_batches_tracked":
            raise KeyError(prefix + name)
    module.load_state_dict(state)
    return module.eval()


def named(**modules):
    return {f"{name}.{k}": v for name, module in modules.items() for k, v in module.state_dict().items()}


def text_model(folder):
    """Encoder and frames as they ship."""
    read = lambda name: weights(os.path.join(folder, name + ".onnx"))
    return fill(N.Encoder(), read("text"), "encoder."), fill(N.Frames(), read("frames"), "frames.")


def transducer(folder, trust):
    """Prediction net and joint as they ship, but for the trust that export multiplied into what they add to the parallel way."""
    found = weights(os.path.join(folder, "transducer.onnx"))
    for leaf in ("weight", "bias"):
        found["joint.out." + leaf] = found["joint.out." + leaf] / trust
    return fill(N.Prediction(), found, "prediction."), fill(N.Joint(), found, "joint.")


def main(folder, out):
    read = lambda name: weights(os.path.join(folder, name + ".onnx"))
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as f:
        manifest = json.load(f)
    os.makedirs(out, exist_ok=True)
    tokenizer = read("tokenizer")
    np.savez(out + "/codebook.npz", mean=tokenizer["mean"], projection=tokenizer["projection"], centres=tokenizer["centres"].T / 2, blocks=7)
    listening = read("reference")
    listening["reference.usual"] = next(v for k, v in listening.items() if tuple(v.shape) == (G.CLASSES, G.VALUES)) / G.PRIOR_FRAMES
    manner = G.Manner()
    # Pitch and pace of a reference are not told by the exported nets: those rows stay as they are made.
    fill(manner, {**listening, **{"manner.pitch." + k: v for k, v in manner.pitch.state_dict().items()}}, "manner.")
    torch.save(dict(average=named(reference=manner)), out + "/first.pt")
    reference, making = G.Reference(), read("generator")
    own = {f"reference.{part}.{k}": v for part in ("pitch", "prosody") for k, v in getattr(reference, part).state_dict().items()}
    fill(reference, {**listening, **own}, "reference.")
    filters = fill(G.Filters(), making, "filters.")
    torch.save(dict(average=named(reference=reference, filters=filters), step=0), out + "/generator.pt")
    text, frames = text_model(folder)
    by_name = {v["name"]: v for v in manifest["voices"]}
    voices = {source: by_name[name] for source, (name, _) in VOICES.items()}
    torch.save(dict(average=named(encoder=text, frames=frames), step=0, median={s: float(np.log2(v["medianHz"])) for s, v in voices.items()},
                    mean={s: np.array(v["manner"], np.float32) for s, v in voices.items()}), out + "/text.pt")
    prediction, joint = transducer(folder, manifest["trust"])
    torch.save(dict(average=named(prediction=prediction, joint=joint), step=0), out + "/transducer.pt")


if __name__ == "__main__":
    main(*sys.argv[1:])
