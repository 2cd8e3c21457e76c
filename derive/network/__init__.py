"""Networks: definitions, the chain rule, closed forms. `derive.network.from_sympy` builds one of SymPy objects."""

from __future__ import annotations

from derive.network.sympy_definitions import from_sympy

__all__ = ["from_sympy"]
