"""The encoder of BERT (Devlin et al., 2019) as a graph that ONNX Runtime runs.

The graph is made of the model's own weights when it is loaded, in less time than a file of it would take to read. Its
nodes are the operators that ONNX Runtime has for such models, each of which does in one step what PyTorch does in
several: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnx import NodeProto, TensorProto
    from onnxruntime import InferenceSession

    Floats = NDArray[np.float32]

_FUSED = "com.microsoft"
# The first versions of ONNX that have all that is used here; ONNX Runtime goes on reading them.
_OPERATORS, _FORMAT = 18, 9


def encoder(weights: "dict[str, Floats]", config: dict[str, Any]) -> "InferenceSession":
    """Make a session that computes `states` (1 x tokens x dimension) from `embedded` of that shape, on one thread.

    `weights` are named as BERT's are, `config` is the model's. Embedded tokens are the sums of what stands in the
    tables of words, places and types. Safe to share between threads, which compute side by side.
    """
    import onnxruntime
    from onnx import TensorProto, helper

    graph = _Graph(float(config["layer_norm_eps"]))
    width = int(config["hidden_size"])
    states = graph.normed("embedded", weights, "embeddings.LayerNorm")
    for number in range(int(config["num_hidden_layers"])):
        states = graph.layer(states, weights, f"encoder.layer.{number}", int(config["num_attention_heads"]))
    shape: list[str | int | None] = [1, "tokens", width]
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(states, TensorProto.FLOAT, shape)],
        [_described(name, weight) for name, weight in graph.weights.items()],
    )
    versions = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_FUSED, 1)]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # An arena keeps what the longest text needed, and is no faster.
    options.enable_cpu_mem_arena = False
    options.add_external_initializers(
        list(graph.weights), [onnxruntime.OrtValue.ortvalue_from_numpy(weight) for weight in graph.weights.values()]
    )
    model = helper.make_model(made, opset_imports=versions, ir_version=_FORMAT)
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


@dataclass(frozen=True, slots=True)
class _Graph:
    """Nodes, each of which gives one result that has the node's name; and the weights they take, by name."""

    epsilon: float
    nodes: "list[NodeProto]" = field(default_factory=list)
    weights: "dict[str, Floats]" = field(default_factory=dict)

    def layer(self, states: str, weights: "dict[str, Floats]", name: str, heads: int) -> str:
        own = f"{name}.attention.self"
        parts = [f"{own}.{part}" for part in ("query", "key", "value")]
        together = self._weight(
            f"{own}.weight", np.concatenate([weights[f"{part}.weight"].T for part in parts], axis=1)
        )
        bias = self._weight(f"{own}.bias", np.concatenate([weights[f"{part}.bias"] for part in parts]))
        seen = self._node("Attention", own, [states, together, bias], _FUSED, num_heads=heads)
        states = self._added(seen, states, weights, f"{name}.attention.output")
        inner = self._product(states, weights, f"{name}.intermediate.dense")
        bias = self._given(weights, f"{name}.intermediate.dense.bias")
        inner = self._node("BiasGelu", f"{name}.intermediate", [inner, bias], _FUSED)
        return self._added(inner, states, weights, f"{name}.output")

    def normed(self, states: str, weights: "dict[str, Floats]", name: str) -> str:
        scale, shift = (self._given(weights, f"{name}.{part}") for part in ("weight", "bias"))
        return self._node("LayerNormalization", name, [states, scale, shift], epsilon=self.epsilon)

    def _added(self, states: str, before: str, weights: "dict[str, Floats]", name: str) -> str:
        product = self._product(states, weights, f"{name}.dense")
        parts = ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")
        given = [product, before, *(self._given(weights, f"{name}.{part}") for part in parts)]
        return self._node("SkipLayerNormalization", name, given, _FUSED, epsilon=self.epsilon)

    def _product(self, states: str, weights: "dict[str, Floats]", name: str) -> str:
        # Linear layers keep their weights as outputs x inputs.
        return self._node("MatMul", name, [states, self._weight(f"{name}.weight", weights[f"{name}.weight"].T)])

    def _given(self, weights: "dict[str, Floats]", name: str) -> str:
        return self._weight(name, weights[name])

    def _weight(self, name: str, weight: "Floats") -> str:
        self.weights[name] = np.ascontiguousarray(weight)
        return name

    def _node(self, operator: str, name: str, given: list[str], domain: str = "", **settings: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(operator, given, [name], name, domain=domain, **settings))
        return name


def _described(name: str, weight: "Floats") -> "TensorProto":
    """Describe a weight that is handed over beside the graph."""
    from onnx import TensorProto

    described = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=weight.shape)
    described.data_location = TensorProto.EXTERNAL
    described.external_data.add(key="location", value="beside")
    return described
