"""Certified answers under symbolic parameters: what holds for every value in the parameters' domains.

Three reductions turn a question with parameters into questions without: a constant that depends on one parameter is
a function of it, charted over its domain; a change of scale `x = t/c` removes a parameter from the arguments
(`exp(beta*x)`); an expression linear in parameter-free functions is answered term by term. What none of them reaches
is undecided, with the parameter named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sympy as sp

from symacts.analysis.parametric_signs import SIGNS, ConstantSigns
from symacts.analysis.subject import Subject
from symacts.errors import UnsupportedExpression
from symacts.rigor.oracle import BallOracle
from symacts.rigor.signs import SignChart, Zero
from symacts.rigor.tails import NoLimit
from symacts.rigor.unknown import Unknown
from symacts.spec import Activation, x
from symacts.symbolic.forms import factored
from symacts.symbolic.structure import expanded_length, read_sign

__all__ = ["ParametricOracle", "parametric_subject", "subject_with_symbols"]

_SIZE = sp.Dummy("size", positive=True)
MOST_TERMS = 100
"""Terms of a sum up to which it is multiplied out or factored."""
LONGEST = 400
"""Operations of an expression up to which changes of scale are tried for its sign."""


def _forms(expression: sp.Expr) -> Iterator[sp.Expr]:
    """The expression, and as long as it stays short what it is multiplied out, and factored."""
    yield expression
    if expanded_length(expression) <= MOST_TERMS:
        yield sp.expand(expression)
        yield factored(expression)


class ParametricOracle:
    """An oracle for expressions in parameter symbols, each with the interval it ranges over."""

    def __init__(self, domains: dict[sp.Symbol, sp.Interval]) -> None:
        self.domains = domains
        self.balls = BallOracle()
        self.constants = ConstantSigns(domains, self.balls)
        self._images: dict[tuple[sp.Expr, sp.Expr], sp.Expr] = {}

    # --- constants -----------------------------------------------------------------------------------------------

    def parameters_in(self, expression: sp.Basic) -> set[sp.Symbol]:
        """The parameter symbols that an expression holds."""
        return self.constants.parameters_in(expression)

    def sign(self, constant: sp.Expr) -> int | None:
        """The sign that the constant has for every value of the parameters; None where it has none or is undecided."""
        return self.constants.sign(constant)

    def sign_at(self, expression: sp.Expr, x: sp.Symbol, point: sp.Rational) -> int | None:
        """The sign at a rational point for every value of the parameters."""
        if self.parameters_in(expression):
            return self.sign(expression.subs(x, point))
        return self.balls.sign_at(expression, x, point)

    # --- charts --------------------------------------------------------------------------------------------------

    def chart(self, expression: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> Any:
        """The sign chart on an open interval, valid for every value of the parameters."""
        if not expression.has(x):
            sign = self.sign(expression)
            return SignChart(((lo, hi, sign),), ()) if sign is not None else self._depends(expression)
        if not any(map(self.parameters_in, (expression, lo, hi))):
            return self.balls.chart(expression, x, lo, hi)
        factored = sp.factor_terms(sp.together(expression))
        outside, inside = factored.as_independent(x, as_Add=False)
        flip = self.sign(outside)
        if not flip:
            return self._depends(outside)
        straight = self._linear(inside, x, lo, hi)
        if straight is None:
            straight = self._scaled_chart(inside, x, lo, hi)
        if not isinstance(straight, SignChart):
            return straight
        return SignChart(tuple((a, b, s * flip) for a, b, s in straight.cells), straight.zeros)

    def zero_at(self, point: sp.Expr) -> Any:
        """A zero of unstated multiplicity, as charts hold them."""
        return Zero(point)

    def _depends(self, constant: sp.Expr) -> Unknown:
        return Unknown(f"depends on the sign of {constant}")

    def _linear(self, expression: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> Any:
        """The chart of `a*x + b`, or of an expression whose sign its structure shows; None for anything else."""
        for way in (0, 1, -1):  # as it stands, and on a half line where x has a sign
            if way and self._order(*((lo, sp.S.Zero) if way > 0 else (sp.S.Zero, hi))) not in (0, 1):
                continue
            read = read_sign(expression.xreplace({x: way * _SIZE}) if way else expression)
            if read in SIGNS:
                return SignChart(((lo, hi, SIGNS[read]),), ())
        if not expression.is_polynomial(x) or sp.degree(expression, x) != 1:
            return None
        a, b = expression.coeff(x, 1), sp.expand(expression).coeff(x, 0)
        sign = self.sign(a)
        if not sign:
            return self._depends(a)
        root = sp.factor_terms(sp.cancel(-b / a))
        below = self._order(root, lo)
        above = self._order(hi, root)
        if below is None or above is None:
            return self._depends(root - lo if below is None else hi - root)
        if below <= 0:
            return SignChart(((lo, hi, sign),), ())
        if above <= 0:
            return SignChart(((lo, hi, -sign),), ())
        return SignChart(((lo, root, -sign), (root, hi, sign)), (Zero(root, 1),))

    def _order(self, a: sp.Expr, b: sp.Expr) -> int | None:
        """The sign of `a - b` for extended reals."""
        if a is sp.oo or b is -sp.oo:
            return 1
        if a is -sp.oo or b is sp.oo:
            return -1
        return self.sign(a - b)

    def _scales(self, expression: sp.Expr, x: sp.Symbol) -> Iterable[sp.Expr]:
        """Positive or negative factors `c` with `c*x` inside an argument, to be made the new variable."""
        found: dict[sp.Expr, None] = {sp.S.One: None}
        arguments = [a for node in expression.atoms(sp.Function, sp.exp, sp.Pow) for a in node.args if a.has(x)]
        for argument in map(sp.expand, arguments):
            inverse = sp.cancel(argument * x)
            if not inverse.has(x) and self.parameters_in(inverse):
                found.setdefault(1 / inverse)
            constant, slope, square = (argument.coeff(x, k) for k in (0, 1, 2))
            if slope != 0 and self.parameters_in(slope):
                found.setdefault(slope)
            if slope != 0 and self.parameters_in(constant):
                found.setdefault(slope / constant)
            if square != 0 and self.parameters_in(square) and square.is_positive:
                found.setdefault(sp.sqrt(square))
            if square != 0 and self.parameters_in(square + constant) and (square / constant).is_positive:
                found.setdefault(sp.sqrt(square / constant))
        return found

    def _scaled(self, expression: sp.Expr, x: sp.Symbol, scale: sp.Expr) -> sp.Expr:
        if (expression, scale) not in self._images:
            self._images[expression, scale] = self._find_scaled(expression, x, scale)
        return self._images[expression, scale]

    def _find_scaled(self, expression: sp.Expr, x: sp.Symbol, scale: sp.Expr) -> sp.Expr:
        image = expression.subs(x, x / scale)
        short: dict[sp.Expr, sp.Expr] = {}

        def plain(a: sp.Expr) -> sp.Expr:
            if a not in short:
                short[a] = sp.cancel(a)
            return short[a]

        image = image.replace(lambda e: isinstance(e, (sp.exp, sp.Function)), lambda e: e.func(*map(plain, e.args)))
        return sp.powdenest(image)

    def _scaled_chart(self, expression: sp.Expr, x: sp.Symbol, lo: sp.Expr, hi: sp.Expr) -> Any:
        if expression.count_ops() > LONGEST:
            return Unknown("the expression is too long for a change of scale")
        for scale in self._scales(expression, x):
            direction = self.sign(scale)
            if not direction:
                continue
            image = self._scaled(expression, x, scale)
            if self._is_mixed(image, x):
                continue
            image = sp.factor_terms(sp.together(image))
            outside, inside = image.as_independent(x, as_Add=False)
            if self.parameters_in(inside):
                whole = factored(image)
                outside, inside = whole.as_independent(x, as_Add=False)
            start, end = sp.cancel(lo * scale), sp.cancel(hi * scale)
            if direction < 0:
                start, end = end, start
            flip = self.sign(outside)
            if self.parameters_in(inside) or self.parameters_in(start) or self.parameters_in(end) or not flip:
                continue
            chart = self.balls.chart(inside, x, start, end)
            if not isinstance(chart, SignChart):
                return chart
            cells = [(a / scale, b / scale, s * flip) for a, b, s in chart.cells]
            zeros = [Zero(z.point / scale, z.multiplicity) for z in chart.zeros]
            if direction < 0:
                cells = [(b, a, s) for a, b, s in reversed(cells)]
                zeros.reverse()
            cells[0] = (lo, cells[0][1], cells[0][2])
            cells[-1] = (cells[-1][0], hi, cells[-1][2])
            return SignChart(tuple(cells), tuple(zeros))
        return Unknown(f"the sign of {expression} depends on parameters in a way that no change of scale removes")

    # --- limits --------------------------------------------------------------------------------------------------

    def _terms(self, expression: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, dict[sp.Expr, sp.Expr]] | None:
        """A scale and the expression as a sum of parameter constants times parameter-free functions of `scale*x`."""
        for scale in self._scales(expression, x):
            if not self.sign(scale):
                continue
            image = self._scaled(expression, x, scale)
            if self._is_mixed(image, x):
                continue
            for form in _forms(image):
                groups: dict[sp.Expr, sp.Expr] = {}
                for term in sp.Add.make_args(form):
                    outside, inside = term.as_independent(x, as_Add=False)
                    free, held = self._separate(outside)
                    groups[held] = groups.get(held, sp.S.Zero) + free * inside
                if not any(self.parameters_in(g) for g in groups.values()):
                    return scale, groups
        return None

    def _is_mixed(self, expression: sp.Expr, x: sp.Symbol) -> bool:
        """Whether x and parameters are tied together in some argument, so that no algebra parts them."""
        return any(self._mixes(node, x) for node in expression.atoms(sp.Function, sp.Pow))

    def _mixes(self, node: sp.Expr, x: sp.Symbol) -> bool:
        """Whether x and parameters stand in one factor of a base or argument, where multiplying out parts them not."""
        if isinstance(node, sp.Pow) and node.exp.is_Integer and node.exp > 0:
            return False
        is_exp = isinstance(node, sp.exp) or (isinstance(node, sp.Pow) and not self.parameters_in(node.base))
        inside = node.exp if is_exp else node.base if isinstance(node, sp.Pow) else None
        if inside is None:
            return any(a.has(x) and bool(self.parameters_in(a)) for a in node.args)
        parts = sp.Add.make_args(sp.expand(inside)) if is_exp else sp.Mul.make_args(sp.factor_terms(inside))
        return any(p.has(x) and bool(self.parameters_in(p)) for p in parts)

    def _separate(self, constant: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """A constant as a parameter-free factor times one that holds parameters."""
        free, held = sp.S.One, sp.S.One
        for factor in sp.Mul.make_args(constant):
            if self.parameters_in(factor):
                held *= factor
            else:
                free *= factor
        return free, held

    def limit(self, expression: sp.Expr, x: sp.Symbol, point: sp.Expr, side: int) -> Any:
        """The one-sided limit, valid for every value of the parameters."""
        if not self.parameters_in(expression) and not self.parameters_in(point):
            return self.balls.limit(expression, x, point, side)
        if point.is_infinite is not True and not point.is_zero:
            return Unknown(f"a limit at {point} with parameters")
        power = self._power_of(expression, x)
        if power is not None:
            return self._limit_of_power(*power, point, side)
        read = self._terms(expression, x)
        if read is None:
            return Unknown(f"the limit of {expression} depends on parameters in a way that no change of scale removes")
        scale, groups = read
        direction = self.sign(scale)
        assert direction is not None
        total: sp.Expr = sp.S.Zero
        turning: list[tuple[sp.Expr, NoLimit]] = []
        for held, function in groups.items():
            target = point * direction if point.is_infinite else point
            value = self.balls.limit(function, x, target, side * direction) if function.has(x) else function
            if isinstance(value, NoLimit):
                turning.append((held, value))
                continue
            if not isinstance(value, sp.Expr):
                return value
            if value.is_infinite:
                sign = self.sign(held)
                if not sign:
                    return self._depends(held)
                value = value * sign
                if total.is_infinite and total != value:
                    return Unknown("infinite terms of opposite sign")
                total = value
            elif not total.is_infinite:
                total += held * value
        return self._turned(turning, total) if turning else total

    def _power_of(self, expression: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, sp.Expr, int] | None:
        """`(c, e, way)` for `c*(way*x)**e` with parameters in the exponent, way 1 or -1; None for anything else."""
        held, moving = sp.powsimp(expression).as_independent(x, as_Add=False)
        for way in (1, -1):
            base, exponent = sp.powsimp(moving.xreplace({x: way * _SIZE})).as_base_exp()
            if base == _SIZE and not exponent.has(_SIZE) and self.parameters_in(exponent):
                return held, exponent, way
        return None

    def _limit_of_power(self, held: sp.Expr, exponent: sp.Expr, way: int, point: sp.Expr, side: int) -> Any:
        """The limit of `held*(way*x)**exponent` where way*x tends to oo, or to 0 from above."""
        if (point is sp.oo or (side > 0 and point.is_zero)) != (way > 0):
            return Unknown("a power of a negative number")
        growth, sign = self.sign(exponent), self.sign(held)
        if growth is None:
            return self._depends(exponent)
        if growth == 0:
            return held
        if growth > 0 if point.is_zero else growth < 0:
            return sp.S.Zero
        return sign * sp.oo if sign else self._depends(held)

    def _turned(self, turning: list[tuple[sp.Expr, NoLimit]], rest: sp.Expr) -> Any:
        """What a sum does with terms that have no limit, the limit of all others known.

        One such term, with a factor that is never 0, beside a finite limit leaves the sum without one:
        `x + alpha*sin(x)` and `alpha*sin(x)` at `alpha = 0` have limits.
        """
        (held, none), *more = turning
        if more or rest.is_infinite:
            return Unknown("a term without a limit beside an infinite one, or beside another without")
        sign = self.sign(held)
        if not sign:
            return self._depends(held)
        points = tuple(sign * p if p.is_infinite else rest + held * p for p in none.points)
        return NoLimit(f"oscillates: {points[0]} and {points[1]} are both limit points", points)

    def asymptote(self, expression: sp.Expr, x: sp.Symbol, side: int) -> Any:
        """The linear asymptote, valid for every value of the parameters."""
        if not self.parameters_in(expression):
            return self.balls.asymptote(expression, x, side)
        read = self._terms(expression, x)
        if read is None:
            return Unknown("the asymptote depends on parameters in a way that no change of scale removes")
        scale, groups = read
        direction = self.sign(scale)
        assert direction is not None
        slope, intercept = sp.S.Zero, sp.S.Zero
        for held, function in groups.items():
            line = self.balls.asymptote(function, x, side * direction)
            if line is None and len(groups) == 1:
                return None if self.sign(held) else self._depends(held)
            if not isinstance(line, tuple):
                return line if line is not None else Unknown("a term without an asymptote")
            slope, intercept = slope + held * scale * line[0], intercept + held * line[1]
        return sp.cancel(slope), intercept

    def rate(self, expression: sp.Expr, x: sp.Symbol, side: int) -> str | None:
        """How fast an expression tends to 0, the same for every value of the parameters."""
        read = self._terms(expression, x)
        if read is None or len(read[1]) != 1:
            return None
        direction = self.sign(read[0])
        ((held, function),) = read[1].items()
        return self.balls.rate(function, x, side * direction) if direction and self.sign(held) else None

    def has_no_limit(self, answer: Any) -> bool:
        """Whether an answer of `limit` is a proof that there is none."""
        return self.balls.has_no_limit(answer)

    def period(self, expression: sp.Expr, x: sp.Symbol) -> sp.Expr | None:
        """Periods are looked for without parameters."""
        return None if self.parameters_in(expression) else self.balls.period(expression, x)

    def periodic_chart(self, expression: sp.Expr, x: sp.Symbol) -> Any:
        """The sign chart over one period, or `Unknown`."""
        return self._depends(expression) if self.parameters_in(expression) else self.balls.periodic_chart(expression, x)

    def zero_families(self, expression: sp.Expr, x: sp.Symbol) -> Any:
        """All zeros on the line as families, or `Unknown`."""
        return self._depends(expression) if self.parameters_in(expression) else self.balls.zero_families(expression, x)

    # --- what needs numbers --------------------------------------------------------------------------------------

    def enclose(self, constant: sp.Expr, digits: int) -> tuple[sp.Rational, sp.Rational]:
        """Rational bounds of a constant without parameters.

        Raises
        ------
        UnsupportedExpression
            The constant holds a parameter.
        """
        if self.parameters_in(constant):
            raise UnsupportedExpression(f"{constant} has no digits: it holds parameters")
        return self.balls.enclose(constant, digits)

    def ball_sign(self, constant: sp.Expr) -> int | None:
        """1 or -1 where a ball shows it, None where the constant holds parameters."""
        return None if self.parameters_in(constant) else self.balls.ball_sign(constant)

    def enclose_at(self, expression: sp.Expr, x: sp.Symbol, point: sp.Rational) -> tuple[sp.Rational, sp.Rational]:
        """Rational bounds of the value at a rational point, without parameters."""
        if self.parameters_in(expression):
            raise UnsupportedExpression(f"{expression} has no digits: it holds parameters")
        return self.balls.enclose_at(expression, x, point)

    def places_of_supremum(self, function: sp.Expr, *more: Any) -> Any:
        """Branch and bound needs numbers."""
        return (
            self._depends(function) if self.parameters_in(function) else self.balls.places_of_supremum(function, *more)
        )

    def as_root(self, constant: sp.Expr) -> sp.Expr:
        """A constant as a single `Root`, or unchanged where it holds parameters."""
        return constant if self.parameters_in(constant) else self.balls.as_root(constant)

    def is_integrable(self, integral: sp.Expr) -> bool | str:
        """Quadrature needs numbers."""
        if self.parameters_in(integral):
            return "quadrature needs numbers, and the integrand holds parameters"
        return self.balls.is_integrable(integral)


def parametric_subject(activation: Activation) -> Subject:
    """The activation with its parameters symbolic, each under its typical domain where one is declared.

    A parameter declared above another is carried as that other plus a positive width, so that the order is known;
    facts are written back in the declared names.
    """
    symbols = {p.name: p.generic.symbol(p.name) for p in activation.parameters}
    expression = activation.expression.xreplace({p.symbol: symbols[p.name] for p in activation.parameters})
    domains = {symbols[p.name]: p.generic.interval for p in activation.parameters}
    back: dict[sp.Basic, sp.Expr] = {}
    for p in activation.parameters:
        if p.above is not None:
            width = sp.Symbol(f"{p.name}_minus_{p.above}", positive=True)
            expression = expression.subs(symbols[p.name], symbols[p.above] + width)
            back[width] = symbols[p.name] - symbols[p.above]
            domains[width] = sp.Interval.open(0, sp.oo)
    return Subject(expression, x, ParametricOracle(domains), back)


def subject_with_symbols(expression: sp.Expr) -> Subject:
    """A subject for an expression whose parameters carry their domains as assumptions."""
    domains = {}
    for symbol in expression.free_symbols - {x}:
        lo = 0 if symbol.is_nonnegative else -sp.oo
        domains[symbol] = sp.Interval(lo, sp.oo, symbol.is_positive is True or lo is -sp.oo, True)
    return Subject(expression, x, ParametricOracle(domains))
