"""A written name is one node: letters, fonts, accents, what stands below and above, primes."""

from __future__ import annotations

import pytest

from derive.reader.parser import parse_expression, parse_formula
from derive.reader.syntax import Name, Node, contents, mapped, walk, with_contents, with_scripts
from derive.source import Source, Span
from tests.reader.corpus import FORMULAS


def read(text: str) -> Node:
    return parse_expression(Source("test", text))


KEYS = {
    "x": ("x", "x"),
    r"\theta": (r"\theta", r"\theta"),
    r"\varepsilon": (r"\epsilon", r"\epsilon"),
    r"\mathbf{W}": (r"\mathbf{W}", "W"),
    r"\bm{W}": (r"\boldsymbol{W}", "W"),
    r"\mathcal{L}": (r"\mathcal{L}", r"\mathcal{L}"),
    r"\hat{\mathbf{y}}": (r"\hat{\mathbf{y}}", r"\hat{y}"),
    r"\mathbf{\hat{y}}": (r"\hat{\mathbf{y}}", r"\hat{y}"),
    r"\vec{x}": (r"\vec{x}", "x"),
    r"\mathrm{d}": (r"\mathrm{d}", "d"),
    r"\mathrm{net}": ("net", "net"),
    r"\operatorname{softmax}": ("softmax", "softmax"),
    r"\log": ("log", "log"),
}


@pytest.mark.parametrize(("text", "keys"), KEYS.items(), ids=KEYS)
@pytest.mark.parametrize("scripts", ["", "_i", "^{(l)}", "'", "_{ij}^T"])
def test_a_name_has_one_key_whatever_stands_on_it(text: str, keys: tuple[str, str], scripts: str) -> None:
    node = read(text + scripts)

    assert isinstance(node, Name)
    assert (node.base.key, node.base.plain) == keys
    assert node.scripted == bool(scripts)
    assert (node.key is None) == bool(scripts)


@pytest.mark.parametrize(
    ("text", "symbol", "letter", "word"),
    [
        ("x", "x", "x", ""),
        (r"\nabla", r"\nabla", r"\nabla", ""),
        (r"\mathbf{x}", "", "x", ""),
        (r"\hat{x}", "", "x", ""),
        (r"\mathrm{net}", "", "", "net"),
        ("x_i", "", "", ""),
        ("(x)", "", "", ""),
    ],
)
def test_letters_and_words(text: str, symbol: str, letter: str, word: str) -> None:
    node = read(text)

    assert (node.symbol, node.letter, node.word) == (symbol, letter, word)


@pytest.mark.parametrize(
    ("text", "pieces", "powers"),
    [
        ("x", [], []),
        ("x^2", ["2"], ["2"]),
        (r"A^{[l]T}", ["[l]", "T"], ["[l]", "T"]),
        (r"W^{l+1\top}", ["l+1", r"\top"], ["l+1", r"\top"]),
        (r"W^{(l+1)^T}", ["(l+1)", "T"], ["(l+1)", "T"]),
        (r"W^{l^\top}", ["l", r"\top"], ["l", r"\top"]),
        (r"q^{k^T}", ["k^{T}"], ["k^{T}"]),
        ("x^{ab}", ["a", "b"], ["ab"]),
        ("x^{2a}", ["2a"], ["2a"]),
        (r"w^{new}", ["new"], ["new"]),
    ],
)
def test_what_stands_above_in_its_pieces(text: str, pieces: list[str], powers: list[str]) -> None:
    node = read(text)

    assert [piece.text for piece in node.pieces] == pieces
    assert [piece.text for piece in node.powers] == powers


def test_an_accent_is_over_the_name_and_its_index_or_over_the_whole_power() -> None:
    entry, layer, square = read(r"\overline{W_i}"), read(r"\hat{y}^{(l)}"), read(r"\overline{x^2}")

    assert (entry.base.key, entry.text) == (r"\overline{W}", r"\overline{W}_{i}")
    assert layer.base.key == r"\hat{y}"
    assert (square.base.key, square.sup) == (r"\overline{x^{2}}", None)
    assert read(r"\overline{x}^2").base.key == r"\overline{x}"


@pytest.mark.parametrize("text", [r"\overline{xy}", r"\overline{x^{2}y}", r"\bar{x y}"])
def test_a_bar_over_a_product_makes_one_name(text: str) -> None:
    inside = text.partition("{")[2][:-1].replace(" ", "")

    assert read(text).key in {rf"\overline{{{inside}}}", rf"\bar{{{inside}}}"}


@pytest.mark.parametrize("text", [r"\overline{x + y}", r"\overline{x_i y_i}", r"\hat{xy}", r"\underline{xy}"])
def test_an_accent_over_anything_else_makes_none(text: str) -> None:
    assert read(text).key is None


@pytest.mark.parametrize("text", FORMULAS)
def test_a_node_is_made_of_its_contents(text: str) -> None:
    for statement in parse_formula(Source("test", text), Span(0, len(text))).statements:
        assert mapped(statement.body, lambda node: node) == statement.body
        for node in walk(statement.body):
            assert with_contents(node, contents(node)) == node


def test_scripts_on_a_name_make_one_name_and_on_a_name_with_scripts_do_not() -> None:
    name, index = read("W"), read("i")
    entry = with_scripts(Span(0, 3), name, index)

    assert isinstance(entry, Name)
    assert entry.base == name
    assert not isinstance(with_scripts(Span(0, 5), entry, None, index), Name)
