"""Which activations are known by which name: the catalog, loaded family by family when first asked, and the user's own.

Names are looked up exactly first, then without regard to case, underscores and hyphens ("LeakyReLU" finds
`leaky_relu`) where that is unambiguous.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from symacts import catalog
from symacts.catalog.omitted import OMITTED
from symacts.errors import near_matches

if TYPE_CHECKING:
    from symacts.spec import Activation

__all__ = ["add", "declared", "find", "folded", "has_definitions", "known", "near", "omitted", "owner", "rows"]

_lock = threading.Lock()
_built: dict[str, Activation] = {}
_own: dict[str, Activation] = {}
"""The user's definitions. Both tables are replaced under the lock, never changed in place."""


def folded(name: str) -> str:
    """The name without case, underscores, hyphens and blanks."""
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


def find(name: str) -> Activation | None:
    """The activation of that name or alias, or None."""
    own = _find_own(name)
    if own is not None:
        return own
    canonical = catalog.canonical(name) or catalog.canonical(folded(name), folded=True)
    if canonical is not None:
        return _catalog_row(canonical)
    matches = {id(a): a for a in _own.values() if folded(name) in map(folded, (a.name, *a.aliases))}
    return next(iter(matches.values())) if len(matches) == 1 else None


def _find_own(name: str) -> Activation | None:
    for activation in _own.values():
        if name == activation.name or name in activation.aliases:
            return activation
    return None


def _catalog_row(name: str) -> Activation:
    activation = _built.get(name)
    if activation is None:
        with _lock:
            activation = _built.get(name)
            if activation is None:
                activation = _built[name] = catalog.row_of(name).activation()
    return activation


def omitted(name: str) -> str | None:
    """Why the catalog leaves out an activation of that name; None for any other name."""
    reasons = {folded(key): reason for key, reason in OMITTED.items()}
    return reasons.get(folded(name))


def rows() -> tuple[Activation, ...]:
    """Every activation there is."""
    return tuple(_catalog_row(name) for name in catalog.canonical_names()) + tuple(_own.values())


def has_definitions() -> bool:
    """Whether the user has defined an activation."""
    return bool(_own)


def declared() -> tuple[tuple[str, str], ...]:
    """Name and kind of every activation, without building their formulas."""
    return catalog.kinds() + tuple((a.name, a.kind) for a in _own.values())


def known() -> tuple[str, ...]:
    """Every name and alias."""
    return catalog.all_names() + tuple(name for a in _own.values() for name in (a.name, *a.aliases))


def near(name: str, also: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The known names closest to `name`."""
    return near_matches(name, (*also, *known()))


def owner(name: str) -> str | None:
    """Who holds this name: "catalog", the user's activation of that name or alias, or nobody."""
    if catalog.canonical(name) or catalog.canonical(folded(name), folded=True):
        return "catalog"
    own = _find_own(name)
    return own.name if own is not None else None


def add(activation: Activation, replace: bool) -> Activation | None:
    """Enter a user's activation; gives back the one that already holds one of its names and differs, else None.

    With `replace`, a former definition of the same name gives way; another's alias never does.
    """
    global _own
    with _lock:
        for name in (activation.name, *activation.aliases):
            holder = _find_own(name)
            if holder is not None and holder != activation and not (replace and holder.name == activation.name):
                return holder
        _own = {**_own, activation.name: activation}
    return None
