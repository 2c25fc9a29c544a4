"""Reading few texts without PyTorch: the same vectors, and no wait for its import."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.embed.bert import Encoder
from index.embed.model import SentenceEmbedding, model_folder
from index.embed.openvino import load_openvino
from index.embed.packaged import DEFAULT_MODEL
from index.embed.pytorch import PyTorchBackend

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEXTS = [
    "Who drove the policy shift?",
    "Ärzte in Zürich: 3.5% – “ja” 🙂 naïve",
    "",
    "One word after the other, " * 200,
]


@pytest.fixture(scope="module")
def whole() -> PyTorchBackend:
    return PyTorchBackend(model_folder(DEFAULT_MODEL), DEFAULT_MODEL)


def test_a_text_read_without_pytorch_has_the_vectors_it_has_with_it(whole: PyTorchBackend) -> None:
    quick = load_openvino(model_folder(DEFAULT_MODEL))
    assert quick
    assert (quick.dimension, quick.max_tokens, quick.vocabulary) == (384, 254, whole.vocabulary)
    np.testing.assert_allclose(quick.encode(TEXTS), whole.encode(TEXTS), atol=1e-5)
    for text in TEXTS:
        (tokens,), (expected,) = quick.tokenise([text]), whole.tokenise([text])
        assert (tokens.ids.tolist(), tokens.starts.tolist()) == (expected.ids.tolist(), expected.starts.tolist())
        np.testing.assert_allclose(quick.start(tokens.ids)(), whole.start(tokens.ids)(), atol=1e-5)
        ((_, row, states),), ((_, wanted, vectors),) = (
            quick.encode_with_states([tokens.ids]),
            whole.encode_with_states([tokens.ids]),
        )
        np.testing.assert_allclose(row, wanted, atol=1e-5)
        np.testing.assert_allclose(states, vectors, atol=1e-4)


def test_tokens_have_the_vectors_that_sentence_transformers_gives_them() -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_folder(DEFAULT_MODEL)), device="cpu")
    rows, tokens = SentenceEmbedding().encode_tokens(TEXTS)
    np.testing.assert_allclose(rows, model.encode(TEXTS, normalize_embeddings=True), atol=1e-5)
    for ours, text in zip(tokens, TEXTS, strict=True):
        # With special tokens before and after.
        theirs = model.encode(text, output_value="token_embeddings", convert_to_tensor=True)[1:-1].numpy()
        assert len(ours.starts) == len(theirs)
        np.testing.assert_allclose(np.linalg.norm(ours.vectors, axis=1), 1.0, atol=1e-5)
        np.testing.assert_allclose(ours.vectors, theirs / np.linalg.norm(theirs, axis=1, keepdims=True), atol=1e-5)


def test_another_model_can_share_the_embeddings_of_this_one_and_end_in_a_layer_of_its_own() -> None:
    import torch
    from transformers import BertModel

    folder = model_folder(DEFAULT_MODEL)
    quick = load_openvino(folder)
    assert quick
    ids = quick.tokenizer.encode("Who drove the policy shift?", "Marco Rubio drove it.").ids
    types = [0] * (ids.index(102) + 1)
    types += [1] * (len(ids) - len(types))
    with torch.inference_mode():
        given = {"input_ids": torch.tensor([ids]), "token_type_ids": torch.tensor([types])}
        states = BertModel.from_pretrained(folder)(**given).last_hidden_state[0].numpy()
    draw = np.random.default_rng(1)
    head = tuple(draw.standard_normal(shape).astype(np.float32) for shape in ((3, quick.dimension), (3,)))
    encoder = Encoder(quick.layers, quick.config, head=(head[0], head[1]), bfloat16=False)
    with encoder.start(quick.embed(*(np.array(one, np.int32) for one in (ids, types)))) as scores:
        assert scores.shape == (len(ids), 3)
        np.testing.assert_allclose(scores, states @ head[0].T + head[1], atol=1e-4)


@pytest.mark.parametrize(
    ("file", "field", "value"),
    [
        ("config.json", "model_type", "distilbert"),
        ("config.json", "hidden_act", "relu"),
        ("1_Pooling/config.json", "pooling_mode_cls_token", True),
        ("sentence_bert_config.json", "do_lower_case", True),
        ("config_sentence_transformers.json", "prompts", {"query": "query: "}),
    ],
)
def test_a_model_of_another_build_is_left_to_sentence_transformers(
    tmp_path: Path, file: str, field: str, value: object
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder(DEFAULT_MODEL), folder)
    assert load_openvino(folder)
    told = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps({**told, field: value}))
    assert load_openvino(folder) is None


def test_many_texts_are_read_as_few_are() -> None:
    texts = [f"The ship number {number} sailed at dawn." for number in range(40)]
    embedding = SentenceEmbedding()
    few = [embedding.encode_tokens([text]) for text in texts[:3]]
    rows, tokens = embedding.encode_tokens(texts)
    for number, (row, (read,)) in enumerate(few):
        np.testing.assert_allclose(row[0], rows[number], atol=1e-5)
        np.testing.assert_array_equal(read.starts, tokens[number].starts)
        np.testing.assert_allclose(read.vectors, tokens[number].vectors, atol=1e-5)


def test_texts_that_are_kept_are_embedded_once_and_have_the_same_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    from index.embed import model

    embedding = SentenceEmbedding()
    read: list[str] = []
    encode = embedding.encode

    def recorded(texts: Sequence[str]) -> "NDArray[np.float32]":
        read.extend(texts)
        return encode(texts)

    monkeypatch.setattr(embedding, "encode", recorded)
    monkeypatch.setattr(model, "_MAX_KEPT", 2)
    first = embedding.encode_kept(["Prices rose.", "The museum is closed.", "Prices rose."])
    assert np.array_equal(first, encode(["Prices rose.", "The museum is closed.", "Prices rose."]))
    assert np.array_equal(embedding.encode_kept(["The museum is closed."]), first[1:2])
    assert read == ["Prices rose.", "The museum is closed."]
    # What was not asked for the longest goes first.
    embedding.encode_kept(["A third."])
    embedding.encode_kept(["The museum is closed.", "Prices rose."])
    assert read[2:] == ["A third.", "Prices rose."]
    assert embedding.encode_kept([]).shape == (0, embedding.dimension)


def test_a_question_in_the_terminal_is_answered_without_importing_pytorch_or_llama_index(seed_home: Path) -> None:
    code = (
        "import sys; from assistant.__main__ import main; sys.argv[0] = 'assistant'\n"
        "try: main()\n"
        "except SystemExit as end: print('code', end.code)\n"
        "print('imported', [name for name in ('torch', 'sentence_transformers', 'llama_index') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, "ask", "Who drove the policy shift?", "--home", str(seed_home)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "Rubio" in told.stdout
    assert "imported []" in told.stdout


def test_reading_texts_tells_nobody_and_leaves_nothing_at_home(tmp_path: Path) -> None:
    code = (
        "import sys; told = []\n"
        "sys.addaudithook(lambda event, _: told.append(event) if event.startswith('socket.') else None)\n"
        "from index.embed.model import SentenceEmbedding; SentenceEmbedding().encode(['Who drove the policy shift?'])\n"
        "import openvino; openvino.convert_model\n"
        "assert 'openvino_telemetry' not in sys.modules and not told, told"
    )
    home = {name: str(tmp_path) for name in ("HOME", "USERPROFILE", "LOCALAPPDATA")}
    # Told that this is a test machine, OpenVINO would say nothing anyway.
    given = {name: value for name, value in os.environ.items() if name != "CI"} | home
    subprocess.run([sys.executable, "-c", code], check=True, env=given)
    assert not list(tmp_path.iterdir())
