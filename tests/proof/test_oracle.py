"""True claims agree on every network drawn; slips have a witness."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from small_networks import I, J, K, L, N, P, Q, T, between, flat, fun, mlp, n, recurrent, targets_sum_to_one, var

from derive.algebra.expr import (
    ONE,
    Chain,
    Diff,
    Expr,
    Functional,
    IndexValue,
    Iverson,
    Lambda,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
)
from derive.algebra.index import Index, Lin, Range, Size, lin, size, upto
from derive.budget import Budget
from derive.network.network import Definition, Fact, Leaf, Network
from derive.proof.claim import Claim
from derive.proof.oracle import examine

LOSS = var("loss")
ABOVE = lin(K) + 1
BELOW = lin(K) - 1
D = size("D")
WEIGHT = ((K, between(1, L)), (I, upto(n(K))), (J, upto(n(BELOW))))
UNIT = ((K, between(1, L - 1)), (J, upto(n(K))))
TOP = ((I, upto(n(L))),)

NETWORK = mlp(facts=(targets_sum_to_one(),))


def by(name: str, *idx: Lin | Index | int) -> Expr:
    return Diff(LOSS, var(name, *idx))


TRUE = {
    "weight": Claim(NETWORK, by("W", K, I, J), by("a", K, I) * var("h", BELOW, J), WEIGHT),
    "output": Claim(NETWORK, by("a", L, I), var("o", I) - var("y", I), TOP),
    "hidden": Claim(NETWORK, by("h", K, J), Sum(I, upto(n(ABOVE)), var("W", ABOVE, I, J) * by("a", ABOVE, I)), UNIT),
    "activation": Claim(NETWORK, by("a", K, J), by("h", K, J) * fun("g", var("a", K, J), order=(1,)), UNIT),
    "one entry": Claim(NETWORK, by("W", 3, 1, 2), by("a", 3, 1) * var("h", 2, 2)),
    "kronecker": Claim(
        NETWORK, Diff(var("a", K, P), var("W", K, I, J)), Iverson("=", lin(P), lin(I)) * var("h", BELOW, J),
        (*WEIGHT, (P, upto(n(K)))),
    ),
    "softmax jacobian": Claim(
        NETWORK, Diff(var("o", I), var("a", L, J)), var("o", I) * (Iverson("=", lin(I), lin(J)) - var("o", J)),
        (*TOP, (J, upto(n(L)))),
    ),
    "hessian is symmetric": Claim(
        NETWORK, Diff(by("W", 1, I, J), var("a", 1, P)), Diff(by("a", 1, P), var("W", 1, I, J)),
        ((I, upto(n(1))), (J, upto(n(0))), (P, upto(n(1)))),
    ),
}  # fmt: skip

SLIPS = {
    "wrong layer": Claim(NETWORK, by("W", K, I, J), by("a", K, I) * var("h", lin(K), J), WEIGHT),
    "sign": Claim(NETWORK, by("a", L, I), var("y", I) - var("o", I), TOP),
    "without the fact": Claim(mlp(), by("a", L, I), var("o", I) - var("y", I), TOP),
    "transpose": Claim(NETWORK, by("h", K, J), Sum(I, upto(n(K)), var("W", K, J, I) * by("a", K, I)), UNIT),
    "slope lost": Claim(NETWORK, by("a", K, J), by("h", K, J), UNIT),
    "sum lost": Claim(NETWORK, by("h", K, J), var("W", ABOVE, J, J) * by("a", ABOVE, J), UNIT),
    "half": Claim(NETWORK, by("b", K, J), by("a", K, J) / 2, UNIT),
    "one over n": Claim(NETWORK, by("b", K, J), by("a", K, J) / IndexValue(n(K)), UNIT),
    "diagonal only": Claim(
        NETWORK, Diff(var("o", I), var("a", L, J)), Iverson("=", lin(I), lin(J)) * var("o", I) * (1 - var("o", I)),
        (*TOP, (J, upto(n(L)))),
    ),
}  # fmt: skip


def test_the_hessian_by_weights_and_pre_activations_differs_by_the_gradient() -> None:
    """∂/∂W_ij (∂loss/∂a_p) follows a's own definition; ∂/∂a_p (∂loss/∂W_ij) differentiates δ_i h_j by a_p alone."""
    free = ((I, upto(n(1))), (J, upto(n(0))), (P, upto(n(1))))
    claim = Claim(
        NETWORK, Diff(by("a", 1, P), var("W", 1, I, J)), Diff(by("a", 1, P), var("a", 1, I)) * var("x", J), free
    )

    assert examine(claim).agreed == 3


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_a_true_claim_agrees_on_all_networks(claim: Claim) -> None:
    sample = examine(claim)

    assert sample.witness is None
    assert sample.agreed == 3
    assert sample.reason == ""


@pytest.mark.parametrize("claim", SLIPS.values(), ids=SLIPS)
def test_a_slip_has_a_witness(claim: Claim) -> None:
    witness = examine(claim).witness

    assert witness is not None
    assert witness.left != witness.right
    assert "L = " in witness.where
    assert witness.values


def test_a_witness_names_sizes_indices_and_values() -> None:
    witness = examine(SLIPS["wrong layer"]).witness

    assert witness is not None
    assert {part.split(" = ")[0] for part in witness.where.split(", ")} >= {"L", "n_0", "n_1", "k", "i", "j"}
    assert all(Fraction(value) for _, _, value in witness.values)
    assert len(witness.values) <= 30


def test_the_same_seed_gives_the_same_witness() -> None:
    assert examine(SLIPS["sign"], seed=5) == examine(SLIPS["sign"], seed=5)
    assert examine(SLIPS["sign"], seed=5) != examine(SLIPS["sign"], seed=6)


def test_fixed_sizes_are_kept() -> None:
    sizes = ((Size("n", (lin(K),)), lin(3)), (Size("n", (BELOW,)), lin(2)))
    wrong = Claim(NETWORK, by("W", K, 3, 2), by("a", K, 3) * var("h", BELOW, 1), ((K, between(1, L)),), sizes)

    witness = examine(wrong).witness

    assert witness is not None
    layer = int(witness.where.rpartition("k = ")[2])
    assert f"n_{layer} = 3" in witness.where
    assert f"n_{layer - 1} = 2" in witness.where


def test_an_exhausted_budget_is_the_reason() -> None:
    sample = examine(TRUE["weight"], budget=Budget(3))

    assert sample.agreed == 0
    assert sample.reason == "the search used up its steps"


def test_weights_shared_over_time_sum_over_all_steps() -> None:
    steps = upto(size("T"))
    slope = 1 - var("s", T) ** 2
    right = Sum(T, steps, by("s", T) * slope * var("s", lin(T) - 1))

    assert examine(Claim(recurrent(), by("w"), right)).agreed == 3
    assert examine(Claim(recurrent(), by("w"), by("s", size("T")) * slope_at_end())).witness is not None


def slope_at_end() -> Expr:
    end = size("T")
    return (1 - var("s", end) ** 2) * var("s", end - 1)


def test_a_residual_connection_adds_a_path() -> None:
    d = upto(D)
    body = var("h", BELOW, I) + fun("g", Sum(J, d, var("W", K, I, J) * var("h", BELOW, J)))
    network = Network(
        definitions=(
            Definition("h", (K, I), (between(0, 0), d), var("x", I)),
            Definition("h", (K, I), (upto(L), d), body),
            Definition("loss", (), (), Sum(I, d, var("h", L, I) ** 2)),
        ),
        leaves=(Leaf("x", (I,), (d,)), Leaf("W", (K, I, J), (upto(L), d, d))),
    )
    inner = fun("g", Sum(Q, d, var("W", ABOVE, I, Q) * var("h", K, Q)), order=(1,))
    through = Sum(I, d, by("h", ABOVE, I) * inner * var("W", ABOVE, I, J))
    free = ((K, between(0, L - 1)), (J, d))

    assert examine(Claim(network, by("h", K, J), by("h", ABOVE, J) + through, free)).agreed == 3
    assert examine(Claim(network, by("h", K, J), through, free)).witness is not None


def test_a_product_of_jacobians_is_a_chain() -> None:
    row, col, at = Index("r"), Index("c"), Index("t")
    above = lin(at) + 1
    jacobian = var("W", above, col, row) * fun("g", var("a", at, row), order=(1,))
    chain = Chain(at, Range(lin(K), L - 1), row, col, n(above), jacobian, lin(I), lin(P))
    right = Sum(P, upto(n(L)), chain * (var("o", P) - var("y", P)))
    free = ((K, between(1, L)), (I, upto(n(K))))

    assert examine(Claim(NETWORK, by("a", K, I), right, free)).agreed == 3
    short = Chain(at, Range(ABOVE, L - 1), row, col, n(above), jacobian, lin(I), lin(P))
    wrong = Sum(P, upto(n(L)), short * (var("o", P) - var("y", P)))
    assert examine(Claim(NETWORK, by("a", 1, I), wrong, ((K, between(1, L - 1)), (I, upto(n(1)))))).witness is not None


def test_an_open_loss_of_a_vector_has_generic_partials() -> None:
    d = upto(D)
    y = Lambda((J,), (d,), fun("g", var("x", J)))
    network = flat(Definition("loss", (), (), Functional("F", (y,))))
    right = Functional("F", (y,), ((0, (lin(I),)),)) * fun("g", var("x", I), order=(1,))
    second = Functional("F", (y,), ((0, (lin(I),)), (0, (lin(J),)))) * fun("g", var("x", J), order=(1,))
    free = ((I, d), (J, d))

    assert examine(Claim(network, by("x", I), right, ((I, d),))).agreed == 3
    assert examine(Claim(network, by("x", I), Functional("F", (y,), ((0, (lin(I),)),)), ((I, d),))).witness is not None
    assert (
        examine(Claim(network, Diff(Functional("F", (y,), ((0, (lin(I),)),)), var("x", J)), second, free)).agreed == 3
    )


def test_relu_is_differentiated_on_either_side() -> None:
    network = mlp("relu", (targets_sum_to_one(),))
    right = by("h", K, J) * Step(var("a", K, J))

    assert examine(Claim(network, by("a", K, J), right, UNIT)).agreed == 3
    assert examine(Claim(network, by("a", K, J), by("h", K, J), UNIT)).witness is not None


def test_a_product_over_an_index_is_differentiated_factor_by_factor() -> None:
    network = flat()
    others = Prod(J, upto(D), Iverson("=", lin(I), lin(J)) + (1 - Iverson("=", lin(I), lin(J))) * var("x", J))

    assert (
        examine(Claim(network, Diff(Prod(J, upto(D), var("x", J)), var("x", I)), others, ((I, upto(D)),))).agreed == 3
    )


def test_logarithms_of_inputs_are_drawn_positive() -> None:
    left = Diff(fun("log", var("p")) + fun("log", 1 - var("p")), var("p"))

    assert examine(Claim(flat(), left, 1 / var("p") - 1 / (1 - var("p")))).agreed == 3
    assert examine(Claim(flat(), left, 1 / var("p") + 1 / (1 - var("p")))).witness is not None


def test_an_exponent_may_be_a_variable() -> None:
    power = Pow(var("p"), var("q"))

    assert examine(Claim(flat(), Diff(power, var("q")), power * fun("log", var("p")))).agreed == 3
    assert examine(Claim(flat(), Diff(power, var("p")), var("q") * Pow(var("p"), var("q") - 1))).agreed == 3


def test_a_tower_of_powers_is_out_of_reach_at_once() -> None:
    nine: Expr = Num(Fraction(9))
    started = time.monotonic()

    sample = examine(Claim(flat(), Pow(nine, Pow(nine, Pow(nine, nine))), ONE))

    assert sample.agreed == 0
    assert "out of reach" in sample.reason
    assert time.monotonic() - started < 2


def test_a_side_without_a_value_is_no_evidence() -> None:
    sample = examine(Claim(flat(), fun("log", Num(Fraction(-1))), fun("log", Num(Fraction(-1)))))

    assert (sample.agreed, sample.witness) == (0, None)
    assert "not finite" in sample.reason


def test_an_index_that_the_network_leaves_free_is_drawn() -> None:
    ell = Index("l")
    base = mlp()
    definitions = (*base.definitions[:-1], Definition("loss", (), (), -fun("log", var("o", ell))))
    network = Network(definitions, base.leaves, loss="loss")
    right = var("o", I) - Iverson("=", lin(I), lin(ell))

    assert examine(Claim(network, by("a", L, I), right, TOP)).agreed == 3
    assert examine(Claim(network, by("a", L, I), right, (*TOP, (ell, upto(n(L)))))).agreed == 3
    witness = examine(Claim(network, by("a", L, I), var("o", I) - 1, TOP)).witness
    assert witness is not None
    assert "l = " in witness.where


def test_a_condition_guards_what_is_out_of_range() -> None:
    guarded = Iverson("<=", ABOVE, L) * Sum(I, upto(n(ABOVE)), var("W", ABOVE, I, J) * by("a", ABOVE, I))
    right = guarded + Iverson("=", lin(K), L) * by("h", K, J)
    everywhere = Definition("h", (K, I), (upto(L), upto(n(K))), fun("g", var("a", K, I)))
    network = replace(NETWORK, definitions=(*NETWORK.definitions[:2], everywhere, *NETWORK.definitions[3:]))

    assert examine(Claim(network, by("h", K, J), right, ((K, upto(L)), (J, upto(n(K)))))).agreed == 3


def test_what_is_no_variable_of_the_network_is_the_reason() -> None:
    assert "nowhere is neither defined" in examine(Claim(flat(), var("nowhere"), ONE)).reason
    loop = flat(Definition("u", (), (), var("u") + 1))
    assert "u is defined by itself" in examine(Claim(loop, var("u"), ONE)).reason


def test_an_empty_range_is_drawn_again() -> None:
    deep = ((K, between(1, L - 3)), (I, upto(n(K))))

    assert examine(Claim(NETWORK, by("b", K, I), by("a", K, I), deep)).agreed == 3


def test_a_batch_mean_needs_its_factor() -> None:
    batch, d = upto(size("m")), upto(D)
    error = Sum(J, d, var("w", J) * var("X", J, N)) - var("y", N)
    network = Network(
        (Definition("loss", (), (), Sum(N, batch, error**2) / (2 * IndexValue(size("m")))),),
        (Leaf("w", (J,), (d,)), Leaf("X", (J, N), (d, batch)), Leaf("y", (N,), (batch,))),
    )
    gradient = Sum(N, batch, error * var("X", P, N))

    assert examine(Claim(network, by("w", P), gradient / IndexValue(size("m")), ((P, d),))).agreed == 3
    assert examine(Claim(network, by("w", P), gradient, ((P, d),))).witness is not None


def test_facts_that_contradict_each_other_leave_no_network() -> None:
    contradiction = (
        Fact(">", var("p"), ONE, (), (), "p > 1"),
        Fact(">", Num(Fraction(0)), var("p"), (), (), "p < 0"),
    )

    sample = examine(Claim(flat(facts=contradiction), var("p"), var("p")))

    assert sample.agreed == 0
    assert sample.reason.startswith("no network found that satisfies p")


def test_lin_of_two_sizes() -> None:
    total: Lin = D + size("C")
    left = Sum(I, Range(lin(1), total), IndexValue(lin(I)))

    assert examine(Claim(flat(), left, IndexValue(total) * (IndexValue(total) + 1) / 2)).agreed == 3


def test_windows_fit_into_what_they_slide_over() -> None:
    sides = tuple(Range(lin(1), lin(size(whole)) - lin(size(window)) + 1) for whole, window in ("Pm", "Qn"))
    places, body = tuple(zip((I, J), sides, strict=True)), var("u", I, J)
    network = Network((Definition("z", (I, J), sides, body),), (Leaf("u", (I, J), (upto(size("P")), upto(size("Q")))),))

    def total(expr: Expr) -> Expr:
        for index, bounds in places:
            expr = Sum(index, bounds, expr)
        return expr

    slip = Claim(network, total(var("z", I, J)), total(Num(Fraction(2)) * var("u", I, J)), ())
    for seed in range(12):
        assert examine(slip, draws=1, seed=seed).witness is not None


def test_a_range_may_read_an_index_that_is_named_behind_it() -> None:
    free = ((J, Range(lin(I), lin(I) + 1)), (I, Range(lin(1), lin(2))))
    same = Claim(NETWORK, IndexValue(lin(J) - lin(I)), IndexValue(lin(J) - lin(I)), free)
    slip = Claim(NETWORK, IndexValue(lin(J) - lin(I)), IndexValue(lin(I) - lin(J)), free)

    assert examine(same).witness is None
    assert examine(same).agreed
    assert examine(slip).witness is not None
