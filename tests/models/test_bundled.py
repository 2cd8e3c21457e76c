"""The bundled models: each one is read, and says what its lecture says."""

from __future__ import annotations

import pytest

from derive.errors import UsageError
from derive.judge_formula import Judge
from derive.models.registry import list_models, load_model

BASICS = {
    "khapra": r"\nabla_{a_k} \mathcal{L}(\theta) = \nabla_{h_k} \mathcal{L}(\theta) \odot g'(a_k)",
    "khapra-regression": r"\nabla_{a_L} \mathcal{L}(\theta) = \hat{y} - y",
    "mopuri": r"\frac{\partial E}{\partial w^l_{jk}} = \frac{\partial E}{\partial s^l_j} x^{l-1}_k",
    "nielsen": r"\delta^L = (a^L - y) \odot \sigma'(z^L)",
    "nielsen-cross-entropy": r"\delta^L = a^L - y",
    "ng": r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}",
    "goodfellow": r"\nabla_{\boldsymbol{b}^{(k)}} J = \nabla_{\boldsymbol{a}^{(k)}} J",
    "d2l": r"\frac{\partial J}{\partial \mathbf{z}} = \frac{\partial J}{\partial \mathbf{h}} \odot \phi'(\mathbf{z})",
    "fleuret": r"\frac{\partial \mathscr{l}}{\partial b^{(l)}} = \frac{\partial \mathscr{l}}{\partial s^{(l)}}",
}


def test_every_bundled_model_without_theorems_has_its_formula_here() -> None:
    assert {name for name in list_models() if not load_model(name).theorems} == set(BASICS)


@pytest.mark.parametrize("name", BASICS)
def test_a_bundled_model_proves_a_formula_of_its_lecture(name: str) -> None:
    verdicts, _ = Judge.start(load_model(name)).formula(BASICS[name])

    assert [verdict.word for verdict in verdicts] == ["proved"]


def test_khapra_is_a_network_over_layers_with_a_class_as_label() -> None:
    model = load_model("khapra")

    ranges = [(d.name, str(d.ranges[0])) for d in model.network.definitions if len(d.ranges) == 2]
    assert ranges == [("h", "0..0"), ("a", "1..L"), ("h", "1..L-1")]
    assert [(index.name, str(range_)) for index, range_ in model.table.labels.items()] == [(r"\ell", "1..n[L]")]
    assert model.network.loss == r"\mathcal{L}"
    assert {leaf.name for leaf in model.network.leaves} == {"W", "b", "x", r"\eta"}


def test_the_notation_knows_where_indices_stand() -> None:
    notation = load_model("ng").notation

    pattern = notation.patterns["W"]
    assert [(slot.place, slot.kind, slot.bracket) for slot in pattern.slots] == [
        ("sup", "layer", "["),
        ("sub", "unit", ""),
        ("sub", "unit", ""),
    ]
    assert notation.sizes["n"].slots[0].bracket == "["


def test_an_unknown_model_is_a_usage_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="khapra"):
        load_model("kapra")
