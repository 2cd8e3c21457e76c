"""The checker on the project's own lectures: one item per formula, and never the opposite of the truth."""

from __future__ import annotations

from pathlib import Path

import pytest
from score_lectures import ACCEPTED, LECTURES, Expectation, expectations, lectures, report

GAPS_FILE = LECTURES / "known_gaps.txt"
ALL = [expectation for path in lectures() for expectation in expectations(path)]
ONE_WORKER_EACH = [
    pytest.param(one, id=one.place, marks=pytest.mark.xdist_group(one.path.name)) for one in ALL
]  # a lecture is checked once, and asked about each of its formulas


def known_gaps() -> dict[str, str]:
    """Return place -> reason for the formulas that the checker cannot judge yet."""
    lines = GAPS_FILE.read_text(encoding="utf-8").splitlines()
    entries = (line.partition(" ") for line in lines if line.strip() and not line.startswith("#"))
    return {place: reason.strip() for place, _, reason in entries}


GAPS = known_gaps()


@pytest.mark.parametrize("expectation", ONE_WORKER_EACH)
def test_a_formula_gets_the_verdict_that_it_deserves(expectation: Expectation) -> None:
    verdict = expectation.verdict(report(expectation.path).findings)

    assert not expectation.is_severe(verdict), f"{expectation.truth} formula {verdict}: {expectation.latex}"
    gap = GAPS.get(expectation.place)
    if gap is None:
        assert expectation.accepts(verdict), f"{verdict}, expected {expectation.truth}: {expectation.latex}"
    else:
        assert not expectation.accepts(verdict), f"closed; remove {expectation.place} from {GAPS_FILE.name}"
        pytest.xfail(f"{verdict}, expected {expectation.truth}: {gap}")


@pytest.mark.parametrize("path", lectures(), ids=lambda path: path.name)
def test_a_lecture_states_an_expectation_before_each_of_its_formulas(path: Path) -> None:
    stated = expectations(path)

    assert len(stated) >= 4
    assert {"proved", "refuted"} <= {expectation.truth for expectation in stated} <= set(ACCEPTED)
    assert all(expectation.latex.strip() for expectation in stated)


def test_every_known_gap_is_a_formula_and_has_a_reason() -> None:
    places = {expectation.place for expectation in ALL}

    assert set(GAPS) <= places
    assert all(GAPS.values())
