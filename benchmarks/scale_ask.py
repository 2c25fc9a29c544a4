"""Reopen a home and ask it, and time each way of searching; see `benchmarks.scale`."""

import os
import resource
import statistics
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.scale_build import Figures
from benchmarks.sets import read_seeds
from benchmarks.timing import repeated, timed

if TYPE_CHECKING:
    from assistant.retrieve.query import Query
    from benchmarks.drawn import Stock
    from index import Index

QUESTIONS = 50
# What the retriever wants of each search; see assistant/llama_index.py.
_DENSE, _LEXICAL = 100, 60
_TOP = 10
# How many articles' vectors are held at once to be compared with the questions.
_AT_ONCE = 5_000


def forget(home: Path) -> None:
    """Have the system drop what it holds of these files in memory, as a restart does; where it cannot, nothing is."""
    if not hasattr(os, "posix_fadvise"):
        return
    os.sync()
    for file in home.rglob("*"):
        if file.is_file():
            opened = os.open(file, os.O_RDONLY)
            os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(opened)


def reopen(home: Path) -> Figures:
    """Open a home in a new process and search it once: packages and model apart, for they cost the same at any size."""
    imports, _ = timed(_packages)
    from assistant.assistant import Assistant
    from assistant.settings import Settings
    from index import Index

    question = read_seeds().questions[0].text
    opened, index = timed(Index, home)
    model, vector = timed(lambda: (index.embedding.fingerprint, index.embedding.encode([question])[0])[1])
    searched, found = timed(index.dense, vector, _DENSE)
    assert len(found) == min(_DENSE, index.catalog.count()[1]), "vectors are missing"
    answered, _ = timed(Assistant(Settings(home=home)).answer, question)
    return {"packages s": imports, "model s": model, "reopen s": opened + searched, "first answer s": answered}


def _packages() -> None:
    import chromadb  # noqa: F401
    import sqlalchemy  # noqa: F401


def ask(home: Path, stock: "Stock", questions: int = QUESTIONS) -> Figures:
    """Ask so many real questions: milliseconds of each search and of the whole, memory, and dense search's recall."""
    from assistant.assistant import Assistant
    from assistant.language.words import content_words
    from assistant.llama_index import HybridRetriever
    from assistant.retrieve.query import read_query
    from assistant.settings import Settings

    assistant = Assistant(Settings(home=home))
    index = assistant.index
    asked = [one.text for one in read_seeds().questions][:questions]
    queries = [read_query(index, one) for one in asked]
    for one in asked:  # What they need of the disk is in memory from then on.
        assistant.answer(one)
    figures = (
        repeated("question", lambda one: read_query(index, one).vector, asked)
        | repeated("dense", lambda query: index.dense(query.vector, _DENSE), queries)
        | repeated("lexical", lambda query: index.lexical(query.lexical_terms, _LEXICAL), queries)
        | repeated("retrieval", HybridRetriever(index, read=False).hits, asked)
        | repeated("answer", assistant.answer, asked)
    )
    figures["asking peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    held = [sum(index.catalog.count_passages_with(content_words(one))) for one in asked]
    figures["postings"] = statistics.median(held)
    return figures | {f"recall@{top}": _recall(index, stock, queries, top) for top in (_TOP, _DENSE)}


def _recall(index: "Index", stock: "Stock", queries: "Sequence[Query]", top: int) -> float:
    """Tell which share of the truly nearest passages are the first that dense search finds."""
    vectors = np.stack([query.vector for query in queries])
    nearest: list[list[tuple[float, str]]] = [[] for _ in queries]
    articles = islice(stock.articles(), index.catalog.count()[0])
    while batch := list(islice(articles, _AT_ONCE)):
        ids = [passage.id for one in batch for passage in one.entry.passages]
        cosines = vectors @ np.concatenate([one.vectors for one in batch]).T
        for best, row in zip(nearest, cosines, strict=True):
            places = np.argpartition(-row, min(top, len(row) - 1))[:top]
            best += [(float(row[place]), ids[place]) for place in places]
            best.sort(reverse=True)
            del best[top:]
    shares = []
    for query, best in zip(queries, nearest, strict=True):
        found = list(index.dense(query.vector, _DENSE))[:top]
        shares.append(len({id_ for _, id_ in best}.intersection(found)) / len(best))
    return statistics.mean(shares)
