"""Exact facts about row-wise and gated activations: index calculus on the declared formula.

A vector formula is read as `F(u; S_1, ..., S_m)` with `u = x[i]` and sums `S_a = phi_a(x[0]) + ... + phi_a(x[n-1])`.
Jacobian, invariances, order and range follow from `F` and the `phi_a` by substitution; a fact that does not follow is
"unknown". A fact is false only where an oracle for signs certifies a witness.

>>> import sympy
>>> from symacts.spec import Activation, i, j, n, xs
>>> f = sympy.exp(xs[i])/sympy.Sum(sympy.exp(xs[j]), (j, 0, n - 1))
>>> facts = facts_of(Activation("p", f, kind="vector"))
>>> facts["sums_to_one"].value, facts["shift_invariant"].value, facts["range"].value
(True, True, Interval.open(0, 1))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from symacts.facts import Fact
from symacts.spec import Activation, g, i, j, n, x, xs
from symacts.symbolic.forms import tidy
from symacts.symbolic.oracle import Oracle, Undecided
from symacts.symbolic.structure import read_sign

__all__ = ["facts_of", "k"]

k = sp.Symbol("k", integer=True, nonnegative=True)
"""The index of the input that an entry of the Jacobian differentiates by."""

Found = tuple[Any, str]
"""A value and the reason for it."""

_NOT_SMOOTH = (sp.Heaviside, sp.DiracDelta, sp.Derivative, sp.Subs, sp.sign)


@dataclass(frozen=True, slots=True)
class _Form:
    """`F(u; sums)`: `outer` in `u` and the sums' symbols; `inner[a]` is `phi_a` in `v`."""

    outer: sp.Expr
    u: sp.Symbol
    v: sp.Symbol
    inner: tuple[tuple[sp.Symbol, sp.Expr], ...]
    oracle: Oracle | None
    defaults: Mapping[sp.Symbol, sp.Expr]

    def at(self, entry: int, point: tuple[sp.Expr, ...]) -> sp.Expr:
        """The value of that entry at a concrete vector."""
        sums = {s: sp.Add(*(phi.subs(self.v, p) for p in point)) for s, phi in self.inner}
        return self.outer.subs({self.u: point[entry], n: len(point), **sums}, simultaneous=True).subs(self.defaults)

    def written(self, e: sp.Expr) -> sp.Expr:
        """An expression in `u` and the sums, in the entries of the vector."""
        sums = {s: sp.Sum(phi.subs(self.v, xs[j]), (j, 0, n - 1)) for s, phi in self.inner}
        return e.xreplace({self.u: xs[i], **sums})


def _read(formula: sp.Expr, oracle: Oracle | None, defaults: Mapping[sp.Symbol, sp.Expr]) -> _Form:
    u, v = sp.Dummy("u", real=True), sp.Dummy("v", real=True)
    inner: dict[sp.Expr, sp.Symbol] = {}
    outer = formula
    for total in sorted(formula.atoms(sp.Sum), key=sp.default_sort_key):
        index, lo, hi = total.limits[0]
        phi = total.function.xreplace({xs[index]: v})
        if len(total.limits) > 1 or lo != 0 or hi != n - 1 or phi.has(sp.Sum, sp.Indexed) or index in phi.free_symbols:
            raise Undecided("a sum that does not run over one function of all entries")
        if phi not in inner:
            positive = read_sign(phi) == "positive"
            inner[phi] = sp.Dummy("S", positive=True) if positive else sp.Dummy("S", real=True)
        outer = outer.xreplace({total: inner[phi]})
    outer = outer.xreplace({xs[i]: u})
    if outer.has(sp.Indexed, sp.Sum) or i in outer.free_symbols:
        raise Undecided("the formula uses entries other than its own and sums over all of them")
    return _Form(outer, u, v, tuple((s, phi) for phi, s in inner.items()), oracle, defaults)


# ---------------------------------------------------------------------------------------------------- exact algebra


def _expanded(e: sp.Expr) -> sp.Expr:
    e = sp.expand_log(e)
    return sp.expand(e, power_exp=True, log=False)


def _vanishes(e: sp.Expr) -> bool:
    """Whether exact expansion reduces the expression to 0; False only says that it does not."""
    e = _expanded(e)
    if e == 0:
        return True
    numerator, _ = sp.fraction(sp.together(e))
    return bool(_expanded(numerator) == 0)


def _ratio(top: sp.Expr, bottom: sp.Expr) -> sp.Expr:
    """`top/bottom`, with exponentials of sums split so that common factors cancel."""
    quotient = _expanded(top) / _expanded(bottom)
    return sp.powsimp(_expanded(sp.cancel(sp.together(quotient))) if quotient.is_rational_function() else quotient)


def _without(e: sp.Expr, symbol: sp.Symbol) -> sp.Expr | None:
    """The expression in a form without the symbol, or None."""
    for form in (e, sp.expand(e, power_exp=True), sp.powsimp(sp.expand(e, power_exp=True)), sp.cancel(sp.together(e))):
        if symbol not in form.free_symbols:
            return form
    return None


def _transformed_sums(form: _Form, change: Callable[[sp.Expr], sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
    """What each sum becomes when every entry `v` becomes `change(v)`.

    `phi(change(v)) = a*phi(v) + b` with `a`, `b` free of `v` gives `a*S + n*b`.
    """
    changed: dict[sp.Symbol, sp.Expr] = {}
    for s, phi in form.inner:
        moved = phi.subs(form.v, change(form.v))
        factor = _without(_ratio(moved, phi), form.v)
        if factor is not None:
            changed[s] = factor * s
            continue
        shift = _without(_expanded(moved - phi), form.v)
        if shift is None:
            raise Undecided("a sum does not transform by a factor or a constant")
        changed[s] = s + n * shift
    return changed


def _nonzero(form: _Form, number: sp.Expr) -> bool:
    return form.oracle is not None and form.oracle.sign(number) in (-1, 1)


_POINTS: tuple[tuple[sp.Expr, ...], ...] = tuple(
    tuple(map(sp.Rational, p)) for p in (("0", "1"), ("-1", "2"), ("1/2", "3"), ("1", "-2", "1/3"), ("2", "2"))
)
"""Vectors at which a claim is tested before it is called false."""


def _settle(form: _Form, holds: bool, why: str, defects: Iterable[tuple[sp.Expr, str]]) -> Found:
    """True with its reason, False with a witness whose defect is certified nonzero, or `Undecided`."""
    if holds:
        return True, why
    for defect, where in defects:
        try:
            if _nonzero(form, defect):
                return False, f"fails at {where}"
        except (ValueError, TypeError, ZeroDivisionError):  # the witness lies outside the domain
            continue
    raise Undecided("neither shown by substitution nor refuted at the test points")


def _listed(point: tuple[sp.Expr, ...]) -> str:
    return f"x = ({', '.join(map(str, point))})"


# ------------------------------------------------------------------------------------------------------ vector facts


def _jacobian_parts(form: _Form) -> tuple[sp.Expr, sp.Expr, sp.Symbol]:
    """`A`, `B` with `df[i]/dx[k] = A*delta(i, k) + B`; `B` in `u`, `w = x[k]` and the sums."""
    w = sp.Dummy("w", real=True)
    own = sp.diff(form.outer, form.u)
    cross = sp.Add(*(sp.diff(form.outer, s) * sp.diff(phi, form.v).subs(form.v, w) for s, phi in form.inner))
    if own.has(*_NOT_SMOOTH) or cross.has(*_NOT_SMOOTH):
        raise Undecided("the formula is not differentiable everywhere")
    return own, cross, w


def _jacobian(form: _Form) -> Found:
    own, cross, w = _jacobian_parts(form)
    delta = sp.Dummy("delta", real=True)
    best = tidy(own) * delta + tidy(cross)
    factor = None if own == 0 else _free_of_vector(form, own / form.outer)
    if factor is not None:  # an exponential in front: f[i]*(delta - f[k]) reads best
        factored = form.outer * factor * (delta + sp.powsimp(cross / (factor * form.outer)))
        if _vanishes(factored - own * delta - cross):
            best = factored
    value = form.written(best).xreplace({w: xs[k], delta: sp.KroneckerDelta(i, k)})
    return value, "chain rule through the entry itself and through each sum"


def _free_of_vector(form: _Form, e: sp.Expr) -> sp.Expr | None:
    """The expression in a form that holds parameters alone, or None."""
    simple = sp.cancel(sp.together(e))
    return None if simple.free_symbols & {form.u, *(s for s, _ in form.inner)} else simple


def _require_entries(form: _Form) -> None:
    if form.u not in form.outer.free_symbols:
        raise Undecided("the formula gives one number for the whole vector")


def _sums_to_one(form: _Form) -> Found:
    _require_entries(form)
    total: sp.Expr = sp.S.Zero
    try:
        for term in sp.Add.make_args(sp.expand(form.outer)):
            total += _sum_of_term(form, term)
        holds = _vanishes(total - 1)
    except Undecided:
        holds = False
    defects = ((sp.Add(*(form.at(e, p) for e in range(len(p)))) - 1, _listed(p)) for p in _POINTS)
    return _settle(form, holds, "the numerators add up to the sum in the denominator", defects)


def _sum_of_term(form: _Form, term: sp.Expr) -> sp.Expr:
    constant, own = term.as_independent(form.u, as_Add=False)
    if own == 1:
        return n * constant
    for s, phi in form.inner:
        factor = _without(_ratio(own, phi.subs(form.v, form.u)), form.u)
        if factor is not None:
            return constant * factor * s
    raise Undecided("a term is no multiple of a summand")


def _after(form: _Form, change: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """`F` at the changed vector, by the sums' transformation."""
    sums = _transformed_sums(form, change)
    return form.outer.subs({form.u: change(form.u), **sums}, simultaneous=True)


def _shift(form: _Form, gain: int) -> Found:
    c = sp.Dummy("c", real=True)
    try:
        holds = _vanishes(_after(form, lambda v: v + c) - form.outer - gain * c)
    except Undecided:
        holds = False
    step = sp.Rational(3, 2)
    moved = ((p, tuple(v + step for v in p)) for p in _POINTS)
    defects = ((form.at(0, q) - form.at(0, p) - gain * step, f"{_listed(p)} shifted by {step}") for p, q in moved)
    return _settle(form, holds, "the shift's factor cancels" if gain == 0 else "the shift passes through", defects)


def _homogeneous(form: _Form) -> Found:
    c = sp.Dummy("c", positive=True)
    try:
        holds = _vanishes(_after(form, lambda v: c * v) - c * form.outer)
    except Undecided:
        holds = False
    scaled = ((p, tuple(2 * v for v in p)) for p in _POINTS)
    defects = ((form.at(0, q) - 2 * form.at(0, p), f"{_listed(p)} scaled by 2") for p, q in scaled)
    return _settle(form, holds, "scaling passes through", defects)


def _order_preserving(form: _Form) -> Found:
    _require_entries(form)
    sign = read_sign(tidy(sp.diff(form.outer, form.u)))
    if sign == "positive":
        return True, "with the sums fixed, the formula increases in its own entry"
    if sign == "negative":
        return False, "with the sums fixed, the formula decreases in its own entry"
    raise Undecided("the formula's slope in its own entry has no sign that its structure shows")


def _permutation(form: _Form) -> Found:
    if form.u not in form.outer.free_symbols:
        return True, "a function of sums over all entries alone: it ignores their order"
    return True, "a function of the own entry and of sums over all entries"


def _jacobian_symmetric(form: _Form) -> Found:
    _require_entries(form)
    _, cross, w = _jacobian_parts(form)
    swapped = cross.subs({form.u: w, w: form.u}, simultaneous=True)
    first, second = sp.Rational(1, 3), sp.Integer(2)
    sums = {s: phi.subs(form.v, first) + phi.subs(form.v, second) for s, phi in form.inner}
    defect = (cross - swapped).subs({form.u: first, w: second, n: 2, **sums}, simultaneous=True).subs(form.defaults)
    return _settle(
        form,
        _vanishes(cross - swapped),
        "the entry off the diagonal is symmetric in the two indices",
        ((defect, _listed((first, second))),),
    )


def _share(form: _Form, outer: sp.Expr) -> sp.Expr | None:
    """`phi` where `outer` is `phi(u)/S` with `S` the sum of `phi > 0`."""
    for s, phi in form.inner:
        if s.is_positive and _vanishes(outer * s - phi.subs(form.v, form.u)):
            return phi
    return None


def _range(form: _Form) -> Found:
    for outer, whole, words in (
        (form.outer, sp.Interval.open(0, 1), "a positive share of a positive total"),
        (sp.exp(form.outer), sp.Interval.open(-sp.oo, 0), "the logarithm of a positive share of a positive total"),
    ):
        phi = _share(form, outer)
        if phi is not None and _spreads(phi, form.v):
            return whole, f"{words}, for n >= 2: shares come as close to 0 and 1 as wanted"
    raise Undecided("the formula is not a share of a total")


def _spreads(phi: sp.Expr, v: sp.Symbol) -> bool:
    """Whether `phi = c*exp(a*v + b)` with `a != 0`: its values come near 0 and grow beyond all bounds."""
    _, own = phi.as_independent(v, as_Add=False)
    if not isinstance(own, sp.exp):
        return False
    slope = sp.diff(own.args[0], v)
    return v not in slope.free_symbols and read_sign(slope) in ("positive", "negative")


def _sign(form: _Form) -> Found:
    sign = read_sign(form.outer)
    if sign is None and _range(form)[0] == sp.Interval.open(-sp.oo, 0):
        return "negative", "from the range"
    if sign is None:
        raise Undecided("the structure of the formula shows no sign")
    return sign, "sign of the formula's factors and terms"


_CONTINUOUS = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.Symbol, sp.Number, sp.NumberSymbol)
"""Formulas of these alone are continuous wherever they are defined, but for powers and logarithms at 0."""


def _limits_in_parameters(form: _Form, parameters: tuple[sp.Symbol, ...]) -> Found:
    """`(name, oo, limit)` for each positive parameter: continuity in `s = 1/p` at `s = 0`, by substitution."""
    found = []
    for p in parameters:
        s = sp.Dummy("s", positive=True)
        rows = [e.subs(p, 1 / s) for e in (form.outer, *(phi for _, phi in form.inner))]
        if not all(_is_continuous_at_zero(e, s) for e in rows):
            raise Undecided(f"the formula is not shown to be continuous in 1/{p} at 0")
        outer, *inner = (e.subs(s, 0) for e in rows)
        if any(form.v in phi.free_symbols for phi in inner):
            raise Undecided(f"a sum still depends on the entries as {p} grows")
        sums = {a: n * phi for (a, _), phi in zip(form.inner, inner, strict=True)}
        limit = outer.subs(sums, simultaneous=True)
        if limit.has(sp.nan, sp.zoo, sp.oo, form.u):
            raise Undecided(f"no limit that is free of the inputs as {p} grows")
        found.append((p.name, sp.oo, limit))
    if not found:
        raise Undecided("no positive parameter is symbolic")
    return tuple(found), "continuous in the parameter's reciprocal at 0"


def _is_continuous_at_zero(e: sp.Expr, s: sp.Symbol) -> bool:
    for node in sp.preorder_traversal(e):
        if not isinstance(node, _CONTINUOUS):
            return False
        singular = node.base if isinstance(node, sp.Pow) and not node.exp.is_positive else None
        singular = node.args[0] if isinstance(node, sp.log) else singular
        if singular is not None and singular.has(s) and read_sign(singular.subs(s, 0)) != "positive":
            return False
    return True


# ------------------------------------------------------------------------------------------------------- gated facts


def _by_cases(e: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """`Max`, `Min`, `Abs` of the variable as `Piecewise`, so that derivatives hold no step functions."""
    return e.replace(
        lambda a: isinstance(a, (sp.Max, sp.Min, sp.Abs)) and a.has(variable), lambda a: a.rewrite(sp.Piecewise)
    )


def _partial(f: sp.Expr, variable: sp.Symbol) -> Found:
    cases = _by_cases(f, variable)
    slope = sp.diff(cases, variable)
    slope = tidy(sp.piecewise_fold(slope)) if slope.has(sp.Piecewise) else tidy(slope)
    if slope.has(*_NOT_SMOOTH):
        raise Undecided("the formula is not differentiable everywhere")
    return slope, "differentiation" + (" away from the kinks" if cases.has(sp.Piecewise) else "")


def _gated_defect(defects: Iterable[tuple[sp.Expr, str]], holds: bool, why: str, oracle: Oracle | None) -> Found:
    if holds:
        return True, why
    for defect, where in defects:
        if oracle is not None and oracle.sign(defect) in (-1, 1):
            return False, f"fails at {where}"
    raise Undecided("neither shown by substitution nor refuted at the test points")


def _linear(f: sp.Expr, variable: sp.Symbol, other: sp.Symbol, oracle: Oracle | None, at: Mapping[Any, Any]) -> Found:
    slope = sp.diff(f, variable)
    holds = not slope.has(*_NOT_SMOOTH) and variable not in slope.free_symbols and f.subs(variable, 0) == 0
    concrete = f.subs(at)

    def defects() -> Iterable[tuple[sp.Expr, str]]:
        for a, b in ((1, 1), (-1, 1), (1, -1), (-2, -1)):
            row = concrete.subs(other, b)
            for c in (3, -1):
                defect = row.subs(variable, c * a) - c * row.subs(variable, a)
                yield defect, f"{variable} = {a}, {other} = {b}, scaled by {c}"

    return _gated_defect(defects(), holds, f"proportional to {variable}", oracle)


def _symmetric(f: sp.Expr, oracle: Oracle | None, at: Mapping[Any, Any]) -> Found:
    swapped = f.subs({x: g, g: x}, simultaneous=True)
    concrete = (f - swapped).subs(at)
    points = ((sp.Integer(a), sp.Integer(b)) for a, b in ((1, 2), (-1, 1), (1, -2)))
    defects = ((concrete.subs({x: a, g: b}, simultaneous=True), f"x = {a}, g = {b}") for a, b in points)
    return _gated_defect(
        defects, f == swapped or _vanishes(f - swapped), "unchanged when x and g change places", oracle
    )


# ---------------------------------------------------------------------------------------------------------- the table


def facts_of(activation: Activation, symbolic: bool = False, oracle: Oracle | None = None) -> dict[str, Fact]:
    """Every fact about a vector or gated activation.

    Parameters
    ----------
    activation : Activation
        Of kind "vector" or "gated".
    symbolic : bool
        True keeps the parameters symbolic under their declared domains; then a fact holds for all their values, and
        a false one fails at the defaults.
    oracle : Oracle, optional
        Certifies that a witness refutes; without one no fact is False.

    Returns
    -------
    dict of str to Fact
        Facts that could not be established have the status "unknown".
    """
    formula = activation.expression if symbolic else activation.formula
    defaults = {p.symbol: activation.settings[p.name] for p in activation.parameters} if symbolic else {}
    rows: dict[str, Callable[[], Found]]
    if activation.kind == "gated":
        rows = {
            "definition": lambda: (formula, "declared"),
            "partial_x": lambda: _partial(formula, x),
            "partial_g": lambda: _partial(formula, g),
            "linear_in_x": lambda: _linear(formula, x, g, oracle, defaults),
            "linear_in_g": lambda: _linear(formula, g, x, oracle, defaults),
            "symmetric": lambda: _symmetric(formula, oracle, defaults),
        }
    else:
        rows = {
            "definition": lambda: (formula, "declared"),
            **{
                name: (lambda run=run: run(_read(formula, oracle, defaults)))  # type: ignore[misc]
                for name, run in _VECTOR_ROWS
            },
        }
        positive = tuple(p.symbol for p in activation.parameters if p.symbol.is_positive)
        if symbolic and positive:
            rows["parameter_limits"] = lambda: _limits_in_parameters(_read(formula, oracle, defaults), positive)
    return {name: _established(name, run) for name, run in rows.items()}


_VECTOR_ROWS: tuple[tuple[str, Callable[[_Form], Found]], ...] = (
    ("jacobian", _jacobian),
    ("range", _range),
    ("sign", _sign),
    ("sums_to_one", _sums_to_one),
    ("shift_invariant", lambda form: _shift(form, 0)),
    ("shift_equivariant", lambda form: _shift(form, 1)),
    ("order_preserving", _order_preserving),
    ("permutation_equivariant", _permutation),
    ("homogeneous", _homogeneous),
    ("jacobian_symmetric", _jacobian_symmetric),
)


def _established(name: str, run: Callable[[], Found]) -> Fact:
    try:
        value, because = run()
    except Undecided as reason:
        return Fact(name, None, "unknown", str(reason), "index calculus")
    return Fact(name, value, "exact", because, "index calculus")
