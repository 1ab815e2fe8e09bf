"""Reports on disk: what was derived once is read back, exact, and anything damaged is derived again.

An entry is JSON, keyed by a hash of the declaration, of the engine's own source and of what it is built on; it is
written to a temporary file and renamed. No pickle is ever read. A question in plain text has a second, short entry that
names the first, so that a known answer is found before SymPy is loaded.

The folder is `SYMACTS_CACHE` where that is set ("off" for none), else `symacts` in the user's cache folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from symacts.errors import SymactsError
from symacts.report import FORMAT, Report

__all__ = ["folder", "key", "key_of_text", "load", "named", "read", "remember", "save", "write"]

_BUILT_ON = ("sympy", "flint", "mpmath")
"""The packages that answers depend on."""


def folder() -> Path | None:
    """Where entries are kept; None where caching is off."""
    chosen = os.environ.get("SYMACTS_CACHE")
    if chosen == "off":
        return None
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "symacts"


def _sources(folder: str) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of every source file below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _sources(entry.path)
            elif entry.name.endswith(".py"):
                found = entry.stat()
                yield entry.path, found.st_size, found.st_mtime_ns


def _installed(package: str) -> tuple[Any, ...]:
    """Where a package is installed, since when, and the records beside it, whose names hold its version."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return ()
    home = Path(spec.origin).parent
    records = sorted(p.name for p in home.parent.glob(f"*{package}-*-info"))
    return spec.origin, Path(spec.origin).stat().st_mtime_ns, records


@lru_cache(maxsize=1)
def _engine() -> str:
    """What the answers depend on beside the question: the source as it stands on disk, and the libraries installed."""
    source = sorted(_sources(str(Path(__file__).parent)))
    return repr((FORMAT, source, [_installed(p) for p in _BUILT_ON], sys.version_info[:2]))


def key(*question: Any) -> str:
    """The name of the entry for a question made of exact values."""
    from symacts.codec import encode  # deferred: it needs SymPy

    return key_of_text(json.dumps([encode(part) for part in question], sort_keys=True))


def key_of_text(question: str) -> str:
    """The name of the entry for a question in plain text."""
    return hashlib.sha256((_engine() + question).encode()).hexdigest()


def named(question: str) -> str | None:
    """The entry that answers a question in plain text, where `remember` was told so; it need not exist any more."""
    stored = read(f"{key_of_text(question)}.entry")
    name = "" if stored is None else stored.decode(errors="replace")
    return name if len(name) == 64 and name.isalnum() else None


def load(name: str) -> Report | None:
    """The report stored under that key; None where there is none that can be read whole."""
    stored = read(f"{name}.json")
    if stored is None:
        return None
    try:
        entry = json.loads(stored)
        body = json.dumps(entry["report"], sort_keys=True)
        if hashlib.sha256(body.encode()).hexdigest() != entry["sha256"]:
            return None
        return Report.stored(entry["report"])
    except (ValueError, KeyError, TypeError, RecursionError, SymactsError):
        return None


def save(name: str, report: Report) -> None:
    """Store a report; a folder that cannot be written to is no error, only slower the next time."""
    if folder() is None:
        return
    data = report.to_dict()
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    write(f"{name}.json", json.dumps({"sha256": digest, "report": data}).encode())


def remember(question: str, name: str) -> None:
    """Store which entry answers a question in plain text."""
    write(f"{key_of_text(question)}.entry", name.encode())


def read(name: str) -> bytes | None:
    """The bytes stored under a name; None where there are none or caching is off."""
    place = folder()
    if place is None:
        return None
    try:
        return (place / name).read_bytes()
    except OSError:
        return None


def write(name: str, data: bytes) -> None:
    """Store bytes under a name, whole or not at all; nothing where caching is off or the folder is read-only."""
    place = folder()
    if place is None:
        return
    target = place / name
    with contextlib.suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(temporary).replace(target)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
