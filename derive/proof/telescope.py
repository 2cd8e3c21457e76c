"""Induction over the length of a sum: x_K = u + Σ_{k=1}^{K} r_k, where x_k = x_{k-1} + r_k.

A claim left = rest + c·Σ_{t=lo}^{e} f(t) is made general by putting m for the size or index in e. It holds for all
lo-1 <= m <= e if it does for the empty sum (base), and if from m-1 to m both sides grow by the same (step):

    left(m) - left(m-1) = rest(m) - rest(m-1) + c·f(m)

In the same way Σ_{t=e}^{hi} f(t), as in ∂L/∂x_k = ∂L/∂x_K + Σ_{t=k+1}^{K} d_t, is taken downwards from the empty sum at
m = hi+1, with m+1 for m-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.algebra.expr import ZERO, Add, Expr, Mul, Sum
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import mentions, subs
from derive.budget import Budget
from derive.proof.claim import Claim
from derive.proof.prover import Proof, Prover


@dataclass(frozen=True, slots=True)
class Telescope:
    """A side of a claim as rest + factor·Σ, with the size or index at which the sum ends, or begins (`downwards`)."""

    rest: Expr
    factor: Expr
    sum: Sum
    end: Size | Index
    downwards: bool = False

    @property
    def moving(self) -> Lin:
        """The end of the range that moves."""
        return self.sum.range.lo if self.downwards else self.sum.range.hi

    @property
    def empty(self) -> Lin:
        """The value of the moving end at which the sum is empty."""
        return self.sum.range.hi + 1 if self.downwards else self.sum.range.lo - 1


def prove_by_telescope(claim: Claim, budget: Budget, steps: int) -> Proof | None:
    """Prove a claim one side of which is a sum over layers or steps, or return None; each sum gets some steps."""
    if claim.sizes:
        return None
    context = IndexFacts(dict(claim.free))
    for left, right in ((claim.left, claim.right), (claim.right, claim.left)):
        for telescope in telescopes(right):
            range_ = telescope.sum.range
            if not context.at_most_zero(range_.lo - range_.hi - 1):
                continue  # the sum may end before it begins, where the induction does not reach
            proof = _prove(claim, left, telescope, budget.at_most(steps))
            if proof is not None:
                return proof
    return None


def telescopes(expr: Expr) -> Iterator[Telescope]:
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
                if end is not None and not mentions(factor, end) and not mentions(node.body, end):
                    yield Telescope(rest, factor, node, end, downwards)


def _end(range_: Range, *, downwards: bool) -> Size | Index | None:
    """The one size or index in the end of a range that moves, if that end is it plus a number."""
    moving, other = (range_.lo, range_.hi) if downwards else (range_.hi, range_.lo)
    atom = (moving - moving.const).atom
    return atom if atom is not None and not _mentions(other, atom) else None


def _mentions(e: Lin, atom: Size | Index) -> bool:
    return e.subs({atom: lin(fresh("x"))}) != e


def _prove(claim: Claim, left: Expr, telescope: Telescope, budget: Budget) -> Proof | None:
    node, end = telescope.sum, telescope.end
    m, shift = fresh("m"), telescope.moving.const
    now, before = {end: lin(m) - shift}, {end: lin(m) - shift + (1 if telescope.downwards else -1)}
    first = {m: telescope.empty}
    if any(r.subs(now) != r.subs(before) for i, r in claim.free if i != end):
        return None  # from one step to the next the claim speaks of other entries
    free = tuple((i, r.subs(now)) for i, r in claim.free if i != end)
    base = replace(
        claim,
        left=subs(subs(left, now), first),
        right=subs(subs(telescope.rest, now), first),
        free=tuple((i, r.subs(first)) for i, r in free),
    )
    grown = subs(telescope.rest, now) - subs(telescope.rest, before)
    step = replace(
        claim,
        left=subs(left, now) - subs(left, before),
        right=grown + telescope.factor * subs(node.body, {node.index: lin(m)}),
        free=((m, _steps(claim, telescope)), *free),
    )
    proofs = [Prover(part, budget, ()).prove() for part in (base, step)]
    if any(proof is None for proof in proofs):
        return None
    return _joined([proof for proof in proofs if proof is not None])


def _steps(claim: Claim, telescope: Telescope) -> Range:
    """The ends from the shortest sum to the longest: to the size itself, or to the end of the range of the index."""
    range_ = telescope.sum.range
    if telescope.downwards:
        return Range(range_.lo.subs({i: r.lo for i, r in claim.free if i == telescope.end}), range_.hi)
    return Range(range_.lo, range_.hi.subs({i: r.hi for i, r in claim.free if i == telescope.end}))


def _joined(proofs: list[Proof]) -> Proof:
    return Proof(
        tuple(case for proof in proofs for case in proof.cases),
        frozenset().union(*(proof.notes for proof in proofs)),
        tuple(dict.fromkeys(fact for proof in proofs for fact in proof.facts)),
        "induction on the length of the sum",
    )
