"""Embed all articles again: with another model, or when the vectors are damaged.

The new vectors are built in a folder of their own while the old ones stay in use; one commit of the catalog switches to
them. A rebuild that was stopped resumes at the next call.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from index.embed.passages import BATCH_PASSAGES, Entry, entry_of
from index.ingest.model_choice import choose_for_rebuild
from index.ingest.progress import Progress, no_progress
from index.ingest.report import Summary
from index.store.vectors import FIRST_FOLDER, Vectors, vector_folders
from index.store.writer import embed
from index.types import Article, Passage

if TYPE_CHECKING:
    from index.embed.tokens import TokenIds
    from index.store.index import Index


def rebuild(index: "Index", *, progress: Progress = no_progress) -> Summary:
    """Split and embed all articles in the catalog again, with the model named, or the one that their languages need.

    Returns a summary that counts every article as changed.

    Raises:
        IndexBusy: another process is writing.
        ModelError: the model cannot be loaded.
    """
    began = time.perf_counter()
    with index.writing(any_model=True):
        choose_for_rebuild(index)
        embedding = index.embedding
        folder = _target_folder(index)
        with closing(Vectors(index.home / folder)) as vectors:
            articles, passages = _embed_all(index, vectors, progress)
        state = {
            "vectors": folder,
            "fingerprint": embedding.fingerprint,
            "model": embedding.name,
            "precision": embedding.precision,
            "rebuilding": None,
        }
        index.catalog.write(_entries(index), state)
        index.choose_model(None)
        delete_unused(index)
    return Summary(changed=articles, passages=passages, seconds=time.perf_counter() - began)


def unused_folders(index: "Index") -> list[str]:
    """Return the vector folders that are neither in use nor being built."""
    building = (index.catalog.get("rebuilding") or "").partition(" ")[0]
    used = (index.catalog.get("vectors") or FIRST_FOLDER, building)
    return [folder.name for folder in vector_folders(index.home).values() if folder.name not in used]


def delete_unused(index: "Index") -> None:
    """Delete the vector folders that are neither in use nor being built."""
    for name in unused_folders(index):
        shutil.rmtree(index.home / name, ignore_errors=True)


def _target_folder(index: "Index") -> str:
    """Return the folder to build in: that of an interrupted rebuild with this model, else a new one."""
    begun, _, fingerprint = (index.catalog.get("rebuilding") or "").partition(" ")
    if fingerprint == index.embedding.fingerprint:
        return begun
    folder = f"vectors-{max(vector_folders(index.home), default=0) + 1}"
    index.catalog.remember({"rebuilding": f"{folder} {index.embedding.fingerprint}"})
    return folder


def _embed_all(index: "Index", vectors: Vectors, progress: Progress) -> tuple[int, int]:
    stored = set(vectors.ids())
    total, _ = index.catalog.count()
    articles = passages = 0
    wanted: set[str] = set()
    batch: list[tuple[Passage, Article]] = []
    tokens: dict[str, TokenIds] = {}
    for article in index.catalog.articles():
        progress(articles, total, article.title)
        entry = entry_of(index.embedding, article, "")
        wanted |= {passage.id for passage in entry.passages}
        batch += [(passage, article) for passage in entry.passages if passage.id not in stored]
        tokens |= entry.tokens
        if len(batch) >= BATCH_PASSAGES:
            embed(index, vectors, batch, tokens)
            batch, tokens = [], {}
        articles, passages = articles + 1, passages + len(entry.passages)
    embed(index, vectors, batch, tokens)
    # Articles that an interrupted rebuild embedded may have changed or been removed since.
    vectors.delete(sorted(stored - wanted))
    progress(total, total, "")
    return articles, passages


def _entries(index: "Index") -> Iterator[Entry]:
    for article in index.catalog.articles():
        hashes = index.catalog.hashes(article.id)
        yield entry_of(index.embedding, article, hashes[1] if hashes else "")
