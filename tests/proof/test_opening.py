"""What holds for every g is proved for the sigmoid too; what needs the sigmoid's own identities is not lost."""

from __future__ import annotations

from dataclasses import replace

from derive.algebra.expr import Fun
from derive.algebra.functions import call
from derive.algebra.substitute import walk
from derive.network.closed_forms import LAYER, UNIT, pre_activation_gradient
from derive.network.mlp import mlp, var
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge
from derive.proof.opening import SMOOTH, open_activations
from derive.proof.prover import Prover
from derive.proof.verdict import Refuted


def claim(activation: str) -> Claim:
    form = pre_activation_gradient(activation)
    return Claim(mlp(activation), form.left, form.right, form.free)


def test_no_smooth_activation_is_left() -> None:
    opened = open_activations(claim("sigmoid"))

    assert opened is not None
    bodies = [d.body for d in opened.network.definitions]
    assert not any(isinstance(n, Fun) and n.name in SMOOTH for body in bodies for n in walk(body))


def test_the_opened_claim_has_a_proof() -> None:
    opened = open_activations(claim("tanh"))

    assert opened is not None
    assert Prover(opened).prove() is not None


def test_open_and_kinked_activations_are_left_alone() -> None:
    assert open_activations(claim("g")) is None
    assert open_activations(claim("relu")) is None


def test_what_rests_on_the_sigmoid_itself_is_proved_without_opening() -> None:
    h = var("h", LAYER, UNIT)
    own = claim("sigmoid")
    gradient = own.right.args[0]  # type: ignore[attr-defined]

    assert isinstance(judge(replace(own, right=gradient * h * (1 - h))), Proved)
    assert isinstance(judge(replace(own, right=gradient * h * (1 + h))), Refuted)


def test_a_function_of_the_claim_alone_is_opened_with_the_rest() -> None:
    own = claim("sigmoid")
    opened = open_activations(replace(own, right=call("sigmoid", var("b", LAYER, UNIT))))

    assert opened is not None
    assert isinstance(opened.right, Fun)
    assert opened.right.name not in SMOOTH
