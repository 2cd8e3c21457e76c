"""Hostile documents end in a clear verdict within the limits, and the formulas around them are judged."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from importlib.metadata import packages_distributions
from itertools import pairwise
from pathlib import Path

import pytest
from processes import AS_INSTALLED

HEAD = '<!-- derive:model use = "khapra" -->\n\n'
GOOD = "$$\\nabla_{b_k} L(\\theta) = \\nabla_{a_k} L(\\theta)$$\n"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DOUBLING = "".join(f"\\newcommand{{\\{one}}}{{\\{two}\\{two}}}" for one, two in pairwise(LETTERS))
MEMORY = 2 << 30
HOSTILE = {
    "a tower of powers": r"9^{9^{9^9}} = 1",
    "a tower in a definition": r"a_k = 9^{9^{9^9}}",
    "100000 nested braces": "{" * 100_000 + "x" + "}" * 100_000 + " = 1",
    "nested parentheses": "(" * 3000 + "x" + ")^2" * 3000 + " = 1",
    "nested fractions": r"\frac{1}{1+" * 2000 + "x" + "}" * 2000 + " = 1",
    "a macro that calls itself": r"\newcommand{\a}{\a\a} \a = 1",
    "a macro that doubles 25 times": DOUBLING + r"\newcommand{\Z}{x} \A = 1",
    "300 sums": r"\sum_i \sum_j \sum_m " * 300 + "h_{1,i} = 1",
    "a line of 10 MB": "x = " + "a_1 + " * 1_700_000 + "a_2",
    "5000 transposes": "x" + ".T" * 5000 + " = 1",
    "powers of program text": "x" + " ** (1" * 5000 + " = 1",
    "values without end": ", ".join(f"x_1 = {n}" for n in range(1500)) + ", h_{11} = 2 h_{11}",
    "boxes in boxes": r"\fbox{$" * 300 + "x" + "$}" * 300 + " = 1",
    "a million open braces": "{" * 1_000_000,
    "a product that explodes": "(a_{11} + a_{12} + h_{11} + h_{12} + x_1)^{40} = (x_1 + a_{11} + h_{12} + h_{11})^{40}",
}


def derive(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `derive`, all its processes under a limit of memory."""
    command = [sys.executable, *AS_INSTALLED, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip


@pytest.mark.parametrize("formula", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_formula(formula: str, tmp_path: Path) -> None:
    (tmp_path / "hostile.md").write_text(f"{HEAD}{GOOD}\n$${formula}$$\n\n{GOOD}")
    start = time.monotonic()
    done = derive("check", "hostile.md", "--output-format", "json", "--no-cache", "--time-limit", "2", folder=tmp_path)
    took = time.monotonic() - start

    assert done.returncode in (0, 1), done.stderr
    found = [finding["verdict"] for finding in json.loads(done.stdout)["files"][0]["findings"]]
    assert found[0] == found[-1] == "proved"
    assert "proved" not in found[1:-1]
    assert took < 30


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder with a lecture, and a module of each name that derive and what it depends on may import."""
    (tmp_path / "lecture.md").write_text(f"{HEAD}{GOOD}")
    names = {*sys.stdlib_module_names, *packages_distributions(), "derive", "sitecustomize", "usercustomize"}
    assert {"sympy", "flint", "click", "signal", "random", "multiprocessing"} <= names
    for name in names:
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r} + chr(10))\n")
    return tmp_path


@pytest.mark.parametrize("command", [["check", "lecture.md"], ["check", "."], ["explain", "h_{11}"], ["models"]])
def test_no_code_of_the_checked_folder_runs(
    trap: Path, command: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "lecture.md").write_text((trap / "lecture.md").read_text())
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    shown = [
        subprocess.run(
            [sys.executable, *AS_INSTALLED, *command], cwd=folder, env=environment, capture_output=True, text=True,
            check=False, timeout=120,
        )
        for folder in (elsewhere, trap)
    ]  # fmt: skip
    assert not (trap / "ran").exists(), (trap / "ran").read_text()
    assert (shown[0].returncode, shown[0].stdout, shown[0].stderr) == (0, shown[1].stdout, "")
    assert (shown[1].returncode, shown[1].stderr) == (0, "")


ODD = {
    "a pipe": os.mkfifo,
    "an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a file without end": lambda path: (path.touch(), os.truncate(path, 1 << 40)),
}
WAYS = {
    "named": (["odd.md"], 2),
    "in a folder": (["."], 0),
    "included": (["main.tex"], 2),
    "a package": (["package.tex"], 0),
    "a model": (["good.md", "--model", "odd.md"], 2),
    "a baseline": (["good.md", "--baseline", "odd.md"], 2),
    "settings": (["good.md", "--config", "odd.md"], 2),
    "settings that are found": (["course/good.md"], 0),
    "a report": (["good.md", "-o", "odd.md"], 2),
    "a cache": (["good.md", "--cache-dir", "odd.md"], 0),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_file_neither_blocks_nor_exhausts(kind: str, tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    for file in (tmp_path / "good.md", tmp_path / "course" / "good.md"):
        file.write_text(f"{HEAD}{GOOD}")
    model = '% derive:model\n% use = "khapra"\n% derive:end\n'
    (tmp_path / "main.tex").write_text(f"{model}\\input{{odd.md}}\n\\[ \\nabla_{{b_k}} L = \\nabla_{{a_k}} L \\]")
    (tmp_path / "package.tex").write_text(f"{model}\\usepackage{{odd}}\n\\[ \\nabla_{{b_k}} L = \\nabla_{{a_k}} L \\]")
    for name in ("odd.md", "odd.sty", "course/derive.toml"):
        ODD[kind](tmp_path / name)  # type: ignore[operator]
    for way, (arguments, status) in WAYS.items():
        if way == "a report" and kind == "a file without end":
            continue  # it is a file, and may be written over
        done = derive("check", *arguments, folder=tmp_path)
        allowed = {status, 2} if way in ("settings that are found", "in a folder", "a package") else {status}
        assert done.returncode in allowed, (way, done)
        assert "Traceback" not in done.stderr, (way, done)
        assert done.stderr.count("\n") <= 5, (way, done)
