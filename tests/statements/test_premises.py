"""Conditions on values: L = -log p if y = 1, cases by the value of a variable, values put in behind a bar."""

from __future__ import annotations

import pytest
from verdicts import findings, words

BINARY = r"""
name = "binary"
forward = ['s = \sigma(z)', 'L = -y \log p - (1 - y) \log(1 - p)']
shapes = ['z, y, p \in \mathbb{R}']
assume = ['0 < p', 'p < 1']
[functions]
'\sigma' = "sigmoid"
"""

TRUE = [
    r"L = -\log p \quad \text{if } y = 1",
    r"L = -\log p \quad (y = 1)",
    r"\text{If } y = 0: L = -\log(1 - p)",
    r"\text{if } y = 1 \Rightarrow L = -\log p",
    r"\frac{\partial L}{\partial p} = -\frac1p \quad \text{for } y = 1",
    r"L|_{y=1} = -\log p",
    r"\left. L \right|_{y = 0} = -\log(1 - p)",
    r"\frac{\partial L}{\partial p}\Big|_{y=1} = -\frac{1}{p}",
    r"L = \begin{cases} -\log p & \text{if } y = 1 \\ -\log(1-p) & \text{if } y = 0 \end{cases}",
    r"L = \begin{cases} -\log p, & y = 1 \\ -\log(1-p), & y = 0. \end{cases}",
    r"\left.\frac{d\sigma(z)}{dz}\right|_{z=0} = \frac14",
]


@pytest.mark.parametrize("formula", TRUE)
def test_claims_under_values_are_proved(formula: str) -> None:
    assert words(BINARY, formula) == ["proved"]


SLIPS = [
    r"L = -\log p \quad \text{if } y = 0",
    r"L = \log p \quad (y = 1)",
    r"\text{if } y = 0 \Rightarrow L = -\log p",
    r"\frac{\partial L}{\partial p} = \frac1p \quad \text{for } y = 1",
    r"L|_{y=0} = -\log p",
    r"\left.\frac{\partial L}{\partial p}\right|_{y=1} = \frac1p",
    r"L = \begin{cases} -\log p & \text{if } y = 0 \\ -\log(1-p) & \text{if } y = 1 \end{cases}",
]


@pytest.mark.parametrize("formula", SLIPS)
def test_slips_under_values_are_refuted(formula: str) -> None:
    assert words(BINARY, formula) == ["refuted"]


def test_the_value_is_an_assumption_of_the_verdict() -> None:
    found = findings(BINARY, r"L = -\log p \quad \text{if } y = 1")

    assert "y = 1" in found[0].assumptions


@pytest.mark.parametrize(
    "formula", [r"y = 1: \quad L = -\log p", r"y = 1 \Rightarrow L = -\log p", r"y = 1 \implies L = -\log p"]
)
def test_a_value_before_a_formula_is_its_condition(formula: str) -> None:
    assert words(BINARY, formula) == ["assumed", "proved"]
    assert words(BINARY, formula.replace("y = 1", "y = 0")) == ["assumed", "refuted"]


def test_implications_join_statements() -> None:
    formula = r"L = (y - 1) \log(1 - p) - y \log p \Rightarrow \frac{\partial L}{\partial p} = \frac{p - y}{p (1 - p)}"

    assert words(BINARY, formula) == ["proved", "proved"]
    assert words(BINARY, formula.replace(r"\frac{p - y}", r"\frac{p + y}")) == ["proved", "refuted"]


@pytest.mark.parametrize("formula", [r"p = s \Rightarrow L = 0", r"L = 0 \iff p = y", r"p = y \implies z = 0"])
def test_a_premise_that_equates_two_names_is_no_claim(formula: str) -> None:
    assert words(BINARY, formula) == ["assumed", "assumed"]


def test_a_logarithm_may_reach_over_the_brackets_behind_its_argument() -> None:
    assert words(BINARY, r"L = -\log p^y (1 - p)^{1 - y}") == ["undecided"]
    assert words(BINARY, r"L = -\log p^y (1 - p)^{y}") == ["refuted"]


def test_a_value_that_the_network_computes_is_not_put_in() -> None:
    assert words(BINARY, r"s = 5 z \quad \text{if } s = 0") == ["not-understood"]


def test_a_derivative_by_the_variable_that_is_set_is_not_put_in() -> None:
    assert words(BINARY, r"\frac{\partial L}{\partial y} = 3 p \quad \text{if } y = 1") == ["not-understood"]


def test_an_equation_between_values_is_no_condition_that_never_holds() -> None:
    assert words(BINARY, r"p = 7 p \quad \text{if } s^2 = 1") == ["not-understood"]
    assert words(BINARY, r"L = -\mathbf{1}[y = 1] \log p - \mathbf{1}[y = 0] \log(1 - p)") == ["not-understood"]


RELU = r"""
name = "relu"
forward = ['a = \operatorname{relu}(z)']
shapes = ['z \in \mathbb{R}']
"""


@pytest.mark.parametrize(
    "rows",
    [
        r"z & z > 0 \\ 0 & \text{o.w.}",
        r"z & (z > 0) \\ 0 & (\text{otherwise})",
        r"z : z > 0 \\ 0 : z \le 0",
        r"\text{if } z > 0: & z \\ \text{else}: & 0",
    ],
)
def test_rows_of_cases_in_other_forms(rows: str) -> None:
    assert words(RELU, rf"\operatorname{{relu}}(z) = \begin{{cases}} {rows} \end{{cases}}") == ["proved"]
    slip = rows.replace("z > 0", "z < 0").replace(r"z \le 0", r"z \ge 0")
    assert words(RELU, rf"\operatorname{{relu}}(z) = \begin{{cases}} {slip} \end{{cases}}") == ["refuted"]


def test_values_behind_two_bars_are_kept_apart() -> None:
    assert words(BINARY, r"p^2|_{p=1/2} = p^2|_{p=1/3}") == ["refuted"]
    assert words(BINARY, r"y^2|_{y=2} = y^2|_{y=-2}") == ["proved"]
    assert words(BINARY, r"y^2|_{y=2} + y = 6") != ["proved"]
    assert words(BINARY, r"(y^2 + z)|_{y=2} = 4 + y") != ["proved"]


def test_a_side_that_depends_on_what_is_put_in_elsewhere_is_not_proved() -> None:
    assert words(BINARY, r"L|_{y=1} = L") != ["proved"]
    assert words(BINARY, r"L = L|_{y=1}") != ["proved"]


def test_the_positive_part_is_read_on_brackets() -> None:
    assert words(RELU, r"a = (z)_+") == ["proved"]
    assert words(RELU, r"a = -[z]_+") == ["refuted"]
