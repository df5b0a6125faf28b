"""The weights of attache-small for other engines: `peers.py MODEL_FOLDER OUTPUT_FOLDER`, called by peers.sh.

Writes model.safetensors in f32, model.onnx in f32, and model.int8.onnx as onnxruntime quantises it dynamically. The graph
is written in onnxruntime's own fused operators (attention, layer norm with the residual, GELU with the bias), to which its
optimiser would bring an exported one at best.
"""
import json
import pathlib
import shutil
import sys

import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file, save_file

import numpy as np


def widened(path):
    """The tensors in f32, those with one scale a row multiplied out."""
    tensors = load_file(path)
    scales = {name: tensors.pop(name + ".scale") for name in list(tensors) if name + ".scale" in tensors}
    whole = {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
    for name, scale in scales.items():
        whole[name] *= scale.astype(np.float32)[:, None]
    return whole


class Graph:
    """Nodes in the order in which they run, and the weights that they take."""

    def __init__(self, tensors, config):
        self.tensors, self.config, self.nodes, self.weights = tensors, config, [], []

    def weight(self, name, values=None):
        values = self.tensors[name] if values is None else values
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, operator, inputs, domain="com.microsoft", output=None, more=(), **attributes):
        output = output or f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output, *more], output, domain=domain, **attributes))
        return output

    def product(self, x, name):
        """x · Wᵀ; the bias is left to what follows."""
        return self.node("MatMul", [x, self.weight(f"{name}.weight", self.tensors[f"{name}.weight"].T)], domain="")

    def embed(self):
        tables = [self.weight(f"bert.embeddings.{kind}_embeddings.weight") for kind in ("word", "position", "token_type")]
        norm = [self.weight(f"bert.embeddings.LayerNorm.{part}") for part in ("weight", "bias")]
        epsilon = self.config["layer_norm_eps"]
        inputs = ["ids", "types", *tables, *norm]
        return self.node("EmbedLayerNormalization", inputs, more=["mask_index"], epsilon=epsilon)

    def attend(self, x, layer):
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        weights = np.concatenate([self.tensors[f"{part}.weight"].T for part in parts], axis=1)  # (hidden, 3 hidden)
        biases = np.concatenate([self.tensors[f"{part}.bias"] for part in parts])
        inputs = [x, self.weight(f"{layer}.qkv.weight", weights), self.weight(f"{layer}.qkv.bias", biases), "mask"]
        return self.node("Attention", inputs, num_heads=self.config["num_attention_heads"])

    def add_and_norm(self, x, residual, name):
        """The layer norm of x + bias + residual."""
        norm = [self.weight(f"{name}.LayerNorm.{part}") for part in ("weight", "bias")]
        inputs = [x, residual, *norm, self.weight(f"{name}.dense.bias")]
        return self.node("SkipLayerNormalization", inputs, epsilon=self.config["layer_norm_eps"])

    def layer(self, x, layer):
        attended = self.product(self.attend(x, layer), f"{layer}.attention.output.dense")
        x = self.add_and_norm(attended, x, f"{layer}.attention.output")
        wide = self.product(x, f"{layer}.intermediate.dense")
        wide = self.node("BiasGelu", [wide, self.weight(f"{layer}.intermediate.dense.bias")])
        return self.add_and_norm(self.product(wide, f"{layer}.output.dense"), x, f"{layer}.output")

    def model(self):
        x = self.embed()
        for i in range(self.config["num_hidden_layers"]):
            x = self.layer(x, f"bert.encoder.layer.{i}")
        x = self.product(x, "classifier")
        self.node("Add", [x, self.weight("classifier.bias")], domain="", output="logits")
        integers = [helper.make_tensor_value_info(n, TensorProto.INT32, ["b", "t"]) for n in ("ids", "types", "mask")]
        labels = len(self.config["id2label"])
        logits = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", "t", labels])]
        graph = helper.make_graph(self.nodes, "attache-small", integers, logits, self.weights)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def main():
    source, out = (pathlib.Path(folder) for folder in sys.argv[1:])
    config = json.loads((source / "config.json").read_text())
    tensors = widened(source / "model.safetensors")
    shutil.copy(source / "config.json", out / "config.json")
    save_file(tensors, out / "model.safetensors")
    onnx.save(Graph(tensors, config).model(), out / "model.onnx")
    # The quantiser does not know the types that onnxruntime's own operators give.
    options = {"DefaultTensorType": TensorProto.FLOAT}
    files = (out / "model.onnx", out / "model.int8.onnx")
    quantize_dynamic(*files, weight_type=QuantType.QInt8, extra_options=options)


main()
