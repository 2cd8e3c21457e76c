"""An edit of the tree gives the tree of the edited text, and leaves everything beside it as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.reader.parser import parse_expression
from derive.reader.syntax import Node, Product, mapped
from derive.repairs import Vocabulary, candidates
from derive.repairs.graft import grafted
from derive.source import Source, Span

VOCABULARY = Vocabulary(
    frozenset({"k"}), ("i", "j"), ("a_k", "h_k"), ("g",), (r"\lambda",), "^T", ("i", "j"),
    ("a_k", "h_{k-1}", "W_k"), ("h_{ki}",), ("a", "h", "W"),
)  # fmt: skip


def parsed(latex: str) -> Node:
    return parse_expression(Source("formula", latex))


def bare(node: Node) -> Node:
    """Return a node without places."""
    nowhere = replace(mapped(node, bare), span=Span(0, 0))
    return replace(nowhere, base_span=None) if hasattr(nowhere, "base_span") else nowhere


FORMULAS = [
    r"W_{k+1}^T \nabla_{a_{k+1}} L \odot g'(a_k)",
    r"-\frac{1}{2} \left( y_i - \hat{y}_i \right) x_j^2",
    r"\sum_{i=1}^{n} W_{k,i,j} a_{ki} + b_j - 3 h",
    r"\frac{\partial L}{\partial a_k} h_{k-1}^T",
    r"a_{k} (1 - a_{k}) \mathbf{w}^{(k)}",
]


@pytest.mark.parametrize("latex", FORMULAS)
def test_the_tree_of_an_edit_is_that_of_its_text(latex: str) -> None:
    source = Source("formula", latex)
    node = parse_expression(source)
    edited = [(one, grafted(node, one.edits, parsed)) for one in candidates(source, node, VOCABULARY) if one.edits]

    grafts = [(one.latex, tree) for one, tree in edited if tree is not None]

    assert len(grafts) > len(edited) / 2
    assert [text for text, tree in grafts if bare(tree) != bare(parsed(text))] == []


def test_what_stands_beside_an_edit_stays_the_same_node() -> None:
    node = parsed(r"W_k x y")
    assert isinstance(node, Product)

    tree = grafted(node, [(node.items[1].node.span, "z")], parsed)

    assert isinstance(tree, Product)
    assert [new.node is old.node for new, old in zip(tree.items, node.items, strict=True)] == [True, False, True]


@pytest.mark.parametrize(
    ("latex", "place", "put_in"), [("x y", 0, "a + b"), ("-x", 1, "-y"), ("x y", 2, ""), ("x y", 1, "z")]
)
def test_what_would_fall_into_parts_is_read_as_text(latex: str, place: int, put_in: str) -> None:
    assert grafted(parsed(latex), [(Span(place, place + 1), put_in)], parsed) is None
