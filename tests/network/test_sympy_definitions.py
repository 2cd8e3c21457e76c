"""Networks written with SymPy objects: their gradients are proved like those of any other network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sympy import Function, IndexedBase, KroneckerDelta, Sum, Symbol, exp, log, symbols

from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.expr import Sum as OurSum
from derive.algebra.index import Index, Lin, Range, fresh, lin, size, upto
from derive.algebra.sympy_bridge import SymPyError, from_sympy
from derive.errors import NetworkError
from derive.network import from_sympy as network_of
from derive.network.network import Network
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge
from derive.proof.verdict import Refuted

W, V, a, b, h, n, x, y, z, yhat = map(IndexedBase, ["W", "V", "a", "b", "h", "n", "x", "y", "z", "yhat"])
i, j, k, m = symbols("i j k m", integer=True)
L = symbols("L", integer=True, positive=True)
C, loss, lam = symbols("C loss lambda")
c = Symbol("l", integer=True)
g = Function("g")

PERCEPTRON: list[Sequence[Any]] = [
    (h[0, i], x[i], {i: (1, n[0])}),
    (a[k, i], b[k, i] + Sum(W[k, i, j] * h[k - 1, j], (j, 1, n[k - 1])), {k: (1, L), i: (1, n[k])}),
    (h[k, i], g(a[k, i]), {k: (1, L - 1), i: (1, n[k])}),
    (yhat[i], exp(a[L, i]) / Sum(exp(a[L, m]), (m, 1, n[L])), {i: (1, n[L])}),
    (loss, -log(yhat[c])),
]
K, I_, J = (lin(Index(letter)) for letter in "kij")


def entry(name: str, *idx: Lin) -> Var:
    return Var(name, idx)


def free(*pairs: tuple[Lin, Range]) -> tuple[tuple[Index, Range], ...]:
    return tuple((value.atom, range_) for value, range_ in pairs)  # type: ignore[misc]


def verdict(network: Network, by: Var, right: Expr, *ranges: tuple[Lin, Range]) -> object:
    assert network.loss is not None
    return judge(Claim(network, Diff(Var(network.loss), by), right, free(*ranges)))


def dloss(name: str, *idx: Lin) -> Diff:
    return Diff(Var("loss"), entry(name, *idx))


LAYERS, ROWS, COLUMNS = (K, Range(lin(1), size("L"))), (I_, upto(size("n", K))), (J, upto(size("n", K - 1)))


class TestPerceptron:
    network = network_of(PERCEPTRON, labels=[c])

    def test_parameters_have_the_ranges_of_their_use(self) -> None:
        found = {leaf.name: [str(range_) for range_ in leaf.ranges] for leaf in self.network.leaves}

        assert found == {"x": ["1..n[0]"], "b": ["1..L", "1..n[k]"], "W": ["1..L", "1..n[k]", "1..n[k-1]"]}

    def test_weight_gradient_is_an_outer_product(self) -> None:
        right = dloss("a", K, I_) * entry("h", K - 1, J)

        assert isinstance(verdict(self.network, entry("W", K, I_, J), right, LAYERS, ROWS, COLUMNS), Proved)

    def test_weight_gradient_of_the_wrong_layer_is_refuted(self) -> None:
        right = dloss("a", K, I_) * entry("h", K - 1, I_)

        assert isinstance(verdict(self.network, entry("W", K, I_, J), right, LAYERS, ROWS, COLUMNS), Refuted)

    def test_output_error_is_prediction_minus_target(self) -> None:
        right = from_sympy(yhat[i] - KroneckerDelta(i, c))
        top = size("L")

        units = upto(size("n", top))
        found = verdict(self.network, entry("a", top, I_), right, (I_, units), (lin(Index("l")), units))
        assert isinstance(found, Proved)


class TestResidualNetwork:
    """z[k] = z[k-1] + g(a[k]): the gradient skips every layer."""

    network = network_of(
        [
            (z[0, i], x[i], {i: (1, C)}),
            (a[k, i], Sum(W[k, i, j] * z[k - 1, j], (j, 1, C)), {k: (1, L), i: (1, C)}),
            (z[k, i], z[k - 1, i] + g(a[k, i]), {k: (1, L), i: (1, C)}),
            (loss, Sum((z[L, i] - y[i]) ** 2, (i, 1, C)) / 2),
        ],
        sizes=["C"],
    )
    UNITS = upto(size("C"))
    BELOW = (K, Range(lin(1), size("L")))

    def test_the_gradient_of_a_block_has_the_skip_and_the_branch(self) -> None:
        o = fresh("m")
        branch = OurSum(o, self.UNITS, entry("W", K, lin(o), J) * dloss("a", K, lin(o)))
        right = dloss("z", K, J) + branch

        assert isinstance(verdict(self.network, entry("z", K - 1, J), right, self.BELOW, (J, self.UNITS)), Proved)

    def test_without_the_skip_it_is_refuted(self) -> None:
        o = fresh("m")
        right = OurSum(o, self.UNITS, entry("W", K, lin(o), J) * dloss("a", K, lin(o)))

        assert isinstance(verdict(self.network, entry("z", K - 1, J), right, self.BELOW, (J, self.UNITS)), Refuted)


class TestPenalty:
    """The loss with λ Σ W² beside the data term."""

    network = network_of(
        [
            (z[i], Sum(W[i, j] * x[j], (j, 1, n[0])), {i: (1, n[1])}),
            (loss, Sum((z[i] - y[i]) ** 2, (i, 1, n[1])) + lam * Sum(W[i, j] ** 2, (j, 1, n[0]), (i, 1, n[1]))),
        ]
    )
    RANGES = ((I_, upto(size("n", lin(1)))), (J, upto(size("n", lin(0)))))

    @pytest.mark.parametrize(("factor", "wanted"), [(2, Proved), (1, Refuted)])
    def test_the_penalty_adds_twice_lambda_w(self, factor: int, wanted: type) -> None:
        right = from_sympy(2 * (z[i] - y[i]) * x[j] + factor * lam * W[i, j])

        assert isinstance(verdict(self.network, entry("W", I_, J), right, *self.RANGES), wanted)


def test_a_function_can_be_named() -> None:
    network = network_of(PERCEPTRON, functions={"g": "sigmoid"}, labels=[c])
    right = dloss("h", K, I_) * entry("h", K, I_) * (1 - entry("h", K, I_))

    hidden = (K, Range(lin(1), size("L") - 1))
    assert isinstance(verdict(network, entry("a", K, I_), right, hidden, ROWS), Proved)


def test_a_leaf_used_at_several_layers_has_the_hull_of_their_ranges() -> None:
    uses = [(a[1, i], W[1, i] * x[i], {i: (1, 3)}), (a[k, i], W[k, i] * a[k - 1, i], {k: (2, L), i: (1, 3)})]

    leaf = next(leaf for leaf in network_of(uses).leaves if leaf.name == "W")
    assert [str(range_) for range_ in leaf.ranges] == ["1..L", "1..3"]


@pytest.mark.parametrize(
    ("definitions", "message"),
    [
        ([(a[i], x[i])], "index i of a\\[i\\] has no range"),
        ([(a[i], x[i, j], {i: (1, 3)})], "index j in the definition"),
        ([(x[i] + 1, a[i], {i: (1, 3)})], "cannot be defined"),
        ([(a[i],)], "not of the form"),
        ([(a[i], x[i] + x[i, 1], {i: (1, 3)})], "1 and with 2 indices"),
    ],
    ids=["no range", "loose index", "no name", "no body", "two arities"],
)
def test_definitions_that_do_not_fit_are_named(definitions: list[Sequence[Any]], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        network_of(definitions)


def test_a_loss_that_nothing_defines_is_named() -> None:
    with pytest.raises(NetworkError, match="loss q"):
        network_of(PERCEPTRON, loss="q", labels=[c])


def test_a_string_is_not_parsed() -> None:
    with pytest.raises(SymPyError, match="no SymPy expression"):
        network_of([(loss, "x + 1")])
