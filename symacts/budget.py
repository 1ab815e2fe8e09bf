"""A call within a time limit, in a process of its own that can be ended.

SymPy calls can hang inside one expression; a thread cannot be ended, a process can. The child is a fork of the
caller, so it starts warm; what it finds comes back as JSON-safe messages over a pipe, in order, as it finds it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from symacts.errors import ParameterError, shorten

__all__ = ["DeadlineExceeded", "check_seconds", "run_with_deadline"]


class DeadlineExceeded(Exception):
    """The time limit passed; `messages` holds what the call had sent until then."""

    def __init__(self, messages: list[Any]) -> None:
        self.messages = messages
        super().__init__("the time limit passed")


def check_seconds(seconds: object) -> float | None:
    """A time limit in seconds, or None for no limit.

    Raises
    ------
    ParameterError
        It is not a positive finite number.
    """
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds < float("inf"):
        raise ParameterError(f"timeout: got {shorten(seconds)}, expected a positive number of seconds or None")
    return float(seconds)


def _child(function: Callable[..., Any], args: tuple[Any, ...], pipe: Any) -> None:
    with contextlib.suppress(BrokenPipeError):  # the parent has given up
        try:
            result = function(*args, send=lambda message: pipe.send(("message", message)))
        except Exception as error:
            pipe.send(("error", error))
        else:
            pipe.send(("result", result))
        finally:
            pipe.close()


def _context() -> Any:
    """Fork where that is safe: elsewhere a fresh interpreter (slower to start, the same answers)."""
    can_fork = sys.platform != "win32" and sys.platform != "darwin" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if can_fork else "spawn")


def run_with_deadline(function: Callable[..., Any], args: tuple[Any, ...], seconds: float) -> Any:
    """`function(*args, send=...)` in a process that is ended after `seconds`.

    Parameters
    ----------
    function : callable
        A module-level function; it may call `send(message)` with JSON-safe data whenever it has found something.
    args : tuple
        Its positional arguments (picklable where forking is not possible).
    seconds : float
        The limit, in seconds of wall time.

    Raises
    ------
    DeadlineExceeded
        The limit passed; carries the messages sent so far.
    """
    context = _context()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(function, args, there), daemon=True)
    deadline = time.monotonic() + seconds
    process.start()
    there.close()
    messages: list[Any] = []
    try:
        while here.poll(max(0.0, deadline - time.monotonic())):
            try:
                kind, payload = here.recv()
            except EOFError:
                raise RuntimeError(f"the worker ended without an answer (exit code {process.exitcode})") from None
            if kind == "message":
                messages.append(payload)
            elif kind == "error":
                raise payload
            else:
                return payload
        raise DeadlineExceeded(messages)
    finally:
        here.close()
        process.kill()
        process.join()
        process.close()
