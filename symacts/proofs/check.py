"""The checker: replays a certificate against its claim. It imports no tactic and trusts no value in the file.

A certificate is `{"format": ..., "claim": ..., "proof": node}`. A node names its rule, holds exact data and the
nodes of the subgoals under "steps". The goals themselves are never read: each rule computes the subgoals from its
goal, so that the tree ends in leaves about exactly the claim. A leaf is re-evaluated: polynomial identities by exact
expansion, signs by ball arithmetic.

What has to be trusted is this module, the rules in `symacts.proofs.checker`, ball arithmetic (`symacts.rigor`) and
SymPy's differentiation, expansion and automatic evaluation; no part of the search, whose modules are never imported.

A goal reads: at every point of the hypotheses, `lhs` and `rhs` are defined and `lhs rel rhs`. The rules, for f = rhs -
lhs with its branches chosen by the hypotheses:

- `algebra`: the numerator of f expands to 0 over Q in exponentials, roots r with r**q = b, logarithms of factors.
- `structure`: the sign of f follows from those of its parts, from bounds of tanh, sin, ..., from linear arithmetic.
- `absurd`: no point meets the hypotheses.
- `cases`: every real number e is < 0, = 0 or > 0: the goal under each.
- `eliminate`: where e = 0 and e = s*x + c with s != 0 free of x, x is -c/s.
- `either`: Max(a, b) is a or b, Abs(a) is a or -a: the goal for each.
- `lemma`: conditions that are proved choose branches, or become hypotheses: where a >= b, Max(a, b) is a.
- `whole`: integers a < b + 1 have a <= b.
- `root`: where v >= 0 and v**q = b, b**(1/q) is v.
- `derivatives`: in an open set where one branch of u holds, u' is the derivative of that branch.
- `kink`: at a border, u' exists if and only if the branches' values and slopes agree, and is their common slope.
- `derivative-and-point`: f' = 0 inside an interval and f(p) = 0 at a point of it give f = 0 on it.
- `factor`: f = p*h with p > 0 has the sign of h; with p >= 0, h >= 0 gives f >= 0.
- `apply`: a < b iff exp(a) < exp(b), iff log(a) < log(b) where both are positive, iff a*exp(a) < b*exp(b) where both
  are at least -1; if a**2 < b**2 and b >= 0.
- `defined`: definedness as goals of their own; zeros of denominators that are `isolated` are left out of the claim.
- `isolated`: e analytic on a convex set and nonzero at one of its points vanishes on no open part of it.
- `transform`: x = F(t), t = B(x) with F(B(x)) = x: the goal in t, perhaps for all t that meet fewer hypotheses.
- `convex`: f'' >= 0 inside an interval, w_k >= 0, sum of w_k = 1 give f(sum of w_k*x_k) <= sum of w_k*f(x_k).
- `monotone`: s*f' >= 0 between a bound b and x, and f(b) >= 0, give f >= 0 (> 0 if either is strict,
  or f' analytic and not 0).
- `sign`: balls, Taylor polynomials with a ball for the last coefficient and tails that cover an interval show f > 0.
- `limit`: lim of sum c_k*f_k is sum c_k*lim f_k; each lim f_k by continuity, Taylor coefficients, expansion, or laws.
- `integral`, `definite`: where F' = f inside each piece, the integral is the sum of F's increments; Gaussian moments.
- `leibniz`: the derivative of the integral of f from a(x) to b(x) is f(b)*b' - f(a)*a'.
- `inside`: where an integral is v in an open set, its derivative is v'.
- `enclosure`: a ball that contains f and not 0 shows the sign of a constant.
- `words`: the entries of both sides are one sum of products over indices.
- `gram`: a number that is a sum of nonnegative multiples of sums of squares of entries is >= 0.
- `elementwise`, `entries`, `sums`: matrices are equal if their entries are, sums over indices if their terms are.
- `induction`: a layer is affine, and a layer after an affine map is affine: so is every stack.

>>> import sympy as sp
>>> from symacts.claims import Claim
>>> x = sp.Symbol("x", real=True)
>>> claim = Claim((sp.tanh(x), 2 / (1 + sp.exp(-2 * x)) - 1), ("=",))
>>> bool(check({"format": FORMAT, "claim": claim.to_dict(), "proof": {"rule": "algebra"}}))
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symacts.claims import Claim, MatrixClaim, claim_from_dict
from symacts.proofs.checker import analytic, integrals, limits, matrix_rules, rules
from symacts.proofs.checker.entail import Given, Undecided
from symacts.proofs.checker.goals import CertificateError, Goal, condition_goal, require_plain

__all__ = ["FORMAT", "RULES", "CertificateError", "Checked", "Goal", "chain_goals", "check", "check_goal"]

FORMAT = "symacts-proof/1"
MAX_NODES = 20_000
MAX_DEPTH = 60

RULES: dict[str, Callable[[Goal, Mapping[str, Any]], list[Goal]]] = {
    "algebra": rules.algebra,
    "structure": rules.structure,
    "absurd": rules.absurd,
    "cases": rules.cases,
    "eliminate": rules.eliminate,
    "either": rules.either,
    "lemma": rules.lemma,
    "root": rules.root,
    "whole": rules.whole,
    "derivatives": rules.derivatives,
    "kink": analytic.kink,
    "derivative-and-point": analytic.derivative_and_point,
    "factor": rules.factor,
    "apply": rules.apply,
    "defined": rules.defined,
    "isolated": rules.isolated,
    "transform": rules.transform,
    "monotone": analytic.monotone,
    "convex": analytic.convex,
    "sign": analytic.sign,
    "limit": limits.limit,
    "integral": integrals.rule,
    "definite": integrals.definite,
    "leibniz": integrals.leibniz,
    "inside": integrals.inside,
    "enclosure": rules.enclosure,
}
"""The closed list of rules: a goal and a node in, the subgoals out; a node that does not hold raises."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a replay: true, with the number of steps that were verified."""

    steps: int

    def __bool__(self) -> bool:
        return True


def check(certificate: Mapping[str, Any], claim: Claim | MatrixClaim | None = None) -> Checked:
    """Replay a certificate.

    Parameters
    ----------
    certificate
        The data.
    claim
        What it has to establish; by default the claim that the certificate itself states.

    Raises
    ------
    CertificateError
        With the path of the first step that fails.
    """
    try:
        if certificate.get("format") != FORMAT:
            raise CertificateError("format", f"got {certificate.get('format')!r}, expected {FORMAT!r}")
        stated = claim_from_dict(certificate["claim"])
        if isinstance(stated, Claim):
            require_plain(*stated.sides)
            require_plain(*(e for e, _ in (*stated.premises, *stated.defined)), operators=False)
    except CertificateError:
        raise
    except Exception as error:  # whatever hostile data provoke: no claim is stated
        raise CertificateError("claim", f"{type(error).__name__}: {error}") from None
    if claim is not None and stated != claim:
        raise CertificateError("claim", f"the certificate is about another claim: {stated}")
    walk = _Walk()
    node = certificate.get("proof")
    if isinstance(stated, MatrixClaim):
        walk.visit_links(stated.links, node, walk.visit_matrix)
    else:
        walk.visit_links(chain_goals(stated), node, walk.visit)
    return Checked(walk.nodes)


def check_goal(goal: Goal, node: Any) -> Checked:
    """Verify one node against a goal; raises as `check`."""
    walk = _Walk()
    walk.visit(goal, node, "")
    return Checked(walk.nodes)


def chain_goals(claim: Claim) -> list[Goal]:
    """One goal for each relation of the claim, then its `defined` conditions; `>` and `>=` are turned around."""
    goals = []
    given = Given(claim.premises)
    for lhs, relation, rhs in zip(claim.sides, claim.relations, claim.sides[1:], strict=False):
        if relation in (">", ">="):
            lhs, relation, rhs = rhs, {">": "<", ">=": "<="}[relation], lhs
        goals.append(Goal(given, lhs, relation, rhs))
    goals += [condition_goal(given, condition) for condition in claim.defined]
    return [replace(goal, is_claim=True) for goal in goals]


Visit = Callable[[Any, Any, str], None]


class _Walk:
    """One replay: counts nodes, keeps the path."""

    def __init__(self) -> None:
        self.nodes = 0

    def visit_links(self, links: Sequence[Any], node: Any, visit: Visit) -> None:
        if len(links) == 1:
            visit(links[0], node, "")
            return
        steps = _steps(node, len(links), "")
        if node.get("rule") != "chain":
            raise CertificateError("", "a chain of relations is proved link by link")
        for k, (link, step) in enumerate(zip(links, steps, strict=True)):
            visit(link, step, str(k))

    def visit(self, goal: Goal, node: Any, path: str) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise CertificateError(path, f"more than {MAX_NODES} steps")
        if not isinstance(node, Mapping):
            raise CertificateError(path, "a step is missing")
        name = node.get("rule")
        rule = RULES.get(name) if isinstance(name, str) else None
        if rule is None:
            raise CertificateError(path, f"unknown rule {name!r}")
        if path.count("/") > MAX_DEPTH:
            raise CertificateError(path, f"more than {MAX_DEPTH} steps inside one another")
        try:
            children = rule(goal, node)
            for child in children:
                require_plain(child.lhs, child.rhs)
                require_plain(*(e for e, _ in child.given.conditions), operators=False)
        except CertificateError as error:
            raise CertificateError(_join(path, "" if error.path == "root" else error.path), error.reason) from None
        except Undecided as error:
            raise CertificateError(path, f"{rule.__name__}: {error}") from None
        except Exception as error:  # whatever hostile data provoke: the step is not established
            raise CertificateError(path, f"{node['rule']}: {type(error).__name__}: {error}") from None
        if not children:
            if node.get("steps"):
                raise CertificateError(path, f"{node['rule']} takes no further steps")
            return
        for k, (child, step) in enumerate(zip(children, _steps(node, len(children), path), strict=True)):
            self.visit(child, step, _join(path, str(k)))

    def visit_matrix(self, claim: MatrixClaim, node: Any, path: str) -> None:
        if not isinstance(node, Mapping):
            raise CertificateError(path, "a step is missing")
        try:
            children = matrix_rules.subgoals(claim, node)
        except Exception as error:  # as in `visit`
            raise CertificateError(path, f"{node.get('rule')}: {error}") from None
        self.nodes += 1
        steps = _steps(node, len(children), path) if children or node.get("steps") else []
        for k, (goal, step) in enumerate(zip(children, steps, strict=True)):
            self.visit(goal, step, _join(path, str(k)))


def _join(path: str, more: str) -> str:
    return f"{path}/{more}" if path and more else path or more


def _steps(node: Any, count: int, path: str) -> list[Any]:
    steps = node.get("steps") if isinstance(node, Mapping) else None
    if not isinstance(steps, (list, tuple)) or len(steps) != count:
        given = len(steps) if isinstance(steps, (list, tuple)) else "no"
        raise CertificateError(path, f"{count} steps needed, {given} given")
    return list(steps)
