"""What CONTRIBUTING.md says that a new row takes, tried: with one row more in a table, all that reads it knows it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


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
