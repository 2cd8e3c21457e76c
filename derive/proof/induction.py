"""Downward and upward induction on the layer: claims with matrix products of symbolic length.

A product of matrices from layer lo to hi, applied to something, is a recursion in lo: with

    T(m, p) = Σ_q (M_m ··· M_hi)[p, q] v_q

T(hi + 1, p) = v_p (base) and T(m, p) = Σ_q M_m[p, q] T(m+1, q) (step). If a closed form X(m, p) meets the same base and the
same step, T = X for all lo <= m <= hi + 1. Candidates for X are the derivatives that the network has at that layer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.algebra.expr import Add, Chain, Diff, Expr, Mul, Sum, Var
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import children, subs, walk
from derive.network.network import Network
from derive.proof.claim import Claim
from derive.proof.domains import domains
from derive.proof.prover import Proof, Prover

MAX_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Tail:
    """A product of matrices applied to v: Σ_q chain[p, q] v(q), times what does not depend on q, as it stands in a claim."""

    node: Expr
    chain: Chain
    sum_index: Index | None = None
    vector: Expr | None = None
    outside: tuple[Expr, ...] = ()

    def entry(self, p: Index) -> Expr:
        """Return the empty product applied to v: v_p, or a Kronecker delta for a single entry."""
        if self.sum_index is None or self.vector is None:
            end = self.chain.range.hi
            return replace(self.chain, range=Range(end + 1, end), left=lin(p))
        return subs(self.vector, {self.sum_index: lin(p)})


def prove_by_induction(claim: Claim, deadline: float) -> Proof | None:
    """Prove a claim that contains products of matrices over layers, or return None."""
    if not any(isinstance(node, Chain) for side in (claim.left, claim.right) for node in walk(side)):
        return None
    return _by_tails(claim, deadline) or _by_tails(_flattened(claim, deadline), deadline)


def _by_tails(claim: Claim | None, deadline: float) -> Proof | None:
    if claim is None:
        return None
    for side in (claim.left, claim.right):
        for tail in tails(side):
            for candidate in candidates(claim, tail):
                if time.monotonic() > deadline:
                    return None
                proof = _with_candidate(claim, tail, candidate, deadline)
                if proof is not None:
                    return proof
    return None


def _flattened(claim: Claim, deadline: float) -> Claim | None:
    """Return the claim with its sides as sums of products: deltas are gone, and what a matrix product meets is in sight."""
    prover = Prover(claim, deadline)
    algebra = prover.algebra(prover.situation(), with_facts=False)
    try:
        left, right = (to_expr(algebra.normal(side)) for side in (claim.left, claim.right))
    except ArithmeticError:
        return None
    return replace(claim, left=left, right=right)


def tails(expr: Expr) -> Iterator[Tail]:
    """Yield the sums over the right index of a matrix product, then the products themselves with a given right index."""
    nodes = list(walk(expr))
    for node in nodes:
        if not isinstance(node, Sum):
            continue
        factors = _flat(node.body)
        for chain in factors:
            if isinstance(chain, Chain) and chain.right == lin(node.index):
                inside = [f for f in factors if f is not chain and _mentions(f, node.index)]
                outside = tuple(f for f in factors if f is not chain and not _mentions(f, node.index))
                if inside:
                    vector = inside[0] if len(inside) == 1 else Mul(tuple(inside))
                    yield Tail(node, chain, node.index, vector, outside)
    for node in nodes:
        if isinstance(node, Chain):
            yield Tail(node, node)


def _mentions(expr: Expr, index: Index) -> bool:
    return subs(expr, {index: lin(fresh("x"))}) != expr


def _flat(expr: Expr) -> tuple[Expr, ...]:
    if isinstance(expr, Mul):
        return tuple(f for arg in expr.args for f in _flat(arg))
    return (expr,)


def candidates(claim: Claim, tail: Tail) -> Iterator[tuple[Index, Index, Expr]]:
    """Yield (m, p, X(m, p)): derivatives at layer m - 1, m or m + 1 that the tail may equal."""
    seen: set[str] = set()
    diffs = [n for side in (claim.left, claim.right) for n in walk(side) if isinstance(n, Diff)]
    count = 0
    for diff in diffs:
        if not isinstance(diff.body, Var):
            continue
        for name in _layered_names(claim.network):
            for shift in (0, -1, 1):
                m, p = Index("m", fresh("m").uid), Index("p", fresh("p").uid)
                at = lin(m) + shift
                for candidate in _placed(tail, diff, name, at, p):
                    key = f"{diff.body}|{name}|{shift}|{isinstance(candidate.body, Var)}|{candidate.var.name}"
                    if key in seen or count >= MAX_CANDIDATES:
                        continue
                    seen.add(key)
                    count += 1
                    yield m, p, candidate


def _placed(tail: Tail, diff: Diff, name: str, at: Lin, p: Index) -> Iterator[Diff]:
    """∂u/∂name[at, p], and for a chain with a given right end also ∂name[at, p]/∂v."""
    assert isinstance(diff.body, Var)
    if tail.sum_index is not None or not diff.body.idx:
        yield Diff(diff.body, Var(name, (at, lin(p))))
        return
    right = tail.chain.right
    yield Diff(Var(diff.body.name, (*diff.body.idx[:-1], right)), Var(name, (at, lin(p))))
    yield Diff(Var(name, (at, lin(p))), Var(diff.var.name, (*diff.var.idx[:-1], right)))


def _layered_names(network: Network) -> list[str]:
    return list(dict.fromkeys(d.name for d in network.definitions if len(d.params) == 2))


def _with_candidate(claim: Claim, tail: Tail, candidate: tuple[Index, Index, Expr], deadline: float) -> Proof | None:
    """Prove base, step, and the claim with the tail replaced by the candidate."""
    m, p, closed = candidate
    chain = tail.chain
    lo, hi = chain.range.lo, chain.range.hi
    rows = _rows(claim.network, closed, m, p)
    if rows is None:
        return None
    base = replace(
        claim, left=subs(closed, {m: hi + 1}), right=tail.entry(p), free=(*claim.free, (p, rows.subs({m: hi + 1})))
    )
    if not _proved(base, deadline):
        return None
    q = fresh("q")
    here = subs(chain.body, {chain.index: lin(m), chain.row: lin(p), chain.col: lin(q)})
    after = subs(closed, {m: lin(m) + 1, p: lin(q)})
    cols = chain.cols.subs({chain.index: lin(m)})
    step = replace(
        claim,
        left=closed,
        right=Sum(q, Range(lin(1), cols), here * after),
        free=(*claim.free, (m, Range(lo, hi)), (p, rows)),
    )
    if not _proved(step, deadline):
        return None
    value: Expr = Mul((*tail.outside, subs(closed, {m: lo, p: chain.left})))
    rest = replace(
        claim,
        left=replace_node(claim.left, tail.node, value),
        right=replace_node(claim.right, tail.node, value),
    )
    proof = Prover(rest, deadline).prove() or prove_by_induction(rest, deadline)
    return replace(proof, method="induction on the layer") if proof is not None else None


def _rows(network: Network, closed: Expr, m: Index, p: Index) -> Range | None:
    """The range of p: that of the unit slot of the variable that carries it."""
    for node in walk(closed):
        if isinstance(node, Var) and lin(p) in node.idx:
            for params, ranges in domains(network, node.name):
                values = dict(zip(params, node.idx, strict=True))
                return ranges[node.idx.index(lin(p))].subs(values)
    return None


def _proved(claim: Claim, deadline: float) -> bool:
    return Prover(claim, deadline).prove() is not None


def replace_node(expr: Expr, old: Expr, new: Expr) -> Expr:
    """Replace one sub-expression, wherever it stands, by another."""
    if expr is old or expr == old:
        return new
    if not children(expr):
        return expr
    match expr:
        case Add(args):
            return Add(tuple(replace_node(a, old, new) for a in args))
        case Mul(args):
            return Mul(tuple(replace_node(a, old, new) for a in args))
        case Sum(index, range_, body):
            return Sum(index, range_, replace_node(body, old, new))
    return expr
