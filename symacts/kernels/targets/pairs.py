"""Programs in pairs of words: every value with an estimate of its rounding error, put back in the end.

A step's error is computed exactly or to first order from the step itself (Dekker 1971, Knuth 1969: sums and products;
a quotient's from its remainder), and the operands' errors pass through it. Differences of nearly equal values then
keep their digits: what has cancelled was right to some ten bits more than the format holds.

How far this goes is chosen for a whole program: `sums` carries pairs into sums only and rounds products, whose factors'
relative errors just add; `pairs` carries them to the end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from symacts.kernels.approximations import ERFCX_POLE, coefficients
from symacts.kernels.targets.elementary import EXPANSIONS, Writer, exp_from, exp_reduced
from symacts.rewrite.graph import Graph, Rounded

__all__ = ["SUPPORTED", "Pairs", "is_larger", "is_nonpositive", "is_power_of_two"]

Pair = tuple[str, str | None]
"""A value's name and that of its error (None: exact)."""

SUPPORTED = frozenset(
    {"var", "const", "neg", "abs", "add", "sub", "mul", "div", "select", "below"}
    | {"exp", "expm1", "sqrt", "log", "log1p", "erfcx"}
)
"""Operations with a rule here."""


@dataclass(slots=True)
class Pairs:
    """Writes steps of a program; `pair` and `rounded` return names."""

    writer: Writer
    graph: Graph
    known: dict[int, Pair] = field(default_factory=dict)
    joined: dict[int, str] = field(default_factory=dict)
    factors: dict[str, tuple[str, str]] = field(default_factory=dict)

    def rounded(self, k: int) -> str:
        """The value of a step; products are rounded, sums are not before they are complete."""
        if k in self.joined:
            return self.joined[k]
        step, w = self.graph.steps[k], self.writer
        args = step.args
        if k in self.known:
            found = self.sum_of(self.known[k])
        elif step.name == "mul":
            found = w.let(f"{self.rounded(args[0])}*{self.rounded(args[1])}")
        elif step.name in ("neg", "abs"):
            found = EXPANSIONS[step.name](w, self.rounded(args[0]))
        elif step.name == "select":
            mask = self.rounded(args[0])
            found = w.let(f"{self.rounded(args[1])} if {mask} else {self.rounded(args[2])}")
        elif step.name == "below":
            found = w.let(f"x < {w.number(float(step.payload or 0.0))}")
        elif step.name in ("log", "log1p"):
            found = EXPANSIONS[step.name](w, self.rounded(args[0]))
        else:
            found = self.sum_of(self.pair(k))
        self.joined[k] = found
        return found

    def sum_of(self, pair: Pair) -> str:
        """Value plus error, rounded."""
        value, error = pair
        return value if error is None else self.writer.let(f"{value} + {error}")

    def pair(self, k: int) -> Pair:
        """The value of a step and its error."""
        if k not in self.known:
            self.known[k] = self.written(k)
        return self.known[k]

    def written(self, k: int) -> Pair:
        step, w = self.graph.steps[k], self.writer
        args = step.args
        if step.name == "var":
            return "x", None
        if step.name == "const":
            return self.constant(k)
        if step.name in ("add", "sub"):
            other = self.pair(args[1])
            return self.total(self.pair(args[0]), self.negative(other) if step.name == "sub" else other, *args)
        if step.name == "mul":
            return self.product(args[0], args[1])
        if step.name == "neg":
            return self.negative(self.pair(args[0]))
        if step.name == "div":
            return self.quotient(args[0], args[1])
        if step.name == "select":
            mask = self.rounded(args[0])
            (p, p_low), (q, q_low) = self.pair(args[1]), self.pair(args[2])
            zero = w.number(0.0)
            low = None if p_low is None and q_low is None else w.let(f"{p_low or zero} if {mask} else {q_low or zero}")
            return w.let(f"{p} if {mask} else {q}"), low
        if step.name in ("exp", "expm1"):
            return self.exponential(k)
        if step.name == "sqrt":
            value, low = self.pair(args[0])
            root = w.let(f"math.sqrt({value})")
            rest = w.let(w.fma(f"-{root}", root, value))
            rest = rest if low is None else w.let(f"{rest} + {low}")
            return root, w.let(f"({w.number(0.5)}*{rest})*{self.inverse(root)}")
        if step.name == "erfcx":
            return self.erfcx(self.pair(args[0]))
        return self.rounded(k), None

    def constant(self, k: int) -> Pair:
        """The format's nearest float and what it leaves."""
        value = self.graph.value(k) or 0.0
        kind = np.dtype(self.writer.dtype).type
        head = float(kind(float(value)))
        rest = float(kind((float(value) - head) + (value.rest if isinstance(value, Rounded) else 0.0)))
        return self.writer.number(head), self.writer.number(rest) if rest else None

    def negative(self, pair: Pair) -> Pair:
        value, low = pair
        return self.writer.let(f"-{value}"), None if low is None else self.writer.let(f"-{low}")

    def total(self, p: Pair, q: Pair, a: int | None = None, b: int | None = None) -> Pair:
        """The sum; its rounding error by two operations where one term is known to be the larger one."""
        w = self.writer
        if a is not None and b is not None and not is_larger(self.graph, a, b) and is_larger(self.graph, b, a):
            p, q, a, b = q, p, b, a
        s = w.let(f"{p[0]} + {q[0]}")
        if a is not None and b is not None and is_larger(self.graph, a, b):
            lost = w.let(f"{q[0]} - ({s} - {p[0]})")
        else:
            near = w.let(f"{s} - {p[0]}")
            lost = w.let(f"({p[0]} - ({s} - {near})) + ({q[0]} - {near})")
        for low in (p[1], q[1]):
            lost = lost if low is None else w.let(f"{lost} + {low}")
        return s, lost

    def product(self, a: int, b: int) -> Pair:
        w = self.writer
        (p, p_low), (q, q_low) = self.pair(a), self.pair(b)
        value = w.let(f"{p}*{q}")
        self.factors[value] = p, q
        low = None
        if not any(is_power_of_two(self.graph.value(j)) for j in (a, b)):
            low = w.let(w.fma(p, q, f"-{value}"))
        for factor, other in ((q, p_low), (p, q_low)):
            if other is not None:
                low = w.let(f"{factor}*{other}" if low is None else w.fma(factor, other, low))
        return value, low

    def inverse(self, value: str) -> str:
        """1/value, about rounded; once for all quotients, and from those of a product's factors where they are there.

        What it is off is part of each quotient's remainder.
        """
        shared, key = self.writer.shared, ("inverse", value)
        if key not in shared:
            factors = [shared.get(("inverse", f)) for f in self.factors.get(value, ())]
            known = [f[0] for f in factors if f is not None]
            written = f"{known[0]}*{known[1]}" if len(known) == 2 else f"{self.writer.number(1.0)}/{value}"
            shared[key] = (self.writer.let(written),)
        return shared[key][0]

    def quotient(self, a: int, b: int) -> Pair:
        """q = n*(1/d) and the remainder (n - q*d)/d."""
        w = self.writer
        (n, n_low), (d, d_low) = self.pair(a), self.pair(b)
        r = self.inverse(d)
        q = r if self.graph.value(a) == 1.0 else w.let(f"{n}*{r}")
        rest = w.let(w.fma(f"-{q}", d, n))
        rest = rest if n_low is None else w.let(f"{rest} + {n_low}")
        rest = rest if d_low is None else w.let(w.fma(f"-{q}", d_low, rest))
        return q, w.let(f"{rest}*{r}")

    def exponential_of(self, k: int) -> str:
        """exp of a step, rounded: a rounding error of the exponent is a relative one of the result."""
        value, error = self.pair(k)
        if is_nonpositive(self.graph, k):
            self.writer.nonpositive.add(value)
        e = EXPANSIONS["exp"](self.writer, value)
        return e if error is None else self.writer.let(f"{e}*{self.small(error, value)} + {e}")

    def small(self, error: str, value: str) -> str:
        """The rounding error of an exponent, 0 beyond all that have a power of e: it may be -1 there, and cancel it."""
        w = self.writer
        key = ("small", error)
        if key not in w.shared:
            size, most = w.let(f"abs({value})"), w.number(max(-w.words.lowest, w.words.highest))
            w.shared[key] = (w.let(f"{error} if {w.let(f'{size} <= {most}')} else {w.number(0.0)}"),)
        return w.shared[key][0]

    def times_away(
        self, names: Mapping[int, str], factor: int, k: int, constant: int, other: int, *, careful: bool
    ) -> str:
        """factor*(value - constant) + other, the constant in two words: the difference is exact where they are close.

        In careful arithmetic it comes with what rounding took from it elsewhere, a factor that is a product, too.
        """
        w, (head, rest), (value, _) = self.writer, self.constant(constant), self.pair(k)
        distance, f, more = w.let(f"{value} - {head}"), names[factor], names[other]
        if self.graph.value(factor) == 1.0:
            return w.let(f"{distance} + {more if rest is None else w.let(f'{more} - {rest}')}")
        if careful:
            distance, left = self.total((value, None), self.negative((head, rest)))
            lost = self.lost(names, factor)
            more = more if lost is None else w.let(f"{lost}*{distance} + {more}")
            more = more if left is None else w.let(f"{f}*{left} + {more}")
        elif rest is not None:
            more = w.let(f"{more} - {f}*{rest}")
        return w.let(f"{f}*{distance} + {more}")

    def times_square(self, names: Mapping[int, str], k: int, r: str) -> tuple[str, str]:
        """value*r*r and what rounding took from it, r of half the format's digits; in float32 its square underflows."""
        w, n, before = self.writer, names[k], self.lost(names, k)
        if w.dtype == "float64":
            factor = w.let(f"{r}*{r}")
            near = w.let(f"{n}*{factor}")
            lost = w.let(w.fma(n, factor, f"-{near}"))
            return near, lost if before is None else w.let(f"{before}*{factor} + {lost}")
        once = w.let(f"{n}*{r}")
        lost = w.let(w.fma(n, r, f"-{once}"))
        lost = lost if before is None else w.let(f"{before}*{r} + {lost}")
        near = w.let(f"{once}*{r}")
        return near, w.let(f"{lost}*{r} + {w.let(w.fma(once, r, f'-{near}'))}")

    def lost(self, names: Mapping[int, str], k: int) -> str | None:
        """What rounding took from a product; None for any other step."""
        step = self.graph.steps[k]
        if step.name != "mul" or any(is_power_of_two(self.graph.value(j)) for j in step.args):
            return None
        return self.writer.let(self.writer.fma(names[step.args[0]], names[step.args[1]], f"-{names[k]}"))

    def exponential_from(self, k: int, constant: int, scale: int | None = None) -> str:
        """scale*exp(k - constant), or exp(k - constant) - 1: next to zero as accurate as the difference."""
        w, (value, error) = self.writer, self.pair(k)
        factor = 1.0 if scale is None else self.graph.value(scale) or 1.0
        rest = factor.rest if isinstance(factor, Rounded) else 0.0
        small = None if error is None else self.small(error, value)
        p, s = exp_from(w, value, small, self.constant(constant), (float(factor), rest))
        return w.let(f"{s}*{p} + ({s} - {w.number(1.0)})" if scale is None else f"{s}*{p} + {s}")

    def exponential(self, k: int) -> Pair:
        """s*(1 + p + low), or that less one, from the parts of `exp_reduced`."""
        step, w = self.graph.steps[k], self.writer
        value, error = self.pair(step.args[0])
        if is_nonpositive(self.graph, step.args[0]):
            w.nonpositive.add(value)
        key = ("exp parts", value)
        if key not in w.shared:
            s, r, square, r_low = exp_reduced(w, value)
            p = w.let(f"{r} + {square}")
            p_low = w.let(f"({r} - {p}) + {square}")
            r_low = r_low if error is None else w.let(f"{r_low} + {self.small(error, value)}")
            e = w.let(f"{s}*{p} + {s}")
            w.shared[key] = s, p, p_low, r_low, e
        s, p, p_low, r_low, e = w.shared[key]
        if step.name == "exp":
            low = w.let(w.fma(s, p, w.let(f"{s} - {e}")))
            return e, w.let(w.fma(e, r_low, w.let(w.fma(s, p_low, low))))
        one = w.number(1.0)
        start = w.let(f"{s} - {one}")
        lost = (
            w.let(f"{s} - ({start} + {one})") if value in w.nonpositive else self.total((s, None), (f"-{one}", None))[1]
        )
        product = w.let(f"{s}*{p}")
        total = w.let(f"{start} + {product}")
        low = w.let(f"({product} - ({total} - {start})) + {lost}")
        low = w.let(f"{low} + {w.let(w.fma(s, p, f'-{product}'))}")
        return total, w.let(w.fma(e, r_low, w.let(w.fma(s, p_low, low))))

    def erfcx(self, z: Pair) -> Pair:
        """The polynomial in t = (z - c)/(z + c) over 1 + 2*z; the error of z by erfcx' = 2*z*erfcx - 2/sqrt(pi)."""
        w = self.writer
        value, error = z
        pole, one = w.number(ERFCX_POLE), w.number(1.0)
        values = coefficients("erfcx", w.words.bits)
        d = w.let(f"{value} + {pole}")
        r = self.inverse(d)
        t = w.let(f"({value} - {pole})*{r}")
        rest = w.let(f"{w.fma(f'-{t}', d, w.let(f'{value} - {pole}'))} - {t}*({value} - ({d} - {pole}))")
        p = w.let(f"{t}*{w.polynomial(values[1:], t)}")
        kind = np.dtype(w.dtype).type
        c0 = float(kind(values[0]))
        first = w.number(c0)
        top = w.let(f"{first} + {p}")
        low = w.let(f"({p} - ({top} - {first})) + ({rest}*{r})*{w.number(values[1])}")
        twice = w.let(f"{value} + {value}")
        bottom = w.let(f"{one} + {twice}")
        near = w.let(f"{bottom} - {one}")
        bottom_low = w.let(f"({one} - ({bottom} - {near})) + ({twice} - {near})")
        inverse = self.inverse(bottom)
        q = w.let(f"{top}*{inverse}")
        left = w.let(f"{w.fma(f'-{q}', bottom, top)} + {low}")
        left = w.let(w.fma(f"-{q}", bottom_low, left))
        found = w.let(f"{left}*{inverse}")
        if error is not None:
            slope = w.let(f"{twice}*{q} - {w.number(2.0 / math.sqrt(math.pi))}")
            found = w.let(w.fma(slope, error, found))
        return q, found


def is_nonnegative(graph: Graph, k: int) -> bool:
    """Whether a step is at least zero by its form."""
    step = graph.steps[k]
    if step.name in ("abs", "exp", "sqrt", "erfcx"):
        return True
    if step.name == "const":
        return (graph.value(k) or 0.0) >= 0.0
    if step.name == "mul" and step.args[0] == step.args[1]:
        return True
    return step.name in ("mul", "add", "div") and all(is_nonnegative(graph, j) for j in step.args)


def is_nonpositive(graph: Graph, k: int) -> bool:
    """Whether a step is at most zero by its form: minus a product of magnitudes."""
    step = graph.steps[k]
    return step.name == "neg" and is_nonnegative(graph, step.args[0])


def is_larger(graph: Graph, a: int, b: int) -> bool:
    """|a| >= |b| by form: a constant of size one or more beside what is at most one, sqrt(b*b + c) beside b."""
    value = graph.value(a)
    if graph.steps[a].name == "sqrt":
        inner = graph.steps[graph.steps[a].args[0]]
        size = _unsigned(graph, b)
        squares = [j for j in inner.args if graph.steps[j].name == "mul"]
        held = any({_unsigned(graph, i) for i in graph.steps[j].args} == {size} for j in squares)
        return inner.name == "add" and held and all(is_nonnegative(graph, j) for j in inner.args)
    return value is not None and abs(value) >= 1.0 and is_at_most_one(graph, b)


def _unsigned(graph: Graph, k: int) -> int:
    """The step without its sign: minus v, and |v|, are v."""
    while graph.steps[k].name in ("neg", "abs"):
        k = graph.steps[k].args[0]
    return k


def is_at_most_one(graph: Graph, k: int) -> bool:
    """Whether a step is at most one in size by its form."""
    step = graph.steps[k]
    if step.name == "const":
        return abs(graph.value(k) or 0.0) <= 1.0
    if step.name == "exp":
        return is_nonpositive(graph, step.args[0])
    return step.name in ("mul", "neg") and all(is_at_most_one(graph, j) for j in step.args)


def is_power_of_two(value: float | None) -> bool:
    """Whether products with it are exact."""
    return value is not None and not isinstance(value, Rounded) and abs(math.frexp(value)[0]) == 0.5
