"""What a formula was read as, written down, says the same: it is read back and proved again."""

from __future__ import annotations

from itertools import groupby, islice

import pytest

from derive.network_theorems import ModelTheorem, of_bundled_models, proofs, verdicts
from derive.writing.claims import claim_latex, claims_latex

SAMPLE = [
    theorem
    for _, group in groupby(of_bundled_models(), key=lambda theorem: theorem.network)
    for theorem in islice(group, 2)
]


@pytest.mark.parametrize("theorem", SAMPLE, ids=lambda theorem: theorem.name)
def test_a_reading_is_read_back_and_proved(theorem: ModelTheorem) -> None:
    for link in proofs(theorem.model, theorem.stated.formula, 10):
        for claim, _ in link.claims:
            (verdict,) = verdicts(theorem.model, claim_latex(claim, theorem.model.notation))

            assert verdict.word == "proved", verdict


def test_a_reading_says_the_ranges_of_the_free_indices() -> None:
    (theorem,) = (theorem for theorem in SAMPLE if theorem.name == "linear-regression: residuals")
    ((claim, _),) = (pair for link in proofs(theorem.model, theorem.stated.formula, 10) for pair in link.claims)

    assert claim_latex(claim, theorem.model.notation) == (
        r"\frac{\partial J}{\partial h_i} = h_i - y_i \quad (1 \le i \le m)"
    )
    assert claims_latex((claim, claim), theorem.model.notation).count(r"; \quad ") == 1
    assert claims_latex((), theorem.model.notation) == ""
