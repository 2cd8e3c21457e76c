"""The theorems that `derive prove` proves: the closed forms of the perceptron, each judged by the kernel."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.network import closed_forms as forms
from derive.network.closed_forms import ClosedForm
from derive.network.losses import LOSSES, OUTPUTS
from derive.network.mlp import mlp
from derive.network.network import Leaf, Network
from derive.network.partials import label_ranges
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, Verdict, judge
from derive.proof.verdict import Refuted


@dataclass(frozen=True, slots=True)
class Theorem:
    """A closed form together with the network that it is about."""

    form: ClosedForm
    network: Network

    @property
    def name(self) -> str:
        """What the theorem is called in tables."""
        return self.form.name

    @property
    def statement_latex(self) -> str:
        """The statement as a lecture writes it."""
        return self.form.statement

    def claim(self) -> Claim:
        """Return the claim that the kernel judges."""
        return Claim(self.network, self.form.left, self.form.right, self.form.free)


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on a theorem and how long it took."""

    theorem: Theorem
    verdict: Verdict
    milliseconds: float

    @property
    def word(self) -> str:
        """The verdict in one word."""
        if isinstance(self.verdict, Proved):
            return "proved"
        return "refuted" if isinstance(self.verdict, Refuted) else "undecided"

    @property
    def scope(self) -> str:
        """For what it is proved."""
        return self.verdict.scope if isinstance(self.verdict, Proved) else ""

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Under which assumptions it is proved."""
        return self.verdict.assumptions if isinstance(self.verdict, Proved) else ()


def theorems(
    activation: str = "g", output: str = "softmax", loss: str = "cross-entropy", target: str = "class"
) -> tuple[Theorem, ...]:
    """Return the theorems about one kind of network."""
    network = mlp(activation, output, loss, target)
    found = [
        forms.output_gradient(output, loss, target),
        forms.hidden_gradient(),
        forms.pre_activation_gradient(activation),
        forms.weight_gradient(),
        forms.bias_gradient(),
        forms.input_gradient(),
        forms.unrolled_gradient(activation, output, loss, target),
    ]
    if output == "softmax":
        found[1:1] = [forms.softmax_definition(), forms.softmax_jacobian()]
        if target != "vector":
            found.insert(3, forms.output_gradient_sum())
    if target == "class" and not label_ranges(network):  # only a delta mentions the class: [i = l]
        found = [replace(form, free=tuple(dict.fromkeys((*form.free, *forms.LABELS)))) for form in found]
    return tuple(Theorem(form, network) for form in found)


def bundled() -> tuple[Theorem, ...]:
    """Return all theorems that ship with derive: the network of the lectures, other outputs and losses, activations."""
    found = list(theorems())
    for output, loss in ((output, row.name) for output in OUTPUTS for row in LOSSES.values() if output in row.outputs):
        targets = ("distribution", "vector") if output == "softmax" else ("vector",)
        for target in targets:
            form = forms.output_gradient(output, loss, target)
            found.append(Theorem(form, mlp("g", output, loss, target)))
    plain = Network((), (Leaf("z"), Leaf("alpha")))
    found.extend(Theorem(forms.activation_slope(name), plain) for name in forms.ACTIVATION_SLOPES)
    return tuple(found)


def prove(theorem: Theorem, time_limit: float = 10.0) -> Result:
    """Judge one theorem."""
    start = time.perf_counter()
    verdict = judge(theorem.claim(), time_limit)
    return Result(theorem, verdict, (time.perf_counter() - start) * 1000)


def prove_all(chosen: Iterable[Theorem], time_limit: float = 10.0) -> Iterator[Result]:
    """Judge theorems one after the other."""
    for theorem in chosen:
        yield prove(theorem, time_limit)
