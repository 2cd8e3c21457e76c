"""What CONTRIBUTING.md says that a new row takes, tried: with one row more in a table, all that reads it knows it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOT = TESTS.parent
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ROWS = [line for line in GUIDE.splitlines() if line.startswith("|") and "`" in line]
PLACES = [
    (path, name)
    for row in ROWS
    for path, names in re.findall(r"`([\w/]+\.py)`: ((?:`\w+`(?:, )?)+)", row)
    for name in re.findall(r"\w+", names)
]


@pytest.mark.parametrize(
    "path", sorted({path for row in ROWS for path in re.findall(r"`((?:derive|tests|docs)/[\w./]*)`", row)})
)
def test_what_a_row_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("path", "name"), PLACES)
def test_what_is_decided_in_a_place_is_decided_there(path: str, name: str) -> None:
    nodes = list(ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))))
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    assert name in defined | assigned


def test_every_file_says_what_it_is_for() -> None:
    files = [path for path in (ROOT / "derive").rglob("*.py") if path.read_text(encoding="utf-8").strip()]
    dumb = [path for path in files if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]

    assert len(files) > 400
    assert dumb == []


def test_the_layers_of_the_architecture_are_those_of_the_contract() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Imports go downwards only")[2]
    named = {
        name: number for number, row in enumerate(page.splitlines()) for name in re.findall(r"`(derive\.\w+)`", row)
    }
    found = [[named[module.strip()] for module in layer.split("|")] for layer in layers]

    assert all(max(above) <= min(below) for above, below in pairwise(found))


@pytest.fixture(scope="module")
def walked() -> str:
    """What the tests of the tables say of the rows that `added_rows` adds."""
    options = ["-p", "added_rows", "-p", "no:cacheprovider", "-k", "added", "-q", "-rA"]
    run = [sys.executable, "-m", "pytest", *options, "tests/notation", "tests/added_uses.py"]
    found = subprocess.run(run, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    return found.stdout


@pytest.mark.parametrize(
    "test",
    [
        "test_every_name_in_a_formula_is_read[added-added]",
        r"test_every_name_in_a_formula_is_read[\\added-added]",
        "test_every_word_of_a_model_is_known[added]",
        "test_what_is_printed_names_the_function[added]",
        "test_sympy_gives_it_back[added]",
        "test_exported_code_has_the_values_of_the_oracle[added]",
        "test_a_lost_prime_is_repaired[added]",
    ],
)
def test_a_function_is_one_row(test: str, walked: str) -> None:
    assert f"PASSED tests/notation/test_function_rows.py::{test}" in walked, walked


@pytest.mark.parametrize(
    "test",
    [
        r"test_an_order_limits_a_layer[\\addedle-sign",
        r"test_an_order_bounds_a_sum[\\addedle-sign",
        r"test_an_order_parts_cases[\\addedle-sign",
        r"test_an_order_is_a_fact[\\addedle-sign",
        r"test_an_equation_is_judged[\\addedeq]",
        r"test_a_transpose_is_read_on_names_brackets_and_indices[\\addedtranspose]",
        r"test_an_elementwise_product_is_read[\\addedodot]",
    ],
)
def test_a_sign_is_one_spelling(test: str, walked: str) -> None:
    assert f"PASSED tests/notation/test_sign_table.py::{test}" in walked, walked


@pytest.mark.parametrize("what", ["accent", "phrase_of_a_condition", "word_that_declares", "output_format"])
def test_a_word_an_accent_and_a_format_are_one_row(what: str, walked: str) -> None:
    assert f"PASSED tests/added_uses.py::test_an_added_{what}" in walked, walked
