"""The catalog: every row's formula against independently computed values, and the laws that names and rows obey."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import mpmath
import pytest
import sympy as sp

from symacts import catalog, store
from symacts.elementary import CONSTANTS, ELEMENTARY, SPECIAL
from symacts.errors import ParameterError
from symacts.parsing import parse
from symacts.registry import get, names
from symacts.spec import DOMAINS, KINDS, Reference, g, i, j, n, x, xs

POINTS = (sp.Integer(-2), sp.Rational(-1, 2), sp.Rational(3, 10), sp.Integer(2))
GATE = sp.Rational(7, 10)
VALUES = json.loads((Path(__file__).parent / "catalog_values.json").read_text(encoding="utf-8"))
"""Values at `POINTS` (gated: with g = 7/10), in double precision, from the definitions in frameworks and papers: about
half of them agree with PyTorch, JAX or Keras themselves to the last digits. Not made with this package."""

M = mpmath


def _sigmoid(v):
    return 1 / (1 + M.exp(-v))


def _cut(v, lo, hi):
    return min(max(v, lo), hi)


# The activations that PyTorch, JAX and Keras ship, written as their documentation has them.
SHIPPED = {
    "relu": lambda v: max(v, 0),
    "leaky_relu": lambda v: v if v >= 0 else v / 100,
    "prelu": lambda v: v if v >= 0 else v / 4,
    "rrelu": lambda v: v if v >= 0 else v * M.mpf(11) / 48,
    "relu6": lambda v: _cut(v, 0, 6),
    "relu_general": lambda v: max(v, 0),
    "threshold": lambda v: v if v > 1 else M.mpf(0),
    "hard_tanh": lambda v: _cut(v, -1, 1),
    "hard_sigmoid": lambda v: _cut(v + 3, 0, 6) / 6,
    "hard_sigmoid_half": lambda v: _cut((v + 1) / 2, 0, 1),
    "hard_swish": lambda v: v * _cut(v + 3, 0, 6) / 6,
    "sparse_plus": lambda v: M.mpf(0) if v <= -1 else (v if v >= 1 else (v + 1) ** 2 / 4),
    "abs": abs,
    "elu": lambda v: v if v > 0 else M.expm1(v),
    "celu": lambda v: max(v, 0) + min(0, M.expm1(v)),
    "selu": lambda v: (
        M.mpf("1.0507009873554804934193349852946")
        * (v if v > 0 else M.mpf("1.6732632423543772848170429916717") * M.expm1(v))
    ),
    "exponential": M.exp,
    "sigmoid": _sigmoid,
    "tanh": M.tanh,
    "log_sigmoid": lambda v: M.log(_sigmoid(v)),
    "softplus": lambda v: M.log1p(M.exp(v)),
    "silu": lambda v: v * _sigmoid(v),
    "swish": lambda v: v * _sigmoid(v),
    "mish": lambda v: v * M.tanh(M.log1p(M.exp(v))),
    "tanh_shrink": lambda v: v - M.tanh(v),
    "softsign": lambda v: v / (1 + abs(v)),
    "squareplus": lambda v: (v + M.sqrt(v * v + 4)) / 2,
    "gelu": lambda v: v * M.ncdf(v),
    "gelu_tanh": lambda v: v * _sigmoid(2 * M.sqrt(2 / M.pi) * (v + M.mpf("0.044715") * v**3)),
    "probit": M.ncdf,
    "hard_shrink": lambda v: v if abs(v) > M.mpf(1) / 2 else M.mpf(0),
    "soft_shrink": lambda v: M.sign(v) * max(abs(v) - M.mpf(1) / 2, 0),
    "identity": lambda v: v,
    "square": lambda v: v * v,
    "sign": M.sign,
    "erf": M.erf,
    "asinh": M.asinh,
    "sinc": lambda v: M.sincpi(v),
}


def _value(expression: sp.Expr, point: sp.Expr, gate: sp.Expr | None = None) -> sp.Float:
    return expression.xreplace({x: point, g: gate or GATE}).evalf(30)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_shipped_activations_to_thirty_digits(name):
    formula = get(name).formula
    with mpmath.workdps(35):
        for point in POINTS:
            expected = mpmath.mpf(SHIPPED[name](mpmath.mpf(point.p) / point.q))
            assert mpmath.almosteq(mpmath.mpf(str(_value(formula, point))), expected, rel_eps=1e-27, abs_eps=1e-27)


@pytest.mark.parametrize("name", sorted(VALUES))
def test_values(name):
    formula = get(name).formula
    for point, expected in zip(POINTS, VALUES[name], strict=True):
        assert float(_value(formula, point)) == pytest.approx(expected, rel=1e-13, abs=1e-15)


def test_the_value_tables_cover_the_catalog():
    declared = {name for name in catalog.canonical_names() if get(name).kind != "vector"}
    assert declared == set(VALUES) | {"bilinear"} | (declared & set(SHIPPED))


def test_values_can_fail():
    """Negative control: a formula off by a sign or a constant is seen."""
    wrong = get("gelu_tanh").formula.xreplace({sp.Rational(44715, 10**6): sp.Rational(44716, 10**6)})
    assert float(_value(wrong, POINTS[3])) != pytest.approx(VALUES["gelu_tanh"][3], rel=1e-13)


def test_selu_constants():
    """Klambauer et al. 2017, eq. 14: the constants that the frameworks print are roundings of these."""
    alpha, scale = get("selu").settings["alpha"], get("selu").settings["scale"]
    assert float(alpha.evalf(30)) == 1.6732632423543772848170429916717
    assert float(scale.evalf(30)) == 1.0507009873554804934193349852946
    z = sp.Symbol("z", real=True)
    with mpmath.workdps(25):
        f = sp.lambdify(z, get("selu").formula.xreplace({x: z}), "mpmath")
        for power, expected in ((1, 0), (2, 1)):
            moment = mpmath.quad(lambda t: f(t) ** power * mpmath.npdf(t), [-mpmath.inf, 0, mpmath.inf])  # noqa: B023
            assert abs(moment - expected) < mpmath.mpf(10) ** -20


ALL = [(name, get(name)) for name in catalog.canonical_names()]


@pytest.mark.parametrize(("name", "activation"), ALL, ids=[name for name, _ in ALL])
def test_row(name, activation):
    assert activation.name == name and activation.kind in KINDS
    assert activation.reference is None or isinstance(activation.reference, Reference)
    formal = list(inspect.signature(catalog.row_of(name).formula).parameters)
    assert formal == [p.name for p in activation.parameters], "the formula's arguments are the parameters, in order"
    for p in activation.parameters:
        assert p.domain in DOMAINS.values()
        assert p.domain.contains(p.default) is True, (p.name, p.default)
        assert p.symbol in activation.expression.free_symbols, f"{p.name} is not used"
    assert not activation.expression.atoms(sp.Float), "constants are exact"
    used = {s for s in activation.formula.free_symbols if not isinstance(s, sp.Indexed)}
    allowed = {"scalar": {x}, "gated": {x, g}, "vector": {xs, xs.label, n, i, j}}[activation.kind]
    assert used <= allowed
    if activation.kind == "gated":
        assert used == allowed
    if activation.kind != "vector":
        assert activation.formula.is_extended_real is not False and not activation.formula.has(sp.I, sp.nan, sp.zoo)


@pytest.mark.parametrize(("name", "activation"), [a for a in ALL if a[1].kind == "scalar"])
def test_called_by_name_and_written_out_are_one(name, activation):
    """`parse("f(x)")` and the text of the formula give the declared formula; so does every alias."""
    assert parse(f"{name}(x)") == activation.formula
    for alias in activation.aliases:
        assert parse(f"{alias}(x)") == activation.formula
        assert get(alias) == activation


def test_names_are_unambiguous():
    seen: dict[str, str] = {}
    for name, activation in ALL:
        for label in (name, *activation.aliases):
            key = store.folded(label)
            assert seen.setdefault(key, name) == name, f"{label} is {seen[key]} and {name}"
            assert catalog.canonical(label) == name
    assert set(seen.values()) == set(catalog.canonical_names())


def test_no_name_is_a_constant_or_special():
    labels = {label for name, a in ALL for label in (name, *a.aliases)}
    assert not labels & (set(CONSTANTS) | set(SPECIAL) | {"x", "g", "e", "I"})
    for label in labels & set(ELEMENTARY):
        assert parse(f"{label}(x)") == get(label).formula, "the elementary function of that name is the activation"


def test_references_are_well_formed():
    for name, activation in ALL:
        reference = activation.reference
        if reference is not None:
            assert reference.authors and reference.title and 1900 < reference.year < 2027, name
            assert reference.identifier == "" or reference.identifier.startswith(("arXiv:", "doi:10.")), name


def test_families_are_disjoint_and_read_in_order():
    rows = [entry.name for family in catalog.FAMILIES for entry in _family(family).ROWS]
    assert len(rows) == len(set(rows)) and tuple(rows) == catalog.canonical_names()


def _family(name):
    return __import__(f"symacts.catalog.{name}", fromlist=["ROWS"])


def test_counts():
    assert len(names("scalar")) >= 250 and len(names("gated")) >= 15 and len(names("vector")) >= 10
    assert {"sigmoid", "tanh", "relu", "leaky_relu", "elu"} <= set(names("scalar"))


def test_ordered_parameters():
    assert get("hard_tanh", min_val=-2, max_val=3).formula == sp.Max(-2, sp.Min(3, x))
    with pytest.raises(ParameterError):
        get("hard_tanh", min_val=2)
    with pytest.raises(ParameterError):
        get("n_activation", a=1)


def test_softmax_sums_to_one():
    size = 3
    entries = sp.symbols("v0:3", real=True)
    formula = get("softmax", T=2).formula
    total = sp.S.Zero
    for k in range(size):
        entry = formula.subs({n: size, i: k}).doit()
        total += entry.subs({xs[m]: entries[m] for m in range(size)})
    assert sp.simplify(total) == 1
