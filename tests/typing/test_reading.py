"""The table of choices: each row can be taken, said and taken back; only what a formula leaves open is tried."""

from __future__ import annotations

import pytest

from derive.typing.ceiling import OPEN
from derive.typing.reading import CHOICES, Choice, Reading

USUAL = Reading()
ROWS = Reading().choosing(gradients="row")


@pytest.mark.parametrize("row", CHOICES, ids=lambda row: row.name)
def test_each_choice_can_be_made_and_taken_back(row: Choice) -> None:
    for value in row.others(row.values[0]):
        other = USUAL.choosing(**{row.name: value})

        assert other[row.name] == value
        assert other != USUAL
        assert other.choosing(**{row.name: row.values[0]}) == USUAL
        assert other.ceiling == row.ceilings.get(value, OPEN)
        assert other.differs_from(USUAL) == ((row.notes[value],) if value in row.notes else ())


@pytest.mark.parametrize("row", CHOICES, ids=lambda row: row.name)
def test_only_what_a_formula_leaves_open_is_tried(row: Choice) -> None:
    usual = USUAL if row.applies(USUAL) else ROWS

    others = [other[row.name] for other in usual.alternatives({row.name}, usual, misfit=row.misfit)]
    assert others == list(row.others(usual[row.name]))
    assert bool(list(usual.alternatives({row.name}, usual))) == (not row.misfit)
    assert not list(usual.alternatives(set(), usual))
    assert bool(list(usual.alternatives({row.name}, usual, misfit=True))) == row.shapes


def test_a_choice_of_the_model_is_usual_there() -> None:
    assert [other["gradients"] for other in ROWS.alternatives({"gradients"}, ROWS)] == ["variable"]
    assert ROWS.differs_from(ROWS) == ()
    assert not list(USUAL.alternatives({"matrices"}, USUAL))


def test_where_the_meaning_of_letters_is_guessed_nothing_is_refuted() -> None:
    assert USUAL.choosing(letters="numbers").ceiling.refutation is not None
    assert USUAL.choosing(letters="numbers").ceiling.proof is None
    assert USUAL.choosing(letters="own").ceiling == OPEN
    doubted = USUAL.choosing(letters="numbers", stacking="rows").ceiling
    assert doubted.proof is not None
    assert doubted.refutation is not None


def test_what_no_row_has_cannot_be_chosen() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        USUAL.choosing(jacobian="sideways")
    with pytest.raises(KeyError):
        USUAL.choosing(colour="red")
