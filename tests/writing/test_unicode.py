"""The Unicode printer, for terminals."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.algebra.expr import ONE, Diff, Expr, Fun, Iverson, Num, Pow, Step, Sum, Var
from derive.algebra.index import Index, fresh, lin, size, upto
from derive.names.notation import Notation, Pattern, Slot
from derive.writing.plain import plain
from derive.writing.unicode import to_unicode

k, i, j, ell = (lin(Index(name)) for name in ("k", "i", "j", r"\ell"))
x, y = Var("x"), Var("y")
NOTATION = Notation(
    {"yhat": Pattern(r"\hat{y}", r"\hat{y}", (Slot("sub", "unit"),)), "loss": Pattern(r"\mathcal{L}", r"\mathcal{L}")}
)


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (Diff(Var("loss"), Var("a", (k, i))), "∂L/∂a[k,i]"),
        (Diff(x * y, x), "∂(x·y)/∂x"),
        (Var("W", (k + 1, i, j)), "W[k+1,i,j]"),
        (Var("yhat", (ell,)), "ŷ[ℓ]"),
        (x - y, "x - y"),
        (x - (y - x), "x - (y - x)"),
        (-(x + y), "-(x + y)"),
        (x / y, "x/y"),
        (ONE / (x * y), "1/(x·y)"),
        ((x / y) * x, "(x/y)·x"),
        (Num(Fraction(1, 2)) * x, "(1/2)·x"),
        ((x + y) ** 2, "(x + y)²"),
        (Pow(x, Num(Fraction(1, 2))), "√(x)"),
        (Fun("g", (x,), (1,)), "g′(x)"),
        (Fun("sigmoid", (x,)), "σ(x)"),
        (Iverson("=", i, ell), "[i = ℓ]"),
        (Iverson("<=", k, size("L")), "[k ≤ L]"),
        (Step(x), "[x > 0]"),
    ],
)
def test_expressions_read_as_mathematics(expr: Expr, text: str) -> None:
    assert to_unicode(expr, NOTATION) == text


def test_a_sum_shows_its_bounds_and_is_bracketed_before_other_factors() -> None:
    bound = fresh("j")
    total = Sum(bound, upto(size("n", k - 1)), Var("W", (k, i, bound_lin := lin(bound))) * Var("h", (k - 1, bound_lin)))

    assert to_unicode(total) == "Σ[j=1…n[k-1]] W[k,i,j]·h[k-1,j]"
    assert to_unicode(total * x) == "(Σ[j=1…n[k-1]] W[k,i,j]·h[k-1,j])·x"


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\hat{y}", "ŷ"),
        (r"\hat y", "ŷ"),
        (r"\mathcal{L}(\theta)", "L(θ)"),
        (r"\mathbf{\hat{y}}", "ŷ"),
        (r"\lambda", "λ"),
        (r"\operatorname{softmax}", "softmax"),
        (r"\unknown", "unknown"),
    ],
)
def test_names_lose_their_markup(latex: str, text: str) -> None:
    assert plain(latex) == text
