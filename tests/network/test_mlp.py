"""The perceptron as definitions: its shapes, its kinds, and the combinations that make no sense."""

from __future__ import annotations

from itertools import product

import pytest

from derive.algebra.expr import Fun, Iverson, Sum
from derive.algebra.index import lin
from derive.algebra.substitute import walk
from derive.errors import NetworkError
from derive.network.losses import LOSSES, OUTPUTS
from derive.network.mlp import LABEL, TARGETS, apply, mlp, softmax, var, with_widths
from derive.network.network import Network

ALL = list(product(OUTPUTS, LOSSES, TARGETS))


def sensible(output: str, loss: str) -> bool:
    needs = {"cross-entropy": ("softmax", "sigmoid"), "binary-cross-entropy": ("sigmoid", "elementwise")}
    return output in needs.get(loss, OUTPUTS)


def test_the_shapes() -> None:
    network = mlp()
    found = [f"{b.name}: {', '.join(map(str, b.ranges))}" for b in (*network.leaves, *network.definitions)]

    assert found == [
        "W: 1..L, 1..n[k], 1..n[k-1]",
        "b: 1..L, 1..n[k]",
        "x: 1..n[0]",
        "y: 1..n[L]",
        "h: 0..0, 1..n[k]",
        "a: 1..L, 1..n[k]",
        "h: 1..L-1, 1..n[k]",
        "yhat: 1..n[L]",
        "loss: ",
    ]
    assert network.loss == "loss"


@pytest.mark.parametrize(("output", "loss", "target"), [c for c in ALL if sensible(*c[:2])])
def test_each_sensible_combination_is_a_network(output: str, loss: str, target: str) -> None:
    network = mlp("tanh", output, loss, target)
    labels = {node for d in network.definitions for node in walk(d.body) if isinstance(node, Iverson)}

    assert [d.name for d in network.definitions] == ["h", "a", "h", "yhat", "loss"]
    assert bool(network.facts) == (target == "distribution")
    uses_y = any(getattr(node, "name", "") == "y" for node in walk(network.definitions[-1].body))
    assert uses_y == (target != "class")
    assert all(lin(LABEL) in (node.left, node.right) for node in labels)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("output", "loss", "target"), [c for c in ALL if not sensible(*c[:2])])
def test_other_combinations_are_errors(output: str, loss: str, target: str) -> None:
    with pytest.raises(NetworkError, match="cross-entropy needs"):
        mlp("tanh", output, loss, target)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"output": "maxout"}, "unknown output 'maxout'; choose one of softmax, linear"),
        ({"loss": "hinge"}, "unknown loss 'hinge'; choose one of cross-entropy"),
        ({"target": "image"}, "unknown target 'image'; choose one of class"),
    ],
)
def test_an_unknown_word_is_an_error_that_lists_the_known_ones(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        mlp(**arguments)


def test_the_assumption_about_targets_has_a_text() -> None:
    (fact,) = mlp(target="distribution").facts

    assert (fact.relation, fact.text) == ("=", "the targets sum to 1")
    assert isinstance(fact.left, Sum)


@pytest.mark.parametrize("name", ["tanh", "g", "my_activation"])
def test_any_name_is_an_activation(name: str) -> None:
    applied = apply(name, var("a", 1, 1))

    assert (applied.name, applied.order) == (name, (0,))
    assert any(isinstance(node, Fun) and node.name == name for node in walk(mlp(name).definitions[2].body))


def test_the_softmax_has_its_own_bound_index_each_time() -> None:
    one, other = ({node.index for node in walk(softmax(lin(1))) if isinstance(node, Sum)} for _ in range(2))

    assert one.isdisjoint(other)


def test_given_widths_replace_the_symbolic_ones() -> None:
    network = with_widths(mlp(), (4, 3, 2))

    assert [(b.name, [str(r) for r in b.ranges]) for b in network.leaves] == [
        ("W", ["1..1", "1..3", "1..4"]),
        ("W", ["2..2", "1..2", "1..3"]),
        ("b", ["1..1", "1..3"]),
        ("b", ["2..2", "1..2"]),
        ("x", ["1..4"]),
        ("y", ["1..2"]),
    ]
    assert [d.name for d in network.definitions] == ["h", "a", "a", "h", "yhat", "loss"]


def test_a_single_layer_has_no_hidden_one() -> None:
    network = Network.mlp(widths=(3, 2))

    assert [(d.name, str(d.ranges[0]) if d.ranges else "") for d in network.definitions] == [
        ("h", "0..0"),
        ("a", "1..1"),
        ("yhat", "1..2"),
        ("loss", ""),
    ]


@pytest.mark.parametrize("widths", [(), (5,), (2, 0), (0, 2), (3, -1)])
def test_widths_that_make_no_sense_are_errors(widths: tuple[int, ...]) -> None:
    with pytest.raises(NetworkError, match="at least two positive numbers"):
        Network.mlp(widths=widths)
