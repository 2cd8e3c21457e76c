"""Products of matrices over all layers between two, proved by induction on the layer; slips in them are refuted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.algebra.expr import Chain, Diff, Expr, Iverson, Sum, Var
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin, upto
from derive.budget import Budget
from derive.network.closed_forms import UNITS, Free, gradient, slope, unrolled_gradient
from derive.network.mlp import DEPTH, mlp, var, width
from derive.network.network import Definition, Leaf, Network
from derive.proof.claim import Claim
from derive.proof.induction import prove_by_induction, tails
from derive.proof.kernel import Proved, judge
from derive.proof.verdict import Refuted

K, I, J = (Index(letter) for letter in "kij")  # noqa: E741
T, ROW, COL, Q = (fresh(letter) for letter in "trcq")
LAYERS = upto(DEPTH)


def deep_linear() -> Network:
    """h_0 = x, h_k = W_k h_{k-1}, loss = ½ |h_L - y|²."""
    body = Sum(J, upto(width(lin(K) - 1)), var("W", K, I, J) * var("h", lin(K) - 1, J))
    return Network(
        (
            Definition("h", (K, I), (Range(lin(0), lin(0)), upto(width(lin(K)))), var("x", I)),
            Definition("h", (K, I), (LAYERS, upto(width(lin(K)))), body),
            Definition("loss", (), (), Sum(I, upto(width(DEPTH)), (var("h", DEPTH, I) - var("y", I)) ** 2) / 2),
        ),
        (
            Leaf("x", (I,), (upto(width(0)),)),
            Leaf("y", (I,), (upto(width(DEPTH)),)),
            Leaf("W", (K, I, J), (LAYERS, upto(width(lin(K))), upto(width(lin(K) - 1)))),
        ),
        loss="loss",
    )


def chain(body: Expr, lo: Lin, hi: Lin, cols: Lin, left: Lin | Index, right: Lin | Index) -> Chain:
    """Entry (left, right) of M_lo ··· M_hi with entries body of M_t at (ROW, COL)."""
    return Chain(T, Range(lo, hi), ROW, COL, cols, body, lin(left), lin(right))


def down(body: Expr, lo: Lin, hi: Lin, vector: Expr) -> Sum:
    """Σ_q (M_lo ··· M_hi)[i, q] v_q, the columns of M_t counted by n[t+1]."""
    return Sum(Q, upto(width(DEPTH)), chain(body, lo, hi, width(lin(T) + 1), I, Q) * vector)


TRANSPOSED = var("W", lin(T) + 1, COL, ROW)
ABOVE = slope("g", var("a", T, ROW)) * TRANSPOSED
ERROR = var("yhat", Q) - var("y", Q)
PERCEPTRON = mlp("g", "linear", "half-squared", "vector")
LINEAR = deep_linear()
FAR = Index("p")
OUTPUT_UNITS = upto(width(DEPTH))
JACOBIAN: Free = (*UNITS, (FAR, OUTPUT_UNITS))
AFTER = lin(K) + 1


def states(lo: Lin, hi: Lin) -> Sum:
    """Σ_q x_q (W_1ᵀ ··· W_kᵀ)[q, i]: the vector on the left, a layer more with each factor."""
    product = chain(var("W", T, COL, ROW), lo, hi, width(lin(T)), Q, I)
    return Sum(Q, upto(width(0)), var("x", Q) * product)


TRUE: dict[str, Claim] = {
    "the unrolled gradient": Claim(PERCEPTRON, gradient("a", K, I), down(ABOVE, lin(K), DEPTH - 1, ERROR), UNITS),
    "the Jacobian of the output": Claim(
        PERCEPTRON,
        Diff(var("a", DEPTH, FAR), var("a", K, I)),
        chain(ABOVE, lin(K), DEPTH - 1, width(lin(T) + 1), I, FAR),
        JACOBIAN,
    ),
    "a deep linear network": Claim(
        LINEAR,
        gradient("h", K, I),
        down(TRANSPOSED, lin(K), DEPTH - 1, var("h", DEPTH, Q) - var("y", Q)),
        UNITS,
    ),
    "upwards": Claim(LINEAR, var("h", K, I), states(lin(1), lin(K)), UNITS),
}
SLIPS: dict[str, tuple[str, Expr]] = {
    "one factor too few": ("the unrolled gradient", down(ABOVE, AFTER, DEPTH - 1, ERROR)),
    "one slope too many": (
        "the unrolled gradient",
        slope("g", var("a", K, I)) * down(ABOVE, lin(K), DEPTH - 1, ERROR),
    ),
    "slope of the layer above": (
        "the unrolled gradient",
        down(slope("g", var("a", lin(T) + 1, COL)) * TRANSPOSED, lin(K), DEPTH - 1, ERROR),
    ),
    "slope lost": ("the unrolled gradient", down(TRANSPOSED, lin(K), DEPTH - 1, ERROR)),
    "sign of the error": ("the unrolled gradient", -down(ABOVE, lin(K), DEPTH - 1, ERROR)),
    "Jacobian without its last factor": (
        "the Jacobian of the output",
        chain(ABOVE, lin(K), DEPTH - 2, width(lin(T) + 1), I, FAR),
    ),
    "Jacobian without its first factor": (
        "the Jacobian of the output",
        chain(ABOVE, AFTER, DEPTH - 1, width(lin(T) + 1), I, FAR),
    ),
    "identity for the Jacobian": ("the Jacobian of the output", Iverson("=", lin(I), lin(FAR))),
    "linear, one factor too few": (
        "a deep linear network",
        down(TRANSPOSED, AFTER, DEPTH - 1, var("h", DEPTH, Q) - var("y", Q)),
    ),
    "linear, twice": (
        "a deep linear network",
        2 * down(TRANSPOSED, lin(K), DEPTH - 1, var("h", DEPTH, Q) - var("y", Q)),
    ),
    "upwards, from the second layer": ("upwards", states(lin(2), lin(K))),
    "upwards, one layer short": ("upwards", states(lin(1), lin(K) - 1)),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_a_product_over_all_layers_is_proved_by_induction(claim: Claim) -> None:
    verdict = judge(claim)

    assert isinstance(verdict, Proved), verdict
    assert verdict.method == "induction on the layer"
    assert verdict.scope.startswith("all 1 <= k <= L, 1 <= i <= n[k]")


@pytest.mark.parametrize(("statement", "right"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_not_proved_and_the_oracle_refutes_it(statement: str, right: Expr) -> None:
    wrong = replace(TRUE[statement], right=right)

    assert prove_by_induction(wrong, Budget(50_000)) is None
    verdict = judge(wrong)
    assert isinstance(verdict, Refuted), verdict
    assert verdict.witness is not None


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_factors_in_the_wrong_order_are_refuted_where_all_widths_are_equal(claim: Claim) -> None:
    wrong = replace(claim, right=swapped(claim.right))
    assert prove_by_induction(wrong, Budget(50_000)) is None
    assert not isinstance(judge(wrong), Proved)
    sizes = ((Size("L"), lin(3)), *((Size("n", (lin(k),)), lin(2)) for k in range(4)))
    assert isinstance(judge(replace(claim, sizes=sizes)), Proved)
    assert isinstance(judge(replace(wrong, sizes=sizes)), Refuted)


def swapped(expr: Expr) -> Expr:
    """Transpose every matrix of a product, which reverses the order of its factors."""
    if isinstance(expr, Sum):
        return replace(expr, body=swapped(expr.body))
    if isinstance(expr, Chain):
        return replace(expr, left=expr.right, right=expr.left)
    return replace(expr, args=tuple(map(swapped, expr.args))) if hasattr(expr, "args") else expr  # type: ignore[type-var]


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_the_unrolled_gradient_of_other_networks(activation: str) -> None:
    form = unrolled_gradient(activation, "softmax", "cross-entropy", "class")
    network = mlp(activation)

    assert isinstance(judge(Claim(network, form.left, form.right, form.free)), Proved)


def test_a_claim_without_a_product_is_none_of_its_business() -> None:
    claim = Claim(PERCEPTRON, gradient("b", K, I), gradient("a", K, I), UNITS)

    assert prove_by_induction(claim, Budget(50_000)) is None


def test_without_steps_it_finds_nothing() -> None:
    assert prove_by_induction(TRUE["the unrolled gradient"], Budget(0)) is None


def test_a_tail_knows_its_vector_and_its_far_end() -> None:
    first, *_ = tails(TRUE["the unrolled gradient"].right)
    upwards, *_ = tails(TRUE["upwards"].right)

    assert (first.upwards, first.sum_index, first.vector) == (False, Q, ERROR)
    assert (upwards.upwards, upwards.vector) == (True, var("x", Q))
    assert (first.near_end, upwards.near_end) == (lin(I), lin(I))


def test_a_product_with_both_ends_given_is_a_tail_either_way() -> None:
    found = list(tails(TRUE["the Jacobian of the output"].right))

    assert [(tail.upwards, tail.far_end) for tail in found] == [(False, lin(FAR)), (True, lin(I))]
    assert found[0].entry(Q) == Iverson("=", lin(Q), lin(FAR))


def test_factors_outside_stay_outside() -> None:
    claim = TRUE["a deep linear network"]
    assert isinstance(claim.right, Sum)
    scaled = replace(claim.right, body=Var("alpha") * claim.right.body)
    network = replace(LINEAR, leaves=(*LINEAR.leaves, Leaf("alpha")))
    verdict = judge(Claim(network, Var("alpha") * claim.left, scaled, UNITS))

    assert next(iter(tails(scaled))).outside == (Var("alpha"),)
    assert isinstance(verdict, Proved)
