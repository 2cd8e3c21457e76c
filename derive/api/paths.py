"""Every path from a variable to the loss, with the local derivative along each of its edges.

    ∂L/∂v = Σ over paths v → w₁ → … → L of ∂w₁/∂v · ∂w₂/∂w₁ · … · ∂L/∂w_r

Where sizes are open, a path stands for all its choices of units: its bound indices are summed over. Where the depth is
open, a path ends at the next layer, and ∂L/∂ of the quantity there stands for everything above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from derive.algebra.expr import Add, Diff, Expr, Var
from derive.api.path import Path, instances
from derive.api.path_walk import Walker
from derive.api.show import Shown, mathml, table
from derive.errors import UsageError
from derive.writing.printer import to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.api.net import Net

MAX_PATHS = 400
MAX_CLASSES = 2000


@dataclass(frozen=True, repr=False)
class PathSum(Shown):
    """∂of/∂by as the sum over its paths."""

    net: Net
    of: Var
    by: Var
    paths: tuple[Path, ...]

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[Path]:
        return iter(self.paths)

    @property
    def total(self) -> Expr:
        """The sum of the products."""
        products = tuple(path.product for path in self.paths)
        return Add(products) if len(products) != 1 else products[0]

    def latex(self) -> str:
        left = to_latex(Diff(self.of, self.by), self.net.notation)
        lines = [rf"{path.product_latex()} && {path.latex()}" for path in self.paths] or ["0"]
        return "\n".join([r"\begin{aligned}", rf"{left} &= " + " \\\\\n&+ ".join(lines), r"\end{aligned}"])

    def __str__(self) -> str:
        from derive.api.path_drawing import draw_tree

        count = f"{len(self.paths)} path{'s' if len(self.paths) != 1 else ''}"
        goal = to_unicode(Diff(self.of, self.by), self.net.notation)
        lines = [f"{goal} is a sum over {count}:", "", *draw_tree(self), ""]
        for number, path in enumerate(self.paths, 1):
            lines += [f"{number:>3}. {' → '.join(to_unicode(v, self.net.notation) for v in path.entries)}"]
            lines += [f"       {path.product_text()}"]
        return "\n".join(lines)

    def table_html(self) -> str:
        """Return the paths with their products as a table."""
        return table([(mathml(path.latex()), mathml(path.product_latex())) for path in self.paths])

    def _repr_html_(self) -> str:
        from derive.api.path_drawing import svg_of

        return svg_of(self) + self.table_html()


def path_sum(net: Net, of: Var, by: Var) -> PathSum:
    """Return the paths from `by` to `of`. Raises: UsageError where there are more than anybody reads."""
    walker = Walker(net, of)
    classes = list(islice(walker.paths(by), MAX_CLASSES + 1))
    if len(classes) > MAX_CLASSES:
        raise UsageError(f"there are more than {MAX_CLASSES} kinds of paths; take a smaller network")
    paths: list[Path] = []
    for found in classes:
        for path in instances(found, net):
            if len(paths) == MAX_PATHS:
                raise UsageError(f"there are more than {MAX_PATHS} paths; take narrower layers")
            paths.append(path)
    return PathSum(net, of, by, tuple(paths))
