"""Models whose network is a multilayer perceptron lend their notation to the handout."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import UsageError
from derive.models.model import parse_model
from derive.models.registry import load_model
from derive.report.content_build import build
from derive.report.mlp_model import notation_for, notation_of
from derive.report.mlp_notation import KHAPRA
from derive.report.options import HandoutOptions
from derive.report.render import render

OWN = r"""
name = "own"
forward = [
  'u^{(1)} = v',
  's^{(p)} = c^{(p)} + V^{(p)} u^{(p-1)} \quad (2 \le p \le D)',
  'u^{(p)} = \phi(s^{(p)}) \quad (2 \le p \le D)',
  'E = \frac{1}{2} \sum_i (u^{(D)}_i - t_i)^2',
]
shapes = [
  'V^{(p)} \in \mathbb{R}^{d_p \times d_{p-1}}', 's^{(p)}, c^{(p)}, u^{(p)} \in \mathbb{R}^{d_p}',
  'v \in \mathbb{R}^{d_1}', 't \in \mathbb{R}^{d_D}',
]
[functions]
'\phi' = "any"
"""

NO_LAYERS = r"""
name = "regression"
forward = ['\hat{y} = w x + b', 'E = (\hat{y} - y)^2']
shapes = ['w, x, b, y, \hat{y}, E \in \mathbb{R}']
"""

BATCH = r"""
name = "batch"
forward = [
  'A_0 = X',
  'Z_k = W_k A_{k-1} \quad (1 \le k \le L)',
  'A_k = g(Z_k) \quad (1 \le k \le L)',
  'J = \frac{1}{m} \|A_L - Y\|_F^2',
]
shapes = [
  'W_k \in \mathbb{R}^{n_k \times n_{k-1}}', 'Z_k, A_k \in \mathbb{R}^{n_k \times m}',
  'X \in \mathbb{R}^{n_0 \times m}', 'Y \in \mathbb{R}^{n_L \times m}',
]
[functions]
g = "any"
"""


def test_the_bundled_notation_is_found_again_in_the_bundled_model() -> None:
    found = notation_of(load_model("khapra"))

    assert found == KHAPRA


def test_a_model_of_its_own_names_gives_them_their_parts() -> None:
    m = notation_of(parse_model(OWN))

    assert (m.w("p", "i", "j"), m.a("p"), m.h("p-1"), m.b("p")) == ("V^{(p)}_{ij}", "s^{(p)}", "u^{(p-1)}", "c^{(p)}")
    assert (m.x("i"), m.y(), m.yhat("i"), m.n("p")) == ("v_i", "t", "u^{(D)}_i", "d_p")
    assert (m.loss, m.activation, m.depth, m.layer, m.first) == ("E", r"\phi", "D", "p", 1)


def test_its_handout_counts_layers_as_the_model_does(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    text = render(build(HandoutOptions(model=str(path), loss="squared-error"), (), "0.0"), "md")

    assert r"s^{(p)} &= c^{(p)} + V^{(p)} u^{(p-1)} \qquad (2 \le p \le D)" in text
    assert r"\nabla_{V^{(3)}} E &= \nabla_{s^{(3)}} E \, {u^{(2)}}^T" in text


def test_other_networks_are_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'"regression" is not a multilayer perceptron.*no layer is a bias plus'):
        notation_of(parse_model(NO_LAYERS))
    with pytest.raises(UsageError, match="A holds many examples at once; write the forward pass for one of them"):
        notation_of(parse_model(BATCH))
    with pytest.raises(UsageError, match="nobody"):
        notation_for("nobody")
