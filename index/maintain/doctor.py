"""Check an index for damage, and repair it."""

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from index.errors import IndexDamaged, ModelError
from index.ingest.model_choice import advice, named
from index.ingest.progress import Progress, no_progress
from index.maintain.rebuild import delete_unused, rebuild, unused_folders
from index.store.index import Index
from index.store.writer import differences

_MIN_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: its name, whether all is well, and what was found."""

    name: str
    well: bool
    seen: str


def examine(index: Index) -> list[Finding]:
    """Check the catalog, the vectors, the model, earlier runs and the disk. Writes nothing."""
    articles, passages = index.catalog.count()
    problems = index.catalog.check()
    seen = "; ".join(problems) or f"{articles} articles in {passages} passages, text and full-text index agree"
    return [
        Finding("catalog", not problems, seen),
        _examine_vectors(index),
        _examine_model(index),
        _examine_languages(index),
        _examine_runs(index),
        _examine_disk(index.home),
    ]


def repair(index: Index, progress: Progress = no_progress) -> list[str]:
    """Repair what can be repaired; returns what was done, one sentence each.

    Raises:
        IndexBusy: another process is writing.
        ModelMismatch: the index was built with another model; the user has to decide which to use.
    """
    done = []
    if index.catalog.check():
        index.catalog.rebuild_full_text()
        done.append("full-text index made again from the articles")
    try:
        with index.writing() as writer:
            orphans, missing = writer.sweep()
            leftovers = unused_folders(index)
            delete_unused(index)
        if leftovers:
            done.append(f"leftovers of an earlier rebuild deleted: {', '.join(leftovers)}")
        if orphans or missing:
            done.append(f"vectors without a passage deleted: {orphans}, missing ones made again: {missing}")
    except IndexDamaged:
        summary = rebuild(index, progress=progress)
        done.append(f"all vectors made again from the catalog: {summary.passages}")
    return done


def _examine_vectors(index: Index) -> Finding:
    try:
        orphans, missing = differences(index)
    except IndexDamaged as error:
        return Finding("vectors", False, str(error))
    if orphans or missing:
        seen = f"vectors without a passage: {len(orphans)}, passages without a vector: {len(missing)}"
        return Finding("vectors", False, seen)
    return Finding("vectors", True, "a vector for each passage")


def _examine_model(index: Index) -> Finding:
    try:
        index.check_model()
    except ModelError as error:
        return Finding("model", False, str(error))
    built = index.catalog.get("fingerprint")
    return Finding("model", True, f"{index.catalog.get('model')}, fingerprint {built}" if built else "none used yet")


def _examine_languages(index: Index) -> Finding:
    # Articles that the model does not read are no damage.
    return Finding("languages", True, advice(index) or named(index.catalog.languages()) or "none known yet")


def _examine_runs(index: Index) -> Finding:
    unfinished, leftovers = index.unfinished(), unused_folders(index)
    if unfinished:
        return Finding("runs", False, f"a run did not end; `assistant index {shlex.join(unfinished)}` goes on with it")
    if index.catalog.get("dirty"):
        return Finding("runs", False, "a run did not end; `assistant doctor --fix` sweeps up after it")
    if begun := (index.catalog.get("rebuilding") or "").partition(" ")[0]:
        return Finding("runs", False, f"a rebuild in {begun} did not end; run `assistant index --rebuild` again")
    if leftovers:
        return Finding("runs", False, f"leftovers of an earlier rebuild: {', '.join(leftovers)}")
    return Finding("runs", True, "all runs ended well")


def _examine_disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    return Finding("disk", free > _MIN_FREE_BYTES, f"{free / 1e9:.1f} GB free at {home}")
