"""The lines of a proof, read off a certificate by running the checker's rules: text and LaTeX.

>>> from symacts.proofs import prove
>>> for step in prove("relu(x) - relu(-x) = x").steps:
...     print(step.rule, "|", step.statement)
cases | -Max(0, -x) + Max(0, x) = x
algebra | for -x > 0: -Max(0, -x) + Max(0, x) = x
algebra | for x >= 0: -Max(0, -x) + Max(0, x) = x
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from symacts.claims import Claim, MatrixClaim, Step
from symacts.codec import decode
from symacts.errors import SymactsError
from symacts.proofs import check as checker
from symacts.proofs.check import Goal
from symacts.proofs.checker import matrix_rules

__all__ = ["REASONS", "explain", "latex"]

REASONS = {
    "algebra": "both sides have the same normal form in the named atoms",
    "structure": "the sign follows from the signs of the parts",
    "absurd": "this case does not occur",
    "cases": "by cases, which cover every point",
    "eliminate": "the hypothesis determines a variable",
    "either": "the extremum takes one of its values",
    "lemma": "by conditions that are shown first",
    "whole": "between integers, less than the next one",
    "derivatives": "differentiate each branch",
    "kink": "where branches meet",
    "derivative-and-point": "equal derivatives on an interval and equal values at one point",
    "factor": "divide by a positive factor",
    "apply": "compare after an increasing function",
    "defined": "both sides are defined",
    "isolated": "isolated zeros of a denominator are left out",
    "transform": "in new variables",
    "convex": "a chord of a convex function",
    "monotone": "monotone in one variable, so its bound decides",
    "constant": "does not depend on one variable",
    "sign": "by ball arithmetic on a cover, expansions at zeros and at infinity",
    "box": "by ball arithmetic on a cover of the box",
    "limit": "by the expansion at the point",
    "integral": "by integration",
    "definite": "by antiderivatives",
    "leibniz": "differentiate the integral in its bounds",
    "enclosure": "by rigorous enclosures",
    "words": "the entries of both sides are one sum of products over indices",
    "entries": "entry by entry",
    "elementwise": "each entry alone",
    "induction": "by induction over the depth",
    "chain": "link by link",
}
MAX_STEPS = 400


def explain(claim: Claim | MatrixClaim, certificate: Mapping[str, Any]) -> tuple[Step, ...]:
    """The lines of the argument, outermost first; at most `MAX_STEPS`."""
    lines: list[Step] = []
    for step in _lines(claim, certificate["proof"]):
        lines.append(step)
        if len(lines) >= MAX_STEPS:
            break
    return tuple(lines)


def _lines(claim: Claim | MatrixClaim, node: Any) -> Iterator[Step]:
    if isinstance(claim, MatrixClaim):
        yield from _matrix_lines(claim, node, "")
        return
    goals = checker.chain_goals(claim)
    if len(goals) == 1:
        yield from _walk(goals[0], node, "")
        return
    yield Step("", "chain", str(claim), _latex_claim(claim))
    for k, (goal, step) in enumerate(zip(goals, node["steps"], strict=True)):
        yield from _walk(goal, step, str(k))


def _matrix_lines(claim: MatrixClaim, node: Any, path: str) -> Iterator[Step]:
    yield Step(path, node["rule"], str(claim), rf"\text{{{_escaped(str(claim))}}}")
    if node["rule"] == "chain":
        for k, (link, step) in enumerate(zip(claim.links, node["steps"], strict=True)):
            yield from _matrix_lines(link, step, str(k))
        return
    for k, (goal, step) in enumerate(zip(matrix_rules.subgoals(claim, node), node.get("steps", ()), strict=False)):
        yield from _walk(goal, step, f"{path}/{k}" if path else str(k))


def _walk(goal: Goal, node: Any, path: str) -> Iterator[Step]:
    given = ", ".join(f"{e} {op} 0" for e, op in goal.given.conditions)
    text = f"{goal.lhs} {goal.relation} {goal.rhs}"
    yield Step(path, node["rule"] + _detail(node), f"for {given}: {text}" if given else text, _latex_goal(goal))
    try:
        children = checker.RULES[node["rule"]](goal, node)
    except (SymactsError, KeyError, TypeError, ValueError):
        return
    for k, (child, step) in enumerate(zip(children, node.get("steps", ()), strict=False)):
        yield from _walk(child, step, f"{path}/{k}" if path else str(k))


def _detail(node: Mapping[str, Any]) -> str:
    if node["rule"] == "derivative-and-point":
        return f": {decode(node['variable'])} = {decode(node['point'])}"
    if node["rule"] == "sign":
        return f": {len(node['cells'])} cells"
    return ""


_RELATION = {"=": "=", "!=": r"\neq", "<": "<", "<=": r"\leq", ">": ">", ">=": r"\geq"}


def _latex_goal(goal: Goal) -> str:
    body = rf"{sp.latex(goal.lhs)} {_RELATION[goal.relation]} {sp.latex(goal.rhs)}"
    if not goal.given.conditions:
        return body
    given = r",\; ".join(rf"{sp.latex(e)} {_RELATION[op]} 0" for e, op in goal.given.conditions)
    return rf"{body} \qquad ({given})"


def _latex_claim(claim: Claim) -> str:
    out = sp.latex(claim.sides[0])
    for relation, side in zip(claim.relations, claim.sides[1:], strict=True):
        out += rf" {_RELATION[relation]} {sp.latex(side)}"
    if claim.premises:
        given = r",\; ".join(rf"{sp.latex(e)} {_RELATION[op]} 0" for e, op in claim.premises)
        out += rf" \qquad ({given})"
    return out


def _escaped(text: str) -> str:
    for old, new in (
        ("\\", r"\textbackslash "),
        ("_", r"\_"),
        ("&", r"\&"),
        ("%", r"\%"),
        ("#", r"\#"),
        ("^", r"\^{}"),
    ):
        text = text.replace(old, new)
    return text


def latex(proof: Any, standalone: bool = False) -> str:
    """A proof, a refutation or an open statement in LaTeX (needs amsmath)."""
    claim = proof.claim
    matrix = isinstance(claim, MatrixClaim)
    stated = rf"\text{{{_escaped(str(claim))}}}" if matrix else _latex_claim(claim)
    lines = [r"\noindent\textbf{Statement.} $\displaystyle " + stated + "$", ""]
    if proof.status == "proved":
        lines += [r"\noindent\textbf{Proof.}", r"\begin{enumerate}"]
        for step in proof.steps:
            name = step.rule.split(":")[0]
            depth = step.path.count("/") + 1 if step.path else 0
            indent = rf"\hspace{{{depth}em}}" if depth else ""
            lines.append(rf"\item {indent}$\displaystyle {step.latex}$ --- {REASONS.get(name, name)}.")
        lines += [r"\end{enumerate}", r"\hfill$\square$"]
    elif proof.status == "refuted":
        lines.append(r"\noindent\textbf{Refuted} " + _escaped(str(proof.counterexample)) + ".")
    else:
        lines.append(r"\noindent\textbf{Undecided:} " + _escaped(proof.reason) + ".")
    body = "\n".join(lines) + "\n"
    if not standalone:
        return body
    return (
        "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\n\\small\n\\allowdisplaybreaks\n"
        + body
        + "\\end{document}\n"
    )
