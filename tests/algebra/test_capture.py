"""Where general algebra systems are known to fail on indexed sums: each of these is right here, and its slip is not.

SymPy issues #21891 (a derivative captures the bound index), #27406, #26561, #25118 (the derivative of a sum of traces
is 0), the softmax Jacobian without its off-diagonal part, and Σ_k z_k - Σ_j z_j that does not vanish.
"""

from __future__ import annotations

from collections.abc import Callable

from random_expressions import FREE, I, J, K, M, N, same

from derive.algebra.differentiate import derivative, entry_delta
from derive.algebra.expr import ONE, ZERO, Diff, Expr, Functional, Iverson, Lambda, Prod, Sum, Var
from derive.algebra.functions import call
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin, upto
from derive.algebra.substitute import refresh, subs, walk


def var(name: str, *idx: Lin | Index | int) -> Var:
    return Var(name, tuple(lin(e) for e in idx))


def total(over: Lin, body: Callable[[Index], Expr]) -> Sum:
    index = fresh("s")
    return Sum(index, upto(over), body(index))


def test_a_derivative_does_not_capture_the_bound_index() -> None:
    exps = Sum(I, upto(N), call("exp", var("x", I)))

    assert same(Diff(exps, var("x", I)), call("exp", var("x", I)))
    assert same(Diff(exps, var("x", J)), call("exp", var("x", J)))
    assert not same(Diff(exps, var("x", I)), exps)


def test_a_bound_index_of_the_same_name_is_another_index_in_products_and_functions_of_arrays_too() -> None:
    over_all = Prod(I, upto(N), var("x", I))
    others = Prod(fresh("s"), upto(N), ONE) * Prod(
        J, upto(N), Iverson("=", lin(I), lin(J)) * (1 - var("x", J)) + var("x", J)
    )
    array = Lambda((I,), (upto(N),), call("exp", var("x", I)))
    slope = Functional("F", (array,), ((0, (lin(I),)),))

    assert same(Diff(over_all, var("x", I)), others)
    assert same(Diff(Functional("F", (array,)), var("x", I)), slope * call("exp", var("x", I)))


def test_the_softmax_jacobian_has_its_off_diagonal_part() -> None:
    exps = total(N, lambda s: call("exp", var("x", s)))
    softmax = {i: call("exp", var("x", i)) / exps for i in (I, J)}
    jacobian = Diff(softmax[I], var("x", J))

    assert same(jacobian, softmax[I] * (Iverson("=", lin(I), lin(J)) - softmax[J]))
    assert not same(jacobian, Iverson("=", lin(I), lin(J)) * softmax[I] * (1 - softmax[I]))
    assert same(total(N, lambda s: Diff(call("exp", var("x", s)) / exps, var("x", J))), ZERO)


def test_sums_over_differently_named_indices_are_equal() -> None:
    assert same(Sum(I, upto(N), var("x", I)) - Sum(J, upto(N), var("x", J)), ZERO)
    assert not same(Sum(I, upto(N), var("x", I)), Sum(K, upto(M), var("x", K)))


def test_the_derivative_of_traces_is_not_zero() -> None:
    """∂/∂A_ij (tr A + tr AAᵀ + tr ABA) for a fixed B."""
    trace = total(N, lambda s: var("A", s, s))
    squares = total(N, lambda s: total(N, lambda t: var("A", s, t) * var("A", s, t)))
    cubic = total(N, lambda s: total(N, lambda t: total(N, lambda u: var("A", s, t) * var("C", t, u) * var("A", u, s))))
    entry = var("A", I, J)

    assert same(Diff(trace, entry), Iverson("=", lin(I), lin(J)))
    assert same(Diff(trace + squares, entry), Iverson("=", lin(I), lin(J)) + 2 * entry)
    once = total(N, lambda s: var("C", J, s) * var("A", s, I))
    twice = total(N, lambda s: var("A", J, s) * var("C", s, I))
    assert same(Diff(cubic, entry), once + twice)
    assert not same(Diff(cubic, entry), 2 * once)


def test_a_delta_in_a_sum_takes_one_term_where_its_index_is_in_range() -> None:
    free = {**FREE, (outer := Index("o")): Range(lin(0), N + 1)}
    picked = total(N, lambda s: Iverson("=", lin(s), lin(outer)) * var("x", s))
    inside = Iverson("<=", lin(1), lin(outer)) * Iverson("<=", lin(outer), N)

    assert same(picked, inside * var("x", outer), free)
    assert not same(picked, var("x", outer), free)
    assert same(total(N, lambda s: Iverson("=", lin(s), lin(I)) * var("x", s)), var("x", I))
    assert same(
        total(N, lambda s: Iverson("=", lin(s) + 1, lin(I)) * var("x", s)),
        Iverson("<=", lin(2), lin(I)) * var("x", lin(I) - 1),
    )
    assert same(total(N, lambda s: Iverson("=", lin(s), N + 1) * var("x", s)), ZERO)


def test_a_delta_between_bound_indices_joins_their_ranges() -> None:
    short = Sum(I, Range(lin(1), N - 1), Sum(J, upto(N), Iverson("=", lin(I), lin(J)) * var("A", I, J)))
    long = total(N, lambda s: var("A", s, s))

    assert same(short, Sum(I, Range(lin(1), N - 1), var("A", I, I)))
    assert not same(short, long)
    assert (
        same(short + var("A", N, N), long) is False
    )  # a last term is split off by `align_sums`, not by the normal form


def test_a_condition_on_a_bound_index_shortens_its_range() -> None:
    conditional = total(N, lambda s: Iverson("<=", lin(s), lin(I)) * var("x", s))

    assert same(conditional, total(lin(I), lambda s: var("x", s)))
    assert same(total(N, lambda s: Iverson("<=", lin(s), N) * var("x", s)), total(N, lambda s: var("x", s)))
    assert not same(conditional, total(N, lambda s: var("x", s)))


def test_the_direct_partial_holds_other_variables_fixed() -> None:
    body = var("x", I) * var("y", I) + total(N, lambda s: var("A", I, s) * var("x", s))

    slope = derivative(body, var("x", J), entry_delta)

    assert same(slope, Iverson("=", lin(I), lin(J)) * var("y", I) + var("A", I, J))


def test_what_has_nothing_that_is_replaced_stays_itself() -> None:
    inside, row = Size("n", (lin(K),)), Size("n", (lin(J),))
    expr = total(lin(inside), lambda s: var("W", K, s) * var("x", s) ** 2)

    assert subs(expr, {I: lin(3)}) is expr
    assert subs(expr, {K: lin(J)}) == Sum(expr.index, upto(row), var("W", J, expr.index) * var("x", expr.index) ** 2)


def test_a_copy_shares_no_bound_index_however_deep_it_is() -> None:
    expr = total(N, lambda s: var("x", s, K) * total(M, lambda r: Prod(s, upto(N), var("y", s, r))))
    copy = refresh(expr, {K: lin(J)})

    bound = {node.index for node in walk(expr) if isinstance(node, Sum | Prod)}
    assert bound.isdisjoint(node.index for node in walk(copy) if isinstance(node, Sum | Prod))
    assert same(subs(copy, {J: lin(K)}), expr)
