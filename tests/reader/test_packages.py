"""Commands of common packages and viewers: physics, mathtools, beamer, KaTeX, MathJax; signs with notes; colours."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, words

from derive.errors import LatexError

DELTA = r"\delta^{l} = \nabla_{z^{l}} C"

TRUE = [
    r"\nabla_{b^l} C \overset{\eqref{eq:1}}{=} \delta^l",
    r"\nabla_{b^l} C \mathrel{\overset{(i)}{=}} \delta^l",
    r"\nabla_{b^l} C \xlongequal{\text{chain rule}} \delta^l",
    r"\nabla_{b^l} C \mathbin{=} \delta^l",
    r"\nabla_{b^l} C \; {=} \; \delta^l",
    r"\phantom{=} \nabla_{b^l} C = \delta^l",
    r"\nabla_{b^l} C = \smash[b]{\delta^l}",
    r"\textcolor[rgb]{1,0,0}{\nabla_{b^l} C} = \delta^l",
    r"\nabla_{b^l} C = \colorbox{yellow}{$\delta^l$}",
    r"\nabla_{b^l} C = \fcolorbox{red}{white}{$\delta^l$}",
    r"\nabla_{b^l} C = \fbox{$\delta^l$}",
    r"\bbox[yellow]{\nabla_{b^l} C = \delta^l}",
    r"\href{http://example.org/z_1}{\nabla_{b^l} C} = \delta^l",
    r"\underline{\nabla_{b^l} C} = \delta^l",
    r"\operatorname{\nabla}_{b^l} C = \delta^l",
    r"\boldsymbol{\nabla}_{b^l} C = \vec{\delta}^l",
    r"\vec\nabla_{b^l} C = \vb*{\delta}^l",
    r"\pdv{C}{b^l} = \delta^l",
    r"\pdv*{C}{b^l} = \delta^l",
    r"\pdv{b^l} C = \delta^l",
    r"\derivative{C}{b^l} = \delta^l",
    r"\partialderivative{C}{b^l} = \delta^l",
    r"\grad_{b^l} C = \delta^l",
    r"C = \half \norm{a^L - y}_2^2",
    r"C = \frac12 \norm*{a^L - y}^2",
    r"C = \frac12 \mleft\| a^L - y \mright\|^2",
    r"\delta^{l} = \qty(g'(z^{l})) \odot \qty[(W^{l+1})^\tp \delta^{l+1}] \quad (l < L)",
    r"\nabla_{b^l} C = \delta^l \eqno(1)",
    r"\nabla_{b^l} C = \delta^l \;\blacksquare",
    r"\nabla_{b^l} C = \delta^l \qquad\square",
    r"\nabla_{b^l} C = \delta^l \ \text{by } \eqref{eq:1}",
    r"\nabla_{b^l} C = \uncover<2->{\delta^l}",
    r"\nabla_{b^l} C = \alert<3>{\delta^l}",
    r"\nabla_{b^l} C = \rlap{\delta^l}",
    r"\underline{\overline{\nabla_{b^l} C = \delta^l}}",
    r"\Large \nabla_{b^l} C = \delta^l",
    r"\begingroup \nabla_{b^l} C = \delta^l \endgroup",
]


@pytest.mark.parametrize("formula", TRUE)
def test_commands_that_change_no_meaning(formula: str) -> None:
    assert words(LAYERS, DELTA, formula) == ["proved"]


def test_rows_in_the_braces_of_overlays() -> None:
    rows = r"\onslide<1->{\nabla_{b^l} C &= \delta^l \\} \onslide<2->{\delta^L &= (a^L - y) \odot a^L \odot (1 - a^L)}"

    assert words(LAYERS, DELTA, rf"\begin{{align*}} {rows} \end{{align*}}") == ["proved", "proved"]


def test_a_word_in_a_column_of_its_own_is_a_remark() -> None:
    formula = r"\begin{alignat}{2} \nabla_{b^l} C &= \delta^l &\quad& \text{biases} \end{alignat}"

    assert words(LAYERS, DELTA, formula) == ["proved"]


def test_boxes_around_systems() -> None:
    formula = r"\begin{empheq}[box=\fbox]{align} \nabla_{b^l} C &= \delta^l \end{empheq}"

    assert words(LAYERS, DELTA, formula) == ["proved"]


SLIPS = [
    r"\underline{\overline{\nabla_{b^l} C = -\delta^l}}",
    r"\overline{\left[ \nabla_{b^l} C = -\delta^l \right]}",
    r"\pdv{C}{b^l} = -\delta^l",
    r"\pdv{b^l} C = 2 \delta^l",
    r"C = \norm{a^L - y}^2",
    r"\nabla_{b^l} C \mathrel{\overset{(i)}{=}} -\delta^l",
    r"\nabla_{b^l} C = \fbox{$-\delta^l$}",
    r"\nabla_{b^l} C = \uncover<2->{-\delta^l}",
    r"\vec\nabla_{b^l} C = -\delta^l \;\blacksquare",
]


@pytest.mark.parametrize("formula", SLIPS)
def test_slips_in_commands_of_packages_are_refuted(formula: str) -> None:
    assert words(LAYERS, DELTA, formula) == ["refuted"]


def test_second_derivatives_of_packages() -> None:
    scalars = "name = 's'\nforward = ['u = x^2 y^3']\nshapes = ['x, y \\in \\mathbb{R}']\n"

    assert words(scalars, r"\pdv[2]{u}{x} = 2 y^3") == ["proved"]
    assert words(scalars, r"\pdv{u}{x}{y} = 6 x y^2") == ["proved"]
    assert words(scalars, r"\pdv[2]{u}{y} = 2 y^3") == ["refuted"]


@pytest.mark.parametrize("sign", [r"\eqdef", r"\defeq", r"\vcentcolon=", r"\coloneq"])
def test_signs_of_definitions(sign: str) -> None:
    assert words(LAYERS, rf"\delta^{{l}} {sign} \nabla_{{z^{{l}}}} C") == ["assumed"]


@pytest.mark.parametrize("formula", [r"\only<1>{a^l}\only<2>{z^l} = z^l", r"\pdv[n]{C}{b^l} = 0", r"\alt<2>{a}{b} = a"])
def test_what_is_not_clear_is_named(formula: str) -> None:
    with pytest.raises(LatexError):
        words(LAYERS, formula)


def test_a_signed_join_of_statements_by_therefore() -> None:
    formula = rf"{DELTA} \therefore \nabla_{{b^l}} C = \delta^l"

    assert words(LAYERS, formula) == ["assumed", "proved"]
