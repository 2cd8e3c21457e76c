"""Rocq is run safely, and what it says is weighed: no foreign axioms, no admitted proofs, no other library."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path

import pytest
from certify_subjects import compiled, subjects, text_of

from derive.certify import library, rocq
from derive.confined import runners

REQUIRE = "From Derive Require Import Prelude.\n"


ATTACKS = {
    "an axiom": "Axiom easy : False.",
    "an axiom by a known name": "Module Classical_Prop. Variable classic : False. End Classical_Prop.",
    "a hypothesis": "Hypothesis easy : False.",
    "a parameter": "#[local] Parameter easy : False.",
    "a conjecture": "Conjecture easy : False.",
    "a proof that is given up": "Theorem easy : False. Proof. Admitted.",
    "guards off": "Unset Guard Checking.",
    "a flag that is set": "Set Universe Polymorphism.",
    "guards passed by": "#[bypass_check(guard)] Fixpoint easy (n : nat) : False := easy n.",
    "universes off": "Global Unset Universe Checking.",
    "another meaning of a sign": 'Notation "a = b" := True.',
    "another library": "Require Import Coq.Logic.ProofIrrelevance.",
    "another file": 'Load "other".',
    "a comment that only seems to go on": '(* " *) " *) Axiom easy : False. (* *)',
    "a string that only seems to end": 'Definition text := "(*". Axiom easy : False. Definition more := "*)".',
    "code of a plugin": 'Declare ML Module "coq-core.plugins.ltac".',
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_file_that_does_more_than_define_and_prove_is_not_even_tried(attack: str) -> None:
    text = text_of(subjects()["biases"])
    head, theorem, proof = text.partition("Theorem certificate")

    found = rocq.check(f"{head}{attack}\n{theorem}{proof}", Path("/nowhere"))

    assert not found.accepted
    assert found.reason.endswith("is not allowed in a certificate")


ENDS = {
    "of another theorem": "Print Assumptions certificate.\nTheorem other : True. Proof. exact Logic.I. Qed.",
    "twice": "Print Assumptions certificate.\nPrint Assumptions certificate.",
    "not at all": "",
    "in a comment": "(* Print Assumptions certificate. *)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_file_that_does_not_end_by_what_its_theorem_assumes_is_not_even_tried(end: str) -> None:
    text = text_of(subjects()["biases"]).replace("Print Assumptions certificate.", end)

    found = rocq.check(text, Path("/nowhere"))

    assert (found.accepted, found.reason) == (False, "a certificate ends with what its theorem assumes")


SAID = {
    "by a tactic, before": 'idtac "Closed under the global context"; lra',
    "by a tactic, the axioms too": 'idtac "Axioms:"; lra',
}


@pytest.mark.parametrize("tactic", SAID.values(), ids=SAID)
def test_what_a_proof_says_itself_does_not_count(tactic: str) -> None:
    text = f"{REQUIRE}Theorem t : 1 + 1 = 2. Proof. {tactic}. Qed.\nPrint Assumptions t.\n"

    assert not rocq.check(text, compiled()).accepted


@pytest.mark.parametrize(
    "said",
    [
        "Axioms:\neasy : False",
        "Axioms:\neasy is assumed to be guarded.",
        "Axioms:\nTheory: Type hierarchy is collapsed (logic is inconsistent)",
        "Axioms:",
        "Closed under the global context\nAxioms:\nClassical_Prop.classic : forall P : Prop, P \\/ ~ P",
        "",
    ],
)
def test_only_the_axioms_of_the_reals_may_be_listed(said: str) -> None:
    assert not rocq.judged(said, 0.0).accepted


def test_words_in_comments_and_strings_are_no_words_of_the_proof() -> None:
    assert "Axiom" not in rocq.without_comments('(* an Axiom (* or "two" *) *) Check "Axiom".')
    assert rocq.without_comments("a (* b *) c") == "a  c"


def test_an_axiom_that_is_not_among_the_four_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rocq, "AXIOMS", rocq.AXIOMS - {"Classical_Prop.classic"})

    found = rocq.check(text_of(subjects()["biases"]), compiled())

    assert (found.accepted, found.reason) == (False, "it assumes Classical_Prop.classic")


def test_a_proof_without_end_is_stopped() -> None:
    endless = (
        f"{REQUIRE}Theorem t : 0 = 1. Proof. repeat (first [ rewrite <- (Rplus_0_r 0) | idtac ]). Qed.\n"
        "Print Assumptions t.\n"
    )
    start = time.monotonic()

    found = rocq.check(endless, compiled(), seconds=1)

    assert (found.accepted, found.reason) == (False, "time limit")
    assert time.monotonic() - start < rocq.SECONDS


def test_when_what_runs_are_for_is_given_up_they_all_end_and_none_begins() -> None:
    endless = f"{REQUIRE}Theorem t : 0 = 1. Proof. repeat rewrite <- (Rplus_0_r 0). Qed.\nPrint Assumptions t.\n"
    folder = compiled()
    runs: list[Future[rocq.Checked]] = []

    def interrupted() -> None:
        with runners(jobs=1) as pool:
            runs.extend(pool.submit(rocq.check, endless, folder) for _ in range(3))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    ends = ["cancelled" if run.cancelled() else str(run.exception()) for run in runs]
    assert ends in (["interrupted", "cancelled", "cancelled"], ["cancelled"] * 3)
    assert rocq.check(f"{REQUIRE}Theorem t : 0 = 0. Proof. lra. Qed.\nPrint Assumptions t.\n", folder).accepted


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
