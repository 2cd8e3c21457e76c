"""Numbers along the paths: every local derivative, every product, their sum, and the oracle's value beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derive.algebra.expr import Diff
from derive.algebra.index import Index, Lin, Range, lin
from derive.api.numbers import concrete_network, number
from derive.api.show import Shown, mathml, table
from derive.network.partials import label_ranges
from derive.proof.generic import scatter
from derive.writing.plain import plain
from derive.writing.printer import to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.api.net import Net
    from derive.api.paths import PathSum

DIGITS = 4


@dataclass(frozen=True, repr=False)
class Worked(Shown):
    """A path sum in numbers: values of the parameters, factors and product of each path, and the oracle's value."""

    paths: PathSum
    values: Mapping[str, Any]
    factors: tuple[tuple[float, ...], ...]
    products: tuple[float, ...]
    oracle: float

    @property
    def total(self) -> float:
        return sum(self.products)

    def lines(self) -> list[str]:
        """Return the products of the paths as lines, and their sum."""
        shown = []
        for factors, product in zip(self.factors, self.products, strict=True):
            parts = " · ".join(f"({_short(f)})" if f < 0 else _short(f) for f in factors)
            shown.append(f"{parts} = {_short(product)}")
        return shown

    def latex(self) -> str:
        goal = to_latex(Diff(self.paths.of, self.paths.by), self.paths.net.notation)
        rows = [line.replace("·", r"\cdot").replace("=", "&=") for line in self.lines()]
        total = rf"{goal} &= {_short(self.total)}"
        return "\\begin{aligned}\n" + " \\\\\n".join([*rows, total]).replace("−", "-") + "\n\\end{aligned}"

    def __str__(self) -> str:
        goal = to_unicode(Diff(self.paths.of, self.paths.by), self.paths.net.notation)
        given = [f"  {name} = {_nested(value)}" for name, value in self.values.items()]
        paths = [f"{n:>3}. {line}" for n, line in enumerate(self.lines(), 1)]
        checked = (
            f"  {goal} = {_short(self.total)}; differentiating the forward pass in numbers gives {_short(self.oracle)}"
        )
        return "\n".join(["  with", *given, *paths, checked])

    def _repr_html_(self) -> str:
        rows = [(f"{n}.", line) for n, line in enumerate(self.lines(), 1)]
        given = "<br>".join(f"{name} = {_nested(value)}" for name, value in self.values.items())
        goal = mathml(to_latex(Diff(self.paths.of, self.paths.by), self.paths.net.notation))
        return f"<p>{given}</p>{table(rows)}<p>{goal} = {_short(self.total)}</p>"


def _short(value: float) -> str:
    text = f"{value:.{DIGITS}g}"
    return text.replace("-", "−") if text != "-0" else "0"


def _nested(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_nested(part)}" for key, part in value.items())
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    return _short(float(value))


def worked(net: Net, paths: PathSum, seed: int = 0) -> Worked:
    """Return the path sum in numbers, on a network with short random values.

    Raises: UsageError while a function is open.
    """
    values = short_values(net, seed)
    goal = Diff(paths.of, paths.by)
    concrete = concrete_network(net, goal, values, {})
    factors = tuple(tuple(number(f, concrete) for f in path.factors) for path in paths)
    products = tuple(number(path.product, concrete) for path in paths)
    return Worked(paths, values, factors, products, number(goal, concrete))


def short_values(net: Net, seed: int) -> dict[str, Any]:
    """Return values with one decimal for all parameters of a network with given sizes, and labels of 1."""
    from derive.api.net import layer_places

    found: dict[str, Any] = {}
    for leaf in net.symbolic.leaves:
        if leaf.name not in _used(net):
            continue
        layers = layer_places(net, leaf.name)
        pairs = list(zip(leaf.params, leaf.ranges, strict=True))
        ordered = [pairs[n] for n in layers] + [pair for n, pair in enumerate(pairs) if n not in layers]
        found[plain(leaf.name)] = _filled(net, leaf.name, ordered, len(layers), (), seed)
    for label in label_ranges(net.symbolic):
        found["l" if label.name == r"\ell" else plain(label.name)] = 1
    return found


def _used(net: Net) -> set[str]:
    from derive.network.dependencies import Dependencies

    return Dependencies(net.symbolic).below.get(net.symbolic.loss or "", set())


def _filled(
    net: Net, name: str, pairs: list[tuple[Index, Range]], layers: int, place: tuple[int, ...], seed: int
) -> Any:
    from derive.api.numbers import whole

    if not pairs:
        digit = scatter(seed, name, place)
        return Fraction(1 + digit % 9, 10) * (-1 if digit & 4096 else 1)
    (index, range_), rest = pairs[0], pairs[1:]
    bounds = net.sized(net.sized(range_))
    entries = {}
    for value in range(whole(bounds.lo), whole(bounds.hi) + 1):
        at: dict[Any, Lin] = {index: lin(value)}
        later = [(i, r.subs(at)) for i, r in rest]
        entries[value] = _filled(net, name, later, layers - 1, (*place, value), seed)
    return entries if layers > 0 else list(entries.values())
