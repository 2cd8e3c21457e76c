"""What a statement says, and that it says no more and no less than the verdict."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations

import pytest
from certify_subjects import subjects

from derive.algebra.expr import Num, Pow, Var
from derive.algebra.functions import call
from derive.algebra.index import lin
from derive.certify.certificate import _needed, certify, stated
from derive.certify.collect import subjects_of_models
from derive.certify.conditions import Condition, Conditions
from derive.certify.names import RESERVED, Names
from derive.certify.script import proof_of
from derive.certify.statement import statement_of
from derive.network.network import Leaf, Network
from derive.network_theorems import of_bundled_models
from derive.proof.claim import Claim
from derive.proof.hints import Path, Split
from derive.proof.kernel import Proved, judge
from derive.proof.theorems import theorems


def said(name: str, *positive: str) -> str:
    subject = subjects()[name]
    return stated(subject, positive).text


def test_a_statement_can_be_read() -> None:
    text = said("hidden layer")

    layer = r"Bind 1 \(L - 1\)%Z \(fun (k\d) => Bind 1 \(n \1\) \(fun (i\d) => Body \(Fn g g' \(Var \("
    assert re.search(layer, text)
    assert "(forall x, is_derive (g) x (g' x)) ->" in text
    assert "forall k, (1 <= k <= L - 1)%Z ->\n  forall i, (1 <= i <= (n k))%Z ->" in text


def test_nothing_is_said_of_sizes_where_nothing_is_needed() -> None:
    assert "1 <= L)" not in said("hidden layer")
    assert "((1 <= L)%Z) ->" in said("hidden layer", "L")
    assert "(1 <= n " not in said("hidden layer", "L")
    assert "(forall z0, (1 <= n z0)%Z) ->" in said("hidden layer", "n")


def test_facts_are_hypotheses_where_the_verdict_assumes_them() -> None:
    assert "(* assumed: the targets sum to 1 *)" in said("softmax + cross-entropy (distribution)")
    assert "assumed" not in said("softmax + cross-entropy (vector)")


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("relu derivative", '((I ("z", []%Z)) <> 0) ->'),
        ("log derivative", '(0 < (I ("z", []%Z))) ->'),
        ("abs derivative", '((I ("z", []%Z)) <> 0) ->'),
    ],
)
def test_kinks_and_domains_are_hypotheses_at_the_point(name: str, condition: str) -> None:
    assert condition in said(name)


def test_of_what_is_positive_it_is_not_said_that_it_is_not_0() -> None:
    assert said("log derivative").count("where it is differentiable") == 1


def test_what_is_surely_positive_needs_no_hypothesis() -> None:
    assert "differentiable" not in said("softmax + cross-entropy (class)")


def test_the_kinks_of_a_network_are_named_at_its_definitions() -> None:
    theorem = next(t for t in theorems("relu") if t.name == "pre-activation")
    text = statement_of(theorem.claim()).text

    assert re.search(r'-> \(I \("a", \[k\d; i\d\]%Z\)\) <> 0\) ->', text)


def test_a_product_of_indices_is_a_product() -> None:
    """As an open function it could not be at least 1 everywhere, and no network would meet that."""
    (subject,) = subjects_of_models(t for t in of_bundled_models() if t.name == "conv1d: kernels")
    made = certify(subject, None)

    assert made.status == "unchecked"
    assert re.search(r'"x", \[n\d; c\d; k\d \+ \(i\d \* s\)%Z\]%Z', made.text)


def test_two_things_of_one_name_get_two_identifiers() -> None:
    names = Names()

    assert names.of("function g", "g", primes=2) == "g"
    assert names.of("index g", "g") == "g1"
    assert names.of("index g prime", "g'") not in {"g", "g1", "g'"}
    assert names.of("index I", "I") not in RESERVED


def test_a_certificate_that_is_not_checked_says_so() -> None:
    made = certify(subjects()["biases"], None)

    assert (made.status, made.reason, made.axioms) == ("unchecked", "coqc was not run", ())
    assert made.text.index("= the statement =") < made.text.index("= the proof =")


def test_the_hints_of_the_search_are_the_steps_of_the_proof() -> None:
    text = certify(subjects()["input"], None).text

    assert 'expand [Above ("loss", []%Z) ("x", [Some i]%Z)].' in text
    assert 'expand [Above ("loss", []%Z) ("h", [Some 0; Some i]%Z)].' in text


def test_hints_do_not_make_verdicts_differ() -> None:
    claim: Claim = subjects()["biases"].claim
    one, two = judge(claim), judge(claim)

    assert isinstance(one, Proved)
    assert one == two


def test_a_statement_is_about_the_part_of_the_network_that_its_claim_mentions() -> None:
    text = said("softmax")

    assert '("yhat"' in text
    assert '("loss"' not in text


def test_what_a_product_needs_is_said_of_its_factors() -> None:
    z = Var("z")
    conditions = Conditions(Network((), (Leaf("z"),)))
    square = Pow(z, Num(Fraction(2)))

    assert list(conditions.of(1 / (2 * square))) == [Condition((), z, "<> 0")]
    assert list(conditions.of(call("log", square))) == [Condition((), z, "<> 0")]
    assert list(conditions.of(call("log", 1 + square))) == []
    assert list(conditions.of(call("log", call("exp", z) + square))) == []
    assert list(conditions.of(call("log", z))) == [Condition((), z, "> 0")]


def test_cases_within_cases_have_names_of_their_own() -> None:
    subject = subjects()["biases"]
    (k, _), (i, _) = subject.claim.free
    inner = Split("=", lin(i) - 1, Path(), Path())
    hints = Split("=", lin(k) - 1, inner, inner)

    names = re.findall(r"destruct .* as \[(\w+)\|", proof_of(statement_of(subject.claim), hints))

    assert len(names) == 3
    assert names[0] not in names[1:]


@pytest.mark.parametrize("needed", [subset for n in range(1, 5) for subset in combinations("abcd", n)])
def test_the_sizes_that_a_proof_needs_are_found_by_few_proofs(needed: tuple[str, ...]) -> None:
    asked: list[tuple[str, ...]] = []

    def accepted(sizes: tuple[str, ...]) -> bool:
        asked.append(sizes)
        return set(needed) <= set(sizes)

    assert _needed(tuple("abcd"), accepted) == needed
    assert not set(asked) & {(), tuple("abcd")}  # what is known is not asked
    assert len(asked) <= min(2 + 2 * len(needed), 6)
