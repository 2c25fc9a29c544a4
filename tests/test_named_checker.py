"""A cross-encoder that a user names judges what an LLM wrote: real files, loaded as from the hub, and untrained."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.check.checker import Checker
from assistant.check.cross_encoder import MIN_SURE, CrossEncoderJudge
from assistant.check.model import load_judge
from assistant.errors import BadSetting
from assistant.settings import Settings
from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL
from tests.conftest import Ran
from tests.llm_server import ScriptedLLM

SAME = ("", "The museum was closed for three weeks after the fire.")
OTHER = ("", "Prices of wheat rose in most of the countries that were asked.")
DENIED = ("", "The museum was never closed after the fire.")
SAID = "Thieves took eight pieces of the crown jewels out of the Louvre"
NLI = ("contradiction", "entailment", "neutral")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Make a cross-encoder of the packaged model's first layer: one label is right for a sentence beside itself.

    Its head is set by hand: it leans to the label `right`, by so much more for a sentence beside itself than beside
    another, which it tells apart by margins far beyond what rounding does on any machine.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    source = model_folder(DEFAULT_MODEL)
    tokenizer = AutoTokenizer.from_pretrained(source)

    def make(labels: Sequence[str], right: int = 1, sure: float = 20.0, lean: float = 0.0) -> Path:
        torch.manual_seed(3)
        model = AutoModelForSequenceClassification.from_pretrained(
            source,
            num_hidden_layers=1,
            id2label=dict(enumerate(labels)),
            label2id={label: n for n, label in enumerate(labels)},
        ).eval()
        pairs = [tokenizer(text, SAME[1], return_tensors="pt") for _, text in (SAME, OTHER, DENIED)]
        with torch.no_grad():
            first = torch.stack([model.bert(**pair).last_hidden_state[0, 0] for pair in pairs])
            # The packaged pooler gives nearly the same for all pairs: a head upon it would follow errors of rounding.
            middle, spread = first.mean(0), first.std(0).mean()
            model.bert.pooler.dense.weight.copy_(torch.eye(len(middle)) / spread)
            model.bert.pooler.dense.bias.copy_(-middle / spread)
            seen = torch.stack([model.bert(**pair).pooler_output[0] for pair in pairs])
            wanted = torch.tensor([sure, -sure, -sure]) / 2
            model.classifier.weight.zero_()
            model.classifier.bias.zero_()
            model.classifier.weight[right] = torch.linalg.lstsq(seen, wanted).solution
            model.classifier.bias[right] = lean
        folder = tmp_path_factory.mktemp("checker")
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="module")
def nli(made: Callable[..., Path]) -> Path:
    return made(NLI)


def test_a_model_of_inference_says_what_is_borne_out_by_its_own_labels(nli: Path) -> None:
    judge = CrossEncoderJudge(str(nli))
    same, other = judge.judge(SAME[1], [SAME, OTHER])
    assert same.score > 0.95 > 0.5 > other.score
    assert 0 < same.contradicted < other.contradicted
    assert same.doubted(SAME[1]) == []
    assert (judge.thresholds.supported, judge.thresholds.contradicted) == (MIN_SURE, MIN_SURE)


@pytest.mark.parametrize(
    ("labels", "right"),
    [
        (("LABEL_0", "LABEL_1"), 1),
        (("Supported", "Not supported"), 0),
        (("not_entailment", "entailment"), 1),
        (("SUPPORTS", "REFUTES", "NOT ENOUGH INFO"), 0),
    ],
)
def test_models_of_grounding_and_others_labels_are_read(
    made: Callable[..., Path], labels: Sequence[str], right: int
) -> None:
    same, other = CrossEncoderJudge(str(made(labels, right))).judge(SAME[1], [SAME, OTHER])
    assert same.supported > 0.9 > 0.5 > other.supported
    assert (other.contradicted > 0) == (len(labels) == 3)


@pytest.fixture(scope="module")
def generous(made: Callable[..., Path]) -> Path:
    """It finds nearly everything borne out."""
    return made(NLI, sure=1.0, lean=6.0)


def test_a_named_checker_judges_in_place_of_the_trained_one_and_numbers_keep_their_veto(
    assistant: Assistant, generous: Path
) -> None:
    embedding = assistant.index.embedding
    trained = Checker(assistant.index, load_judge(embedding), ())
    named = Checker(assistant.index, load_judge(embedding, str(generous)), ())
    assert trained.claim(f"{SAID}.").status == "to be compared"
    assert named.claim(f"{SAID}.").status == "supported"
    claim = named.claim(f"{SAID} within 47 minutes.")
    assert claim.status == "to be compared"
    assert "47" in claim.missing


def test_a_checker_can_be_named_on_the_command_line(
    run: Callable[..., Ran], seed_home: Path, generous: Path, llm: ScriptedLLM
) -> None:
    llm.says(f"{SAID}.")
    asked = "ask", "Which jewels were stolen from the Louvre?", "--home", seed_home, "--llm", llm.setting, "--json"
    ran = run(*asked, "--checker", generous)
    assert ran.code == 0, ran.err
    assert [claim["status"] for claim in ran.data["claims"]] == ["supported"]


def test_a_checker_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, nli: Path) -> None:
    from assistant.settings import load_settings

    monkeypatch.setenv("ASSISTANT_CHECKER", str(nli))
    assert load_settings().checker == str(nli)


@pytest.mark.parametrize(
    ("labels", "right", "said"),
    [
        (("positive", "negative"), 1, "the labels positive, negative"),
        (("relevant",), 0, "a single score"),
        (("LABEL_0", "LABEL_1", "LABEL_2"), 1, "the labels LABEL_0, LABEL_1, LABEL_2"),
        (("LABEL_0", "LABEL_1"), 0, "by itself"),
        (("entailment", "contradiction"), 1, "by itself"),
    ],
)
def test_a_model_that_judges_something_else_is_named_with_the_way_out(
    made: Callable[..., Path], labels: Sequence[str], right: int, said: str
) -> None:
    with pytest.raises(BadSetting, match=said) as caught:
        CrossEncoderJudge(str(made(labels, right)))
    assert "--checker" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_embedding_model_is_no_checker() -> None:
    with pytest.raises(BadSetting, match="a single score"):
        CrossEncoderJudge(str(model_folder(DEFAULT_MODEL)))


def test_a_checker_that_is_not_there_is_named_with_the_way_out(seed_home: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="--checker"):
        load_judge(Assistant(Settings(home=seed_home)).index.embedding, str(tmp_path))
