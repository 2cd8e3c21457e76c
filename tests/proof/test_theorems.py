"""Every theorem that ships with derive is proved, in the whole scope; and nothing but the kernel says so."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest

from derive.algebra.expr import Num
from derive.errors import InternalDisagreement
from derive.network.closed_forms import LAYER, UNIT, output_gradient, output_unit_gradient
from derive.network.losses import LOSSES
from derive.network.mlp import TARGETS, mlp, var
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge
from derive.proof.numeric import Sample
from derive.proof.theorems import Theorem, bundled, prove, prove_all, theorems
from derive.proof.verdict import Refuted, Undecided, Witness

BUNDLED = bundled()
NAMES = [theorem.name for theorem in BUNDLED]
BY_NAME = dict(zip(NAMES, BUNDLED, strict=True))
KINKED = {f"{name} derivative" for name in ("relu", "leaky_relu", "elu", "abs")}
AWAY = "away from the kinks of piecewise functions"


@pytest.mark.parametrize("theorem", BUNDLED, ids=NAMES)
def test_it_is_proved_for_all_sizes_under_the_expected_assumptions(theorem: Theorem) -> None:
    result = prove(theorem)

    assert result.word == "proved", result.verdict
    assert result.scope.startswith("all")
    assert result.milliseconds > 0
    needed = ("the targets sum to 1",) if "distribution" in theorem.name else (AWAY,) * (theorem.name in KINKED)
    assert result.assumptions == needed


def test_the_names_are_distinct() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_the_hidden_layers_are_proved_for_every_depth_and_width() -> None:
    scopes = {name: prove(BY_NAME[name]).scope for name in ("weights", "hidden layer", "unrolled")}

    assert scopes == {
        "weights": "all 1 <= k <= L, 1 <= i <= n[k], 1 <= j <= n[k-1]",
        "hidden layer": "all 1 <= k <= L-1, 1 <= i <= n[k]",
        "unrolled": "all 1 <= k <= L, 1 <= i <= n[k], 1 <= l <= n[L]",
    }


def test_the_unrolled_gradient_is_proved_by_induction() -> None:
    verdict = prove(BY_NAME["unrolled"]).verdict

    assert isinstance(verdict, Proved)
    assert verdict.method == "induction on the layer"


KINDS = [
    (output, row.name, target) for row in LOSSES.values() for output in (*row.outputs, *row.also) for target in TARGETS
]


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_the_output_gradient_of_every_kind_of_network_is_proved(kind: tuple[str, str, str]) -> None:
    for form in (output_gradient(*kind), output_unit_gradient(*kind[1:])):
        verdict = judge(Claim(mlp("g", *kind), form.left, form.right, form.free))

        assert isinstance(verdict, Proved), verdict
        assert verdict.agreed > 0


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
@pytest.mark.parametrize("slip", [-1, 2, Fraction(1, 2), "ŷ"])
def test_a_slip_in_the_output_gradient_of_any_kind_is_refuted(kind: tuple[str, str, str], slip: object) -> None:
    form = output_gradient(*kind)
    factor = var("yhat", UNIT) if slip == "ŷ" else Num(Fraction(slip))  # type: ignore[arg-type]

    assert isinstance(judge(Claim(mlp("g", *kind), form.left, factor * form.right, form.free)), Refuted)


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_how_a_lecture_writes_an_output_gradient_names_the_kind_of_target(kind: tuple[str, str, str]) -> None:
    statement = output_gradient(*kind).statement

    assert statement.count("{") == statement.count("}")
    assert (r"e(\ell)" in statement) == (kind[2] == "class" and r"\nabla_{\hat{y}}" not in statement)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "softplus"])
def test_the_theorems_hold_with_a_given_activation_too(activation: str) -> None:
    results = list(prove_all(theorems(activation, "linear", "half-squared", "vector")))

    assert {result.word for result in results} == {"proved"}
    assert len(results) == 7


def test_nothing_but_the_kernel_can_say_proved() -> None:
    with pytest.raises(TypeError, match="only the kernel"):
        Proved("all sizes", (), (), "by hand", 3, object())
    real = prove(BY_NAME["biases"]).verdict
    assert isinstance(real, Proved)
    with pytest.raises(TypeError, match="only the kernel"):
        replace(real, scope="everything", seal=None)


def test_a_proof_that_a_concrete_network_contradicts_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = Sample(1, Witness((("L", (), 2), ("n", (0,), 1)), (), "1", "2"))
    monkeypatch.setattr("derive.proof.kernel.examine", lambda *_, **__: planted)

    with pytest.raises(InternalDisagreement, match="contradict each other: left 1, right 2 at L = 2"):
        judge(BY_NAME["biases"].claim())


def test_a_proof_that_no_concrete_network_confirms_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.proof.kernel.examine", lambda *_, **__: Sample(0, None, "nothing could be drawn"))
    verdict = judge(BY_NAME["biases"].claim())

    assert isinstance(verdict, Undecided)
    assert verdict.agreed == 0
    assert "nothing could be drawn" in verdict.reason


def test_a_claim_that_only_concrete_networks_speak_for_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.proof.kernel.examine", lambda *_, **__: Sample(3))
    biases = BY_NAME["biases"].claim()
    verdict = judge(replace(biases, right=2 * biases.right))

    assert isinstance(verdict, Undecided)
    assert (verdict.agreed, verdict.code) == (3, "D301")


def test_the_time_limit_is_kept() -> None:
    start = time.monotonic()
    verdict = judge(BY_NAME["unrolled"].claim(), time_limit=0.0)

    assert isinstance(verdict, Undecided)
    assert verdict.code == "D302"
    assert time.monotonic() - start < 2


def test_a_refuted_theorem_has_neither_scope_nor_assumptions() -> None:
    biases = BY_NAME["biases"]
    result = prove(replace(biases, form=replace(biases.form, right=var("b", LAYER, UNIT))))

    assert isinstance(result.verdict, Refuted)
    assert (result.word, result.scope, result.assumptions) == ("refuted", "", ())
