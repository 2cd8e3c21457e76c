"""Networks: definitions, the chain rule, closed forms. `derive.network.from_sympy` builds one of SymPy objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.network.sympy_definitions import from_sympy

__all__ = ["from_sympy"]


def __getattr__(name: str) -> object:
    """Import what needs SymPy only where it is asked for."""
    if name == "from_sympy":
        from derive.network.sympy_definitions import from_sympy

        return from_sympy
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
