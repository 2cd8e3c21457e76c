"""Rocq is run safely, and what it says is weighed: no foreign axioms, no admitted proofs, no other library."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from certify_subjects import compiled, subjects, text_of

from derive.certify import library, rocq

REQUIRE = "From Derive Require Import Prelude.\n"


@pytest.mark.parametrize("word", ["Admitted", "Axiom", "Parameter", "Conjecture"])
def test_a_file_that_assumes_something_is_not_even_tried(word: str) -> None:
    text = text_of(subjects()["biases"])

    found = rocq.check(text + f"\n{word} easy : False.\n", Path("/nowhere"))

    assert (found.accepted, found.reason) == (False, f"the word {word} is not allowed in a certificate")


def test_words_in_comments_and_strings_are_no_words_of_the_proof() -> None:
    assert "Axiom" not in rocq.without_comments('(* an Axiom (* or "two" *) *) Check "Axiom".')
    assert rocq.without_comments("a (* b *) c") == "a  c"


def test_another_axiom_is_not_accepted() -> None:
    text = REQUIRE + "Require Import Coq.Logic.ProofIrrelevance. Print Assumptions proof_irrelevance.\n"

    found = rocq.check(text, compiled())

    assert not found.accepted
    assert "proof_irrelevance" in found.reason


def test_a_file_that_does_not_say_what_it_assumes_is_not_accepted() -> None:
    found = rocq.check(REQUIRE + "Theorem certificate : True. Proof. exact Logic.I. Qed.\n", compiled())

    assert (found.accepted, found.reason) == (False, "Rocq did not say what the proof assumes")


def test_a_proof_without_end_is_stopped() -> None:
    endless = REQUIRE + "Theorem t : 0 = 1. Proof. repeat (first [ rewrite <- (Rplus_0_r 0) | idtac ]). Qed.\n"
    start = time.monotonic()

    found = rocq.check(endless, compiled(), seconds=1)

    assert (found.accepted, found.reason) == (False, "time limit")
    assert time.monotonic() - start < rocq.SECONDS


def test_the_reason_of_an_open_proof_is_the_goal_that_is_left() -> None:
    text = REQUIRE + "Theorem t (x : R) : x = x + 1. Proof. close. Qed. Print Assumptions t.\n"

    assert rocq.check(text, compiled()).reason == "left open: (x = x + 1)."


def test_a_changed_library_certifies_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled()
    changed = dict(library.sources())
    changed["Core.v"] += "\nAxiom easy : False.\n"
    monkeypatch.setattr(library, "sources", lambda: changed)

    with pytest.raises(rocq.RocqError, match="not the one of this version"):
        rocq.compiled_library()


def test_a_compiled_library_that_was_tampered_with_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = rocq.compiled_library()
    file = folder / "Prelude.vo"
    before = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(before + b"!")

    assert rocq.compiled_library() == folder
    assert file.read_bytes()[:100] == before[:100]
    assert not file.read_bytes().endswith(b"!")


def test_the_digest_of_the_library_is_that_of_its_sources() -> None:
    assert library.digest() == library.DIGEST


def test_the_vocabulary_is_short() -> None:
    """What has to be trusted can be read in one sitting."""
    lines = [line for line in library.vocabulary().splitlines() if line.strip()]

    assert len(lines) <= 60
    assert "Lemma" not in library.vocabulary()
    assert "Axiom" not in "".join(rocq.without_comments(text) for text in library.sources().values())


def test_the_vocabulary_is_printed_where_trust_is_explained() -> None:
    page = Path(__file__).parent.parent.parent / "docs" / "trust.md"

    assert library.vocabulary().strip() in page.read_text(encoding="utf-8")


def test_the_reason_says_what_is_not_known_of_a_network() -> None:
    """log x is not differentiable for every x, and the statement has been robbed of its hypothesis."""
    text = text_of(subjects()["log derivative"]).replace('(0 < (I ("z", []%Z)))', "(1 = 1)")

    assert rocq.check(text, compiled()).reason == "a function may not be differentiable where it is used."
