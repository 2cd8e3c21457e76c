"""Text that lost backslashes on its way is recognised, and the original is suggested."""

from __future__ import annotations

import pytest

from derive.reader.damage import DamagedText
from derive.reader.parser import parse_formula
from derive.source import Source, Span
from tests.reader.corpus import FORMULAS
from tests.reader.shape import formula

DAMAGED = {
    r"rac{\partial L}{\partial w}": r"\frac",
    r"x = egin{bmatrix} a \end{bmatrix}": r"\begin",
    "\nabla_W L": r"\nabla",
    "= \nabla^T f": r"\nabla",
    "a \times b": r"\times",
    "L(\theta) = 0": r"\theta",
    "x \rightarrow y": r"\rightarrow",
    r"\left( a " + "\right)": r"\right",
    "x \text{if} y": r"\text",
    "\forall k": r"\forall",
    "\x08egin{cases} a \\\\end{cases}": r"\begin",
    "\x0crac12": r"\frac",
    "a \x0crac{1}{2}": r"\frac",
    "\x07lpha": r"\alpha",
    "\tilde{x}": r"\tilde",
    r"frac{1}{2}": r"\frac",
    r"\nabla_{mathbf{w}} L": r"\mathbf",
}


@pytest.mark.parametrize(("text", "original"), DAMAGED.items())
def test_damage_is_recognised_and_the_original_suggested(text: str, original: str) -> None:
    with pytest.raises(DamagedText) as caught:
        parse_formula(Source("test", text), Span(0, len(text)))

    assert caught.value.expected == original
    assert original in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        *FORMULAS,
        r"r a c x",
        r"\text{rac} x",
        r"\mathrm{ext}_i = \operatorname{imes}(x)",
        r"h e t a",
        r"net_j = h o",
        r"x = abc(d)",
    ],
)
def test_sound_text_is_not_called_damaged(text: str) -> None:
    assert formula(text).statements


def test_the_place_is_that_of_the_rest_of_the_command() -> None:
    text = r"x = egin{matrix}"
    with pytest.raises(DamagedText) as caught:
        formula(text)

    assert caught.value.span == Span(4, 8)
