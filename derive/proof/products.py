"""Induction on the layer for products of numbers, one unit a layer: ∂a_L/∂a_k = ∏_{l=k+1}^{L} w_l f'(z_l).

A product over a range, times a factor v beside it, is a recursion: with T(m) = v ∏_{l=m}^{hi} r_l, downwards,

    T(hi+1) = v,   T(m) = r_m T(m+1)

and with T(m) = v ∏_{l=lo}^{m} r_l upwards from T(lo-1) = v. If a quantity X(m) of the network meets the same base and
the same step, T = X at every layer, and X(lo), or X(hi), may stand for the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.algebra.expr import ONE, Diff, Expr, Mul, Prod, Var
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import factors_of, subs, walk
from derive.budget import Budget
from derive.proof.claim import Claim
from derive.proof.domains import domain_facts, entry_facts
from derive.proof.induction import replace_node
from derive.proof.prover import Proof, Prover

MAX_CANDIDATES = 60
CANDIDATE_STEPS = 5_000


@dataclass(frozen=True, slots=True)
class ProductBeside:
    """A product over a range and a factor v beside it, as they stand in a claim in the product `node`."""

    node: Expr
    product: Prod
    beside: Expr
    others: tuple[Expr, ...]

    def next(self, m: Index, closed: Expr, *, upwards: bool) -> Expr:
        """Return r_m X(m ± 1), which X(m) has to equal."""
        factor = subs(self.product.body, {self.product.index: lin(m)})
        return factor * subs(closed, {m: lin(m) - 1 if upwards else lin(m) + 1})


def prove_product(claim: Claim, budget: Budget) -> Proof | None:
    """Prove a claim that contains a product over layers, or return None."""
    if not any(isinstance(node, Prod) for side in (claim.left, claim.right) for node in walk(side)):
        return None
    known = domain_facts(claim.network, (claim.left, claim.right), dict(claim.sizes))
    return _prove(claim, budget, known, len(list(runs(claim.left))) + len(list(runs(claim.right))))


def _prove(claim: Claim, budget: Budget, known: tuple[Lin, ...], rounds: int) -> Proof | None:
    for side in (claim.left, claim.right):
        for run in runs(side):
            if not _surely_runs(claim, run, known):
                continue
            for m, closed in _candidates(claim):
                for upwards in (False, True):
                    if not budget.left:
                        return None
                    rest = _with_candidate(claim, run, m, closed, known, budget, upwards=upwards)
                    if rest is None:
                        continue
                    proof = Prover(rest, budget, known).prove()
                    if proof is None and rounds > 1:
                        proof = _prove(rest, budget, known, rounds - 1)
                    if proof is not None:
                        return replace(proof, method="induction on the layer")
    return None


def runs(expr: Expr) -> Iterator[ProductBeside]:
    """Yield each product over a range, with each factor beside it and alone."""
    for node in walk(expr):
        if isinstance(node, Mul):
            factors = factors_of(node)
            for n, product in enumerate(factors):
                if isinstance(product, Prod):
                    rest = factors[:n] + factors[n + 1 :]
                    for k, beside in enumerate(rest):
                        yield ProductBeside(node, product, beside, rest[:k] + rest[k + 1 :])
    for node in walk(expr):
        if isinstance(node, Prod):
            yield ProductBeside(node, node, ONE, ())


def _surely_runs(claim: Claim, run: ProductBeside, known: tuple[Lin, ...]) -> bool:
    """Whether the range surely has lo <= hi + 1: the induction does not reach products that end before they begin."""
    context = IndexFacts(dict(claim.free), known)
    sizes = dict(claim.sizes)
    range_ = run.product.range
    return context.at_most_zero((range_.lo - range_.hi - 1).subs(sizes)) is True


def _exists(claim: Claim, closed: Expr, m: Index, reach: Range, known: tuple[Lin, ...]) -> bool:
    """Whether all entries in X(m) exist wherever the recursion goes."""
    context = IndexFacts({**dict(claim.free), m: reach}, known)
    sizes = dict(claim.sizes)
    entries = [node for node in walk(closed) if isinstance(node, Var)]
    facts = [fact for entry in entries for fact in entry_facts(claim.network, entry)]
    return all(context.at_most_zero(-fact.subs(sizes)) is True for fact in facts)


def _candidates(claim: Claim) -> Iterator[tuple[Index, Expr]]:
    """Yield (m, X(m)): the quantities with one index, a layer near m, and derivatives by or of them."""
    diffs = [n for side in (claim.left, claim.right) for n in walk(side) if isinstance(n, Diff)]
    m = fresh("m")
    seen: set[Expr] = set()
    for name in dict.fromkeys(d.name for d in claim.network.definitions if len(d.params) == 1):
        for shift in (-1, 0, 1):
            entry = Var(name, (lin(m) + shift,))
            for form in (*(x for diff in diffs for x in _derivatives(diff, entry)), entry):
                if form not in seen and len(seen) < MAX_CANDIDATES:
                    seen.add(form)
                    yield m, form


def _derivatives(diff: Diff, entry: Var) -> Iterator[Diff]:
    if isinstance(diff.body, Var):
        yield Diff(diff.body, entry)
        yield Diff(entry, diff.var)


def _with_candidate(
    claim: Claim, run: ProductBeside, m: Index, closed: Expr, known: tuple[Lin, ...], budget: Budget, *, upwards: bool
) -> Claim | None:
    """Prove base and step, and return the claim with X in place of the product and the factor beside it."""
    range_ = run.product.range
    outside, last = (range_.lo - 1, range_.hi) if upwards else (range_.hi + 1, range_.lo)
    reach = Range(outside, last) if upwards else Range(last, outside)
    if not _exists(claim, closed, m, reach, known):
        return None
    base = replace(claim, left=subs(closed, {m: outside}), right=run.beside)
    more = run.next(m, closed, upwards=upwards)
    step = replace(claim, left=closed, right=more, free=(*claim.free, (m, range_)))
    soon = budget.at_most(CANDIDATE_STEPS)
    if any(Prover(part, soon, known).glance() is None for part in (base, step)):
        return None
    value = Mul((*run.others, subs(closed, {m: last})))
    return replace(
        claim, left=replace_node(claim.left, run.node, value), right=replace_node(claim.right, run.node, value)
    )
