"""Turn unexpected exceptions of a loader into a LoadError with its reason, so that a run goes on."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import IndexingError, LoadError
from index.text.clean import plain

log = logging.getLogger(__name__)

_MAX_REASON = 200
# What is wrong with the machine is wrong with every file.
_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE)


@contextmanager
def failing_as_one(source: object) -> Iterator[None]:
    """Run the body, which reads `source` and nothing else, so that whatever is wrong with it fails that alone.

    What was foreseen passes through, and so does what is no fault of the source: an interrupt, a full disk.

    Raises:
        LoadError: anything else was raised; it is logged with its traceback.
    """
    try:
        yield
    except IndexingError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _MACHINE:
            raise
        log.error("%s made its loader fail", source, exc_info=True)
        said = " ".join(plain(f"{type(error).__name__}: {error}").split()).rstrip(": ")
        shown = said if len(said) <= _MAX_REASON else f"{said[:_MAX_REASON]}…"
        raise LoadError(
            f"{source} cannot be read, unexpected: {shown}; report it, and save the article anew"
        ) from error
