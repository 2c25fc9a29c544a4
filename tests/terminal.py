"""A terminal, in which a command runs as it does for a user who looks at it."""

import codecs
import os
import selectors
import subprocess
import sys
import time


class Terminal:
    """A command running in a terminal of its own; `kind` is what it takes the terminal for."""

    def __init__(self, *arguments: str, kind: str = "dumb") -> None:
        primary, secondary = os.openpty()
        environment = {**os.environ, "COLUMNS": "200", "TERM": kind}
        command = [sys.executable, "-m", "assistant", *arguments]
        self.process = subprocess.Popen(command, stdin=secondary, stdout=secondary, stderr=secondary, env=environment)
        os.close(secondary)
        self._primary = primary
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(primary, selectors.EVENT_READ)
        self.printed = ""
        # A character may be cut in two between one read and the next.
        self._decode = codecs.getincrementaldecoder("utf-8")().decode

    def until(self, expected: str, seconds: float = 120) -> None:
        """Wait until something is printed."""
        deadline = time.monotonic() + seconds
        while expected not in self.printed:
            assert time.monotonic() < deadline, self.printed
            # Not select, which takes no file beyond the 1,024th.
            if self._waiting.select(0.1):
                self.printed += self._decode(os.read(self._primary, 4096))

    def end(self) -> int:
        """Wait until the command has ended; returns its exit code."""
        try:
            while data := os.read(self._primary, 4096):
                self.printed += self._decode(data)
        except OSError:  # how a terminal says that nobody is at its other end
            pass
        self._waiting.close()
        os.close(self._primary)
        return self.process.wait(30)
