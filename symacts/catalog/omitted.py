"""Activations of the literature that have no row, and why: a name that is asked for is answered with the reason."""

_SORTED = "its formula needs the order of the entries, which sums over the vector cannot say"
_IMPLICIT = "its threshold is defined by an equation (the entries of the output sum to 1), not by a formula"
_WIDTH = "its output has another length than its input"
_PRINTED = "the survey's formula differs from the original paper's or misses a term"

OMITTED: dict[str, str] = {
    "sparsemax": _IMPLICIT,
    "entmax15": _IMPLICIT,
    "entmax_alpha": _IMPLICIT,
    "hardmax": _SORTED,
    "group_sort": _SORTED,
    "kwta": _SORTED,
    "oplu": "it acts on pairs of entries",
    "brelu_bipolar": "it treats even and odd entries differently",
    "crelu": _WIDTH,
    "nc_relu": _WIDTH,
    "maxout": _WIDTH,
    "ada": _PRINTED,
    "lada": _PRINTED,
    "logarithmic": _PRINTED,
    "inverse_polylu": _PRINTED,
    "modified_leaky_relu": _PRINTED,
    "nelu": _PRINTED,
    "spocu": _PRINTED,
    "msilu": "implementations read its formula in three different ways",
    "ptalu": "its border and its default disagree between sources",
    "puaf": "it needs an exponent that is a whole number",
    "aoaf": "it depends on the mean of a batch",
    "galu_component": "it is one component of an activation, not one itself",
    "heaviside": "its value at 0 differs between sources: binary_step has 1, Heaviside(x, h) the value h",
}
