"""The LaTeX printer: every formula as a lecture would write it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.algebra.expr import (
    ONE,
    Add,
    Chain,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Lambda,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.index import Index, fresh, lin, size, upto
from derive.models.registry import load_model
from derive.names.notation import Notation, Pattern, Slot
from derive.names.patterns import index_latex, transposed
from derive.writing.printer import array_latex, to_latex

LAYER, UNIT = Slot("sub", "layer"), Slot("sub", "unit")
KHAPRA = Notation(
    patterns={
        "W": Pattern("W", "W", (LAYER, UNIT, UNIT)),
        "a": Pattern("a", "a", (LAYER, UNIT)),
        "h": Pattern("h", "h", (LAYER, UNIT)),
        "yhat": Pattern(r"\hat{y}", r"\hat{y}", (UNIT,)),
        "loss": Pattern(r"\mathcal{L}", r"\mathcal{L}"),
    },
    functions={"g": "g"},
    sizes={"n": Pattern("n", "n", (LAYER,))},
)
ABOVE = Slot("sup", "layer")
NIELSEN = Notation(
    patterns={"w": Pattern("w", "w", (ABOVE, UNIT, UNIT)), "a": Pattern("a", "a", (ABOVE, UNIT))},
    functions={"g": r"\sigma"},
    unit_letters=("j", "k"),
    layer_letters=("l",),
)
NG = Notation(
    patterns={
        "W": Pattern("W", "W", (Slot("sup", "layer", "["), UNIT, UNIT)),
        "g": Pattern("g", "g", (Slot("sup", "layer", "["),)),
    },
    transpose=r"^\top",
)
k, i, j, m, ell = (lin(Index(name)) for name in ("k", "i", "j", "m", r"\ell"))
x, y, z = Var("x"), Var("y"), Var("z")


def var(name: str, *idx: object) -> Var:
    return Var(name, tuple(lin(value) for value in idx))  # type: ignore[arg-type]


def g(arg: Expr, order: int = 0) -> Fun:
    return Fun("g", (arg,), (order,))


a, loss = var("a", k, i), var("loss")


@pytest.mark.parametrize(
    ("expr", "latex"),
    [
        (var("W", k, i, j), "W_{kij}"),
        (var("W", k + 1, m, j), "W_{k+1,m,j}"),
        (var("W", 1, 1, 2), "W_{112}"),
        (var("W", 1, 12, 2), "W_{1,12,2}"),
        (var("h", k, size("n", k)), "h_{k,n_k}"),
        (var("h", k - 1, j), "h_{k-1,j}"),
        (var("yhat", ell), r"\hat{y}_\ell"),
        (var("a", size("L"), ell), r"a_{L\ell}"),
        (var("a", ell, i), r"a_{\ell i}"),
        (Diff(loss, a), r"\frac{\partial \mathcal{L}}{\partial a_{ki}}"),
        (Diff(x * y, x), r"\frac{\partial}{\partial x} (x y)"),
        (g(a, 1), "g'(a_{ki})"),
        (g(a, 2), "g''(a_{ki})"),
        (g(a, 5), "g^{(5)}(a_{ki})"),
        (Fun("g", (x / y,), (0,)), r"g\left(\frac{x}{y}\right)"),
        (Fun("sigmoid", (x,)), r"\sigma(x)"),
        (Fun("log", (var("yhat", ell),)), r"\log \hat{y}_\ell"),
        (Fun("log", (x + y,)), r"\log(x + y)"),
        (Fun("exp", (a,)), r"\exp(a_{ki})"),
        (Fun("sqrt", (x + y,)), r"\sqrt{x + y}"),
        (Fun("abs", (x,)), r"\left|x\right|"),
        (Fun("f", (x, y), (1, 0)), r"\partial_{1} f(x, y)"),
        (Iverson("=", i, ell), r"\mathbf{1}_{(i=\ell)}"),
        (Iverson("<=", k, size("L")), r"\mathbf{1}_{(k \le L)}"),
        (Step(x), r"\mathbf{1}_{(x>0)}"),
        (IndexValue(size("N")), "N"),
        (ONE / IndexValue(size("N") - 1), r"\frac{1}{N-1}"),
    ],
)
def test_atoms_are_written_as_in_lectures(expr: Expr, latex: str) -> None:
    assert to_latex(expr, KHAPRA) == latex


@pytest.mark.parametrize(
    ("expr", "latex"),
    [
        (x - y, "x - y"),
        (x - (y - z), "x - (y - z)"),
        (x + (y + z), "x + (y + z)"),
        (-x + y, "-x + y"),
        (-(x + y), "-(x + y)"),
        (x * (-y), "x (-y)"),
        (x * (y + z), "x (y + z)"),
        ((x + y) ** 2, "(x + y)^{2}"),
        (x**2, "x^{2}"),
        (x / y, r"\frac{x}{y}"),
        (2 * x / (3 * y), r"\frac{2 x}{3 y}"),
        (ONE / x, r"\frac{1}{x}"),
        (Pow(x, Num(Fraction(1, 2))), r"\sqrt{x}"),
        (Num(Fraction(1, 2)) * x, r"\frac{1}{2} x"),
        (Num(Fraction(-1, 2)) * x, r"-\frac{1}{2} x"),
        (x + Num(Fraction(-3)), "x - 3"),
        (x + (-2) * y, "x - 2 y"),
        (x * Num(Fraction(2)) * y, r"2 x y"),
        (-(ONE / x), r"-\frac{1}{x}"),
        ((ONE / x) ** 2, r"\left(\frac{1}{x}\right)^{2}"),
        (Add(()), "0"),
        (Mul(()), "1"),
        (Mul((Num(Fraction(-1)), Num(Fraction(1)))), "-1"),
        (Pow(g(x), Num(Fraction(2))), "g(x)^{2}"),
        (Pow(Fun("log", (x,)), Num(Fraction(2))), r"(\log x)^{2}"),
    ],
)
def test_brackets_and_signs_follow_precedence(expr: Expr, latex: str) -> None:
    assert to_latex(expr, KHAPRA) == latex


def test_a_sum_that_others_follow_is_bracketed() -> None:
    bound = fresh("j")
    total = Sum(bound, upto(size("n", k - 1)), var("W", k, i, bound) * var("h", k - 1, bound))

    assert to_latex(total, KHAPRA) == r"\sum_{j=1}^{n_{k-1}} W_{kij} h_{k-1,j}"
    assert to_latex(x * total, KHAPRA).startswith(r"x \sum_")
    assert to_latex(total * x, KHAPRA) == r"\left(\sum_{j=1}^{n_{k-1}} W_{kij} h_{k-1,j}\right) x"
    assert to_latex(Sum(bound, upto(3), x + var("h", k, bound)), KHAPRA) == r"\sum_{j=1}^{3} (x + h_{kj})"


def test_a_bound_index_never_takes_the_letter_of_another() -> None:
    inner, outer = fresh("j"), fresh("j")
    nested = Sum(outer, upto(2), Sum(inner, upto(2), var("W", k, outer, inner) * var("h", k, j)))

    assert to_latex(nested, KHAPRA) == r"\sum_{i=1}^{2} \sum_{m=1}^{2} W_{kim} h_{kj}"


def test_the_letter_of_a_size_is_not_used_for_an_index() -> None:
    assert to_latex(Sum(fresh("m"), upto(size("m")), x), KHAPRA) == r"\sum_{i=1}^{m} x"


def test_an_index_without_a_writable_name_gets_a_letter() -> None:
    bound = fresh("_7")

    assert to_latex(Prod(bound, upto(2), var("yhat", bound)), KHAPRA) == r"\prod_{i=1}^{2} \hat{y}_i"


def test_layers_above_keep_powers_and_primes_apart() -> None:
    weight = var("w", Index("l"), j, k)

    assert to_latex(weight, NIELSEN) == "w^l_{jk}"
    assert to_latex(weight**2, NIELSEN) == "(w^l_{jk})^{2}"
    assert to_latex(Fun("g", (x,), (1,), (lin(Index("l")),)), NG) == r"g^{[l]\prime}(x)"
    assert to_latex(var("W", Index("l"), i, j), NG) == "W^{[l]}_{ij}"


def test_whole_arrays_and_their_transposes() -> None:
    assert array_latex("W", [k + 1], KHAPRA) == "W_{k+1}"
    assert array_latex("W", [k + 1, r"\cdot", j], KHAPRA) == r"W_{k+1,\cdot,j}"
    assert transposed("W_{k+1}", KHAPRA) == "W_{k+1}^T"
    assert transposed("W^{[l]}", NG) == r"{W^{[l]}}^\top"
    assert transposed(r"\hat{y}", KHAPRA) == r"\hat{y}^T"
    assert index_latex(size("n", k) - k - 1, KHAPRA) == "n_k-k-1"


def test_open_functions_of_vectors_show_what_they_are_differentiated_by() -> None:
    unit = fresh("i")
    vector = Lambda((unit,), (upto(3),), var("h", k, unit))

    assert to_latex(Functional("l", (vector,)), KHAPRA) == "l(h_k)"
    assert to_latex(Functional("l", (vector,), ((0, (j,)),)), KHAPRA) == r"\frac{\partial l}{\partial h_{kj}}(h_k)"


def test_a_chain_of_matrices_is_an_entry_of_a_product() -> None:
    t, row, col = fresh("t"), fresh("p"), fresh("q")
    chain = Chain(t, upto(size("L")), row, col, size("n", t), var("W", t, row, col), i, j)

    assert to_latex(chain, KHAPRA) == r"\left(\prod_{t=1}^{L} \left[W_{tpq}\right]_{p,q}\right)_{i,j}"


def test_names_that_the_notation_does_not_know_are_upright() -> None:
    assert to_latex(var("net", i), KHAPRA) == r"\mathrm{net}_i"
    assert to_latex(var("s_c"), KHAPRA) == r"\mathrm{s\_c}"


def test_a_letter_with_an_accent_and_a_superscript_is_transposed_in_brackets() -> None:
    """TeX takes the braces of {\\hat{y}^{(t)}} for none, and stops at a second superscript."""
    notation = load_model("rnn").notation

    assert transposed(r"\hat{y}^{(t)}", notation) == r"(\hat{y}^{(t)})^\top"
    assert transposed(r"\hat{y}_t", notation) == r"\hat{y}_t^\top"
    assert transposed("h^{(t)}", notation) == r"{h^{(t)}}^\top"
