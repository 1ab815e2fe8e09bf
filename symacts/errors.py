"""The exception tree, and the one place that words "got X, expected one of ..., did you mean ...".

Every exception derives from `SymactsError` and from the built-in that a caller would catch.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "AnalysisTimeout",
    "ParameterError",
    "ParseError",
    "SymactsError",
    "UnknownActivation",
    "UnsupportedExpression",
    "wording",
]


class SymactsError(Exception):
    """Base of everything symacts raises on purpose."""


class ParseError(SymactsError, ValueError):
    """Text outside the grammar; `position` is the 0-based index of the first character that cannot be read.

    The message shows the text with a caret under that character.
    """

    def __init__(self, reason: str, text: str = "", position: int = 0) -> None:
        self.reason, self.text, self.position = reason, text, position
        super().__init__(reason, text, position)

    def __str__(self) -> str:
        window = 60
        start = max(0, self.position - window)
        shown = "".join(c if c.isprintable() else "?" for c in self.text[start : self.position + window])
        head = "..." if start else ""
        caret = " " * (len(head) + self.position - start) + "^"
        return f"{self.reason} (at position {self.position})\n  {head}{shown}\n  {caret}"


class UnknownActivation(SymactsError, KeyError):
    """A name that no activation carries; `near` holds the closest known names."""

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        self.name = name
        self.near = near_matches(name, known)
        super().__init__(name)

    def __str__(self) -> str:
        hint = f"did you mean {alternatives(self.near)}?" if self.near else "symacts.names() lists the known ones."
        return f"unknown activation {shorten(self.name)}; {hint}"


class ParameterError(SymactsError, ValueError):
    """A parameter that the activation does not have, or a value outside its declared domain."""


class UnsupportedExpression(SymactsError, ValueError):
    """The question cannot be expressed here (not: "could not be decided", which is the status "unknown")."""


class AnalysisTimeout(SymactsError, TimeoutError):
    """The time limit passed; `facts` maps the names of the facts found so far to them."""

    def __init__(self, message: str, facts: dict[str, object] | None = None) -> None:
        self.facts: dict[str, object] = dict(facts or {})
        super().__init__(message)


def near_matches(given: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The known names closest to `given`, best first."""
    folded = {name.lower(): name for name in known}
    return tuple(folded[m] for m in difflib.get_close_matches(given.lower()[:80], folded, n=most, cutoff=0.6))


def is_unprintable(error: ValueError) -> bool:
    """Whether Python refused to write an integer down: by default those of more than 4300 digits."""
    return "set_int_max_str_digits" in str(error)


def shorten(value: object, most: int = 80) -> str:
    """`repr(value)` on one line, cut to `most` characters."""
    try:
        text = repr(value)
    except ValueError as error:
        if not is_unprintable(error):
            raise
        return f"a {type(value).__name__} with a number too large to write down"
    return text if len(text) <= most else text[: most - 3] + "..."


def alternatives(names: Iterable[str]) -> str:
    """`'a', 'b' or 'c'`."""
    quoted = [repr(name) for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def wording(what: str, given: object, allowed: Iterable[str]) -> str:
    """The sentence of every "not one of these" error: what was given, what is allowed, what may have been meant."""
    allowed = tuple(allowed)
    near = near_matches(given, allowed, 1) if isinstance(given, str) else ()
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{what}: got {shorten(given)}, expected one of {', '.join(map(repr, allowed))}{hint}"
