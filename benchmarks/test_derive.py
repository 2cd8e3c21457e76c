"""How long derive takes: the numbers of the table in the README."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from derive.algebra.expr import Iverson, Sum
from derive.algebra.index import Index, Size, fresh, lin, upto
from derive.check import CheckOptions, check_document
from derive.network.closed_forms import gradient, output_gradient, slope
from derive.network.concrete import with_sizes
from derive.network.mlp import LABEL, mlp, var, width
from derive.proof.claim import Claim
from derive.proof.entrywise import Kind, count_entries, match_every_entry
from derive.proof.kernel import Proved, judge

Benchmark = Callable[..., Any]
I, J = Index("i"), Index("j")  # noqa: E741
CURVE = {1_000: (24, 32, 7), 3_000: (48, 50, 11), 10_000: (96, 90, 13), 30_000: (200, 140, 14), 100_000: (780, 127, 10)}


def proved(claim: Claim) -> bool:
    return isinstance(judge(claim), Proved)


def matched(kind: Kind, widths: tuple[int, ...]) -> int:
    """Derive and match every partial; return how many there are."""
    found = list(match_every_entry(kind, widths))
    assert not any(array.failed for array in found)
    return sum(array.count for array in found)


def test_softmax_gradient(benchmark: Benchmark) -> None:
    form = output_gradient("softmax", "cross-entropy", "class")

    assert benchmark(lambda: proved(Claim(mlp(), form.left, form.right, form.free)))


def first_weights(activation: str) -> Claim:
    """∂L/∂W_1ij = Σ_m (ŷ_l-gradient) through two hidden layers, all sums written out, L = 3."""
    p, q = fresh("p"), fresh("q")
    top = var("yhat", q) - Iverson("=", lin(q), lin(LABEL))
    second = Sum(q, upto(width(3)), var("W", 3, q, p) * top) * slope(activation, var("a", 2, p))
    first = Sum(p, upto(width(2)), var("W", 2, p, I) * second) * slope(activation, var("a", 1, I))
    free = ((I, upto(width(1))), (J, upto(width(0))), (LABEL, upto(width(3))))
    network = with_sizes(mlp(activation), {Size("L"): lin(3)})  # the depth is given, the widths stay symbols
    return Claim(network, gradient("W", 1, I, J), first * var("x", J), free)


@pytest.mark.parametrize("activation", ["g", "sigmoid", "tanh"])
def test_first_weights_of_two_hidden_layers(benchmark: Benchmark, activation: str) -> None:
    claim = first_weights(activation)

    assert benchmark.pedantic(proved, (claim,), rounds=2, warmup_rounds=1)  # type: ignore[attr-defined]


def test_every_partial_of_a_small_network(benchmark: Benchmark) -> None:
    widths = (4, 8, 8, 3)

    assert benchmark(matched, Kind("tanh"), widths) == count_entries(Kind("tanh"), widths)


def test_every_partial_of_784_128_10(benchmark: Benchmark) -> None:
    widths = (784, 128, 10)
    found = benchmark.pedantic(matched, (Kind("tanh"), widths), rounds=1)  # type: ignore[attr-defined]

    assert found == count_entries(Kind("tanh"), widths)


@pytest.mark.parametrize("parameters", CURVE)
def test_time_per_parameter(benchmark: Benchmark, parameters: int) -> None:
    widths = CURVE[parameters]
    found = benchmark.pedantic(matched, (Kind("tanh"), widths), rounds=1)  # type: ignore[attr-defined]
    benchmark.extra_info["partials"] = found  # type: ignore[attr-defined]

    assert found == count_entries(Kind("tanh"), widths)


@pytest.mark.parametrize("formulas", [200, 800])
def test_time_per_formula_of_a_long_document(benchmark: Benchmark, formulas: int) -> None:
    line = "Let $S$ be symmetric. If $k = 1$, i.e. in general, $a_k = b_k + W_k h_{k-1}$ holds for a long text"
    text = '<!-- derive:model use = "khapra" -->\n\n' + "\n".join([line] * formulas)
    check = partial(check_document, Path("long.md"), CheckOptions(), text=text)
    report = benchmark.pedantic(check, rounds=1)  # type: ignore[attr-defined]

    assert {finding.verdict for finding in report.findings} <= {"proved", "assumed", "undecided"}
