"""Weights on their way into an exported graph."""
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn


def fold_norms(model):
    """Batch normalisation after a convolution becomes part of it."""
    for conv, norm, owner, name in [(model.first, model.first_norm, model, "first_norm")] + [
            (b.conv, b.norm, b, "norm") for b in model.blocks]:
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        bias = conv.bias if conv.bias is not None else torch.zeros_like(norm.running_mean)
        conv.weight = nn.Parameter(conv.weight * scale[:, None, None])
        conv.bias = nn.Parameter((bias - norm.running_mean) * scale + norm.bias)
        setattr(owner, name, nn.Identity())
    return model


def halve_weights(path):
    """Stores large float weights with 16 bits and casts them back inside the graph; ONNX Runtime folds the casts at load."""
    graph_model = onnx.load(path)
    graph, casts = graph_model.graph, []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > 1000:
            graph.initializer.remove(tensor)
            graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), tensor.name + "_half"))
            casts.append(helper.make_node("Cast", [tensor.name + "_half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(graph_model)
    onnx.save(graph_model, path)
