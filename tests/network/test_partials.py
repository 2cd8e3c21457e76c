"""Partial derivatives as derivations: their cases, their steps, and every step judged equal to the one before."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from derive.algebra.expr import ZERO, Diff, Expr, Fun, Num, Pow, Sum, Var
from derive.algebra.index import Index, Size, lin
from derive.algebra.substitute import walk
from derive.errors import NetworkError
from derive.models.registry import load_model
from derive.network import calculus, partials
from derive.network.closed_forms import LABELS, output_gradient, slope
from derive.network.derivation import RULES, Case, Derivation, Step
from derive.network.mlp import DEPTH, mlp, var
from derive.network.network import Definition, Leaf, Network
from derive.network.partials import derive_partial, free_indices, last_case
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge

K, I, J = (Index(letter) for letter in "kij")  # noqa: E741
NETWORKS = {
    "softmax": mlp(),
    "tanh": mlp("tanh"),
    "distribution": mlp("sigmoid", "softmax", "cross-entropy", "distribution"),
    "linear": mlp("sigmoid", "linear", "squared", "vector"),
    "elementwise": mlp("g", "elementwise", "half-squared", "vector"),
    "binary": mlp("softplus", "sigmoid", "binary-cross-entropy", "vector"),
}
VARIABLES = {
    "W": var("W", K, I, J),
    "b": var("b", K, I),
    "a": var("a", K, I),
    "a of the output": var("a", DEPTH, I),
    "h": var("h", K, I),
    "x": var("x", I),
    "yhat": var("yhat", I),
    "one weight": var("W", 1, 1, 2),
    "one bias": var("b", 1, 3),
}
NETWORK = NETWORKS["softmax"]


def unequal_steps(network: Network, derivation: Derivation) -> list[str]:
    """Return the steps that the kernel does not prove equal to the one before."""
    return [
        f"{case.condition}: {after.rule}"
        for case in derivation.cases
        for before, after in pairwise(case.steps)
        if not isinstance(judge(Claim(network, before.expr, after.expr, case.free)), Proved)
    ]


def variables(expr: Expr) -> set[str]:
    return {node.name for node in walk(expr) if isinstance(node, Var)}


@pytest.mark.parametrize("v", VARIABLES.values(), ids=VARIABLES)
@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_every_step_equals_the_one_before(network: Network, v: Var) -> None:
    derivation = network.partial(v)

    assert all(len(case.steps) > 1 for case in derivation.cases)
    assert unequal_steps(network, derivation) == []


@pytest.mark.parametrize("v", VARIABLES.values(), ids=VARIABLES)
def test_a_derivation_starts_with_the_question_and_names_a_rule_for_each_step(v: Var) -> None:
    derivation = NETWORK.partial(v)

    assert derivation.goal == Diff(Var("loss"), v)
    assert {case.steps[0].rule for case in derivation.cases} == {"start"}
    assert {step.rule for step in derivation.steps} <= set(RULES)


def test_a_pre_activation_has_two_cases() -> None:
    last, hidden = NETWORK.partial(var("a", K, I)).cases

    assert (last.condition, hidden.condition) == ("k = L", "1 <= k <= L-1")
    assert [str(index) for index, _ in last.free] == ["l", "i"]
    assert {str(index): str(range_) for index, range_ in hidden.free} == {"l": "1..n[L]", "k": "1..L-1", "i": "1..n[k]"}


@pytest.mark.parametrize("name", ["W", "b", "h", "x", "yhat"])
def test_other_variables_have_one_case(name: str) -> None:
    derivation = NETWORK.partial(VARIABLES[name])

    assert [case.condition for case in derivation.cases] == ["all indices"]
    assert derivation.result == derivation.cases[0].result


def test_there_is_no_one_result_of_two_cases() -> None:
    with pytest.raises(ValueError, match="differs by case: k = L, 1 <= k <= L-1"):
        _ = NETWORK.partial(var("a", K, I)).result


def test_the_steps_of_the_output_gradient() -> None:
    rules = [step.rule for step in NETWORK.partial(var("a", DEPTH, I)).steps]

    assert rules == ["start", "sum over paths", "insert", "delta contraction", "cancel"]


def test_what_is_inserted_is_derived_by_the_rules_of_calculus() -> None:
    (inserted,) = [step for step in NETWORK.partial(var("a", DEPTH, I)).steps if step.used]
    loss, softmax = ([step.rule for step in chain] for chain in inserted.used)

    assert loss == ["start", "definition", "linearity", "logarithm"]
    assert softmax == [
        "start", "definition", "quotient", "exponential", "delta contraction", "recognise softmax", "factor",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["W", "b", "x"])
def test_a_parameter_reaches_the_loss_by_one_path(name: str) -> None:
    assert [step.rule for step in NETWORK.partial(VARIABLES[name]).steps] == [
        "start",
        "chain rule",
        "insert",
    ]


def test_a_hidden_unit_reaches_the_loss_by_many() -> None:
    assert "sum over paths" in [step.rule for step in NETWORK.partial(VARIABLES["h"]).steps]


def inserted(network: Network, v: Var, case: int = 0) -> list[tuple[Step, ...]]:
    """Return what a case inserts, each with its own lines."""
    return [chain for step in network.partial(v).cases[case].steps for chain in step.used]


def test_the_softmax_is_recognised() -> None:
    softmax = inserted(NETWORK, var("a", DEPTH, I))[1]
    place = [step.rule for step in softmax].index("recognise softmax")

    assert any(isinstance(node, Fun) and node.name == "exp" for node in walk(softmax[place - 1].expr))
    assert variables(softmax[place].expr) == {"yhat"}
    assert not any(isinstance(node, Fun) for node in walk(softmax[place].expr))


def test_activations_are_recognised_by_their_slopes() -> None:
    (slope_of_tanh,) = inserted(NETWORKS["tanh"], var("a", K, I), case=1)

    assert slope_of_tanh[-1].rule == "recognise"
    assert str(slope_of_tanh[-1].expr) == "(1 + -1·(h[k,i])^(2))"


def test_what_a_derivation_inserts_is_proved_line_by_line() -> None:
    """Local derivatives are claims of their own, their bound indices free."""
    for name, network in NETWORKS.items():
        for v in VARIABLES.values():
            for case in network.partial(v).cases:
                for chain in (chain for step in case.steps for chain in step.used):
                    assert unequal_lines(network, case, chain) == [], name


def unequal_lines(network: Network, case: Case, chain: tuple[Step, ...]) -> list[str]:
    goal = chain[0].expr
    assert isinstance(goal, Diff)
    assert isinstance(goal.body, Var)
    free = {**dict(case.free), **free_indices(network, goal.body, goal.var)}
    claims = ((Claim(network, a.expr, b.expr, tuple(free.items())), b) for a, b in pairwise(chain))
    return [f"{goal}: {step}" for claim, step in claims if not isinstance(judge(claim), Proved)]


def test_a_result_that_the_chain_rule_does_not_give_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines are compared with the chain rule in normal form; if they differed, that would be all there is."""
    monkeypatch.setattr("derive.network.calculus.RULES", {**calculus.RULES, "exponential": lambda body, v: body})
    monkeypatch.setattr("derive.network.partials._derived", partials._derived.__wrapped__)  # what others have asked for
    derivation = NETWORK.partial(var("a", DEPTH, I))

    assert [step.rule for step in derivation.steps] == ["start", "chain rule"]
    assert unequal_steps(NETWORK, derivation) == []


def test_the_slope_of_an_open_activation_stays() -> None:
    hidden = NETWORK.partial(var("a", K, I)).cases[1]

    assert slope("g", var("a", K, I)) in list(walk(hidden.result))


@pytest.mark.parametrize("kind", ["softmax", "linear", "elementwise", "binary"])
def test_the_result_is_what_lectures_state(kind: str) -> None:
    of = {
        "softmax": ("softmax", "cross-entropy", "class"),
        "linear": ("linear", "squared", "vector"),
        "elementwise": ("elementwise", "half-squared", "vector"),
        "binary": ("sigmoid", "binary-cross-entropy", "vector"),
    }
    form = output_gradient(*of[kind])
    result = NETWORKS[kind].partial(var("a", DEPTH, I)).result

    assert isinstance(judge(Claim(NETWORKS[kind], result, form.right, form.free)), Proved)


def test_the_recursion_stops_at_the_layer_above() -> None:
    result = NETWORK.partial(VARIABLES["h"]).result
    derivatives = [node for node in walk(result) if isinstance(node, Diff)]

    assert [(d.var.name, d.var.idx[0]) for d in derivatives] == [("a", lin(K) + 1)]


def test_a_jacobian_between_two_variables() -> None:
    derivation = NETWORK.partial(var("a", DEPTH, J), of=var("yhat", I))

    assert derivation.goal == Diff(var("yhat", I), var("a", DEPTH, J))
    assert {index for index, _ in derivation.cases[0].free} >= {I, J}
    assert unequal_steps(NETWORK, derivation) == []
    assert variables(derivation.result) == {"yhat"}


def test_what_does_not_depend_on_a_variable_has_derivative_zero() -> None:
    derivation = NETWORK.partial(var("W", K, I, J), of=var("x", Index("p")))
    case = derivation.cases[0]

    assert isinstance(judge(Claim(NETWORK, derivation.result, ZERO, case.free)), Proved)


def test_a_network_with_given_widths() -> None:
    network = Network.mlp("tanh", widths=(2, 3, 2))
    derivation = network.partial(var("W", 1, I, J))

    assert {str(index): str(range_) for index, range_ in derivation.cases[0].free} == {
        "l": "1..2",
        "i": "1..3",
        "j": "1..2",
    }
    assert unequal_steps(network, derivation) == []


def test_labels_are_free_in_every_case() -> None:
    for v in VARIABLES.values():
        assert all(LABELS[0] in case.free for case in NETWORK.partial(v).cases)


WRONG = {
    "unknown": (var("q", I), None, "q is no variable of this network"),
    "unknown above": (var("x", I), Var("q"), "q is no variable of this network"),
    "too few indices": (var("W", K, I), None, "W has 3 indices, not 2"),
    "too many indices": (var("x", K, I), None, "x has 1 indices, not 2"),
    "indices of a scalar": (var("x", I), var("loss", 1), "loss has 0 indices, not 1"),
}


@pytest.mark.parametrize(("v", "of", "message"), WRONG.values(), ids=WRONG)
def test_variables_that_are_not_there_are_errors(v: Var, of: Var | None, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        NETWORK.partial(v, of)


def test_a_network_without_a_loss_has_to_be_told_what_to_differentiate() -> None:
    network = Network((Definition("u", (), (), var("z") ** 2),), (Leaf("z"),))

    with pytest.raises(NetworkError, match="has no loss"):
        network.partial(var("z"))
    result = network.partial(var("z"), of=var("u")).result
    assert isinstance(judge(Claim(network, result, 2 * var("z"))), Proved)


@pytest.mark.parametrize(
    ("v", "conditions"),
    [
        (var("a", 1, 1), ["L = 1", "L >= 2"]),
        (var("a", 2, 1), ["L = 2", "L >= 3"]),
        (var("h", 1, 1), ["all indices"]),
        (var("W", 2, 1, 1), ["all indices"]),
    ],
)
def test_an_entry_of_a_given_layer_has_a_case_for_each_place_of_the_last_layer(v: Var, conditions: list[str]) -> None:
    derivation = NETWORK.partial(v)

    assert [case.condition for case in derivation.cases] == conditions
    for case in derivation.cases:
        verdict = judge(Claim(NETWORK, derivation.goal, case.result, case.free, case.sizes))
        assert isinstance(verdict, Proved) or not case.sizes
        assert "loss" not in variables(case.result) or not case.sizes


def test_the_layer_above_is_in_the_result_where_there_is_one() -> None:
    last, below = NETWORK.partial(var("a", 2, 1)).cases

    assert variables(last.result) <= {"yhat", "a"}
    assert last.sizes == ((Size("L"), lin(2)),)
    assert Var("h", (lin(2), lin(1))) in {node for node in walk(below.result) if isinstance(node, Var)}


@pytest.mark.parametrize("name", ["W", "h", "yhat"])
def test_the_last_case_is_written_as_among_all(name: str) -> None:
    found = last_case(NETWORKS["softmax"], Var("loss"), VARIABLES[name])
    expected = derive_partial(NETWORKS["softmax"], Var("loss"), VARIABLES[name]).cases[-1]

    assert (found.condition, found.free, str(found.result)) == (expected.condition, expected.free, str(expected.result))


def test_a_root_is_recognised_and_a_fact_holds_for_each_example() -> None:
    """σ_i for the root in the slopes of layer normalisation; Σ_i y_i^{(t)} = 1 at each time of a recurrent network."""
    norm, recurrent = load_model("layer-norm").network, load_model("rnn").network
    root = derive_partial(norm, Var(r"\sigma", (lin(I),)), Var(r"\mu", (lin(I),)))
    outputs = derive_partial(recurrent, Var(str(recurrent.loss)), Var("o", (lin(Index("t")), lin(I))))

    halves = [node for node in walk(root.result) if isinstance(node, Pow) and node.exponent == Num(Fraction(-1, 2))]
    assert halves == []
    assert "fact" in [step.rule for step in outputs.steps]
    assert not any(isinstance(node, Sum) for node in walk(outputs.result))
