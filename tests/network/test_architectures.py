"""Other networks, written as definitions in a few lines: their gradients are proved and slips are refuted."""

from __future__ import annotations

from itertools import pairwise

import pytest

from derive.algebra.expr import ZERO, Diff, Expr, Fun, Iverson, Sum, Var
from derive.algebra.functions import HALF, call
from derive.algebra.index import Index, Range, lin, size, upto
from derive.network.closed_forms import Free, gradient
from derive.network.mlp import DEPTH, LABEL, var
from derive.network.network import Definition, Leaf, Network
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge
from derive.proof.verdict import Refuted

K, I, J, M, Q, T = (Index(letter) for letter in "kijmqt")  # noqa: E741
N, D, STEPS = size("n"), size("d"), size("T")
UNITS, INPUTS, TIMES = upto(N), upto(D), upto(STEPS)
LAYERS = upto(DEPTH)


def weighted(name: str, row: Index, column: Index, columns: Range, factor: Expr, *slots: Index) -> Sum:
    """Σ_column name[slots, row, column] · factor."""
    return Sum(column, columns, var(name, *slots, row, column) * factor)


def g(arg: Expr, order: int = 0) -> Fun:
    return Fun("g", (arg,), (order,))


def residual() -> Network:
    """a_k = b_k + W_k h_{k-1}, h_k = h_{k-1} + g(a_k), all layers n units wide; loss = ½ |h_L - y|²."""
    before = lin(K) - 1
    return Network(
        (
            Definition("h", (K, I), (Range(lin(0), lin(0)), UNITS), var("x", I)),
            Definition(
                "a", (K, I), (LAYERS, UNITS), var("b", K, I) + weighted("W", I, J, UNITS, var("h", before, J), K)
            ),
            Definition("h", (K, I), (LAYERS, UNITS), var("h", before, I) + g(var("a", K, I))),
            Definition("loss", (), (), HALF * Sum(I, UNITS, (var("h", DEPTH, I) - var("y", I)) ** 2)),
        ),
        (
            Leaf("x", (I,), (UNITS,)),
            Leaf("y", (I,), (UNITS,)),
            Leaf("b", (K, I), (LAYERS, UNITS)),
            Leaf("W", (K, I, J), (LAYERS, UNITS, UNITS)),
        ),
        loss="loss",
    )


def regularised() -> Network:
    """a = W x, ŷ = softmax(a), loss = -log ŷ_l + ½ λ Σ_ij W_ij²."""
    penalty = Sum(I, UNITS, Sum(J, INPUTS, var("W", I, J) ** 2))
    probability = call("exp", var("a", I)) / Sum(M, UNITS, call("exp", var("a", M)))
    return Network(
        (
            Definition("a", (I,), (UNITS,), weighted("W", I, J, INPUTS, var("x", J))),
            Definition("yhat", (I,), (UNITS,), probability),
            Definition("loss", (), (), -call("log", var("yhat", LABEL)) + HALF * Var("lam") * penalty),
        ),
        (Leaf("W", (I, J), (UNITS, INPUTS)), Leaf("x", (J,), (INPUTS,)), Leaf("lam")),
        loss="loss",
    )


def recurrent() -> Network:
    """s_0 = 0, a_t = U x_t + W s_{t-1}, s_t = g(a_t), loss = Σ_t ½ |s_t - y_t|²: the same weights at every step."""
    before = lin(T) - 1
    body = weighted("U", I, J, INPUTS, var("x", T, J)) + weighted("W", I, M, UNITS, var("s", before, M))
    return Network(
        (
            Definition("s", (T, I), (Range(lin(0), lin(0)), UNITS), ZERO),
            Definition("a", (T, I), (TIMES, UNITS), body),
            Definition("s", (T, I), (TIMES, UNITS), g(var("a", T, I))),
            Definition("loss", (), (), HALF * Sum(T, TIMES, Sum(I, UNITS, (var("s", T, I) - var("y", T, I)) ** 2))),
        ),
        (
            Leaf("x", (T, J), (TIMES, INPUTS)),
            Leaf("y", (T, I), (TIMES, UNITS)),
            Leaf("U", (I, J), (UNITS, INPUTS)),
            Leaf("W", (I, M), (UNITS, UNITS)),
        ),
        loss="loss",
    )


AT_LAYER: Free = ((K, LAYERS), (I, UNITS))
BELOW: Free = ((K, upto(DEPTH - 1)), (I, UNITS))
NEXT = lin(K) + 1
THROUGH = Sum(Q, UNITS, var("W", NEXT, Q, I) * gradient("a", NEXT, Q))
PENALTY = Var("lam") * var("W", I, J)
OUTPUT = var("yhat", I) - Iverson("=", lin(I), lin(LABEL))
ENTRY: Free = ((I, UNITS), (J, INPUTS), (LABEL, UNITS))
ERROR = var("s", T, I) - var("y", T, I)
LATER = Sum(Q, UNITS, var("W", Q, I) * gradient("a", lin(T) + 1, Q))
BEFORE_LAST: Free = ((T, upto(STEPS - 1)), (I, UNITS))
AT_TIME: Free = ((T, TIMES), (I, UNITS))
NETWORKS = {"residual": residual(), "regularised": regularised(), "recurrent": recurrent()}

TRUE: dict[str, tuple[str, Expr, Expr, Free]] = {
    "the output": ("residual", gradient("h", DEPTH, I), var("h", DEPTH, I) - var("y", I), ((I, UNITS),)),
    "the gradient passes by each layer": (
        "residual",
        gradient("h", K, I),
        gradient("h", NEXT, I) + THROUGH,
        BELOW,
    ),
    "through the activation": (
        "residual",
        gradient("a", K, I),
        gradient("h", K, I) * g(var("a", K, I), 1),
        AT_LAYER,
    ),
    "residual weights": (
        "residual",
        gradient("W", K, I, J),
        gradient("a", K, I) * var("h", lin(K) - 1, J),
        (*AT_LAYER, (J, UNITS)),
    ),
    "the penalty pulls at each weight": ("regularised", gradient("W", I, J), OUTPUT * var("x", J) + PENALTY, ENTRY),
    "the penalty's own weight": (
        "regularised",
        Diff(Var("loss"), Var("lam")),
        HALF * Sum(I, UNITS, Sum(J, INPUTS, var("W", I, J) ** 2)),
        ((LABEL, UNITS),),
    ),
    "the last state": (
        "recurrent",
        gradient("s", STEPS, I),
        var("s", STEPS, I) - var("y", STEPS, I),
        ((I, UNITS),),
    ),
    "earlier states": ("recurrent", gradient("s", T, I), ERROR + LATER, BEFORE_LAST),
    "through time": ("recurrent", gradient("a", T, I), gradient("s", T, I) * g(var("a", T, I), 1), AT_TIME),
    "shared input weights": (
        "recurrent",
        gradient("U", I, J),
        Sum(T, TIMES, gradient("a", T, I) * var("x", T, J)),
        ((I, UNITS), (J, INPUTS)),
    ),
    "shared recurrent weights": (
        "recurrent",
        gradient("W", I, M),
        Sum(T, TIMES, gradient("a", T, I) * var("s", lin(T) - 1, M)),
        ((I, UNITS), (M, UNITS)),
    ),
}

SLIPS: dict[str, tuple[str, Expr]] = {
    "as if there were no short cut": ("the gradient passes by each layer", THROUGH),
    "only the short cut": ("the gradient passes by each layer", gradient("h", NEXT, I)),
    "transposed": (
        "the gradient passes by each layer",
        gradient("h", NEXT, I) + Sum(Q, UNITS, var("W", NEXT, I, Q) * gradient("a", NEXT, Q)),
    ),
    "short cut through the slope": ("through the activation", gradient("h", K, I) * (1 + g(var("a", K, I), 1))),
    "the layer of the weights": ("residual weights", gradient("a", K, I) * var("h", K, J)),
    "penalty lost": ("the penalty pulls at each weight", OUTPUT * var("x", J)),
    "penalty twice": ("the penalty pulls at each weight", OUTPUT * var("x", J) + 2 * PENALTY),
    "penalty subtracted": ("the penalty pulls at each weight", OUTPUT * var("x", J) - PENALTY),
    "penalty of one weight": ("the penalty's own weight", HALF * var("W", 1, 1) ** 2),
    "as if the last": ("earlier states", ERROR),
    "own error lost": ("earlier states", LATER),
    "the earlier step": ("earlier states", ERROR + Sum(Q, UNITS, var("W", Q, I) * gradient("a", T, Q))),
    "one step only": ("shared input weights", gradient("a", STEPS, I) * var("x", STEPS, J)),
    "state of the same step": (
        "shared recurrent weights",
        Sum(T, TIMES, gradient("a", T, I) * var("s", T, M)),
    ),
    "averaged": (
        "shared recurrent weights",
        HALF * Sum(T, TIMES, gradient("a", T, I) * var("s", lin(T) - 1, M)),
    ),
}


@pytest.mark.parametrize(("network", "left", "right", "free"), TRUE.values(), ids=TRUE)
def test_its_gradient_is_proved_for_all_sizes(network: str, left: Expr, right: Expr, free: Free) -> None:
    verdict = judge(Claim(NETWORKS[network], left, right, free))

    assert isinstance(verdict, Proved), verdict
    assert verdict.assumptions == ()


@pytest.mark.parametrize(("statement", "right"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refuted(statement: str, right: Expr) -> None:
    network, left, _, free = TRUE[statement]
    verdict = judge(Claim(NETWORKS[network], left, right, free))

    assert isinstance(verdict, Refuted), verdict
    assert verdict.witness is not None


@pytest.mark.parametrize(
    ("network", "v", "conditions"),
    [
        ("residual", var("h", K, I), ["k = L", "1 <= k <= L-1"]),
        ("residual", var("W", K, I, J), ["all indices"]),
        ("regularised", var("W", I, J), ["all indices"]),
        ("recurrent", var("s", T, I), ["t = T", "1 <= t <= T-1"]),
        ("recurrent", var("W", I, M), ["all indices"]),
    ],
    ids=str,
)
def test_every_step_of_a_derivation_equals_the_one_before(network: str, v: Var, conditions: list[str]) -> None:
    derivation = NETWORKS[network].partial(v)

    assert [case.condition for case in derivation.cases] == conditions
    for case in derivation.cases:
        for before, after in pairwise(case.steps):
            assert isinstance(judge(Claim(NETWORKS[network], before.expr, after.expr, case.free)), Proved)


def test_only_what_stands_open_is_a_free_index() -> None:
    found = NETWORKS["regularised"].partial(var("W", I, J)).cases[0].free

    assert {str(index): str(range_) for index, range_ in found} == {"i": "1..n", "j": "1..d", "l": "1..n"}
