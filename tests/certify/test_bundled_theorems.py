"""The bundled theorems are accepted by Rocq; slips of them are not, and of some the negation is proved."""

from __future__ import annotations

import pytest
from certify_subjects import SLIPS, compiled, slip, subjects, text_of, twice

from derive.certify import rocq
from derive.certify.certificate import Subject, certify, file_text, stated
from derive.certify.collect import subjects_of_models
from derive.certify.statement import statement_of
from derive.network_theorems import of_bundled_models

QUICK = ("softmax Jacobian", "hidden layer", "input", "unrolled", "relu derivative")
QUICK_SLIPS = ("a factor 2", "transpose lost", "slope lost")
LARGEST = 10_000


@pytest.mark.parametrize("name", QUICK)
def test_a_theorem_is_certified(name: str) -> None:
    made = certify(subjects()[name], compiled())

    assert (made.status, made.reason) == ("certified", "")
    assert set(made.axioms) <= rocq.AXIOMS
    assert len(made.text.encode()) < LARGEST


@pytest.mark.certify
@pytest.mark.parametrize("name", [name for name in subjects() if name not in QUICK])
def test_every_other_theorem_is_certified(name: str) -> None:
    test_a_theorem_is_certified(name)


OF_MODELS = {
    "conv1d: kernels": "a stride: an index that is a product",
    "skip-gram: drawn words": "sigmoid of the opposite",
    "attention-causal: keys, from the positions behind": "a sum that a mask cuts off",
    "layer-norm: the standard deviation's slope": "a root that is multiplied out",
    "batch-norm: variance": "a root beside what it is the root of",
    "transformer-block: value weights of a head": "three sums in another order",
    "transformer-block: scores": "what lies far above both sides",
    "max-pooling: the gradient of a channel is handed on whole": "a sum that a delta further inside fixes",
    "average-pooling: inputs by window and place in it": "windows beside each other",
    "rms-norm: the gradient is orthogonal to the input": "what a root tells of a sum",
}


@pytest.mark.certify
@pytest.mark.parametrize("name", OF_MODELS, ids=OF_MODELS.values())
def test_a_theorem_of_a_model_is_certified(name: str) -> None:
    (subject,) = subjects_of_models(theorem for theorem in of_bundled_models() if theorem.name == name)

    made = certify(subject, compiled())

    assert (made.status, made.reason) == ("certified", "")


@pytest.mark.parametrize("name", QUICK_SLIPS)
def test_a_slip_is_not_accepted(name: str) -> None:
    found = rocq.check(text_of(slip(name)), compiled())

    assert not found.accepted
    assert found.reason.startswith("left open:")  # not a limit of time, nor a fault of the file


@pytest.mark.certify
@pytest.mark.parametrize("name", [name for name in SLIPS if name not in QUICK_SLIPS])
def test_no_other_slip_is_accepted(name: str) -> None:
    found = rocq.check(text_of(slip(name)), compiled())

    assert not found.accepted
    assert found.reason != "time limit"


@pytest.mark.certify
@pytest.mark.parametrize("name", list(subjects()))
def test_twice_a_theorem_is_not_accepted(name: str) -> None:
    found = rocq.check(text_of(twice(subjects()[name])), compiled())

    assert not found.accepted
    assert found.reason != "time limit"


SUM_IS_ONE = """
Theorem negation : ~ Wrong.statement.
Proof.
  intros W.
  set (n := fun _ : Z => 1%Z).
  destruct (pass_exists (Right.network n 1 1 (fun x => x) (fun _ => 1)) (Right.rank n 1) (fun _ => 0)) as [I [P _]].
  { let N := constr:(Right.network n 1 1 (fun x => x) (fun _ => 1)) in prove_ranked N (Right.rank n 1). }
  assert (G : forall x : R, is_derive (fun x : R => x) x 1) by (intros; apply d_id).
  destruct (Right.certificate n 1%Z 1%Z (fun x => x) (fun _ => 1) I) as [d [D E]];
    [unfold n; lia | exact G | exact P |].
  destruct (W n 1%Z 1%Z (fun x => x) (fun _ => 1) I) as [d' [D' E']]; [unfold n; lia | exact G | exact P |].
  assert (S : sumZ 1 (n 1%Z) (fun i => d ("loss", []) ("a", [1%Z; i]))
    = sumZ 1 (n 1%Z) (fun i => d' ("loss", []) ("a", [1%Z; i])))
    by (apply sumZ_ext; intros; eapply pd_unique; [apply D | apply D']).
  rewrite E, E' in S. lra.
Qed.
"""
IDENTITY = """
Theorem negation : ~ Wrong.statement.
Proof.
  intros W.
  destruct (pass_exists Right.network Right.rank (fun _ => 0)) as [I [P _]].
  { let N := constr:(Right.network) in prove_ranked N Right.rank. }
  destruct (Right.certificate I P) as [d [D E]].
  destruct (W I P) as [d' [D' E']].
  assert (S := pd_unique _ _ _ _ _ _ (D _ _) (D' ("expression 1", []) ("z", []))).
  rewrite E, E' in S. lra.
Qed.
"""
NEGATED = {"the sum is 1": ("output gradient sum", SUM_IS_ONE), "the slope is 3": ("identity derivative", IDENTITY)}


@pytest.mark.parametrize("name", NEGATED)
def test_the_negation_of_a_slip_is_proved(name: str) -> None:
    """What the certificate of a slip says is false, not only out of reach of its proof."""
    theorem, proof = NEGATED[name]
    right = subjects()[theorem]
    wrong = slip(name) if name in SLIPS else twice(right)
    parts = [_module("Right", _plain(right)), _module("Wrong", statement_of(wrong.claim).text), proof]
    text = "\n".join([*parts, "Print Assumptions negation."])

    found = rocq.check("From Derive Require Import Prelude.\n" + text, compiled())

    assert (found.accepted, found.reason) == (True, "")


def _module(name: str, text: str) -> str:
    return f"Module {name}.\n{text}\nEnd {name}."


def _plain(subject: Subject) -> str:
    """Return the certificate that says nothing of sizes, without what stands before and behind its theorem."""
    statement = stated(subject)
    text = file_text(subject, statement, subject.verdict.hints)
    return text[text.index("Definition network") : text.index("Print Assumptions")]
