"""The trusted core that `symacts.proofs.check` stands on: normal forms, hypotheses, ball covers, matrix words."""
