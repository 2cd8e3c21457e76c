"""A certificate follows only the steps of the search that its proof needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from certify_subjects import subjects, with_right

from derive.algebra.expr import ZERO
from derive.certify.certificate import Subject, certify, without_idle_steps
from derive.certify.collect import subjects_of_models
from derive.network_theorems import ModelTheorem, of_bundled_models
from derive.proof.hints import Hints, Path, Split


def theorem(network: str, name: str) -> Subject:
    wanted = [t for t in of_bundled_models() if isinstance(t, ModelTheorem) and t.name == f"{network}: {name}"]
    (subject,) = subjects_of_models(wanted)
    return subject


def paths(hints: Hints | None) -> Iterator[Path]:
    match hints:
        case Path():
            yield hints
        case Split(holds=holds, fails=fails):
            yield from paths(holds)
            yield from paths(fails)


@pytest.mark.parametrize("name", subjects())
def test_steps_are_left_out_and_none_is_made_up(name: str) -> None:
    found = subjects()[name]
    brief = without_idle_steps(found)

    assert brief.claim == found.claim
    for short, whole in zip(paths(brief.verdict.hints), paths(found.verdict.hints), strict=True):
        steps = iter(whole.steps)
        assert all(step in steps for step in short.steps)


def test_what_lies_above_both_sides_is_not_expanded() -> None:
    found = theorem("transformer-block", "scores")
    (whole,), (short,) = paths(found.verdict.hints), paths(without_idle_steps(found).verdict.hints)

    assert len(short.steps) == 2 < len(whole.steps)
    assert certify(found, None).text.count("expand [") == 2


def test_the_proof_of_another_claim_stays_as_it_is() -> None:
    found = with_right(theorem("transformer-block", "scores"), ZERO)

    assert without_idle_steps(found).verdict.hints == found.verdict.hints
