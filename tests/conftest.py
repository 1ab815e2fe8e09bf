"""Options and fixtures that all tests share."""

from __future__ import annotations

import os
import random
import zlib

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run every law over everything, not over a sample")
    parser.addoption("--seed", type=int, default=20261122, help="the seed of every sample")


def pytest_report_header(config: pytest.Config) -> str:
    return f"symacts seed: {config.getoption('--seed')} (set with --seed); full: {config.getoption('--full')}"


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether laws run over everything."""
    return bool(request.config.getoption("--full"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run."""
    return int(request.config.getoption("--seed"))


@pytest.fixture
def rng(request: pytest.FixtureRequest, seed: int) -> random.Random:
    """A generator that depends on the seed and the test's name alone."""
    return random.Random(seed ^ zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tests have a cache folder of their own, one for all processes: none builds what another has built."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    folder.mkdir(exist_ok=True)
    os.environ["SYMACTS_CACHE"] = str(folder)


HEAVY = ("test_kernel_laws",)
"""Modules of laws that take longer than the default run may: they run with --full."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--full"):
        for item in items:
            if any(name in item.nodeid for name in HEAVY):
                item.add_marker(pytest.mark.skip(reason="builds the kernels of many functions: runs with --full"))
