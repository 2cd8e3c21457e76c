"""SymPy and back: the normal forms are equal, bound indices stay bound, and what has no counterpart is named."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from derive.algebra.expr import Diff, Expr, Fun, Functional, IndexValue, Iverson, Lambda, Num, Prod, Step, Sum, Var
from derive.algebra.functions import PI, call
from derive.algebra.index import Index, Range, fresh, lin, size, upto
from derive.algebra.normal_form import Algebra
from derive.algebra.sympy_bridge import SymPyError, from_sympy, to_sympy
from derive.network.mlp import mlp

UNIT, J, K = Index("i"), Index("j"), Index("k")
N = size("n", K)
M = fresh("m")


def var(name: str, *idx: object) -> Var:
    return Var(name, tuple(lin(value) for value in idx))  # type: ignore[arg-type]


def softmax() -> Expr:
    m = fresh("m")
    return call("exp", var("a", UNIT)) / Sum(m, upto(N), call("exp", var("a", m)))


EXPRESSIONS: dict[str, Expr] = {
    "number": Num(Fraction(-3, 7)),
    "size as a number": IndexValue(size("N") * 2 + 1) / IndexValue(N),
    "scalar": var("loss") * 3,
    "entry": var("W", lin(K) + 1, UNIT, J) ** 2 - var("b", 1, 2),
    "sum": Sum(M, upto(N), var("W", K, UNIT, M) * var("h", lin(K) - 1, M)),
    "nested sums with one letter": Sum(
        (a := fresh("m")), upto(N), var("x", a) * Sum((b := fresh("m")), upto(size("n", lin(K) - 1)), var("W", a, b))
    ),
    "range that depends on an outer index": Sum(
        (c := fresh("t")), upto(size("T")), Sum((d := fresh("i")), upto(size("n", c)), var("x", c, d))
    ),
    "product": Prod((e := fresh("t")), Range(lin(2), size("T")), var("w", e) + 1),
    "delta": Iverson("=", lin(UNIT) + 1, lin(J)) * var("x", UNIT),
    "condition": Iverson("<=", lin(K), size("L") - 1) * var("x", UNIT),
    "step": Step(var("x", UNIT) - 1),
    "softmax": softmax(),
    "known functions": call("sigmoid", var("x", UNIT)) + call("tanh", var("x", J)) + call("sqrt", var("x", UNIT)) + PI,
    "maximum": call("max", var("x", UNIT), Num(Fraction(0))) + call("abs", var("x", J)) + call("relu", var("x", 1)),
    "open function": Fun("g", (var("a", K, UNIT) * 2,), (0,)),
    "its derivatives": Fun("g", (var("a", K, UNIT) * 2,), (1,)) * Fun("g", (var("a", K, UNIT),), (3,)),
    "function of a layer": Fun("g", (var("a", UNIT),), (1,), (lin(K) - 1,)),
    "function of two arguments": Fun("f", (var("x", UNIT), var("x", J)), (1, 2)),
    "known derivative, not taken": Fun("tanh", (var("x", UNIT),), (1,)),
    "total derivative": Diff(var("loss"), var("W", K, UNIT, J)) * var("x", UNIT),
}


@pytest.mark.parametrize("expr", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_to_sympy_and_back_has_the_same_normal_form(expr: Expr) -> None:
    back = from_sympy(to_sympy(expr))

    assert Algebra().normal(back) == Algebra().normal(expr)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (var("W", UNIT, J), var("W", J, UNIT)),
        (Fun("g", (var("x", UNIT),), (1,)), Fun("g", (var("x", UNIT),), (2,))),
        (Iverson("=", lin(UNIT), lin(J)), Iverson("<=", lin(UNIT), lin(J))),
    ],
    ids=["transposed", "derivatives", "relations"],
)
def test_different_expressions_stay_different(one: Expr, two: Expr) -> None:
    assert Algebra().normal(from_sympy(to_sympy(one))) != Algebra().normal(from_sympy(to_sympy(two)))


def test_every_definition_of_the_perceptron_survives() -> None:
    for definition in mlp("g").definitions:
        back = from_sympy(to_sympy(definition.body))
        # Bound parameters come back as free indices of the same name, so both are read again.
        assert Algebra().normal(from_sympy(to_sympy(back))) == Algebra().normal(back)


class TestBoundLetters:
    """A sum or product that was written keeps its letter apart from those that come in; SymPy's own captures them."""

    m, k, t = sympy.symbols("m k t", integer=True)
    x, w = sympy.IndexedBase("x"), sympy.IndexedBase("W")

    def test_a_derivative_by_an_entry_with_the_bound_letter(self) -> None:
        squares = to_sympy(Sum(M, upto(3), var("x", M) ** 2))
        slope = squares.diff(self.x[self.m])

        assert slope.subs(self.m, 2).doit() == 2 * self.x[2]
        assert (1 + squares).diff(self.x[self.m]) == slope

    def test_a_derivative_of_a_product(self) -> None:
        slope = to_sympy(Prod(M, upto(3), var("x", M))).diff(self.x[self.m])

        assert slope.subs(self.m, 2).doit() == self.x[1] * self.x[3]

    def test_an_index_that_is_inserted(self) -> None:
        row = to_sympy(Sum(M, upto(2), var("W", K, M))).subs(self.k, self.m + 1)

        assert row.doit() == self.w[self.m + 1, 1] + self.w[self.m + 1, 2]
        assert row.subs(row.variables[0], 7) == row

    def test_ranges_of_inner_sums_follow_the_letter(self) -> None:
        inner = fresh("i")
        triangle = to_sympy(Sum(M, upto(3), Sum(inner, upto(M), var("W", M, inner) * var("x", K))))
        found = triangle.subs(self.k, self.m)

        assert str(found) == "Sum(W[m1, i]*x[m], (i, 1, m1), (m1, 1, 3))"

    def test_it_is_equal_to_that_of_sympy(self) -> None:
        ours, theirs = to_sympy(Sum(M, upto(3), var("x", M))), sympy.Sum(self.x[self.m], (self.m, 1, 3))

        assert ours == theirs == ours
        assert hash(ours) == hash(theirs)
        assert ours - theirs == 0
        assert ours != sympy.Product(self.x[self.m], (self.m, 1, 3))


class TestWrittenBySomebody:
    i, j, k = sympy.symbols("i j k", integer=True)
    W, x, n = sympy.IndexedBase("W"), sympy.IndexedBase("x"), sympy.IndexedBase("n")

    def test_matrix_times_vector(self) -> None:
        i, j, k = self.i, self.j, self.k
        m = fresh("m")
        written = sympy.Sum(self.W[k, i, j] * self.x[j], (j, 1, self.n[k - 1]))

        wanted = Sum(m, upto(size("n", lin(K) - 1)), var("W", K, UNIT, m) * var("x", m))
        assert Algebra().normal(from_sympy(written)) == Algebra().normal(wanted)

    def test_derivative_by_the_argument(self) -> None:
        g = sympy.Function("g")
        taken = g(2 * self.x[self.i]).diff(self.x[self.i])

        assert Algebra().normal(from_sympy(taken)) == Algebra().normal(2 * Fun("g", (2 * var("x", UNIT),), (1,)))

    def test_a_function_by_another_name(self) -> None:
        read = from_sympy(sympy.Function("g")(self.x[self.i]), functions={"g": "tanh"})

        assert read == call("tanh", var("x", UNIT))

    def test_piecewise_of_a_real_argument_is_the_rectifier(self) -> None:
        x = self.x[self.i]
        read = from_sympy(sympy.Piecewise((x, x > 0), (0, True)))

        assert Algebra().normal(read) == Algebra().normal(call("relu", var("x", UNIT)))

    def test_idx_objects_are_indices(self) -> None:
        i = sympy.Idx("i")

        assert from_sympy(self.x[i]) == var("x", UNIT)

    def test_a_bound_symbol_hides_a_free_one(self) -> None:
        i = self.i
        read = from_sympy(self.x[i] * sympy.Sum(self.x[i], (i, 1, 3)))
        m = fresh("m")

        assert Algebra().normal(read) == Algebra().normal(var("x", UNIT) * Sum(m, upto(3), var("x", m)))

    @pytest.mark.parametrize(
        ("thing", "part"),
        [
            (sympy.IndexedBase("x")[sympy.Symbol("i") ** 2], "linear"),
            (sympy.besselj(1, sympy.Symbol("x")), "besselj"),
            (sympy.I, "ImaginaryUnit"),
            ("W[i,j]", "no SymPy expression"),
        ],
        ids=["square index", "unknown function", "imaginary", "string"],
    )
    def test_what_has_no_counterpart_is_named(self, thing: object, part: str) -> None:
        with pytest.raises(SymPyError, match=part):
            from_sympy(thing)


def test_an_open_function_of_arrays_is_one_of_their_entries() -> None:
    m, j = fresh("m"), fresh("j")
    outputs, targets = Lambda((m,), (upto(3),), var("o", m)), Lambda((j,), (upto(3),), var("y", j))
    found = to_sympy(Functional("l", (outputs, targets)))

    assert str(found) == "l((o[m] for m = 1…3), (y[j] for j = 1…3))"
    assert str(from_sympy(found)) == str(Functional("l", (outputs, targets)))
    with pytest.raises(SymPyError, match="by one of its arrays alone"):
        to_sympy(Functional("l", (outputs, targets), ((0, (lin(1),)),)))
