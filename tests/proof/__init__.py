"""Proof that the safety tests can fail: mutants of the core, and patches that disable one control each."""
