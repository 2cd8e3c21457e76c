"""`derive prove`."""

from __future__ import annotations

import json

import pytest

from derive.cli import run


def test_json_has_the_contracted_keys(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "softmax", "--json"]) == 0
    theorems = json.loads(capfd.readouterr().out)["theorems"]

    assert all(
        list(theorem) == ["name", "statement", "verdict", "scope", "assumptions", "milliseconds"]
        for theorem in theorems
    )
    verdicts = {theorem["name"]: (theorem["verdict"], theorem["assumptions"]) for theorem in theorems}
    assert verdicts["softmax + cross-entropy (class)"] == ("proved", [])
    assert verdicts["softmax + cross-entropy (distribution)"] == ("proved", ["the targets sum to 1"])


def test_the_table_names_statement_scope_and_assumptions(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "relu", "biases"]) == 0
    shown = capfd.readouterr().out
    for part in ("biases", r"\nabla_{b_k} \mathcal{L} = \nabla_{a_k} \mathcal{L}", "1 <= k <= L", "assuming away from"):
        assert part in shown
    assert shown.splitlines()[-1].endswith("proved")


def test_an_unknown_theorem_is_a_usage_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "fermat"]) == 2
    assert "no theorem is called fermat" in capfd.readouterr().err
