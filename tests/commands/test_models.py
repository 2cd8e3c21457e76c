"""`derive models`."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.cli import run
from derive.models.registry import list_models


def test_the_list_has_every_bundled_model(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["models"]) == 0
    assert [line.split()[0] for line in capfd.readouterr().out.splitlines()] == list_models()


def test_a_model_is_printed_as_it_is_written_and_as_it_is_read(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "khapra"]) == 0
    shown = capfd.readouterr().out
    assert shown.startswith("khapra: M. M. Khapra")
    for part in (
        r"a_k = b_k + W_k h_{k-1}",
        "a[k,i] = b[k,i] + Σ[j=1…n[k-1]] W[k,i,j]·h[k-1,j]",
        "1 ≤ k ≤ L, 1 ≤ i ≤ n[k]",
        "g is any differentiable function",
        "the loss is L",
        "numerator layout",
    ):
        assert part in shown


@pytest.mark.parametrize("name", list_models())
def test_every_bundled_model_can_be_printed(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["models", name]) == 0
    assert "entry by entry" in capfd.readouterr().out


def test_the_file_itself_is_a_model_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "khapra", "--toml"]) == 0
    own = tmp_path / "own.toml"
    own.write_text(capfd.readouterr().out)
    assert run(["models", str(own)]) == 0


def test_an_unknown_model_is_a_usage_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "none"]) == 2
    assert "there are" in capfd.readouterr().err


def test_the_network_of_a_text_is_printed_with_its_places(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lecture = tmp_path / "lecture.md"
    lecture.write_text("Let $a$ and $b$ be real numbers,\n\nand $c = a b$.\n", encoding="utf-8")

    assert run(["models", "--from", str(lecture)]) == 0
    assert "'c = a b',  # line 3" in capfd.readouterr().out
    assert run(["models", "--from", f"{lecture}:2"]) == 0
    assert run(["models", "--from", str(tmp_path / "none.md")]) == 2
