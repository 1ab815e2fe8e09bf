"""Proofs that somebody else can check: `prove`, certificates, and the small checker that replays them."""

from symacts.claims import Claim, Counterexample, MatrixClaim, Step
from symacts.proofs.check import CertificateError, Checked
from symacts.proofs.driver import prove, prove_claim
from symacts.proofs.proof import Proof

__all__ = [
    "CertificateError",
    "Checked",
    "Claim",
    "Counterexample",
    "MatrixClaim",
    "Proof",
    "Step",
    "prove",
    "prove_claim",
]
