"""Groups as tokens, put together into batches of about equal cost."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.read.sequence import MARKS, MAX_QUESTION, Marks, encode, sequence
from assistant.read.sequence import Sequence as Read
from training.groups import Group

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_ENCODED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Encoded:
    """A group's sequences, and for each passage that answers, by number, its start and end tokens, in the sequence.

    For a gold of one span these are pairs; any start of them may go with any end.
    """

    sequences: tuple[Read, ...]
    starts: dict[int, tuple[int, ...]]
    ends: dict[int, tuple[int, ...]]

    @property
    def longest(self) -> int:
        """The length of the longest sequence, in tokens."""
        return max(map(len, self.sequences))


def encoded(groups: Sequence[Group], tokenizer: "Tokenizer", marks: Marks = MARKS) -> Iterator[Encoded]:
    """Cut groups into tokens; one whose answer is not among the tokens that are read is left out."""
    for first in range(0, len(groups), _ENCODED_AT_ONCE):
        some = groups[first : first + _ENCODED_AT_ONCE]
        questions = encode(tokenizer, [group.question for group in some])
        headers = iter(encode(tokenizer, [one for group in some for one in group.headers]))
        passages = iter(encode(tokenizer, [one for group in some for one in group.passages]))
        for group, question in zip(some, questions, strict=True):
            sequences = tuple(
                sequence(question.ids, next(headers).ids, next(passages), MAX_QUESTION, marks)
                for _ in range(len(group.passages))
            )
            places = {n: _places(sequences[n], spans, whole=group.sentences) for n, spans in group.golds.items()}
            found = {n: place for n, place in places.items() if place[0]}
            if found or not group.golds:
                yield Encoded(
                    sequences,
                    {n: starts for n, (starts, _) in found.items()},
                    {n: ends for n, (_, ends) in found.items()},
                )


def _places(read: Read, spans: Sequence[tuple[int, int]], *, whole: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    starts: set[int] = set()
    ends: set[int] = set()
    for start, end in spans:
        inside = np.flatnonzero((read.passage.ends > start) & (read.passage.starts < end)) + read.first
        if len(inside):
            starts |= set(inside.tolist()) if whole else {int(inside[0])}
            ends |= set(inside.tolist()) if whole else {int(inside[-1])}
    return tuple(sorted(starts)), tuple(sorted(ends))


def batches(groups: Sequence[Encoded], tokens: int, rng: random.Random) -> list[list[Encoded]]:
    """Put groups of about one length together, at most so many tokens with padding, in a random order."""
    ordered = sorted(groups, key=lambda group: (group.longest, rng.random()))
    found: list[list[Encoded]] = [[]]
    filled = 0
    for group in ordered:
        size = group.longest * len(group.sequences)
        if found[-1] and filled + size > tokens:
            found.append([])
            filled = 0
        found[-1].append(group)
        filled += size
    rng.shuffle(found)
    return found
