"""Which form is accurate where: candidates measured against true values over the exponents of a section.

A section is a closed interval of floats, on one side of zero, where the function is one smooth expression. Every
candidate program is compared with true values at floats of all exponents, near the ends of the section and near the
function's zeros; the stretches between samples that stay within the bound are the candidate's regime. What no
candidate serves is left to piecewise polynomials (`kernels.pieces`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.rewrite.functions import FUNCTIONS
from symacts.rewrite.graph import COST, Graph, Rounded
from symacts.rewrite.halfline import Form, Unrewritable, half_line
from symacts.rewrite.lower import lower, words
from symacts.rewrite.reference import Dyadic, Reference, ulp_errors
from symacts.rigor.oracle import BallOracle

__all__ = [
    "CROWD",
    "FORMATS",
    "Arithmetic",
    "BoolArray",
    "Candidates",
    "FloatArray",
    "Format",
    "Section",
    "candidates",
    "choose",
    "computed",
    "errors_of",
    "interpret",
    "intersection",
    "log_size",
    "order_of_zero",
    "root_between",
    "share",
    "size",
    "stretches_within",
    "trimmed",
    "weight",
    "zeros",
]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Format:
    """A float format: its dtype, how far forms may be off in its ULP, its inputs' exponents, the format inside."""

    dtype: str
    bound: float
    lowest: int
    highest: int
    inner: str
    admitted: float
    worst: float

    @property
    def largest(self) -> float:
        """The largest float."""
        return float(np.finfo(self.dtype).max)

    @property
    def smallest(self) -> float:
        """The smallest positive float."""
        return float(np.finfo(self.dtype).smallest_subnormal)

    def between(self, lo: float, hi: float) -> tuple[float, float]:
        """The least and the greatest float of the format strictly between two of its floats."""
        a, b = (np.array(v, self.dtype) for v in (lo, hi))
        return float(np.nextafter(a, np.array(np.inf, self.dtype))), float(
            np.nextafter(b, np.array(-np.inf, self.dtype))
        )

    def least_from(self, value: float) -> float:
        """The least float of the format that is not below a value."""
        near = self.at(value)
        return near if near >= value else self.after(near)

    def after(self, x: float) -> float:
        """The first float of the format above x; x itself may have more digits."""
        near = np.array(x, self.dtype)
        return float(near if float(near) > x else np.nextafter(near, np.array(np.inf, self.dtype)))

    def at(self, value: float) -> float:
        """The float of the format next to a value."""
        with np.errstate(over="ignore"):
            return float(np.array(value, self.dtype))

    def is_gap(self, lo: float, hi: float) -> bool:
        """Whether no float of the format lies strictly between: the two are neighbors, or the same."""
        return self.after(lo) >= hi


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How a target computes: what each operation costs, in sums, and the functions that round as its own do."""

    costs: Mapping[str, float]
    functions: Mapping[str, Callable[..., Any]]


FORMATS = {
    "float64": Format("float64", 2.5, -1074, 1023, "float64", 2.8, 3.1),
    "float32 in float64": Format("float32", 0.003, -149, 127, "float64", 0.004, 0.005),
    "float32 through float64": Format("float32", 2.0, -149, 127, "float64", 2.3, 2.6),
    "float32": Format("float32", 2.5, -149, 127, "float32", 2.8, 3.1),
}
"""`bound` chooses between forms on sparse samples, `admitted` is what a compiled program may do on denser ones, `worst`
what it may do on thousands of them: over all inputs it may do up to 1.2 times that, and has to stay below 4 ULP; what
is rounded once may be off by 0.51. "Through" float64 is as good as float32: 2.6 ULP and the rounding make 3.1."""


@dataclass(frozen=True, slots=True)
class Section:
    """`expression` on the closed float interval [lo, hi], which does not cross zero."""

    lo: float
    hi: float
    expression: sp.Expr

    @property
    def side(self) -> int:
        """The half line: 1 or -1."""
        return 1 if self.hi > 0 else -1


def interpret(
    graph: Graph,
    outputs: Sequence[int],
    inputs: dict[str, FloatArray],
    dtype: npt.DTypeLike = np.float64,
    functions: Mapping[str, Callable[..., Any]] = FUNCTIONS,
) -> list[FloatArray]:
    """Run a program on arrays in a float format (the reference semantics of the targets)."""
    return [v.astype(np.float64) for v in computed(graph, outputs, inputs, dtype, functions)]


def computed(
    graph: Graph,
    outputs: Sequence[int],
    inputs: dict[str, FloatArray],
    dtype: npt.DTypeLike = np.float64,
    functions: Mapping[str, Callable[..., Any]] = FUNCTIONS,
) -> list[npt.NDArray[Any]]:
    """The same in the format itself: where it is wider than float64, with the rests of constants."""
    wide = np.finfo(dtype).nmant > np.finfo(np.float64).nmant
    values: dict[int, npt.NDArray[Any]] = {}
    shape = next(iter(inputs.values())).shape
    with np.errstate(all="ignore"):
        for k in graph.reachable(tuple(outputs)):
            step = graph.steps[k]
            if step.name == "var":
                values[k] = inputs[str(step.payload)].astype(dtype)
            elif step.name == "const":
                rest = step.payload.rest if wide and isinstance(step.payload, Rounded) else 0.0
                values[k] = np.full(shape, step.payload, dtype) + np.asarray(rest, dtype)
            elif step.name == "cell":
                values[k] = values[step.args[0]].view(np.int64) & int(step.payload or 0)
            elif step.name == "lookup":
                values[k] = graph.tables[str(step.payload)][values[step.args[0]]]
            elif step.name == "below":
                values[k] = values[step.args[0]] < float(step.payload or 0.0)
            elif step.name == "select":
                values[k] = np.where(*(values[j] for j in step.args))
            else:
                values[k] = functions[step.name](*(values[j] for j in step.args), out=np.empty(shape, dtype))
    return [values[k] for k in outputs]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The results of forms: in `a = |x|`, the same for arithmetic in pairs of words, and in `side*x` for both sides."""

    rounded: list[int]
    exact: list[int]
    signed: list[int]


def candidates(section: Section, x: sp.Symbol, graph: Graph, node: int, expanded: bool = False) -> Candidates:
    """The results of all forms of the section's expression, appended to one program.

    With `expanded` also those whose denominator is one sum, else those for pairs of words.

    The forms of the expression itself, and its asymptote plus the forms of what is left: where the remainder is small
    against the asymptote its own rounding errors hardly count.
    """
    kinds: tuple[list[int], ...] = [], [], []
    found = kinds[0]
    ways: list[dict[str, bool]] = [{}, {"plain": True}, {"conjugates": True}]
    if expanded:
        ways += [{**way, "expanded": True} for way in ways]
    for options in ways:
        lowered = _lowered(section.expression, section, x, graph, node, options, paired=not expanded)
        for results, result in zip(kinds, lowered, strict=True):
            if result is not None and result not in results:
                results.append(result)
    asymptote = BallOracle().asymptote(section.expression, x, section.side) if found else None
    if isinstance(asymptote, tuple) and any(c != 0 for c in asymptote):
        slope, intercept = asymptote
        remainder = sp.expand(section.expression - slope * x - intercept)
        rest = _lowered(remainder, section, x, graph, node, {})[0] if remainder != 0 else None
        if rest is not None:
            line = graph.constant(words(intercept, 1)[0])
            if slope != 0:
                signed = graph.mul(graph.constant(words(section.side * slope, 1)[0]), node)
                line = graph.add(signed, line)
            result = graph.add(line, rest)
            if result not in found:
                found.append(result)
    return Candidates(*kinds)


def _lowered(
    expression: sp.Expr,
    section: Section,
    x: sp.Symbol,
    graph: Graph,
    node: int,
    options: dict[str, bool],
    paired: bool = False,
) -> list[int | None]:
    found: list[int | None] = [None, None, None]
    signed = graph.variable("x") if section.side > 0 else graph.neg(graph.variable("x"))
    with suppress(
        Unrewritable, UnsupportedExpression, sp.PolynomialError, ValueError, TypeError, KeyError, RecursionError
    ):
        form: Form = half_line(expression, x, section.side, **options)
        ways = ((node, False), (node, True), (signed, True)) if paired else ((node, False),)
        for k, (a, exact) in enumerate(ways):
            found[k] = lower(form, graph, {"a": a}, exact)
    return found


def choose(
    section: Section,
    found: Sequence[int],
    graph: Graph,
    points: FloatArray,
    truth: Sequence[Dyadic | None],
    form: Format,
    arithmetic: Arithmetic = Arithmetic(COST, FUNCTIONS),
) -> int | None:
    """The program worth most: by the inputs that it serves well, weighed as layers see them, then by its cost."""
    best: tuple[float, int] | None = None
    for result in found:
        (y,) = interpret(graph, [result], {"x": points}, form.inner, arithmetic.functions)
        good = stretches_within(points, errors_of(y, truth, form), form.bound)
        missing = 1.0 - sum(weight(a, b) for a, b in good) / max(weight(section.lo, section.hi), 1e-9)
        score = missing * MISSING + graph.cost((result,), arithmetic.costs)
        if good and (best is None or score < best[0]):
            best = score, result
    return None if best is None else best[1]


MISSING = 2000.0
"""What it costs, in sums, to leave an input to a table; divided by the share of inputs that a table serves anyway."""


def errors_of(y: FloatArray, truth: Sequence[Dyadic | None], form: Format) -> FloatArray:
    """Errors in ULP; infinite where there is no truth to compare with."""
    errors = ulp_errors(y, truth, form.dtype)
    errors[[t is None for t in truth]] = np.inf
    return errors


WINDOW = 9
"""Neighbors on each side that must be good too: rounding errors are noisy, their envelope is not."""

SHORTEST = 1.4
"""Ratio of the ends of a stretch below which it is not worth its comparisons."""


CROWD = 60
"""Neighbors on each side where samples are dense: about an eighth of a binade."""


def stretches_within(
    points: FloatArray, errors: FloatArray, bound: float, window: int = WINDOW, shortest: float = SHORTEST
) -> list[tuple[float, float]]:
    """Closed intervals between samples whose errors, and those of their neighbors, stay within the bound.

    Those whose ends have a smaller ratio than the shortest are left out.
    """
    padded = np.concatenate([np.repeat(errors[:1], window), errors, np.repeat(errors[-1:], window)])
    worst = np.lib.stride_tricks.sliding_window_view(padded, 2 * window + 1).max(axis=1)
    runs = []
    start = None
    for k, good in enumerate([*(worst <= bound).tolist(), False]):
        if good and start is None:
            start = k
        elif not good and start is not None:
            a, b = float(points[start]), float(points[k - 1])
            if max(abs(a), abs(b)) >= shortest * min(abs(a), abs(b)):
                runs.append((a, b))
            start = None
    return runs


def intersection(a: Sequence[tuple[float, float]], b: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """What two sorted lists of closed intervals share."""
    shared = [(max(p, r), min(q, s)) for p, q in a for r, s in b]
    return [(lo, hi) for lo, hi in shared if lo < hi]


MARGIN = 1.0 / 32
"""Share of a stretch's end, beside it, that is looked at closely: there errors are about to become too large."""
ENDS = 600
"""Random inputs in it."""


def trimmed(
    lo: float, hi: float, fixed: tuple[bool, bool], form: Format, measured: Callable[[FloatArray], FloatArray]
) -> tuple[float, float]:
    """A stretch without what is next to its ends and over the bound; `fixed` ends stay where they are."""
    rng = np.random.default_rng(ENDS)
    for _ in range(6):
        before = lo, hi
        for k in (0, 1):
            width = min(abs((lo, hi)[k]) * MARGIN, hi - lo)
            if fixed[k] or not 0.0 < width < np.inf:
                continue
            shares = width * rng.uniform(0.0, 1.0, ENDS)
            drawn = (hi - shares if k else lo + shares).astype(form.dtype).astype(np.float64)
            drawn = np.unique(drawn[(drawn >= lo) & (drawn <= hi)])
            bad = drawn[measured(drawn) > form.worst]
            if len(bad):
                lo, hi = (lo, form.between(lo, bad[0])[1]) if k else (form.after(bad[-1]), hi)
        if (lo, hi) == before or lo >= hi:
            break
    return lo, hi


def weight(lo: float, hi: float) -> float:
    """The share of inputs in [lo, hi] when pre-activations spread over a few units: the Cauchy law of scale 2."""
    return float(np.arctan(hi / 2.0) - np.arctan(lo / 2.0)) / np.pi


def share(lo: float, hi: float) -> float:
    """The share of inputs in [lo, hi] under the normal law of scale 2: common ones, where `weight` minds far ones."""
    return (math.erf(hi / 8.0**0.5) - math.erf(lo / 8.0**0.5)) / 2 if lo < hi else 0.0


def zeros(
    reference: Reference, derivative: Reference, points: FloatArray, truth: Sequence[tuple[int, int] | None]
) -> tuple[list[tuple[Fraction, int]], list[Fraction]]:
    """Zeros of a function between samples, to 2**-220, each with its order: by sign changes of f, then of f'.

    And the places where it comes near zero between two samples, as terms that nearly cancel do.
    """
    found: list[tuple[Fraction, int]] = []
    dips: list[Fraction] = []
    values = points.tolist()
    logs = np.array([log_size(v) for v in truth])
    for k in np.argsort(np.abs(points), kind="stable").tolist():  # the zeros nearest to the origin come first
        t = truth[k]
        if t is not None and t[0] == 0 and abs(values[k]) < 1e6 and _is_isolated(truth, k):
            found.append((Fraction(values[k]), 0))
        if not k or abs(values[k]) > 1e6:
            continue
        s = truth[k - 1]
        if s is None or t is None or not s[0] or not t[0]:
            continue
        if (s[0] > 0) != (t[0] > 0):
            root = root_between(reference, Fraction(values[k - 1]), Fraction(values[k]))
            if root is not None:
                found.append((root, 0))
        elif 1 < k < len(values) - 1 and logs[k] <= min(logs[k - 1], logs[k + 1]) + 1e-12 and _dips(truth, k):
            root = root_between(derivative, Fraction(values[k - 1]), Fraction(values[k + 1]))
            v = None if root is None else reference.value(root)
            if root is not None and (v is None or v[0] == 0 or size(v) < size(t) - 150):
                found.append((root, 0))
            elif root is not None and v is not None and len(dips) < MOST_DIPS:
                dips += [root] if size(v) < min(size(truth[j] or v) for j in (k - 1, k + 1)) else []
        if len(found) > 60:
            break
    ordered = []
    for place, _ in found:
        root = _snapped(place)
        order = order_of_zero(reference, root)
        if order:
            ordered.append((root, order))
    return ordered, dips


MOST_DIPS = 12
"""Places near zero of one section that are kept."""


def _snapped(root: Fraction) -> Fraction:
    """The float itself where a root found to 2**-220 is one: then the function is exactly zero at that float."""
    near = Fraction(float(root))
    return near if abs(root - near) < max(abs(root), Fraction(1)) / 2**150 else root


def _is_isolated(truth: Sequence[tuple[int, int] | None], k: int) -> bool:
    neighbors = [truth[j] for j in (k - 1, k + 1) if 0 <= j < len(truth)]
    return all(v is not None and size(v) > -900 for v in neighbors)


def log_size(v: tuple[int, int] | None) -> float:
    """log2 |v| to about 15 digits."""
    if v is None or not v[0]:
        return -np.inf
    extra = max(abs(v[0]).bit_length() - 60, 0)
    return math.log2(abs(v[0]) >> extra) + extra + v[1]


def size(v: tuple[int, int]) -> int:
    return abs(v[0]).bit_length() + v[1] if v[0] else -(10**6)


def _dips(truth: Sequence[tuple[int, int] | None], k: int) -> bool:
    trio = [truth[j] for j in (k - 1, k, k + 1)]
    if any(v is None for v in trio):
        return False
    left, middle, right = (abs(Fraction(v[0])) * Fraction(2) ** v[1] for v in trio if v is not None)
    return middle < left and middle <= right and 2 * middle < left + right


def root_between(reference: Reference, lo: Fraction, hi: Fraction) -> Fraction | None:
    """A zero by true values: secants whose idle end counts half each time, bisection where they do not close in.

    References: M. Dowell, P. Jarratt (1971), *A modified regula falsi method* (the Illinois rule).
    """
    first, last = reference.value(lo), reference.value(hi)
    if first is None or last is None or not first[0] or not last[0] or (first[0] > 0) == (last[0] > 0):
        return None
    below, above = _exact(first), _exact(last)
    moved, halve, before = 0, False, hi - lo
    for k in range(1400):
        width = hi - lo
        if width * 2**220 < max(abs(lo), abs(hi), Fraction(1, 2**40)):
            break
        if k and k % SECANTS == 0:
            halve, before = width * 2**SECANTS > before, width
        share = 0.5 if halve else float(below / (below - above))
        middle = _rounded_between(lo, hi, share if 0.0 < share < 1.0 else 0.5)
        v = reference.value(middle)
        if v is None:
            return None
        if v[0] == 0:
            return middle
        if (v[0] > 0) == (first[0] > 0):
            lo, below, above = middle, _exact(v), above / (2 if moved < 0 else 1)
            moved = -1
        else:
            hi, above, below = middle, _exact(v), below / (2 if moved > 0 else 1)
            moved = 1
    return (lo + hi) / 2


SECANTS = 4
"""Secants after which the interval must have shrunk as by halving, else as many halvings follow."""


def _exact(v: Dyadic) -> Fraction:
    return Fraction(v[0]) * Fraction(2) ** v[1]


def _rounded_between(lo: Fraction, hi: Fraction, share: float) -> Fraction:
    """lo + share*(hi - lo), on a binary grid fine enough to stay inside the interval."""
    step = (hi - lo) * Fraction(min(share, 1.0 - share))
    grid = Fraction(2) ** (step.numerator.bit_length() - step.denominator.bit_length() - 20)
    return min(max(round((lo + (hi - lo) * Fraction(share)) / grid) * grid, lo), hi)


def order_of_zero(reference: Reference, root: Fraction) -> int:
    """m with F ~ c*(x - root)**m, from values at two small distances on a side where F is defined; 0 where unclear."""
    scale = max(abs(root), Fraction(1))
    for side in (1, -1):
        v = [reference.value(root + side * scale / 2**k) for k in (60, 66)]
        if v[0] is None or v[1] is None or not v[0][0] or not v[1][0]:
            continue
        a, b = (abs(Fraction(t[0])) * Fraction(2) ** t[1] for t in (v[0], v[1]))
        ratio = np.log2(float(a / b)) / 6.0
        order = round(ratio)
        if abs(ratio - order) < 1e-6 and -6 <= order <= 12:
            return int(order)
        return 0
    return 0
