"""Rewriting: stable straight-line forms of an expression on each half line, and which is accurate where."""
