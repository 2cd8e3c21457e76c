"""Repairs are edits of the text of one side, each with the code of what it mends."""

from __future__ import annotations

import pytest

from derive.reader.parser import parse_expression
from derive.repairs import Vocabulary, candidates
from derive.source import Source

VOCABULARY = Vocabulary(
    frozenset({"k"}), ("i", "j"), ("a_k", "h_k"), ("g",), (r"\lambda",), "^T", ("i", "j"),
    ("a_k", "h_{k-1}", "W_k"), ("h_{ki}",), ("a", "h", "W"),
)  # fmt: skip


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
        (r"W_k^T x", "D202", "W_kx"),
        (r"W_k x", "D202", "W_k^Tx"),
        (r"A B", "D203", r"B\,A"),
        (r"h_{k} x", "D204", "h_{k-1}x"),
        (r"h_k", "D204", "h_{k-1}"),
        (r"W_{k+1} x", "D204", "W_{k}x"),
        (r"W_{kij} x", "D204", "W_{k-1,i,j}x"),
        ("2 x", "D210", "x"),
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
        (r"a_k x^T", "D209", "a_kh_{k-1}^T"),
        (r"W_{k+1,j,i} x_j", "D212", "W_{k+1,i,j}x_j"),
        (r"W_{kj} x_j", "D212", "W_{ki}x_j"),
        (r"\frac{1}{m} A^{[k]T}", "D204", r"\frac{1}{m}A^{[k-1]T}"),
        (r"A^{[k]T}", "D202", "A^{[k]}"),
        (r"G^T X", "D202", r"X^T\,G"),
        (r"G^T X", "D202", "GX^T"),
        (r"x_1", "D212", "x_2"),
        (r"a x b", "D206", "ab"),
        (r"a + b - c", "D206", "a+b"),
        (r"\frac{a}{b} x", "D206", "ax"),
        (r"x_i", "D205", r"x_i\delta_{ij}"),
        (r"x_i", "D205", "x_ih_{ki}"),
        (r"x", "D205", r"x\odota_k"),
        (r"x", "D205", "xW_k^T"),
        (r"x - z x_j", "D208", r"x-\sum_{j}zx_j"),
        (r"z x_j", "D208", r"z\sum_{j}x_j"),
        (r"\sum_i x_i", "D208", "x_i"),
        (r"\sum_i x_i", "D208", "x_j"),
        (r"\sum_{i=1}^{m} x_j", "D212", r"\sum_{j}x_j"),
        (r"\sum_{i=1}^{n-1} x_i", "D214", r"\sum_{i=1}^{n}x_i"),
        (r"\sum_{i=1}^n x_i", "D214", r"\sum_{i=1}^{n+1}x_i"),
        (r"\sum_{i=2}^n x_i", "D214", r"\sum_{i=1}^nx_i"),
        (r"\sum_{i=1}^n x_i", "D214", r"\sum_{i}x_i"),
        (r"1 - h_k", "D215", "1-h_k^2"),
        (r"1 - h_k", "D215", r"1-h_k\odoth_k"),
        (r"\|x - y\|", "D215", r"\|x-y\|^2"),
        (r"x^2", "D215", "x"),
        (r"x", "D207", r"x\odoth_k\odot(1-h_k)"),
        (r"x_i", "D207", "x_ig'(h_{ki})"),
        (r"x_i", "D207", "x_i(1-h_{ki}^2)"),
        (r"f'(u) v", "D207", "f'(u)vg'(u)"),
        (r"x", "D216", r"x+\lambdaW_k"),
        (r"x", "D216", "x-a_k"),
        (r"x", "D200", "0"),
        (r"2 (a - b) W", "D203", r"2W^T\,(a-b)"),
        (
            r"\frac{\partial f}{\partial a} \frac{\partial a}{\partial w}",
            "D216",
            r"\frac{\partialf}{\partiala}\frac{\partiala}{\partialw}+\frac{\partialf}{\partialh}\frac{\partialh}{\partialw}",
        ),
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
