"""Derivations are data: each line of each bundled network is a claim, and is proved; results read as in a textbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from bundled_models import LECTURES

from derive import Net, load_network
from derive.algebra.expr import Diff, Sum, Var
from derive.algebra.functions import call
from derive.algebra.index import Index, Range, lin, size, upto
from derive.api.net import layer_places
from derive.api.partial import Partial
from derive.network.array_forms import NoForm, gathered
from derive.network.derivation import RULES, Case, Step
from derive.network.mlp import mlp
from derive.network.network import Definition, Leaf, Network
from derive.network.partials import free_indices
from derive.network.recursion import unrolled
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, judge


def partials(net: Net) -> Iterator[Partial]:
    """Yield the derivative of the loss by the general entry of everything in a network."""
    names = dict.fromkeys([*(d.name for d in net.symbolic.definitions), *(leaf.name for leaf in net.symbolic.leaves)])
    for name in names:
        if name != net.symbolic.loss:
            yield net.partial(net.named(name).entry().to_sympy())


def lines(net: Net) -> Iterator[tuple[Case, Step]]:
    yield from ((case, step) for partial in partials(net) for case in partial.cases for step in case.steps)


@pytest.mark.parametrize("model", LECTURES)
def test_every_line_of_every_bundled_network_is_proved(model: str) -> None:
    net = load_network(model)
    for case, step in lines(net):
        claim = Claim(net.symbolic, case.steps[0].expr, step.expr, case.free, case.sizes)
        assert isinstance(judge(claim), Proved), f"{case.steps[0].expr} = {step.expr}"


@pytest.mark.parametrize("model", LECTURES)
def test_every_line_of_what_is_inserted_is_proved(model: str) -> None:
    net = load_network(model)
    for case, step in lines(net):
        for first, *others in step.used:
            goal = first.expr
            assert isinstance(goal, Diff)
            assert isinstance(goal.body, Var)
            free = tuple({**dict(case.free), **free_indices(net.symbolic, goal.body, goal.var)}.items())
            for other in others:
                claim = Claim(net.symbolic, goal, other.expr, free, case.sizes)
                assert isinstance(judge(claim), Proved), f"{goal} = {other.expr}"


@pytest.mark.parametrize("model", LECTURES)
def test_every_step_from_entries_to_arrays_is_proved(model: str) -> None:
    net = load_network(model)
    found = list(array_steps(net))
    for case, step in found:
        assert step.form is not None
        assert step.form.entry == step.expr
        claim = Claim(net.symbolic, case.goal, step.expr, case.free, case.sizes)
        assert isinstance(judge(claim), Proved), f"{case.goal} = {step.expr}"

    rules = {step.rule for _, step in found}
    assert rules >= {"matrix", "elementwise", "matrix product", "transpose"}
    assert model in ("d2l", "ng") or "induction" in rules


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_every_line_of_numbered_entries_is_proved(activation: str) -> None:
    net = load_network("khapra", activation=activation, widths=[2, 3, 2])
    for by in ("W_{112}", "b_{11}", "a_{13}", "h_{12}", "x_2", "W_{213}"):
        for case in net.partial(by).cases:
            sizes = (*net.sizes.items(), *case.sizes)
            for step in case.steps:
                claim = Claim(net.symbolic, case.steps[0].expr, step.expr, case.free, sizes)
                assert isinstance(judge(claim), Proved), f"{case.steps[0].expr} = {step.expr}"


def array_steps(net: Net) -> Iterator[tuple[Case, Step]]:
    """Yield the steps about whole arrays: from the general entries, and by induction on the layer."""
    for partial in partials(net):
        layers = layer_places(net, partial.by.name)
        units = [e.atom for n, e in enumerate(partial.by.idx) if n not in layers]
        for case in partial.cases:
            axes = tuple((i, r) for i, r in case.free if i in units)
            try:
                steps, further = gathered(case.result, axes), unrolled(net.symbolic, case, axes)
            except NoForm:
                continue
            yield from ((case, step) for step in steps)
            yield from ((further, step) for step in (further.steps[1:] if further is not None else ()))


def test_every_rule_is_used() -> None:
    """What no network needs would be a promise."""
    nets = [load_network("khapra", activation="tanh"), load_network("nielsen-cross-entropy"), load_network("nielsen")]
    steps = [step for net in nets for _, step in (*lines(net), *array_steps(net))]
    steps += gathered(nets[0].partial("a_{Lj}", r"\hat{y}_i").steps[-2].expr, softmax_axes(nets[0]))
    steps += [line.step for line in load_network("khapra", activation="tanh", widths=[2, 2]).partial("W_{112}").steps]
    for network in (mlp("silu"), mlp("g", "softmax", "cross-entropy", "distribution"), gated()):
        for block in (*network.definitions[:-1], *network.leaves):
            steps += network.partial(Var(block.name, tuple(map(lin, block.params)))).steps

    assert {step.rule for step in every(steps)} == set(RULES)


def softmax_axes(net: Net) -> tuple[tuple[Index, Range], ...]:
    """Return the axes of the Jacobian of the output: diag(ŷ) - ŷ ŷᵀ."""
    free = net.partial("a_{Lj}", r"\hat{y}_i").free
    return tuple((index, range_) for index, range_ in free.items() if index.name in "ij")


def gated() -> Network:
    """Return a network in which a value is a product, h = a tanh(a), and the loss has it twice, h² + 3 h²."""
    i = Index("i")
    a, h = Var("a", (lin(i),)), Var("h", (lin(i),))
    over = upto(size("n"))
    product = Definition("h", (i,), (over,), a * call("tanh", a))
    loss = Definition("loss", (), (), Sum(i, over, h**2) + 3 * Sum(i, over, h**2))
    return Network((product, loss), (Leaf("a", (i,), (over,)),), loss="loss")


def every(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield steps and those of what they insert."""
    for step in steps:
        yield step
        for chain in step.used:
            yield from every(chain)


@pytest.mark.parametrize(
    ("activation", "slope"), [("tanh", "1 - h[k] ⊙ h[k]"), ("sigmoid", "h[k] ⊙ (1 - h[k])"), (None, "g'(a[k])")]
)
def test_slopes_are_written_by_the_activation(activation: str | None, slope: str) -> None:
    net = load_network("khapra", activation=activation)

    assert slope in str(net.gradient("a_k"))
    assert str(net.jacobian("h_k", "a_k")) == f"∂h[k]/∂a[k] = diag({slope})"


def test_the_jacobian_of_the_softmax_keeps_its_matrix_form(khapra: Net) -> None:
    assert str(khapra.jacobian("yhat", "a_L")) == "∂ŷ/∂a[L] = diag(ŷ) - ŷ ŷᵀ"
    assert str(khapra.partial("a_{Lj}", r"\hat{y}_i").result) == "ŷ[i]·([i = j] - ŷ[j])"


def test_the_input_goes_by_its_own_name(small: Net) -> None:
    assert str(small.partial("W_{112}").result) == "∂L/∂a[1,1]·x[2]"
    assert [line.step.rule for line in small.partial("W_{112}").steps][-1] == "definition"


def test_tanh_stays_tanh_within_the_network(small: Net) -> None:
    assert str(small.partial("W_{112}", "a_{21}").result) == "W[2,1,1]·x[2]·(1 - h[1,1]²)"
