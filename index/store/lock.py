"""Locks in the home of an index, with a record of the holder; the system releases those of a process that dies."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from index.errors import IndexBusy

_RETRY_SECONDS = 0.05
# Seconds to wait for a holder that declared itself brief, has not declared yet, or is not brief.
_TIMEOUTS = {True: 30.0, None: 1.0, False: 0.0}
# Seconds that a brief caller waits for any holder.
_BRIEF_TIMEOUT = 600.0


@contextmanager
def held(home: Path, name: str, *, brief: bool = False) -> Iterator[None]:
    """Hold the lock `name` in the block, and record who holds it in a file.

    With `brief`, others know that it is held for moments only and wait up to half a minute. A brief caller takes it
    again and again, so it waits for others up to ten minutes.

    Raises:
        IndexBusy: another process, or another thread, holds it.
    """
    from filelock import FileLock, Timeout

    lock, holder = FileLock(home / f"{name}.lock"), home / f"{name}r.json"
    began = time.monotonic()
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout as error:
            who = _read(holder)
            timeout = _BRIEF_TIMEOUT if brief else _TIMEOUTS[who.get("brief") if who else None]
            if time.monotonic() - began >= timeout:
                raise IndexBusy(f"{_describe(who)} is writing to {home}; wait for it to end, or stop it") from error
        time.sleep(_RETRY_SECONDS)
    try:
        who = {"pid": os.getpid(), "since": f"{datetime.now():%H:%M}", "command": sys.argv, "brief": brief}
        holder.write_text(json.dumps(who))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _read(holder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(holder.read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _describe(who: dict[str, Any]) -> str:
    try:
        return f"process {who['pid']} ({' '.join(who['command'])}, since {who['since']})"
    except (KeyError, TypeError):
        return "another process"
