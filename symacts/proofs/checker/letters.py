"""Words in letters: shapes, transposes, what cancels beside what. Part of the trusted core.

A letter is a tuple such as `("m", name, transposed, inverted, shape)`, `("ones", n)`, `("diag", word, n)`, `("inv",
terms, shape)`; a scalar is a tuple of its own. Nothing here knows trees: `words` builds words from them.

>>> A = ("m", "A", False, False, ("n", "n"))
>>> reduced_word((A, ("m", "A", False, True, ("n", "n"))))
((), (), Fraction(1, 1))
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

from symacts.errors import UnsupportedExpression

__all__ = [
    "Dim",
    "Key",
    "Letter",
    "Word",
    "as_scalar",
    "beside_inverse",
    "beside_reciprocal",
    "commuting",
    "flip",
    "lead_of",
    "reduced_word",
    "shape_of",
    "transposed",
]

Dim = int | str | None
Letter = tuple[Any, ...]
Word = tuple[Letter, ...]
Key = tuple[tuple[Any, ...], Word]  # (sorted scalars, word)


def beside_reciprocal(scalars: tuple[Any, ...]) -> list[tuple[tuple[Any, ...], Fraction]] | None:
    """`s/(c*s + r) = (1 - r/(c*s + r))/c` where a number s stands beside such a quotient."""
    for over in scalars:
        if over[0] != "over" or over[1][0] != "scalar":
            continue
        terms = over[1][1]
        if not terms:
            continue
        (lead, _), c = max(terms, key=lambda t: (len(t[0][0]), repr(t[0])))
        left = list(scalars)
        left.remove(over)
        try:
            for s in lead:
                left.remove(s)
        except ValueError:
            continue
        if lead:
            rest = ((s, d) for (s, _), d in terms if s != lead)
            return [(tuple(left), 1 / c), *((commuting((*left, over, *s)), -d / c) for s, d in rest)]
    return None


def lead_of(terms: tuple[tuple[Key, Fraction], ...]) -> tuple[Word, Fraction] | None:
    """The longest word of a sum with its coefficient, where that is a number."""
    (scalars, word), c = max(terms, key=lambda t: (len(t[0][1]), repr(t[0])), default=(((), ()), Fraction(1)))
    return None if scalars else (word, c)


def beside_inverse(word: Word) -> list[tuple[tuple[Any, ...], Word, Fraction]] | None:
    """`w*inv(c*w + r) = (I - r*inv(c*w + r))/c` at the first place where that applies, and the same from the left."""
    for k, letter in enumerate(word):
        if letter[0] not in ("inv", "invT"):
            continue
        terms = letter[1]
        if letter[0] == "invT":
            terms = tuple(((s, transposed(w)), c) for (s, w), c in terms)
        found = lead_of(terms)
        if found is None or not found[0]:
            continue
        lead, c = found
        rest = [(s, w, d) for (s, w), d in terms if w != lead]
        n = len(lead)
        if word[max(k - n, 0) : k] == lead:
            before, after = word[: k - n], word[k + 1 :]
            return [
                ((), before + after, 1 / c),
                *((s, (*before, *w, letter, *after), -d / c) for s, w, d in rest),
            ]
        if word[k + 1 : k + 1 + n] == lead:
            before, after = word[:k], word[k + 1 + n :]
            return [
                ((), before + after, 1 / c),
                *((s, (*before, letter, *w, *after), -d / c) for s, w, d in rest),
            ]
    return None


def commuting(scalars: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sorted, with `s * (1/s)` cancelled."""
    counts: dict[Any, int] = {}
    for s in scalars:
        base, power = (s[1], -1) if s[0] == "over" else (s, 1)
        counts[base] = counts.get(base, 0) + power
    out: list[Any] = []
    for base, k in counts.items():
        out += [base] * k if k > 0 else [("over", base)] * -k
    return tuple(sorted(out, key=repr))


def shape_of(letter: Letter) -> tuple[Dim, Dim]:
    """Rows and columns of a letter."""
    kind = letter[0]
    if kind == "m":
        rows, cols = letter[4]
        return (cols, rows) if letter[2] != letter[3] else (rows, cols)
    if kind in ("ones", "gibbs", "vector", "map", "inv", "jacobian"):
        rows, cols = letter[-1] if kind != "ones" else (letter[1], 1)
        return rows, cols
    if kind == "onesT":
        return 1, letter[1]
    if kind in ("gibbsT", "vectorT", "mapT", "invT", "jacobianT"):
        rows, cols = letter[-1]
        return cols, rows
    if kind == "diag":
        return letter[2], letter[2]
    raise UnsupportedExpression(f"unknown letter {letter!r}")


def flip(letter: Letter) -> Letter:
    """The transpose of a letter."""
    kind = letter[0]
    if kind == "m":
        return ("m", letter[1], not letter[2], letter[3], letter[4])
    if kind == "diag":
        return letter
    return ((kind[:-1] if kind.endswith("T") else kind + "T"), *letter[1:])


def transposed(word: Word) -> Word:
    return tuple(flip(letter) for letter in reversed(word))


def reduced_word(word: Word) -> tuple[tuple[Any, ...], Word, Fraction]:
    """Cancel inverses, apply `diag(v)*ones = v` and `ones.T*gibbs = 1`, take 1x1 pieces out as scalars."""
    changed = True
    while changed:
        changed = False
        for k in range(len(word) - 1):
            a, b = word[k], word[k + 1]
            replacement: Word | None = None
            if a[0] == b[0] == "m" and a[1] == b[1] and a[2] == b[2] and a[3] != b[3]:
                replacement = ()
            elif a[0] == "diag" and b[0] == "ones":
                replacement = a[1]
            elif a[0] == "onesT" and b[0] == "diag":
                replacement = transposed(b[1])
            elif a[0] == "diag" and b[0] == "diag" and repr(b) < repr(a):
                replacement = (b, a)
            elif (a[0], b[0]) in (("onesT", "gibbs"), ("gibbsT", "ones")):
                replacement = ()
            elif (
                a[0] == "diag"
                and shape_of(word[-1])[1] == 1
                and repr(word[k + 1 :]) < repr(a[1])
                and _is_one(word[k + 1 :])
            ):
                word, replacement = (*word[:k], ("diag", word[k + 1 :], a[2]), *a[1]), ()  # diag(u)*v = diag(v)*u
                changed = True
                break
            if replacement is not None:
                word = word[:k] + replacement + word[k + 2 :]
                changed = True
                break
    if not word:
        return (), word, Fraction(1)
    pieces = _pieces(word)
    kept: list[Word] = []
    scalars: tuple[Any, ...] = ()
    for piece in pieces:
        if len(pieces) > 1 and shape_of(piece[0])[0] == 1 and shape_of(piece[-1])[1] == 1:
            scalars += as_scalar(piece)
        else:
            kept.append(piece)
    return scalars, tuple(letter for piece in kept for letter in piece), Fraction(1)


def _pieces(word: Word) -> list[Word]:
    """The word cut wherever a letter with one row begins."""
    starts = [0, *(k for k in range(1, len(word)) if shape_of(word[k])[0] == 1), len(word)]
    return [word[a:b] for a, b in pairwise(starts)]


def _is_one(word: Word) -> bool:
    """Whether no dimension inside the word is 1: it is no product of a column and scalars."""
    return all(shape_of(letter)[0] != 1 for letter in word)


def as_scalar(word: Word) -> tuple[Any, ...]:
    """A 1x1 word as a product of scalars; equal to its transpose."""
    out: tuple[Any, ...] = ()
    for piece in _pieces(word):
        if len(piece) == 2 and piece[0][0] == "onesT" and piece[1][0] == "ones":
            size = piece[0][1]
            out += (("dim", size),)
        else:
            out += (("word", min(piece, transposed(piece), key=repr)),)
    return out
