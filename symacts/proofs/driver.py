"""`prove`: refute at points, else search for a certificate, replay it, and only then say "proved"."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib import import_module
from typing import Any

import sympy as sp

from symacts.budget import DeadlineExceeded, check_seconds, run_with_deadline
from symacts.claims import Claim, Counterexample, MatrixClaim, claim_from_dict
from symacts.proofs import check as checker
from symacts.proofs.check import FORMAT, CertificateError
from symacts.proofs.glance import glance
from symacts.proofs.matrices import answer, require_shapes
from symacts.proofs.proof import Proof
from symacts.proofs.refute import along_diagonal, descend, find_counterexample, sharpen
from symacts.proofs.search import EFFORTS, EXPECTED, MOST_WORK, OutOfBudget, Search, prove_goal
from symacts.proofs.statement import read_with_origins
from symacts.proofs.undefined import without_value

__all__ = ["prove", "prove_claim"]

FIRST_POINTS, LAST_POINTS = 12, 160
FIRST_POINTS_MANY = 40  # in several variables
FIRST_COSTLY, LAST_COSTLY = 1, 8  # where integrals are enclosed by quadrature
SPARE = 0.4  # seconds kept back for ending the worker


def prove(statement: Any, *, assuming: Any = None, timeout: float | None = 30.0) -> Proof:
    """Prove or refute a statement about real functions or matrices.

    Parameters
    ----------
    statement : str or sympy.Relational
        Such as `"tanh(x) = 2*sigmoid(2*x) - 1"`, `"0 < sigmoid(x) < 1"`, `"diff(softplus(x), x) = sigmoid(x)"`.
    assuming : str, relationals or dict
        Hypotheses such as `"x > 0, a > 0"`, or the shapes of matrix symbols `{"W": ("m", "n"), "x": ("n", 1)}`.
    timeout : float or None
        Limit in seconds.

    Returns
    -------
    Proof
        Proved with a certificate that the checker has accepted, refuted with a counterexample that ball arithmetic
        separates, or unknown with the reason.

    Raises
    ------
    ParseError, UnsupportedExpression
        The text is no statement; shapes that do not fit.

    Validity
    --------
    A proved claim holds for all real values that meet the hypotheses, wherever the derivatives in it exist; both
    sides are defined there, except at isolated zeros of denominators.

    Examples
    --------
    >>> proof = prove("tanh(x) = 2*sigmoid(2*x) - 1")
    >>> proof.status, bool(proof.check())
    ('proved', True)
    >>> print(prove("relu(x) + relu(-x) = x").counterexample)
    at x = -1: left side 1, right side -1, so not =
    """
    seconds = check_seconds(timeout)
    claim, origins = read_with_origins(statement, assuming)
    proof = prove_claim(claim, seconds)
    if proof.status == "unknown" and origins and isinstance(claim, Claim) and claim.relations == ("=",):
        found = without_value(checker.chain_goals(claim)[0], origins)
        return Proof("refuted", claim, counterexample=found) if found else proof
    return proof


def prove_claim(claim: Claim | MatrixClaim, seconds: float | None = 30.0) -> Proof:
    """The same for a claim, within a limit in seconds."""
    if isinstance(claim, MatrixClaim):
        require_shapes(claim)
    claim = _settled(claim)
    seen = glance(claim) if isinstance(claim, Claim) else None
    if seen is not None:
        return Proof("refuted", claim, counterexample=seen)
    for name in ("tactics", "tactics.gaussian"):
        import_module(f"symacts.proofs.{name}")  # once here, not anew in each child process; a replay alone loads none
    if seconds is None:
        return _proof(claim, _work(claim.to_dict(), float("inf")))
    try:
        return _proof(claim, run_with_deadline(_work, (claim.to_dict(), seconds), seconds + SPARE))
    except DeadlineExceeded:
        return Proof("unknown", claim, reason=f"no answer within {seconds:g} s")
    except AssertionError:  # a daemonic process may not start another one: the step budget alone limits the work
        return _proof(claim, _work(claim.to_dict(), seconds))


def _settled(claim: Claim | MatrixClaim) -> Claim | MatrixClaim:
    """The claim as it is read back: SymPy evaluates `Abs(1/a)` once more where a product with it is built anew."""
    for _ in range(4):
        before, claim = claim, claim_from_dict(claim.to_dict())
        if claim == before:
            break
    return claim


def _proof(claim: Claim | MatrixClaim, found: dict[str, Any]) -> Proof:
    if found["status"] == "refuted":
        return Proof("refuted", claim, counterexample=Counterexample.from_dict(found["counterexample"]))
    if found["status"] == "proved":
        return Proof("proved", claim, certificate=found["certificate"])
    return Proof("unknown", claim, reason=found["reason"])


def _work(data: dict[str, Any], seconds: float, send: Any = None) -> dict[str, Any]:
    """Answer one claim: plain data in, plain data out."""
    claim = claim_from_dict(data)
    deadline = time.monotonic() + seconds
    try:
        if isinstance(claim, MatrixClaim):
            return _replayed(claim, answer(claim, deadline))
        return _replayed(claim, _answer(claim, deadline))
    except RecursionError:
        return {"status": "unknown", "reason": "nested too deeply"}


def _replayed(claim: Claim | MatrixClaim, found: dict[str, Any]) -> dict[str, Any]:
    """A proof counts only when the checker accepts it."""
    if found["status"] == "proved":
        try:
            checker.check(found["certificate"], claim)
        except CertificateError as error:
            return {"status": "unknown", "reason": f"the certificate found does not check: {error}"}
    return found


def _answer(claim: Claim, deadline: float) -> dict[str, Any]:
    from symacts.proofs.tactics import ALL
    from symacts.proofs.tactics.gaussian import integrated

    goals = checker.chain_goals(claim)
    for goal in goals[: len(claim.relations)]:
        if _is_costly(goal):
            counterexample = find_counterexample(goal, FIRST_COSTLY)
            if counterexample is not None:
                return {"status": "refuted", "counterexample": counterexample.to_dict()}
            goal = integrated(goal)
            if _is_costly(goal):
                continue
        several = len(goal.lhs.free_symbols | goal.rhs.free_symbols) > 1
        counterexample = find_counterexample(goal, FIRST_POINTS_MANY if several else FIRST_POINTS)
        if several and counterexample is None:
            counterexample = along_diagonal(goal)
        if counterexample is not None:
            return {"status": "refuted", "counterexample": counterexample.to_dict()}
    nodes = []
    for k, goal in enumerate(goals):
        work = time.process_time() + MOST_WORK
        search = Search(ALL, deadline=deadline, work=work, premises=claim.premises)
        costly = _is_costly(goal)
        node, reason = _searched(goal, search, EFFORTS if costly else EFFORTS[:1])
        if node is None and k < len(claim.relations):
            counterexample = _sought(goal, search, costly)
            if counterexample is not None:
                return {"status": "refuted", "counterexample": counterexample.to_dict()}
        if node is None and search.cut and not reason and not costly:
            node, reason = _searched(goal, search, EFFORTS[1:])
            counterexample = _hinted(goal, search) if node is None and k < len(claim.relations) else None
            if counterexample is not None:
                return {"status": "refuted", "counterexample": counterexample.to_dict()}
        if node is None and k >= len(claim.relations):
            e, op = claim.defined[k - len(claim.relations)]
            return {"status": "unknown", "reason": f"a part of the text is defined for {e} {op} 0 only: assume that"}
        if node is None:
            reason = reason or "; ".join(dict.fromkeys(search.reasons[-3:])) or "no tactic applies"
            return {"status": "unknown", "reason": reason}
        nodes.append(node)
    proof = nodes[0] if len(nodes) == 1 else {"rule": "chain", "steps": nodes}
    if all(_is_vacuous(node) for node in nodes[: len(claim.relations)]):
        return {
            "status": "unknown",
            "reason": "the hypotheses contradict each other, or no derivative exists: the claim says nothing",
        }
    return {"status": "proved", "certificate": {"format": FORMAT, "claim": claim.to_dict(), "proof": proof}}


def _is_costly(goal: checker.Goal) -> bool:
    """Whether values of the goal are found by quadrature."""
    return bool(goal.lhs.has(sp.Integral) or goal.rhs.has(sp.Integral))


def _searched(goal: checker.Goal, search: Search, efforts: tuple[int, ...]) -> tuple[Any, str]:
    """A node that proves the goal, or None and why there is none."""
    try:
        return prove_goal(goal, search, efforts), ""
    except OutOfBudget as error:
        return None, str(error)
    except EXPECTED as error:
        return None, str(error)[:200]


def _sought(goal: checker.Goal, search: Search, costly: bool) -> Counterexample | None:
    """A counterexample at more points, where a cover failed, or by descent."""
    found = find_counterexample(goal, LAST_COSTLY if costly else LAST_POINTS)
    if found is None and costly:
        from symacts.proofs.tactics.gaussian import integrated

        plain = integrated(goal, is_whole=True)
        found = None if _is_costly(plain) else find_counterexample(plain, LAST_POINTS)
        found = replace(found, note="the difference of the sides, against 0") if found else None
    return found or _hinted(goal, search) or descend(goal)


def _hinted(goal: checker.Goal, search: Search) -> Counterexample | None:
    found = None
    for _, variable, lo, hi in search.hints[-3:]:
        found = found or sharpen(goal, variable, lo, hi)
    return found


def _is_vacuous(node: Any) -> bool:
    """Whether every leaf of a proof rests on hypotheses that contradict each other, or on derivatives that no point of
    them has."""
    steps = node.get("steps", ())
    return all(_is_vacuous(step) for step in steps) if steps else node["rule"] in ("absurd", "kink")
