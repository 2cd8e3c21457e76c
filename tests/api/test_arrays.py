"""Gradients and Jacobians in matrix form: each form shown has been read back and proved; numbers have its shape."""

from __future__ import annotations

import numpy as np
import pytest

from derive import Net, load_network
from derive.errors import UsageError
from derive.writing.plain_formula import plain_formula

GRADIENTS = {
    ("khapra", "W_k"): "∇W[k] L = ∇a[k] L h[k-1]ᵀ",
    ("khapra", "b_k"): "∇b[k] L = ∇a[k] L",
    ("khapra", "h_k"): "∇h[k] L = W[k+1]ᵀ ∇a[k+1] L",
    ("nielsen", "w^l"): "∇w[l] C = ∇z[l] C a[l-1]ᵀ",
    ("nielsen", "b^l"): "∇b[l] C = ∇z[l] C",
    ("ng", "W^{[l]}"): "∇W[l] J = ∇Z[l] J A[l-1]ᵀ",
}
JACOBIANS = {
    ("a_{k+1}", "a_k"): r"W_{k+1} \operatorname{diag}(g'(a_k))",
    ("h_k", "a_k"): r"\operatorname{diag}(g'(a_k))",
    ("h_k", "h_{k-1}"): r"\operatorname{diag}(g'(a_k)) W_k",
    ("a_k", "h_{k-1}"): "W_k",
}


@pytest.mark.parametrize(("model", "by", "text"), [(*key, text) for key, text in GRADIENTS.items()])
def test_gradients_as_the_lectures_write_them(model: str, by: str, text: str) -> None:
    gradient = load_network(model).gradient(by)

    assert str(gradient) == text
    assert load_network(model).claim(gradient.latex()).judge().proved


@pytest.mark.parametrize(("of", "by"), JACOBIANS)
def test_jacobians_of_layers(khapra: Net, of: str, by: str) -> None:
    jacobian = khapra.jacobian(of, by)

    assert jacobian.matrix == JACOBIANS[of, by]
    assert khapra.claim(rf"\frac{{\partial {of}}}{{\partial {by}}} = {jacobian.matrix}").judge().proved


def test_the_jacobian_of_softmax(khapra: Net) -> None:
    matrix = khapra.jacobian(r"\hat{y}", "a_L").matrix

    assert matrix is not None
    assert set(matrix.replace("+", "-").split(" - ")) <= {
        r"\operatorname{diag}(\hat{y})",
        r"\hat{y} \hat{y}^T",
        r"-\hat{y} \hat{y}^T",
    }


def test_cases_have_conditions(khapra: Net) -> None:
    gradient = khapra.gradient("a_k")

    assert [(case.condition, case.matrix) for case in gradient.cases] == [
        ("k = L", r"\hat{y} - y"), ("1 ≤ k ≤ L-1", r"\nabla_{h_k} \mathcal{L} \odot g'(a_k)"),
    ]  # fmt: skip
    assert gradient.matrix is None
    assert r"(1 \le k \le L-1)" in gradient.latex()


def test_a_penalty_adds_its_own_term() -> None:
    assert "λW[k]" in str(load_network("goodfellow").gradient("W^{(k)}"))


class TestNumbers:
    def test_a_gradient_has_the_shape_of_its_variable(self, small: Net) -> None:
        values = small.sample(seed=2)
        gradient = small.gradient("W_1")

        assert gradient.shape == ("3", "2")
        assert gradient.numeric(values).shape == (3, 2)

    def test_a_jacobian_is_rows_by_columns(self, small: Net) -> None:
        values = small.sample(seed=2)
        found = small.jacobian("a_2", "a_1").numeric(values)

        hidden = np.tanh(small["a"][1].numeric(values))
        np.testing.assert_allclose(found, values["W"][2] * (1 - hidden**2), atol=1e-12)

    def test_a_free_layer_makes_a_dictionary(self, small: Net) -> None:
        found = small.gradient("W_k").numeric(small.sample())

        assert {layer: array.shape for layer, array in found.items()} == {1: (3, 2), 2: (2, 3)}


def test_no_gradient_of_an_array(khapra: Net) -> None:
    with pytest.raises(UsageError, match="no scalar"):
        khapra.gradient("W_k", of="a_k")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\nabla_{W_k} \mathcal{L}", "∇W[k] L"),
        (r"\frac{\partial a_{k+1}}{\partial a_k}", "∂a[k+1]/∂a[k]"),
        (r"{a^{l-1}}^T \odot \sigma'(z^l)", "a[l-1]ᵀ ⊙ σ'(z[l])"),
        (r"-\frac{1}{\hat{y}_\ell} y", "-1/ŷ[ℓ] y"),
        (r"1 - \left(\tanh c_{t,1}\right)^2", "1 - (tanh c[t,1])²"),
    ],
)
def test_matrix_notation_as_text(latex: str, text: str) -> None:
    assert plain_formula(latex) == text


def test_a_script_of_a_name_is_no_index() -> None:
    notation = load_network("attention").notation

    assert plain_formula(r"\nabla_{X} L = \nabla_{Q} L \, W_{Q}^\top", notation).endswith("W_Qᵀ")
    assert plain_formula(r"\frac{1}{\sqrt{d_{k}}} Q_{12}", notation) == "1/√(d_k) Q[12]"
