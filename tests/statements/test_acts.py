"""What a link does: for each row of the table a formula that it applies to, and the reason that --explain gives."""

from __future__ import annotations

from dataclasses import replace

import pytest
from statements.lowering import NETWORK, model
from verdicts import LAYERS, judge_of

from derive.judge_formula import Judge
from derive.models.model import parse_model
from derive.reader.parser import parse_formula
from derive.source import Source, Span
from derive.statements.acts import ACTS, act_of
from derive.statements.claims import lower_statement, start
from derive.statements.link_view import LinkView
from derive.statements.pieces import pieces
from derive.statements.readings import Readings

NUMBERED = r"""
forward = ['f_0 = v_0 x', 'f_1 = v_1 f_0', 'E = (f_1 - y)^2']
shapes = ['x, y, v_0, v_1, f_0, f_1, E \in \mathbb{R}']
"""
UNITS = r"""
forward = [
  'a_j = \sum_{i=1}^{D} w_{ji} x_i \quad (1 \le j \le M)', 'z_j = \tanh(a_j) \quad (1 \le j \le M)',
  'y_k = \sum_{j=1}^{M} u_{kj} z_j \quad (1 \le k \le K)', 'E = \sum_{k=1}^{K} (y_k - t_k)^2',
]
where = ['\delta_k = \frac{\partial E}{\partial y_k}']
shapes = [
  'w \in \mathbb{R}^{M \times D}', 'x \in \mathbb{R}^{D}', 'a, z \in \mathbb{R}^{M}',
  'u \in \mathbb{R}^{K \times M}', 'y, t \in \mathbb{R}^{K}', 'E \in \mathbb{R}',
]
"""
EXAMPLES: dict[str, tuple[str, ...]] = {
    "words": (r"x = \text{the input}",),
    "arrow": (r"x \xrightarrow{W} h",),
    "comparison of values": (r"\nabla_{a_L} L \propto \hat{y} - y",),
    "estimate": (r"W_k \lesssim h_k",),
    "notation": (r"\hat{y} \approx y",),
    "membership": (r"x \in \mathbb{R}^{n_0}",),
    "difference": (r"h_k \ne a_k",),
    "comparison": (r"k < L",),
    "names of entries": (r"x = (x_i)_{i=1}^{n_0}",),
    "assignment": (r"W_k \leftarrow W_k - \eta \nabla_{W_k} L",),
    "number that solves": (r"\frac{\partial E}{\partial t_k} = 0", r"t_k = 1"),
    "setting": (r"L = 3",),
    "root": (r"F(x) = 0",),
    "case of δ": (r"\delta_{ij} = 1",),
    "update": (r"W_k = W_k - \eta \nabla_{W_k} L",),
    "value": (r"\hat{y} = 0.73",),
    "dependence": (r"\hat{y} = F(x, W)",),
    "example": (r"f(x) = x^2",),
    "function": (r"h_k = g(a_k) = \tanh(a_k)",),
    "rounded value": (r"\exp(0.5) = 1.65",),
    "letter of a size": (r"H = x x^\top",),
    "redefinition": (r"g(x) = \exp(x)",),
    "supposition": (r"h_1 = a_1",),
    "sum over data": (r"L(\theta) = -\frac{1}{N} \sum_{i=1}^{N} \log p_i",),
    "equation": (r"\nabla_{W_k} L = 0",),
    "restatement": (r"r = t^2", r"r = t^3"),
    "definition": (r"u = h_1 + a_1",),
    "claim": (r"\nabla_{a_L} L = \hat{y} - y",),
    "numbered names": (r"\frac{\partial f_k}{\partial v_k} = x",),
    "function of arrays": (r"\ell(o) = \frac{1}{2} \|o - t\|^2",),
    "step called a sign": (r"\text{sign}(x) = \begin{cases} 1 & x \ge 0 \\ 0 & \text{otherwise} \end{cases}",),
    "other units": (r"\delta_j = \frac{\partial E}{\partial a_j}",),
}
SAID = {"comparison of values": "stated", "example": "example", "supposition": "supposed"}
SIZES = r"""
forward = ['h = V x']
shapes = ['V \in \mathbb{R}^{H \times n}', 'x \in \mathbb{R}^{n}']
"""
OPEN_LOSS = r"""
forward = ['o = W x', 'E = \ell(o)']
shapes = ['W \in \mathbb{R}^{m \times n}', 'x \in \mathbb{R}^{n}', 'o, t \in \mathbb{R}^{m}']
[functions]
'\ell' = "any scalar"
"""
MODELS = {
    "function of arrays": OPEN_LOSS,
    "numbered names": NUMBERED,
    "other units": UNITS,
    "number that solves": UNITS,
    "letter of a size": SIZES,
}


def acts(*formulas: str, text: str, said: str) -> list[str]:
    """Return what the links of the last of several formulas do."""
    read, state, found = model(text), start(model(text)), []
    for formula in formulas:
        source = Source("formula", formula)
        (statement,) = parse_formula(source, Span(0, len(formula))).statements
        if said:
            statement = replace(statement, **{said: True})
        readings = Readings(statement, read, state, source)
        found = [act_of(LinkView(piece, readings))[0].name for piece in pieces(statement, None)]
        state = lower_statement(statement, read, state, source).state
    return found


@pytest.mark.parametrize("name", [act.name for act in ACTS])
def test_each_act_has_a_formula_that_it_applies_to(name: str) -> None:
    assert acts(*EXAMPLES[name], text=MODELS.get(name, NETWORK), said=SAID.get(name, ""))[-1] == name


def test_the_reason_for_what_is_assumed_is_explained() -> None:
    judge = Judge.start(parse_model(LAYERS), explain=True)

    (found,), _ = judge.formula(r"W^l \leftarrow W^l - \eta G")
    assert (found.word, found.steps) == ("assumed", ("its sign gives a name a value",))
    (found,), _ = judge_of(LAYERS).formula(r"W^l \leftarrow W^l - \eta G")
    assert (found.word, found.steps) == ("assumed", ())
