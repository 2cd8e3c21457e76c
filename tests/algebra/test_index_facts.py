"""Decisions about index expressions: only what follows from the ranges, the facts, and sizes that are at least 1."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.algebra.index import Index, Lin, Range, lin, size, upto
from derive.algebra.index_facts import IndexFacts

I, J, K = Index("i"), Index("j"), Index("k")  # noqa: E741 (the i of x_i)
L, N = size("L"), size("n")
RANGES = {K: Range(lin(1), L - 1), I: upto(N), J: Range(lin(I) + 1, N + 1)}


@pytest.mark.parametrize(
    ("e", "expected"),
    [
        (lin(0), True),
        (lin(1), False),
        (-L + 1, True),  # sizes are at least 1
        (L, False),
        (L - 2, None),
        (lin(K) - L, True),
        (lin(K) - L + 1, True),
        (L - lin(K), False),
        (lin(K) - 1, None),
        (lin(I) - N, True),
        (lin(I) - lin(J), True),  # j runs from i + 1
        (lin(J) - lin(I), False),
        (lin(J) - N, None),
        (size("n", K) - 1, None),
        (-size("n", K), True),
        (lin(Index("unknown")), None),
    ],
)
def test_at_most_zero(e: Lin, expected: bool | None) -> None:
    assert IndexFacts(RANGES).at_most_zero(e) is expected


@pytest.mark.parametrize(
    ("e", "expected"),
    [
        (lin(0), True),
        (lin(K) - L, False),
        (lin(K) - 1, None),
        (lin(I) - lin(J), False),
        (N, False),
        (N - 1, None),
    ],
)
def test_zero(e: Lin, expected: bool | None) -> None:
    assert IndexFacts(RANGES).zero(e) is expected


def test_a_range_with_values_says_that_it_has_some() -> None:
    assert IndexFacts().at_most_zero(-L + 2) is None
    assert IndexFacts(RANGES).at_most_zero(-L + 2) is True  # 1 <= k <= L - 1


def test_facts_decide() -> None:
    context = IndexFacts({}, [L - 3])

    assert context.at_most_zero(-L + 3) is True
    assert context.at_most_zero(-L + 4) is None
    context.add_facts([-L + 3])
    assert context.zero(L - 3) is True


def test_what_is_known_to_differ_is_not_zero() -> None:
    context = IndexFacts({I: upto(N)})
    context.nonzero.add(lin(I) - 1)

    assert context.zero(lin(I) - 1) is False
    assert context.zero(-lin(I) + 1) is False
    assert context.zero(lin(I) - 2) is None


def test_the_conditions_to_be_within_a_range() -> None:
    context = IndexFacts({K: Range(lin(0), L)})

    assert context.within(lin(K), Range(lin(0), L)) == []
    assert context.within(lin(K) + 1, Range(lin(1), L)) == [lin(K) + 1 - L]
    assert context.within(L + 1, upto(L)) is None


def test_a_name_that_is_bound_anew_is_decided_anew() -> None:
    context = IndexFacts({I: upto(3)})
    assert context.at_most_zero(lin(I) - 3) is True

    context.bind(I, upto(4))

    assert context.at_most_zero(lin(I) - 3) is None


def test_a_copy_is_independent() -> None:
    context = IndexFacts({I: upto(N)})
    copy = context.copy()
    copy.bind(J, upto(N))
    copy.add_facts([N - 5])

    assert J not in context.ranges
    assert context.at_most_zero(-N + 5) is None
    assert copy.at_most_zero(-N + 5) is True


COEFFICIENTS = st.integers(-2, 2)


@given(COEFFICIENTS, COEFFICIENTS, COEFFICIENTS, COEFFICIENTS, st.integers(-3, 3))
@settings(max_examples=300, deadline=None)
def test_a_decision_holds_for_all_small_values(i: int, j: int, k: int, n: int, const: int) -> None:
    """Brute force over L and n up to 3 and all indices in their ranges."""
    e = lin(I) * i + lin(J) * j + lin(K) * k + N * n + const
    context = IndexFacts(RANGES)
    decided, is_zero = context.at_most_zero(e), context.zero(e)
    values = [
        i * at_i + j * at_j + k * at_k + n * width + const
        for depth, width in product(range(2, 4), range(1, 4))
        for at_k, at_i in product(range(1, depth), range(1, width + 1))
        for at_j in range(at_i + 1, width + 2)
    ]

    assert decided is None or all((value <= 0) is decided for value in values)
    assert is_zero is None or all((value == 0) is is_zero for value in values)
