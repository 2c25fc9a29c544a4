"""From questions to groups: one question with several passages, of which one answers or none does.

A group is what the loss is normalised over (`training.train`), so its passages are such as a search would offer: the
nearest by words from the same source that do not hold the answer. Some groups are made unanswerable: without the
passage that answers, or with a question that was changed so that it no longer does. Others are given forms that
articles have and the sets lack: see `training.forms`.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.text.sentences import Span
from training import forms
from training.alike import Alike
from training.data import Asked, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEAR = 16
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Group:
    """A question with passages, each under its header; `golds` are the answer's places by the passage's number.

    No golds: none of the passages answers. With `sentences`, any stretch inside a gold is as good as all of it.
    """

    question: str
    headers: tuple[str, ...]
    passages: tuple[str, ...]
    golds: dict[int, list[Span]]
    sentences: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """Shares of the groups, and how many passages each has."""

    unanswerable: float = 0.12  # the answering passage is left out
    altered: float = 0.16  # the question is changed so that its passage answers it no more
    negatives: tuple[int, ...] = (1, 2, 2, 3)  # how many passages stand beside the one that answers; one is drawn
    formed: float = 0.22  # the passage is given another form
    noisy: float = 0.3  # the question is written carelessly
    headed: float = 0.5  # publisher and day stand behind the title
    reworded: float = 0.35  # the question is said with other words than the passage's


def nearest(source: Source, asked: Sequence[Asked]) -> "list[list[int]]":
    """Rank for each question the passages nearest by words, best first (TF-IDF of words and pairs of words)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(sublinear_tf=True, stop_words="english", ngram_range=(1, 2), min_df=1)
    texts = [f"{title} {text}" for title, text in zip(source.titles, source.passages, strict=True)]
    matrix = vectors.fit_transform(texts).T.tocsr()
    found: list[list[int]] = []
    for start in range(0, len(asked), _AT_ONCE):
        some = vectors.transform([one.question for one in asked[start : start + _AT_ONCE]])
        scores = (some @ matrix).tocsr()
        for row in range(scores.shape[0]):
            found.append(_best(scores.indices, scores.data, scores.indptr[row], scores.indptr[row + 1]))
    return found


def _best(columns: "NDArray", values: "NDArray", first: int, last: int) -> list[int]:  # type: ignore[type-arg]
    import numpy as np

    row = values[first:last]
    most = min(_NEAR, len(row))
    kept = np.argpartition(-row, most - 1)[:most] if most else np.zeros(0, dtype=int)
    return [int(columns[first + n]) for n in kept[np.argsort(-row[kept])]]


def groups_of(
    source: Source,
    asked: Sequence[Asked],
    near: Sequence[Sequence[int]],
    recipe: Recipe,
    alike: Alike,
    rng: random.Random,
) -> Iterator[Group]:
    """Make a group of each question; one whose answer no passage lacks is left out."""
    for one, candidates in zip(asked, near, strict=True):
        group = _group(source, one, candidates, recipe, alike, rng)
        if group:
            yield _finished(group, recipe, rng)


def _group(
    source: Source, one: Asked, candidates: Sequence[int], recipe: Recipe, alike: Alike, rng: random.Random
) -> Group | None:
    held = [answer for answer in one.answers if answer]
    wrong = [n for n in candidates if n not in one.golds and not _holds(source.passages[n], held)]
    many = rng.choice(recipe.negatives)
    question, golds = one.question, one.golds
    if not golds:
        # What it was asked of stands first: it was written to look as if it were answered there.
        chosen = list(one.near[:2]) + [n for n in _drawn(wrong, many, rng) if n not in one.near]
    elif (drawn := rng.random()) < recipe.unanswerable:
        chosen, golds = _drawn(wrong, many + 1, rng), {}
    else:
        right = rng.choice(sorted(golds))
        chosen, golds = [right, *_drawn(wrong, many, rng)], {0: golds[right]}
        if drawn < recipe.unanswerable + recipe.altered:
            texts = " ".join(source.passages[n] for n in chosen)
            other = forms.altered(question, texts, source.passages, chosen, alike.of_kind, rng)
            if other:
                question, golds = other, {}
    if not chosen:
        return None
    if rng.random() < recipe.reworded:
        question = forms.reworded(question, source.passages[chosen[0]], alike.near, rng)
    titles = tuple(source.titles[n] for n in chosen)
    passages = tuple(source.passages[n] for n in chosen)
    return Group(question, titles, passages, golds, one.sentences)


def _finished(group: Group, recipe: Recipe, rng: random.Random) -> Group:
    """Give a group another form, headers and a carelessly written question, as the recipe says."""
    if not group.sentences and rng.random() < recipe.formed:
        passages, golds = forms.formed(group.question, list(group.passages), dict(group.golds), rng)
        group = replace(group, passages=tuple(passages), golds=golds)
    headers = tuple(forms.header(title, rng, recipe.headed) for title in group.headers)
    question = forms.careless(group.question, rng) if rng.random() < recipe.noisy else group.question
    return replace(group, headers=headers, question=question)


def _drawn(numbers: Sequence[int], many: int, rng: random.Random) -> list[int]:
    """Draw some of the nearest, the nearer the likelier."""
    left = list(numbers[:_NEAR])
    found: list[int] = []
    while left and len(found) < many:
        found.append(left.pop(min(int(rng.expovariate(0.35)), len(left) - 1)))
    return found


def _holds(passage: str, answers: Sequence[str]) -> bool:
    lower = passage.lower()
    return any(re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", lower) for answer in answers if answer in lower)
