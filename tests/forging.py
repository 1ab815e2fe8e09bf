"""Certificates written by hand: the nodes that tests forge, and whether the checker refuses them."""

from __future__ import annotations

from typing import Any

import sympy as sp

from symacts.claims import Claim
from symacts.codec import encode as E
from symacts.proofs.check import FORMAT, CertificateError, check

x, y, a, t, z = sp.symbols("x y a t z", real=True)
ZERO, ONE, HALF = sp.S.Zero, sp.S.One, sp.S.Half
ALGEBRA, STRUCTURE, ABSURD, ENCLOSURE = ({"rule": r} for r in ("algebra", "structure", "absurd", "enclosure"))
VANISHES = sp.sin(t) ** 2 + sp.cos(t) ** 2 - 1
SAME = sp.sqrt(t) * sp.sqrt(t + VANISHES)
"""`t`, but only for t >= 0: an identity that holds where its sides are defined says nothing elsewhere."""


def step(rule: str, *steps: Any, **data: Any) -> dict[str, Any]:
    return {"rule": rule, **data, **({"steps": list(steps)} if steps else {})}


def defined(*steps: Any, **data: Any) -> dict[str, Any]:
    return step("defined", *steps, **data)


def limit_of(of: sp.Limit, value: sp.Expr, *terms: sp.Expr) -> dict[str, Any]:
    """A limit by its expansion, or as the sum of those of the terms."""
    how = {"how": {"law": "sum", "of": [E(f) for f in terms], "steps": [None] * len(terms)}} if terms else {}
    steps = [ALGEBRA] * (value.is_finite is not False)  # an infinite limit leaves nothing to show
    return step("limit", *steps, of=E(of), value=E(value), within=E(ONE), **how)


def by_law(law: str, f: sp.Expr, point: sp.Expr, value: sp.Expr, *premises: Any, **how: Any) -> tuple[Claim, Any]:
    """The claim that f has a limit at a point, from above, and a law for it."""
    of = sp.Limit(f, x, point, "+" if point.is_finite else "-")
    data = {"law": law} | {k: E(v) if isinstance(v, sp.Basic) else v for k, v in how.items()}
    return claim(of, "=", value, *premises), limit_of(of, value) | {"how": data}


def definite(of: sp.Integral, *pieces: Any) -> dict[str, Any]:
    rows = [{"F": E(f)} | ({"to": E(to)} if to is not None else {}) for f, to in pieces]
    return step("definite", ALGEBRA, of=E(of), pieces=rows)


def moments(of: sp.Integral, factor: sp.Expr, *terms: Any) -> dict[str, Any]:
    rows = [["moment", E(c), n, E(q), E(s), E(w), wave] for c, n, q, s, w, wave in terms]
    piece = {"kind": "table", "terms": rows}
    return step("integral", ALGEBRA, parts=[{"of": E(of), "factor": E(factor)}], pieces=[piece])


def ball(lo: Any, hi: Any, order: int = 0, prec: int = 64) -> dict[str, Any]:
    return {"kind": "ball", "lo": E(sp.sympify(lo)), "hi": E(sp.sympify(hi)), "order": order, "prec": prec}


def tail(side: int, big: Any, terms: int = 8, prec: int = 64, **more: Any) -> dict[str, Any]:
    return {"kind": "tail", "side": side, "M": E(sp.sympify(big)), "terms": terms, "prec": prec, **more}


def cover(*cells: Any, of: sp.Symbol = x) -> dict[str, Any]:
    return step("sign", variable=E(of), cells=list(cells))


def claim(lhs: Any, relation: str, rhs: Any, *premises: Any) -> Claim:
    return Claim((sp.sympify(lhs), sp.sympify(rhs)), (relation,), premises)


def combined(*steps: Any, of: Any, old: Any, value: Any, given: Any = ()) -> dict[str, Any]:
    return step("transform", *steps, forward=[[E(old), E(value)]], back=[[E(z), E(of)]], given=list(given))


def leibniz(f: Any, lo: Any, hi: Any, value: Any) -> tuple[Claim, Any]:
    of = sp.Derivative(sp.Integral(f, (z, lo, hi)), x)
    return claim(of, "=", value), step("leibniz", ALGEBRA, of=E(of))


def split(of: sp.Symbol) -> dict[str, Any]:
    return step("cases", STRUCTURE, ABSURD, STRUCTURE, on=E(of), parts=["<", "=", ">"])


def rejected(stated: Any, node: Any) -> bool:
    try:
        check({"format": FORMAT, "claim": stated.to_dict(), "proof": node}, stated)
    except CertificateError as error:
        return bool(error.path)
    return False
