"""Pictures show what the facts say: regions, marks and breaks are where they belong; no global state is touched."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import sympy as sp

from symacts.errors import ParameterError, UnsupportedExpression
from symacts.facts import Fact
from symacts.render.plot import Curve, check_interval, draw
from symacts.report import Report
from symacts.spec import x


def curve(e: sp.Expr, f, df, name: str = "f", **facts: object) -> Curve:
    known = {k: Fact(k, v, "unknown" if v is None else "exact", "") for k, v in facts.items()}
    return Curve(Report(name, "scalar", e, {}, (), known), f, df)


@pytest.fixture
def ramp() -> Curve:
    return curve(
        sp.Max(0, x),
        lambda t: np.maximum(t, 0),
        lambda t: np.where(t > 0, 1.0, 0.0),
        saturation=("hard", "none"),
        dead_region=sp.Interval.open(-sp.oo, 0),
        asymptotes=((sp.S.Zero, sp.S.Zero), (sp.S.One, sp.S.Zero)),
        kinks=((sp.S.Zero, sp.S.Zero, sp.S.One),),
        domain=sp.S.Reals,
    )


@pytest.fixture
def logistic() -> Curve:
    def f(t: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-t))

    return curve(
        1 / (1 + sp.exp(-x)),
        f,
        lambda t: f(t) * f(-t),
        saturation=("soft", "soft"),
        dead_region=sp.S.EmptySet,
        inflection_points=sp.FiniteSet(0),
        asymptotes=((sp.S.Zero, sp.S.Zero), (sp.S.Zero, sp.S.One)),
    )


def spans(axes) -> list[tuple[float, float]]:
    return sorted((p.get_x(), p.get_x() + p.get_width()) for p in axes.patches)


def legend(figure) -> set[str]:
    return {t.get_text() for t in figure.legends[0].get_texts()}


def test_the_dead_region_is_shaded_to_the_edge(ramp: Curve) -> None:
    figure = draw([ramp])
    upper, lower = figure.axes
    assert spans(upper) == spans(lower) == [(-5.0, 0.0)]
    assert {"dead region ($f' = 0$)", "kink", "asymptote", "one-sided value at a jump"} <= legend(figure)
    assert not any("saturated" in words for words in legend(figure))


def test_the_derivative_breaks_at_the_kink(ramp: Curve) -> None:
    line = max(draw([ramp]).axes[1].lines, key=lambda a: len(a.get_xdata()))
    grid, slopes = line.get_data()
    assert np.isnan(slopes[grid == 0]).all() and np.isfinite(slopes[grid != 0]).all()


def test_saturated_tails_are_those_with_small_slope(logistic: Curve) -> None:
    left, right = spans(draw([logistic]).axes[0])
    edge = np.log(98 / 2 + np.sqrt((98 / 2) ** 2 - 1))  # s*(1 - s) = 1/100: cosh(x) = 49
    assert left[1] == pytest.approx(-edge, abs=0.02) and right[0] == pytest.approx(edge, abs=0.02)
    wider = spans(draw([logistic], eps=0.05).axes[0])
    assert wider[0][1] > left[1]


def test_unknown_facts_draw_nothing(logistic: Curve) -> None:
    bare = curve(logistic.report.expression, logistic.f, logistic.df, saturation=None, asymptotes=None)
    figure = draw([bare], (-3, 3))
    assert legend(figure) == {"$f$", "$f'$"} and not figure.axes[0].patches
    assert figure.axes[0].get_xlim() == (-3, 3)


def test_a_jump_shows_both_ends_and_the_value() -> None:
    step = curve(
        sp.sign(x),
        np.sign,
        np.zeros_like,
        discontinuities=((sp.S.Zero, -sp.S.One, sp.S.One),),
        zeros=sp.FiniteSet(0),
    )
    upper = draw([step]).axes[0]
    line = max(upper.lines, key=lambda a: len(a.get_xdata()))
    assert np.isnan(line.get_ydata()[line.get_xdata() == 0]).all()
    marks = {(p, v) for a in upper.lines if a.get_marker() == "o" for p, v in zip(*a.get_data(), strict=True)}
    assert {(0.0, -1.0), (0.0, 1.0), (0.0, 0.0)} <= marks


def test_a_pole_is_not_crossed() -> None:
    def f(t: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return 1 / t

    domain = sp.Union(sp.Interval.open(-sp.oo, 0), sp.Interval.open(0, sp.oo))
    upper = draw([curve(1 / x, f, lambda t: -(f(t) ** 2), domain=domain)]).axes[0]
    line = max(upper.lines, key=lambda a: len(a.get_xdata()))
    grid, values = line.get_data()
    change = np.flatnonzero(np.sign(grid[1:]) != np.sign(grid[:-1]))
    assert all(np.isnan(values[k]) or np.isnan(values[k + 1]) for k in change)
    assert upper.get_ylim()[1] < 100


def test_many_curves_make_a_grid_with_one_legend(ramp: Curve, logistic: Curve) -> None:
    figure = draw([ramp, logistic, ramp, logistic, ramp])
    assert len(figure.axes) == 10 and len(figure.legends) == 1
    assert len(legend(figure)) == len(figure.legends[0].get_texts())


def test_nothing_is_clipped_or_covered(ramp: Curve, logistic: Curve) -> None:
    figure = draw([ramp, logistic])
    figure.savefig(__import__("io").BytesIO(), format="png", dpi=50)
    width, height = figure.bbox.width, figure.bbox.height
    boxes = [a.get_tightbbox() for a in figure.axes] + [figure.legends[0].get_window_extent()]
    for box in boxes:
        assert box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 and box.y1 <= height + 1
    key = boxes[-1]
    assert not any(key.overlaps(box) for box in boxes[:-1])


def test_hostile_names_are_text(logistic: Curve) -> None:
    odd = curve(logistic.report.expression, logistic.f, logistic.df, name=r"$\frac{$_a")
    assert odd.report.name.replace("$", "") in draw([odd]).axes[0].get_title().replace(r"\$", "")
    assert draw([odd])._repr_png_().startswith(b"\x89PNG")


def test_pyplot_is_not_touched() -> None:
    code = (
        "import sys, symacts.render.plot as p, numpy as np, sympy as sp\n"
        "from symacts.report import Report\nfrom symacts.spec import x\n"
        "p.draw([p.Curve(Report('r', 'scalar', x, {}, (), {}), lambda t: t, np.ones_like)])._repr_png_()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.parametrize("interval", [(1, 1), (2, 1), (0, float("inf")), (0,), ("a", 1), 5, (float("nan"), 1)])
def test_wrong_intervals(interval: object) -> None:
    with pytest.raises(ParameterError, match="interval"):
        check_interval(interval)


def test_wrong_targets(ramp: Curve) -> None:
    with pytest.raises(ParameterError, match="at least one"):
        draw([])
    gated = Curve(Report("gate", "gated", x, {}, (), {}), ramp.f, ramp.df)
    with pytest.raises(UnsupportedExpression, match="gate is gated"):
        draw([gated])
