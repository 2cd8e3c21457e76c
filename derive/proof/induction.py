"""Induction on the layer: claims with matrix products of symbolic length.

A product of matrices from layer lo to hi, applied to a vector v, is a recursion. Downwards, with v on the right,

    T(m, p) = Σ_q (M_m ··· M_hi)[p, q] v_q:     T(hi+1, p) = v_p,   T(m, p) = Σ_q M_m[p, q] T(m+1, q)

and upwards, with v on the left, T(m, p) = Σ_q v_q (M_lo ··· M_m)[q, p] starts at lo-1 and appends M_m. If a closed form
X(m, p) meets the same base and the same step, T = X for all lo <= m <= hi. Candidates for X are the quantities that the
network has at that layer, and derivatives by or of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from derive.algebra.expr import Add, Chain, Diff, Expr, Iverson, Mul, Sum, Var
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import children, factors_of, mentions, subs, walk
from derive.budget import Budget
from derive.network.network import Network
from derive.proof.claim import Claim
from derive.proof.domains import domain_facts, domains
from derive.proof.hints import Layers, Part
from derive.proof.oracle import examine
from derive.proof.orders import counted_up
from derive.proof.prover import Proof, Prover

MAX_CANDIDATES = 40
CANDIDATE_STEPS = 10_000
EXAMINED = 20_000  # values and tangents of entries, on the network that sorts out most wrong candidates


@dataclass(frozen=True, slots=True)
class Tail:
    """A product of matrices applied to a vector: Σ_q chain[p, q] v(q) or Σ_q v(q) chain[q, p], as it stands in a claim.

    `upwards` says that the vector stands on the left. Without `sum_index` the far end of the product is a given index.
    `outside` are the factors in the sum that do not depend on q.
    """

    node: Expr
    chain: Chain
    upwards: bool
    sum_index: Index | None = None
    vector: Expr | None = None
    outside: tuple[Expr, ...] = ()

    def entry(self, p: Index) -> Expr:
        """Return the empty product applied to v: v_p, or a Kronecker delta for a given far end."""
        if self.sum_index is None or self.vector is None:
            return Iverson("=", lin(p), self.far_end)
        return subs(self.vector, {self.sum_index: lin(p)})

    @property
    def far_end(self) -> Lin:
        """The index of the product at the end where the vector stands."""
        return self.chain.left if self.upwards else self.chain.right

    @property
    def near_end(self) -> Lin:
        """The index at the other end."""
        return self.chain.right if self.upwards else self.chain.left


def prove_by_induction(claim: Claim, budget: Budget, known: tuple[Lin, ...] | None = None) -> Proof | None:
    """Prove a claim that contains products of matrices over layers, or return None.

    `known` is what follows from the entries of the claim at the start: those that a candidate brings in need not exist.
    """
    if known is None:
        known = domain_facts(claim.network, (claim.left, claim.right), dict(claim.sizes))
    search = _Search(budget, known)
    return search.by_forms(claim, patient=False) or search.by_forms(claim, patient=True)


@dataclass
class _Search:
    """A search within a budget; the parts that a concrete network speaks against are remembered by their text."""

    budget: Budget
    known: tuple[Lin, ...]
    differing: dict[str, bool] = field(default_factory=dict)

    def by_forms(self, claim: Claim, *, patient: bool) -> Proof | None:
        """Try a claim as it is and with its sides as sums of products."""
        if not any(isinstance(node, Chain) for side in (claim.left, claim.right) for node in walk(side)):
            return None
        claim = replace(claim, left=counted_up(claim.left), right=counted_up(claim.right))
        flattened = _flattened(claim, self.budget)
        return self._by_tails(claim, patient=patient) or (
            self._by_tails(flattened, patient=patient) if flattened is not None else None
        )

    def _by_tails(self, claim: Claim, *, patient: bool) -> Proof | None:
        """Try all candidates: each with a glance at base, step and rest, or with a search for their proofs."""

        def proved(part: Claim, budget: Budget) -> Proof | None:
            prover = Prover(part, budget, self.known)
            return prover.prove() if patient else prover.glance()

        def plausible(part: Claim) -> Proof | None:
            within = replace(part, free=(*claim.free, *around, *part.free[len(claim.free) :]))
            return None if self._differs(within) else proved(part, self.budget.at_most(CANDIDATE_STEPS))

        for side in (claim.left, claim.right):
            for tail in tails(side):
                around = _sums_around(tail.node, side) or ()
                for candidate in candidates(claim, tail):
                    if not self.budget.left:
                        return None
                    layers = _with_candidate(claim, tail, candidate, plausible)
                    if layers is None:
                        continue
                    rest = layers.rest.claim
                    proof = proved(rest, self.budget) or self.by_forms(rest, patient=patient)
                    if proof is not None:
                        hints = replace(layers, rest=Part(rest, proof.hints))
                        return replace(proof, method="induction on the layer", hints=hints)
        return None

    def _differs(self, part: Claim) -> bool:
        """Return whether a concrete network speaks against a base or a step, as against those of most candidates."""
        said = str(part)
        if said not in self.differing:
            self.differing[said] = examine(part, draws=1, budget=Budget(EXAMINED)).witness is not None
        return self.differing[said]


def _sums_around(node: Expr, expr: Expr) -> tuple[tuple[Index, Range], ...] | None:
    """Return the indices that are bound where a part of an expression stands, each with its range; None if it is none.

    Without their ranges no concrete network could speak against what is said of the part.
    """
    if expr is node:
        return ()
    for child in children(expr):
        inside = _sums_around(node, child)
        if inside is not None:
            return ((expr.index, expr.range), *inside) if isinstance(expr, Sum) else inside
    return None


def _flattened(claim: Claim, budget: Budget) -> Claim | None:
    """Return the claim with its sides as sums of products: deltas are gone, each matrix product meets its vector."""
    prover = Prover(claim, budget)
    algebra = prover.algebra(prover.situation, with_facts=False)
    try:
        left, right = (to_expr(algebra.normal(side)) for side in (claim.left, claim.right))
    except ArithmeticError:
        return None
    return replace(claim, left=left, right=right)


def tails(expr: Expr) -> Iterator[Tail]:
    """Yield the sums over one end of a matrix product, then the products themselves with both ends given."""
    nodes = list(walk(expr))
    for node in nodes:
        if isinstance(node, Sum):
            factors = factors_of(node.body)
            for chain in factors:
                if isinstance(chain, Chain) and lin(node.index) in (chain.left, chain.right):
                    inside = [f for f in factors if f is not chain and mentions(f, node.index)]
                    outside = tuple(f for f in factors if f is not chain and not mentions(f, node.index))
                    if inside:
                        vector = inside[0] if len(inside) == 1 else Mul(tuple(inside))
                        yield Tail(node, chain, chain.left == lin(node.index), node.index, vector, outside)
    for node in nodes:
        if isinstance(node, Chain):
            yield Tail(node, node, upwards=False)
            yield Tail(node, node, upwards=True)


def candidates(claim: Claim, tail: Tail) -> Iterator[tuple[Index, Index, Expr]]:
    """Yield (m, p, X(m, p)): quantities at a layer near m, and derivatives by or of them, that the tail may equal."""
    seen: set[str] = set()
    free = {index for index, _ in claim.free}
    diffs = [n for side in (claim.left, claim.right) for n in walk(side) if isinstance(n, Diff) and _is_free(n, free)]
    m, p = fresh("m"), fresh("p")
    for name in _layered_names(claim.network):
        for shift in (0, -1, 1):
            entry = Var(name, (lin(m) + shift, lin(p)))
            forms: list[Expr] = [entry] if tail.sum_index is not None else []
            for diff in diffs:
                forms.extend(_derivatives(tail, diff, entry))
            for form in forms:
                if str(form) not in seen and len(seen) < MAX_CANDIDATES:
                    seen.add(str(form))
                    yield m, p, form


def _is_free(diff: Diff, free: set[Index]) -> bool:
    """Whether a derivative can stand outside the sums and products around it."""
    entries = [node for node in walk(diff) if isinstance(node, Var)]
    return all(index in free for entry in entries for e in entry.idx for index in e.indices())


def _derivatives(tail: Tail, diff: Diff, entry: Var) -> Iterator[Diff]:
    """∂u/∂entry and ∂entry/∂v for a derivative ∂u/∂v of the claim; at a given far end u or v stands at its index."""
    if not isinstance(diff.body, Var):
        return
    if tail.sum_index is not None:
        yield Diff(diff.body, entry)
        yield Diff(entry, diff.var)
        return
    if diff.body.idx:
        yield Diff(Var(diff.body.name, (*diff.body.idx[:-1], tail.far_end)), entry)
    else:
        yield Diff(diff.body, entry)
    if diff.var.idx:
        yield Diff(entry, Var(diff.var.name, (*diff.var.idx[:-1], tail.far_end)))


def _layered_names(network: Network) -> list[str]:
    return list(dict.fromkeys(d.name for d in network.definitions if len(d.params) == 2))


def _with_candidate(
    claim: Claim, tail: Tail, candidate: tuple[Index, Index, Expr], proved: Callable[[Claim], Proof | None]
) -> Layers | None:
    """Prove base and step, and return how, with the rest: the claim with the tail replaced by the candidate."""
    m, p, closed = candidate
    chain = tail.chain
    lo, hi = chain.range.lo, chain.range.hi
    rows = _rows(claim.network, closed, m, p)
    if rows is None:
        return None
    outside = lo - 1 if tail.upwards else hi + 1
    if not _ranges_fit(claim, tail, candidate, rows):
        return None
    base = replace(
        claim, left=subs(closed, {m: outside}), right=tail.entry(p), free=(*claim.free, (p, rows.subs({m: outside})))
    )
    based = proved(base)
    if based is None:
        return None
    step = replace(
        claim, left=closed, right=_one_more(tail, candidate), free=(*claim.free, (m, Range(lo, hi)), (p, rows))
    )
    stepped = proved(step)
    if stepped is None:
        return None
    last = hi if tail.upwards else lo
    value: Expr = Mul((*tail.outside, subs(closed, {m: last, p: tail.near_end})))
    rest = replace(
        claim,
        left=replace_node(claim.left, tail.node, value),
        right=replace_node(claim.right, tail.node, value),
    )
    shown = (Part(base, based.hints), Part(step, stepped.hints), Part(rest, None))
    return Layers(tail, m, p, closed, rows, value, *shown)


def _ranges_fit(claim: Claim, tail: Tail, candidate: tuple[Index, Index, Expr], rows: Range) -> bool:
    """Whether the sums run over just the units that the candidate has: base and step are shown for no others."""
    m = candidate[0]
    lo, hi = tail.chain.range.lo, tail.chain.range.hi
    more = _one_more(tail, candidate)
    pairs = [(more.range, rows.subs({m: lin(m) - 1 if tail.upwards else lin(m) + 1}))]
    if isinstance(tail.node, Sum):
        pairs.append((tail.node.range, rows.subs({m: lo - 1 if tail.upwards else hi + 1})))
    context = IndexFacts(dict(claim.free))
    sizes = dict(claim.sizes)
    gaps = [(end - other).subs(sizes) for a, b in pairs for end, other in ((a.lo, b.lo), (a.hi, b.hi))]
    return all(context.zero(gap) for gap in gaps)


def _one_more(tail: Tail, candidate: tuple[Index, Index, Expr]) -> Sum:
    """Return the candidate one layer on, with one more matrix applied: what X(m, p) has to equal."""
    m, p, closed = candidate
    chain, q = tail.chain, fresh("q")
    before = lin(m) - 1 if tail.upwards else lin(m) + 1
    ends = {chain.row: lin(q), chain.col: lin(p)} if tail.upwards else {chain.row: lin(p), chain.col: lin(q)}
    matrix = subs(chain.body, {chain.index: lin(m), **ends})
    columns = chain.cols.subs({chain.index: lin(m) - 1 if tail.upwards else lin(m)})
    return Sum(q, Range(lin(1), columns), matrix * subs(closed, {m: before, p: lin(q)}))


def _rows(network: Network, closed: Expr, m: Index, p: Index) -> Range | None:
    """The range of p: that of the unit slot of the variable that carries it."""
    for node in walk(closed):
        if isinstance(node, Var) and lin(p) in node.idx:
            found = domains(network, node.name)
            widest = [domain for domain in found if all(r.lo != r.hi for r in domain[1])] or found
            for params, ranges in widest:
                values = dict(zip(params, node.idx, strict=True))
                return ranges[node.idx.index(lin(p))].subs(values)
    return None


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
