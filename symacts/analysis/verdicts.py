"""Advantages and drawbacks: rows that read facts and say what they mean for training.

Each row states its hypotheses in code and names the facts it rests on; a row whose facts are unknown is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sympy as sp

from symacts.facts import Fact, Verdict
from symacts.rigor.oracle import BallOracle
from symacts.spec import x

__all__ = ["ROWS", "derive"]

Say = Callable[..., str | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A verdict: its kind, the facts it needs (passed as values in that order), and what it says (None: nothing)."""

    kind: Literal["advantage", "drawback"]
    needs: tuple[str, ...]
    say: Say


_SIDES = ("negative", "positive")


def _sides(kinds: tuple[str, str], wanted: str) -> list[str]:
    return [side for side, kind in zip(_SIDES, kinds, strict=True) if kind == wanted]


def _and(words: list[str]) -> str:
    return "both sides" if len(words) == 2 else f"the {words[0]} side"


def _vanishing_soft(saturation: tuple[str, str]) -> str | None:
    sides = _sides(saturation, "soft")
    return f"vanishing gradient: f' tends to 0 on {_and(sides)} (soft saturation)" if sides else None


def _vanishing_hard(saturation: tuple[str, str]) -> str | None:
    sides = _sides(saturation, "hard")
    return f"no gradient beyond a point on {_and(sides)} (hard saturation)" if sides else None


def _speed(saturation_rate: tuple[str | None, str | None]) -> str | None:
    left, right = saturation_rate
    if left is None and right is None:
        return None
    if left == right:
        return f"the gradient vanishes at {_article(left)} rate on both sides"
    parts = [
        f"{_article(rate)} rate on the {side} side" for side, rate in zip(_SIDES, saturation_rate, strict=True) if rate
    ]
    return f"the gradient vanishes at {' and at '.join(parts)}"


def _article(word: str | None) -> str:
    return f"an {word}" if word and word[0] in "ae" else f"a {word}"


def _open_side(saturation: tuple[str, str], limits: tuple[Any, Any]) -> str | None:
    sides = [
        side
        for side, kind, slope in zip(_SIDES, saturation, limits, strict=True)
        if kind == "none" and slope is not None and slope != 0
    ]
    if len(sides) == 2:
        return "saturates on neither side"
    return f"does not saturate on {_and(sides)}" if sides else None


def _zigzag(sign: str) -> str | None:
    kinds = {
        "positive": "positive",
        "nonnegative": "never negative",
        "negative": "negative",
        "nonpositive": "never positive",
    }
    if sign not in kinds:
        return None
    return (
        f"outputs are {kinds[sign]}: all weight gradients of a unit in the next layer share one sign, "
        "so gradient descent zig-zags"
    )


NOT_CENTERED = "not zero-centered: the mean output for standard normal input is not 0"


def _not_centered(zero_centered: bool, mean: sp.Expr | None) -> str | None:
    return NOT_CENTERED if not zero_centered and mean is not None else None


def _one_sided(zero_centered: bool, sign: str, domain: sp.Set) -> str | None:
    if zero_centered or sign == "mixed" or any(isinstance(gap, sp.Interval) for gap in _gaps(domain)):
        return None  # of both signs, or undefined with positive probability: there may be no mean at all
    return NOT_CENTERED


def _gaps(domain: sp.Set) -> tuple[sp.Basic, ...]:
    missing = sp.Complement(sp.S.Reals, domain, evaluate=True)
    return missing.args if isinstance(missing, sp.Union) else (missing,)


def _centered(zero_centered: bool) -> str | None:
    return "zero-centered: the mean output for standard normal input is 0" if zero_centered else None


def _dead(dead_region: sp.Set) -> str | None:
    if not _holds_points(dead_region):
        return None
    return f"dead units: no gradient passes on {_set(dead_region)}"


def _holds_points(region: sp.Set) -> bool:
    """Whether a set is not empty, whatever the parameters in it are."""
    if isinstance(region, sp.Union):
        return any(map(_holds_points, region.args))
    if isinstance(region, sp.Interval):
        return bool((region.end - region.start).is_extended_positive)
    return region is not sp.S.EmptySet


def _alive(dead_region: sp.Set, saturation: tuple[str, str]) -> str | None:
    if dead_region is not sp.S.EmptySet or "none" not in saturation:
        return None
    return "no dead region: the gradient vanishes on no interval"


def _set(s: sp.Set) -> str:
    if isinstance(s, sp.Interval):
        ends = ", ".join(str(e).replace("oo", "∞") for e in (s.start, s.end))
        return f"{'(' if s.left_open else '['}{ends}{')' if s.right_open else ']'}"
    if isinstance(s, sp.Union):
        return " and ".join(_set(a) for a in s.args)
    if isinstance(s, sp.ConditionSet) and isinstance(s.condition, sp.Contains):
        return f"all x with {s.condition.args[0]} in {_set(s.condition.args[1])}"
    return str(s)


def _places(rows: tuple[Any, ...]) -> str:
    """The first entries of rows: points, or families of points."""
    return ", ".join(_place(p) for p, *_ in rows)


def _place(p: Any) -> str:
    if p is sp.S.Integers:
        return "n for every integer n"
    return f"{p.lamda.expr} for every integer {p.lamda.variables[0]}" if isinstance(p, sp.ImageSet) else str(p)


def _bounded(bounded: tuple[bool, bool]) -> str | None:
    return "bounded outputs" if all(bounded) else None


def _suppresses_below(bounded: tuple[bool, bool], limits: tuple[Any, Any]) -> str | None:
    if bounded != (True, False) or limits[0] is None or limits[0].is_infinite:
        return None
    return "bounded below: large negative inputs are suppressed"


def _monotone(monotonicity: str, discontinuities: tuple[Any, ...], domain: sp.Set) -> str | None:
    if monotonicity != "none":
        return None
    # only a continuous function on an interval that is not monotone has to turn around
    if discontinuities or not isinstance(domain, sp.Interval):
        return "not monotone"
    return "not monotone: different inputs give equal outputs with opposite slopes"


def _kinks(kinks: tuple[Any, ...], discontinuities: tuple[Any, ...]) -> str | None:
    if discontinuities or not kinks:
        return None
    return f"not differentiable at x = {_places(kinks)}"


def _jumps(discontinuities: tuple[Any, ...]) -> str | None:
    if not discontinuities:
        return None
    return f"jumps at x = {_places(discontinuities)}"


def _smooth(smoothness: sp.Expr) -> str | None:
    return "infinitely differentiable" if smoothness is sp.oo else None


def _explodes(lipschitz: sp.Expr, discontinuities: tuple[Any, ...], domain: sp.Set) -> str | None:
    # across a jump, or a point that the domain misses, there may be no Lipschitz constant, whatever f' does
    if lipschitz is not sp.oo or discontinuities or not isinstance(domain, sp.Interval):
        return None
    return "exploding gradient: f' is unbounded"


def _contracts(lipschitz: sp.Expr) -> str | None:
    if lipschitz is sp.oo or not lipschitz.is_number or BallOracle().sign(lipschitz - 1) != -1:
        return None
    return f"every layer shrinks the gradient: |f'| <= {lipschitz} < 1"


def _linear(convexity: str) -> str | None:
    return "affine: a stack of layers collapses to one affine layer" if convexity == "affine" else None


def _transcendental(branches: tuple[Any, ...]) -> str | None:
    if any(_is_transcendental(e) for _, e in branches):
        return "costs a transcendental function per unit"
    return None


def _is_transcendental(branch: sp.Expr) -> bool:
    """Whether a function, or a power with a moving exponent, is applied to x (branches hold no Max, Abs or sign)."""
    return any(a.has(x) for a in branch.atoms(sp.Function)) or any(a.exp.has(x) for a in branch.atoms(sp.Pow))


def _cheap(branches: tuple[Any, ...]) -> str | None:
    if branches and all(e.is_polynomial(x) and sp.degree(e, x) <= 2 for _, e in branches if e != 0):
        return "cheap: comparisons and a few multiplications"
    return None


ROWS: tuple[Row, ...] = (
    Row("advantage", ("saturation", "derivative_limits"), _open_side),
    Row("advantage", ("zero_centered",), _centered),
    Row("advantage", ("dead_region", "saturation"), _alive),
    Row("advantage", ("bounded",), _bounded),
    Row("advantage", ("bounded", "limits"), _suppresses_below),
    Row("advantage", ("smoothness",), _smooth),
    Row("advantage", ("branches",), _cheap),
    Row("drawback", ("saturation",), _vanishing_soft),
    Row("drawback", ("saturation_rate",), _speed),
    Row("drawback", ("saturation",), _vanishing_hard),
    Row("drawback", ("zero_centered", "gaussian_mean"), _not_centered),
    Row("drawback", ("zero_centered", "sign", "domain"), _one_sided),
    Row("drawback", ("sign",), _zigzag),
    Row("drawback", ("dead_region",), _dead),
    Row("drawback", ("monotonicity", "discontinuities", "domain"), _monotone),
    Row("drawback", ("kinks", "discontinuities"), _kinks),
    Row("drawback", ("discontinuities",), _jumps),
    Row("drawback", ("lipschitz", "discontinuities", "domain"), _explodes),
    Row("drawback", ("lipschitz",), _contracts),
    Row("drawback", ("convexity",), _linear),
    Row("drawback", ("branches",), _transcendental),
)


def derive(facts: Mapping[str, Fact], branches: tuple[Any, ...]) -> tuple[Verdict, ...]:
    """The verdicts whose facts are known and whose hypotheses hold."""
    found: list[Verdict] = []
    for row in ROWS:
        if all(name == "branches" or (name in facts and facts[name].known) for name in row.needs):
            said = row.say(*(branches if name == "branches" else facts[name].value for name in row.needs))
            if said is not None and all(said != verdict.statement for verdict in found):
                found.append(Verdict(row.kind, said, row.needs))
    return tuple(found)
