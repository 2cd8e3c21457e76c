"""Induction over the length of a sum: x_K = u + Σ_{k=1}^{K} r_k, where x_k = x_{k-1} + r_k.

A claim left = rest + c·Σ_{t=lo}^{e} f(t) is made general by putting m for the size or index in e. It holds for all
lo-1 <= m <= e if it does for the empty sum (base), and if from m-1 to m both sides grow by the same (step):

    left(m) - left(m-1) = rest(m) - rest(m-1) + c·f(m)

In the same way Σ_{t=e}^{hi} f(t), as in ∂L/∂x_k = ∂L/∂x_K + Σ_{t=k+1}^{K} d_t, is taken downwards from the empty sum at
m = hi+1, with m+1 for m-1. Where the terms hang on the end by a product of matrices (see `links`), what stood at the
step before is multiplied by one more of them, and the base is the sum of one term.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from derive.algebra.expr import ZERO, Add, Expr, Mul, Sum
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import mentions, subs
from derive.budget import Budget
from derive.proof.claim import Claim
from derive.proof.hints import Part, Telescoped
from derive.proof.links import Link, backwards, links, without_empty
from derive.proof.prover import Proof, Prover

Ends: TypeAlias = Mapping[Size | Index, Lin]


@dataclass(frozen=True, slots=True)
class Telescope:
    """A side of a claim as rest + factor·Σ, with the size or index at which the sum ends, or begins (`downwards`).

    A `link` says how its terms hang on that end, where the sum may have been taken from its last term to its first.
    """

    rest: Expr
    factor: Expr
    sum: Sum
    end: Size | Index
    downwards: bool = False
    link: Link | None = None

    @property
    def moving(self) -> Lin:
        """The end of the range that moves."""
        return self.sum.range.lo if self.downwards else self.sum.range.hi

    @property
    def start(self) -> Lin:
        """The value of the moving end at which the induction starts: an empty sum, or the only term of a linked one."""
        only = self.sum.range.hi if self.downwards else self.sum.range.lo
        return only if self.link is not None else only - self.way

    @property
    def way(self) -> int:
        """Where the step before is: above or below."""
        return -1 if self.downwards else 1

    def grown(self, side: Expr, now: Ends, before: Ends) -> Expr:
        """Return by how much a side grows from the step before to now."""
        earlier = subs(side, before)
        return subs(side, now) - (earlier if self.link is None else self.link.at(now).applied(earlier))


def prove_by_telescope(claim: Claim, budget: Budget, steps: int) -> Proof | None:
    """Prove a claim one side of which is a sum over layers or steps, or return None; each sum gets some steps."""
    claim = replace(claim, sizes=())  # what holds for all sizes holds for those that are given
    context = IndexFacts(dict(claim.free))
    for left, right in ((claim.left, claim.right), (claim.right, claim.left)):
        for telescope in telescopes(claim, right):
            range_ = telescope.sum.range
            if not context.at_most_zero(range_.lo - range_.hi - (0 if telescope.link is not None else 1)):
                continue  # the sum may end before the induction reaches it
            proof = _prove(claim, left, telescope, budget.at_most(steps), flipped=left is claim.right)
            if proof is not None:
                return proof
    return None


def telescopes(claim: Claim, expr: Expr) -> Iterator[Telescope]:
    """Yield each way to see an expression as rest + factor·Σ, the factor independent of the end of the sum."""
    terms = expr.args if isinstance(expr, Add) else (expr,)
    for n, term in enumerate(terms):
        factors = term.args if isinstance(term, Mul) else (term,)
        for k, node in enumerate(factors):
            if not isinstance(node, Sum):
                continue
            factor: Expr = Mul((*factors[:k], *factors[k + 1 :]))
            rest = Add((*terms[:n], *terms[n + 1 :], ZERO))
            for downwards in (False, True):
                end = _end(node.range, downwards=downwards)
                if end is not None and not mentions(factor, end):
                    yield from _of_sum(claim, Telescope(rest, factor, node, end, downwards))


def _of_sum(claim: Claim, telescope: Telescope) -> Iterator[Telescope]:
    """Yield a telescope as it is, or with each link that its terms may have, in the order of the sum or backwards."""
    node, end = telescope.sum, telescope.end
    if not mentions(node.body, end):
        yield telescope
        return
    step: Ends = {end: lin(end) - telescope.way}
    for same in (node, backwards(node)):
        for link in links(claim, same, end, step, telescope.factor):
            yield replace(telescope, sum=same, link=link)


def _end(range_: Range, *, downwards: bool) -> Size | Index | None:
    """The one size or index in the end of a range that moves, if that end is it plus a number."""
    moving, other = (range_.lo, range_.hi) if downwards else (range_.hi, range_.lo)
    atom = (moving - moving.const).atom
    return atom if atom is not None and not _mentions(other, atom) else None


def _mentions(e: Lin, atom: Size | Index) -> bool:
    return e.subs({atom: lin(fresh("x"))}) != e


def _prove(claim: Claim, left: Expr, telescope: Telescope, budget: Budget, *, flipped: bool) -> Proof | None:
    node, end, m, unit = telescope.sum, telescope.end, fresh("m"), _unit(telescope.link)
    value = lin(m) - telescope.moving.const
    now: Ends = {end: value}
    before: Ends = {end: value - telescope.way}
    first, rest = {m: telescope.start}, telescope.rest
    if any(r.subs(now) != r.subs(before) for i, r in claim.free if i != end):
        return None  # from one step to the next the claim speaks of other entries
    free = tuple((i, r.subs(now)) for i, r in claim.free if i != end)
    term = telescope.factor * without_empty(subs(subs(node.body, now), {node.index: lin(m)}))
    base = replace(
        claim,
        left=subs(subs(left, now), first),
        right=subs(subs(rest, now) + (term if telescope.link is not None else ZERO), first),
        free=tuple((i, r.subs(first)) for i, r in free),
    )
    step = replace(
        claim,
        left=telescope.grown(left, now, before),
        right=telescope.grown(rest, now, before) + term,
        free=((m, _steps(claim, telescope)), *free),
    )
    base, step = (_apart(part, telescope.link, unit) for part in (base, step))
    based, stepped = (Prover(part, budget, ()).prove() for part in (base, step))
    if based is None or stepped is None:
        return None
    shown = Part(base, based.hints), Part(step, stepped.hints)
    hints = Telescoped(telescope, flipped, m, subs(left, now), subs(rest, now), *shown, now, unit)
    return replace(_joined([based, stepped]), hints=hints)


def _unit(link: Link | None) -> Index | None:
    """Return any unit at the near end of a product of matrices."""
    return None if link is None or link.near is None else fresh(link.near.name)


def _apart(claim: Claim, link: Link | None, unit: Index | None) -> Claim:
    """Return a claim about all units at the near end: what is assumed of one unit is not of all."""
    if link is None or link.near is None or unit is None:
        return claim
    near = link.near
    left, right = (subs(side, {near: lin(unit)}) for side in (claim.left, claim.right))
    return replace(claim, left=left, right=right, free=tuple((unit if i == near else i, r) for i, r in claim.free))


def _steps(claim: Claim, telescope: Telescope) -> Range:
    """The ends from the shortest sum to the longest: to the size itself, or to the end of the range of the index."""
    range_, linked = telescope.sum.range, int(telescope.link is not None)
    if telescope.downwards:
        lowest = range_.lo.subs({i: r.lo for i, r in claim.free if i == telescope.end})
        return Range(lowest, range_.hi - linked)
    return Range(range_.lo + linked, range_.hi.subs({i: r.hi for i, r in claim.free if i == telescope.end}))


def _joined(proofs: list[Proof]) -> Proof:
    return Proof(
        tuple(case for proof in proofs for case in proof.cases),
        frozenset().union(*(proof.notes for proof in proofs)),
        tuple(dict.fromkeys(fact for proof in proofs for fact in proof.facts)),
        "induction on the length of the sum",
    )
