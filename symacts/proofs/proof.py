"""`Proof`: what `prove` returns; proved with a certificate, refuted with a counterexample, or unknown with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symacts.claims import Claim, Counterexample, MatrixClaim, Step, claim_from_dict
from symacts.errors import UnsupportedExpression
from symacts.proofs.check import Checked, check

__all__ = ["Proof"]

STATUSES = ("proved", "refuted", "unknown")


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer to a statement.

    Attributes
    ----------
    status : str
        "proved", "refuted" or "unknown".
    claim : Claim or MatrixClaim
        The full statement, every function name unfolded.
    certificate : dict or None
        Plain JSON-safe data that `check` replays; only with the status "proved".
    counterexample : Counterexample or None
        A point at which the two sides are rigorously separated; only with the status "refuted".
    reason : str
        Why the answer is unknown.
    """

    status: str
    claim: Claim | MatrixClaim
    certificate: dict[str, Any] | None = None
    counterexample: Counterexample | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"got the status {self.status!r}, expected one of {STATUSES}")

    def check(self) -> Checked:
        """Replay the certificate with the independent checker.

        Raises
        ------
        CertificateError
            With the path of the first failing step; also where there is no certificate.
        """
        from symacts.proofs.check import CertificateError

        if self.certificate is None:
            raise CertificateError("", f"no certificate: the statement is {self.status}")
        return check(self.certificate, self.claim)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines of the argument, outermost first."""
        from symacts.proofs.explain import explain

        return explain(self.claim, self.certificate) if self.certificate else ()

    def to_latex(self, standalone: bool = False) -> str:
        """The statement and the lines of its proof in LaTeX; with `standalone` a whole document."""
        from symacts.proofs.explain import latex

        return latex(self, standalone)

    def to_coq(self) -> str:
        """A standalone Coq file for Coquelicot and Interval.

        Raises
        ------
        UnsupportedExpression
            The proof uses what the export does not write.
        """
        from symacts.proofs.coq import to_coq

        return to_coq(self)

    def to_dict(self) -> dict[str, Any]:
        """The proof as JSON-safe data."""
        return {
            "status": self.status,
            "claim": self.claim.to_dict(),
            "certificate": self.certificate,
            "counterexample": None if self.counterexample is None else self.counterexample.to_dict(),
            "reason": self.reason,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Proof:
        """The value that `to_dict` wrote. Nothing is trusted: `check` says what a certificate is worth."""
        try:
            counterexample = data.get("counterexample")
            return Proof(
                data["status"],
                claim_from_dict(data["claim"]),
                data.get("certificate"),
                None if counterexample is None else Counterexample.from_dict(counterexample),
                data.get("reason", ""),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnsupportedExpression(f"not a proof: {error}") from None

    def __str__(self) -> str:
        if self.status == "proved":
            return f"proved: {self.claim}"
        if self.status == "refuted":
            return f"refuted: {self.claim}: {self.counterexample}"
        return f"unknown: {self.claim}: {self.reason}"

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return self.to_latex()
