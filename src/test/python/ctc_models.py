"""Writes src/test/resources/ctc/*: nets with the inputs and outputs of foreign CTC models, and what they hear.

    python3 src/test/python/ctc_models.py        (needs python3-onnx, python3-numpy)

Every token has a tone. A frame that holds the tone of a token is that token, a silent one is blank; so the tests can
say a text in tones and know on which frame every word begins. NAME-tones.txt: a line a token, Hz, 0 for blank.

raw    as wav2vec 2.0: input_values [B, N] -> logits [B, T, 32], frames of 320 samples from sample 40 of a 400-sample field
masked the same with attention_mask [B, N], of 32-bit integers to have them somewhere; not numbers where not all are 1
nemo   as NeMo's CTC exports: audio_signal [B, 80, T], length [B] -> logprobs [B, T', 24], every eighth frame, blank last
kaldi  as icefall's CTC exports: x [N, T, 80], x_lens [N] -> log_probs [N, T', 24], log_probs_len [N], every fourth frame,
       blank first
"""
import os
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../resources/ctc")
FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
os.makedirs(OUT, exist_ok=True)


def constant(name, value):
    return numpy_helper.from_array(np.array(value), name)


def write(name, nodes, inputs, outputs, constants, tones):
    infos = [[helper.make_tensor_value_info(n, t, s) for n, t, s in values] for values in (inputs, outputs)]
    graph = helper.make_graph(nodes, name, *infos, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="chorale")
    checker.check_model(model)
    save(model, os.path.join(OUT, name + ".onnx"))
    with open(os.path.join(OUT, name + "-tones.txt"), "w") as f:
        f.writelines("%.3f\n" % t for t in tones)


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs.split(), [output], **attributes)


def raw(masked):
    """The power of every tone over the 320 samples in the middle of the field; whole periods, so that tones do not mix."""
    tones = np.array([0] + [200 * k for k in range(1, 32)], np.float32)
    gain = np.full((32, 1), 400, np.float32)
    gain[0] = 0
    bias = np.zeros((32, 1), np.float32)
    bias[0] = 20
    inputs = [("attention_mask", TensorProto.INT32, ["batch", "samples"])] if masked else []
    mask = [
        node("Cast", "attention_mask", "maskValues", to=FLOAT),
        node("ReduceMin", "maskValues", "least", axes=[0, 1], keepdims=0),
        node("Log", "least", "nothing"),
        node("Shape", "attention_mask", "maskShape"),
        node("Shape", "input_values", "waveShape"),
        node("Sub", "maskShape waveShape", "difference"),
        node("ReduceMin", "difference", "same", axes=[0], keepdims=0),
        node("Cast", "same", "sameValue", to=FLOAT),
        node("Add", "rows nothing", "seen"),
        node("Add", "seen sameValue", "logits"),
    ]
    write("masked" if masked else "raw", [
        node("Unsqueeze", "input_values one", "wave"),
        node("Range", "zero size step", "index"),
        node("Less", "index from", "before"),
        node("Less", "index to", "within"),
        node("Not", "before", "after"),
        node("And", "after within", "inside"),
        node("Cast", "inside", "mask", to=FLOAT),
        node("Mul", "mask share", "window"),
        node("Mul", "omega index", "angle"),
        node("Cos", "angle", "cosine"),
        node("Sin", "angle", "sine"),
        node("Mul", "cosine window", "real"),
        node("Mul", "sine window", "imaginary"),
        node("Unsqueeze", "real one", "realFilter"),
        node("Unsqueeze", "imaginary one", "imaginaryFilter"),
        node("Conv", "wave realFilter", "c", strides=[320], kernel_shape=[400]),
        node("Conv", "wave imaginaryFilter", "s", strides=[320], kernel_shape=[400]),
        node("Mul", "c c", "cc"),
        node("Mul", "s s", "ss"),
        node("Add", "cc ss", "power"),
        node("Mul", "power gain", "scaled"),
        node("Add", "scaled bias", "columns"),
        node("Transpose", "columns", "rows" if masked else "logits", perm=[0, 2, 1]),
        *(mask if masked else []),
    ], [("input_values", FLOAT, ["batch", "samples"])] + inputs, [("logits", FLOAT, ["batch", "frames", 32])], [
        constant("one", np.array([1], np.int64)), constant("zero", np.float32(0)), constant("size", np.float32(400)),
        constant("step", np.float32(1)), constant("from", np.float32(40)), constant("to", np.float32(360)),
        constant("share", np.float32(2 / 320)), constant("omega", (2 * np.pi * tones[:, None] / 16000).astype(np.float32)),
        constant("gain", gain), constant("bias", bias)], tones)


def mel_bands(hertz_of_band, blank_first):
    bands = np.arange(11, 80, 3)[:23]
    tones = [hertz_of_band(b) for b in bands]
    return bands.astype(np.int64), [0.0] + tones if blank_first else tones + [0.0]


def log_mel(name, features, length, output, shape, axis, start, step, melaxis, gain, blank, blank_first, tones, bands):
    """Log energies of a band a token; nothing but zeros when the length is not that of the features."""
    transpose = [node("Transpose", "all", "rows", perm=[0, 2, 1])] if melaxis == 1 else [node("Identity", "all", "rows")]
    order = "blanks tokens" if blank_first else "tokens blanks"
    lengths = [("log_probs_len", INT64, ["batch"])] if blank_first else []
    count = [node("Div", length + " step", "log_probs_len")] if blank_first else []
    write(name, [
        node("Slice", features + " start end axis step", "some"),
        node("Gather", "some bands", "picked", axis=melaxis),
        node("Mul", "picked gain", "tokens"),
        node("Gather", "some first", "any", axis=melaxis),
        node("Mul", "any nothing", "zeros"),
        node("Add", "zeros blank", "blanks"),
        node("Concat", order, "all", axis=melaxis),
        *transpose,
        *count,
        node("Shape", features, "shape"),
        node("Gather", "shape axis", "count", axis=0),
        node("Equal", length + " count", "right"),
        node("Cast", "right", "factor", to=FLOAT),
        node("Unsqueeze", "factor behind", "factors"),
        node("Mul", "rows factors", "valid"),
        node("LogSoftmax", "valid", output, axis=-1),
    ], [(features, FLOAT, shape), (length, INT64, ["batch"])], [(output, FLOAT, ["batch", "out", 24])] + lengths, [
        constant("start", np.array([start], np.int64)), constant("end", np.array([1 << 40], np.int64)),
        constant("axis", np.array([axis], np.int64)), constant("step", np.array([step], np.int64)),
        constant("bands", bands), constant("first", np.array([0], np.int64)), constant("gain", np.float32(gain)),
        constant("nothing", np.float32(0)), constant("blank", np.float32(blank)),
        constant("behind", np.array([1, 2], np.int64))], tones)


def slaney(band):
    mel = (15 + 27 * np.log(8.0) / np.log(6.4)) * (band + 1) / 81
    return mel * 200 / 3 if mel < 15 else 1000 * np.exp((mel - 15) * np.log(6.4) / 27)


def htk(band):
    low, high = (1127 * np.log(1 + f / 700) for f in (20, 7600))
    return 700 * (np.exp((low + (high - low) * (band + 1) / 81) / 1127) - 1)


raw(False)
raw(True)
bands, tones = mel_bands(slaney, False)
log_mel("nemo", "audio_signal", "length", "logprobs", ["batch", 80, "frames"], 2, 0, 8, 1, 20, 20, False, tones, bands)
bands, tones = mel_bands(htk, True)
log_mel("kaldi", "x", "x_lens", "log_probs", ["batch", "frames", 80], 1, 3, 4, 2, 2, 0, True, tones, bands)
