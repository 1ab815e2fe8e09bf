"""Coq files for matrix statements: sums of products over any ring, and stacks of affine layers of any depth.

Matrices are those of Coquelicot with entries in an arbitrary ring; dimensions are universally quantified. Both sides
are multiplied out by the distributive and associative laws, then the summands are brought into one order.

>>> from symacts.proofs.matrices import collapse_proof
>>> "Theorem statement" in matrix_theorem(collapse_proof(2).claim, "statement")
True
"""

from __future__ import annotations

from typing import Any

from symacts.claims import MatrixClaim
from symacts.errors import UnsupportedExpression
from symacts.proofs.checker.matrix_rules import AFFINE, STACK
from symacts.proofs.coq_terms import name_of_text

__all__ = ["matrix_theorem"]

STACK_THEOREM = """\
Inductive layers (T : Ring) : nat -> nat -> Type :=
| last : forall m n, @matrix T m n -> @matrix T m 1 -> layers T m n
| after : forall m k n, @matrix T m k -> @matrix T m 1 -> layers T k n -> layers T m n.

Fixpoint output {T : Ring} {m n : nat} (l : layers T m n) : @matrix T n 1 -> @matrix T m 1 :=
  match l with
  | @last _ _ _ W b => fun x => Mplus (Mmult W x) b
  | @after _ _ _ _ W b rest => fun x => Mplus (Mmult W (output rest x)) b
  end.

Theorem %s : forall (T : Ring) (m n : nat) (l : layers T m n),
  exists (W : @matrix T m n) (b : @matrix T m 1), forall x : @matrix T n 1, output l x = Mplus (Mmult W x) b.
Proof.
  intros T m n l. induction l as [m n W b | m k n W b rest [M [c H]]].
  - exists W, b. reflexivity.
  - exists (Mmult W M), (Mplus (Mmult W c) b). intros x. simpl.
    rewrite H, Mmult_distr_l, Mmult_assoc. symmetry. apply (plus_assoc (G := matrix_AbelianGroup)).
Qed.
"""
"""A stack is one layer, or a layer after a stack whose output has as many rows as the layer takes."""

Word = tuple[str, ...]


def matrix_theorem(claim: MatrixClaim, name: str) -> str:
    """The statement and its proof.

    Raises
    ------
    UnsupportedExpression
        The claim has more than sums and products of matrix symbols.
    """
    if (claim.lhs, claim.relation, claim.rhs) == (STACK, "=", AFFINE):
        return STACK_THEOREM % name
    if claim.relation != "=" or claim.more:
        raise UnsupportedExpression("the Coq export writes equations of matrices")
    shapes = dict(claim.shapes)
    left, right = _words(claim.lhs), _words(claim.rhs)
    sizes = sorted({d for shape in shapes.values() for d in shape if isinstance(d, str)})
    names = {d: f"dim_{name_of_text(d)}" for d in sizes}
    if (1, 1) in shapes.values():
        raise UnsupportedExpression("the Coq export writes matrices, not scalars among them")

    def size(d: int | str) -> str:
        return names[d] if isinstance(d, str) else str(d)

    binders = f"(T : Ring) ({' '.join(names.values())} : nat)" if names else "(T : Ring)"
    for symbol, (rows, cols) in shapes.items():
        if _mentions(claim.lhs, symbol) or _mentions(claim.rhs, symbol):
            binders += f" ({name_of_text(symbol)} : @matrix T {size(rows)} {size(cols)})"
    rows, cols = size(shapes[left[0][0]][0]), size(shapes[left[0][-1]][1])
    lines = [
        f"Theorem {name} : forall {binders}, {_text(claim.lhs)} = {_text(claim.rhs)}.",
        "Proof.",
        "  intros.",
        "  repeat rewrite ?Mmult_distr_l, ?Mmult_distr_r, ?Mmult_assoc.",
        "  assert (A : forall m n (u v w : @matrix T m n), Mplus (Mplus u v) w = Mplus u (Mplus v w))",
        "    by (intros; symmetry; apply (plus_assoc (G := matrix_AbelianGroup))).",
        "  assert (C : forall m n (u v : @matrix T m n), Mplus u v = Mplus v u)",
        "    by (intros; apply (plus_comm (G := matrix_AbelianGroup))).",
        "  assert (S : forall m n (u v w : @matrix T m n), Mplus u (Mplus v w) = Mplus v (Mplus u w))",
        "    by (intros m n u v w; rewrite <- !A, (C _ _ u v); reflexivity).",
        "  rewrite ?A.",
    ]
    return "\n".join([*lines, *_order(left, right, rows, cols), "Qed."]) + "\n"


def _order(left: list[Word], right: list[Word], rows: str, cols: str) -> list[str]:
    """Tactic lines that prove `w0 + (w1 + ...) = ...` in the order of the right side, for any matrices."""
    if sorted(left) != sorted(right):
        raise UnsupportedExpression("the Coq export writes sums of the same products")
    waiting: dict[Word, list[str]] = {}
    current = [f"w{k}" for k in range(len(left))]
    for word, name in zip(left, current, strict=True):
        waiting.setdefault(word, []).append(name)
    target = [waiting[word].pop(0) for word in right]
    stated = f"forall {' '.join(current)} : @matrix T {rows} {cols}, {_sum(current)} = {_sum(target)}"
    lines = [f"  assert (P : {stated}).", "  { intros."]
    for k, name in enumerate(target):
        for j in range(current.index(name), k, -1):
            law = "C" if j == len(current) - 1 else "S"
            lines.append(f"    rewrite ({law} _ _ {current[j - 1]} {current[j]}).")
            current[j - 1], current[j] = current[j], current[j - 1]
    return [*lines, "    reflexivity. }", "  apply P."]


def _sum(names: list[str]) -> str:
    return names[-1] if len(names) == 1 else f"(Mplus {names[0]} {_sum(names[1:])})"


def _words(tree: Any) -> list[Word]:
    """The products of the sum, in the order in which multiplying out gives them."""
    head = tree[0]
    if head == "sym":
        return [(tree[1],)]
    if head == "add":
        return [word for part in tree[1:] for word in _words(part)]
    if head == "mul":
        found: list[Word] = [()]
        for part in tree[1:]:
            found = [a + b for b in _words(part) for a in found]
        return found
    raise UnsupportedExpression(f"the Coq export writes sums and products of matrices, not {head!r}")


def _mentions(tree: Any, name: str) -> bool:
    return isinstance(tree, tuple) and (tree[:2] == ("sym", name) or any(_mentions(t, name) for t in tree[1:]))


def _text(tree: Any) -> str:
    if tree[0] == "sym":
        return name_of_text(tree[1])
    head = {"add": "Mplus", "mul": "Mmult"}[tree[0]]
    text = _text(tree[1])
    for part in tree[2:]:
        text = f"({head} {text} {_text(part)})"
    return text
