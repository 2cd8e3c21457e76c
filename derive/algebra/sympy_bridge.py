"""The bridge to SymPy: `to_sympy` and `from_sympy`, each undoing the other up to the normal form."""

from __future__ import annotations

from derive.algebra.sympy_names import SymPyError
from derive.algebra.sympy_read import Lookup, from_sympy, index_from_sympy
from derive.algebra.sympy_write import Names, index_to_sympy, to_sympy

__all__ = ["Lookup", "Names", "SymPyError", "from_sympy", "index_from_sympy", "index_to_sympy", "to_sympy"]
