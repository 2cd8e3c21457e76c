"""Each spelling of a sign, walked through all places where it may stand."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, VECTORS, words

from derive.notation.signs import ORDERS, PRODUCT_SIGNS, RELATIONS, SIGNS, TRANSPOSE_SIGNS, Sign, negated

GRADIENT = r"\nabla_{z^l} C = ((W^{l+1})^T \nabla_{z^{l+1}} C) \odot g'(z^l)"
MODEL = r"""
forward = ['p = \sum_{RANGE} w_j x_j', 'E = p^2']
shapes = ['w, x \in \mathbb{R}^{n}', 'p \in \mathbb{R}']
"""
RISING = [(s, sign) for sign in ORDERS.values() if sign.smaller == "left" for s in sign.spellings]
FALLING = [(s, sign) for sign in ORDERS.values() if sign.smaller == "right" for s in sign.spellings]


def end(sign: Sign, last: str) -> str:
    """Return the end of a range, exclusive where the sign is strict."""
    return f"{last} + 1" if sign.strict else last


@pytest.mark.parametrize(("spelling", "sign"), RISING)
def test_an_order_limits_a_layer(spelling: str, sign: Sign) -> None:
    below = "0" if sign.strict else "1"

    assert words(LAYERS, rf"{GRADIENT} \quad ({below} {spelling} l {spelling} {end(sign, 'L - 1')})") == ["proved"]
    assert words(LAYERS, rf"{GRADIENT} \quad ({below} {spelling} l {spelling} {end(sign, 'L')})") != ["proved"]
    assert words(LAYERS, rf"{GRADIENT}, \quad \forall l {spelling} {end(sign, 'L - 1')}") == ["proved"]


@pytest.mark.parametrize(("spelling", "sign"), FALLING)
def test_an_order_may_be_turned_round(spelling: str, sign: Sign) -> None:
    first = "0" if sign.strict else "1"

    assert words(LAYERS, rf"{GRADIENT} \quad ({end(sign, 'L - 1')} {spelling} l {spelling} {first})") == ["proved"]
    assert words(LAYERS, rf"{GRADIENT} \quad ({end(sign, 'L')} {spelling} l {spelling} {first})") != ["proved"]


@pytest.mark.parametrize(("spelling", "sign"), RISING)
def test_an_order_bounds_a_sum(spelling: str, sign: Sign) -> None:
    range_ = f"{'0' if sign.strict else '1'} {spelling} j {spelling} {end(sign, 'n')}"
    model = MODEL.replace("RANGE", range_)

    assert words(model, r"\frac{\partial E}{\partial w_i} = 2 p x_i") == ["proved"]
    assert words(model, rf"p = \sum_{{{range_}}} x_j w_j") == ["proved"]
    assert words(model, rf"p = 2 \sum_{{{range_}}} x_j w_j") == ["refuted"]


@pytest.mark.parametrize(("spelling", "sign"), [*RISING, *FALLING])
def test_an_order_parts_cases(spelling: str, sign: Sign) -> None:
    model = VECTORS.replace(r"\tanh(u)", r"\operatorname{ReLU}(u)")
    positive = sign.smaller == "right"
    first, second = (r"1", r"0") if positive else (r"0", r"1")
    cases = rf"\begin{{cases}} {first} & u_i {spelling} 0 \\ {second} & \text{{otherwise}} \end{{cases}}"
    turned = rf"\begin{{cases}} {second} & u_i {spelling} 0 \\ {first} & \text{{otherwise}} \end{{cases}}"

    assert words(model, rf"\frac{{\partial v_i}}{{\partial u_i}} = {cases}") == ["proved"]
    assert words(model, rf"\frac{{\partial v_i}}{{\partial u_i}} = {turned}") == ["refuted"]


@pytest.mark.parametrize(("spelling", "sign"), [*RISING, *FALLING])
def test_an_order_is_a_fact(spelling: str, sign: Sign) -> None:
    fact = f"p {spelling} 0" if sign.smaller == "right" else f"0 {spelling} p"
    model = "assume = ['FACT']\n" + r"forward = ['E = p^2']" + "\n" + r"shapes = ['p \in \mathbb{R}']"

    assert words(model.replace("FACT", fact), r"\sqrt{p^2} = p") == ["proved"]
    assert words(model.replace("FACT", fact), r"\sqrt{p^2} = 2 p") == ["refuted"]


@pytest.mark.parametrize("spelling", [s for sign in SIGNS if sign.role == "loose" for s in sign.spellings])
def test_a_sign_that_says_nothing_exact_is_no_order(spelling: str) -> None:
    assert words(LAYERS, rf"{GRADIENT} \quad (1 {spelling} l {spelling} L)") != ["proved"]
    assert words(LAYERS, rf"z^l {spelling} W^l a^{{l-1}}") not in (["proved"], ["refuted"])


@pytest.mark.parametrize("spelling", [s for sign in SIGNS if sign.role in ("equal", "defines") for s in sign.spellings])
def test_an_equation_is_judged(spelling: str) -> None:
    assert words(LAYERS, rf"z^l {spelling} W^l a^{{l-1}} + b^l") == ["proved"]
    assert words(LAYERS, rf"z^l {spelling} W^l a^{{l-1}} - b^l") == ["refuted"]


@pytest.mark.parametrize("sign", ORDERS.values(), ids=lambda sign: sign.name)
def test_what_is_not_less_is_greater_or_equal(sign: Sign) -> None:
    other = ORDERS[negated(sign.name)]

    assert (other.smaller, other.strict) == ("right" if sign.smaller == "left" else "left", not sign.strict)
    assert negated(other.name) == sign.name


@pytest.mark.parametrize("sign", [*TRANSPOSE_SIGNS, "⊤", "⊺", r"\mathsf{T}", r"\mathrm{T}", r"\text{T}", r"\mathsf T"])
def test_a_transpose_is_read_on_names_brackets_and_indices(sign: str) -> None:
    assert words(VECTORS, rf"\nabla_x E = W^{{{sign}}} \nabla_u E") == ["proved"]
    assert words(VECTORS, rf"\nabla_W E = \nabla_u E \, x^{{{sign}}} + \lambda W") == ["proved"]
    assert words(VECTORS, rf"u = (x^T W^T)^{{{sign}}} + b") == ["proved"]
    assert words(VECTORS, rf"\nabla_x E = W \nabla_u^{{{sign}}} E") != ["proved"]
    assert words(LAYERS, rf"\nabla_{{a^{{l-1}}}} C = W^{{l {sign}}} \nabla_{{z^l}} C") == ["proved"]


@pytest.mark.parametrize(
    "spelling", [s for sign in PRODUCT_SIGNS if sign.meaning == "elementwise" for s in sign.spellings]
)
def test_an_elementwise_product_is_read(spelling: str) -> None:
    assert words(VECTORS, rf"\nabla_u E = (v - y) {spelling} (1 - v {spelling} v)") == ["proved"]
    assert words(VECTORS, rf"\nabla_u E = (v - y) {spelling} (1 + v {spelling} v)") == ["refuted"]


def test_no_spelling_writes_two_relations() -> None:
    spellings = [spelling for sign in SIGNS for spelling in sign.spellings]
    assert len(spellings) == len(set(spellings)) == len(RELATIONS)
