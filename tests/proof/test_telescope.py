"""Sums over all layers, proved by induction over their length: x_K = u + Σ_k r_k where x_k = x_{k-1} + r_k."""

from __future__ import annotations

import pytest

from derive.algebra.expr import Expr, Fun, Sum, Var
from derive.algebra.index import Index, Lin, Range, fresh, lin, size, upto
from derive.budget import Budget
from derive.network.network import Definition, Leaf, Network
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge
from derive.proof.telescope import prove_by_telescope
from derive.proof.verdict import Refuted

DEPTH, WIDTH = size("K"), upto(size("d"))
UNIT = Index("i")


def entry(name: str, *idx: Index | Lin | int) -> Var:
    return Var(name, tuple(lin(i) for i in idx))


def residual() -> Network:
    """x[0] = u, r[k] = g(w[k] x[k-1]), x[k] = x[k-1] + r[k], each unit by itself."""
    start, k, i = fresh("k"), fresh("k"), fresh("i")
    below = entry("x", lin(k) - 1, i)
    layers = Range(lin(1), DEPTH)
    return Network(
        (
            Definition("x", (start, i), (Range(lin(0), lin(0)), WIDTH), entry("u", i)),
            Definition("r", (k, i), (layers, WIDTH), Fun("g", (entry("w", k) * below,), (0,))),
            Definition("x", (k, i), (layers, WIDTH), below + entry("r", k, i)),
        ),
        (Leaf("u", (i,), (WIDTH,)), Leaf("w", (k,), (layers,))),
    )


def total(first: int, last: Lin) -> Expr:
    """Σ_{t=first}^{last} r[t,i]."""
    t = fresh("t")
    return Sum(t, Range(lin(first), last), entry("r", t, UNIT))


def claim(right: Expr, top: Lin = DEPTH, *free: tuple[Index, Range]) -> Claim:
    return Claim(residual(), entry("x", top, UNIT), right, ((UNIT, WIDTH), *free))


def test_the_top_is_the_input_and_all_residues() -> None:
    verdict = judge(claim(entry("u", UNIT) + total(1, DEPTH)))

    assert isinstance(verdict, Proved)
    assert verdict.method == "induction on the length of the sum"


def test_every_layer_is_the_input_and_the_residues_below() -> None:
    k = Index("k")

    assert isinstance(judge(claim(entry("u", UNIT) + total(1, lin(k)), lin(k), (k, Range(lin(1), DEPTH)))), Proved)


SLIPS = {
    "input lost": total(1, DEPTH),
    "first block lost": entry("u", UNIT) + total(2, DEPTH),
    "last block lost": entry("u", UNIT) + total(1, DEPTH - 1),
    "twice": entry("u", UNIT) + 2 * total(1, DEPTH),
}


@pytest.mark.parametrize("right", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refuted_and_has_no_proof(right: Expr) -> None:
    assert isinstance(judge(claim(right)), Refuted)
    assert prove_by_telescope(claim(right), Budget(50_000), 50_000) is None


def test_a_sum_that_may_end_before_it_begins_is_left_alone() -> None:
    k = Index("k")
    reaching_down = claim(entry("u", UNIT) + total(1, lin(k) - 3), lin(k) - 3, (k, Range(lin(1), DEPTH)))

    assert prove_by_telescope(reaching_down, Budget(50_000), 50_000) is None


def downwards(first: int, last: Lin = DEPTH) -> Claim:
    """x[k,i] = x[K,i] - Σ_{t=k+1}^{K} r[t,i] from the top down."""
    k, t = Index("k"), fresh("t")
    above = Sum(t, Range(lin(k) + first, last), entry("r", t, UNIT))
    free = ((UNIT, WIDTH), (k, Range(lin(0), DEPTH)))
    return Claim(residual(), entry("x", k, UNIT), entry("x", DEPTH, UNIT) - above, free)


def test_a_sum_over_all_layers_above_is_taken_downwards() -> None:
    proof = prove_by_telescope(downwards(1), Budget(50_000), 50_000)

    assert proof is not None
    assert isinstance(judge(downwards(1)), Proved)


@pytest.mark.parametrize("slip", [downwards(0), downwards(2), downwards(1, DEPTH - 1)])
def test_a_sum_over_the_wrong_layers_above_has_no_proof(slip: Claim) -> None:
    assert prove_by_telescope(slip, Budget(50_000), 50_000) is None
    assert not isinstance(judge(slip), Proved)


def test_a_sum_over_units_whose_number_depends_on_the_layer_is_left_alone() -> None:
    k = Index("k")
    own = claim(entry("u", UNIT) + total(1, lin(k)), lin(k), (k, Range(lin(1), DEPTH)))
    narrowing = Claim(own.network, own.left, own.right, ((UNIT, upto(lin(k))), (k, Range(lin(1), DEPTH))))

    assert prove_by_telescope(own, Budget(50_000), 50_000) is not None
    assert prove_by_telescope(narrowing, Budget(50_000), 50_000) is None
