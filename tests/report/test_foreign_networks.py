"""Handouts of networks that are no perceptrons: written, judged by derive itself, with the expected results."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.report.handout import write_handout
from derive.report.options import HandoutOptions

NETWORKS: dict[str, tuple[str, list[str]]] = {
    "a batch, one example in each row": (
        r"""
name = "rows"
forward = [
  'H = \tanh(X W_1 + \mathbf{1} b_1^T)',
  'S = H W_2 + \mathbf{1} b_2^T',
  'P = \operatorname{softmax}(S)',
  'L = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{C} Y_{nk} \log P_{nk}',
]
shapes = [
  'X \in \mathbb{R}^{N \times D}', 'W_1 \in \mathbb{R}^{D \times M}', 'b_1 \in \mathbb{R}^M',
  'W_2 \in \mathbb{R}^{M \times C}', 'b_2 \in \mathbb{R}^C', 'H \in \mathbb{R}^{N \times M}',
  'S, P, Y \in \mathbb{R}^{N \times C}',
]
[functions]
'\tanh' = "tanh"
'\operatorname{softmax}' = "softmax over rows"
""",
        [
            r"\nabla_{W_{1}} L = X^T \left( \nabla_{H} L \odot (1 - H \odot H) \right)",
            r"\nabla_{b_{2}} L = {(\nabla_{S} L)}^T \mathbf{1}",
        ],
    ),
    "a recurrent network": (
        r"""
name = "rnn"
forward = [
  'h_0 = s',
  'a_t = W h_{t-1} + U x_t + b \quad (1 \le t \le T)',
  'h_t = \tanh(a_t) \quad (1 \le t \le T)',
  'o_t = V h_t + c \quad (1 \le t \le T)',
  'L = \frac{1}{2} \sum_{t=1}^{T} \| o_t - y_t \|^2',
]
shapes = [
  'W \in \mathbb{R}^{n \times n}', 'U \in \mathbb{R}^{n \times d}', 'V \in \mathbb{R}^{p \times n}',
  'b, h_t, a_t, s \in \mathbb{R}^n', 'c, o_t, y_t \in \mathbb{R}^p', 'x_t \in \mathbb{R}^d',
]
[functions]
'\tanh' = "tanh"
""",
        [
            r"\nabla_{h_t} L = W^T \nabla_{a_{t+1}} L + V^T \left( o_t - y_t \right)",
            r"\frac{\partial L}{\partial W_{ij}} &= \sum_{t=1}^{T} \frac{\partial L}{\partial a_{ti}} h_{t-1,j}",
        ],
    ),
    "attention": (
        r"""
name = "attention"
forward = [
  'Q = X W_Q', 'K = X W_K', 'V = X W_V',
  'S = \frac{1}{\sqrt{d}} Q K^T',
  'A = \operatorname{softmax}(S)',
  'O = A V',
  'L = \frac{1}{2} \| O - Y \|_F^2',
]
shapes = [
  'X \in \mathbb{R}^{n \times m}', 'W_Q, W_K \in \mathbb{R}^{m \times d}', 'W_V \in \mathbb{R}^{m \times p}',
  'Q, K \in \mathbb{R}^{n \times d}', 'V, O, Y \in \mathbb{R}^{n \times p}',
  'S, A \in \mathbb{R}^{n \times n}',
]
[functions]
'\operatorname{softmax}' = "softmax over rows"
""",
        [
            r"\nabla_{V} L = A^T \left( O - Y \right)",
            r"\nabla_{W_{Q}} L = X^T \nabla_{Q} L",
        ],
    ),
    "a convolution": (
        r"""
name = "conv"
forward = [
  'z_i = \sum_{k=1}^{K} w_k x_{i+k-1} + b \quad (1 \le i \le n)',
  'h_i = f(z_i) \quad (1 \le i \le n)',
  'o = \sum_{i=1}^{n} v_i h_i',
  'E = \frac{1}{2} (o - t)^2',
]
shapes = [
  'w \in \mathbb{R}^K', 'x \in \mathbb{R}^{n+K-1}', 'z, h, v \in \mathbb{R}^n', 'b, o, t \in \mathbb{R}',
]
[functions]
f = "any"
""",
        [
            r"&= (o - t) \sum_{i=1}^{n} v_i f'(z_i) x_{i+k-1}",
            r"\nabla_{h} E = \left( o - t \right) v",
            r"b - \eta \, \frac{\partial E}{\partial b}",
        ],
    ),
    "a convolution of two axes": (
        r"""
name = "conv2"
forward = [
  'z_{ij} = \sum_{p=1}^{K} \sum_{q=1}^{K} w_{pq} x_{i+p-1,j+q-1} \quad (1 \le i \le n, 1 \le j \le m)',
  'a_{ij} = \operatorname{relu}(z_{ij}) \quad (1 \le i \le n, 1 \le j \le m)',
  'E = \frac{1}{2} \sum_{i=1}^{n} \sum_{j=1}^{m} (a_{ij} - t_{ij})^2',
]
shapes = [
  'w \in \mathbb{R}^{K \times K}', 'x \in \mathbb{R}^{(n+K-1) \times (m+K-1)}',
  'z, a, t \in \mathbb{R}^{n \times m}',
]
[functions]
'\operatorname{relu}' = "relu"
""",
        [
            r"x_{i+p-1,j+q-1}",
        ],
    ),
    "a layer norm": (
        r"""
name = "layernorm"
forward = [
  '\mu = \frac{1}{n} \sum_{i=1}^{n} x_i',
  'v = \frac{1}{n} \sum_{i=1}^{n} (x_i - \mu)^2',
  'z_i = \frac{x_i - \mu}{\sqrt{v + \epsilon}}',
  'y_i = \gamma_i z_i + \beta_i',
  'L = \ell(y)',
]
shapes = [
  'x, z, y, \gamma, \beta \in \mathbb{R}^n', '\mu, v, \epsilon \in \mathbb{R}',
]
assume = ['\epsilon > 0', 'v > 0']
[functions]
'\ell' = "any scalar"
""",
        [
            r"\nabla_{\gamma} L = \nabla_{y} L \odot z",
            r"\gamma - \eta \, \nabla_{\gamma} L",
        ],
    ),
    "an autoencoder with tied weights": (
        r"""
name = "autoencoder"
forward = [
  'h = \sigma(W x + b)',
  'r = W^T h + c',
  'E = \frac{1}{2} \| r - x \|^2 + \frac{\lambda}{2} \| W \|_F^2',
]
shapes = [
  'W \in \mathbb{R}^{m \times n}', 'b, h \in \mathbb{R}^m', 'c, r, x \in \mathbb{R}^n',
  '\lambda \in \mathbb{R}',
]
[functions]
'\sigma' = "sigmoid"
""",
        [
            r"\nabla_{W} E = \lambda W + \left( \nabla_{h} E \odot h \odot (1 - h) \right) x^T",
            r"+ h {\left( r - x \right)}^T",
        ],
    ),
    "two losses": (
        r"""
name = "two losses"
forward = [
  'h = \phi(W x)',
  'p = U h', 'q = V h',
  '\mathcal{L}_1 = \frac{1}{2} \| p - s \|^2',
  '\mathcal{L}_2 = \frac{1}{2} \| q - t \|^2',
  '\mathcal{L} = \mathcal{L}_1 + \alpha \mathcal{L}_2',
]
shapes = [
  'W \in \mathbb{R}^{m \times n}', 'h \in \mathbb{R}^m', 'x \in \mathbb{R}^n', 'U \in \mathbb{R}^{a \times m}',
  'V \in \mathbb{R}^{b \times m}', 'p, s \in \mathbb{R}^a', 'q, t \in \mathbb{R}^b', '\alpha \in \mathbb{R}',
]
[functions]
'\phi' = "any"
""",
        [
            r"\nabla_{W} \mathcal{L}",
            r"W - \eta \,",
        ],
    ),
    "examples by an index": (
        r"""
name = "logistic regression"
forward = [
  'z_n = w^T x_n + b \quad (1 \le n \le N)',
  'p_n = \sigma(z_n) \quad (1 \le n \le N)',
  'E = -\sum_{n=1}^{N} \left( t_n \log p_n + (1 - t_n) \log(1 - p_n) \right)',
]
shapes = [
  'w \in \mathbb{R}^D', 'x_n \in \mathbb{R}^D', 'b, z_n, p_n, t_n \in \mathbb{R}',
]
[functions]
'\sigma' = "sigmoid"
""",
        [
            r"\frac{\partial E}{\partial w_i} &= \sum_{n=1}^{N} \frac{\partial E}{\partial z_n}",
        ],
    ),
    "gradients as rows": (
        r"""
name = "row gradients"
gradients = "row"
forward = [
  'z = W x + b', 'y = \phi(z)', 'E = \frac{1}{2} \| y - t \|^2',
]
shapes = [
  'W \in \mathbb{R}^{m \times n}', 'b, z, y, t \in \mathbb{R}^m', 'x \in \mathbb{R}^n',
]
[functions]
'\phi' = "softplus"
""",
        [
            r"As a row, the derivative by a vector is its transpose.",
            r"\nabla_{b} E = (y - t) \odot \phi'(z)",
        ],
    ),
    "a residual network": (
        r"""
name = "residual"
forward = [
  'h_0 = x',
  'a_k = W_k h_{k-1} + b_k \quad (1 \le k \le L)',
  'h_k = h_{k-1} + \rho(a_k) \quad (1 \le k \le L)',
  'E = \ell(h_L, y)',
]
shapes = [
  'W_k \in \mathbb{R}^{n \times n}', 'a_k, b_k, h_k, x, y \in \mathbb{R}^n',
]
[functions]
'\rho' = "relu"
'\ell' = "any scalar"
""",
        [
            r"\nabla_{h_k} E = \nabla_{h_{k+1}} E + W_{k+1}^T \nabla_{a_{k+1}} E",
            r"one of the one-sided slopes",
        ],
    ),
    "ridge regression": (
        r"""
name = "ridge"
forward = [
  'r = X w - y',
  'J(w) = \frac{1}{2} \| r \|^2 + \frac{\lambda}{2} w^T w',
]
shapes = [
  'X \in \mathbb{R}^{n \times d}', 'w \in \mathbb{R}^d', 'y, r \in \mathbb{R}^n', '\lambda \in \mathbb{R}',
]
""",
        [
            r"\nabla_{w} J = \lambda w + X^T r",
        ],
    ),
    "a gate called i": (
        r"""
name = "gate"
forward = [
  'i = \sigma(W x)', 'y = i \odot v', 'E_{\mathrm{sq}} = \frac{1}{2} \| y - t \|^2',
  'J = E_{\mathrm{sq}} + \lambda v^T v',
]
shapes = [
  'W \in \mathbb{R}^{n \times d}', 'x \in \mathbb{R}^d', 'i, v, y, t \in \mathbb{R}^n',
  'E_{\mathrm{sq}}, \lambda \in \mathbb{R}',
]
[functions]
'\sigma' = "sigmoid"
""",
        [r"\nabla_{v} J = 2 \lambda v + (y - t) \odot i", r"E_{\mathrm{sq}}"],
    ),
    "a mean over examples": (
        r"""
name = "mean over examples"
forward = [
  'p_n = \sigma(z_n) \quad (1 \le n \le N)',
  'E = -\frac{1}{N} \sum_{n=1}^{N} \left( t_n \log p_n + (1 - t_n) \log(1 - p_n) \right)',
]
shapes = ['z, p, t \in \mathbb{R}^N']
[functions]
'\sigma' = "sigmoid"
""",
        [r"\text{(split the sum)}", r"\nabla_{z} E = \frac{1}{N} \left( p - t \right)"],
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_ones_own_has_its_handout(name: str, tmp_path: Path) -> None:
    model, results = NETWORKS[name]
    (tmp_path / "own.toml").write_text(model, encoding="utf-8")
    written = write_handout(HandoutOptions(model=str(tmp_path / "own.toml"), output=tmp_path / "x", formats=("md",)))
    text = (tmp_path / "x.md").read_text(encoding="utf-8")

    assert written.hidden == ()
    assert [result for result in results if result not in text] == []
    example = text.split("A worked example")[1]
    assert [part for part in ("**Forward.**", "**Backward.**", "**Numeric check.**") if part not in example] == []
