"""Hostile documents end in a clear verdict within the limits, and the formulas around them are judged."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

HEAD = '<!-- derive:model use = "khapra" -->\n\n'
GOOD = "$$\\nabla_{b_k} L(\\theta) = \\nabla_{a_k} L(\\theta)$$\n"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DOUBLING = "".join(f"\\newcommand{{\\{one}}}{{\\{two}\\{two}}}" for one, two in pairwise(LETTERS))
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


@pytest.mark.parametrize("formula", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_formula(formula: str, tmp_path: Path) -> None:
    document = tmp_path / "hostile.md"
    document.write_text(f"{HEAD}{GOOD}\n$${formula}$$\n\n{GOOD}")
    command = [sys.executable, "-m", "derive", "check", str(document), "--output-format", "json", "--no-cache"]
    start = time.monotonic()
    done = subprocess.run([*command, "--time-limit", "2"], capture_output=True, text=True, check=False, timeout=120)
    took = time.monotonic() - start

    assert done.returncode in (0, 1), done.stderr
    found = [finding["verdict"] for finding in json.loads(done.stdout)["files"][0]["findings"]]
    assert found[0] == found[-1] == "proved"
    assert "proved" not in found[1:-1]
    assert took < 30
