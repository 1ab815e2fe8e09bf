"""From a declared expression to a plan: which program or polynomial gives each derivative on each stretch of floats.

Nothing here knows an activation. The branches give sections; every section gets the best straight-line program and
the stretches where it stays within the bound (`rewrite.regimes`); everything else, the zeros' neighborhoods, tails
into the subnormals, kinks, single points, holes in the domain and the limits at infinity, goes to one table per
order (`pieces`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy as sp

from symacts.errors import UnsupportedExpression
from symacts.kernels.closer import quiet
from symacts.kernels.code import Far
from symacts.kernels.crowds import NEAREST, crowd, distant
from symacts.kernels.drafts import Draft, Output, Plan, Stretch, Studied
from symacts.kernels.ends import as_float, far_limit, first_float, least, rational, tendency
from symacts.kernels.pieces import Builder, fixed, tabulate
from symacts.kernels.waves import written
from symacts.rewrite.graph import Graph
from symacts.rewrite.noise import Noise, noise
from symacts.rewrite.reference import Dyadic, Reference, exponential, reference_of, to_float
from symacts.rewrite.regimes import (
    FORMATS,
    FloatArray,
    Format,
    Section,
    candidates,
    choose,
    errors_of,
    intersection,
    order_of_zero,
    trimmed,
    weight,
    zeros,
)
from symacts.rewrite.samples import around, centers, largest, leaving, refined, remote, samples, scattered
from symacts.rigor.oracle import BallOracle
from symacts.symbolic.branches import Branch, split
from symacts.symbolic.oracle import Undecided

__all__ = [
    "admitted",
    "dense",
    "finish",
    "make_plan",
    "served",
    "smooth_derivative",
]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A section with its branch's expression for the order at hand, or a point (`lo == hi`) with its value."""

    lo: float
    hi: float
    section: Section | None
    value: float = float("nan")


def make_plan(tasks: Sequence[tuple[sp.Expr, int]], x: sp.Symbol, form: str, joint: bool = False) -> Plan:
    """The plan of derivatives of formulas in x.

    Parameters
    ----------
    tasks : sequence of (sympy.Expr, int)
        A formula in `x` alone, and the order of the derivative, for each output.
    form : str
        The row of `rewrite.regimes.FORMATS`: the float format and how far a program may be off.
    joint : bool
        Leave the choice between a section's candidates to `choice.assign`.

    Raises
    ------
    UnsupportedExpression
        The branches cannot be found, or the expression has no true values to build on.
    """
    graph = Graph()
    magnitude = graph.put("abs", graph.variable("x"))
    drafts: list[Draft] = []
    known: dict[sp.Expr, tuple[Branch, ...]] = {}
    for formula, order in tasks:
        if formula not in known:
            known[formula] = _branches(formula, x)
        with np.errstate(all="ignore"):
            planner = _Planner(known[formula], x, order, graph, magnitude, FORMATS[form], joint)
            drafts.append(planner.draft())
    return Plan(graph, tuple(drafts))


def _branches(formula: sp.Expr, x: sp.Symbol) -> tuple[Branch, ...]:
    try:
        branches = split(formula, x, BallOracle())
    except Undecided as error:
        raise UnsupportedExpression(f"no kernel for {formula}: {error}") from None
    if not branches:
        raise UnsupportedExpression(f"no kernel for {formula}: it is defined nowhere")
    return branches


class _Planner:
    def __init__(
        self,
        branches: tuple[Branch, ...],
        x: sp.Symbol,
        order: int,
        graph: Graph,
        magnitude: int,
        form: Format,
        joint: bool,
    ) -> None:
        self.branches, self.x, self.order = branches, x, order
        self.graph, self.magnitude, self.form, self.joint = graph, magnitude, form, joint

    def reference(self, expression: sp.Expr) -> Reference:
        return reference_of(expression, self.x)

    def derivative(self, branch: Branch) -> sp.Expr:
        return smooth_derivative(branch.expression, self.x, self.order)

    def pieces(self) -> list[_Piece]:
        """Sections and points from left to right; holes of the domain are left out."""
        found: list[_Piece] = []
        for branch in self.branches:
            if not branch.is_point:
                found += self.sections(branch)
        found += self.points()
        return sorted(found, key=lambda p: (p.lo, p.hi))

    def sections(self, branch: Branch) -> list[_Piece]:
        largest, smallest = self.form.largest, self.form.smallest
        lo = max(self.form.least_from(first_float(branch.lo, branch.has_lo and not self.order)), -largest)
        hi = min(-self.form.least_from(first_float(-branch.hi, branch.has_hi and not self.order)), largest)
        expression = self.derivative(branch)
        parts = []
        for a, b in ((lo, min(hi, -smallest)), (max(lo, smallest), hi)):
            if a <= b:
                parts.append(_Piece(a, b, Section(a, b, expression)))
        if lo <= 0.0 <= hi:
            parts.append(_Piece(0.0, 0.0, None, self.one_sided(expression, Fraction(0), 1 if hi > 0 else -1)))
        return parts

    def points(self) -> list[_Piece]:
        """Branch ends and point branches that are floats, with the value by convention where f has a kink there."""
        found: dict[float, _Piece] = {}
        ends = [e for b in self.branches for e in ((b.lo,) if b.is_point else (b.lo, b.hi)) if e.is_finite]
        for end in ends:
            at = as_float(end)
            if at is None or at in found:
                continue
            owner = [b for b in self.branches if _owns(b, end)]
            if not self.order:
                if owner and owner[0].is_point:
                    found[at] = _Piece(at, at, None, _number(self.reference(owner[0].expression).value(Fraction(at))))
                continue
            if not owner:
                continue
            sides = []
            for b in self.branches:
                if not b.is_point and (b.hi == end or b.lo == end):
                    sides.append(self.one_sided(self.derivative(b), Fraction(at), -1 if b.hi == end else 1))
            found[at] = _Piece(at, at, None, least(sides))
        return list(found.values())

    def one_sided(self, expression: sp.Expr, at: Fraction, side: int) -> float:
        """The limit of a derivative at a branch end: its value there, or what values close by tend to."""
        reference = self.reference(expression)
        v = reference.value(at)
        if v is not None:
            return to_float(v)
        scale = max(abs(at), Fraction(1))
        return tendency(expression, self.x, [at + side * scale / 2**k for k in (100, 200, 400)])

    def draft(self) -> Draft:
        """Sections with their programs and true values; points; limits."""
        sections: list[Studied] = []
        points: dict[float, float] = {}
        spans: list[tuple[float, float]] = []
        for piece in self.pieces():
            spans.append((piece.lo, piece.hi))
            if piece.section is None:
                points[piece.lo] = piece.value
            else:
                sections.append(self.study(piece.section))
        ends = {as_float(e) for b in self.branches for e in (b.lo, b.hi) if e.is_finite}
        floats = tuple(sorted(e for e in ends if e is not None))
        return Draft(self.order, sections, points, spans, (self.limit(-1), self.limit(1)), self.form, floats)

    def study(self, section: Section) -> Studied:
        reference = self.reference(section.expression)
        derivative = self.reference(smooth_derivative(section.expression, self.x, 1))
        narrow = centers(section.expression, self.x)
        points = samples(section.lo, section.hi, self.form, (), narrow)
        truth = reference.values(points)
        if all(t is None for t in truth):
            raise UnsupportedExpression(f"no true values of {section.expression} on [{section.lo}, {section.hi}]")
        roots, dips = zeros(reference, derivative, points, truth)
        roots += [r for r in self.border_zeros(section, reference) if all(r[0] != z for z, _ in roots)]
        places = tuple(sorted({*map(float, dips), *(z for z in narrow if section.lo < z < section.hi)}))
        near = [*(float(z) for z, _ in roots if z), *places]
        points = refined(samples(section.lo, section.hi, self.form, near, narrow), reference, self.form)
        waves = section.expression.has(sp.sin, sp.cos) and written(section.expression, self.x, section.side)
        if waves and max(abs(section.lo), abs(section.hi)) > NEAREST:
            points = np.union1d(points, crowd(reference, section.lo, section.hi, self.form))
        truth = reference.values(points)
        found = candidates(section, self.x, self.graph, self.magnitude, self.joint)
        node = None if self.joint else choose(section, found.rounded, self.graph, points, truth, self.form)
        far = distant(reference, points, truth, [r for r, _ in roots], self.form) if waves else ()
        stretch = Stretch(section.lo, node)
        return Studied(section, reference, roots, points, truth, [stretch], found, far, (), places)

    def border_zeros(self, section: Section, reference: Reference) -> list[tuple[Fraction, int]]:
        """Zeros (or poles: negative orders) of the section's expression at zero and at its branch's ends."""
        found = []
        places = {Fraction(0)} if min(abs(section.lo), abs(section.hi)) <= self.form.smallest else set()
        for branch in self.branches:
            if not branch.is_point and self.derivative(branch) == section.expression:
                places |= {rational(e) for e in (branch.lo, branch.hi) if e.is_finite}
        for place in places:
            if not Fraction(section.lo) - 1 <= place <= Fraction(section.hi) + 1:
                continue
            order = order_of_zero(reference, place)
            if order:
                found.append((place, order))
        return found

    def limit(self, side: int) -> float:
        """f at an infinity: nan where the domain ends before or nothing is approached."""
        ends = [b for b in self.branches if not b.is_point and (b.hi if side > 0 else b.lo) == side * sp.oo]
        if not ends:
            return float("nan")
        return far_limit(self.derivative(ends[0]), self.x, side)


Run = Callable[[FloatArray], FloatArray]
"""The compiled program of one output, without repairs."""


def finish(
    draft: Draft,
    run: Run,
    good: Sequence[tuple[float, float]],
    second: tuple[Draft, Run, Sequence[tuple[float, float]]] | None = None,
) -> Output:
    """What the compiled program serves; polynomials for the rest.

    Parameters
    ----------
    draft : Draft
        The sections with true values.
    run : callable
        The compiled program of this output, without repairs.
    good : sequence of (float, float)
        The stretches that it serves (`served`).
    second : tuple, optional
        The same of another program, for what lies beyond all stretches of the first.
    """
    from symacts.kernels.rescue import rescued  # deferred: rescues are made of drafts

    kept = _kept(draft, run, good)
    wide = _beyond(_kept(*second), kept[0][0], kept[-1][1], draft.form) if second and kept else []
    output = _tabled(draft, kept, wide)
    return rescued(draft, output) if output.unmet else output


def _kept(draft: Draft, run: Run, good: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stretches without what is over the bound next to their ends."""
    return [s for s in (_cropped(draft, stretch, run) for stretch in good) if s[0] < s[1]]


def _beyond(good: Sequence[tuple[float, float]], lo: float, hi: float, form: Format) -> list[tuple[float, float]]:
    """What of these stretches lies below `lo` or above `hi`."""
    below = [(a, min(b, form.between(-form.largest, lo)[1])) for a, b in good if a < lo]
    above = [(max(a, form.after(hi)), b) for a, b in good if b > hi]
    return [s for s in (*below, *above) if s[0] < s[1]]


def _cropped(
    draft: Draft, stretch: tuple[float, float], run: Callable[[FloatArray], FloatArray]
) -> tuple[float, float]:
    """A stretch without what is over the bound next to those of its ends that are no ends of sections."""
    lo, hi = stretch
    for studied in draft.sections:
        section, reference = studied.section, studied.reference

        def measured(points: FloatArray, reference: Reference = reference) -> FloatArray:
            return errors_of(run(points), reference.values(points), draft.form)

        inside = section.lo < lo < section.hi, section.lo < hi < section.hi
        if any(inside):
            a, b = max(lo, section.lo), min(hi, section.hi)
            a, b = trimmed(a, b, (not inside[0], not inside[1]), draft.form, measured)
            lo, hi = a if inside[0] else lo, b if inside[1] else hi
    return lo, hi


def _distant(draft: Draft, kept: Sequence[tuple[float, float]]) -> tuple[Far, ...]:
    """The far stretches that no program serves as a whole."""
    every = [f for studied in draft.sections for f in studied.far]
    return tuple(f for f in every if not any(lo <= f.lo and f.hi <= hi for lo, hi in kept))


def _cut(good: Sequence[tuple[float, float]], far: Sequence[Far]) -> list[tuple[float, float]]:
    """What the far stretches leave of others."""
    left = list(good)
    for f in far:
        below = [(lo, min(hi, math.nextafter(f.lo, -math.inf))) for lo, hi in left if lo < f.lo]
        left = below + [(max(lo, math.nextafter(f.hi, math.inf)), hi) for lo, hi in left if hi > f.hi]
    return sorted(left)


def _tabled(draft: Draft, kept: list[tuple[float, float]], wide: list[tuple[float, float]]) -> Output:
    """The output whose programs serve these stretches, with polynomials for everything else."""
    both = sorted([*kept, *wide])
    rows: list[tuple[float, list[float]]] = [(-np.inf, fixed(draft.limits[0]))]
    unmet: list[tuple[float, float]] = []
    covered = -draft.form.largest
    sections = {s.section.lo: s for s in draft.sections}
    far = _distant(draft, both)
    for lo, hi in draft.spans:
        if lo > covered:  # a hole in the domain, if of a single float
            rows.append((covered, fixed(np.nan)))
        if lo in sections and sections[lo].section.hi == hi:
            built, left = _rows(sections[lo], sorted([*both, *((f.lo, f.hi) for f in far)]), draft.form)
            rows += built
            unmet += left
        else:
            rows.append((lo, fixed(draft.points[lo])))
        covered = draft.form.after(hi)
    if covered <= draft.form.largest:
        rows.append((covered, fixed(np.nan)))
    rows.append((np.inf, fixed(draft.limits[1])))
    return Output(draft.order, tuple(kept), tabulate(rows), tuple(unmet), far, tuple(wide))


def served(
    draft: Draft, run: Run, most: int, strict: Graph | None = None, forms: Graph | None = None, *, closely: bool = True
) -> list[tuple[float, float]]:
    """The weightiest stretches on which the compiled program stays within the bound.

    Parameters
    ----------
    draft : Draft
        The sections with true values.
    run : callable
        The compiled program of this output, without repairs.
    most : int
        Stretches that the target can test for.
    strict : Graph, optional
        The programs: leave out also where errors are spread so widely that a million inputs would pass 4 ULP, unless
        what rounding can do at most is less.
    forms : Graph, optional
        The sections' forms: measure against these at very many floats, too (`closer`).
    closely : bool
        False: on the samples that all programs of a section have in common, which is enough to compare them.
    """
    good: list[tuple[float, float]] = []
    for studied in draft.sections:
        if all(s.node is None for s in studied.stretches):
            continue
        good += admitted(studied, draft.form, run, strict, forms, closely=closely)
    for p, value in draft.points.items():
        at = np.array([p, -p if p == 0.0 else p])  # both zeros
        good += [(p, p)] if all(_is_near(y, value, draft.form) for y in run(at).tolist()) else []
    kept = _merged(sorted(good), draft.form)
    kept = _cut(kept, _distant(draft, kept))
    if len(kept) > most:
        kept = sorted(sorted(kept, key=lambda k: -weight(*k))[:most])
    return kept


def _is_near(y: float, value: float, form: Format) -> bool:
    """Whether a program's result may stand for the value at a single point: zeros and infinities exactly."""
    exact = float(np.dtype(form.dtype).type(value))
    return y == exact or (
        exact != 0.0 and abs(y - value) <= form.bound * float(np.spacing(np.dtype(form.dtype).type(abs(exact))))
    )


DENSE = 4000
"""Random inputs per section on which a compiled program is measured besides the systematic samples."""

NEAR_ROOTS = 16
"""Zeros up to here are surrounded by random inputs: those of waves are too many further out."""

MANY = 600
"""Random inputs per binade where errors are spread widely."""
MORE, FEWER = 160, 20
"""The same in binades of uncommon inputs, which are much alike, and those of them that are measured."""


def dense(studied: Studied, form: Format) -> FloatArray:
    """The section's samples, random floats of all exponents, around zeros, and where values leave the range."""
    section = studied.section
    roots = [float(z) for z, _ in studied.roots if abs(z) < NEAR_ROOTS]
    close = around([*roots, *studied.places], section.lo, section.hi, form)
    ends = leaving(studied.points, studied.truth, form)
    common, others = scattered(section.lo, section.hi, form, DENSE), remote(section.lo, section.hi, form, 1)
    return np.union1d(studied.points, np.concatenate([common, others, close, ends]))


def admitted(
    studied: Studied,
    form: Format,
    run: Run,
    strict: Graph | None = None,
    forms: Graph | None = None,
    *,
    closely: bool = True,
) -> list[tuple[float, float]]:
    """Where a section's compiled program stays within the bound: on samples, and on very many where it is close.

    With the graph that it was compiled from also where rounding cannot bring it to 4 ULP, and else only where not even
    a million floats would.
    """
    node = studied.stretches[0].node if strict and len(studied.stretches) == 1 else None

    def measured(points: FloatArray) -> Noise:
        return noise(points, errors_of(run(points), studied.reference.values(points), form), strict, node, form)

    def crowd_of(lo: float, hi: float) -> FloatArray:
        """Random floats of a stretch; of uncommon ones those among many that rounding is worst for."""
        common, others = scattered(lo, hi, form, MANY, per_binade=True), remote(lo, hi, form, MORE)
        loud = noise(others, np.zeros(len(others)), strict, node, form, tails=False).usual
        return np.concatenate([common, largest(others, loud, FEWER)])

    points = dense(studied, form)
    seen = measured(points)
    found = seen.within(form.admitted)
    risky = intersection(found, seen.risky(form.admitted)) if closely else []
    if risky:
        seen = seen.joined(measured(np.setdiff1d(np.concatenate([crowd_of(*s) for s in risky]), points)))
    if strict:
        found = intersection(found, seen.quiet(form.worst))
    found = intersection(found, studied.within) if studied.within else found
    found = intersection(found, seen.calm(form.worst))
    return found if forms is None else quiet(found, seen.points, seen.errors, studied, forms, form, run)


def _rows(
    studied: Studied, good: list[tuple[float, float]], form: Format
) -> tuple[list[tuple[float, list[float]]], list[tuple[float, float]]]:
    """Polynomials for what the good stretches leave of a section."""
    section = studied.section
    tolerance, least, most = (57, -1075, 1025) if form.dtype == "float64" else (45, -151, 129)
    swings = section.expression.has(sp.sin, sp.cos)
    builder = Builder(studied.reference.value, studied.roots, tolerance, least, most, swings, studied.places)
    start = section.lo
    for lo, hi in good:
        if hi < start or lo > section.hi:
            continue
        if lo > start:
            builder.cover(start, math.nextafter(lo, -math.inf))
        start = math.nextafter(hi, math.inf)
    if start <= section.hi:
        builder.cover(start, section.hi)
    return builder.rows, builder.unmet


def _merged(good: list[tuple[float, float]], form: Format) -> list[tuple[float, float]]:
    """Touching intervals as one; single points that touch nothing are dropped."""
    kept: list[tuple[float, float]] = []
    for lo, hi in good:
        if kept and (math.nextafter(kept[-1][1], math.inf) >= lo or form.is_gap(kept[-1][1], lo)):
            kept[-1] = (kept[-1][0], hi)
        else:
            kept.append((lo, hi))
    return [k for k in kept if k[0] < k[1]]


def smooth_derivative(expression: sp.Expr, x: sp.Symbol, order: int) -> sp.Expr:
    """A derivative of a branch; where SymPy splits off a removable point, the formula around it."""
    expression = exponential(expression.replace(sp.sinc, lambda u: sp.sin(u) / u))
    derivative = sp.diff(expression, x, order) if order else expression
    return derivative.replace(sp.Piecewise, _around_point)


def _around_point(*pieces: sp.Basic) -> sp.Expr:
    first, condition = pieces[0].args
    if isinstance(condition, sp.Ne):
        return first
    raise UnsupportedExpression(f"a derivative with the condition {condition} inside a branch")


def _number(v: Dyadic | None) -> float:
    return float("nan") if v is None else to_float(v)


def _owns(branch: Branch, end: sp.Expr) -> bool:
    return (branch.lo == end and branch.has_lo) or (branch.hi == end and branch.has_hi)
