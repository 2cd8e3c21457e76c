"""One path through a network, and what conditions on its indices do to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derive.algebra.build import fold, substitute
from derive.algebra.expr import ZERO, Add, Expr, Iverson, Mul, Sum, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.api.show import Shown
from derive.names.patterns import index_latex
from derive.writing.printer import to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.api.net import Net

Binders = tuple[tuple[Index, Range], ...]


@dataclass(frozen=True, repr=False)
class Path(Shown):
    """A path: the entries along it, the local derivative along each edge, and the units that it sums over.

    `conditions` limit it ("k ≤ L-1"). The last factor is a derivative of the loss where the path goes on above.
    """

    entries: tuple[Var, ...]
    factors: tuple[Expr, ...]
    binders: Binders
    conditions: tuple[Iverson, ...]
    net: Net

    @property
    def product(self) -> Expr:
        """The product of the factors, under its sums and conditions."""
        body: Expr = Mul((*self.conditions, *self.factors)) if self.conditions else Mul(self.factors)
        for index, range_ in reversed(self.binders):
            body = Sum(index, range_, body)
        return body

    def latex(self) -> str:
        return r" \to ".join(to_latex(v, self.net.notation) for v in self.entries)

    def product_latex(self) -> str:
        """Return the factors in the order of the path, with dots between them."""
        shown = [_in_brackets(to_latex(f, self.net.notation), f) for f in self.factors]
        sums = "".join(
            rf"\sum_{{{index_latex(lin(i), self.net.notation)}={index_latex(r.lo, self.net.notation)}}}"
            rf"^{{{index_latex(r.hi, self.net.notation)}}} "
            for i, r in self.binders
        )
        texts = [to_latex(Iverson(c.relation, c.left, c.right), self.net.notation) for c in self.conditions]
        return sums + r" \cdot ".join([*texts, *shown])

    def __str__(self) -> str:
        way = " → ".join(to_unicode(v, self.net.notation) for v in self.entries)
        return f"{way}\n    {self.product_text()}"

    def product_text(self) -> str:
        """Return the factors in the order of the path as one line."""
        shown = [_in_brackets(to_unicode(f, self.net.notation), f) for f in self.factors]
        sums = "".join(f"Σ[{i}={r}] ".replace("..", "…") for i, r in self.binders)
        return sums + " · ".join(shown) + self.when()

    def when(self) -> str:
        """Return the conditions in words: "   if k ≤ L-1"."""
        texts = [to_unicode(c, self.net.notation).strip("[]") for c in self.conditions]
        return f"   if {' and '.join(texts)}" if texts else ""


def _in_brackets(text: str, factor: Expr) -> str:
    return f"({text})" if isinstance(factor, Add) or text.startswith("-") else text


def contracted(path: Path) -> Path | None:
    """Insert what a condition m = l says of a bound index; None if a factor or a condition is 0."""
    bound = dict(path.binders)
    for delta in (*path.conditions, *(d for factor in path.factors for d in _deltas(factor))):
        difference = delta.left - delta.right
        index = next((i for i, c in difference.terms if i in bound and abs(c) == 1), None)
        if delta.relation == "=" and isinstance(index, Index):
            sign = dict(difference.terms)[index]
            return contracted(inserted(path, index, (difference - lin(index) * sign) * -sign))
    factors = tuple(map(fold, path.factors))
    conditions = tuple(dict.fromkeys(map(fold, path.conditions)))
    if ZERO in (*factors, *conditions):
        return None
    return replace(path, factors=factors, conditions=tuple(c for c in conditions if isinstance(c, Iverson)))


def _deltas(factor: Expr) -> list[Iverson]:
    """Return the conditions i = j that are factors of an expression."""
    parts = factor.args if isinstance(factor, Mul) else (factor,)
    return [part for part in parts if isinstance(part, Iverson) and part.relation == "="]


def inserted(path: Path, index: Index, value: Lin) -> Path:
    values: dict[Any, Lin] = {index: value}
    return Path(
        tuple(as_var(substitute(v, values)) for v in path.entries),
        tuple(substitute(f, values) for f in path.factors),
        tuple((i, r.subs(values)) for i, r in path.binders if i != index),
        tuple(Iverson(c.relation, c.left.subs(values), c.right.subs(values)) for c in path.conditions),
        path.net,
    )


def as_var(expr: Expr) -> Var:
    assert isinstance(expr, Var)
    return expr


def instances(path: Path, net: Net) -> Iterator[Path]:
    """Yield a path for each choice of its units where their numbers are known."""
    for index, range_ in path.binders:
        if range_.lo.is_const and range_.hi.is_const:
            for value in range(range_.lo.const, range_.hi.const + 1):
                kept = contracted(inserted(path, index, lin(value)))
                if kept is not None:
                    yield from instances(kept, net)
            return
    yield path
