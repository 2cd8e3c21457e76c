"""Networks are drawn so that the facts hold, with sizes that show transposes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from small_networks import I, J, K, L, Q, between, flat, fun, mlp, n, targets_sum_to_one, var

from derive.algebra.expr import ONE, ZERO, Expr, IndexValue, Iverson, Num, Pow, Sum
from derive.algebra.index import Index, Lin, Size, lin, size, upto
from derive.errors import NetworkError
from derive.network.network import Fact, Network
from derive.proof.claim import Claim
from derive.proof.draw import Concrete, draw_network
from derive.proof.evaluate import evaluate
from derive.proof.oracle import examine
from derive.proof.sizes import outline, plan

D = upto(size("D"))
HALF = Num(Fraction(1, 2))


def equation(left: Expr, right: Expr, *params: Index) -> Fact:
    return Fact("=", left, right, params, (D,) * len(params), "fact")


def drawn(*facts: Fact) -> Concrete:
    return draw_network(flat(facts=facts), seed=3)


def entry(concrete: Concrete, name: str, *idx: int) -> Fraction:
    value = concrete.number(name, idx, concrete.run())
    assert isinstance(value, Fraction)
    return value


LAWS = {
    "total": equation(Sum(I, D, var("x", I)), ONE),
    "total of rows": equation(Sum(J, D, var("A", I, J)), ONE, I),
    "unit length": equation(Sum(I, D, var("x", I) ** 2), ONE),
    "unit norm": equation(Pow(Sum(I, D, var("x", I) ** 2), HALF), ONE),
    "mean": equation(Sum(I, D, var("x", I)) / IndexValue(size("D")), Num(Fraction(3))),
    "total of zero": equation(Sum(I, D, var("x", I)), ZERO),
    "centred": equation(Sum(I, D, var("x", I) / 2), ZERO),
    "symmetric": equation(var("A", I, J), var("A", J, I), I, J),
    "antisymmetric": equation(var("A", I, J), -var("A", J, I), I, J),
    "rows orthogonal": equation(Sum(Q, D, var("A", I, Q) * var("A", J, Q)), Iverson("=", lin(I), lin(J)), I, J),
    "columns orthogonal": equation(Sum(Q, D, var("A", Q, I) * var("A", Q, J)), Iverson("=", lin(I), lin(J)), I, J),
    "defined by others": equation(var("x", I), fun("exp", var("A", I, I)), I),
    "right side is the leaf": equation(Num(Fraction(7)), var("p")),
    "positive": Fact(">", var("x", I), ZERO, (I,), (D,), "x_i > 0"),
    "between": Fact(">", ONE, var("p"), (), (), "p < 1"),
    "binary": Fact("in", var("x", I), None, (I,), (D,), "x_i in {0, 1}", (ZERO, ONE)),
    "of a size": Fact(">", IndexValue(size("D")), ZERO, (), (), "D > 0"),
    "equal sizes": Fact("=", IndexValue(size("C")), IndexValue(size("D")), (), (), "C = D"),
}


@pytest.mark.parametrize("fact", LAWS.values(), ids=LAWS)
def test_networks_are_found_that_satisfy_the_fact(fact: Fact) -> None:
    sample = examine(Claim(flat(facts=(fact,)), var("p"), var("p")))

    assert (sample.agreed, sample.reason) == (3, "")


@pytest.mark.parametrize("fact", LAWS.values(), ids=LAWS)
def test_the_facts_of_a_claim_count_too(fact: Fact) -> None:
    if fact.relation == "=":
        free = tuple((param, D) for param in fact.params)

        assert fact.right is not None
        assert examine(Claim(flat(), fact.left, fact.right, free, facts=(fact,))).agreed == 3
        assert examine(Claim(flat(), fact.left, fact.right, free)).witness is not None
    else:
        assert examine(Claim(flat(), var("q"), var("q"), facts=(fact,))).agreed == 3


def test_a_total_holds_exactly_in_rationals() -> None:
    concrete = drawn(LAWS["total"])
    entries = [entry(concrete, "x", i) for i in range(1, concrete.size("D", ()) + 1)]

    assert sum(entries) == 1
    assert len(set(entries)) > 1


def test_a_total_of_zero_does_not_make_all_entries_zero() -> None:
    concrete = drawn(LAWS["total of zero"])
    entries = [entry(concrete, "x", i) for i in range(1, concrete.size("D", ()) + 1)]

    assert sum(entries) == 0
    assert any(entries)


def test_a_one_hot_vector_has_one_one() -> None:
    ones = set()
    for seed in range(12):
        concrete = draw_network(flat(facts=(LAWS["binary"], LAWS["total"])), seed)
        entries = [entry(concrete, "x", i) for i in range(1, concrete.size("D", ()) + 1)]

        assert sorted(entries) == [0] * (len(entries) - 1) + [1]
        ones.add(entries.index(1))
    assert len(ones) > 1


def test_what_facts_bound_is_drawn_within() -> None:
    concrete = drawn(Fact(">", var("p"), Num(Fraction(5)), (), (), "p > 5"), LAWS["positive"])

    assert entry(concrete, "p") > 5
    assert entry(concrete, "x", 1) > 0


def test_a_fact_that_no_network_meets_is_the_reason() -> None:
    never = Fact("=", var("p") * 0, ONE, (), (), "0 = 1")

    sample = examine(Claim(flat(facts=(never,)), var("p"), var("p")))

    assert sample.agreed == 0
    assert sample.reason == "no network found that satisfies 0 = 1"


def test_a_fact_about_a_defined_variable_is_checked() -> None:
    positive = Fact(">", var("a", K, I), ZERO, (K, I), (between(1, L), upto(n(K))), "a_ki > 0")
    absolute = Claim(mlp(facts=(positive,)), fun("abs", var("a", 1, 1)), var("a", 1, 1))

    assert examine(absolute).agreed == 3


def test_given_sizes_and_values_are_kept() -> None:
    concrete = draw_network(flat(), 0, {Size("D"): 2}, {("x", (1,)): Fraction(3), ("x", (2,)): Fraction(4)})

    assert evaluate(Sum(I, D, var("x", I) ** 2), concrete) == 25
    assert concrete.size("D", ()) == 2


def test_the_same_seed_draws_the_same_network() -> None:
    assert entry(drawn(), "x", 1) == entry(drawn(), "x", 1)
    assert len({entry(draw_network(flat(), seed), "A", 1, 2) for seed in range(5)}) > 1


def test_depths_are_told_from_widths() -> None:
    assert outline(mlp()).depths == ("L",)
    assert outline(mlp()).widths == ()
    assert set(outline(flat()).widths) == {"C", "D"}


@pytest.mark.parametrize("seed", range(5))
def test_widths_differ_so_that_transposes_show(seed: int) -> None:
    first, second = (plan(outline(mlp()), seed, draw, 0) for draw in (0, 1))

    widths = [first("n", (layer,)) for layer in range(first("L", ()) + 1)]
    assert len(set(widths)) == len(widths)
    assert first("L", ()) != second("L", ())
    assert all(1 <= second("n", (layer,)) <= 4 for layer in range(5))
    other = plan(outline(flat()), seed, 0, 0)
    assert other("C", ()) != other("D", ())


def test_sizes_may_be_fixed_by_each_other() -> None:
    square: tuple[tuple[Size, Lin], ...] = ((Size("n", (lin(K),)), n(lin(K) - 1)),)
    claim = Claim(mlp(), IndexValue(n(2)), IndexValue(n(0)), sizes=square)

    assert examine(claim).agreed == 3
    assert examine(Claim(mlp(), IndexValue(n(2)), IndexValue(n(0)))).witness is not None


def test_an_index_without_a_value_is_an_error() -> None:
    with pytest.raises(NetworkError, match="index i has no value"):
        evaluate(var("x", I), draw_network(flat()))
    with pytest.raises(NetworkError, match="x is not a parameter"):
        list(draw_network(Network((), ())).entries("x"))


def test_a_network_of_the_mlp_meets_its_own_fact() -> None:
    concrete = draw_network(mlp(facts=(targets_sum_to_one(),)), seed=1)
    top = concrete.size("n", (concrete.size("L", ()),))

    assert sum(entry(concrete, "y", i) for i in range(1, top + 1)) == 1
