"""What models state about their networks is proved for all sizes; each slip in it is refuted with a witness."""

from __future__ import annotations

import pytest
from bundled_models import NETWORKS

from derive.errors import ModelError
from derive.models.model import parse_model
from derive.models.registry import load_model
from derive.network_theorems import ModelTheorem, of_bundled_models, verdicts

THEOREMS = {theorem.name: theorem for theorem in of_bundled_models()}
SLIPS = {f"{name}: {slip}": (theorem, slip) for name, theorem in THEOREMS.items() for slip in theorem.stated.slips}


def test_every_network_has_theorems_and_no_two_have_one_name() -> None:
    assert len(THEOREMS) == sum(len(load_model(name).theorems) for name in NETWORKS) >= 100
    assert len(NETWORKS) >= 20


@pytest.mark.parametrize("theorem", THEOREMS.values(), ids=THEOREMS)
def test_it_is_proved_for_all_sizes_and_has_three_slips(theorem: ModelTheorem) -> None:
    outcome = theorem.prove()

    assert outcome.word == "proved"
    assert outcome.scope.startswith("all")
    assert len(theorem.stated.slips) >= 3


@pytest.mark.parametrize(("theorem", "slip"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refuted_with_a_witness(theorem: ModelTheorem, slip: str) -> None:
    found = verdicts(theorem.model, theorem.stated.slipped(slip))

    assert "refuted" in {link.word for link in found}, theorem.stated.slipped(slip)
    assert any(link.witness for link in found), [link.message for link in found]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("[[theorems]]\nname = 'x'", "a theorem has a"),
        ("[[theorems]]\nname = 'x'\nformula = 'e = e'\nslips = {a = ['e']}", "a slip is what stands there"),
        ("[[theorems]]\nname = 'x'\nformula = 'e = e'\nslips = {a = ['z', 'e']}", "has no z to be written wrongly"),
    ],
)
def test_what_is_no_theorem_is_a_fault_of_the_model(rows: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        parse_model(f"forward = ['e = w^2']\n{rows}")
