"""Networks with given sizes: layers are written out, everything else stays as it was."""

from __future__ import annotations

import pytest

from derive.algebra.expr import Sum, Var
from derive.algebra.index import Index, Range, Size, lin, size, upto
from derive.algebra.substitute import walk
from derive.errors import NetworkError
from derive.network.concrete import layer_slots, with_sizes
from derive.network.mlp import mlp, var
from derive.network.network import Definition, Leaf, Network
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge

K, I, T = (Index(letter) for letter in "kit")  # noqa: E741
SIZES = {Size("L"): lin(2), **{Size("n", (lin(k),)): lin(n) for k, n in enumerate((3, 4, 2))}}


def symbols(network: Network) -> set[Size]:
    """Return the sizes that are still symbols somewhere in the network."""
    ranges = [r for b in (*network.definitions, *network.leaves) for r in b.ranges]
    ranges += [node.range for d in network.definitions for node in walk(d.body) if isinstance(node, Sum)]
    ends = [end for r in ranges for end in (r.lo, r.hi)]
    ends += [e for d in network.definitions for node in walk(d.body) if isinstance(node, Var) for e in node.idx]
    return {atom for end in ends for atom, _ in end.terms if isinstance(atom, Size)}


def test_no_symbolic_size_is_left() -> None:
    assert symbols(mlp()) != set()
    assert symbols(with_sizes(mlp(), SIZES)) == set()


def test_each_layer_has_a_definition_of_its_own() -> None:
    network = with_sizes(mlp(), SIZES)
    layered = [(d.name, d.ranges[0].lo.const, d.ranges[1].hi.const) for d in network.definitions if len(d.ranges) == 2]

    assert layered == [("h", 0, 3), ("a", 1, 4), ("a", 2, 2), ("h", 1, 4)]
    assert all(d.ranges[0].lo == d.ranges[0].hi for d in network.definitions if len(d.ranges) == 2)


def test_a_layer_uses_the_layer_below() -> None:
    first, second = (d for d in with_sizes(mlp(), SIZES).definitions if d.name == "a")
    below = [{v.idx[0].const for v in walk(d.body) if isinstance(v, Var) and v.name == "h"} for d in (first, second)]

    assert below == [{0}, {1}]


def test_facts_get_the_sizes_too() -> None:
    (fact,) = with_sizes(mlp(target="distribution"), SIZES).facts

    assert isinstance(fact.left, Sum)
    assert str(fact.left.range) == "1..2"
    assert fact.text == "the targets sum to 1"


def test_a_depth_that_is_not_given_is_an_error() -> None:
    sizes = {name: value for name, value in SIZES.items() if name != Size("L")}

    with pytest.raises(NetworkError, match=r"the size in the range 1\.\.L is not given"):
        with_sizes(mlp(), sizes)


def test_a_width_that_is_not_given_stays_a_symbol() -> None:
    hidden = Size("n", (lin(1),))

    assert symbols(with_sizes(mlp(), {name: n for name, n in SIZES.items() if name != hidden})) == {hidden}


def test_layers_are_told_from_units() -> None:
    assert layer_slots((K, I), (upto(size("L")), upto(size("n", K)))) == [0]
    assert layer_slots((K, I), (Range(lin(0), lin(0)), upto(size("n")))) == [0]
    assert layer_slots((I,), (upto(size("n")),)) == []


def test_time_is_no_layer_where_all_steps_have_one_width() -> None:
    steps = upto(size("T"))
    network = Network(
        (
            Definition("s", (T,), (Range(lin(0), lin(0)),), Var("z")),
            Definition("s", (T,), (steps,), var("w") * var("s", lin(T) - 1)),
        ),
        (Leaf("w"), Leaf("z")),
    )
    given = with_sizes(network, {Size("T"): lin(3)})

    assert [str(d.ranges[0]) for d in given.definitions] == ["0..0", "1..3"]
    claim = Claim(given, var("s", 3), var("w") * var("w") * var("w") * Var("z"))
    assert isinstance(judge(claim), Proved)


def test_the_gradient_of_given_sizes_is_that_of_all_sizes() -> None:
    network = with_sizes(mlp("g", "linear", "half-squared", "vector"), SIZES)
    derivation = network.partial(var("W", 2, 1, 4))
    error = (var("yhat", 1) - var("y", 1)) * var("h", 1, 4)

    assert isinstance(judge(Claim(network, derivation.result, error)), Proved)
    assert not isinstance(judge(Claim(network, derivation.result, error / 2)), Proved)
