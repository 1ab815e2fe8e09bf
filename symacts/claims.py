"""Frozen values of a proof: `Claim` (what is stated), `Step` (one line of an argument), `Counterexample`, `Proof`.

A certificate is plain data: dicts, lists, strings, integers as text; `symacts.proofs.check` replays it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sympy as sp

from symacts.codec import decode, encode
from symacts.errors import UnsupportedExpression, shorten, wording

__all__ = ["RELATIONS", "Claim", "Counterexample", "MatrixClaim", "Step", "claim_from_dict"]

RELATIONS = ("=", "!=", "<", "<=", ">", ">=")
"""The relations a claim can state between neighboring sides."""

ProofStatus = Literal["proved", "refuted", "unknown"]
Condition = tuple[sp.Expr, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """`sides[0] relations[0] sides[1] relations[1] ...` for all real values of the symbols that meet the premises.

    Every function name is unfolded: the claim is the full statement. A premise `(e, op)` reads `e op 0` with op one
    of ">", ">=", "=", "!=". `defined` holds what the claim states besides: conditions under which those parts of the
    text are defined that SymPy's automatic evaluation has removed, such as `x > 0` for `exp(log(x)) = x`.

    Validity
    --------
    At every point of the premises where the derivatives in the statement exist; each side is defined there, except
    at isolated points where a denominator vanishes.
    """

    sides: tuple[sp.Expr, ...]
    relations: tuple[str, ...]
    premises: tuple[Condition, ...] = ()
    text: str = field(default="", compare=False)
    defined: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        if len(self.sides) != len(self.relations) + 1 or not self.relations:
            raise UnsupportedExpression("a claim has one relation between each two sides")
        for relation in self.relations:
            if relation not in RELATIONS:
                raise UnsupportedExpression(wording("relation", relation, RELATIONS))
        for _, op in (*self.premises, *self.defined):
            if op not in (">", ">=", "=", "!="):
                raise UnsupportedExpression(wording("premise", op, (">", ">=", "=", "!=")))

    def __str__(self) -> str:
        if self.text:
            return self.text
        parts = [str(self.sides[0])]
        for relation, side in zip(self.relations, self.sides[1:], strict=True):
            parts += [relation, str(side)]
        given = ", ".join(f"{e} {op} 0" for e, op in self.premises)
        return " ".join(parts) + (f"  ({given})" if given else "")

    def to_dict(self) -> dict[str, Any]:
        """The claim as JSON-safe data."""
        data = {
            "kind": "relation",
            "sides": [encode(s) for s in self.sides],
            "relations": list(self.relations),
            "premises": [[encode(e), op] for e, op in self.premises],
            "text": self.text,
        }
        return data | ({"defined": [[encode(e), op] for e, op in self.defined]} if self.defined else {})


@dataclass(frozen=True, slots=True)
class MatrixClaim:
    """A relation between two matrix expressions over symbols with declared shapes, or a chain of such relations.

    `lhs`, `rhs` are syntax trees of `symacts.proofs.checker.shapes`; `shapes` maps each symbol to (rows, columns),
    numbers or names of dimensions; `definitions` gives the formula of each elementwise function, in the symbol `x`;
    `more` holds the further relations of a chain, each with its right side.
    """

    lhs: Any
    relation: str
    rhs: Any
    shapes: tuple[tuple[str, tuple[int | str, int | str]], ...]
    definitions: tuple[tuple[str, sp.Expr], ...] = ()
    text: str = field(default="", compare=False)
    more: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.text

    @property
    def links(self) -> tuple[MatrixClaim, ...]:
        """The single relations; this one itself where it is no chain."""
        sides = (self.lhs, self.rhs, *(tree for _, tree in self.more))
        relations = (self.relation, *(relation for relation, _ in self.more))
        if not self.more:
            return (self,)
        return tuple(
            MatrixClaim(a, relation, b, self.shapes, self.definitions, self.text)
            for a, relation, b in zip(sides, relations, sides[1:], strict=False)
        )

    def to_dict(self) -> dict[str, Any]:
        """The claim as JSON-safe data."""
        return {
            "kind": "matrix",
            "lhs": as_lists(self.lhs),
            "relation": self.relation,
            "rhs": as_lists(self.rhs),
            "shapes": [[name, list(shape)] for name, shape in self.shapes],
            "definitions": [[name, encode(e)] for name, e in self.definitions],
            "text": self.text,
            **({"more": as_lists(self.more)} if self.more else {}),
        }


def as_lists(tree: Any) -> Any:
    """Nested tuples as nested lists."""
    return [as_lists(t) for t in tree] if isinstance(tree, tuple) else tree


def as_tuples(tree: Any) -> Any:
    """Nested lists as nested tuples."""
    return tuple(as_tuples(t) for t in tree) if isinstance(tree, (list, tuple)) else tree


def claim_from_dict(data: Mapping[str, Any]) -> Claim | MatrixClaim:
    """The claim that `to_dict` wrote.

    Raises
    ------
    UnsupportedExpression
        The data are not of this format.
    """
    try:
        if data["kind"] == "relation":
            return Claim(
                tuple(_expression(s) for s in data["sides"]),
                tuple(data["relations"]),
                tuple((_expression(e), op) for e, op in data["premises"]),
                data.get("text", ""),
                tuple((_expression(e), op) for e, op in data.get("defined", ())),
            )
        if data["kind"] == "matrix":
            return MatrixClaim(
                as_tuples(data["lhs"]),
                data["relation"],
                as_tuples(data["rhs"]),
                tuple((name, (shape[0], shape[1])) for name, shape in data["shapes"]),
                tuple((name, _expression(e)) for name, e in data["definitions"]),
                data.get("text", ""),
                tuple((relation, as_tuples(tree)) for relation, tree in data.get("more", ())),
            )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UnsupportedExpression(f"not a claim: {shorten(data)} ({error})") from None
    raise UnsupportedExpression(wording("kind of claim", data["kind"], ("relation", "matrix")))


def _expression(data: Any) -> sp.Expr:
    value = decode(data)
    if not isinstance(value, sp.Expr):
        raise UnsupportedExpression(f"got {shorten(value)}, expected an expression")
    return value


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an argument: where it stands in the tree, its rule, what it establishes."""

    path: str
    rule: str
    statement: str
    latex: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.path or 'root'}  [{self.rule}]  {self.statement}"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point at which a claim fails: the assignment, and rigorous bounds of the two sides that show it."""

    assignment: tuple[tuple[str, sp.Expr], ...]
    lhs: tuple[sp.Expr, sp.Expr]
    rhs: tuple[sp.Expr, sp.Expr]
    relation: str
    note: str = ""

    @property
    def values(self) -> dict[str, sp.Expr]:
        """The assignment as a dict."""
        return dict(self.assignment)

    def __str__(self) -> str:
        where = ", ".join(f"{name} = {value}" for name, value in self.assignment)
        note = f" ({self.note})" if self.note else ""
        head = f"at {where}: " if where else ""
        return f"{head}left side {_ball(self.lhs)}, right side {_ball(self.rhs)}, so not {self.relation}{note}"

    def to_dict(self) -> dict[str, Any]:
        """The counterexample as JSON-safe data."""
        return {
            "assignment": [[name, encode(value)] for name, value in self.assignment],
            "lhs": [encode(v) for v in self.lhs],
            "rhs": [encode(v) for v in self.rhs],
            "relation": self.relation,
            "note": self.note,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Counterexample:
        """The value that `to_dict` wrote."""
        return Counterexample(
            tuple((name, decode(value)) for name, value in data["assignment"]),
            (decode(data["lhs"][0]), decode(data["lhs"][1])),
            (decode(data["rhs"][0]), decode(data["rhs"][1])),
            data["relation"],
            data.get("note", ""),
        )


def _ball(pair: tuple[sp.Expr, sp.Expr]) -> str:
    lo, hi = pair
    if lo == hi:
        return str(lo) if len(str(lo)) < 40 else str(lo.evalf(12))
    return f"in [{lo.evalf(12)}, {hi.evalf(12)}]"
