"""Questions of XQuAD (Artetxe et al., 2020), the same in several languages, for the multilingual reader.

Each is asked in its own language of a passage in that language, and of the same passage in another. None of the
articles that the project is measured with (`benchmarks.sets.held_out`) is taken, and no question of the report half.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.sets import half_of_key, held_out
from training.alike import Alike
from training.data import Asked, CountTokens, Source, passages_of
from training.groups import Group, Recipe, groups_of, nearest

LANGUAGES = ("en", "de", "es", "ru", "zh", "tr")

# What alters and rewords questions knows English alone.
_RECIPE = Recipe(unanswerable=0.3, altered=0.0, formed=0.0, noisy=0.3, reworded=0.0)


def groups(folder: Path, count: CountTokens, alike: Alike, rng: random.Random) -> Iterator[Group]:
    """Make two groups of each question in its own language, and two with the passages of others."""
    sets = {language: _read(folder / f"xquad.{language}.json", count) for language in LANGUAGES}
    for language, (source, asked) in sets.items():
        near = nearest(source, list(asked.values()))
        for _ in range(2):
            yield from groups_of(source, list(asked.values()), near, _RECIPE, alike, rng)
            others = [one for one in LANGUAGES if one != language]
            foreign = [
                replace(one, question=other.question)
                for id_, one in asked.items()
                for other in [sets[rng.choice(others)][1].get(id_, one)]
            ]
            yield from groups_of(source, foreign, near, _RECIPE, alike, rng)


def _read(file: Path, count: CountTokens) -> tuple[Source, dict[str, Asked]]:
    """Read one language: its passages, and the questions by id."""
    source, asked = Source(), dict[str, Asked]()
    for number, article in enumerate(json.loads(file.read_text(encoding="utf-8"))["data"]):
        title = article["title"].replace("_", " ")
        if held_out(title):
            continue
        texts = [paragraph["context"] for paragraph in article["paragraphs"]]
        whole, base = "\n\n".join(texts), len(source.passages)
        spans = passages_of(whole, count)
        source.passages += [whole[a:b] for a, b in spans]
        source.titles += [title] * len(spans)
        source.articles += [number] * len(spans)
        start = 0
        for paragraph, text in zip(article["paragraphs"], texts, strict=True):
            for item in paragraph["qas"]:
                if half_of_key(item["id"]) == "tune":
                    found = _asked(item, start, spans, base)
                    if found.golds:
                        asked[item["id"]] = found
            start += len(text) + 2
    return source, asked


def _asked(item: dict[str, object], start: int, spans: Sequence[tuple[int, int]], base: int) -> Asked:
    golds: dict[int, list[tuple[int, int]]] = {}
    answers = [(one["text"], one["answer_start"]) for one in item["answers"]]  # type: ignore[attr-defined]
    for answer, place in answers:
        a, b = start + place, start + place + len(answer)
        for n, (first, last) in enumerate(spans):
            if first <= a and b <= last:
                golds.setdefault(base + n, []).append((a - first, b - first))
    near = tuple(base + n for n, (first, last) in enumerate(spans) if first <= start + answers[0][1] < last)
    return Asked(str(item["question"]), golds, tuple(answer.lower() for answer, _ in answers), near)
