"""Finished code on disk: source and tables of a kernel, so that a second process neither derives nor measures again.

One `.npz` file per kernel (arrays and one JSON text, no pickle), in the folder of `symacts.cache`. The key is a
hash of the formulas, the options, the sources of these rooms and the versions of what they lean on; an entry that
cannot be read is derived anew.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import sympy as sp

import symacts
from symacts import cache
from symacts.kernels.code import Code, Far, Part
from symacts.kernels.pieces import COLUMNS, Table

__all__ = ["kept"]


ROOMS = ("kernels", "rewrite", "rigor", "symbolic")
"""What decides about a kernel: how it is written, and the branches, derivatives and true values it is built from."""


@lru_cache(maxsize=1)
def _salt() -> str:
    """What besides the formula decides about the code: our own sources, versions, the machine's kind."""
    here = Path(symacts.__file__).parent
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((here / room).rglob("*.py")):
            digest.update(path.read_bytes())
    machine = [sp.__version__, np.__version__, sys.platform, os.uname().machine if hasattr(os, "uname") else ""]
    return digest.hexdigest() + "/".join(machine)


def kept(tasks: tuple[tuple[sp.Expr, int], ...], options: tuple[object, ...], make: Callable[[], Code]) -> Code:
    """The code from disk, or made and stored."""
    key = hashlib.sha256(f"{_salt()}|{[(sp.srepr(f), k) for f, k in tasks]}|{options!r}".encode()).hexdigest()[:40]
    name = f"kernels/{key}.npz"
    found = _read(cache.read(name))
    if found is None:
        found = make()
        _write(name, found)
    return found


def _read(stored: bytes | None) -> Code | None:
    if stored is None:
        return None
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as data:
            head = json.loads(str(data["head"]))
            parts = []
            for k in range(int(head["parts"])):
                table = Table(np.array(data[f"edges{k}"], float), np.array(data[f"rows{k}"], float))
                if table.rows.shape != (len(table.edges), COLUMNS):
                    return None
                pairs = [tuple((float(a), float(b)) for a, b in data[f"{n}{k}"]) for n in ("good", "unmet", "wide")]
                far = tuple(Far(float(lo), float(hi), str(source)) for lo, hi, source in head["far"][k])
                parts.append(Part(pairs[0], table, pairs[1], far, pairs[2]))
            source, wide = head["source"], head["wide"]
            if head["sum"] != _sum(source + wide, parts):
                return None
            tables = tuple(np.array(data[f"table{k}"], float) for k in range(int(head["tables"])))
            return Code(head["target"], source, tuple(parts), head["inner"], int(head["slots"]), tables, wide)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _sum(source: str, parts: Sequence[Part]) -> str:
    """A hash of everything that is executed."""
    return hashlib.sha256("\0".join([source, *(f.source for part in parts for f in part.far)]).encode()).hexdigest()


def _write(name: str, code: Code) -> None:
    head = {
        "parts": len(code.parts),
        "target": code.target,
        "source": code.source,
        "far": [[(f.lo, f.hi, f.source) for f in part.far] for part in code.parts],
        "wide": code.wide,
        "sum": _sum(code.source + code.wide, code.parts),
        "inner": code.inner,
        "slots": code.slots,
        "tables": len(code.tables),
    }
    arrays: dict[str, object] = {"head": np.array(json.dumps(head))}
    arrays |= {f"table{k}": table for k, table in enumerate(code.tables)}
    for k, part in enumerate(code.parts):
        arrays[f"edges{k}"], arrays[f"rows{k}"] = part.table.edges, part.table.rows
        arrays[f"good{k}"] = np.array(part.good, float).reshape(-1, 2)
        arrays[f"unmet{k}"] = np.array(part.unmet, float).reshape(-1, 2)
        arrays[f"wide{k}"] = np.array(part.wide, float).reshape(-1, 2)
    stream = io.BytesIO()
    np.savez(stream, **arrays)  # type: ignore[arg-type]
    cache.write(name, stream.getvalue())
