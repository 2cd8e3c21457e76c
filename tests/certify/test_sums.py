"""Sums that the search shifts, cuts and exchanges, and those whose terms hang on products: hints, and certificates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from certify_subjects import compiled, twice
from test_certified_formulas import written

from derive.certify import rocq
from derive.certify.certificate import certify, file_text, stated
from derive.proof.hints import Path

NUMBERS = r"""
<!-- derive:model
forward = ['D = \sum_{t=1}^{T} a_t b_t']
shapes = ['a, b \in \mathbb{R}^T', 'M \in \mathbb{R}^{T \times T}', 'D \in \mathbb{R}']
-->
"""
STEPS = r"""
<!-- derive:model
forward = [
  'h_0 = 0',
  'h_t = V h_{t-1} + x_t \quad (1 \le t \le T)',
  'c_1 = u_1',
  'c_t = f_t c_{t-1} + u_t \quad (2 \le t \le T)',
  'D = \sum_{t=1}^{T} w_t c_t',
  'E = \sum_{t=1}^{T} \|h_t - y_t\|^2',
]
shapes = ['h_t, x_t, y_t \in \mathbb{R}^m', 'V \in \mathbb{R}^{m \times m}', 'c_t, f_t, u_t, w_t, D, E \in \mathbb{R}']
-->
"""
WINDOW = r"""
<!-- derive:model
forward = ['u_p = \sum_{q=1}^{F} k_q x_{p+q-1} \quad (1 \le p \le P)', 'J = \sum_{p=1}^{P} \ell(u_p)']
shapes = ['k \in \mathbb{R}^F', 's \in \mathbb{R}^3', 'J \in \mathbb{R}']
[functions]
'\ell' = "any"
-->
"""
LATER = r"""
<!-- derive:model
forward = [
  'h_t = \tanh(V h_{t-1} + x_t) \quad (1 \le t \le T)',
  'J_t = \|h_t - y_t\|^2 \quad (1 \le t \le T)',
  'J = \sum_{t=1}^{T} J_t',
]
shapes = ['h_t, x_t, y_t \in \mathbb{R}^m', 'V \in \mathbb{R}^{m \times m}', 'J_t, J \in \mathbb{R}']
-->
"""
KINKS = r"""
<!-- derive:model
forward = [
  'h_i = \begin{cases} z_i & z_i > 0 \\ \alpha z_i & z_i \le 0 \end{cases} \quad (1 \le i \le n)',
  'L = \sum_{i=1}^{n} (h_i - y_i)^2',
  'q_i = \begin{cases} z_i^2 / 2 & |z_i| \le \delta \\ \delta |z_i| - \delta^2 / 2 & |z_i| > \delta \end{cases}',
  'Q = \sum_{i=1}^{n} q_i',
]
shapes = ['z, h, y \in \mathbb{R}^n', '\alpha, \delta, L, Q \in \mathbb{R}']
-->
"""  # fmt: skip
WIDTHS = r"""
<!-- derive:model
layout = "denominator"
forward = [
  'f_0 = c_0 + V_0 x',
  'h_k = \tanh(f_{k-1}) \quad (1 \le k \le K)',
  'f_k = c_k + V_k h_k \quad (1 \le k \le K)',
  'J = \ell(f_K)',
]
shapes = [
  'x \in \mathbb{R}^{D_0}',
  'V_k \in \mathbb{R}^{D_{k+1} \times D_k}', 'c_k, f_k \in \mathbb{R}^{D_{k+1}}', 'h_k \in \mathbb{R}^{D_k}',
  'J \in \mathbb{R}',
]
[functions]
'\ell' = "any scalar"
-->
"""
MOVES = {
    "shifted": (r"\sum_{t=1}^{T-1} a_{t+1} b_t = \sum_{t=2}^{T} a_t b_{t-1}", NUMBERS, "moves [Shift 2 T (-1)%Z]"),
    "cut": (r"\sum_{t=1}^{T} a_t = a_1 + \sum_{t=2}^{T} a_t", NUMBERS, "moves [Cut 1 T 2]"),
    "exchanged": (
        r"\sum_{t=1}^{T} \sum_{s=1}^{t} a_t b_s = \sum_{s=1}^{T} \sum_{t=s}^{T} a_t b_s", NUMBERS, "moves [Exchange]",
    ),
    "exchanged, without the diagonal": (
        r"\sum_{t=2}^{T} \sum_{s=1}^{t-1} a_t M_{ts} = \sum_{s=1}^{T-1} \sum_{t=s+1}^{T} a_t M_{ts}",
        NUMBERS, "moves [Exchange]",
    ),
    "a later step": (
        r"\nabla_{h_t} J = \nabla_{h_t} J_t + V^\top ((1 - h_{t+1}^2) \odot \nabla_{h_{t+1}} J) \quad (1 \le t < T)",
        LATER, 'zeros [("J", "h")]',
    ),
    "powers of a matrix, downwards": (
        r"\nabla_{h_t} E = 2 \sum_{s=t}^{T} (V^\top)^{s-t} (h_s - y_s)", STEPS, "by_link (linked_down m t T",
    ),
    "products of matrices": (
        r"\nabla_{h_t} E = 2 \sum_{s=t}^{T} \left(\prod_{r=t+1}^{s} V^\top\right) (h_s - y_s)", STEPS, "linked_down",
    ),
    "powers of a matrix, upwards": (r"h_t = \sum_{s=1}^{t} V^{t-s} x_s", STEPS, "by_link (linked_up m 1 t"),
    "the other way round": (
        r"\nabla_{h_t} E = 2 \sum_{s=t}^{T} (V^\top)^{T-s} (h_{T+t-s} - y_{T+t-s})",
        STEPS, "by_link (linked_down m t T",
    ),
    "products of numbers, downwards": (
        r"\frac{\partial D}{\partial c_t} = \sum_{s=t}^{T} w_s \prod_{r=t+1}^{s} f_r", STEPS, "linked_down 1%Z t T",
    ),
    "products of numbers, upwards": (
        r"c_t = \sum_{s=1}^{t} u_s \prod_{r=s+1}^{t} f_r", STEPS, "by_link (linked_up 1%Z 1 t",
    ),
}  # fmt: skip
FOUND = {
    "ends of sums that are widths of layers": (
        r"\frac{\partial J}{\partial f_0} = \frac{\partial h_1}{\partial f_0} \frac{\partial f_1}{\partial h_1}"
        r" \frac{\partial J}{\partial f_1}", WIDTHS,
    ),
    "a sum of three": (r"\sum_{t=1}^{3} s_t = s_1 + s_2 + s_3", WINDOW),
    "a delta turned round": (
        r"\frac{\partial u_p}{\partial x_r} = \sum_{q=1}^{F} k_q \mathbb{1}[r = p + q - 1]", WINDOW,
    ),
    "a delta written otherwise, in sums": (
        r"\frac{\partial J}{\partial x_r} = \sum_{p=1}^{P} \sum_{q=1}^{F} \frac{\partial J}{\partial u_p} k_q"
        r" \mathbb{1}[p + q = r + 1]", WINDOW,
    ),
    "a delta that fixes an index": (
        r"\frac{\partial u_p}{\partial x_r} = k_{r-p+1} \quad \text{if } 0 \le r - p \le F - 1", WINDOW,
    ),
    "cases beside their seam": (
        r"\frac{\partial L}{\partial z_i} = 2 (h_i - y_i) \begin{cases} 1 & z_i > 0 \\ \alpha & z_i < 0 \end{cases}",
        KINKS,
    ),
    "cases whose slopes meet": (
        r"\frac{\partial Q}{\partial z_i} = \begin{cases} z_i & |z_i| \le \delta \\ \delta \operatorname{sign}(z_i)"
        r" & |z_i| > \delta \end{cases}", KINKS,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("formula", "model", "hint"), MOVES.values(), ids=MOVES)
def test_what_the_search_did_is_a_hint(formula: str, model: str, hint: str) -> None:
    assert hint in certify(written(formula, model), None).text


@pytest.mark.certify
@pytest.mark.parametrize(
    ("formula", "model"), [*(m[:2] for m in MOVES.values()), *FOUND.values()], ids=[*MOVES, *FOUND]
)
def test_it_is_certified_by_its_hints(formula: str, model: str) -> None:
    made = certify(written(formula, model), compiled())

    assert (made.status, made.reason) == ("certified", "")


@pytest.mark.certify
@pytest.mark.parametrize(
    "kind", ["shifted", "exchanged", "powers of a matrix, downwards", "products of numbers, upwards"]
)
def test_what_is_false_is_not_certified_by_the_same_hints(kind: str) -> None:
    formula, model, _ = MOVES[kind]
    false = twice(written(formula, model))
    text = file_text(false, stated(false, stated(false).sizes), false.verdict.hints)

    found = rocq.check(text, compiled())

    assert not found.accepted
    assert "left open" in found.reason or "time" not in found.reason


@pytest.mark.certify
def test_wrong_hints_about_sums_do_no_harm() -> None:
    """They are tried first, and then the tactics look for themselves."""
    found = written(
        r"\sum_{s=1}^{T} \sum_{t=1}^{T} M_{st} a_t b_s = \sum_{t=1}^{T} \sum_{s=1}^{T} M_{st} b_s a_t", NUMBERS
    )
    moves = written(MOVES["cut"][0], NUMBERS).verdict.hints
    assert isinstance(moves, Path)
    assert moves.moves
    made = certify(replace(found, verdict=replace(found.verdict, hints=moves)), compiled())

    assert "moves [Cut 1 T 2]" in made.text
    assert made.status == "certified"
