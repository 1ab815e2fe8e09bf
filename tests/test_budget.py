"""Time limits: a hanging call is ended, what it sent is kept, errors and results come through."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from symacts import budget
from symacts.budget import DeadlineExceeded, _Shared, check_seconds, run_with_deadline
from symacts.errors import ParameterError, UnknownActivation
from symacts.registry import get


def hang(send: Callable[[Any], None]) -> None:
    send("first")
    send("second")
    while True:
        time.sleep(0.01)


def silent(send: Callable[[Any], None]) -> None:
    while True:
        time.sleep(0.01)


@pytest.fixture
def worker_sees_tests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fresh worker process that can import the functions of this module."""
    here = str(Path(__file__).parent)
    monkeypatch.setenv("PYTHONPATH", here)
    monkeypatch.setattr("symacts.budget._shared", _Shared())
    for function in (hang, silent):
        monkeypatch.setattr(function, "__module__", Path(__file__).stem)
    yield
    if budget._shared.worker is not None:
        budget._shared.worker.end()


@pytest.fixture
def threads() -> Iterator[None]:
    """A caller with a second thread, which is served by the worker process."""
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    yield
    stop.set()
    other.join()


def test_a_caller_with_one_thread() -> None:
    """The same laws for a process that forks: it has to be a fresh one, with no thread beside its first."""
    script = """
import pytest, threading, test_budget as t
from symacts.budget import DeadlineExceeded, run_with_deadline
assert threading.active_count() == 1
t.test_a_result_comes_back(None); t.test_an_error_comes_back(None); t.test_exact_values_pass(None)
for function, told in ((t.hang, ["first", "second"]), (t.silent, [])):
    with pytest.raises(DeadlineExceeded) as caught:
        run_with_deadline(function, (), 1.0)
    assert caught.value.messages == told, caught.value.messages
assert threading.active_count() == 1
print("held")
"""
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, cwd=here, timeout=300
    )
    assert done.stdout == "held\n", done.stderr


def test_a_daemonic_process_has_a_worker_of_its_own() -> None:
    """Members of a pool are daemonic; what the parent's worker is doing does not concern them."""
    script = """
import multiprocessing, threading, test_budget as t
from symacts.budget import _shared, run_with_deadline
first = threading.Thread(target=run_with_deadline, args=(t._add, (1, 1), 60))
first.start()
first.join()
assert _shared.worker is not None
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.starmap(t.sum_within, [(2, 3), (4, 5), (6, 7)]))
"""
    here = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=here, timeout=300)
    assert done.stdout == "[5, 9, 13]\n", done.stderr


def sum_within(a: int, b: int) -> int:
    return run_with_deadline(_add, (a, b), 60)


def test_a_result_comes_back(threads: None) -> None:
    assert run_with_deadline(_add, (2, 3), 30) == 5


def test_an_error_comes_back(threads: None) -> None:
    with pytest.raises(UnknownActivation, match="sigmoid"):
        run_with_deadline(_unknown, (), 30)


def test_an_error_that_no_pipe_carries_comes_back_in_words(threads: None) -> None:
    with pytest.raises(RuntimeError, match="TypeError: cannot determine"):
        run_with_deadline(_undetermined, (), 30)


def test_exact_values_pass(threads: None) -> None:
    from symacts.facts import Root

    root = Root(sp.cos(sp.Symbol("t")) - sp.Symbol("t"), 0, 1)
    assert run_with_deadline(_same, (root,), 30) == root


def _add(a: int, b: int, send: Callable[[Any], None]) -> int:
    return a + b


def _same(a: Any, send: Callable[[Any], None]) -> Any:
    return a


def _undetermined(send: Callable[[Any], None]) -> Any:
    return bool(sp.Symbol("t") < 1)


def _unknown(send: Callable[[Any], None]) -> Any:
    return get("sigmoyd")


def test_a_hanging_call_is_ended(threads: None, worker_sees_tests: None) -> None:
    with pytest.raises(DeadlineExceeded) as caught:
        run_with_deadline(hang, (), 4.0)
    assert caught.value.messages == ["first", "second"]


def test_a_silent_call_is_ended(threads: None, worker_sees_tests: None) -> None:
    """A call that tells nothing at all is ended as well: nobody waits for its first message."""
    with pytest.raises(DeadlineExceeded) as caught:
        run_with_deadline(silent, (), 0.5)
    assert caught.value.messages == []


def test_a_limit_shorter_than_any_call(threads: None) -> None:
    with pytest.raises(DeadlineExceeded):
        run_with_deadline(_add, (2, 3), 1e-9)


@pytest.mark.parametrize("wrong", [0, -1, "1", float("inf"), float("nan"), True])
def test_a_wrong_limit_is_refused(wrong: object) -> None:
    with pytest.raises(ParameterError, match="timeout"):
        check_seconds(wrong)
