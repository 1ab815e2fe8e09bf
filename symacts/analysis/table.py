"""The derivation table: which fact, by which method, from which other facts. A new fact is a function and a row.

Rows of one fact stand in the order in which they are tried; the first that is not undecided answers. Tests run all
methods of a fact and require that they agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from symacts.analysis import (
    algebra,
    composed,
    ends,
    envelope,
    families,
    half_lines,
    inversion,
    members,
    moments,
    periodic,
    phase,
    products,
    repeated,
    repeated_moments,
    shape,
    symmetry,
    values,
    witnesses,
)
from symacts.analysis.ends import Answer, Facts
from symacts.analysis.staircase_facts import STEPS_WITHOUT_END
from symacts.analysis.subject import Subject
from symacts.analysis.two_periods import TWO_PERIODS

__all__ = ["FACTS", "TABLE", "Derivation"]


@dataclass(frozen=True, slots=True)
class Derivation:
    """One way to establish a fact; `run(subject, facts)` gives `(value, because)` or raises `Undecided`."""

    fact: str
    method: str
    needs: tuple[str, ...]
    run: Callable[[Subject, Facts], Answer]


REPEATS = "repetition"
"""The method that carries one period over the line."""
MOVES = ("domain", "monotonicity", "discontinuities")

TABLE: tuple[Derivation, ...] = (
    Derivation("domain", "branches", (), ends.domain),
    Derivation("derivative", "branches", (), algebra.derivative),
    Derivation("second_derivative", "branches", (), algebra.second_derivative),
    Derivation("derivative_in_output", "undetermined coefficients", (), algebra.derivative_in_output),
    Derivation("antiderivative", "rules", ("discontinuities",), inversion.antiderivative),
    Derivation("inverse", "undoing", (), inversion.inverse),
    Derivation("inverse", "intermediate values", ("domain", "monotonicity", "discontinuities"), inversion.no_inverse),
    Derivation("inverse", "witnesses", (), witnesses.no_inverse),
    Derivation("limits", "expansion", (), ends.limits),
    Derivation("derivative_limits", "expansion", (), ends.derivative_limits),
    Derivation("asymptotes", "expansion", (), ends.asymptotes),
    Derivation("saturation", "slopes at the ends", ("derivative_limits",), ends.saturation),
    Derivation("saturation_rate", "expansion", ("saturation",), ends.saturation_rate),
    Derivation("range", "monotone pieces", (), values.range_),
    Derivation("range", "one period", (), periodic.range_),
    Derivation("range", "limits", ("domain", "discontinuities"), witnesses.range_by_limits),
    Derivation("minimum", "monotone pieces", (), values.minimum),
    Derivation("minimum", "one period", (), periodic.minimum),
    Derivation("minimum", "limits", (), witnesses.infimum_by_limits),
    Derivation("maximum", "monotone pieces", (), values.maximum),
    Derivation("maximum", "one period", (), periodic.maximum),
    Derivation("maximum", "limits", (), witnesses.supremum_by_limits),
    Derivation("bounded", "extrema", ("minimum", "maximum"), values.bounded),
    Derivation("zeros", "isolated roots", (), values.zeros),
    Derivation("zeros", "one period", (), periodic.zeros),
    Derivation("fixed_points", "isolated roots", (), values.fixed_points),
    Derivation("fixed_points", "one period", (), periodic.fixed_points),
    Derivation("sign", "extrema", ("minimum", "maximum"), values.sign),
    Derivation("sign", "sign chart", (), values.sign_by_chart),
    Derivation("sign", "witnesses", (), witnesses.sign),
    Derivation("sign", "factors", ("domain",), products.sign),
    Derivation("monotonicity", "sign of f'", (), shape.monotonicity),
    Derivation("monotonicity", "one period", (), periodic.monotonicity),
    Derivation("monotonicity", "witnesses", (), witnesses.monotonicity),
    Derivation("increasing_on", "sign of f'", (), shape.increasing_on),
    Derivation("decreasing_on", "sign of f'", (), shape.decreasing_on),
    Derivation("increasing_on", "monotonicity", MOVES, shape.moves_throughout("increasing")),
    Derivation("decreasing_on", "monotonicity", MOVES, shape.moves_throughout("decreasing")),
    Derivation("increasing_on", "one period", (), periodic.increasing_on),
    Derivation("decreasing_on", "one period", (), periodic.decreasing_on),
    Derivation("stationary_points", "zeros of f'", (), shape.stationary_points),
    Derivation("stationary_points", "one period", (), periodic.stationary_points),
    Derivation("convexity", "sign of f''", ("domain",), shape.convexity),
    Derivation("convexity", "witnesses", (), witnesses.no_convexity),
    Derivation("convex_on", "sign of f''", (), shape.convex_on),
    Derivation("concave_on", "sign of f''", (), shape.concave_on),
    Derivation("convex_on", "one period", (), periodic.convex_on),
    Derivation("concave_on", "one period", (), periodic.concave_on),
    Derivation("inflection_points", "sign of f''", (), shape.inflection_points),
    Derivation("inflection_points", "one period", (), periodic.inflection_points),
    Derivation("discontinuities", "one-sided limits", (), shape.discontinuities),
    Derivation("kinks", "one-sided slopes", (), shape.kinks),
    Derivation("smoothness", "one-sided derivatives", ("discontinuities",), shape.smoothness),
    Derivation("lipschitz", "supremum of |f'|", ("domain", "discontinuities"), shape.lipschitz),
    Derivation(
        "gradient_lipschitz", "supremum of |f''|", ("domain", "discontinuities", "kinks"), shape.gradient_lipschitz
    ),
    Derivation("lipschitz", "one period", (), periodic.lipschitz),
    Derivation("gradient_lipschitz", "one period", (), periodic.gradient_lipschitz),
    Derivation("symmetry", "unique center", (), symmetry.symmetry),
    Derivation("symmetry", "one period", (), periodic.symmetry),
    Derivation("homogeneous", "Euler", (), algebra.homogeneous),
    Derivation("value_at_zero", "substitution", (), ends.value_at_zero),
    Derivation("dead_region", "zeros of f'", (), shape.dead_region),
    Derivation("dead_region", "witnesses", (), witnesses.dead_region),
    Derivation("gaussian_mean", "symmetry and bounds", ("domain", "symmetry", "bounded"), moments.mean_by_symmetry),
    Derivation("gaussian_mean", "symmetry", ("domain", "symmetry"), moments.mean_by_symmetry),
    Derivation("gaussian_mean", "integration", ("domain", "sign"), moments.mean),
    Derivation("gaussian_mean", "divergence", ("domain",), moments.no_mean),
    Derivation("zero_centered", "sign", ("domain", "sign"), moments.centered_by_sign),
    Derivation("zero_centered", "mean", ("gaussian_mean",), moments.centered_by_value),
    Derivation("gaussian_second_moment", "integration", ("domain",), moments.second_moment),
    Derivation(
        "gaussian_derivative_second_moment", "integration", ("domain", "discontinuities"), moments.slope_second_moment
    ),
    Derivation("domain", REPEATS, (), repeated.domain),
    Derivation("derivative", REPEATS, (), repeated.derivative),
    Derivation("second_derivative", REPEATS, (), repeated.second_derivative),
    Derivation("derivative_in_output", REPEATS, (), repeated.derivative_in_output),
    Derivation("antiderivative", REPEATS, (), repeated.antiderivative),
    Derivation("inverse", REPEATS, (), repeated.inverse),
    Derivation("limits", REPEATS, (), repeated.limits),
    Derivation("derivative_limits", REPEATS, (), repeated.derivative_limits),
    Derivation("asymptotes", REPEATS, (), repeated.asymptotes),
    Derivation("saturation", REPEATS, ("derivative_limits",), repeated.saturation),
    Derivation("saturation_rate", REPEATS, ("saturation",), repeated.saturation_rate),
    Derivation("range", REPEATS, (), repeated.range_),
    Derivation("range", "composition", ("domain",), composed.range_),
    Derivation("range", "envelope", ("domain", "discontinuities"), envelope.range_),
    Derivation("range", "factors", ("domain", "discontinuities"), products.range_),
    Derivation("minimum", REPEATS, (), repeated.minimum),
    Derivation("minimum", "composition", ("domain",), composed.minimum),
    Derivation("minimum", "envelope", (), envelope.minimum),
    Derivation("minimum", "factors", ("domain",), products.minimum),
    Derivation("maximum", REPEATS, (), repeated.maximum),
    Derivation("maximum", "composition", ("domain",), composed.maximum),
    Derivation("maximum", "envelope", (), envelope.maximum),
    Derivation("maximum", "factors", ("domain",), products.maximum),
    Derivation("zeros", REPEATS, (), repeated.zeros),
    Derivation("zeros", "half lines", (), half_lines.zeros),
    Derivation("fixed_points", REPEATS, (), repeated.fixed_points),
    Derivation("fixed_points", "half lines", (), half_lines.fixed_points),
    Derivation("monotonicity", REPEATS, (), repeated.monotonicity),
    Derivation("increasing_on", REPEATS, (), repeated.carried(shape.increasing_on)),
    Derivation("increasing_on", "phase", ("domain",), phase.increasing_on),
    Derivation("increasing_on", "half lines", (), half_lines.increasing_on),
    Derivation("decreasing_on", REPEATS, (), repeated.carried(shape.decreasing_on)),
    Derivation("decreasing_on", "phase", ("domain",), phase.decreasing_on),
    Derivation("decreasing_on", "half lines", (), half_lines.decreasing_on),
    Derivation("stationary_points", REPEATS, (), repeated.carried(shape.stationary_points)),
    Derivation("stationary_points", "phase", ("domain",), phase.stationary_points),
    Derivation("stationary_points", "half lines", (), half_lines.stationary_points),
    Derivation("convexity", REPEATS, ("domain",), repeated.convexity),
    Derivation("convex_on", REPEATS, (), repeated.carried(shape.convex_on)),
    Derivation("convex_on", "phase", ("domain",), phase.convex_on),
    Derivation("convex_on", "half lines", (), half_lines.convex_on),
    Derivation("concave_on", REPEATS, (), repeated.carried(shape.concave_on)),
    Derivation("concave_on", "phase", ("domain",), phase.concave_on),
    Derivation("concave_on", "half lines", (), half_lines.concave_on),
    Derivation("inflection_points", REPEATS, (), repeated.carried(shape.inflection_points)),
    Derivation("inflection_points", "phase", ("domain",), phase.inflection_points),
    Derivation("inflection_points", "half lines", (), half_lines.inflection_points),
    Derivation("discontinuities", REPEATS, (), repeated.discontinuities),
    Derivation("kinks", REPEATS, (), repeated.kinks),
    Derivation("smoothness", REPEATS, (), repeated.said(shape.smoothness)),
    Derivation("lipschitz", REPEATS, (), repeated.lipschitz),
    Derivation("lipschitz", "phase", ("domain", "discontinuities"), phase.lipschitz),
    Derivation("gradient_lipschitz", REPEATS, (), repeated.gradient_lipschitz),
    Derivation("gradient_lipschitz", "phase", ("domain", "discontinuities"), phase.gradient_lipschitz),
    Derivation("symmetry", REPEATS, (), repeated.symmetry),
    Derivation("symmetry", "settled part", ("domain",), symmetry.by_settled_part),
    Derivation("symmetry", "limits", ("domain", "limits"), symmetry.none_by_limits),
    Derivation("homogeneous", REPEATS, (), repeated.not_homogeneous),
    Derivation("value_at_zero", REPEATS, (), repeated.value_at_zero),
    Derivation("dead_region", REPEATS, (), repeated.carried(shape.dead_region)),
    Derivation("gaussian_mean", REPEATS, ("symmetry",), repeated_moments.mean),
    Derivation("gaussian_second_moment", REPEATS, (), repeated_moments.second_moment),
    Derivation("gaussian_derivative_second_moment", REPEATS, (), repeated_moments.slope_second_moment),
    *(Derivation(name, "two periods", (), find) for name, find in TWO_PERIODS.items()),
    *(Derivation(name, "steps without end", (), find) for name, find in STEPS_WITHOUT_END.items()),
    *(Derivation(name, "change of variable", (), members.carried(name)) for name in members.CARRIED),
    Derivation("parameter_limits", "expansion in the parameter", (), families.parameter_limits),
    Derivation("gain", "second moment", ("gaussian_second_moment",), moments.gain),
)
"""Every derivation of the engine for scalar activations."""

FACTS: tuple[str, ...] = tuple(dict.fromkeys(row.fact for row in TABLE))
"""The facts of a scalar report, in the order of the table."""
