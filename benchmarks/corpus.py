"""Articles in any number for speed to be measured on: sentences of seeds/, drawn anew for each from a fixed seed."""

import random
from datetime import date, timedelta
from pathlib import Path

from benchmarks.sets import SEEDS
from index.load.loader import load
from index.text.sentences import sentences

_SEED = 20260101
_PARAGRAPHS, _SENTENCES = 8, 4


def write_corpus(folder: Path, count: int) -> None:
    """Write so many Markdown files, about 600 words each, below a new folder."""
    draw = random.Random(_SEED)
    said = _sentences()
    folder.mkdir(parents=True)
    for number in range(count):
        paragraphs = [" ".join(draw.sample(said, _SENTENCES)) for _ in range(_PARAGRAPHS)]
        published = date(2015, 1, 1) + timedelta(days=draw.randrange(4_000))
        head = f"---\ntitle: Report {number:05}\npublisher: Desk {draw.randrange(20)}\npublished: {published}\n---\n\n"
        (folder / f"{number:05}.md").write_text(head + "\n\n".join(paragraphs) + "\n", encoding="utf-8")


def change(folder: Path, share: float) -> int:
    """Add a sentence to a share (0 to 1) of the files, spread evenly; returns how many those are."""
    files = sorted(folder.iterdir())
    chosen = files[:: max(1, round(1 / share))]
    for file in chosen:
        file.write_text(
            file.read_text(encoding="utf-8") + "\nThe desk added a line to this report.\n", encoding="utf-8"
        )
    return len(chosen)


def _sentences() -> list[str]:
    files = [file for file in sorted(SEEDS.glob("*.md")) if file.stem.lower() != "readme"]
    texts = [load(file.resolve(), file.read_bytes()).text for file in files]
    return [text[start:end].strip() for text in texts for start, end in sentences(text)]
