"""Pictures of functions and their derivatives, with what the facts say marked in them; nothing is derived here.

>>> import sympy
>>> from symacts.report import Report
>>> from symacts.spec import x
>>> figure = draw([Curve(Report("square", "scalar", x**2, {}, (), {}), lambda t: t**2, lambda t: 2*t)], (-1, 1))
>>> [axes.get_ylabel() for axes in figure.axes]
['$f(x)$', "$f'(x)$"]
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from symacts.errors import ParameterError, UnsupportedExpression, shorten
from symacts.render.backends import to_latex, to_unicode
from symacts.render.layout import layout
from symacts.render.nodes import Node

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from symacts.report import Report

__all__ = ["EPS", "Curve", "Plot", "draw"]

EPS = 0.01
"""Below this size of f' a tail counts as saturated in the picture."""
HALF_WIDTH = 5.0
"""Half the interval that is drawn when nothing asks for more."""
FARTHEST = 30.0
"""No automatic interval reaches farther out."""
SAMPLES = 1601
ACROSS = 3
"""Columns of panels in one row."""

# Okabe and Ito (2008): colors that all kinds of color vision tell apart.
BLUE, VERMILION, GREEN, GRAY = "#0072B2", "#D55E00", "#009E73", "#555555"
SOFT, DEAD = "#F0E442", "#CC79A7"

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn of one activation: its report, and NumPy functions for f and f'."""

    report: Report
    f: Function
    df: Function


class Plot(Figure):
    """A Matplotlib figure that also shows itself in Jupyter, without `pyplot` and its global state."""

    def _repr_png_(self) -> bytes:
        out = io.BytesIO()
        self.savefig(out, format="png", dpi=100)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class Mark:
    """A kind of marked point: its fact, its symbol, its words in the legend."""

    fact: str
    symbol: str
    color: str
    words: str


MARKS = (
    Mark("zeros", "o", GRAY, "zero"),
    Mark("stationary_points", "s", GREEN, "stationary point"),
    Mark("inflection_points", "D", VERMILION, "inflection point"),
    Mark("kinks", "^", "black", "kink"),
)


def draw(curves: Iterable[Curve], interval: Sequence[float] | None = None, eps: float = EPS) -> Plot:
    """Function and derivative panels, one column for each curve.

    Dashed: asymptotes. Shaded: dead regions, and tails where `abs(f') < eps` on a side that saturates. Marked: zeros,
    stationary and inflection points, kinks, and at jumps the one-sided values (open) and the value (filled).

    Parameters
    ----------
    curves : iterable of Curve
        Of scalar activations.
    interval : (lo, hi), optional
        The x that are drawn; by default each curve gets one that shows its marked points and where it saturates.
    eps : float
        The size of f' below which a tail is shaded.

    Raises
    ------
    ParameterError
        No curves, or no interval.
    UnsupportedExpression
        A curve is of a gated or vector activation.
    """
    curves = tuple(curves)
    if not curves:
        raise ParameterError("plot: got nothing to draw, expected at least one activation")
    for curve in curves:
        if curve.report.kind != "scalar":
            raise UnsupportedExpression(
                f"{curve.report.name} is {curve.report.kind}; only scalar activations are drawn"
            )
    chosen = None if interval is None else check_interval(interval)
    across = min(len(curves), ACROSS)
    down = -(-len(curves) // across)
    figure = Plot(figsize=(1.2 + 3.6 * across, 0.9 + 4.1 * down), layout="constrained")
    keys: dict[str, Any] = {}
    groups = figure.subfigures(down, across, squeeze=False)
    for k, curve in enumerate(curves):
        group = groups[k // across, k % across]
        upper, lower = group.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        lo, hi = chosen or _interval(curve, eps)
        _panel(upper, lower, curve, lo, hi, eps, keys)
    figure.legend(
        handles=[keys[words] for words in sorted(keys, key=_place_in_legend)],
        labels=sorted(keys, key=_place_in_legend),
        loc="outside lower center",
        ncols=min(len(keys), 3 if across == 1 else 6),
        fontsize="small",
        frameon=False,
    )
    return figure


def _place_in_legend(words: str) -> tuple[bool, bool, str]:
    """The two curves first, then the regions and lines, then the marked points."""
    points = [mark.words for mark in MARKS]
    return not words.startswith("$f"), words in points, words


def check_interval(interval: Sequence[Any]) -> tuple[float, float]:
    """The ends as floats.

    Raises
    ------
    ParameterError
        Not two finite numbers in increasing order.
    """
    try:
        lo, hi = (float(end) for end in interval)
    except (TypeError, ValueError):
        raise ParameterError(f"interval: got {shorten(interval)}, expected (lo, hi) such as (-5, 5)") from None
    if not (math.isfinite(lo) and math.isfinite(hi) and lo < hi):
        raise ParameterError(f"interval: got {shorten(interval)}, expected finite numbers lo < hi")
    return lo, hi


# ---------------------------------------------------------------------------------------------- reading the facts


def _value(report: Report, name: str) -> Any:
    fact = report.facts.get(name)
    return fact.value if fact is not None and fact.known else None


def _number(value: Any) -> float:
    """A point's place in the picture; nan where the value is no real number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _points(report: Report, name: str) -> list[float]:
    """The places of a finite set of points, or of rows `(x, left, right)`."""
    value = _value(report, name)
    if isinstance(value, sp.FiniteSet):
        return sorted(v for v in map(_number, value) if math.isfinite(v))
    if isinstance(value, tuple):
        return sorted(v for v in (_number(row[0]) for row in value) if math.isfinite(v))
    return []


def _pieces(region: Any, lo: float, hi: float) -> list[tuple[float, float]]:
    """The intervals of a set inside the picture."""
    parts = region.args if isinstance(region, sp.Union) else (region,)
    found = []
    for part in parts:
        if isinstance(part, sp.Interval):
            left, right = max(lo, _number(part.start)), min(hi, _number(part.end))
            if left < right:
                found.append((left, right))
    return found


def _edges(region: Any) -> list[float]:
    """The finite ends of a set's intervals."""
    parts = region.args if isinstance(region, sp.Union) else (region,)
    ends = [_number(end) for part in parts if isinstance(part, sp.Interval) for end in (part.start, part.end)]
    return sorted({end for end in ends if math.isfinite(end)})


def _interval(curve: Curve, eps: float) -> tuple[float, float]:
    """An interval that shows the marked points and where the function saturates."""
    marked = [p for mark in MARKS for p in _points(curve.report, mark.fact) if abs(p) <= FARTHEST]
    marked += [p for p in _points(curve.report, "discontinuities") if abs(p) <= FARTHEST]
    lo, hi = (-HALF_WIDTH, HALF_WIDTH)
    if marked:
        lo, hi = min(lo, min(marked) - 2), max(hi, max(marked) + 2)
    kinds = _value(curve.report, "saturation") or ("none", "none")
    for side, kind in zip((-1, 1), kinds, strict=True):
        if kind == "soft":
            reached = _saturated_from(curve.df, side, eps)
            lo, hi = (min(lo, reached), hi) if side < 0 else (lo, max(hi, reached))
    domain = _value(curve.report, "domain")
    if isinstance(domain, sp.Interval):
        lo, hi = max(lo, _number(domain.start)), min(hi, _number(domain.end))
    return (lo, hi) if lo < hi else (-HALF_WIDTH, HALF_WIDTH)


def _saturated_from(df: Function, side: int, eps: float) -> float:
    """Somewhat beyond the last sampled point with `abs(f') >= eps`."""
    grid = side * np.linspace(0.0, FARTHEST, SAMPLES)
    steep = np.flatnonzero(~(np.abs(_sampled(df, grid)) < eps))
    last = float(abs(grid[steep[-1]])) if len(steep) else 0.0
    return side * min(1.35 * last + 1.0, FARTHEST)


def _sampled(function: Function, grid: np.ndarray) -> np.ndarray:
    values = np.array(function(grid), dtype=float)
    values[~np.isfinite(values)] = np.nan
    return values


# --------------------------------------------------------------------------------------------------------- drawing


def _panel(upper: Axes, lower: Axes, curve: Curve, lo: float, hi: float, eps: float, keys: dict[str, Any]) -> None:
    report = curve.report
    jumps = [p for p in _points(report, "discontinuities") if lo < p < hi]
    kinks = [p for p in _points(report, "kinks") if lo < p < hi]
    holes = [p for p in _edges(_value(report, "domain")) if lo < p < hi]
    grid = _grid(lo, hi, (*jumps, *kinks, *holes))
    values, slopes = _sampled(curve.f, grid), _sampled(curve.df, grid)
    values[np.isin(grid, [*jumps, *holes])] = np.nan
    slopes[np.isin(grid, [*jumps, *kinks, *holes])] = np.nan
    _shade(upper, lower, report, grid, slopes, eps, keys)
    for axes in (upper, lower):
        axes.axhline(0, color="black", linewidth=0.6, alpha=0.5)
        axes.axvline(0, color="black", linewidth=0.6, alpha=0.5)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.15)
    window = _window(values)
    _asymptotes(upper, report, lo, hi, keys)
    upper.plot(grid, values, color=BLUE, linewidth=2, zorder=3)
    lower.plot(grid, slopes, color=VERMILION, linewidth=2, zorder=3)
    keys.setdefault("$f$", Line2D([], [], color=BLUE, linewidth=2))
    keys.setdefault("$f'$", Line2D([], [], color=VERMILION, linewidth=2))
    _mark(upper, curve, lo, hi, window, keys)
    _open_ends(upper, _value(report, "discontinuities"), jumps, curve.f, BLUE, keys)
    _open_ends(lower, _value(report, "kinks"), kinks, None, VERMILION, keys)
    upper.set_xlim(lo, hi)
    upper.set_ylim(*window)
    lower.set_ylim(*_window(slopes))
    upper.set_ylabel("$f(x)$")
    lower.set_ylabel("$f'(x)$")
    lower.set_xlabel("$x$")
    upper.set_title(_title(report), fontsize="medium", pad=9)


def _grid(lo: float, hi: float, breaks: Sequence[float]) -> np.ndarray:
    """Evenly spaced points, with the breaks and their close neighbors, so that no line crosses a jump."""
    step = (hi - lo) * 1e-6
    extra = [p + s for p in breaks for s in (-step, 0.0, step) if lo <= p + s <= hi]
    return np.unique(np.concatenate([np.linspace(lo, hi, SAMPLES), np.array(extra)]))


def _window(values: np.ndarray) -> tuple[float, float]:
    """Limits that show all values, or most of them where a few (near a pole) would flatten the rest."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return -1.0, 1.0
    lo, hi = float(finite.min()), float(finite.max())
    low, high = (float(q) for q in np.quantile(finite, (0.04, 0.96)))
    if hi - lo > 6 * (high - low) > 0:
        lo, hi = low - (high - low), high + (high - low)
    margin = 0.08 * (hi - lo) or 0.5
    return lo - margin, hi + margin


def _shade(
    upper: Axes, lower: Axes, report: Report, grid: np.ndarray, slopes: np.ndarray, eps: float, keys: dict[str, Any]
) -> None:
    lo, hi = float(grid[0]), float(grid[-1])
    dead = _value(report, "dead_region")
    dead = [] if dead is None else _pieces(dead, lo, hi)
    for left, right in dead:
        for axes in (upper, lower):
            axes.axvspan(left, right, color=DEAD, alpha=0.22, linewidth=0, zorder=0)
        keys.setdefault("dead region ($f' = 0$)", Patch(color=DEAD, alpha=0.22))
    for left, right in _tails(report, grid, slopes, eps):
        for axes in (upper, lower):
            axes.axvspan(left, right, color=SOFT, alpha=0.28, linewidth=0, zorder=0)
        keys.setdefault(f"saturated ($|f'| < {eps:g}$)", Patch(color=SOFT, alpha=0.28))


def _tails(report: Report, grid: np.ndarray, slopes: np.ndarray, eps: float) -> list[tuple[float, float]]:
    """The end parts of the picture where the slope stays below eps, on sides that saturate softly."""
    kinds = _value(report, "saturation") or ("none", "none")
    steep = np.flatnonzero(~(np.abs(slopes) < eps) & ~np.isnan(slopes))
    if not len(steep):
        return [(float(grid[0]), float(grid[-1]))] if kinds == ("soft", "soft") else []
    found = []
    if kinds[0] == "soft" and steep[0] > 0:
        found.append((float(grid[0]), float(grid[steep[0] - 1])))
    if kinds[1] == "soft" and steep[-1] < len(grid) - 1:
        found.append((float(grid[steep[-1] + 1]), float(grid[-1])))
    return [(left, right) for left, right in found if left < right]


def _asymptotes(axes: Axes, report: Report, lo: float, hi: float, keys: dict[str, Any]) -> None:
    lines = _value(report, "asymptotes") or (None, None)
    middle = min(max(0.0, lo), hi)
    rows = [(lines[0], lo, middle), (lines[1], middle, hi)]
    if lines[0] is not None and lines[0] == lines[1]:
        rows = [(lines[0], lo, hi)]
    for line, left, right in rows:
        if line is None or left == right:
            continue
        slope, intercept = map(_number, line)
        ends = [left, right]
        axes.plot(ends, [slope * e + intercept for e in ends], color=GRAY, linestyle="--", linewidth=1.1, zorder=4)
        keys.setdefault("asymptote", Line2D([], [], color=GRAY, linestyle="--", linewidth=1.1))


def _mark(axes: Axes, curve: Curve, lo: float, hi: float, window: tuple[float, float], keys: dict[str, Any]) -> None:
    """Points that several facts share get the symbols on top of each other, the larger ones below."""
    for size, mark in zip((8.5, 7.0, 5.5, 7.0), MARKS, strict=True):
        places = np.array([p for p in _points(curve.report, mark.fact) if lo <= p <= hi])
        if not len(places):
            continue
        heights = _sampled(curve.f, places)
        inside = np.isfinite(heights) & (heights >= window[0]) & (heights <= window[1])
        style: dict[str, Any] = {"marker": mark.symbol, "color": mark.color, "markersize": size, "linestyle": "none"}
        style |= {"markerfacecolor": "white", "markeredgewidth": 1.4}
        axes.plot(places[inside], heights[inside], zorder=5, **style)
        keys.setdefault(mark.words, Line2D([], [], **style))


def _open_ends(axes: Axes, rows: Any, shown: list[float], f: Function | None, color: str, keys: dict[str, Any]) -> None:
    """Open circles at one-sided values, a filled one at the value itself."""
    for row in rows or ():
        place = _number(row[0])
        if place not in shown:
            continue
        ends = [v for v in map(_number, row[1:]) if math.isfinite(v)]
        axes.plot([place] * len(ends), ends, "o", color=color, markerfacecolor="white", markersize=5, zorder=6)
        key = Line2D([], [], marker="o", color=GRAY, markerfacecolor="white", markersize=5, linestyle="none")
        keys.setdefault("one-sided value at a jump", key)
        if f is not None:
            axes.plot([place], _sampled(f, np.array([place])), "o", color=color, markersize=5, zorder=7)


LONGEST_TITLE = 34
"""Characters of a formula that fit over a panel."""


def _title(report: Report) -> str:
    """The name and, where it fits, the formula."""
    formula = layout(report.expression)
    name = report.name.replace("$", r"\$")
    if len(to_unicode(formula)) > LONGEST_TITLE:
        return name
    return _typeset(formula) if report.name == "expression" else f"{name}\n{_typeset(formula)}"


def _typeset(node: Node) -> str:
    """Matplotlib's own mathematics where it can set the formula, else text."""
    from matplotlib.mathtext import MathTextParser

    # unlike TeX, this typesetter leaves no space before a function's name
    text = re.sub(r"(?<=[\w}]) (?=\\[a-z]+\(|\\operatorname)", r"\\,", to_latex(node)).replace(r"\frac", r"\dfrac")
    text = f"$f(x) = {text}$"
    try:
        MathTextParser("path").parse(text)
    except ValueError:
        return f"f(x) = {to_unicode(node)}".replace("$", r"\$")
    return text
