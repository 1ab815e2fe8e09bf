"""Local, restored precision of the ball arithmetic: nothing outside sees a changed context.

>>> from flint import arb, ctx
>>> before = ctx.prec
>>> with precision(200):
...     digits = arb.pi().str(50, radius=False)
>>> digits[:12], ctx.prec == before
('3.1415926535', True)
"""

from __future__ import annotations

import threading
from types import TracebackType

from flint import ctx

__all__ = ["precision"]

_LOCK = threading.RLock()  # the context of python-flint is one object for all threads


class precision:
    """Context manager: `prec` bits (and series of `cap` coefficients) inside, the former values again outside."""

    __slots__ = ("cap", "old", "prec")

    def __init__(self, prec: int, cap: int | None = None) -> None:
        self.prec, self.cap = prec, cap

    def __enter__(self) -> None:
        _LOCK.acquire()
        self.old = (ctx.prec, ctx.cap)
        ctx.prec = self.prec
        if self.cap is not None:
            ctx.cap = self.cap

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ctx.prec, ctx.cap = self.old
        _LOCK.release()
