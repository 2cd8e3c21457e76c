"""Einstein's summation convention, where the text says so: an index that appears twice in a product is summed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from derive.algebra.build import sum_over
from derive.algebra.expr import Fun, Var
from derive.algebra.index import Index, fresh, lin
from derive.names.letters import free_letters
from derive.reader.syntax import Node
from derive.typing.bounds import Bound
from derive.typing.context import Context
from derive.typing.factors import Factor
from derive.typing.tensor import Tensor


def summed(value: Tensor, factors: Sequence[Factor], start: int, ctx: Context, node: Node) -> Tensor:
    """Return a product summed over the indices that appear twice in it: X_{ab} θ_b is Σ_b X_{ab} θ_b.

    An index of the left side stays: ∂E/∂u_j = e_j f'(u_j) is said for each j.

    `start` is where the log of index uses begins that belong to it.
    Raises: LatexError where an index appears more often.
    """
    from derive.typing.index_ranges import bound_range

    counts, plain = Counter[str](), Counter[str]()
    for factor in factors:
        counts.update(_appearances(factor))
        plain.update({} if isinstance(factor.value.body, Fun) else _appearances(factor))
    for letter, count in sorted(counts.items()):
        if count == 1 or letter in {*ctx.indices, *ctx.kept} or Index(letter) in ctx.table.labels:
            continue
        if count > 2 and plain[letter] != 2:  # e_j f'(u_j) A_{ji} is summed, though f' has the index too
            raise ctx.fault(f'the index "{letter}" appears {count} times', node, "a sum that is written out")
        own = fresh(letter)
        range_ = bound_range(Bound(letter, Index(letter), node), ctx, start)
        value = value.subs({Index(letter): lin(own)})
        value = value.with_body(sum_over(own, range_, value.body))
        ctx.log.note("an index that appears twice in a product is summed over")
    return value


def _appearances(factor: Factor) -> Counter[str]:
    """Return how often each free index appears in a factor: twice in a square, and in X_{aa}."""
    letters = Counter(free_letters(factor.value.body))
    node = factor.node
    if node.sup is not None and node.sup.text == "2":
        return letters + letters
    if isinstance(factor.value.body, Var):
        return Counter(i.name for at in factor.value.body.idx for i in at.indices() if i.uid == 0)
    return letters
