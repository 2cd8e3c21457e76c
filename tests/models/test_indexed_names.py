"""Names of a model that their letters or forms introduce: w_{ji} beside w_{kj}, classes, words, arguments."""

from __future__ import annotations

import pytest

from derive.algebra.index import Index, Range, lin, size
from derive.errors import ModelError
from derive.judge_formula import Judge
from derive.models.model import Model, parse_model

UNITS = r"""
name = "units"
forward = [
  'net_j = \sum_{i=1}^{d} w_{ji} x_i \quad (1 \le j \le n_H)',
  'y_j = f(net_j)',
  'net_k = \sum_{j=1}^{n_H} w_{kj} y_j',
  'z_k = f(net_k)',
  'J = \frac{1}{2} \sum_{k=1}^{c} (t_k - z_k)^2',
]
where = ['\delta_k = -\frac{\partial J}{\partial net_k}', '\delta_j = -\frac{\partial J}{\partial net_j}']
[functions]
f = "any"
"""
CLASSES = r"""
name = "classes"
forward = ['f = W x_i', 'L_i = -f_{y_i} + \log \sum_j e^{f_j}']
shapes = ['x_i \in \mathbb{R}^{D}', 'W \in \mathbb{R}^{K \times D}', 'f \in \mathbb{R}^{K}', 'y_i \in \{1, \dots, K\}']
"""
ROWS = r"""
name = "rows"
broadcast = true
forward = ['scores = X W + b', 'L = \ell(scores)']
shapes = ['X \in \mathbb{R}^{N \times D}', 'W \in \mathbb{R}^{D \times C}', 'b \in \mathbb{R}^{C}']
where = ['dscores = \frac{\partial L}{\partial scores}', 'db = \frac{\partial L}{\partial b}']
[functions]
'\ell' = "any scalar"
"""
TIMES = r"""
name = "times"
forward = [
  's_k(n) = \sum_{j=1}^{q} u_{kj}(n) x_j(n)', 'e_k(n) = d_k(n) - s_k(n)',
  'E(n) = \frac{1}{2} \sum_{k=1}^{K} e_k^2(n)',
]
shapes = ['s(n), e(n), d(n) \in \mathbb{R}^{K}', 'x(n) \in \mathbb{R}^{q}', 'u(n) \in \mathbb{R}^{K \times q}']
where = ['\delta_k(n) = -\frac{\partial E(n)}{\partial s_k(n)}']
"""


def verdicts(text: str, *formulas: str) -> list[str]:
    judge = Judge.start(parse_model(text))
    found: list[str] = []
    for formula in formulas:
        links, judge = judge.formula(formula)
        found += [link.word for link in links]
    return found


def names(model: Model, base: str) -> set[str]:
    return {"".join(entry.letters) for entry in model.table.entries[base]}


def test_letters_with_ranges_of_their_own_tell_names_apart() -> None:
    model = parse_model(UNITS)

    assert names(model, "w") == {"ji", "kj"}
    assert "n" not in model.table.entries
    assert names(model, "t") == {"k"}
    assert names(model, "net") == names(model, r"\delta") == {"j", "k"}
    assert {leaf.name: leaf.ranges for leaf in model.network.leaves}["w"] == (
        Range(lin(1), size("n_{H}")),
        Range(lin(1), size("d")),
    )


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{\partial J}{\partial w_{kj}} = -\delta_k y_j", "proved"),
        (r"\frac{\partial J}{\partial w_{kj}} = \delta_k y_j", "refuted"),
        (r"\delta_j = f'(net_j) \sum_{k=1}^{c} w_{kj} \delta_k", "proved"),
        (r"\delta_j = \sum_{k=1}^{c} f'(net_k) w_{kj} \delta_k", "refuted"),
        (r"\frac{\partial J}{\partial w_{ji}} = -x_i f'(net_j) \sum_k w_{kj} (t_k - z_k) f'(net_k)", "proved"),
        (r"\frac{\partial J}{\partial w_{ji}} = -x_i f'(net_j) \sum_k w_{kj} (t_k - z_k)", "refuted"),
        (r"\frac{\partial J}{\partial w_{ji}} = -x_i f'(net_j) \sum_k w_{jk} (t_k - z_k) f'(net_k)", "refuted"),
        (r"J = \frac{1}{2} \|t - z\|^2", "proved"),
        (r"\delta_m = 0", "not-understood"),
    ],
)
def test_formulas_speak_of_the_units_of_their_letters(formula: str, word: str) -> None:
    assert verdicts(UNITS, formula) == [word]


def test_a_document_gives_a_name_to_other_units_by_another_letter() -> None:
    without = UNITS.replace("where", "# where")
    hidden = r"\delta_j = f'(net_j) \sum_k w_{kj} \delta_k"

    found = verdicts(
        without, r"\delta_k = (t_k - z_k) f'(net_k)", hidden, r"\frac{\partial J}{\partial net_j} = -\delta_j", hidden
    )

    assert found == ["assumed", "assumed", "proved", "proved"]


def test_a_second_meaning_for_the_same_units_is_still_a_contradiction() -> None:
    without = UNITS.replace("where", "# where")

    assert verdicts(without, r"\delta_k = t_k - z_k", r"\delta_k = z_k - t_k") == ["assumed", "refuted"]


def test_a_class_is_an_index_with_a_name() -> None:
    model = parse_model(CLASSES)

    assert model.table.labels == {Index("y_{i}"): Range(lin(1), size("K"))}
    right = r"\frac{\partial L_i}{\partial f_k} = \frac{e^{f_k}}{\sum_j e^{f_j}} - \mathbb{1}(y_i = k)"
    assert verdicts(CLASSES, right, right.replace("- \\mathbb", "+ \\mathbb")) == ["proved", "refuted"]


def test_a_word_is_one_name_in_a_model() -> None:
    assert verdicts(ROWS, r"\frac{\partial L}{\partial X} = dscores \, W^T") == ["proved"]
    assert verdicts(ROWS, r"\frac{\partial L}{\partial X} = W \, dscores") == ["refuted"]


def test_a_vector_that_fits_the_rows_alone_is_added_to_each_and_has_no_fixed_orientation() -> None:
    assert verdicts(ROWS, r"db = \mathbf{1}^T dscores", r"db_j = \sum_i dscores_{ij}") == ["proved", "proved"]
    assert verdicts(ROWS, r"db = dscores \mathbf{1}") == ["refuted"]


def test_a_vector_that_fits_neither_rows_nor_columns_is_a_fault() -> None:
    with pytest.raises(ModelError, match="cannot be added"):
        parse_model(ROWS.replace(r"b \in \mathbb{R}^{C}", r"b \in \mathbb{R}^{D}"))


def test_arguments_of_declared_names_are_decoration() -> None:
    right = r"\frac{\partial E(n)}{\partial u_{kj}(n)} = -\delta_k(n) x_j(n)"

    assert verdicts(TIMES, right, right.replace("= -", "= ")) == ["proved", "refuted"]
    assert verdicts(TIMES, r"\Delta u_{kj}(n) = \delta_k(n) x_j(n)", r"\Delta u_{kj}(n) = e_k(n) x_j(n)") == [
        "assumed",
        "proved",
    ]


def test_two_names_may_be_given_to_one_value() -> None:
    text = CLASSES.replace("'L_i = -f", r"'L_i = \mathrm{CE}(f) = -f")

    assert verdicts(text, r"L_i = \mathrm{CE}(f)", r"\mathrm{CE}(f) = -f_{y_i}") == ["proved", "refuted"]
