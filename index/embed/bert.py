"""The encoder of BERT (Devlin et al., 2019) as an OpenVINO graph that runs on the CPU.

The graph is built from the model's weights when they are loaded, which is faster than reading a graph from a file. Its
nodes are OpenVINO operators, https://docs.openvino.ai/2026/documentation/openvino-ir-format/operation-sets.html, which
OpenVINO fuses and compiles for the processor.
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
_TELEMETRY = "openvino_telemetry"
_IMPORT_LOCK = threading.Lock()


def has_bfloat16() -> bool:
    """Say whether OpenVINO can compute in bfloat16 on this processor; it need not be faster."""
    return "BF16" in _openvino().Core().get_property(_DEVICE, "OPTIMIZATION_CAPABILITIES")


class Computation:
    """A text that is being encoded. Entering its `with` block waits for the output (tokens x outputs).

    The output must not be used after the block: the next computation overwrites it.
    """

    def __init__(self, request: Any, embedded: "Floats", free_requests: "deque[Any]") -> None:
        self._request = request
        # OpenVINO reads this array in place, so it must live until the end.
        self._embedded = embedded
        self._free_requests = free_requests
        request.start_async([embedded[None]], share_inputs=True)

    def wait(self) -> None:
        """Wait until the output is computed."""
        self._request.wait()

    def __enter__(self) -> "Floats":
        self.wait()
        computed: Floats = self._request.get_output_tensor().data[0]
        return computed

    def __exit__(self, *_: object) -> None:
        self._free_requests.append(self._request)


class Encoder:
    """Computes the hidden states of a text's tokens (tokens x dimension), several texts in parallel.

    `weights` are named as in BERT, `config` is the model's. With a `head`, the weights (outputs x dimension) and biases
    (outputs) of a last linear layer, it returns that layer's output (tokens x outputs) instead. The input is the sum of
    each token's word, position and type embeddings (tokens x dimension). `streams` texts are computed in parallel, each
    by `threads_per_stream` threads. With `bfloat16` it computes in bfloat16; input and output are float32 either way.
    Safe to share between threads. The graph is compiled at its first use.
    """

    def __init__(
        self,
        weights: "dict[str, Floats]",
        config: dict[str, Any],
        *,
        head: "tuple[Floats, Floats] | None" = None,
        streams: int = 1,
        threads_per_stream: int = 1,
        bfloat16: bool,
    ) -> None:
        # Imported here, not at the first use: threads that import many packages at once can see half-imported ones.
        self._openvino = _openvino()
        self._model = weights, config, head
        self._properties = {
            "INFERENCE_PRECISION_HINT": "bf16" if bfloat16 else "f32",
            "NUM_STREAMS": streams,
            "INFERENCE_NUM_THREADS": streams * threads_per_stream,
            # A pinned thread would wait whenever another process uses its core.
            "ENABLE_CPU_PINNING": False,
        }
        self._compile_lock = threading.Lock()
        self._compiled: Any = None
        self._free_requests: deque[Any] = deque()

    def start(self, embedded: "Floats") -> Computation:
        """Queue a text for encoding, after those started before."""
        try:
            request = self._free_requests.pop()
        except IndexError:
            request = self._new_request()
        return Computation(request, embedded, self._free_requests)

    def _new_request(self) -> Any:
        with self._compile_lock:
            if self._compiled is None:
                graph = _graph(self._openvino, *self._model)
                self._compiled = self._openvino.Core().compile_model(graph, _DEVICE, self._properties)
        return self._compiled.create_infer_request()


def _openvino() -> Any:
    """Import OpenVINO without its telemetry package, which sends its makers an event at each import.

    Without that package OpenVINO uses a stub that sends nothing and leaves no files in the user's home.
    """
    modules: dict[str, Any] = sys.modules
    # Two threads in here at once would both remove the placeholder.
    with _IMPORT_LOCK:
        hidden = modules.setdefault(_TELEMETRY, None) is None
        try:
            import openvino
            import openvino.opset13
        finally:
            if hidden:
                del modules[_TELEMETRY]
    return openvino


def _graph(
    openvino: Any, weights: "dict[str, Floats]", config: dict[str, Any], head: "tuple[Floats, Floats] | None"
) -> Any:
    """Build the encoder's graph."""
    operators = openvino.opset13
    width, heads = int(config["hidden_size"]), int(config["num_attention_heads"])
    epsilon = float(config["layer_norm_eps"])

    def constant(values: Any) -> Any:
        return operators.constant(np.array(values, order="C", copy=None), shared_memory=True)

    def layer(states: Any, weight: "Floats", bias: "Floats") -> Any:
        # BERT stores the weights of linear layers as outputs x inputs.
        product = operators.matmul(states, constant(weight), transpose_a=False, transpose_b=True)
        return operators.add(product, constant(bias))

    def linear(states: Any, name: str) -> Any:
        return layer(states, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def layer_norm(states: Any, name: str) -> Any:
        scaled = operators.mvn(states, constant([-1]), normalize_variance=True, eps=epsilon, eps_mode="INSIDE_SQRT")
        weight, bias = constant(weights[f"{name}.weight"]), constant(weights[f"{name}.bias"])
        return operators.add(operators.multiply(scaled, weight), bias)

    def by_head(states: Any) -> Any:
        # 0 keeps the input's size in that dimension.
        split = operators.reshape(states, constant([0, 0, heads, width // heads]), special_zero=True)
        return operators.transpose(split, constant([0, 2, 1, 3]))

    def attention(states: Any, name: str) -> Any:
        query, key, value = (by_head(linear(states, f"{name}.self.{part}")) for part in ("query", "key", "value"))
        product = operators.scaled_dot_product_attention(query, key, value)
        attended = operators.transpose(product, constant([0, 2, 1, 3]))
        joined = operators.reshape(attended, constant([0, 0, width]), special_zero=True)
        return linear(joined, f"{name}.output.dense")

    embedded = operators.parameter([1, -1, width], np.float32, "embedded")
    states = layer_norm(embedded, "embeddings.LayerNorm")
    for number in range(int(config["num_hidden_layers"])):
        name = f"encoder.layer.{number}"
        attended = operators.add(attention(states, f"{name}.attention"), states)
        states = layer_norm(attended, f"{name}.attention.output.LayerNorm")
        inner = operators.gelu(linear(states, f"{name}.intermediate.dense"), "ERF")
        states = layer_norm(operators.add(linear(inner, f"{name}.output.dense"), states), f"{name}.output.LayerNorm")
    computed = layer(states, *head) if head else states
    return openvino.Model([operators.result(computed)], [embedded], "encoder")
