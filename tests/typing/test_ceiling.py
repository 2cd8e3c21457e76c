"""How far a reading may be trusted: doubts combine by their meet, and no verdict goes beyond them."""

from itertools import product

import pytest
from verdicts import VECTORS, findings

from derive.typing.ceiling import OPEN, Ceiling, Reason, only_proves, only_refutes

DOUBT, OTHER = Reason("a doubt"), Reason("another one")
CEILINGS = [Ceiling(proof, refutation) for proof, refutation in product((None, DOUBT, OTHER), repeat=2)]


@pytest.mark.parametrize("one", CEILINGS)
@pytest.mark.parametrize("other", CEILINGS)
def test_what_does_not_count_in_one_does_not_count_in_the_meet(one: Ceiling, other: Ceiling) -> None:
    both = one.meet(other)

    assert (both.proof is None) == (one.proof is None and other.proof is None)
    assert (both.refutation is None) == (one.refutation is None and other.refutation is None)


@pytest.mark.parametrize("ceiling", CEILINGS)
def test_the_meet_with_itself_or_with_no_doubt_changes_nothing(ceiling: Ceiling) -> None:
    assert ceiling.meet(ceiling) == ceiling.meet(OPEN) == OPEN.meet(ceiling) == ceiling


def test_the_two_kinds_of_doubt() -> None:
    assert only_refutes(DOUBT).meet(only_proves(OTHER)) == Ceiling(DOUBT, OTHER)


def test_a_false_formula_of_letters_that_nothing_declares_is_not_refuted() -> None:
    (found,) = findings(VECTORS, "(p + q)^2 = p^2 + q^2")

    assert found.word == "not-understood"
    assert found.code == "D002"
