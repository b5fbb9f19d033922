"""Writes src/main/resources/org/chorale/onnx/probe.onnx: one addition, to see whether a device runs anything.

    python3 src/test/python/probe_model.py       (needs python3-onnx)
"""
import os
from onnx import TensorProto, checker, helper, save

here = os.path.dirname(os.path.abspath(__file__))
value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
graph = helper.make_graph([helper.make_node("Add", ["a", "a"], ["b"])], "probe", [value("a")], [value("b")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="chorale")
checker.check_model(model)
save(model, os.path.join(here, "../../main/resources/org/chorale/onnx/probe.onnx"))
