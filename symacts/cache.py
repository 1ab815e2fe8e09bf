"""Reports on disk: what was derived once is read back, exact, and anything damaged is derived again.

An entry is JSON, keyed by a hash of the declaration, of the engine's own source and of the versions of what it is
built on; it is written to a temporary file and renamed. No pickle is ever read.

The folder is `SYMACTS_CACHE` where that is set ("off" for none), else `symacts` in the user's cache folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from symacts.codec import encode
from symacts.errors import SymactsError
from symacts.report import FORMAT, Report

__all__ = ["folder", "key", "load", "read", "save", "write"]


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


@lru_cache(maxsize=1)
def _engine() -> str:
    """What the answers depend on beside the question: the source as it stands on disk, and the libraries' versions."""
    root = Path(__file__).parent
    files = sorted((str(p.relative_to(root)), p.stat()) for p in root.rglob("*.py"))
    source = [(name, s.st_size, s.st_mtime_ns) for name, s in files]
    return repr((FORMAT, source, [version(p) for p in ("sympy", "python-flint", "mpmath")], sys.version_info[:2]))


def key(*question: Any) -> str:
    """The name of the entry for a question made of exact values."""
    text = json.dumps([encode(part) for part in question], sort_keys=True)
    return hashlib.sha256((_engine() + text).encode()).hexdigest()


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
        return Report.from_dict(entry["report"])
    except (ValueError, KeyError, TypeError, SymactsError):
        return None


def save(name: str, report: Report) -> None:
    """Store a report; a folder that cannot be written to is no error, only slower the next time."""
    if folder() is None:
        return
    data = report.to_dict()
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    write(f"{name}.json", json.dumps({"sha256": digest, "report": data}).encode())


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
