"""What is twice as large as it should be is never proved: the first term of each true right side is doubled.

These come after the verdicts on the lectures, which are recalled: only what was changed is judged anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from score_lectures import JUDGED, Expectation, expectations, lectures

from derive.check import CheckOptions, check_document
from derive.recall import Recall


def can_be_doubled(expectation: Expectation) -> bool:
    """Whether the formula is one true equation whose right side is not zero."""
    latex = expectation.latex
    right = latex.rpartition(" = ")[2]
    return (
        expectation.truth == "proved"
        and latex.count("=") == latex.count(" = ") == 1
        and bool(right.split(r"\q")[0].strip("$ 0."))
        and not latex.startswith("$$=")
    )


def doubled(path: Path) -> tuple[str, list[int]]:
    """Return the text of a lecture with 2 before each right side that allows it, and the lines of these formulas."""
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = []
    for expectation in expectations(path):
        if can_be_doubled(expectation):
            for number in range(expectation.line - 1, expectation.end - 1):
                lines[number] = lines[number].replace(" = ", r" = 2\, ")
            changed.append(expectation.line)
    return "\n".join(lines) + "\n", changed


MUTABLE = [path for path in lectures() if path.suffix == ".md" and doubled(path)[1]]


BESIDE_THEIR_VERDICTS = [pytest.param(path, id=path.name, marks=pytest.mark.xdist_group(path.name)) for path in MUTABLE]


@pytest.mark.parametrize("path", BESIDE_THEIR_VERDICTS)
def test_a_doubled_first_term_is_never_proved(path: Path, tmp_path: Path) -> None:
    text, changed = doubled(path)
    mutant = tmp_path / path.name
    mutant.write_text(text, encoding="utf-8")

    recall = Recall(JUDGED.get(path, {}))
    findings = check_document(mutant, CheckOptions(mends=False), recall=recall).findings
    proved = [
        expectation.latex
        for expectation in expectations(mutant)
        if expectation.line in changed and expectation.verdict(findings) == "proved"
    ]

    assert proved == []


def test_nearly_every_lecture_has_something_to_double() -> None:
    assert len(MUTABLE) > 0.9 * len([path for path in lectures() if path.suffix == ".md"])
