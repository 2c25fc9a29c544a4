"""Whether memory stays flat while many articles are indexed: `python -m benchmarks.memory`.

Short files, a passage each, are indexed in one run by a process of its own; the table is its peak memory on the way.
"""

import argparse
import resource
import tempfile
from pathlib import Path

_ROWS = 6
_WARES = ("tea", "rice", "salt", "wool")


def main() -> None:
    """Index so many files and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=6_000)
    count = parser.parse_args().articles
    from index import Index, sync

    marks: list[tuple[int, int]] = []

    def progress(done: int, _total: int, _name: str) -> None:
        if done % max(1, count // _ROWS) == 0:
            marks.append((done, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024))

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "articles"
        folder.mkdir()
        for number in range(count):
            told = (
                f"Ship {number} sailed with {number * 7 % 911} crates of {_WARES[number % 4]} for port {number % 997}."
            )
            (folder / f"{number}.md").write_text(f"---\ntitle: Note {number}\n---\n\n{told}\n", encoding="utf-8")
        summary = sync(Index(Path(scratch) / "home"), [folder], progress=progress)
    print(f"{summary.added} articles in {summary.seconds:.0f} s\n\n| articles | peak memory, MB |\n|--:|--:|")
    for done, peak in dict(marks).items():
        print(f"| {done:,} | {peak:,} |")


if __name__ == "__main__":
    main()
