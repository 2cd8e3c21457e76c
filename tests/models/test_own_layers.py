"""A layer with an activation of its own: softmax on top of open activations."""

from __future__ import annotations

import pytest

from derive.errors import ModelError
from derive.judge_formula import Judge
from derive.models.model import parse_model

MODEL = r"""
forward = [
  'a^{[0]} = x',
  'z^{[l]} = W^{[l]} a^{[l-1]} \quad (1 \le l \le L)',
  'a^{[l]} = g^{[l]}(z^{[l]}) \quad (1 \le l \le L)',
  'J = -\sum_i y_i \log a^{[L]}_i',
]
shapes = [
  'x \in \mathbb{R}^{n^{[0]}}', 'z^{[l]}, a^{[l]} \in \mathbb{R}^{n^{[l]}}', 'y \in \mathbb{R}^{n^{[L]}}',
  'W^{[l]} \in \mathbb{R}^{n^{[l]} \times n^{[l-1]}}',
]
assume = ['\sum_i y_i = 1']
[functions]
'g^{[l]}' = "any"
'g^{[L]}' = "softmax"
"""


def test_the_last_layer_is_defined_apart() -> None:
    layers = [str(d.ranges[0]) for d in parse_model(MODEL).network.definitions if d.name == "a"]

    assert layers == ["0..0", "1..L-1", "L..L"]


@pytest.mark.parametrize(
    ("latex", "word"),
    [
        (r"\nabla_{z^{[L]}} J = a^{[L]} - y", "proved"),
        (r"\nabla_{z^{[L]}} J = y - a^{[L]}", "refuted"),
        (r"\nabla_{z^{[l]}} J = \nabla_{a^{[l]}} J \odot {g^{[l]}}'(z^{[l]}) \quad (l < L)", "proved"),
    ],
)
def test_formulas_know_the_layer_that_they_are_about(latex: str, word: str) -> None:
    assert Judge.start(parse_model(MODEL)).formula(latex)[0][0].word == word


NUMBERED = r"""
forward = [
  'a^{[0]} = x',
  'z^{[l]} = W^{[l]} a^{[l-1]} \quad (1 \le l \le 3)',
  'a^{[l]} = g^{[l]}(z^{[l]}) \quad (1 \le l \le 3)',
  'J = \frac{1}{2} \| a^{[3]} - y \|^2',
]
shapes = [
  'x \in \mathbb{R}^{n^{[0]}}', 'z^{[l]}, a^{[l]} \in \mathbb{R}^{n^{[l]}}', 'y \in \mathbb{R}^{n^{[3]}}',
  'W^{[l]} \in \mathbb{R}^{n^{[l]} \times n^{[l-1]}}',
]
[functions]
"""


@pytest.mark.parametrize(
    ("functions", "ranges"),
    [
        ((1, 2, 3), ["0..0", "1..1", "2..2", "3..3"]), ((1,), ["0..0", "1..1", "2..3"]),
        ((2,), ["0..0", "1..1", "2..2", "3..3"]), ((3,), ["0..0", "1..2", "3..3"]),
    ],
)  # fmt: skip
def test_each_layer_may_have_a_function_of_its_own(functions: tuple[int, ...], ranges: list[str]) -> None:
    model = parse_model(NUMBERED + "\n".join(f"'g^{{[{n}]}}' = \"tanh\"" for n in functions))
    judge = Judge.start(model)

    assert sorted(str(d.ranges[0]) for d in model.network.definitions if d.name == "a") == ranges
    for n in (1, 2, 3):
        slope = rf"\nabla_{{z^{{[{n}]}}}} J = \nabla_{{a^{{[{n}]}}}} J \odot (1 - a^{{[{n}]}} \odot a^{{[{n}]}})"
        assert judge.formula(slope)[0][0].word == ("proved" if n in functions else "refuted")
        assert judge.formula(slope.replace("1 -", "1 +"))[0][0].word == "refuted"


def test_a_line_may_say_which_function_one_layer_has() -> None:
    lines = NUMBERED.replace("  'J = ", "  'g^{[3]}(s) = \\sigma(s)',\n  'J = ")
    judge = Judge.start(parse_model(lines + "'\\sigma' = \"sigmoid\"\n'g^{[l]}' = \"any\""))
    slope = r"\nabla_{z^{[3]}} J = \nabla_{a^{[3]}} J \odot a^{[3]} \odot (1 - a^{[3]})"

    assert judge.formula(slope)[0][0].word == "proved"
    assert judge.formula(slope.replace("[3]", "[2]"))[0][0].word == "refuted"


@pytest.mark.parametrize("functions", ["'g^{[l]}' = \"any\"", ""])
def test_a_formula_for_the_function_of_one_layer_is_an_error_and_not_passed_over(functions: str) -> None:
    with pytest.raises(ModelError):
        parse_model(NUMBERED.replace("  'a^{[l]} = ", "  'g^{[3]}(z) = z^2',\n  'a^{[l]} = ") + functions)


def test_the_argument_of_a_function_of_one_layer_is_no_array() -> None:
    lines = NUMBERED.replace("  'J = ", "  'g^{[3]}(z) = \\sigma(z)',\n  'J = ")
    with pytest.raises(ModelError, match="names an array"):
        parse_model(lines + "'\\sigma' = \"sigmoid\"\n'g^{[l]}' = \"any\"")


def test_an_index_above_a_function_without_layers_is_no_power() -> None:
    model = parse_model(
        "forward = ['u = \\sigma(z)']\nshapes = ['z \\in \\mathbb{R}^n']\n[functions]\n'\\sigma' = \"tanh\""
    )
    judge = Judge.start(model)

    assert judge.formula(r"\sigma^2(z_i) = \sigma(z_i)^2")[0][0].word == "proved"
    for above in ("[l]", "(l)", "[2]"):
        assert judge.formula(rf"\sigma^{{{above}}}(z_i) = \sigma(z_i)^l")[0][0].word == "not-understood"
