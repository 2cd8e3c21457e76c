"""`derive prove`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from derive.cli import run
from derive.network.losses import NAMES, OUTPUT_NAMES, OUTPUTS
from derive.network_theorems import Entries, ModelTheorem


def test_json_has_the_contracted_keys(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "softmax", "--json"]) == 0
    theorems = json.loads(capfd.readouterr().out)["theorems"]

    assert all(
        list(theorem) == ["name", "statement", "verdict", "scope", "assumptions", "milliseconds", "network", "message"]
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


def test_theorems_are_listed_by_network(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "biases", "embedding"]) == 0
    shown = capfd.readouterr().out
    heads = [line.split()[0] for line in shown.splitlines() if line.split()[1:2] == ["verdict"]]

    assert heads[0] == "perceptron"
    assert {"embedding", "lstm", "rnn"} <= set(heads)
    assert "embedding: positions" not in shown  # the network stands above its theorems


def test_the_theorems_of_one_model(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--model", "ridge", "--json"]) == 0
    theorems = json.loads(capfd.readouterr().out)["theorems"]

    assert [theorem["name"] for theorem in theorems][:2] == ["ridge: gradient", "ridge: one weight"]
    assert {theorem["network"] for theorem in theorems} == {"ridge"}


def test_a_model_of_ones_own_states_theorems_and_a_false_one_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.toml").write_text(
        """forward = ['e = (w x - t)^2']
        [[theorems]]
        name = "slope"
        formula = '\\frac{\\partial e}{\\partial w} = 2 (w x - t) x'
        [[theorems]]
        name = "wrong"
        formula = '\\frac{\\partial e}{\\partial w} = (w x - t) x'
        """
    )
    assert run(["prove", "--model", str(tmp_path / "own.toml"), "--json"]) == 1
    theorems = json.loads(capfd.readouterr().out)["theorems"]
    assert [theorem["verdict"] for theorem in theorems] == ["proved", "refuted"]
    assert theorems[1]["message"] == "concrete values make the two sides differ"


@pytest.mark.parametrize(
    ("formula", "status", "said"),
    [
        (r"\frac{\partial e}{\partial q} = 2", 1, '"q" is not'),
        (r"\frac{\partial e}{\partial w = 2", 2, 'the theorem "slope" of own: formula:1:18: "{" is never closed'),
    ],
)
def test_a_theorem_that_cannot_be_read_is_said(
    formula: str, status: int, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.toml").write_text(
        f"forward = ['e = (w x - t)^2']\n[[theorems]]\nname = 'slope'\nformula = '{formula}'\n"
    )
    assert run(["prove", "--model", str(tmp_path / "own.toml")]) == status
    assert said in " ".join("".join(capfd.readouterr()).split())


def test_the_slips_of_a_model_of_ones_own_have_to_be_refuted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.toml").write_text(
        """forward = ['e = (w x - t)^2']
        [[theorems]]
        name = "slope"
        formula = '\\frac{\\partial e}{\\partial w} = 2 (w x - t) x'
        slips = { "sign" = ['w x - t', 't - w x'], "order" = ['w x', 'x w'] }
        """
    )
    assert run(["prove", "--model", str(tmp_path / "own.toml"), "--slips"]) == 1
    assert capfd.readouterr().out.splitlines() == [
        "own: slope: NOT REFUTED: order (proved)",
        "1 of 2 slips of 1 theorems refuted",
    ]
    assert run(["prove", "gradient", "--model", "ridge", "--slips"]) == 0
    assert "4 of 4 slips of 1 theorems refuted" in capfd.readouterr().out


def test_a_summary_has_a_line_for_each_network(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "softmax", "--summary"]) == 0
    lines = capfd.readouterr().out.splitlines()

    assert lines[1].split()[:4] == ["perceptron", "5", "of", "5"]
    assert any(line.startswith("softmax-regression  5 of 5  d, n, q") for line in lines)
    assert lines[-1].endswith("proved")


def test_an_unknown_theorem_is_a_usage_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "fermat"]) == 2
    assert "no theorem is called fermat" in capfd.readouterr().err


def test_every_partial_at_given_widths(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--widths", "3,4,2", "--activation", "tanh"]) == 0
    shown = capfd.readouterr().out
    assert shown.startswith("3-4-2, tanh hidden, softmax output, cross-entropy loss (class)\n")
    assert "∂L/∂W_1           12 entries match" in shown
    total = 2 * 3 + (12 + 4 + 4 + 4) + (8 + 2 + 2) + 2
    assert f"{total} of {total} partials derived and matched" in shown


def test_every_partial_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--widths", "2,2", "--loss", "squared", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)
    assert report["network"] == {"activation": "g", "output": "linear", "loss": "squared", "target": "vector"}
    assert all(array["matched"] == array["count"] for array in report["partials"])


@pytest.mark.parametrize(
    ("model", "sizes", "line"),
    [
        ("ridge", "M=2,N=3", "ridge, M = 2, N = 3"),
        ("average-pooling", "A=2,B=2,C=1,H=1,W=2", "inputs by window and place in it"),
        ("max-pooling", "C=1,K=2,P=2,s=1", "away from ties"),
        ("softmax-regression", "d=2,n=2,q=3", "assuming"),
        ("residual-block", "L=2,d=2,m=1", "the Jacobian of a block"),
        ("layer-norm", "d=1,n=2", "normalised entries"),
    ],
)
def test_the_theorems_of_a_model_entry_by_entry(
    model: str, sizes: str, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["prove", "--model", model, "--widths", sizes]) == 0
    shown = capfd.readouterr().out

    assert line in shown
    assert "NOT PROVED" not in shown


def test_theorems_entry_by_entry_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "weights", "--model", "softmax-regression", "--widths", "n=2,d=2,q=3", "--json"]) == 0
    report = json.loads(capfd.readouterr().out)

    assert report["sizes"] == {"n": 2, "d": 2, "q": 3}
    assert [(one["count"], one["proved"]) for one in report["theorems"]] == [(6, 6)]
    assert r"\sum_{j=1}^{q} \mathbf{Y}_{ij} = 1" in report["theorems"][0]["assumptions"]


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ("M=2", "the sizes of ridge are M, N; give N, too, as in N=3"),
        ("M=2,Q=3", "the network has no size Q; its sizes are M, N"),
        ("2,2", "give its sizes by their names"),
    ],
)
def test_sizes_that_do_not_fit_are_said(sizes: str, message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--model", "ridge", "--widths", sizes]) == 2
    assert message in capfd.readouterr().err


def test_an_entry_that_is_not_proved_is_named_and_ends_with_status_1(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    entries = Entries("ridge", "ridge: x", "x = y", 4, ((1, 2),), ())
    monkeypatch.setattr(ModelTheorem, "entries", lambda *_: entries)

    assert run(["prove", "gradient", "--model", "ridge", "--widths", "M=2,N=2"]) == 1
    assert "1 NOT PROVED: (1, 2)" in capfd.readouterr().out


def test_an_assumption_that_was_needed_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--widths", "2,2", "--target", "distribution"]) == 0
    assert "2 entries match, assuming the targets sum to 1" in capfd.readouterr().out


def test_a_class_that_only_a_delta_mentions_may_be_any(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--loss", "squared", "--target", "class"]) == 0
    assert "1 <= l <= n[L]" in capfd.readouterr().out


def test_theorems_of_another_network(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--loss", "bce", "--activation", "tanh", "--json"]) == 0
    names = [theorem["name"] for theorem in json.loads(capfd.readouterr().out)["theorems"]]
    assert "sigmoid + binary-cross-entropy (vector)" in names
    assert not any("softmax" in name for name in names)


@pytest.mark.parametrize("loss", sorted(NAMES))
@pytest.mark.parametrize("output", [*OUTPUTS, *OUTPUT_NAMES])
def test_a_loss_behind_any_output_is_proved_or_makes_no_sense(
    output: str, loss: str, capfd: pytest.CaptureFixture[str]
) -> None:
    status = run(["prove", "--output", output, "--loss", loss, "--widths", "2,3,2"])

    assert status == (2 if (complaint := capfd.readouterr().err) else 0)
    assert "Traceback" not in complaint


@pytest.mark.parametrize(
    "arguments",
    [
        ["--widths", "3"],
        ["--widths", "3,x"],
        ["--widths", "3,0"],
        ["--widths", "3,2", "softmax"],
        ["--loss", "hinge"],
        ["--model", "khapra"],
        ["--model", "ridge", "--loss", "squared"],
        ["--model", "ridge", "--widths", "2,2"],
        ["--slips"],
        ["--widths", "D=3,H=2"],
        ["--model", "ridge", "--widths", "M=x"],
        ["--output", "linear", "--loss", "cross-entropy", "--widths", "2,2"],
    ],
)
def test_networks_that_make_no_sense(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", *arguments]) == 2
    assert "Traceback" not in capfd.readouterr().err
