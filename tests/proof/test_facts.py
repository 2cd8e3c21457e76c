"""Assumptions as rewriting rules: they are used where they hold, and nowhere else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from small_networks import I, J, between, fun, var

from derive.algebra.expr import ONE, ZERO, Expr, IndexValue, Iverson, Num, Pow, Step, Sum, Var
from derive.algebra.index import Index, Lin, Range, fresh, lin, size, upto
from derive.algebra.normal_form import POSITIVE_PARTS
from derive.network.network import Fact, Leaf, Network
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge
from derive.proof.prover import Prover
from derive.proof.verdict import Refuted

N, C = size("N"), size("C")
A, B = Index("a"), Index("b")
LEAVES = (
    Leaf("y", (A,), (upto(C),)),
    Leaf("z", (A,), (upto(C),)),
    Leaf("T", (A, B), (upto(N), upto(C))),
    Leaf("S", (A, B), (upto(C), upto(C))),
    Leaf("p"),
    Leaf("q"),
)
FREE = ((I, upto(C)), (J, upto(C)))


def total(over: Lin | Range, entry: str, *before: Index) -> Sum:
    index = fresh("s")
    return Sum(index, over if isinstance(over, Range) else upto(over), var(entry, *before, index))


def equal(left: Expr, right: Expr, params: tuple[Index, ...] = (), ranges: tuple[Range, ...] = ()) -> Fact:
    return Fact("=", left, right, params, ranges, "equal")


def positive(left: Expr, params: tuple[Index, ...] = (), ranges: tuple[Range, ...] = ()) -> Fact:
    return Fact(">", left, ZERO, params, ranges, "positive")


def one_of(left: Expr, *values: int, params: tuple[Index, ...] = (), ranges: tuple[Range, ...] = ()) -> Fact:
    return Fact("in", left, None, params, ranges, "one of", tuple(Num(Fraction(v)) for v in values))


def verdict(left: Expr, right: Expr, *facts: Fact, free: tuple[tuple[Index, Range], ...] = FREE) -> object:
    return judge(Claim(Network((), LEAVES, facts), left, right, free))


SUMS_TO_ONE = equal(total(C, "y"), ONE)
ROWS_SUM_TO_ONE = equal(total(C, "T", A), ONE, (A,), (upto(N),))
SYMMETRIC = equal(var("S", A, B), var("S", B, A), (A, B), (upto(C), upto(C)))
BINARY = one_of(var("y", A), 0, 1, params=(A,), ranges=(upto(C),))
SIGNS = one_of(var("y", A), -1, 1, params=(A,), ranges=(upto(C),))
ALL_POSITIVE = positive(var("y", A), (A,), (upto(C),))

PROVED: dict[str, tuple[Expr, Expr, Fact]] = {
    "Σ y = 1": (var("p") * total(C, "y"), var("p"), SUMS_TO_ONE),
    "inside a larger sum": (
        Sum(A, upto(N), var("z", 1) * total(C, "T", A)) / IndexValue(N),
        var("z", 1),
        ROWS_SUM_TO_ONE,
    ),
    "under a sum that binds the same names": (Sum(A, upto(N), total(C, "T", A)), IndexValue(N), ROWS_SUM_TO_ONE),
    "symmetry": (var("S", I, J) - var("S", J, I), ZERO, SYMMETRIC),
    "symmetry in a product": (
        Sum(A, upto(C), var("S", A, I) * var("y", A)),
        Sum(A, upto(C), var("S", I, A) * var("y", A)),
        SYMMETRIC,
    ),
    "y ∈ {0, 1}": (var("y", I) ** 3, var("y", I), BINARY),
    "1 - y ∈ {0, 1}": ((1 - var("y", I)) ** 2, 1 - var("y", I), BINARY),
    "y ∈ {-1, 1}": (var("y", I) ** 2, ONE, SIGNS),
    "y > 0": (Step(var("y", I)), ONE, ALL_POSITIVE),
    "log under y > 0": (fun("log", var("y", I) ** 2), 2 * fun("log", var("y", I)), ALL_POSITIVE),
    "√y² under y > 0": (Pow(var("y", I) ** 2, Num(Fraction(1, 2))), var("y", I), ALL_POSITIVE),
    "Σ y > 0": (Step(total(C, "y")), ONE, ALL_POSITIVE),
    "1/p = q": (var("p") * var("q"), ONE, equal(1 / var("p"), var("q"))),
    "√p = q": (var("p"), var("q") ** 2, equal(Pow(var("p"), Num(Fraction(1, 2))), var("q"))),
    "p² = q": (var("p") ** 4, var("q") ** 2, equal(var("p") ** 2, var("q"))),
    "an entry": (var("y", 1) * var("p"), var("p"), equal(var("y", 1), ONE)),
}


@pytest.mark.parametrize(("left", "right", "fact"), PROVED.values(), ids=PROVED)
def test_with_the_fact_it_is_proved_and_the_fact_is_named(left: Expr, right: Expr, fact: Fact) -> None:
    found = verdict(left, right, fact)

    assert isinstance(found, Proved), found
    assert fact.text in found.assumptions


@pytest.mark.parametrize(("left", "right", "fact"), PROVED.values(), ids=PROVED)
def test_without_the_fact_it_is_not_proved(left: Expr, right: Expr, fact: Fact) -> None:
    found = verdict(left, right)

    assert fact.text
    assert not isinstance(found, Proved) or POSITIVE_PARTS in found.assumptions


def test_a_fact_that_is_not_needed_is_not_named() -> None:
    found = verdict(var("y", I) + var("p"), var("p") + var("y", I), BINARY, positive(var("p")))

    assert isinstance(found, Proved)
    assert found.assumptions == ()


LATE: tuple[tuple[Index, ...], tuple[Range, ...]] = ((A,), (between(2, C),))
NOT_PROVED: dict[str, tuple[Expr, Expr, Fact]] = {
    "an equation outside its range": (var("y", I), ONE, equal(var("y", A), ONE, *LATE)),
    "positive outside its range": (Step(var("y", I)), ONE, positive(var("y", A), *LATE)),
    "binary outside its range": (
        var("y", I) ** 2, var("y", I), one_of(var("y", A), 0, 1, params=LATE[0], ranges=LATE[1])
    ),
    "one entry is not all": (var("y", I), ONE, equal(var("y", 1), ONE)),
    "one positive entry is not all": (Step(var("y", I)), ONE, positive(var("y", 1))),
    "one binary entry is not all": (var("y", I) ** 2, var("y", I), one_of(var("y", 1), 0, 1)),
    "p² = 1 does not say p = 1": (var("p"), ONE, equal(var("p") ** 2, ONE)),
    "p² = q says nothing of p³": (var("p") ** 3, var("q"), equal(var("p") ** 2, var("q"))),
    "part of a sum": (total(between(2, C), "y"), ONE, SUMS_TO_ONE),
    "a weighted sum": (Sum(A, upto(C), var("y", A) * var("z", A)), ONE, SUMS_TO_ONE),
    "a column instead of a row": (Sum(A, upto(N), var("T", A, 1)), ONE, ROWS_SUM_TO_ONE),
    "a triangular sum": (
        Sum(A, upto(C), var("y", A) * total(lin(A), "z")),
        total(C, "z"),
        SUMS_TO_ONE,
    ),
    "y ∈ {0, 2}": (var("y", I) ** 2, var("y", I), one_of(var("y", A), 0, 2, params=(A,), ranges=(upto(C),))),
    "p > -1": (Step(var("p")), ONE, Fact(">", var("p"), Num(Fraction(-1)), (), (), "p > -1")),
    "p > q": (Step(var("p")), ONE, Fact(">", var("p"), var("q"), (), (), "p > q")),
}  # fmt: skip


@pytest.mark.parametrize(("left", "right", "fact"), NOT_PROVED.values(), ids=NOT_PROVED)
def test_a_fact_says_no_more_than_it_says(left: Expr, right: Expr, fact: Fact) -> None:
    claim = Claim(Network((), LEAVES, (fact,)), left, right, FREE)

    assert Prover(claim).prove() is None


def test_what_is_known_of_an_index_of_the_claim_is_not_known_of_a_parameter_of_that_name() -> None:
    """y_i = [i = 1] for all i; where the claim is about an i other than 1, y_1 is still 1."""
    one_hot = equal(var("y", I), Iverson("=", lin(I), lin(1)), (I,), (upto(C),))
    delta = Iverson("=", lin(I), lin(1))

    assert isinstance(verdict((1 - delta) * var("y", 1), 1 - delta, one_hot), Proved)
    assert isinstance(verdict((1 - delta) * var("y", 1), ZERO, one_hot), Refuted)


@pytest.mark.parametrize(
    "fact", [equal(var("p"), var("p") + 1), equal(var("y", A), var("y", lin(A) + 1), (A,), (upto(C),))]
)
def test_a_fact_that_speaks_of_itself_does_not_run_in_circles(fact: Fact) -> None:
    claim = Claim(Network((), LEAVES, (fact,)), var("p") * var("y", 1), ZERO, FREE)

    assert Prover(claim).prove() is None


def test_a_fact_may_be_written_the_other_way_round() -> None:
    claim = Claim(Network((), LEAVES, (equal(ONE, total(C, "y")),)), total(C, "y"), ONE)

    assert Prover(claim).prove() is not None


def test_two_facts_that_undo_each_other_come_to_an_end() -> None:
    facts = (equal(var("p"), var("q")), equal(var("q"), var("p")))

    assert Prover(Claim(Network((), LEAVES, facts), var("p"), ZERO)).prove() is None


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("example", [lin(1), lin(2), lin(I)])
def test_a_sum_that_is_written_out_at_a_given_size_tells_its_last_entry(classes: int, example: Lin) -> None:
    """Σ_c T_nc = 1 for N = 2 examples: T_n1 + … + T_nC = 1, and no less."""
    entries = [Var("T", (example, lin(c))) for c in range(1, classes + 1)]
    sizes = ((C.atom, lin(classes)), (N.atom, lin(2)))
    written = sum(entries[1:], entries[0])

    def at_these(left: Expr, right: Expr) -> object:
        network = Network((), LEAVES, (ROWS_SUM_TO_ONE,))
        return judge(Claim(network, left, right, ((I, Range(lin(1), lin(2))),), sizes))  # type: ignore[arg-type]

    assert isinstance(at_these(written, ONE), Proved)
    assert isinstance(at_these(entries[-1] * entries[0], entries[0] - sum(entries[:-1], ZERO) * entries[0]), Proved)
    assert isinstance(at_these(entries[0], ONE), Refuted)
    assert isinstance(at_these(written * 2, ONE), Refuted)
