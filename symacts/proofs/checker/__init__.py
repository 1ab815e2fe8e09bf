"""The trusted core that `symacts.proofs.check` stands on, one family of rules a module.

`rules` (logic and algebra), `analytic` (signs on covers, monotonicity, kinks), `limits`, `integrals`, `matrix_rules`
state what follows from what; `normal` (exact normal forms), `entail`, `linear` and `coefficients` (what hypotheses
decide), `enclosures` and `words` (matrix words) compute. They import one another, `symacts.rigor` and the shared
values, and nothing of the search. The search is built on top: it asks these same rules which subgoals a step leaves, as
the tactics of a proof assistant ask its kernel, and what it finds is replayed from the claim before it counts.
"""
