"""Certificates of accuracy: the worst error of a kernel against ball arithmetic over adversarial points.

>>> from symacts.kernels import kernel
>>> from symacts.kernels.certify import certify
>>> certificate = certify(kernel("log(1 + exp(x))", backend="numpy"), points=400)
>>> certificate.worst < 4, certificate.points > 400
(True, True)
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.kernels.callable import Kernel
from symacts.rewrite.reference import Reference, to_float, ulp_errors
from symacts.rewrite.regimes import FORMATS
from symacts.rewrite.samples import samples
from symacts.rigor.oracle import BallOracle
from symacts.spec import x as variable
from symacts.symbolic.branches import Branch, split

__all__ = ["Certificate", "adversarial", "bound_of", "certify", "dead_zone", "exhaustive", "inside"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """The worst errors seen, in ULP of the true value, one per output, each with the input where it happens.

    Attributes
    ----------
    worst : float
        The largest of `errors`.
    errors, inputs : tuple of float
        Per output: the worst error, and the input.
    points : int
        How many inputs were compared.
    rule : str
        Which inputs: "adversarial" or "all".
    seed : int
        Of the random ones among them.
    """

    worst: float
    errors: tuple[float, ...]
    inputs: tuple[float, ...]
    points: int
    rule: str
    seed: int

    def to_json(self) -> str:
        """The certificate as JSON text."""
        return json.dumps(asdict(self))


def bound_of(kernel: Kernel) -> float:
    """The promised worst error in ULP."""
    return TIGHT if kernel.dtype == np.float32 and kernel.accuracy == "tight" else FAST


FAST, TIGHT = 4.0, 0.51
"""What `accuracy="fast"` and float64 promise, and what "tight" promises for float32, in ULP."""


def adversarial(kernel: Kernel, branches: tuple[Branch, ...], count: int, seed: int) -> npt.NDArray[np.float64]:
    """All exponents and subnormals, the neighborhoods of branch ends and of the table's borders, and random inputs."""
    rng = np.random.default_rng(seed)
    form = FORMATS[kernel.dtype.name]
    near = [float(e.evalf(30)) for b in branches for e in (b.lo, b.hi) if e.is_finite]
    near += [e for part in kernel.code.parts for pair in part.good for e in pair if abs(e) < 1e300]
    near += [float(r) for part in kernel.code.parts for r in np.unique(part.table.rows[:, 4])]
    found = [samples(form.smallest, form.largest, form, near), samples(-form.largest, -form.smallest, form, near)]
    for sign in (1.0, -1.0):
        exponents = rng.integers(form.lowest, form.highest, count // 4)
        found.append(sign * np.ldexp(rng.uniform(1.0, 2.0, count // 4), exponents))
        found.append(sign * np.ldexp(rng.uniform(1.0, 2.0, count // 4), rng.integers(-8, 8, count // 4)))
    for place in near:
        found.append(_neighbors(place, kernel.dtype))
    with np.errstate(all="ignore"):
        every = np.unique(np.concatenate(found).astype(kernel.dtype).astype(np.float64))
    return every[np.isfinite(every)]


def _neighbors(place: float, dtype: np.dtype) -> npt.NDArray[np.float64]:
    """The float next to a place, and four on each side."""
    with np.errstate(all="ignore"):
        at = np.array(place, dtype)
        steps = [at]
        for direction in (np.inf, -np.inf):
            step = at
            for _ in range(4):
                step = np.nextafter(step, np.array(direction, dtype))
                steps.append(step)
    return np.array(steps, float)


def _targets(kernel: Kernel) -> Iterator[tuple[sp.Expr, int]]:
    from symacts.kernels import tasks_of  # deferred: the builder imports kernels

    yield from tasks_of(kernel.target, str(kernel.options["wrt"]), kernel.order)


def _truth(formula: sp.Expr, order: int) -> tuple[tuple[Branch, ...], list[tuple[Branch, Reference]]]:
    branches = split(formula, variable, BallOracle())
    inner = [b for b in branches if not b.is_point]
    return branches, [(b, Reference(sp.diff(b.expression, variable, order), variable)) for b in inner]


def certify(kernel: Kernel, points: int = 4000, seed: int = 20261122) -> Certificate:
    """Measure a kernel; the certificate is returned and kept as `kernel.certificate`.

    Parameters
    ----------
    kernel : Kernel
        A kernel of a scalar activation.
    points : int
        Random inputs besides the systematic ones.

    Raises
    ------
    UnsupportedExpression
        The kernel is not one of a scalar activation.
    """
    if not isinstance(kernel, Kernel):
        raise UnsupportedExpression("certificates are for kernels of scalar activations")
    errors, inputs, total = [], [], 0
    for k, (formula, order) in enumerate(_targets(kernel)):
        branches, parts = _truth(formula, order)
        at = adversarial(kernel, branches, points, seed + k)
        computed = kernel(at.astype(kernel.dtype))
        y = np.asarray(computed[k] if isinstance(computed, tuple) else computed, float)
        worst, where, seen = _against_balls(parts, at, y, kernel.dtype)
        total += seen
        errors.append(worst)
        inputs.append(where)
    certificate = Certificate(max(errors), tuple(errors), tuple(inputs), total, "adversarial", seed)
    kernel.certificate = certificate
    return certificate


def _against_balls(
    parts: list[tuple[Branch, Reference]], at: npt.NDArray[np.float64], y: npt.NDArray[np.float64], dtype: np.dtype
) -> tuple[float, float, int]:
    """The worst error of the results `y` at the inputs, the input where it happens, and how many were compared."""
    worst, where, count = 0.0, float("nan"), 0
    for branch, reference in parts:
        mine = inside(at, branch)
        truth = [reference.value(Fraction(p)) for p in at[mine].tolist()]
        seen = ulp_errors(y[mine], truth, dtype)
        count += len(seen)
        if len(seen) and seen.max() >= worst:
            worst, where = float(seen.max()), float(at[mine][int(seen.argmax())])
    return worst, where, count


def inside(at: npt.NDArray[np.float64], branch: Branch) -> npt.NDArray[np.bool_]:
    """Floats strictly inside a branch (its ends follow conventions, not the formula)."""
    lo = -math.inf if branch.lo == -sp.oo else float(branch.lo.evalf(40))
    hi = math.inf if branch.hi == sp.oo else float(branch.hi.evalf(40))
    return (at > lo) & (at < hi)


def exhaustive(
    kernel: Kernel,
    progress: Callable[[int, int], None] | None = None,
    step: int = 1 << 20,
    first: int = 0,
    last: int = 1 << 32,
) -> Certificate:
    """A float32 kernel against the float64 one, over all 2**32 inputs, and against balls in every block of them.

    The float64 value is within a few of its own ULP, so it decides every rounding that is not nearly a tie. It is a
    kernel of this project too: of each block the worst input, the middle and one at random are measured by balls.
    """
    if kernel.dtype != np.float32:
        raise UnsupportedExpression("only float32 has few enough inputs for all of them")
    double = kernel.twin("float64")
    count = len(kernel.code.parts)
    truths = [_truth(formula, order)[1] for formula, order in _targets(kernel)]
    rng = np.random.default_rng(first)
    worst, where = [0.0] * count, [float("nan")] * count
    for start in range(first, last, step):
        bits = np.arange(start, min(start + step, last), dtype=np.uint64).astype(np.uint32)
        x = bits.view(np.float32)
        with np.errstate(invalid="ignore"):  # signalling nan among the bits
            wide = x.astype(np.float64)
        got, exact = kernel(x), double(wide)
        for k in range(count):
            y = got[k] if isinstance(got, tuple) else got
            t = exact[k] if isinstance(exact, tuple) else exact
            with np.errstate(all="ignore"):
                rounded = np.abs(t).astype(np.float32)
                unit = np.maximum(np.spacing(np.minimum(rounded, np.float32(3.4028235e38))), np.float32(1e-45))
                error = np.abs(y.astype(np.float64) - t) / unit
                error[(y == t) | (np.isnan(y) & np.isnan(t)) | (np.isinf(y) & (np.abs(t) > 3.4028235e38))] = 0.0
            error[np.isnan(error)] = np.inf  # nan on one side only
            top = int(np.argmax(error))
            if error[top] > worst[k]:
                worst[k], where[k] = float(error[top]), float(x[top])
            some = np.array([top, len(x) // 2, rng.integers(len(x))])
            some = some[np.isfinite(x[some])]
            seen, place, _ = _against_balls(truths[k], wide[some], y[some].astype(np.float64), kernel.dtype)
            if seen > worst[k]:
                worst[k], where[k] = seen, place
        if progress is not None:
            progress(min(start + step, last) - first, last - first)
    rule = "all" if last - first == 1 << 32 else f"all bit patterns from {first} to {last - 1}"
    certificate = Certificate(max(worst), tuple(worst), tuple(where), last - first, rule, 0)
    kernel.certificate = certificate
    return certificate


def dead_zone(kernel: Kernel) -> dict[str, dict[str, tuple[float | None, float | None]]]:
    """For float16, bfloat16, float32, float64: the |x| beyond which each output rounds to its limit, left and right.

    None where it never does among the format's finite inputs. Found by bisection on true values, of a function that
    is monotone in its tails.
    """
    found: dict[str, dict[str, tuple[float | None, float | None]]] = {}
    formats = {
        "float16": (11, -24, 15),
        "bfloat16": (8, -133, 127),
        "float32": (24, -149, 127),
        "float64": (53, -1074, 1023),
    }
    for k, (formula, order) in enumerate(_targets(kernel)):
        _, parts = _truth(formula, order)
        for name, numbers in formats.items():
            ends = []
            for side in (-1, 1):
                branch, reference = parts[0] if side < 0 else parts[-1]
                at = kernel(np.array([side * np.inf]))
                limit = float((at[k] if isinstance(at, tuple) else at)[0])
                ends.append(_dead(branch, reference, side, limit, numbers))
            found.setdefault(name, {})["f" + "'" * order] = (ends[0], ends[1])
        del k
    return found


def _dead(branch: Branch, reference: Reference, side: int, limit: float, numbers: tuple[int, int, int]) -> float | None:
    """The smallest |x| of a format with value rounding to the limit from there on (on the outermost branch)."""
    digits, smallest, highest = numbers
    if not math.isfinite(limit):
        return None
    goal = _rounded(Fraction(limit), digits, smallest)
    end = branch.lo if side > 0 else branch.hi
    start = max(float(end.evalf(20)) * side, 0.0) if end.is_finite else 0.0

    def settled(position: int) -> bool:
        v = reference.value(side * _at(position, digits, smallest))
        return (
            v is not None
            and _rounded(Fraction(to_float(v)) if abs(to_float(v)) < math.inf else Fraction(0), digits, smallest)
            == goal
        )

    lo, hi = 0, (highest - smallest + 1) << (digits - 1)
    while _at(lo, digits, smallest) < start and lo < hi:
        lo = max(lo * 2, 1)
    if not settled(hi - 1):
        return None
    lo = lo // 2
    while hi - lo > 1:
        middle = (lo + hi) // 2
        if _at(middle, digits, smallest) >= start and settled(middle):
            hi = middle
        else:
            lo = middle
    return float(_at(hi, digits, smallest))


def _at(position: int, digits: int, smallest: int) -> Fraction:
    """The float of a format by its position among the nonnegative ones."""
    mantissa, binade = position & ((1 << (digits - 1)) - 1), position >> (digits - 1)
    if binade == 0:
        return Fraction(mantissa) * Fraction(2) ** smallest
    return Fraction(mantissa + (1 << (digits - 1))) * Fraction(2) ** (smallest + binade - 1)


def _rounded(value: Fraction, digits: int, smallest: int) -> Fraction:
    """Round to nearest, ties to even, in a format."""
    if value == 0:
        return Fraction(0)
    size = abs(value.numerator).bit_length() - value.denominator.bit_length()
    if abs(value) < Fraction(2) ** size:
        size -= 1
    unit = Fraction(2) ** max(size - digits + 1, smallest)
    return round(value / unit) * unit
