"""Locks in the home of an index, which tell who holds them; the system releases those of a process that dies."""

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

_LOOK = 0.05
# Seconds to wait for who says it is brief, for who has not said yet, and for who is not.
_PATIENCE = {True: 30.0, None: 1.0, False: 0.0}
_LONG_PATIENCE = 600.0


@contextmanager
def held(home: Path, name: str, *, brief: bool = False) -> Iterator[None]:
    """Hold the lock `name`, and write beside it who does.

    `brief` tells others that it will be free again in a moment: they wait for it half a minute. Who holds it briefly
    comes back for it, and so waits for others, too, up to ten minutes.

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
            patience = _LONG_PATIENCE if brief else _PATIENCE[who.get("brief") if who else None]
            if time.monotonic() - began >= patience:
                raise IndexBusy(f"{_named(who)} is writing to {home}; wait for it to end, or stop it") from error
        time.sleep(_LOOK)
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


def _named(who: dict[str, Any]) -> str:
    try:
        return f"process {who['pid']} ({' '.join(who['command'])}, since {who['since']})"
    except (KeyError, TypeError):
        return "another process"
