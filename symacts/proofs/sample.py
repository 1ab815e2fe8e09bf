"""Points that meet the hypotheses: where a statement is tried, simple ones first.

>>> import sympy as sp
>>> from symacts.proofs.checker.entail import Given
>>> x = sp.Symbol("x", real=True)
>>> [v[x] for v in points(Given([(x - 2, ">=")]), [x], [], 3)]
[2, 3, 21/10]
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import product

import sympy as sp

from symacts.errors import SymactsError
from symacts.proofs.checker.analytic import span
from symacts.proofs.checker.enclosures import require_rounded
from symacts.proofs.checker.entail import Given, Undecided
from symacts.rigor.points import compile_points

__all__ = ["EXPECTED", "FAR", "FARTHER", "SEED", "SIMPLE", "WIDE", "meets", "points"]

SEED = 20240229
_SIMPLE_TEXT = "1 -1 0 1/2 -1/2 2 -2 3 -3 1/10 -1/10 3/2 -3/2 5 -5 1/3 -1/3 7/10 10 -10"
SIMPLE = [sp.Rational(s) for s in _SIMPLE_TEXT.split()]
_IRRATIONAL = [sp.pi / 2, -sp.pi / 2, sp.pi, sp.pi / 4, sp.log(2), -sp.log(2), 1 / sp.sqrt(2), sp.sqrt(2)]
_WIDE_TEXT = "4 -4 1/100 -1/100 20 -20 6 -6 8 -8 15 -15 50 -50 1/1000 -1/1000 100 -100"
WIDE = [sp.Rational(s) for s in _WIDE_TEXT.split()]
FAR = [sp.Rational(100001, 10), -sp.Rational(100001, 10)]
FARTHER = [sp.Rational(10**9 + 1, 10), -sp.Rational(10**9 + 1, 10)]
"""Far out, where bounds are approached slowly; no integers, of which powers would be written out."""
_TURNS = [k * sp.pi / 4 for k in (2, -2, -1, 3, 4, 1, -3)]
_QUARTERS = [sp.pi / 2, sp.S.Zero, sp.pi]
MOST_TURNS = 9
_SMALL = sp.Rational(1, 10**6)
_TIGHT = [sp.S.Zero, sp.Rational(1, 10**7), sp.Rational(1, 1000)]
"""How far from equality hypotheses are taken."""
_DIAGONAL = [sp.Integer(v) for v in (0, 2, -2, 1, -1, 4, -4)]
_STEPS = [sp.S.Zero, sp.Rational(1, 1000), sp.S.One, -sp.Rational(1, 100), sp.Integer(-5)]
EXPECTED = (SymactsError, Undecided, TypeError, ValueError, ArithmeticError, AttributeError, KeyError, RecursionError)


def _grid(rng: random.Random) -> Iterator[sp.Rational]:
    yield from SIMPLE
    yield from WIDE
    while True:
        scale = rng.choice([1, 1, 1, 4, 4, 10, 40])
        yield sp.Rational(rng.randint(-1000 * scale, 1000 * scale), 1000)


def points(
    given: Given,
    symbols: list[sp.Symbol],
    borders: list[sp.Expr],
    count: int,
    far: Sequence[sp.Expr] = (),
    waves: Sequence[sp.Expr] = (),
) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """Assignments that meet the hypotheses: small numbers, ends of intervals, sides of borders, then random ones."""
    if not symbols:
        yield {}
        return
    found = _determined(given, symbols)
    if found:
        symbols = [s for s in symbols if s not in found]
        for values in _all_equal(given, [*symbols, *found]):
            if meets(given, values):
                yield values
        rest = Given(c for c in given.conditions if not c[0].free_symbols & set(found))
        for values in points(rest, symbols, borders, count, far, waves) if symbols else [{}]:
            for s, e in found.items():
                values[s] = sp.expand(e.xreplace(values))
            if meets(given, values):
                yield values
        return
    rng = random.Random(SEED)
    special: dict[sp.Symbol, list[sp.Expr]] = {s: _ends(given, s) for s in symbols}
    for border in borders:
        for s in border.free_symbols & set(symbols):
            special[s] += _near(border, s)
    produced, tried = 0, 0
    seen: set[tuple[sp.Expr, ...]] = set()
    grids = {s: _grid(random.Random(SEED + k)) for k, s in enumerate(symbols)}
    queue: list[dict[sp.Symbol, sp.Expr]] = []
    if len(symbols) == 1:
        (s,) = symbols
        queue = [{s: v} for v in (*SIMPLE[:6], *special[s], *SIMPLE[6:], *_IRRATIONAL, *WIDE, *far)]
    else:
        for shift in range(4):
            queue.append({s: SIMPLE[(k * 5 + shift) % 8] for k, s in enumerate(symbols)})
        for step in _STEPS:  # on the diagonal, beside it, far from it
            queue += [{s: v + k * step for k, s in enumerate(symbols)} for v in _DIAGONAL]
        for s in symbols:
            queue += [{t: v if t is s else SIMPLE[0] for t in symbols} for v in (*far, *_IRRATIONAL)]
            queue += [{t: v if t is s else _SMALL for t in symbols} for v in (SIMPLE[0], *far)]
        queue += _at_equality(given, symbols)
    turns = _at_turns(waves, symbols)
    queue = [*queue[:MOST_TURNS], *turns[:MOST_TURNS], *queue[MOST_TURNS:], *turns[MOST_TURNS:]]
    while produced < count and tried < 40 * count + 100:
        tried += 1
        if queue:
            values = queue.pop(0)
        else:
            values = {}
            for s in symbols:
                if special[s] and rng.random() < 0.25:
                    values[s] = rng.choice(special[s])
                elif rng.random() < 0.4:
                    values[s] = rng.choice(SIMPLE)
                else:
                    values[s] = next(grids[s])
            values = _inside(given, values, rng)
        key = tuple(values[s] for s in symbols)
        if key in seen or not meets(given, values):
            continue
        seen.add(key)
        produced += 1
        yield values


def _determined(given: Given, symbols: list[sp.Symbol]) -> dict[sp.Symbol, sp.Expr]:
    """Symbols that equations of the hypotheses give by the others, the last ones first."""
    found: dict[sp.Symbol, sp.Expr] = {}
    for e, op in given.conditions:
        for s in sorted(e.free_symbols & set(symbols), key=str, reverse=True) if op == "=" else ():
            slope = sp.diff(e, s)
            if s in slope.free_symbols or slope == 0 or s in found or set(found) & e.free_symbols:
                continue
            value = sp.expand(s - e / slope)
            if s not in value.free_symbols and not any(s in v.free_symbols for v in found.values()):
                found[s] = value
                break
    return found


def _all_equal(given: Given, symbols: list[sp.Symbol]) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """All variables equal, where an equation of the hypotheses says to what."""
    t = sp.Dummy(real=True)
    for e, op in given.conditions:
        along = sp.expand(e.xreplace(dict.fromkeys(symbols, t)))
        slope = sp.diff(along, t)
        if op == "=" and slope.is_number and slope != 0:
            yield dict.fromkeys(symbols, sp.expand(t - along / slope))


def _at_turns(waves: Sequence[sp.Expr], symbols: list[sp.Symbol]) -> list[dict[sp.Symbol, sp.Expr]]:
    """Points at which the argument of a sine is a multiple of a quarter turn, or halfway between two."""
    out: list[dict[sp.Symbol, sp.Expr]] = []
    if waves and 1 < len(symbols) < 4:
        out += [dict(zip(symbols, angles, strict=True)) for angles in product(_QUARTERS, repeat=len(symbols))]
    for u in waves:
        for s in symbols:
            slope = sp.diff(u, s)
            if slope == 0:
                continue
            if s in slope.free_symbols:
                angles = (*_TURNS, 3 * sp.pi / 2, 2 * sp.pi)
                places = [_solved(u, s, angle) for angle in angles] if symbols == [s] else []
                out += [{s: v} for v in places if v is not None and v.is_real]
                continue
            others = dict.fromkeys((t for t in symbols if t is not s), sp.S.One)
            at = sp.sympify((s - u / slope).xreplace(others)), sp.sympify(slope.xreplace(others))
            if at[1].is_number and at[1] != 0:
                out += [{**others, s: sp.expand(at[0] + angle / at[1])} for angle in _TURNS]
    return [values for values in out if all(v.is_finite for v in values.values())]


def _solved(u: sp.Expr, s: sp.Symbol, value: sp.Expr) -> sp.Expr | None:
    """Where a chain of multiples, powers, exponentials and logarithms has a value: `1/s**2 + 1` for example."""
    while u != s:
        if u.is_Add or u.is_Mul:
            c, rest = u.as_independent(s, as_Add=u.is_Add)
            value = value - c if u.is_Add else value / c
        elif u.is_Pow and u.exp.is_Rational:
            rest, value = u.base, value ** (1 / u.exp)
        elif isinstance(u, (sp.exp, sp.log)):
            rest, value = u.args[0], sp.log(value) if isinstance(u, sp.exp) else sp.exp(value)
        else:
            return None
        if rest == u or value.has(sp.zoo, sp.nan):
            return None
        u = rest
    return value


def _at_equality(given: Given, symbols: list[sp.Symbol]) -> list[dict[sp.Symbol, sp.Expr]]:
    """Points at which one hypothesis holds with equality, or nearly so."""
    out = []
    for e, _ in given.conditions:
        for s in sorted(e.free_symbols & set(symbols), key=str):
            slope = sp.diff(e, s)
            if len(e.free_symbols) < 2 or not slope.is_Rational or slope == 0:
                continue
            for shift in range(2):
                others = {t: SIMPLE[(k * 5 + shift) % 8] for k, t in enumerate(symbols) if t is not s}
                values = [sp.expand(s - (e - gap) / slope).xreplace(others) for gap in _TIGHT]
                out += [{**others, s: v} for v in values if v.is_Rational]
    return out


def _ends(given: Given, s: sp.Symbol) -> list[sp.Expr]:
    """Ends of the symbol's own interval, the middle, and points just inside."""
    whole = span(given, s)
    out: list[sp.Expr] = []
    lo, hi = whole.lo, whole.hi
    if lo.is_Rational and hi.is_Rational:
        width = hi - lo
        out += [lo, hi, (lo + hi) / 2, lo + width / 5, hi - width / 5, lo + width / 100, hi - width / 100]
    elif lo.is_Rational:
        out += [lo, lo + 1, lo + sp.Rational(1, 10), lo + sp.Rational(1, 100), lo + 3, lo + 10]
    elif hi.is_Rational:
        out += [hi, hi - 1, hi - sp.Rational(1, 10), hi - sp.Rational(1, 100), hi - 3, hi - 10]
    return out


def _inside(given: Given, values: dict[sp.Symbol, sp.Expr], rng: random.Random) -> dict[sp.Symbol, sp.Expr]:
    """Move coordinates with a bounded interval of their own into it."""
    for s, v in values.items():
        whole = span(given, s)
        if whole.lo.is_Rational and whole.hi.is_Rational and not whole.lo <= v <= whole.hi:
            values[s] = whole.lo + (whole.hi - whole.lo) * sp.Rational(rng.randint(1, 99), 100)
        elif (whole.lo.is_Rational and v < whole.lo) or (whole.hi.is_Rational and v > whole.hi):
            values[s] = (whole.lo + abs(v)) if whole.lo.is_Rational else (whole.hi - abs(v))
    return values


def _near(border: sp.Expr, s: sp.Symbol) -> list[sp.Expr]:
    slope = sp.diff(border, s)
    if not slope.is_Rational or not slope:
        return []
    at = sp.expand(s - border / slope)
    if not at.is_Rational:
        return []
    step = sp.Rational(1, 100)
    return [at, at + step, at - step, at + sp.Rational(1, 4), at - sp.Rational(1, 4)]


def meets(given: Given, values: dict[sp.Symbol, sp.Expr]) -> bool:
    """Whether the assignment meets every hypothesis, proved."""
    if not given.conditions:
        return True
    known = _met_by_balls(given, values)
    if known is not None:
        return known
    nothing = Given()
    try:
        for e, _ in given.conditions:
            require_rounded(e, values)
        return all(nothing.holds(nothing.resolve(e.xreplace(values)), op) for e, op in given.conditions)
    except EXPECTED:
        return False


def _met_by_balls(given: Given, values: dict[sp.Symbol, sp.Expr]) -> bool | None:
    """The same at a rational point where balls decide every hypothesis, or refute one; else None."""
    try:
        f = compile_points(tuple(e for e, _ in given.conditions))
        if not all(v.is_Rational for v in values.values()):
            return None
        found = f.at(values)
    except EXPECTED:
        return None
    met: bool | None = True
    for v, (_, op) in zip(found, given.conditions, strict=True):
        if not v.is_finite():
            met = None
        elif {">": v <= 0, ">=": v < 0, "=": v != 0, "!=": v == 0}[op]:
            return False
        elif not {">": v > 0, ">=": v >= 0, "=": v == 0, "!=": v != 0}[op]:
            met = None
    return met
