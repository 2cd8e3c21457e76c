"""What stands for a SymPy expression: it takes part in SymPy's arithmetic and equality as that expression."""

from __future__ import annotations

from typing import Any

from derive.api.show import Shown


class Symbolic(Shown):
    """Base of partials and lines: subclasses give `to_sympy`, and SymPy takes them as they are.

    What a subclass has no method of its own for is asked of the SymPy object: `.subs(…)`, `.diff(…)`, `.free_symbols`.
    """

    def to_sympy(self, expand: bool = False) -> Any:
        """Return it as a SymPy object; with `expand`, in weights, biases and inputs alone (given widths)."""
        raise NotImplementedError

    def _sympy_(self) -> Any:
        return self.to_sympy()

    def _latex(self, printer: Any) -> Any:
        return printer._print(self.to_sympy())

    _pretty = _latex

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name}")
        return getattr(self.to_sympy(), name)

    def __eq__(self, other: object) -> bool:
        return bool(self.to_sympy() == other)

    def __hash__(self) -> int:
        return hash(self.to_sympy())

    def __add__(self, other: Any) -> Any:
        return self.to_sympy() + other

    def __radd__(self, other: Any) -> Any:
        return other + self.to_sympy()

    def __sub__(self, other: Any) -> Any:
        return self.to_sympy() - other

    def __rsub__(self, other: Any) -> Any:
        return other - self.to_sympy()

    def __mul__(self, other: Any) -> Any:
        return self.to_sympy() * other

    def __rmul__(self, other: Any) -> Any:
        return other * self.to_sympy()

    def __truediv__(self, other: Any) -> Any:
        return self.to_sympy() / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / self.to_sympy()

    def __pow__(self, other: Any) -> Any:
        return self.to_sympy() ** other

    def __rpow__(self, other: Any) -> Any:
        return other ** self.to_sympy()

    def __neg__(self) -> Any:
        return -self.to_sympy()

    def __pos__(self) -> Any:
        return self.to_sympy()

    def __lt__(self, other: Any) -> Any:
        return self.to_sympy() < other

    def __le__(self, other: Any) -> Any:
        return self.to_sympy() <= other

    def __gt__(self, other: Any) -> Any:
        return self.to_sympy() > other

    def __ge__(self, other: Any) -> Any:
        return self.to_sympy() >= other
