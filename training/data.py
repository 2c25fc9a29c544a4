"""Questions with the passages that answer them, read from public sets.

The folder of data holds, under these names, and each a JSON document a line:

    squad_train.jsonl.gz     SQuAD 1.1, training set (Rajpurkar et al., 2016), CC BY-SA 4.0
    squad2_dev_a.jsonl.gz    half of SQuAD 2.0, development set (Rajpurkar et al., 2018), CC BY-SA 4.0
    qamr.jsonl.gz            QAMR, filtered development and test sets (Michael et al., 2018), MIT
    clapnq_dev_a.jsonl       CLAP NQ, half of the development set (Rosenthal et al., 2024), Apache-2.0

Passages are cut as the index cuts them, so that the reader is trained on what it will read.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.sets import held_out
from index.text.passages import split
from index.text.sentences import Span
from index.types import Article

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CountTokens = Callable[[str, Sequence[Span]], Sequence[int]]
"""A text and spans of it to how many tokens each has."""


def tokenizer_of(folder: Path) -> "Tokenizer":
    """Load a model's tokenizer, which cuts whole texts and fills none up."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(folder / "tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found


def counted(tokenizer: "Tokenizer") -> CountTokens:
    """Count the tokens of spans with a tokenizer."""

    def count(text: str, spans: Sequence[Span]) -> list[int]:
        return [len(one.ids) for one in tokenizer.encode_batch([text[a:b] for a, b in spans], add_special_tokens=False)]

    return count


@dataclass(slots=True)
class Source:
    """Passages that may answer one another's questions, by number, each with the title of its article."""

    passages: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    articles: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and where its answer stands: number of the passage -> spans in it; {} where there is none.

    `answers` are the answers' words, lower case; a passage that has them is no negative. `near` are the passages of the
    paragraph it was asked of; of a question without an answer these look most as if they had one. `sentences` says
    that the answer is a whole sentence, and any stretch inside it is as good.
    """

    question: str
    golds: dict[int, list[Span]]
    answers: tuple[str, ...]
    near: tuple[int, ...]
    sentences: bool = False


def read_squad(file: Path, count: CountTokens, *, report: bool | None = None) -> tuple[Source, list[Asked]]:
    """Read SQuAD; of 2.0, only what is `held_out` (report=True) or the rest (False)."""
    source, asked = Source(), []
    for number, item in enumerate(_lines(file)):
        if report is not None and held_out(item["title"]) != report:
            continue
        asked += _read_article(item, number, source, count)
    return source, asked


def _read_article(item: dict[str, Any], number: int, source: Source, count: CountTokens) -> list[Asked]:
    texts = [" ".join(paragraph["text"].split()) for paragraph in item["paragraphs"]]
    whole, base, title = "\n\n".join(texts), len(source.passages), item["title"].replace("_", " ")
    spans = passages_of(whole, count)
    source.passages += [whole[a:b] for a, b in spans]
    source.titles += [title] * len(spans)
    source.articles += [number] * len(spans)
    found, start = [], 0
    for paragraph, text in zip(item["paragraphs"], texts, strict=True):
        end = start + len(text)
        near = tuple(base + n for n, (a, b) in enumerate(spans) if a < end and start < b)
        for one in paragraph["questions"]:
            answers = tuple(dict.fromkeys(" ".join(answer.lower().split()) for answer in one["answers"]))
            golds: dict[int, list[Span]] = {}
            for answer in answers:
                for place in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text.lower()):
                    a, b = start + place.start(), start + place.end()
                    for n in near:
                        first, last = spans[n - base]
                        if first <= a and b <= last:
                            golds.setdefault(n, []).append((a - first, b - first))
            if golds or not answers:
                found.append(Asked(" ".join(one["question"].split()), golds, answers, near))
        start = end + 2
    return found


def read_qamr(file: Path) -> tuple[Source, list[Asked]]:
    """Read QAMR: questions about one sentence each, its text put together again from tokens."""
    source, asked, known = Source(), [], {}
    for item in _lines(file):
        sentence = untokenised(item["sentence"])
        if sentence not in known:
            known[sentence] = len(source.passages)
            source.passages.append(sentence)
            source.titles.append("")
            source.articles.append(len(source.articles))
        answer = untokenised(item["answer"]).lower()
        spans = [m.span() for m in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", sentence.lower())]
        if spans and len(sentence) == len(sentence.lower()):
            n = known[sentence]
            asked.append(Asked(untokenised(item["question"]), {n: spans}, (answer,), (n,)))
    return source, asked


def read_clapnq(file: Path, count: CountTokens, wanted: Callable[[str], bool]) -> tuple[Source, list[Asked]]:
    """Read the questions of CLAP NQ whose id is `wanted`: the sentences chosen for an answer are what is looked for."""
    source, asked = Source(), []
    for number, item in enumerate(_lines(file)):
        if not wanted(str(item["id"])):
            continue
        text, base = " ".join(item["passages"][0]["text"].split()), len(source.passages)
        spans = passages_of(text, count)
        source.passages += [text[a:b] for a, b in spans]
        source.titles += [item["passages"][0]["title"]] * len(spans)
        source.articles += [number] * len(spans)
        chosen = {" ".join(s.split()) for out in item["output"] for s in out["selected_sentences"]}
        golds: dict[int, list[Span]] = {}
        for sentence in chosen if item["answerable"] else ():
            at = text.find(sentence)
            for n, (a, b) in enumerate(spans):
                first, last = max(a, at), min(b, at + len(sentence))
                if at >= 0 and first < last:
                    golds.setdefault(base + n, []).append((first - a, last - a))
        if golds or not item["answerable"]:
            near = tuple(range(base, len(source.passages)))
            asked.append(Asked(item["input"], golds, tuple(s.lower() for s in chosen), near, sentences=True))
    return source, asked


def passages_of(text: str, count: CountTokens) -> list[Span]:
    """Cut a text into passages as the index does."""
    article = Article(id="0", title="", text=text, content_hash="0")
    return [(p.start, p.end) for p in split(article, lambda spans: count(text, spans))]


_SPACED = (
    (re.compile(r"``\s*|\s*''"), '"'),
    (re.compile(r"\s+([.,;:!?%)\]’]|'(?:s|re|ve|ll|d|m)\b|n't\b)"), r"\1"),
    (re.compile(r"([(\[$£€])\s+"), r"\1"),
    (re.compile(r"\b(\w+)\s+-\s+(?=\w)"), r"\1-"),
    (re.compile(r"\s+--\s+"), " – "),
)


def untokenised(text: str) -> str:
    """Put text together that was cut into tokens with a space between them."""
    for pattern, put in _SPACED:
        text = pattern.sub(put, text)
    # Quotation marks open and close in turns.
    parts = text.split('"')
    for n in range(1, len(parts), 2):
        parts[n] = parts[n].strip()
    return " ".join('"'.join(parts).split())


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return (json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip())
