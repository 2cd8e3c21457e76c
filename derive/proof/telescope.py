"""Induction over the length of a sum: x_K = u + Σ_{k=1}^{K} r_k, where x_k = x_{k-1} + r_k.

A claim left = rest + c·Σ_{t=lo}^{e} f(t) is made general by putting m for the size or index in e. It holds for all
lo-1 <= m <= e if it does for the empty sum (base), and if from m-1 to m both sides grow by the same (step):

    left(m) - left(m-1) = rest(m) - rest(m-1) + c·f(m)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.algebra.context import Context
from derive.algebra.expr import ZERO, Add, Expr, Mul, Sum
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.substitute import subs
from derive.proof.claim import Claim
from derive.proof.prover import Proof, Prover


@dataclass(frozen=True, slots=True)
class Telescope:
    """A side of a claim as rest + factor·Σ, with the size or index that ends the sum."""

    rest: Expr
    factor: Expr
    sum: Sum
    end: Size | Index


def prove_by_telescope(claim: Claim, deadline: float) -> Proof | None:
    """Prove a claim one side of which is a sum over layers or steps, or return None."""
    if claim.sizes:
        return None
    context = Context(dict(claim.free))
    for left, right in ((claim.left, claim.right), (claim.right, claim.left)):
        for telescope in telescopes(right):
            range_ = telescope.sum.range
            if not context.at_most_zero(range_.lo - range_.hi - 1):
                continue  # the sum may end before it begins, where the induction does not reach
            proof = _prove(claim, left, telescope, deadline)
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
            end = _end(node.range)
            factor: Expr = Mul((*factors[:k], *factors[k + 1 :]))
            if end is not None and not _depends(factor, end) and not _depends(node.body, end):
                yield Telescope(Add((*terms[:n], *terms[n + 1 :], ZERO)), factor, node, end)


def _end(range_: Range) -> Size | Index | None:
    """The one size or index in the upper end of a range, if the end is that plus a number."""
    atom = (range_.hi - range_.hi.const).atom
    return atom if atom is not None and not _mentions(range_.lo, atom) else None


def _mentions(e: Lin, atom: Size | Index) -> bool:
    return e.subs({atom: lin(fresh("x"))}) != e


def _depends(expr: Expr, atom: Size | Index) -> bool:
    return subs(expr, {atom: lin(fresh("x"))}) != expr


def _prove(claim: Claim, left: Expr, telescope: Telescope, deadline: float) -> Proof | None:
    node, end = telescope.sum, telescope.end
    m, shift = fresh("m"), node.range.hi.const
    now, before = {end: lin(m) - shift}, {end: lin(m) - shift - 1}
    first = {m: node.range.lo - 1}
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
        free=((m, Range(node.range.lo, _last(claim, telescope))), *free),
    )
    proofs = [Prover(part, deadline, ()).prove() for part in (base, step)]
    if any(proof is None for proof in proofs):
        return None
    return _joined([proof for proof in proofs if proof is not None])


def _last(claim: Claim, telescope: Telescope) -> Lin:
    """The greatest end of the sum: the size itself, or the end of the range of the index."""
    hi = telescope.sum.range.hi
    return hi.subs({i: r.hi for i, r in claim.free if i == telescope.end})


def _joined(proofs: list[Proof]) -> Proof:
    return Proof(
        tuple(case for proof in proofs for case in proof.cases),
        frozenset().union(*(proof.notes for proof in proofs)),
        tuple(dict.fromkeys(fact for proof in proofs for fact in proof.facts)),
        "induction on the length of the sum",
    )
