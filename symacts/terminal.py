"""What the command line needs of a terminal: output that survives a closed pipe, whole files, a sign of life."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

__all__ = ["Progress", "bar", "emit", "write_file"]


def emit(text: str) -> None:
    """The text and a line end on stdout; a reader that has gone away is no error, nor is a poor encoding."""
    if not text.endswith("\n"):
        text += "\n"
    stream = sys.stdout
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # what is still buffered goes nowhere, or the interpreter complains about it at exit
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write_file(path: str, content: str | Callable[[str], Any]) -> None:
    """A whole file or none: written beside its place, then renamed.

    `content` is text, or a function that writes a file of the name it is given.

    Raises
    ------
    OSError
        The folder does not exist or cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        raise IsADirectoryError(21, "is a folder", str(target))
    folder = target.parent
    if not folder.is_dir():
        raise FileNotFoundError(2, "no such folder", str(folder))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=folder)
    os.close(handle)
    try:
        if isinstance(content, str):
            Path(name).write_text(content if content.endswith("\n") else content + "\n", encoding="utf-8")
        else:
            content(name)
        umask = os.umask(0)  # there is no other way to read it
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        os.replace(name, target)  # noqa: PTH105 (the same call)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class Progress:
    """While inside, a line on stderr says what is going on and for how long; only on a terminal, from one second on.

    A timer signal, not a thread: a process with threads cannot be forked safely, and time limits fork.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.start = time.monotonic()
        self.shown = False
        self.active = (
            sys.stderr.isatty()
            and hasattr(signal, "setitimer")
            and threading.current_thread() is threading.main_thread()
        )
        self.before: Any = None

    def say(self, what: str) -> None:
        """Name the present step."""
        self.what = what

    def _tick(self, signum: int, frame: FrameType | None) -> None:
        self.shown = True
        with contextlib.suppress(OSError):
            os.write(2, f"\r\x1b[K{self.what} ... {time.monotonic() - self.start:.0f} s".encode())

    def __enter__(self) -> Progress:
        if self.active:
            self.before = signal.signal(signal.SIGALRM, self._tick)
            signal.setitimer(signal.ITIMER_REAL, 1.0, 1.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.active:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self.before)
            if self.shown:
                with contextlib.suppress(OSError):
                    os.write(2, b"\r\x1b[K")


@contextlib.contextmanager
def bar(total: int) -> Iterator[Callable[[str, float], None]]:
    """A progress bar on stderr, on a terminal only: `advance(name, share)` says how far the present item is."""
    if not sys.stderr.isatty():
        yield lambda name, share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Shown

    columns = TextColumn("{task.description:24.24}"), BarColumn(), TextColumn("{task.percentage:>5.1f}%")
    with Shown(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=float(total))
        done = {"before": 0.0}

        def advance(name: str, share: float) -> None:
            shown.update(task, description=name, completed=done["before"] + share)
            done["before"] += share == 1.0

        yield advance
