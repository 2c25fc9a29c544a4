"""The encoder of BERT (Devlin et al., 2019) as a graph that OpenVINO runs on the processor.

The graph is made of the model's own weights when it is loaded, in less time than a file of it would take to read. Its
nodes are OpenVINO's operators, https://docs.openvino.ai/2026/documentation/openvino-ir-format/operation-sets.html; for
the processor at hand OpenVINO makes instructions of them, in which several become one.
"""

import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

_DEVICE = "CPU"
_TELLS = "openvino_telemetry"
_IMPORTING = threading.Lock()


def has_bfloat16() -> bool:
    """Tell whether OpenVINO can compute in bfloat16 on this processor; not whether that is any faster."""
    return "BF16" in _openvino().Core().get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES")


class Computation:
    """What is being computed of each token (tokens x outputs), in a `with` block, at whose beginning it is waited for.

    It is not to be used after the block, for the next computation writes where it lies.
    """

    def __init__(self, request: Any, embedded: "Floats", free: "deque[Any]") -> None:
        self._request = request
        # Read where it lies, so it has to stay till the end.
        self._embedded = embedded
        self._free = free
        request.start_async([embedded[None]], share_inputs=True)

    def wait(self) -> None:
        """Wait until it is computed."""
        self._request.wait()

    def __enter__(self) -> "Floats":
        self.wait()
        computed: Floats = self._request.get_output_tensor().data[0]
        return computed

    def __exit__(self, *_: object) -> None:
        self._free.append(self._request)


class Encoder:
    """Computes the states of a text's tokens (tokens x dimension) from `embedded` of that shape, many texts at once.

    `weights` are named as BERT's are, and `config` is the model's. With a `head`, the weights (outputs x dimension) and
    biases (outputs) of a last linear layer, what it makes of each state comes out instead (tokens x outputs). Embedded
    tokens are the sums of what stands in the tables of words, places and types. So many texts are computed `at_once`,
    and `threads` share each. With `half` the bits, it computes in bfloat16; what goes in and comes out is float32 all
    the same. Safe to share between threads. Instructions for the processor are made of it when it is first used.
    """

    def __init__(
        self,
        weights: "dict[str, Floats]",
        config: dict[str, Any],
        *,
        head: "tuple[Floats, Floats] | None" = None,
        at_once: int = 1,
        threads: int = 1,
        half: bool,
    ) -> None:
        # Here, and not when it is first used: threads that import many packages at once can get them half made.
        self._openvino = _openvino()
        self._given = weights, config, head
        self._properties = {
            "INFERENCE_PRECISION_HINT": "bf16" if half else "f32",
            "NUM_STREAMS": at_once,
            "INFERENCE_NUM_THREADS": at_once * threads,
            # Where another process has a core, a thread that may not leave it waits.
            "ENABLE_CPU_PINNING": False,
        }
        self._compiling = threading.Lock()
        self._compiled: Any = None
        # What a computation needs of its own, for the next one to take.
        self._free: deque[Any] = deque()

    def begin(self, embedded: "Floats") -> Computation:
        """Have a text computed, after what was begun before."""
        try:
            request = self._free.pop()
        except IndexError:
            request = self._request()
        return Computation(request, embedded, self._free)

    def _request(self) -> Any:
        with self._compiling:
            if self._compiled is None:
                graph = _graph(self._openvino, *self._given)
                self._compiled = self._openvino.Core().compile_model(graph, _DEVICE, self._properties)
        return self._compiled.create_infer_request()


def _openvino() -> Any:
    """Import OpenVINO, but not the package by which it would tell its makers so: each import is an event sent to them.

    Where that package is missing it has a stand-in, which sends nothing and leaves no files in the user's home.
    """
    modules: dict[str, Any] = sys.modules
    # Two threads that hid it at once would both take the stand-in away.
    with _IMPORTING:
        hidden = modules.setdefault(_TELLS, None) is None
        try:
            import openvino
            import openvino.opset13
        finally:
            if hidden:
                del modules[_TELLS]
    return openvino


def _graph(
    openvino: Any, weights: "dict[str, Floats]", config: dict[str, Any], head: "tuple[Floats, Floats] | None"
) -> Any:
    """Put the operators together."""
    operators = openvino.opset13
    width, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
    epsilon = float(config["layer_norm_eps"])

    def kept(values: Any) -> Any:
        return operators.constant(np.array(values, order="C", copy=None), shared_memory=True)

    def layer(states: Any, weight: "Floats", bias: "Floats") -> Any:
        # Linear layers keep their weights as outputs x inputs.
        product = operators.matmul(states, kept(weight), transpose_a=False, transpose_b=True)
        return operators.add(product, kept(bias))

    def linear(states: Any, name: str) -> Any:
        return layer(states, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def normed(states: Any, name: str) -> Any:
        scaled = operators.mvn(states, kept([-1]), normalize_variance=True, eps=epsilon, eps_mode="INSIDE_SQRT")
        return operators.add(operators.multiply(scaled, kept(weights[f"{name}.weight"])), kept(weights[f"{name}.bias"]))

    def by_head(states: Any) -> Any:
        # Zero stands for what that dimension has.
        split = operators.reshape(states, kept([0, 0, heads, width // heads]), special_zero=True)
        return operators.transpose(split, kept([0, 2, 1, 3]))

    def attended(states: Any, name: str) -> Any:
        query, key, value = (by_head(linear(states, f"{name}.self.{part}")) for part in ("query", "key", "value"))
        seen = operators.transpose(operators.scaled_dot_product_attention(query, key, value), kept([0, 2, 1, 3]))
        return linear(operators.reshape(seen, kept([0, 0, width]), special_zero=True), f"{name}.output.dense")

    embedded = operators.parameter([1, -1, width], np.float32, "embedded")
    states = normed(embedded, "embeddings.LayerNorm")
    for number in range(int(config["num_hidden_layers"])):
        name = f"encoder.layer.{number}"
        seen = operators.add(attended(states, f"{name}.attention"), states)
        states = normed(seen, f"{name}.attention.output.LayerNorm")
        inner = operators.gelu(linear(states, f"{name}.intermediate.dense"), "ERF")
        states = normed(operators.add(linear(inner, f"{name}.output.dense"), states), f"{name}.output.LayerNorm")
    computed = layer(states, *head) if head else states
    return openvino.Model([operators.result(computed)], [embedded], "encoder")
