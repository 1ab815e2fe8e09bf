"""Time limits: a hanging call is ended, what it sent is kept, errors and results come through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sympy as sp

from symacts.budget import DeadlineExceeded, check_seconds, run_with_deadline
from symacts.errors import ParameterError, UnknownActivation
from symacts.registry import get


def hang(send: Callable[[Any], None]) -> None:
    send("first")
    send("second")
    while True:
        time.sleep(0.01)


@pytest.fixture(params=["one thread", "more threads"])
def threads(request: pytest.FixtureRequest) -> Iterator[str]:
    """The caller with and without a second thread: a fork, and the worker process."""
    if request.param == "one thread":
        if threading.active_count() > 1:
            pytest.skip("this process has more threads already")
        yield request.param
        return
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    yield request.param
    stop.set()
    other.join()


def test_a_result_comes_back(threads: str) -> None:
    assert run_with_deadline(_add, (2, 3), 30) == 5


def test_an_error_comes_back(threads: str) -> None:
    with pytest.raises(UnknownActivation, match="sigmoid"):
        run_with_deadline(_unknown, (), 30)


def test_exact_values_pass(threads: str) -> None:
    from symacts.facts import Root

    root = Root(sp.cos(sp.Symbol("t")) - sp.Symbol("t"), 0, 1)
    assert run_with_deadline(_same, (root,), 30) == root


def _add(a: int, b: int, send: Callable[[Any], None]) -> int:
    return a + b


def _same(a: Any, send: Callable[[Any], None]) -> Any:
    return a


def _unknown(send: Callable[[Any], None]) -> Any:
    return get("sigmoyd")


def test_a_hanging_call_is_ended() -> None:
    if threading.active_count() > 1:
        pytest.skip("this process has more threads already; the worker cannot import a test's function")
    with pytest.raises(DeadlineExceeded) as caught:
        run_with_deadline(hang, (), 1.0)
    assert caught.value.messages == ["first", "second"]


@pytest.mark.parametrize("wrong", [0, -1, "1", float("inf"), float("nan"), True])
def test_a_wrong_limit_is_refused(wrong: object) -> None:
    with pytest.raises(ParameterError, match="timeout"):
        check_seconds(wrong)
