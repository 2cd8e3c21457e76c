"""Repairs are edits of the text of one side, each with the code of what it mends."""

from __future__ import annotations

import pytest

from derive.latex.parser import parse_expression
from derive.repairs import Vocabulary, candidates
from derive.source import Source

VOCABULARY = Vocabulary(frozenset({"k"}), ("i", "j"), ("a_{k}", "h_{k}"), ("g",), (r"\lambda",), "^T")


def repairs(latex: str) -> dict[str, set[str]]:
    """Return the repaired texts of an expression by their codes, blanks removed."""
    source = Source("formula", latex)
    found: dict[str, set[str]] = {}
    for candidate in candidates(source, parse_expression(source), VOCABULARY):
        found.setdefault(candidate.code, set()).add("".join(candidate.latex.split()))
    return found


@pytest.mark.parametrize(
    ("latex", "code", "repaired"),
    [
        ("y - x", "D201", "x-y"),
        ("-x", "D201", "x"),
        ("x", "D201", "-x"),
        (r"W_k^T x", "D202", "W_{k}x"),
        (r"W_k x", "D202", "W_k^Tx"),
        (r"A B", "D203", r"B\,A"),
        (r"h_{k} x", "D204", "h_{k-1}x"),
        (r"h_k", "D204", "h_{k-1}"),
        (r"W_{k+1} x", "D204", "W_{k}x"),
        (r"W_{kij} x", "D204", "W_{k-1,i,j}x"),
        ("2 x", "D206", "x"),
        ("x", "D205", r"\lambdax"),
        ("x", "D210", r"\frac{1}{2}x"),
        ("3 x", "D210", r"2\cdot3x"),
        (r"g(x)", "D207", "g'(x)"),
        (r"g'(x)", "D207", "g(x)"),
        (r"W_{ij}", "D212", "W_{ji}"),
        (r"y - \hat{y}_i", "D212", r"y-\hat{y}"),
        (r"b_k \sum_j x_j", "D213", r"b_k+\sum_jx_j"),
        (r"x_i", "D208", r"\sum_{i}x_i"),
        (r"a_k", "D209", "h_k"),
    ],
)
def test_a_plausible_repair_is_among_the_candidates(latex: str, code: str, repaired: str) -> None:
    assert repaired in repairs(latex)[code]


def test_no_candidate_is_the_text_itself() -> None:
    assert all("A-B" not in texts for texts in repairs("A - B").values())


def test_every_candidate_can_be_read_again() -> None:
    source = Source("formula", r"-2 W_{k+1}^T (g'(a_k) \odot x_i) + \lambda W_{kij} h_k^T")
    texts = [candidate.latex for candidate in candidates(source, parse_expression(source), VOCABULARY)]

    assert len(texts) > 50
    for text in texts:
        parse_expression(Source("repair", text))
