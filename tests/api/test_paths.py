"""Path sums: every path is there once, its product is right, and the sum is the derivative."""

from __future__ import annotations

import pytest

from derive import Net, load_network
from derive.algebra.expr import Diff
from derive.api.numbers import concrete_network, number
from derive.api.path_drawing import draw_tree, svg_of, tikz_of
from derive.api.paths import PathSum
from derive.api.worked import short_values
from derive.errors import UsageError
from derive.network.partials import free_indices, label_ranges
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge


def paths_of(net: Net, by: str, of: str | None = None) -> PathSum:
    return net.partial(by, of).path_sum()


@pytest.mark.parametrize(
    ("widths", "by", "count"),
    [([2, 3, 2], "W_{112}", 2), ([2, 2, 2, 2], "W_{112}", 4), ([3, 4, 5, 2], "W_{123}", 10), ([2, 3, 2], "W_{212}", 1),
     ([2, 3, 4], "x_1", 12), ([2, 3, 2], "b_{12}", 2)],
)  # fmt: skip
def test_there_are_as_many_paths_as_choices_of_units_above(khapra: Net, widths: list[int], by: str, count: int) -> None:
    paths = paths_of(khapra.at(widths), by)

    assert len(paths) == count == len({path.entries for path in paths})


@pytest.mark.parametrize("model", ["khapra", "nielsen", "khapra-regression"])
@pytest.mark.parametrize("widths", [[2, 3, 2], [2, 2, 3, 2]])
def test_the_products_sum_to_the_derivative_in_numbers(model: str, widths: list[int]) -> None:
    net = load_network(model, activation="sigmoid", widths=widths)
    weight = next(leaf.name for leaf in net.symbolic.leaves if len(leaf.params) == 3)
    paths = net.partial(net[weight][1, 1, 2]).path_sum()
    goal = Diff(paths.of, paths.by)
    concrete = concrete_network(net, goal, short_values(net, seed=3), {})

    assert len(paths) > 1
    assert sum(number(path.product, concrete) for path in paths) == pytest.approx(number(goal, concrete), abs=1e-12)


@pytest.mark.parametrize(
    ("of", "by"),
    [(None, "W_{kij}"), (None, "h_{kj}"), (None, "a_{ki}"), ("a_{k+1,i}", "h_{kj}"), ("a_{k+1,i}", "a_{kj}")],
)
def test_for_all_sizes_the_sum_is_proved(khapra: Net, of: str | None, by: str) -> None:
    paths = paths_of(khapra, by, of)
    partial = khapra.partial(by, of)
    free = {**label_ranges(khapra.symbolic), **free_indices(khapra.symbolic, partial.by)}
    if of is not None:
        free |= free_indices(khapra.symbolic, partial.of, partial.by) | dict(partial.cases[0].free)

    verdict = judge(Claim(khapra.symbolic, Diff(paths.of, paths.by), paths.total, tuple(_ordered(free))))
    assert isinstance(verdict, Proved)


def _ordered(free: dict) -> list:  # type: ignore[type-arg]
    from derive.api.deriving import _ordered as ordered

    return ordered(free)


def test_a_path_without_one_of_its_factors_does_not_sum_up(khapra: Net) -> None:
    net = load_network("khapra", activation="tanh", widths=[2, 3, 2])
    paths = net.partial("W_{112}").path_sum()
    concrete = concrete_network(net, Diff(paths.of, paths.by), short_values(net, 0), {})

    lost = sum(number(path.product, concrete) for path in list(paths)[1:])
    assert abs(lost - number(Diff(paths.of, paths.by), concrete)) > 1e-3


def test_open_depth_ends_at_the_next_layer(khapra: Net) -> None:
    first, top = paths_of(khapra, "W_{kij}")

    assert "∂L/∂a[k+1," in str(first)
    assert "if k ≤ L-1" in str(first)
    assert "if k = L" in str(top)


def test_of_another_variable(khapra: Net) -> None:
    (path,) = paths_of(khapra.at([2, 3, 2]), "a_{11}", "a_{22}")

    assert path.product_text() == "g′(a[1,1]) · W[2,2,1]"


def test_where_there_is_no_path_the_sum_is_zero(khapra: Net) -> None:
    paths = paths_of(khapra.at([2, 3, 2]), "a_{21}", "a_{11}")

    assert len(paths) == 0
    assert "there is no path" in str(paths)


def test_too_many_paths_are_not_listed(khapra: Net) -> None:
    with pytest.raises(UsageError, match="more than 400 paths"):
        paths_of(khapra.at([2, 30, 30, 30, 2]), "W_{112}")


def test_the_tree_shares_beginnings(khapra: Net) -> None:
    lines = draw_tree(paths_of(khapra.at([2, 2, 2]), "W_{112}"))

    assert lines == [
        "  W[1,1,2] ─── a[1,1] ─── h[1,1] ─┬─ a[2,1] ─── ŷ[ℓ] ─── L",
        "                                  └─ a[2,2] ─── ŷ[ℓ] ─── L",
    ]


def test_the_pictures_have_a_node_for_each_entry_and_a_line_for_each_edge(khapra: Net) -> None:
    paths = paths_of(khapra.at([2, 2, 2]), "W_{112}")

    assert tikz_of(paths).count(r"\node") == 7
    assert tikz_of(paths).count(r"\draw") == 7
    assert svg_of(paths).count("<circle") == 7
    assert "The 2 paths from W[1,1,2] to L" in svg_of(paths)


def test_latex_has_a_line_for_each_path(khapra: Net) -> None:
    latex = paths_of(khapra.at([2, 2, 2]), "W_{112}").latex()

    assert latex.count(r"\to \mathcal{L}") == 2
    assert latex.startswith("\\begin{aligned}\n\\frac{\\partial \\mathcal{L}}{\\partial W_{112}} &= ")
