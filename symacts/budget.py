"""A call within a time limit, in a process that can be ended.

SymPy calls can hang inside one expression; a thread cannot be ended, a process can. A process with one thread forks
(the child starts warm); one with more threads, where a fork could copy a held lock, and a daemonic one, which may have
no child, keep one worker process of their own instead. What the call finds on its way comes back in order, as it is
found.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import multiprocessing
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from symacts.errors import ParameterError, shorten

__all__ = ["DeadlineExceeded", "check_seconds", "run_with_deadline"]

Tell = Callable[[tuple[str, Any]], None]


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


def _perform(function: Callable[..., Any], args: tuple[Any, ...], tell: Tell) -> None:
    with contextlib.suppress(BrokenPipeError):  # the caller has given up
        try:
            result = function(*args, send=lambda message: tell(("message", message)))
        except Exception as error:
            tell(("error", _portable(error)))
        else:
            tell(("result", result))


def _portable(error: Exception) -> Exception:
    """The error, or one with its words where it does not go through a pipe."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # what pickling meets in a foreign error has no common kind
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


class _Fork:
    """A child of this process, for one call."""

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, there = context.Pipe(duplex=False)
        self.process = context.Process(target=lambda: _perform(function, args, there.send), daemon=True)
        self.process.start()
        there.close()

    def receive(self, seconds: float) -> Any:
        """The next thing told, or None when the time is over."""
        return self.pipe.recv() if self.pipe.poll(max(0.0, seconds)) else None

    def finish(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class _Worker:
    """A process of its own that serves call after call until it is ended."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from symacts.budget import _serve; _serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._collect, daemon=True).start()
        atexit.register(self.end)

    def _collect(self) -> None:
        """Reads what the worker tells, so that the caller waits on a queue, which keeps to a time limit."""
        stream = self.process.stdout
        assert stream is not None
        try:
            while True:
                self.told.put(pickle.load(stream))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self.told.put(("end", None))

    def begin(self, function: Callable[..., Any], args: tuple[Any, ...]) -> None:
        assert self.process.stdin is not None
        pickle.dump((function.__module__, function.__qualname__, args), self.process.stdin)
        self.process.stdin.flush()

    def receive(self, seconds: float) -> Any:
        """The next thing told, or None when the time is over."""
        try:
            item = self.told.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None
        if item[0] == "end":
            raise EOFError
        return item

    def end(self) -> None:
        atexit.unregister(self.end)
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _serve() -> None:
    """The loop of a worker process: named functions of this package in, what they tell out."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing that a call prints may mix with the answers

    def tell(item: tuple[str, Any]) -> None:
        _write(item, sink)

    while True:
        try:
            module, name, args = pickle.load(source)
        except (EOFError, KeyboardInterrupt):
            return
        _perform(getattr(importlib.import_module(module), name), args, tell)


def _write(item: tuple[str, Any], sink: BinaryIO) -> None:
    sink.write(pickle.dumps(item))
    sink.flush()


class _Shared:
    """The worker that the threads of this process take turns with."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        """No worker yet: that of the process from which this one was forked stays with it, and so does its lock."""
        self.owner = os.getpid()
        self.turn = threading.Lock()
        self.worker: _Worker | None = None

    def __call__(self, function: Callable[..., Any], args: tuple[Any, ...], deadline: float) -> Any:
        if self.owner != os.getpid():
            self._begin()
        if not self.turn.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise DeadlineExceeded([])
        done = False
        try:
            if self.worker is None or self.worker.process.poll() is not None:
                self.worker = _Worker()
            self.worker.begin(function, args)
            answer = _listen(self.worker, deadline)
            done = True
            return answer
        except Exception as error:
            done = not isinstance(error, (DeadlineExceeded, EOFError, OSError))
            raise
        finally:
            if not done and self.worker is not None:
                self.worker.end()
                self.worker = None
            self.turn.release()


_shared = _Shared()


def _listen(source: _Fork | _Worker, deadline: float) -> Any:
    messages: list[Any] = []
    while True:
        left = deadline - time.monotonic()
        item = source.receive(left) if left > 0 else None
        if item is None:
            raise DeadlineExceeded(messages)
        kind, payload = item
        if kind == "result":
            return payload
        if kind == "error":
            raise payload
        messages.append(payload)


def run_with_deadline(function: Callable[..., Any], args: tuple[Any, ...], seconds: float) -> Any:
    """`function(*args, send=...)` in another process, which is ended after `seconds`.

    Parameters
    ----------
    function : callable
        A module-level function of this package; it may call `send(message)` whenever it has found something.
    args : tuple
        Its positional arguments (picklable).
    seconds : float
        The limit, in seconds of wall time.

    Raises
    ------
    DeadlineExceeded
        The limit passed; carries the messages sent so far.
    RuntimeError
        The process died without an answer.
    """
    deadline = time.monotonic() + seconds
    try:
        if sys.platform != "linux" or threading.active_count() > 1 or multiprocessing.current_process().daemon:
            return _shared(function, args, deadline)
        fork = _Fork(function, args)
        try:
            return _listen(fork, deadline)
        finally:
            fork.finish()
    except EOFError:
        raise RuntimeError(f"the process that ran {function.__name__} died without an answer") from None
