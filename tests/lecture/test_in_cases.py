"""What a text defines in cases, by functions of which it says nothing, or for one member only: it is no input."""

from __future__ import annotations

import pytest
from verdicts import verdicts


@pytest.mark.parametrize(
    "case", [r"h = a$, $a > 0$; and $h = 0$, $a \le 0", r"h = a$ if $a > 0$ and $h = 0$ otherwise$"]
)
def test_what_is_said_in_cases_is_no_input(case: str) -> None:
    unit = rf"A unit has $a = w x$ with ${case.rstrip('$')}$. The loss is $L = h^2$."
    found = verdicts(rf"{unit} $$\frac{{\partial L}}{{\partial w}} = 0$$")

    assert not {"proved", "refuted"} & set(found)


def test_a_member_of_a_family_of_which_nothing_is_said_is_no_input() -> None:
    text = r"Let $s \in \mathbb{R}^V$, $q_w = e^{s_w} / \sum_{k=1}^V e^{s_k}$, $J = (q_o - 1)^2$."

    assert verdicts(rf"{text} $$\frac{{\partial J}}{{\partial s_w}} = 0$$")[-1] == "not-understood"


def test_one_case_of_a_computed_value_says_nothing_in_general() -> None:
    unit = r"The unit has $s = w x$ and, if $s > \theta$, $o = s - \theta$, otherwise $o = 0$."

    assert verdicts(rf"{unit} $$\frac{{\partial o}}{{\partial s}} = 1$$")[-1] == "not-understood"


def test_the_range_of_an_input_is_no_case() -> None:
    network = r"Let $u \in \mathbb{R}^n$ and $s_i = u_i / \kappa$, $\kappa > 0$, $F = \sum_{i=1}^n s_i^2$."

    assert verdicts(rf"{network} $$\frac{{\partial F}}{{\partial u_i}} = \frac{{2 s_i}}{{\kappa}}$$")[-1] == "proved"


@pytest.mark.parametrize("letter", [r"\alpha", r"\gamma", "a"])
def test_what_an_unknown_function_gives_depends_on_its_argument(letter: str) -> None:
    network = (
        rf"We have $s = Q k$ with $Q \in \mathbb{{R}}^{{m \times d}}$, $k \in \mathbb{{R}}^d$,"
        rf" ${letter} = \mathrm{{sparsemax}}(s)$ and $E = \lVert {letter} \rVert^2$."
    )
    claims = (rf"$$\frac{{\partial {name}}}{{\partial k}} = 0$$" for name in (letter, "E"))

    assert "proved" not in verdicts(f"{network} {' '.join(claims)}")


def test_a_name_that_is_defined_in_general_is_known_beside_its_cases() -> None:
    network = r"For $p = \sigma(z)$ with the sigmoid $\sigma$ let $L = -y \log p - (1 - y) \log(1 - p)$."
    text = rf"{network} If $y = 1$, the loss is $L = -\log p$."

    assert verdicts(rf"{text} $$\frac{{\partial L}}{{\partial z}} = p - y$$")[-1] == "proved"
