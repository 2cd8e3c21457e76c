"""Expressions as text: LaTeX and Unicode in the notation of a model."""
