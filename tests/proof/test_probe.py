"""Networks that are kept for many claims tell what is false, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_networks import I, targets_sum_to_one, var
from test_oracle import SLIPS, TRUE

from derive.algebra.index import lin
from derive.budget import Budget
from derive.proof.claim import Claim
from derive.proof.probe import Probe


@pytest.fixture(scope="module")
def probe() -> Probe:
    return Probe(0, Budget(1_000_000))


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_a_true_claim_does_not_differ(claim: Claim, probe: Probe) -> None:
    assert probe.left(claim) == probe.values(claim, claim.left)
    assert probe.left(claim)
    assert probe.differs(claim) is False
    assert probe.differs(replace(claim, right=claim.right + 1))


@pytest.mark.parametrize("claim", SLIPS.values(), ids=SLIPS)
def test_a_slip_differs(claim: Claim, probe: Probe) -> None:
    assert probe.differs(claim)
    assert probe.differs(replace(claim, right=claim.left)) is False


def test_a_side_without_a_value_differs_from_one_that_has_one(probe: Probe) -> None:
    assert probe.differs(replace(SLIPS["sign"], right=var("o", lin(I) + 100)))


def test_what_cannot_be_evaluated_is_not_known(probe: Probe) -> None:
    claim = SLIPS["sign"]
    beyond = replace(claim, right=var("o", lin(I) + 100))

    assert probe.differs(replace(claim, left=beyond.right)) is None
    assert Probe(0, Budget(3)).differs(claim) is None


def test_the_networks_meet_the_facts_that_are_assumed(probe: Probe) -> None:
    claim = SLIPS["without the fact"]

    assert probe.differs(claim)
    assert probe.differs(replace(claim, facts=(targets_sum_to_one(),))) is False
