"""The one maker of declared names: where the indices of a name stand, and in which order they count."""

from __future__ import annotations

import ast
from pathlib import Path

import derive
from derive.algebra.index import Index, upto
from derive.names.declare import declared_name, full_name
from derive.names.table import Kind, Param

ROOT = Path(derive.__file__).parent


def param(letter: str, kind: Kind = "unit") -> Param:
    return Param(Index(letter), None, kind)


def test_layers_count_first_wherever_they_stand() -> None:
    entry = declared_name("w", below=[param("j"), param("l", "layer")])

    assert [p.index.name for p in entry.params] == ["l", "j"]
    assert (entry.sub, entry.sup) == ((1, 0), ())


def test_each_index_keeps_its_place() -> None:
    entry = declared_name("p", [param("t", "layer")], [param("j")], [param("i")])

    assert (entry.sup, entry.sub, entry.bound) == ((0,), (1,), (2,))
    assert entry.letters == ("t", "j", "i")


def test_the_axes_of_an_array_are_its_last_indices_below_and_have_no_letters() -> None:
    axes = [Param(Index(letter), upto(2), "unit") for letter in "ij"]
    entry = declared_name("W", [param("l", "layer")], axes=axes)

    assert (entry.sup, entry.sub, entry.letters) == ((0,), (1, 2), ())
    assert (entry.orientation, len(entry.units)) == ("matrix", 2)


def test_by_itself_the_orientation_goes_by_the_number_of_units() -> None:
    found = [declared_name("x", below=[param(letter) for letter in letters]) for letters in ("", "i", "ij")]

    assert [entry.orientation for entry in found] == ["scalar", "col", "matrix"]
    assert declared_name("x", below=[param("l", "layer")]).orientation == "scalar"


def test_a_layer_beside_a_row_leaves_it_a_row() -> None:
    entry = declared_name("v", below=[param("l", "layer")], axes=[param("i")], orientation="row")

    assert entry.orientation == "row"


def test_what_belongs_to_a_name_is_in_its_full_name() -> None:
    assert declared_name("C", fixed_sub=("0",), fixed_sup=("(1)",)).name == full_name("C", ("0",), ("(1)",))
    assert full_name("C", ("0",), ("(1)",)) == "C_{0}^{(1)}"


def test_nothing_else_makes_a_declared_name() -> None:
    makers = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        for tree in [ast.parse(path.read_text(encoding="utf-8"))]
        if "derive.names.table" in {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Entry"
    }

    assert makers == {"names/declare.py"}
