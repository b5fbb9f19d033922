"""Exports the checkpoints as the ONNX files of models/tts-v1 and writes manifest.json.

usage: export.py WORK_DIR DATA_DIR SPEECH_CHECKPOINT FIRST_GENERATOR GENERATOR TEXT_CHECKPOINT TRANSDUCER_CHECKPOINT PACE_CHECKPOINT MODEL_DIR
                 [--method NAME] [--temperature X] [--trust X] [--only LIST]
FIRST_GENERATOR: the one that the text model was trained with; its reference encoder gives the manner. --only: the files to write; the others
and the voices stay as they are in MODEL_DIR, and checkpoints that are not needed for it may be missing.
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
from common import CODES, HOP, LANGUAGES, P, S, TOKEN_HOP, VOICES, held_out
from pace import Pace
from prepare import PROJECTED
from texts import FEATURES
from train_text import prepare
from weights import halve_weights

BLOCKS = 7
CONTEXT_FRAMES = 2 + 2 * sum(2 * d for d in S.DILATIONS[:BLOCKS])
CONTEXT_SAMPLES = CONTEXT_FRAMES * HOP + (S.WINDOW - HOP) // 2
BYTES = ("text", "frames", "transducer")  # stored with 8-bit weights
OF_A_VOICE = 60  # utterances that its timbre is the mean of
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
        frames = torch.cat([tokens.argmax(2, keepdim=True).float(), octaves, voicing], 2)
        return frames, self.frames.hidden(stretched, place).transpose(1, 2)


class Step(nn.Module):
    """Hidden frame and encoding of the phone [1, CHANNELS], place in it [1, PLACES], tokens before [1, HISTORY] ->
    [1, CODES + 1]: logits of the tokens, log odds that the phone has ended."""

    def __init__(self, prediction, joint, trust):
        super().__init__()
        self.prediction, self.joint = prediction, joint
        with torch.no_grad():
            joint.out.weight *= trust
            joint.out.bias *= trust

    def forward(self, frame, phone, place, history):
        logits, ends = self.joint(frame, phone, place, self.prediction(history)[:, -1])
        return torch.cat([logits, ends.unsqueeze(1)], 1)


class Generator(nn.Module):
    def __init__(self, filters):
        super().__init__()
        self.filters, self.head = filters, G.Head(fixed=True)

    def forward(self, tokens, timbre, hz, pulses, noise, correction):
        return self.head(self.filters(tokens, timbre, hz) + correction.unsqueeze(2), pulses, noise)


class Reference(nn.Module):
    """Samples [1, N] -> [1, SPEAKER + TIMBRE]: manner and timbre."""

    def __init__(self, manner, reference):
        super().__init__()
        self.features, self.manner, self.reference = S.LogMel(), manner, reference

    def forward(self, samples):
        mel = self.features(samples)
        return torch.cat([self.manner(mel)[0], self.reference(mel)[0]], 1)


def timbre_of(work, folder, source, reference):
    """Mean timbre of utterances of a voice."""
    with open(folder + "/items.jsonl", encoding="utf-8") as f:
        items = [x for x in map(json.loads, f) if x["speaker"] == source and not held_out(x) and x["length"] > 48000]
    pcm, mel = np.memmap(work + "/real.pcm", "<i2", "r"), S.LogMel()
    found = []
    with torch.no_grad():
        for item in items[:: max(1, len(items) // OF_A_VOICE)]:
            x = pcm[item["offset"]:item["offset"] + item["length"]].astype(np.float32) / 32768 * item["gain"]
            found.append(reference(mel(torch.from_numpy(x[None])))[0][0].numpy())
    return np.mean(found, 0)


def usual(work, folder, encoder, frames, text):
    """What the text model says of held-out sentences of the voices, spoken by those: phones a second of speech; the median of how far
    the pitch of a sentence moves, in octaves (org.chorale.synth.PitchSpread)."""
    phones_said, seconds_said, spreads = 0, 0.0, []
    with torch.no_grad():
        for item, phones, features, durations in prepare(work, folder):
            if held_out(item) and item["voice"]:
                manner = torch.from_numpy(np.asarray(text["mean"][item["speaker"]], np.float32))[None]
                encoded, seconds = encoder(torch.from_numpy(phones)[None], torch.from_numpy(features)[None],
                                           torch.tensor([LANGUAGES.index(item["language"])]), manner, torch.ones(1, len(phones)))
                spoken = phones > 0
                phones_said += spoken.sum()
                seconds_said += np.exp(seconds[0].numpy()[spoken]).clip(0.02, 0.4).sum()
                index, place = N.place_of(torch.from_numpy(durations))
                _, octaves, voicing = frames(encoded[:, :, index], place[None])
                heard = octaves[0][(voicing[0] > 0) & torch.from_numpy(spoken)[index][:, None]].numpy()
                spreads.append(1.4826 * np.median(np.abs(heard - np.median(heard))))
    return float(phones_said / seconds_said), float(np.median(spreads))


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
    parser.add_argument("work")
    parser.add_argument("data")
    parser.add_argument("speech")
    parser.add_argument("first")
    parser.add_argument("generator")
    parser.add_argument("text")
    parser.add_argument("transducer")
    parser.add_argument("pace")
    parser.add_argument("folder")
    parser.add_argument("--only", default="tokenizer,text,frames,transducer,generator,reference,correction,pace")
    parser.add_argument("--method", default="parallel", choices=["transducer", "parallel"])
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--trust", type=float, default=0.5, help="in what the transducer adds to the parallel way")
    parser.add_argument("--intonation", type=float, default=1.2)
    parser.add_argument("--rounds", type=int, default=2, help="of correction of a reference's average spectrum")
    args = parser.parse_args()
    os.makedirs(args.folder, exist_ok=True)
    load = lambda path, name: {k[len(name) + 1:]: v for k, v in torch.load(path)["average"].items() if k.startswith(name + ".")}

    def module(path, name, made):
        made.load_state_dict(load(path, name))
        return folded(made)

    def tokenizer():
        net = S.Net()
        net.load_state_dict(torch.load(args.speech, map_location="cpu")["average"])
        with np.load(args.data + "/codebook.npz") as z:
            assert int(z["blocks"]) == BLOCKS
            return Tokenizer(net.eval(), {k: z[k] for k in z})

    def listening():
        manner = G.Manner()
        first = load(args.first, "reference")
        manner.load_state_dict({k: v for k, v in first.items() if k in manner.state_dict()})
        return Reference(manner, module(args.generator, "reference", G.Reference()))

    def pace():
        made = Pace()
        made.load_state_dict(torch.load(args.pace))
        return made

    part = lambda name, made: module(args.text, name, made)
    step = lambda: Step(module(args.transducer, "prediction", N.Prediction()), module(args.transducer, "joint", N.Joint()), args.trust)
    exports = {
        "tokenizer": (tokenizer, dict(samples=torch.randn(1, 100 * TOKEN_HOP + 2 * CONTEXT_SAMPLES) * 0.1), ["frames"],
                      dict(samples={1: "samples"}, frames={1: "tokens"})),
        "text": (lambda: Text(part("encoder", N.Encoder())),
                 dict(phones=torch.randint(0, 50, (1, 20)), features=torch.rand(1, 20, FEATURES), language=torch.zeros(1, dtype=torch.long),
                      speaker=torch.rand(1, G.SPEAKER)), ["encoded"],
                 dict(phones={1: "phones"}, features={1: "phones"}, encoded={1: "phones"})),
        "frames": (lambda: Frames(part("frames", N.Frames())),
                   dict(stretched=torch.rand(1, N.CHANNELS, 60), place=torch.rand(1, 2, 60)), ["frames", "hidden"],
                   dict(stretched={2: "tokens"}, place={2: "tokens"}, frames={1: "tokens"}, hidden={1: "tokens"})),
        "transducer": (step, dict(frame=torch.rand(1, N.CHANNELS), phone=torch.rand(1, N.CHANNELS), place=torch.rand(1, N.PLACES),
                                  history=torch.randint(0, CODES, (1, N.HISTORY))), ["logits"], {}),
        "generator": (lambda: Generator(module(args.generator, "filters", G.Filters())),
                      dict(tokens=torch.randint(0, CODES, (1, 60)), timbre=torch.rand(1, G.TIMBRE), hz=torch.rand(1, 120) * 200,
                           pulses=torch.randn(1, 120 * HOP), noise=torch.randn(1, 120 * HOP),
                           correction=torch.zeros(1, G.PULSE_ORDER + G.NOISE_ORDER)), ["samples"],
                      dict(tokens={1: "tokens"}, hz={1: "frames"}, pulses={1: "n"}, noise={1: "n"}, samples={1: "n"})),
        "reference": (listening, dict(samples=torch.randn(1, 48000) * 0.1), ["voice"], dict(samples={1: "samples"})),
        "correction": (G.Correction, dict(natural=torch.randn(1, 48000) * 0.1, made=torch.randn(1, 48000) * 0.1,
                                          voiced=torch.ones(1, 300)), ["correction"],
                       dict(natural={1: "samples"}, made={1: "samples"}, voiced={1: "frames"})),
        "pace": (pace, dict(hidden=torch.randn(1, 100, PROJECTED)), ["pace"], dict(hidden={1: "tokens"})),
    }
    only, path = args.only.split(","), os.path.join(args.folder, "manifest.json")
    old = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            old = json.load(f)
    files, parameters, modules = {}, {}, {}
    for name, (make, inputs, outputs, axes) in exports.items():
        if name not in only:
            files[name + ".onnx"], parameters[name] = old["files"][name + ".onnx"], old["parameters"][name]
            continue
        made = modules[name] = make().eval()
        path = os.path.join(args.folder, name + ".onnx")
        torch.onnx.export(made, tuple(inputs.values()), path, input_names=list(inputs), output_names=outputs, opset_version=17,
                          dynamic_axes=axes)
        constants_to_weights(path)
        (quarter_weights if name in BYTES else halve_weights)(path)
        with open(path, "rb") as f:
            data = f.read()
        files[name + ".onnx"] = dict(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
        parameters[name] = sum(p.numel() for p in made.parameters())
        print(f"{path}: {len(data) / 1e6:.2f} MB, {parameters[name] / 1e6:.2f} M parameters")
    text = torch.load(args.text)
    voices = old.get("voices", [])
    if "reference" in only:
        short = lambda v: [round(float(x), 3) for x in v]
        timbres = {source: timbre_of(args.work, args.data, source, modules["reference"].reference) for source in VOICES}
        voices = [dict(name=name, language=language, medianHz=round(float(2 ** text["median"][source]), 1),
                       manner=short(text["mean"][source]), timbre=short(timbres[source])) for source, (name, language) in VOICES.items()]
    pace_of_all, spread = usual(args.work, args.data, part("encoder", N.Encoder()), part("frames", N.Frames()), text)
    if "text" not in only:
        pace_of_all = old["phonesASecond"]
    manifest = {
        "name": "tts-v1", "version": "1.2.0", "task": "tts-semantic-tokens", "languages": LANGUAGES, "licence": "CC-BY-SA-4.0",
        "files": files, "sampleRate": 16000, "features": "raw", "codes": CODES, "tokenSamples": TOKEN_HOP, "phones": P.PHONES,
        "spokenLanguages": LANGUAGES, "history": N.HISTORY, "temperature": args.temperature, "trust": args.trust, "standardMethod": args.method,
        "intonation": args.intonation, "mannerSize": G.SPEAKER,
        "correctionSize": G.PULSE_ORDER + G.NOISE_ORDER, "correctionRounds": args.rounds,
        "phonesASecond": round(pace_of_all, 2), "modelSpreadOctaves": round(spread, 3), "generatorContextTokens": GENERATOR_CONTEXT, "tokenizerContextSamples": CONTEXT_SAMPLES,
        "parameters": parameters, "voices": voices,
    }
    with open(os.path.join(args.folder, "manifest.json"), "w", encoding="utf-8") as f:
        json.dump(manifest, f, ensure_ascii=False, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
