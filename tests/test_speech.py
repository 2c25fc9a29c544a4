"""What is sent while an answer grows is, put together, the answer as text."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from assistant.check.checker import Checker
from assistant.render.streamed import TextStream
from assistant.render.text import marked, unmarked
from assistant.types import REFUSAL, Answer, Citation, Claim
from assistant.write.generate import _CheckedAnswer
from assistant.write.stream_parser import StreamParser
from index.types import Article

ARTICLE = Article(id="a", title="T", text="One. Two.", content_hash="h")
CITATION = Citation(1, ARTICLE, 0, 4, "One.")

# Sentences and pieces of them whose ends are hard to tell, and what an answer leaves out: marks, repetitions, refusals.
PIECES = st.sampled_from(
    [
        "The Fed cut rates in the U.S. by a quarter point.",
        "Mr. Rubio said no.",
        "He met J. R. Smith in St. Louis on Aug. 15.",
        REFUSAL,
        f"“{REFUSAL}”",
        "Not in this case.",
        'She said "No." Then she left.',
        "Growth was 3.5 per cent [1].",
        "**Bold** claim (source 2).",
        "- a point here",
        "1. First point",
        "## A heading",
        "<think>hm. not.</think>",
        "He left at 5 p.m. Friday.",
        "日本は勝った。東京で。",
        "A cafe\u0301 opened.",
        "They left [see also",
        "Yes.",
        "? - .",
        "\n\n",
        "Really?! Yes",
    ]
)


class _Doubtful(Checker):
    """Finds a citation for every other sentence: that of a real one is tested elsewhere."""

    def __init__(self) -> None:
        self._odd = False

    def claim(self, sentence: str, named: object = (), before: Claim | None = None) -> Claim:
        self._odd = not self._odd
        return Claim(sentence, (CITATION,), "supported") if self._odd else Claim(sentence, (), "unsupported")

    def unknown(self, line: str) -> list[str]:
        return []


@given(st.lists(PIECES, min_size=1, max_size=10), st.sampled_from([" ", "\n"]), st.lists(st.integers(1, 30)))
def test_everything_sent_is_the_answer_with_marks(pieces: list[str], joint: str, steps: list[int]) -> None:
    text = joint.join(pieces)
    draft, page, speech = StreamParser(), _CheckedAnswer(_Doubtful(), strict=False), TextStream()
    whole = Answer("q", "q", "", (), (), False, (), written_by="x")
    sent: list[str] = []
    ends = [*(end for end in accumulate(steps) if end < len(text)), len(text)]
    for start, end in zip([0, *ends], ends, strict=False):
        draft.add(text[start:end])
        sentences, rest = draft.read()
        page.take(sentences)
        if page.refuses:
            break
        whole = page.answer(whole, rest)
        sent += speech.more(whole)
    page.take(draft.read(finished=True)[0])
    whole = page.answer(whole, "")
    whole = page.refusal(whole) if page.refuses else whole
    assert "".join([*sent, *speech.end(whole)]) == marked(whole)


def test_words_are_sent_before_their_sentence_is_finished() -> None:
    speech = TextStream()
    growing = Answer("q", "q", "", (), (), False, (), written_by="x", draft="The Fed cut rates by a quarter point")
    assert speech.more(growing) == ["The Fed cut rates by a"]


def test_what_marks_add_to_an_answer_is_taken_out_of_it_again() -> None:
    claims = (
        Claim("He took [it].", (CITATION, Citation(2, ARTICLE, 5, 9, "Two.")), "supported"),
        Claim("Nobody did.", (CITATION,), "to be compared", denies=True, missing=("Monday", "3")),
        Claim("It was 5 (five).", (), "unsupported"),
    )
    text = " ".join(claim.text for claim in claims)
    answer = Answer("q", "q", text, claims, (CITATION,), False, (), stopped="You stopped it.", note="A note.")
    assert marked(answer) == (
        "He took [it]. [1][2] Disputed: Nobody did. [1] (to be compared; not found: Monday, 3) "
        "It was 5 (five). (not supported by the articles)"
        "\n\n(A note.)\n\n(Stopped before the end: You stopped it.)"
    )
    assert unmarked(marked(answer)) == text
