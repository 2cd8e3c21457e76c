"""The report of a run is the same at any load, with any number of processes, cold and warm."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from processes import AS_INSTALLED, start, throttled
from score_lectures import LECTURES

pytestmark = pytest.mark.xdist_group("the same everywhere")  # one worker makes the report that all are compared with
NAMES = ("toy_chain.md", "unit_zero.tex")
EXHAUSTING = r"""
<!-- derive:model
forward = [
  'h_t = \tanh(A h_{t-1} + B x_t) \quad (1 \le t \le T)', 'o_t = G h_t \quad (1 \le t \le T)',
  'L_t = \frac{1}{2} \|o_t - y_t\|^2 \quad (1 \le t \le T)', 'L = \sum_{t=1}^T L_t',
]
shapes = [
  'A \in \mathbb{R}^{n \times n}', 'B \in \mathbb{R}^{n \times m}', 'h_t \in \mathbb{R}^n', 'x_t \in \mathbb{R}^m',
  'G \in \mathbb{R}^{q \times n}', 'o_t, y_t \in \mathbb{R}^q',
]
-->

$$ \frac{\partial L}{\partial h_t} = \sum_{s=t}^{T} \frac{\partial L_s}{\partial h_t} $$

$$ \frac{\partial L}{\partial G} = \sum_{t=1}^{T} (y_t - o_t) h_t^\top $$
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some lectures, and formulas on which the search uses up its steps."""
    folder = tmp_path_factory.mktemp("course")
    for name in NAMES:
        shutil.copy(LECTURES / name, folder)
    (folder / "exhausting.md").write_text(EXHAUSTING)
    return folder


def report(folder: Path, *options: str, share: float = 1.0, **environment: str) -> list[dict[str, object]]:
    """Return the findings of a run without what may differ, the milliseconds."""
    arguments = ["check", ".", "--output-format", "json", "--time-limit", "600", *options]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setitem(os.environ, name, value)
        process = start(arguments, folder, AS_INSTALLED)
    with process, throttled(process.pid, share):
        out, err = process.communicate(timeout=900)
    assert process.returncode == 1, err
    files = json.loads(out)["files"]
    assert not any(finding["code"] == "D302" for file in files for finding in file["findings"])
    return [{**file, "findings": [_timeless(finding) for finding in file["findings"]]} for file in files]


def _timeless(finding: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in finding.items() if name != "milliseconds"}


@pytest.fixture(scope="module")
def expected(course: Path) -> list[dict[str, object]]:
    return report(course, "--no-cache", "--jobs", "1")


WAYS: dict[str, tuple[Sequence[str], float, dict[str, str]]] = {
    "two processes": (["--no-cache", "--jobs", "2"], 1.0, {}),
    "eight processes": (["--no-cache", "--jobs", "8"], 1.0, {}),
    "a third of a processor": (["--no-cache", "--jobs", "2"], 0.3, {"PYTHONHASHSEED": "1"}),
    "another order of sets": (["--no-cache", "--jobs", "1"], 1.0, {"PYTHONHASHSEED": "2"}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_report_does_not_depend_on_the_machine(course: Path, expected: list[dict[str, object]], way: str) -> None:
    options, share, environment = WAYS[way]
    assert report(course, *options, share=share, **environment) == expected


def test_a_warm_run_reports_what_a_cold_one_does(
    course: Path, expected: list[dict[str, object]], tmp_path: Path
) -> None:
    cache = ["--cache-dir", str(tmp_path / "cache")]
    assert report(course, *cache) == expected
    assert report(course, *cache) == expected
    for entry in (tmp_path / "cache").glob("*.json"):
        if not entry.name.endswith(".formulas.json"):
            entry.unlink()  # from here on only the formulas are known
    assert report(course, *cache) == expected


def test_some_formula_of_these_uses_up_its_steps(expected: list[dict[str, object]]) -> None:
    assert "used up its steps" in json.dumps(expected)
