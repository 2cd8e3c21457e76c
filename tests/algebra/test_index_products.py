"""Products in index expressions, the s·i of a stride: what is decided about them holds for all numbers."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from derive.algebra.expr import Iverson, Mul, Sum, Var
from derive.algebra.factors import IversonFactor, Poly
from derive.algebra.index import Index, Lin, Range, Size, factors_of, is_product, lin, size, times
from derive.algebra.index_facts import IndexFacts
from derive.algebra.normal_form import Algebra

U, J, N, P = Index("i"), Index("j"), Size("n"), Size("p")
LETTERS = (U, J, N, P)
RANGES = {U: Range(lin(0), lin(P) - 1), J: Range(lin(0), lin(N) - 1)}
numbers = st.integers(-3, 3)
lins = st.builds(
    lambda cs, c: sum((lin(a) * k for a, k in zip(LETTERS, cs, strict=True)), lin(c)),
    st.tuples(numbers, numbers, numbers, numbers),
    numbers,
)


def value(e: Lin, at: dict[Index | Size, int]) -> int:
    total = e.const
    for atom, c in e.terms:
        factor = 1
        for part in factors_of(atom):
            factor *= value(part, at) if is_product(atom) else at[atom]
        total += c * factor
    return total


def places(least: int = 1) -> list[dict[Index | Size, int]]:
    """Return small values of all letters, the indices within their ranges."""
    return [
        {U: i, J: j, N: n, P: p} for n, p in product(range(least, 5), repeat=2) for i, j in product(range(p), range(n))
    ]


@given(lins, lins)
def test_products_are_multiplied_out(a: Lin, b: Lin) -> None:
    found = times(a, b)

    assert found == times(b, a)
    assert all(value(found, at) == value(a, at) * value(b, at) for at in places())


@given(lins, lins, lins)
def test_what_is_put_in_a_product_is_multiplied_out(a: Lin, b: Lin, new: Lin) -> None:
    replaced = times(a, b).subs({U: new})

    assert replaced == times(a.subs({U: new}), b.subs({U: new}))


@given(lins, lins, lins)
def test_what_is_decided_holds_everywhere(a: Lin, b: Lin, c: Lin) -> None:
    e = times(a, b) + c
    decided = IndexFacts(RANGES).at_most_zero(e)

    found = {value(e, at) <= 0 for at in places()}
    assert decided is None or found == {decided}


def test_a_stride_stays_within_its_array() -> None:
    s, k = size("s"), Index("k")
    facts = IndexFacts({U: Range(lin(0), lin(P) - 1), k: Range(lin(0), size("w") - 1)})
    whole = Range(lin(0), times(s, lin(P) - 1) + size("w") - 1)

    assert facts.within(times(s, lin(U)) + lin(k), whole) == []
    assert facts.within(times(s, lin(U)) + lin(k) + 1, whole) != []


@given(numbers, numbers, st.sampled_from(["=", "<="]))
def test_windows_side_by_side_do_not_overlap(shift: int, offset: int, relation: str) -> None:
    """[n d + r relation 0] is decided by d where r stays within one window."""
    e = times(lin(N), lin(U) + shift) + lin(J) * (-1) + offset
    algebra = Algebra(IndexFacts(RANGES))
    found = algebra.normal(Iverson(relation, e, lin(0)))

    for at in places():
        wanted = value(e, at) == 0 if relation == "=" else value(e, at) <= 0
        assert indicated(found, at) == wanted


def indicated(poly: Poly, at: dict[Index | Size, int]) -> int:
    """Return the value of a polynomial of indicators."""
    total = 0
    for factors, c in poly.terms.items():
        term = c
        for factor, _ in factors:
            assert isinstance(factor, IversonFactor)
            number = value(factor.e, at)
            term *= number == 0 if factor.relation == "=" else number <= 0
        total += int(term)
    return total


def test_a_sum_over_windows_meets_each_entry_once() -> None:
    """Σ_i Σ_j [n i + j = n p + q] f(i, j) = f(p, q) for 0 <= j, q < n."""
    p, q = Index("p"), Index("q")
    algebra = Algebra(IndexFacts({p: RANGES[U], q: RANGES[J]}))
    inner = Mul(
        (Iverson("=", times(lin(N), lin(U)) + lin(J), times(lin(N), lin(p)) + lin(q)), Var("f", (lin(U), lin(J))))
    )

    assert algebra.normal(Sum(U, RANGES[U], Sum(J, RANGES[J], inner))) == algebra.normal(Var("f", (lin(p), lin(q))))


WINDOW, WHOLE = Index("u"), Index("v")
ENDS = {
    WINDOW: Range(times(lin(N), lin(U)), times(lin(N), lin(U)) + lin(N) - 1),
    WHOLE: Range(lin(0), times(lin(N), lin(P)) - 1),
}
"""The entries of one window, n i ≤ u < n (i + 1), and those of all."""


@given(lins, st.sampled_from([WINDOW, WHOLE]), st.sampled_from([-2, -1, 1, 2]), numbers, numbers)
def test_what_is_decided_of_an_index_whose_range_ends_at_a_product_holds(
    e: Lin, index: Index, c: int, of_both: int, of_window: int
) -> None:
    e = e + lin(index) * c + times(lin(N), lin(P)) * of_both + times(lin(N), lin(U)) * of_window
    decided = IndexFacts({**RANGES, **ENDS}).at_most_zero(e)

    if decided is not None:
        for at in places():
            ends = ENDS[index]
            for u in range(value(ends.lo, at), value(ends.hi, at) + 1):
                assert (value(e, {**at, index: u}) <= 0) == decided


def test_windows_lie_in_the_whole_and_a_window_at_0_begins_at_0() -> None:
    known = IndexFacts({**RANGES, **ENDS})

    assert known.at_most_zero(times(lin(N), lin(U)) - lin(WINDOW)) is True
    assert known.at_most_zero(lin(N) - times(lin(N), lin(P))) is True
    assert known.at_most_zero(lin(WINDOW)) is None
