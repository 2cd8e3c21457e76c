"""How far a sum without brackets reaches: over the terms behind it that make sense inside of it only."""

from __future__ import annotations

import pytest

from derive.reader.parser import parse_formula
from derive.reader.syntax import Additive, BigOperator, Group, Relation, walk
from derive.source import Source, Span

REACHING = {
    "both terms": (r"J = \sum_i y_i \log p_i + (1 - y_i) \log(1 - p_i)", 2),
    "with bounds": (r"J = \sum_{i=1}^m y^{(i)} a^{(i)} + b^{(i)}", 2),
    "behind a factor": (r"J = \frac{1}{m} \sum_i a_i - b_i", 2),
    "not what follows": (r"J = \sum_i a_i + b_i + \lambda R", 2),
    "in brackets": (r"J = -[ \sum_i a_i + b_i ]", 2),
    "three terms": (r"J = \sum_i a_i + c + b_i", 3),
}

ENDING = {
    "no index behind": r"J = \sum_i a_i + \lambda R",
    "on the left, too": r"h_i = \sum_i a_i + b_i",
    "a sum of its own": r"J = \sum_i a_i + \sum_i b_i",
    "before the sum": r"J = c_i + \sum_i a_i + b_i",
    "said with it": r"J = \sum_i a_i + b_i \quad (i = 1, \dots, n)",
    "a minus may mean both": r"J = -\sum_i a_i - b_i",
    "other letter": r"h_j = \sum_i w_{ji} x_i + b_j",
    "already in brackets": r"J = \sum_i (a_i + b_i)",
    "in another sum": r"J = \sum_i \left( a_i \sum_j w_{ij} + b_i \right)",
}


def sums(text: str) -> list[BigOperator]:
    (statement,) = parse_formula(Source("formula", text), Span(0, len(text))).statements
    assert isinstance(statement.body, Relation)
    return [node for node in walk(statement.body) if isinstance(node, BigOperator)]


@pytest.mark.parametrize(("text", "terms"), REACHING.values(), ids=REACHING)
def test_a_sum_reaches_over_the_terms_with_its_index(text: str, terms: int) -> None:
    (statement,) = parse_formula(Source("formula", text), Span(0, len(text))).statements
    groups = [node for node in walk(statement.body) if isinstance(node, Group) and isinstance(node.body, Additive)]

    assert [node.wide for node in sums(text)] == [True]
    assert terms in {len(group.body.terms) for group in groups if isinstance(group.body, Additive)}


@pytest.mark.parametrize("text", ENDING.values(), ids=ENDING)
def test_a_sum_ends_before_the_next_term(text: str) -> None:
    assert not any(node.wide for node in sums(text))


def test_a_line_that_goes_on_has_the_left_side_of_the_one_before() -> None:
    text = r"h_i = \sum_k a_k \\ = \sum_i a_i + b_i"
    statements = parse_formula(Source("formula", text), Span(0, len(text))).statements

    assert not any(isinstance(n, BigOperator) and n.wide for s in statements for n in walk(s.body))
