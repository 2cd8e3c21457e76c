"""What is equal by the laws of sums and products has the same normal form, and the normal form has the same value."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_expressions import (
    CORNERED,
    FREE,
    NETWORK,
    SMOOTH,
    I,
    J,
    K,
    M,
    N,
    agree,
    expression,
    normal,
    rewritten,
    same,
)

from derive.algebra.aligned_sums import align_sums
from derive.algebra.arithmetic import UndefinedError
from derive.algebra.expr import ONE, ZERO, Expr, Fun, Functional, IndexValue, Iverson, Lambda, Num, Pow, Prod, Sum, Var
from derive.algebra.factors import subtract
from derive.algebra.functions import call
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin, size, upto
from derive.algebra.index_facts import IndexFacts
from derive.algebra.normal_form import Algebra
from derive.algebra.primes import TooLargeError
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import subs, walk
from derive.budget import Budget, BudgetError
from derive.proof.claim import Claim
from derive.proof.prover import prove

Body = Callable[[Index], Expr]
Entry = Callable[[Index, Index], Expr]
SEEDS = st.integers(0, 2**32)
REPEATED = settings(max_examples=120, deadline=None)


def var(name: str, *idx: Lin | Index | int) -> Var:
    return Var(name, tuple(lin(e) for e in idx))


def total(over: Lin | Range, body: Body) -> Sum:
    """Σ over a fresh index; `body` is a function of it."""
    index = fresh("s")
    return Sum(index, over if isinstance(over, Range) else upto(over), body(index))


@given(SEEDS)
@REPEATED
def test_reordering_regrouping_distributing_renaming_and_exchanging_sums_change_nothing(seed: int) -> None:
    rng = Random(seed)
    expr = expression(rng, 4)

    assert same(expr, rewritten(rng, expr))


@given(SEEDS)
@REPEATED
def test_the_value_is_that_of_the_expression(seed: int) -> None:
    rng = Random(seed)
    expr = expression(rng, 4, functions=SMOOTH + CORNERED)

    assert agree(rng, expr, to_expr(normal(expr)))


@given(SEEDS)
@REPEATED
def test_an_expression_of_a_normal_form_has_that_normal_form(seed: int) -> None:
    poly = normal(expression(Random(seed), 4))

    assert normal(to_expr(poly)) == poly


@given(SEEDS)
@REPEATED
def test_different_values_have_different_normal_forms(seed: int) -> None:
    rng = Random(seed)
    left, right = expression(rng, 3), expression(rng, 3)

    assert not same(left, right) or agree(rng, left, right)


@given(SEEDS, st.integers(1, 4), st.integers(1, 4))
@REPEATED
def test_concrete_sizes_and_indices_may_be_put_in_before_or_after(seed: int, n: int, m: int) -> None:
    rng = Random(seed)
    sizes = {Size("n"): lin(n), Size("m"): lin(m)}
    values = {**sizes, I: lin(rng.randint(1, n)), J: lin(rng.randint(1, n)), K: lin(rng.randint(1, m))}
    expr = expression(rng, 3)

    before = subs(expr, values)
    after = subs(to_expr(normal(expr)), values)

    assert same(before, after, {})


@given(SEEDS)
@REPEATED
def test_fixed_sizes_are_as_good_as_concrete_ones(seed: int) -> None:
    sizes = {Size("n"): lin(2), Size("m"): lin(3)}
    expr = expression(Random(seed), 3)
    algebra = Algebra(IndexFacts({index: range_.subs(sizes) for index, range_ in FREE.items()}))
    algebra.fixed.update(sizes)

    assert subtract(algebra.normal(expr), algebra.normal(subs(expr, sizes))).is_zero


@given(SEEDS)
@REPEATED
def test_an_index_may_be_put_in_before_or_after(seed: int) -> None:
    expr = expression(Random(seed), 4)
    algebra = Algebra(IndexFacts(dict(FREE)))

    for values in ({I: lin(J)}, {I: lin(1)}, {I: lin(J), J: lin(I)}):
        after = algebra.subs(algebra.normal(expr), values)
        assert subtract(after, algebra.normal(subs(expr, values))).is_zero


@given(SEEDS, st.sampled_from((lin(I), N, lin(1), N - 1)))
@REPEATED
def test_a_sum_may_be_split_at_a_symbolic_point(seed: int, at: Lin) -> None:
    index = fresh("s")
    body = expression(Random(seed), 2, {N: (I, J, index), M: (K,)})
    # the parts may decide a condition that the whole cannot
    assume(not any(isinstance(node, Iverson) for node in walk(body)))
    whole = Sum(index, upto(N), body)
    split = Sum(index, Range(lin(1), at), body) + Sum(index, Range(at + 1, N), body)

    proof, reason = prove(Claim(NETWORK, whole, split, tuple(FREE.items())))

    assert proof is not None, reason


def test_a_sum_split_where_it_does_not_reach_is_another() -> None:
    algebra = Algebra(IndexFacts(dict(FREE)))
    whole = total(N, lambda s: var("x", s))
    split = total(lin(I), lambda s: var("x", s)) + total(Range(lin(I) + 2, N), lambda s: var("x", s))

    difference = align_sums(algebra, subtract(algebra.normal(whole), algebra.normal(split)))

    assert not difference.is_zero


def test_transposing_twice_is_the_identity() -> None:
    def transposed(entry: Entry) -> Entry:
        """(i, j) -> Σ_p Σ_q [p = j] [q = i] entry(p, q)."""
        return lambda i, j: total(
            N, lambda p: total(N, lambda q: Iverson("=", lin(p), lin(j)) * Iverson("=", lin(q), lin(i)) * entry(p, q))
        )

    def entry(i: Index, j: Index) -> Expr:
        return var("A", i, j)

    once = transposed(entry)
    twice = transposed(once)

    assert same(once(I, J), var("A", J, I))
    assert same(twice(I, J), var("A", I, J))
    assert not same(once(I, J), var("A", I, J))


def test_the_product_of_matrices_is_associative_but_not_commutative() -> None:
    def product(left: Entry, right: Entry) -> Entry:
        return lambda i, j: total(N, lambda s: left(i, s) * right(s, j))

    def matrix(name: str) -> Entry:
        return lambda i, j: var(name, i, j)

    a, b, c = matrix("A"), matrix("C"), matrix("D")
    one, two = product(product(a, b), c), product(a, product(b, c))
    turned = product(b, a)
    straight = product(a, b)

    assert same(one(I, J), two(I, J))
    assert not same(straight(I, J), turned(I, J))


def test_triangular_sums_may_be_taken_in_either_order() -> None:
    rows = total(N, lambda s: total(lin(s), lambda t: var("A", s, t)))
    columns = total(N, lambda t: total(Range(lin(t), N), lambda s: var("A", s, t)))
    strictly = total(N, lambda s: total(lin(s) - 1, lambda t: var("A", s, t)))
    strictly_by_columns = total(N - 1, lambda t: total(Range(lin(t) + 1, N), lambda s: var("A", s, t)))

    assert same(rows, columns)
    assert same(strictly, strictly_by_columns)
    assert not same(rows, strictly)


def test_a_sum_of_powers_of_its_index_has_a_closed_form() -> None:
    n = IndexValue(N)

    assert same(total(N, lambda s: IndexValue(lin(s))), n * (n + 1) / 2)
    assert same(total(N, lambda s: IndexValue(lin(s)) ** 2), n * (n + 1) * (2 * n + 1) / 6)
    assert same(total(N, lambda s: total(lin(s), lambda t: ONE)), n * (n + 1) / 2)


def test_the_length_of_a_range_that_may_be_empty_is_not_negative() -> None:
    n = IndexValue(N)

    assert same(total(N - 1, lambda s: ONE), n - 1)
    assert not same(total(N - 2, lambda s: ONE), n - 2)
    assert not same(total(N - 3, lambda s: IndexValue(lin(s))), (n - 3) * (n - 2) / 2)
    assert normal(total(Range(lin(3), lin(2)), lambda s: var("x", s))).is_zero


def test_a_bound_index_may_have_the_name_of_a_free_one() -> None:
    shadowed = Sum(I, Range(lin(1), N - 1), Iverson("<=", lin(I), N - 1) * var("x", I))

    assert same(shadowed * var("y", I), total(N - 1, lambda s: var("x", s)) * var("y", I))
    assert not same(shadowed * Iverson("<=", lin(I), N - 1), shadowed)
    assert same(
        Sum(I, upto(N), var("x", I) * Sum(I, upto(N), var("y", I))),
        total(N, lambda s: total(N, lambda t: var("x", s) * var("y", t))),
    )


def test_a_substitution_captures_nothing() -> None:
    inner = Sum(J, upto(N), var("A", I, J))

    assert same(subs(inner, {I: lin(J)}), total(N, lambda s: var("A", J, s)))
    assert same(subs(inner, {J: lin(I)}), inner)
    product = Prod(J, upto(N), var("A", I, J))
    assert same(subs(product, {I: lin(J)}), Prod(fresh("s"), upto(N), ONE) * Prod(K, upto(N), var("A", J, K)))


def test_names_that_look_like_structure_are_names() -> None:
    assert not same(var("x()+1·y"), var("x") + var("y"))
    assert not same(Fun("g'1", (var("p"),), (0,)), Fun("g", (var("p"),), (1,)))
    assert not same(var("A(1,2)"), var("A", 1, 2))
    assert same(var("a b", I), var("a b", I))


def test_a_product_over_a_range_is_multiplicative() -> None:
    def over(body: Body) -> Prod:
        index = fresh("s")
        return Prod(index, upto(N), body(index))

    def row(s: Index) -> Sum:
        return total(N, lambda t: var("A", s, t))

    assert same(over(lambda s: var("x", s) * row(s)), over(lambda s: var("x", s)) * over(row))
    assert same(over(lambda s: var("x", s) ** 2), over(lambda s: var("x", s)) ** 2)
    assert not same(over(lambda s: var("x", s) * row(s)), over(lambda s: var("x", s)) * row(I))
    assert same(Prod(fresh("s"), upto(2), var("p")), var("p") ** 2)


def test_partials_of_an_open_function_of_arrays_commute() -> None:
    index = fresh("s")
    array = Lambda((index,), (upto(N),), var("x", index))

    def partial(*entries: Index) -> Functional:
        return Functional("F", (array,), tuple((0, (lin(e),)) for e in entries))

    assert same(partial(I, J), partial(J, I))
    assert not same(partial(I, J), partial(I, I))
    assert same(Functional("c", ()), Functional("c", ()))


def test_fractions_cancel() -> None:
    p, q = var("p"), var("q")
    s = total(N, lambda i: call("exp", var("x", i)))
    softmax = call("exp", var("x", I)) / s

    assert same(s / s, ONE)
    assert same((p**2 - q**2) / (p - q) * (p - q), p**2 - q**2)
    assert same(p / (p + q) + q / (p + q), ONE)
    assert same(total(N, lambda i: call("exp", var("x", i)) / s), ONE)
    assert same(softmax * (1 - softmax), softmax - softmax**2)
    assert not same(softmax, call("exp", var("x", I)))


def test_a_product_of_fractions_with_crossing_terms_comes_to_an_end() -> None:
    p, q = var("p"), var("q")
    crossing = p * p / ((p * p + p * q + 1) * (p + q))

    assert same(crossing, p * p / ((p + q) * (p * p + p * q + 1)))


def test_a_power_of_zero_with_an_unknown_exponent_stays_one() -> None:
    assert same(Pow(ZERO, var("p")) * Num(Fraction(2)), Num(Fraction(2)) * Pow(ZERO, var("p")))
    assert not same(Pow(ZERO, var("p")), ONE)


def test_exponents_may_be_indices() -> None:
    power = Pow(var("p"), IndexValue(lin(I)))
    algebra = Algebra(IndexFacts(dict(FREE)))

    assert algebra.subs(algebra.normal(power), {I: lin(2)}) == algebra.normal(var("p") ** 2)
    assert not same(power, var("p"))


def test_nothing_is_divided_by_zero() -> None:
    with pytest.raises(UndefinedError):
        normal(ONE / (var("p") - var("p")))
    with pytest.raises(UndefinedError):
        normal(call("log", ZERO))
    with pytest.raises(UndefinedError):
        normal(ONE / Iverson("=", lin(I), lin(J)))
    with pytest.raises(UndefinedError):
        normal(Pow(Num(Fraction(-2)), Num(Fraction(1, 2))))


def test_what_grows_too_large_is_given_up() -> None:
    terms = var("p") + var("q") + 1
    with pytest.raises(TooLargeError):
        normal(terms**1000)
    with pytest.raises(TooLargeError):
        normal(Pow(Num(Fraction(3)), Num(Fraction(10**9))))
    with pytest.raises(TooLargeError):
        normal(call("log", Num(Fraction(2**89 - 1) * (2**61 - 1))))


def test_the_budget_ends_the_work() -> None:
    algebra = Algebra(IndexFacts(dict(FREE)), Budget(500))

    with pytest.raises(BudgetError):
        algebra.normal((var("p") + var("q") + var("x", I) + 1) ** 20)


def test_an_algebra_without_a_context_knows_sizes_to_be_positive() -> None:
    assert Algebra().normal(Iverson("<=", lin(1), size("n"))) == Algebra().normal(ONE)


@pytest.mark.parametrize("at", [lin(1), lin(I), N - 1])
def test_a_sum_meets_its_parts_where_they_begin_elsewhere(at: Lin) -> None:
    index = fresh("s")
    body = var("A", index, J) + var("p")
    split = Sum(index, Range(lin(1), at), body) + Sum(index, Range(at + 1, N), body)
    proof, reason = prove(Claim(NETWORK, Sum(index, upto(N), body), split, tuple(FREE.items())))
    assert proof is not None, reason
