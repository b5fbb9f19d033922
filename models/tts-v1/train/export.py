"""Exports the checkpoints as the ONNX files of models/tts-v1 and writes manifest.json.

usage: export.py DATA_DIR SPEECH_CHECKPOINT GENERATOR_CHECKPOINT TEXT_CHECKPOINT MODEL_DIR [--method NAME] [--temperature X]
Large weights are stored in 16 bits, those of the text models in 8; measure.py measures what the exported files say.
"""
import argparse
import hashlib
import json
import os

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import generator as G
import textnet as N
from common import CODES, HOP, LANGUAGES, P, S, TOKEN_HOP, VOICES, speech
from texts import FEATURES

BLOCKS = 7
CONTEXT_FRAMES = 2 + 2 * sum(2 * d for d in S.DILATIONS[:BLOCKS])
CONTEXT_SAMPLES = CONTEXT_FRAMES * HOP + (S.WINDOW - HOP) // 2
BYTES = ("text", "frames")  # stored with 8-bit weights
GENERATOR_CONTEXT = 36  # tokens: more than the convolutions see, and the filters' tails


def fold(conv, norm):
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    bias = conv.bias if conv.bias is not None else torch.zeros_like(norm.running_mean)
    conv.weight = nn.Parameter(conv.weight * scale[:, None, None])
    conv.bias = nn.Parameter((bias - norm.running_mean) * scale + norm.bias)


def folded(module):
    """Batch normalisation after the convolution of every residual block becomes part of it."""
    for block in module.modules():
        if isinstance(block, G.Residual):
            fold(block.conv, block.norm)
            block.norm = nn.Identity()
    return module.eval()


class Tokenizer(nn.Module):
    """Samples [1, 320 T + 2 context] -> [1, T, PROJECTED + 1]: projected hidden layer, token."""

    def __init__(self, model, codebook):
        super().__init__()
        fold(model.first, model.first_norm)
        model.first_norm = nn.Identity()
        for block in model.blocks:
            fold(block.conv, block.norm)
            block.norm = nn.Identity()
        self.features, self.model = S.LogMel(), model
        centres = torch.tensor(codebook["centres"]).float()
        self.register_buffer("mean", torch.tensor(codebook["mean"]).float())
        self.register_buffer("projection", torch.tensor(codebook["projection"]).float())
        self.register_buffer("centres", (2 * centres.T).contiguous())
        self.register_buffer("norms", (centres ** 2).sum(1))

    def forward(self, samples):
        m = self.model
        x = torch.relu(m.first(m.input_norm(self.features(samples))))
        for block in list(m.blocks)[:BLOCKS]:
            x = block(x)
        z = (x.transpose(1, 2) - self.mean) @ self.projection
        token = (z @ self.centres - self.norms).argmax(2, keepdim=True)
        return torch.cat([z, token.float()], 2)


class Text(nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def forward(self, phones, features, language, speaker):
        x, seconds = self.encoder(phones, features, language, speaker, torch.ones_like(phones).float())
        return torch.cat([x.transpose(1, 2), seconds.unsqueeze(2)], 2)


class Frames(nn.Module):
    def __init__(self, frames):
        super().__init__()
        self.frames = frames

    def forward(self, stretched, place):
        tokens, octaves, voicing = self.frames(stretched, place)
        return torch.cat([tokens.argmax(2, keepdim=True).float(), octaves, voicing], 2)


class Step(nn.Module):
    """Encoding of the phone [1, CHANNELS], tokens before [1, HISTORY] -> logits [1, CODES + 1], the last for the blank."""

    def __init__(self, prediction, joint):
        super().__init__()
        self.prediction, self.joint = prediction, joint

    def forward(self, phone, history):
        return self.joint(phone, self.prediction(history)[:, -1])


class Generator(nn.Module):
    def __init__(self, filters):
        super().__init__()
        self.filters, self.head = filters, G.Head(fixed=True)

    def forward(self, tokens, speaker, hz, pulses, noise):
        return self.head(self.filters(tokens, speaker, hz), pulses, noise)


class Reference(nn.Module):
    def __init__(self, reference):
        super().__init__()
        self.features, self.reference = S.LogMel(), reference

    def forward(self, samples):
        return torch.cat(self.reference(self.features(samples)), 1)


def constants_to_weights(path):
    """What the exporter left as nodes becomes weights, so that it can be stored in less."""
    model = onnx.load(path)
    graph = model.graph
    for node in [n for n in graph.node if n.op_type == "Constant"]:
        value = numpy_helper.to_array(node.attribute[0].t) if node.attribute[0].name == "value" else np.zeros(0)
        if value.dtype == np.float32 and value.size > 1000:
            graph.initializer.append(numpy_helper.from_array(value, node.output[0]))
            graph.node.remove(node)
    onnx.save(model, path)


def quarter_weights(path):
    """Weights as 8-bit integers with a scale for every row (an output channel), multiplied out when the model is loaded."""
    model = onnx.load(path)
    graph, nodes = model.graph, []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > 1000:
            axes = tuple(range(1, values.ndim))
            scale = (np.abs(values).max(axes, keepdims=True) / 127 + 1e-12).astype(np.float32)
            graph.initializer.remove(tensor)
            graph.initializer.append(numpy_helper.from_array(np.round(values / scale).astype(np.int8), tensor.name + "_byte"))
            graph.initializer.append(numpy_helper.from_array(scale, tensor.name + "_scale"))
            nodes.append(helper.make_node("Cast", [tensor.name + "_byte"], [tensor.name + "_cast"], to=TensorProto.FLOAT))
            nodes.append(helper.make_node("Mul", [tensor.name + "_cast", tensor.name + "_scale"], [tensor.name]))
    nodes += list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("speech")
    parser.add_argument("generator")
    parser.add_argument("text")
    parser.add_argument("folder")
    parser.add_argument("--method", default="parallel", choices=["transducer", "parallel"])
    parser.add_argument("--temperature", type=float, default=0.4)
    parser.add_argument("--intonation", type=float, default=1.2)
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    halve = speech("export").halve_weights
    load = lambda path, name: {k[len(name) + 1:]: v for k, v in torch.load(path)["average"].items() if k.startswith(name + ".")}

    def module(path, name, made):
        made.load_state_dict(load(path, name))
        return folded(made)

    net = S.Net()
    net.load_state_dict(torch.load(args.speech, map_location="cpu")["average"])
    with np.load(args.data + "/codebook.npz") as z:
        assert int(z["blocks"]) == BLOCKS
        tokenizer = Tokenizer(net.eval(), {k: z[k] for k in z}).eval()
    text = torch.load(args.text)
    part = lambda name, made: module(args.text, name, made)
    exports = {
        "tokenizer": (tokenizer, dict(samples=torch.randn(1, 100 * TOKEN_HOP + 2 * CONTEXT_SAMPLES) * 0.1), "frames",
                      dict(samples={1: "samples"}, frames={1: "tokens"})),
        "text": (Text(part("encoder", N.Encoder())).eval(),
                 dict(phones=torch.randint(0, 50, (1, 20)), features=torch.rand(1, 20, FEATURES), language=torch.zeros(1, dtype=torch.long),
                      speaker=torch.rand(1, G.SPEAKER)), "encoded",
                 dict(phones={1: "phones"}, features={1: "phones"}, encoded={1: "phones"})),
        "frames": (Frames(part("frames", N.Frames())).eval(),
                   dict(stretched=torch.rand(1, N.CHANNELS, 60), place=torch.rand(1, 2, 60)), "frames",
                   dict(stretched={2: "tokens"}, place={2: "tokens"}, frames={1: "tokens"})),
        "transducer": (Step(part("prediction", N.Prediction()), part("joint", N.Joint())).eval(),
                       dict(phone=torch.rand(1, N.CHANNELS), history=torch.randint(0, CODES, (1, N.HISTORY))), "logits", {}),
        "generator": (Generator(module(args.generator, "filters", G.Filters())).eval(),
                      dict(tokens=torch.randint(0, CODES, (1, 60)), speaker=torch.rand(1, G.SPEAKER), hz=torch.rand(1, 120) * 200,
                           pulses=torch.randn(1, 120 * HOP), noise=torch.randn(1, 120 * HOP)), "samples",
                      dict(tokens={1: "tokens"}, hz={1: "frames"}, pulses={1: "n"}, noise={1: "n"}, samples={1: "n"})),
        "reference": (Reference(module(args.generator, "reference", G.Reference())).eval(), dict(samples=torch.randn(1, 48000) * 0.1),
                      "voice", dict(samples={1: "samples"})),
    }
    files, parameters = {}, {}
    for name, (made, inputs, output, axes) in exports.items():
        path = os.path.join(args.folder, name + ".onnx")
        torch.onnx.export(made, tuple(inputs.values()), path, input_names=list(inputs), output_names=[output], opset_version=17,
                          dynamic_axes=axes)
        constants_to_weights(path)
        (quarter_weights if name in BYTES else halve)(path)
        with open(path, "rb") as f:
            data = f.read()
        files[name + ".onnx"] = dict(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
        parameters[name] = sum(p.numel() for p in made.parameters())
        print(f"{path}: {len(data) / 1e6:.2f} MB, {parameters[name] / 1e6:.2f} M parameters")
    voices = []
    for source, (name, language) in VOICES.items():
        voices.append(dict(name=name, language=language, medianHz=round(float(2 ** text["median"][source]), 1),
                           vector=[round(float(x), 4) for x in text["mean"][source]]))
    manifest = {
        "name": "tts-v1", "version": "1.0.0", "task": "tts-semantic-tokens", "languages": LANGUAGES, "licence": "CC-BY-SA-4.0",
        "files": files, "sampleRate": 16000, "features": "raw", "codes": CODES, "tokenSamples": TOKEN_HOP, "phones": P.PHONES,
        "spokenLanguages": LANGUAGES, "history": N.HISTORY, "temperature": args.temperature, "standardMethod": args.method,
        "intonation": args.intonation, "generatorContextTokens": GENERATOR_CONTEXT, "tokenizerContextSamples": CONTEXT_SAMPLES,
        "parameters": parameters, "voices": voices,
    }
    with open(os.path.join(args.folder, "manifest.json"), "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
