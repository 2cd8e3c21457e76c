"""Formulas as lectures write them; every one of them must be read."""

from __future__ import annotations

FORMULAS = (
    r"a_k = b_k + W_k h_{k-1} \quad (1 \le k \le L)",
    r"\nabla_{\mathbf{a}_k} \mathcal{L}(\theta) = \nabla_{\mathbf{h}_k} \mathcal{L}(\theta) \odot ["
    r" \dots, g'(a_{kj}), \dots ]",
    r"= \frac{\partial L}{\partial h_{kj}} \, g'(a_{kj}) \quad [\because h_{kj} = g(a_{kj})]",
    r"\frac{\partial a_{ki}}{\partial W_{kij}} = h_{k-1,j}",
    r"\frac{\partial L(\theta)}{\partial W_{213}} = \frac{\partial L(\theta)}{\partial a_{21}} h_{13}",
    r"W_{k+1,\cdot,j}^\top \nabla_{a_{k+1}} L = \sum_{m=1}^{n} W_{k+1,m,j} \frac{\partial L}{\partial a_{k+1,m}}",
    r"a_L = [a_{L1}, a_{L2} \dots a_{Ln}]",
    r"\hat{y}_\ell = \frac{\exp(a_L)_\ell}{\sum_i \exp(a_L)_i}",
    r"\frac{\partial L}{\partial a_{Li}} = -(\mathbf{1}_{(i=\ell)} - \hat{y}_i)",
    r"\frac{\partial \hat y_i}{\partial o_j} = \hat y_i (\mathbb{1}[i = j] - \hat y_j)",
    r"\delta^l = \left((w^{l+1})^T \delta^{l+1}\right) \odot \sigma'(z^l), \tag{B2}\label{eq:b2}",
    r"\delta^L_j\equiv\frac{\partial{}C}{\partial{}z^L_j}.",
    r"dZ^{[l]} = W^{[l+1]T} dZ^{[l+1]} * g^{[l]\prime}(Z^{[l]})",
    r"a^{[l](i)} = g^{[l]}\left(W^{[l]} a^{[l-1](i)} + b^{[l]}\right)",
    r"\mathbf{W}^{(2)} \leftarrow \mathbf{W}^{(2)} - \eta \left( \frac{\partial J}{\partial \mathbf{W}^{(2)}} \right)",
    r"\frac{\partial J}{\partial \mathbf{h}} = {\mathbf{W}^{(2)}}^\top \frac{\partial J}{\partial"
    r" \mathbf{o}} \in \mathbb{R}^h.",
    r"\partial_{\mathbf{w}} \|\mathbf{X}\mathbf{w} - \mathbf{y}\|_2^2 = 2 \mathbf{X}^{\mathsf T}"
    r" (\mathbf{X}\mathbf{w} - \mathbf{y})",
    r"\frac{d}{dx} \tanh^2(x) = 2 \tanh(x) \left(1 - \tanh^2(x)\right)",
    r"f'(x) = \begin{cases} 1 & \text{if } x > 0, \\ \alpha & \text{otherwise.} \end{cases}",
    r"\operatorname{softplus}'(x) = \operatorname{sigmoid}(x)",
    r"J = -\frac{1}{m} \sum_{i=1}^{m} \Big[ y_i \log \hat y_i + (1 - y_i) \log(1 - \hat y_i) \Big] +"
    r" \frac{\lambda}{2} \sum_{j} w_j^2",
    r"\forall l = 1, \dots, L \quad \begin{cases} s^{(l)} &= W^{(l)} x^{(l-1)} \\ x^{(l)} &="
    r" \sigma(s^{(l)}) \end{cases}",
    r"x \xrightarrow{W^{(1)}} s^{(1)} \xrightarrow{\sigma} x^{(1)} \dots x^{(L)} = f(x; W, b)",
    r"\left. \frac{\partial f(u)}{\partial u} \right|_{u = g(x)} \cdot \frac{\partial g(x)}{\partial x}",
    r"(f \circ g)'(x) = f'(g(x)) \cdot g'(x)",
    r"\begin{aligned} \frac{\partial u}{\partial a} &= 2(a+b), & \quad \frac{\partial u}{\partial b}"
    r" &= 2(a+b) \end{aligned}",
    r"\underbrace{\frac{\partial L}{\partial y}}_{\text{loss}} \underbrace{\frac{\partial"
    r" y}{\partial W}}_{\text{layer}}",
    r"\nabla_{W} L = \begin{bmatrix} \frac{\partial L}{\partial W_{11}} & \dots & \frac{\partial L}{\partial W_{1n}} \\"
    r" \vdots & \ddots & \vdots \\ \frac{\partial L}{\partial W_{m1}} & \dots & \frac{\partial"
    r" L}{\partial W_{mn}} \end{bmatrix}",
    r"\delta^l = \mathrm{diag}(\sigma'(z^l)) (w^{l+1})^T \ldots \mathrm{diag}(\sigma'(z^L)) \nabla_{a^L} C",
    r"x_t, h_t \in \mathbb{R}^{d}, \quad W_{hh} \in \mathbb{R}^{d \times d}, \quad t = 1, \dots, T",
    r"w_{jk} := w_{jk} - \eta \, \delta_j a_k, \qquad b_j := b_j - \eta \, \delta_j",
    r"\overline{W_i} = \nabla_{W_i} \mathcal{L}",
    r"y_i = e(\ell)_i = \delta_{i\ell}",
    r"\|\mathbf{w}\|_1 = \sum_i |w_i|, \quad |x| = \sqrt{x^2}",
    r"a^{<t>} = \tanh(W_{aa} a^{<t-1>} + W_{ax} x^{<t>} + b_a)",
    "∂L/∂aₖ = (Wₖ₊₁)ᵀ ∇L ⊙ σ′(aₖ), ŷ ∈ ℝⁿ",
    r"P(y = k \mid x) = \frac{e^{z_k}}{\sum_{j \ne k} e^{z_j} + e^{z_k}}",
    r"L = \max(0, 1 - y \hat{y}) = \max_{\alpha \in [0, 1]} \alpha (1 - y \hat y)",
    r"A = (B + C \\ &\quad + D) E",
    r"{\bf x}^T {\rm diag}(y) \bm{z} + \tfrac12 \vec{v} \cdot \vec{w}",
)
