"""The same tasks by other tools, where they are installed; those that are not are skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy

Benchmark = Callable[..., Any]
WIDTHS = (4, 8, 8, 3)


def inlined_loss(lib: Any) -> tuple[Any, list[Any]]:
    """Return -log softmax_1 of a tanh perceptron of these widths as one expression, and its parameters.

    `lib` offers Symbol, tanh, exp and log: SymPy or symengine.
    """
    h = [lib.Symbol(f"x{i}") for i in range(WIDTHS[0])]
    parameters: list[Any] = []
    for k, (rows, columns) in enumerate(zip(WIDTHS[1:], WIDTHS, strict=False), 1):
        weights = [[lib.Symbol(f"W{k}_{i}_{j}") for j in range(columns)] for i in range(rows)]
        biases = [lib.Symbol(f"b{k}_{i}") for i in range(rows)]
        parameters += [w for row in weights for w in row] + biases
        a = [b + sum(w * x for w, x in zip(row, h, strict=True)) for row, b in zip(weights, biases, strict=True)]
        h = [lib.tanh(value) for value in a]
    return lib.log(sum(lib.exp(value) for value in a)) - a[0], parameters


def all_partials(lib: Any) -> int:
    loss, parameters = inlined_loss(lib)
    return len([lib.diff(loss, parameter) for parameter in parameters])


def count() -> int:
    return sum(rows * (columns + 1) for rows, columns in zip(WIDTHS[1:], WIDTHS, strict=False))


def test_sympy_diff_of_the_inlined_loss(benchmark: Benchmark) -> None:
    assert benchmark.pedantic(all_partials, (sympy,), rounds=1) == count()  # type: ignore[attr-defined]


def test_symengine_diff_of_the_inlined_loss(benchmark: Benchmark) -> None:
    symengine = pytest.importorskip("symengine")

    assert benchmark.pedantic(all_partials, (symengine,), rounds=1) == count()  # type: ignore[attr-defined]


def test_tensorgrad_softmax_gradient(benchmark: Benchmark) -> None:
    """∂/∂a of softmax cross-entropy with a symbolic number of classes, derived and simplified."""
    tensorgrad = pytest.importorskip("tensorgrad")
    functions = pytest.importorskip("tensorgrad.functions")

    def run() -> str:
        classes = sympy.Symbol("C")  # which also names the edge
        logits, target = tensorgrad.Variable("a", classes), tensorgrad.Variable("y", classes)
        loss = functions.cross_entropy(logits, target, dim="C")
        return str(tensorgrad.Derivative(loss, logits).full_simplify())

    assert benchmark(run)


def test_torch_autograd_of_one_example(benchmark: Benchmark) -> None:
    """What floating point alone costs: one backward pass of the same network, numbers in and numbers out."""
    torch = pytest.importorskip("torch")
    layers = [torch.nn.Linear(columns, rows) for rows, columns in zip(WIDTHS[1:], WIDTHS, strict=False)]
    model = torch.nn.Sequential(layers[0], torch.nn.Tanh(), layers[1], torch.nn.Tanh(), layers[2])
    parameters = list(model.parameters())
    x, label = torch.ones(1, WIDTHS[0]), torch.zeros(1, dtype=torch.long)

    def run() -> int:
        loss = torch.nn.functional.cross_entropy(model(x), label)
        return sum(g.numel() for g in torch.autograd.grad(loss, parameters))

    assert benchmark(run) == count()
