"""Which sentences of the articles bear out a sentence that somebody else wrote, and how far.

An answer an LLM has written is not believed, and neither are the marks it puts behind its sentences: for each sentence
the passages found are searched for what supports it. That asks of each claim whether it is attributable to its source
(AIS: Rashkin et al., "Measuring Attribution in Natural Language Generation Models", 2023), with citations as ALCE
counts them (Gao et al., "Enabling Large Language Models to Generate Text with Citations", 2023). MiniCheck (Tang,
Laban & Durrett, 2024) trains a model of its own for this; here it is the embedding model that is there already, for
how much of the claim is covered, and rules for what similarity cannot see (`assistant.vetoes`, `assistant.bindings`).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from assistant.amounts import Amount
from assistant.bindings import out_of_place
from assistant.context import MOST_BACK, Reading, is_heading, runs
from assistant.coverage import Coverage, clauses
from assistant.orders import gives_orders
from assistant.values import Citation, Claim, Status
from assistant.vetoes import (
    Ground,
    expanded,
    is_named,
    missing_amounts,
    missing_names,
    missing_words,
    wrong_negation,
)
from assistant.worded import Word, Worded, Wording
from assistant.words import folded
from index.article import Article, Hit
from index.sentences import Span, sentences
from index.writer import embedded_title

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.store import Index

    Vector = NDArray[np.float32]

_MOST_QUOTES = 3
# In characters. What is longer is no sentence, and would take long to compare.
_LONGEST = 1_500
# What a word must come near, by the cosine of its pieces, to be thought covered in part, and wholly.
_NEAR = (0.35, 0.75)
# How much more of a claim a further sentence must cover to be quoted.
_LEAST_GAIN = 0.08
_LEAST_WEIGHT = 0.1
# How much of a claim must be covered, where nothing is missing. Of the tune halves (`benchmarks/claims.py`), 0.8 called
# fewer paraphrases supported, and 0.7 more claims that are half true.
_SUPPORTED = 0.75
_PARTLY = 0.60
_LEAST_OF_CLAUSE = 0.5
# From how many passages on the index itself says more about how rare a word is than the language does.
_TELLING_PASSAGES = 200
# "According to the articles, …" is about the answer, not of it.
_LEAD = re.compile(
    r"^(?:according to|based on|as (?:stated|mentioned|described|noted|reported) in|in) (?:the )?"
    r"(?:provided |given |above )?"
    r"(?:articles?|passages?|contexts?|documents?|sources?|texts?|information)(?: provided| above)?,\s*"
    r"|^(?:yes|no|however|additionally|in addition|furthermore|moreover|for (?:example|instance)|also|overall),\s+"
    r"|^\s*(?:\d{1,2}[.)]|[-*•–])\s+"
    r"|^the (?:articles?|passages?|documents?|sources?|texts?) (?:says?|states?|mentions?|notes?|reports?) that\s+",
    re.I,
)


# Without slots, which leave no place for what is worked out once.
@dataclass(frozen=True)
class _Candidate:
    """A sentence that may support a claim: its article, where it stands, its words, and which tokens are its own."""

    article: Article
    span: Span
    worded: Worded
    first: int
    last: int

    @cached_property
    def amounts(self) -> list[Amount]:
        """Its numbers and dates, with what they say besides."""
        return list(expanded(self.worded.amounts, [self.article]))


class Support:
    """What the passages found bear out of sentences that somebody else wrote. One for an answer, and one thread."""

    def __init__(self, index: "Index", hits: Sequence[Hit]) -> None:
        """Read the sentences of hits and their token vectors, once for all claims."""
        self._index = index
        self._wording = Wording()
        before = [embedded_title(hit.article) + "\n" for hit in hits]
        _, read = index.embedding.encode_tokens([title + hit.text for title, hit in zip(before, hits, strict=True)])
        # All together (tokens x dimension): one product with them takes a fraction of the time of one for each.
        self._tokens: Vector = np.concatenate(
            [np.zeros((0, index.embedding.dimension), np.float32), *(one.vectors for one in read)]
        )
        self._candidates: list[_Candidate] = []
        seen: set[tuple[str, Span]] = set()
        shift = 0
        for hit, title, tokens in zip(hits, before, read, strict=True):
            found = sentences(hit.text)
            bounds = np.searchsorted(tokens.starts, [len(title) + place for span in found for place in span]).tolist()
            for (start, end), (first, last) in zip(found, zip(bounds[::2], bounds[1::2], strict=True), strict=True):
                span = (hit.passage.start + start, hit.passage.start + end)
                key = hit.article.id, span
                usable = not is_heading(hit.text[start:end]) and not gives_orders(hit.article.text, *span)
                if first < last and key not in seen and usable:
                    seen.add(key)
                    worded = self._wording.read(hit.text[start:end])
                    self._candidates.append(_Candidate(hit.article, span, worded, shift + first, shift + last))
            shift += len(tokens.starts)
        self._folded = {_bare(one.worded.text): n for n, one in reversed(list(enumerate(self._candidates)))}
        self._reading = Reading()
        self._order: dict[str, list[Span]] = {}
        self._titles: dict[str, Worded] = {}

    def claim(self, sentence: str) -> Claim:
        """Find what supports one sentence: at most three sentences of the passages, best first, and how far they do.

        A sentence that opens on "he" or "the company" is quoted with those right before it that say who. `sentence` is
        plain, without marks, and is given back as the claim's text. `missing` are the words that made it fail.
        """
        said = _LEAD.sub("", sentence.strip())
        verbatim = self._folded.get(_bare(said))
        if verbatim is not None and _bare(said):
            return self._claimed(sentence, [verbatim], "supported", ())
        if not self._candidates or len(said) > _LONGEST:
            return Claim(sentence, (), "unsupported")
        claim = self._wording.read(said)
        self._take_for_name(claim)
        if not claim.content:
            return Claim(sentence, (), "unsupported")
        coverage = self._cover(claim)
        chosen, missing = self._chosen(claim, coverage)
        share = coverage.of(chosen)
        if share >= _SUPPORTED and not missing and self._whole(claim, coverage, chosen):
            return self._claimed(sentence, chosen, "supported", ())
        if share >= _PARTLY and not missing:
            return self._claimed(sentence, chosen, "partly supported", ())
        if self._part(claim, coverage):
            return self._claimed(sentence, chosen, "partly supported", missing)
        return self._claimed(sentence, [], "unsupported", missing)

    def _take_for_name(self, claim: Worded) -> None:
        """Take the word that opens a claim for a name where the articles do not have it, and no vocabulary does."""
        first = next(iter(claim.words), None)
        unknown = first is not None and first.written[0].isupper() and self._wording.is_new(first)
        if first and unknown and self._index.embedding.rarities([first.lower])[0] == 1.0:
            self._wording.name(first)

    def _cover(self, claim: Worded) -> Coverage:
        places = claim.content
        words = [claim.words[n] for n in places]
        has = np.asarray([self._has(claim, one) for one in self._candidates])[:, places]
        weights, soft = self._match(claim.text, words)
        low, high = _NEAR
        covers = np.where(has, np.float32(1), np.clip((soft - low) / (high - low), 0, 1))
        return Coverage(tuple(places), weights / weights.sum(), covers, has)

    def _has(self, claim: Worded, one: _Candidate) -> list[bool]:
        """Say of each word of a claim whether a sentence has it, its number or its name in any form."""
        # A sentence stands under its title: "the first season" is one of the series that the title names.
        known = one.worded.stems | self._title(one.article).stems
        has = [word.stem in known for word in claim.words]
        for amount in claim.amounts:
            if any(amount.agrees(other) for other in one.amounts):
                for n, word in enumerate(claim.words):
                    has[n] = has[n] or (word.start < amount.end and amount.start < word.end)
        for run in claim.names:
            if not all(has[n] for n in run):
                for n in run:
                    has[n] = has[n] or is_named(claim, run, n, one.worded)
        return has

    def _match(self, text: str, words: Sequence[Word]) -> "tuple[Vector, Vector]":
        """Tell how rare words of a claim are, and how near each comes to something in each candidate."""
        terms = list(dict.fromkeys(word.lower for word in words))
        counted, total = self._index.catalog.passages_with(terms), self._index.facts().passages
        rarity = dict(zip(terms, rarities(self._index, terms, counted, total), strict=True))
        weights = np.asarray([max(rarity[word.lower], _LEAST_WEIGHT) for word in words], dtype=np.float32)
        _, (tokens,) = self._index.embedding.encode_tokens([text])
        matches = tokens.vectors @ self._tokens.T
        bounds = [place for one in self._candidates for place in (one.first, one.last)]
        # The last candidate may end with the batch, which `reduceat` has no place for.
        padded = np.concatenate([matches, np.full((len(matches), 1), -1.0, dtype=np.float32)], axis=1)
        best = np.maximum.reduceat(padded, bounds, axis=1)[:, ::2].T
        starts = np.asarray(tokens.starts)
        soft = np.zeros((len(self._candidates), len(words)), dtype=np.float32)
        for column, word in enumerate(words):
            pieces = (starts >= word.start) & (starts < word.end)
            if pieces.any():
                soft[:, column] = best[:, pieces].mean(axis=1)
        return weights, soft

    def _chosen(self, claim: Worded, coverage: Coverage) -> tuple[list[int], tuple[str, ...]]:
        """Choose candidates, and tell what is missing in them; one more is taken where that mends something."""
        chosen = self._choose(coverage)
        missing = self._missing(claim, coverage, chosen)
        while missing and 0 < len(chosen) < _MOST_QUOTES:
            lacking = {word for text in missing for word in text.lower().split()}
            columns = [k for k, n in enumerate(coverage.places) if claim.words[n].lower in lacking]
            having = [n for n, row in enumerate(coverage.has[:, columns]) if n not in chosen and row.any()]
            together, alone = coverage.with_each(chosen), coverage.with_each([])
            better = max(having, key=lambda n: (together[n], alone[n]), default=None)
            if better is None or len(still := self._missing(claim, coverage, [*chosen, better])) >= len(missing):
                break
            chosen, missing = [*chosen, better], still
        return chosen, missing

    def _choose(self, coverage: Coverage) -> list[int]:
        """Choose up to three candidates, each while it covers enough more of the claim."""
        chosen: list[int] = []
        while len(chosen) < _MOST_QUOTES:
            together = coverage.with_each(chosen)
            best = int(np.argmax(together))
            if together[best] - coverage.of(chosen) < _LEAST_GAIN:
                break
            chosen.append(best)
        return chosen

    def _missing(self, claim: Worded, coverage: Coverage, chosen: Sequence[int]) -> tuple[str, ...]:
        ground = self._ground(chosen)
        found = chain(
            missing_amounts(claim, ground),
            missing_names(claim, ground),
            missing_words(claim, ground),
            wrong_negation(claim, ground),
            out_of_place(claim, ground.quotes, [coverage.near(n) for n in chosen]),
        )
        return tuple(dict.fromkeys(found))

    def _whole(self, claim: Worded, coverage: Coverage, chosen: Sequence[int]) -> bool:
        """Say whether no clause of a claim is left out, however little of the claim it is."""
        return all(part.of(chosen) >= _LEAST_OF_CLAUSE for _, part in clauses(claim, coverage))

    def _part(self, claim: Worded, coverage: Coverage) -> bool:
        """Say whether a clause of a claim would be supported if it stood alone."""
        parts = list(clauses(claim, coverage))
        for text, part in parts if len(parts) > 1 else ():
            alone = self._wording.read(text)
            chosen = self._choose(part)
            if part.of(chosen) >= _SUPPORTED and not self._missing(alone, part, chosen):
                return True
        return False

    def _ground(self, chosen: Sequence[int]) -> Ground:
        found = [self._candidates[n] for n in chosen]
        articles = list({one.article.id: one.article for one in found}.values())
        before = [worded for one in found for worded in self._before(one)]
        return Ground([one.worded for one in found], before, articles, [self._title(one) for one in articles])

    def _before(self, one: _Candidate) -> list[Worded]:
        text = one.article.text
        if one.article.id not in self._order:
            self._order[one.article.id] = sentences(text)
        order = self._order[one.article.id]
        place = next((n for n, span in enumerate(order) if span[1] > one.span[0]), 0)
        return [self._wording.read(text[slice(*span)]) for span in order[max(0, place - MOST_BACK) : place]]

    def _title(self, article: Article) -> Worded:
        if article.id not in self._titles:
            self._titles[article.id] = self._wording.read(article.title)
        return self._titles[article.id]

    def _claimed(self, sentence: str, chosen: Sequence[int], status: Status, missing: tuple[str, ...]) -> Claim:
        places: list[tuple[Article, Span]] = []
        for one in (self._candidates[n] for n in chosen):
            # "He said so." is quoted with the sentence right before it that says who.
            start, end = runs(one.article.text, self._reading.with_context(one.article, one.span))[-1]
            for other in [place for place in places if place[0].id == one.article.id]:
                if start < other[1][1] and other[1][0] < end:
                    places.remove(other)
                    start, end = min(start, other[1][0]), max(end, other[1][1])
            places.append((one.article, (start, end)))
        citations = (Citation(0, article, *span, article.text[slice(*span)]) for article, span in places)
        return Claim(sentence, tuple(citations), status, missing=missing)


def rarities(index: "Index", terms: Sequence[str], counted: Sequence[int], total: int) -> list[float]:
    """Weigh words by how rare they are, from 0 to 1; `counted` says in how many of the `total` passages each stands.

    That is inverse document frequency, shrunk towards a word's rarity in the language where the index is small: in a
    single article on sanctions, "sanctions" is everywhere, and still what the question is about.
    """
    most = math.log(1 + (total + 0.5) / 0.5)
    weights = []
    for known, holding in zip(index.embedding.rarities(terms), (min(total, n) for n in counted), strict=True):
        here = math.log(1 + (total - holding + 0.5) / (holding + 0.5)) / most
        weights.append((total * here + _TELLING_PASSAGES * known) / (total + _TELLING_PASSAGES))
    return weights


def _bare(sentence: str) -> str:
    """Make sentences alike that differ in white space, capitals or the marks around them only."""
    return folded(sentence).strip(" .!?\"'“”‘’`*")
