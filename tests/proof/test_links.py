"""Sums whose terms hang on an end by a product: the gradients of recurrent networks, unrolled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.algebra.index import Size, lin
from derive.budget import Budget
from derive.models.model import Model, parse_model
from derive.network_theorems import proofs, verdicts
from derive.proof import kernel
from derive.proof.induction import prove_by_induction
from derive.proof.numeric import Sample
from derive.proof.telescope import prove_by_telescope
from derive.reader.parser import parse_statement
from derive.source import Source
from derive.statements.claims import lower_statement, start

RECURRENT = r"""
forward = [
  'a_t = W x_t + V h_{t-1} \quad (1 \le t \le T)', 'h_t = \phi(a_t) \quad (1 \le t \le T)',
  'c_t = V c_{t-1} + W x_t \quad (1 \le t \le T)', 'p_t = \phi(u p_{t-1} + z_t) \quad (1 \le t \le T)',
  'L = \sum_{t=1}^{T} l(h_t, y_t) + \sum_{t=1}^{T} l(c_t, y_t) + \sum_{t=1}^{T} (p_t - q_t)^2',
]
shapes = [
  'x_t \in \mathbb{R}^d', 'h_t, a_t, c_t, y_t \in \mathbb{R}^h', 'W \in \mathbb{R}^{h \times d}',
  'V \in \mathbb{R}^{h \times h}', 'p_t, q_t, z_t, u, L \in \mathbb{R}',
]
where = ['g_t = \frac{\partial}{\partial h_t} l(h_t, y_t)', 'k_t = \frac{\partial}{\partial c_t} l(c_t, y_t)',
  'D_t = \operatorname{diag}(\phi^\prime(a_t))', 'r_t = \phi^\prime(u p_{t-1} + z_t)']
[functions]
l = "any scalar"
'\phi' = "any"
"""
HOLDING = {
    "a recurrence that is linear": r"\nabla_{c_t} L = \sum_{s=t}^{T} (V^\top)^{s-t} k_s",
    "the same, counted from the end": r"\nabla_{c_t} L = \sum_{i=t}^{T} (V^\top)^{T-i} k_{T+t-i}",
    "one that is not": r"\nabla_{h_t} L = \sum_{s=t}^{T} \left( \prod_{j=t+1}^{s} V^\top D_j \right) g_s",
    "numbers": r"\frac{\partial L}{\partial p_t} = \sum_{s=t}^{T} 2 (p_s - q_s) \prod_{j=t+1}^{s} u r_j",
    "forwards": r"\frac{\partial p_t}{\partial u} = \sum_{s=1}^{t} r_s p_{s-1} \prod_{j=s+1}^{t} u r_j",
}
SLIPS = {
    "transpose lost": r"\nabla_{c_t} L = \sum_{s=t}^{T} V^{s-t} k_s",
    "one power more": r"\nabla_{c_t} L = \sum_{s=t}^{T} (V^\top)^{s-t+1} k_s",
    "the same power": r"\nabla_{c_t} L = \sum_{s=t}^{T} (V^\top)^{T-t} k_s",
    "twice the power": r"\nabla_{c_t} L = \sum_{s=t}^{T} (V^\top)^{s-t} (V^\top)^{s-t} k_s",
    "a term without it": r"\nabla_{c_t} L = \sum_{s=t}^{T} \left( (V^\top)^{s-t} k_s + k_s \right)",
    "first step lost": r"\nabla_{c_t} L = \sum_{s=t+1}^{T} (V^\top)^{s-t} k_s",
    "last step lost": r"\nabla_{c_t} L = \sum_{s=t}^{T-1} (V^\top)^{s-t} k_s",
    "counted from the wrong end": r"\nabla_{c_t} L = \sum_{i=t}^{T} (V^\top)^{i-t} k_{T+t-i}",
    "slope of the step before": r"\nabla_{h_t} L = \sum_{s=t}^{T} \left( \prod_{j=t+1}^{s} V^\top D_{j-1} \right) g_s",
    "one factor more": r"\nabla_{h_t} L = \sum_{s=t}^{T} \left( \prod_{j=t}^{s} V^\top D_j \right) g_s",
    "factors exchanged": r"\nabla_{h_t} L = \sum_{s=t}^{T} \left( \prod_{j=t+1}^{s} D_j V^\top \right) g_s",
    "own error in every term": r"\nabla_{h_t} L = \sum_{s=t}^{T} \left( \prod_{j=t+1}^{s} V^\top D_j \right) g_t",
    "factor 2 lost": r"\frac{\partial L}{\partial p_t} = \sum_{s=t}^{T} (p_s - q_s) \prod_{j=t+1}^{s} u r_j",
    "state of the same step": r"\frac{\partial p_t}{\partial u} = \sum_{s=1}^{t} r_s p_s \prod_{j=s+1}^{t} u r_j",
    "all steps back": r"\frac{\partial p_t}{\partial u} = \sum_{s=1}^{t} r_s p_{s-1} \prod_{j=1}^{t} u r_j",
}


@pytest.fixture(scope="module")
def recurrent() -> Model:
    return parse_model(RECURRENT)


@pytest.mark.parametrize("formula", HOLDING.values(), ids=HOLDING)
def test_a_gradient_through_all_later_steps_is_proved(formula: str, recurrent: Model) -> None:
    assert [link.word for link in verdicts(recurrent, formula)] == ["proved"]


def test_it_is_proved_where_sizes_are_given(recurrent: Model) -> None:
    (link,) = proofs(recurrent, HOLDING["one that is not"])
    ((claim, _),) = link.claims
    given = {"T": 3, "h": 2, "d": 1}
    fixed = replace(claim, sizes=tuple((Size(name, ()), lin(value)) for name, value in given.items()))

    assert prove_by_telescope(fixed, Budget(50_000), 15_000) is not None


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refuted(slip: str, recurrent: Model) -> None:
    assert [link.word for link in verdicts(recurrent, slip)] == ["refuted"]


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_has_no_proof_where_no_network_speaks_against_it(
    slip: str, recurrent: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "examine", lambda *_, **__: Sample(3, None, ""))

    assert [link.word for link in verdicts(recurrent, slip)] == ["undecided"]


@pytest.mark.parametrize("slip", ["transpose lost", "last step lost", "one factor more"])
def test_what_networks_speak_against_inside_a_sum_is_not_searched_for_long(slip: str, recurrent: Model) -> None:
    source = Source("slip", SLIPS[slip])
    (link,) = lower_statement(parse_statement(source), recurrent, start(recurrent), source).links
    (claim,) = link.options[0].claims
    budget = Budget(150_000)

    assert prove_by_induction(claim, budget) is None
    assert budget.left > 110_000
