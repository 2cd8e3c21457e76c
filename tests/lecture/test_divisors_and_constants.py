"""What divides a computed number is a number, and so is a letter of a constant that a text differentiates by."""

from __future__ import annotations

from pathlib import Path

from derive.check import CheckOptions, check_document

KERNELS = r"""
For a point $x \in \mathbb{R}^d$ and centres $c_m \in \mathbb{R}^d$ with widths $s_m$, the units are
$$\phi_m = \exp\left( -\frac{\|x - c_m\|^2}{2 s_m^2} \right), \qquad m = 1, \dots, M.$$
With $f = \sum_{m=1}^M w_m \phi_m$ and a target $t$ let $E = \frac{1}{2} (f - t)^2$. Then
"""
BIAS = r"Let $x, w \in \mathbb{R}^p$. With $r = w^\top x + e$ the loss is $J = (r - t)^2$."


def words(text: str) -> list[str]:
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text, progress=lambda *_: None).findings
    return [finding.verdict for finding in found if finding.verdict != "assumed"]


def test_the_widths_of_radial_units_are_numbers() -> None:
    right = r"$$\frac{\partial E}{\partial s_m} = (f - t) w_m \phi_m \frac{\|x - c_m\|^2}{s_m^3}$$"
    centre = r"$$\frac{\partial E}{\partial c_m} = (f - t) w_m \phi_m \frac{x - c_m}{s_m^2}$$"

    assert words(f"{KERNELS}\n{right}\n{centre}") == ["proved", "proved"]
    assert words(f"{KERNELS}\n{right.replace('s_m^3', 's_m^2')}\n{centre.replace('x - c', 'x + c')}") == ["refuted"] * 2


def test_what_divides_numerals_may_be_an_array() -> None:
    text = r"Let $y = 1 / u$ and $L = \|y\|^2$, $u \in \mathbb{R}^n$. $$\frac{\partial L}{\partial u_i} = -2 u_i^{-3}$$"

    assert words(text) == ["proved"]


def test_a_bias_may_be_called_e() -> None:
    assert words(rf"{BIAS} $$\frac{{\partial J}}{{\partial e}} = 2 (r - t)$$") == ["proved"]
    assert words(rf"{BIAS} $$\frac{{\partial J}}{{\partial e}} = r - t$$") == ["refuted"]


def test_e_with_an_exponent_stays_the_base_of_the_exponential() -> None:
    text = r"Let $p = \frac{1}{1 + e^{-z}}$ for a number $z$, and $J = (p + e)^2$."

    assert (
        words(rf"{text} $$\frac{{\partial p}}{{\partial z}} = p (1 - p)$$ $$\frac{{\partial J}}{{\partial e}} = 1$$")[0]
        == "proved"
    )
    assert words(rf"{text} $$\frac{{\partial J}}{{\partial e}} = 2 (p + e)$$") == ["not-understood"]


def test_an_error_e_is_what_its_equation_says() -> None:
    text = r"Let $x \in \mathbb{R}^n$, $e = A x - t$ and $J = \frac{1}{2} e^T e$. $$\frac{\partial J}{\partial e} = e$$"

    assert words(text) == ["proved"]
    assert words(text.replace("= e$$", "= 2 e$$")) == ["refuted"]
