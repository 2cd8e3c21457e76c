"""Turn the JSON of pytest-benchmark into the Markdown table of the README.

python benchmarks/table.py build/bench.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROWS = {
    "test_softmax_gradient": ("softmax + cross-entropy gradient, any number of classes, derived and proved", 0.020),
    "test_first_weights_of_two_hidden_layers[g]": ("∇ of W_1 below two hidden layers, any widths, open g", 0.060),
    "test_first_weights_of_two_hidden_layers[sigmoid]": ("the same, sigmoid", 0.060),
    "test_first_weights_of_two_hidden_layers[tanh]": ("the same, tanh", 0.060),
    "test_every_partial_of_a_small_network": ("every partial of 4-8-8-3, tanh, derived and matched", 0.100),
    "test_every_partial_of_784_128_10": ("every partial of 784-128-10, tanh", 15.0),
    "test_sympy_diff_of_the_inlined_loss": ("SymPy: `diff` of the inlined loss of 4-8-8-3, tanh", None),
    "test_symengine_diff_of_the_inlined_loss": ("symengine: the same", None),
    "test_tensorgrad_softmax_gradient": ("tensorgrad: softmax + cross-entropy gradient", None),
    "test_torch_autograd_of_one_example": ("PyTorch: numbers only, one backward pass of 4-8-8-3", None),
}


def shown(seconds: float) -> str:
    """Return a time with three digits and a unit."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def rows(benchmarks: list[dict[str, Any]]) -> list[str]:
    """Return the lines of the table, for what was measured."""
    median = {found["name"]: found["stats"]["median"] for found in benchmarks}
    lines = ["| what | median | goal |", "| --- | ---: | ---: |"]
    for name, (text, goal) in ROWS.items():
        if name in median:
            lines.append(f"| {text} | {shown(median[name])} | {'≤ ' + shown(goal) if goal else ''} |")
    return lines


def curve(benchmarks: list[dict[str, Any]]) -> list[str]:
    """Return the time per parameter for networks of several sizes."""
    found = [b for b in benchmarks if b["name"].startswith("test_time_per_parameter")]
    lines = ["| parameters, about | partials | time | each |", "| ---: | ---: | ---: | ---: |"]
    for b in found:
        seconds, partials = b["stats"]["median"], b["extra_info"]["partials"]
        lines.append(
            f"| {b['params']['parameters']:,} | {partials:,} | {shown(seconds)} | {seconds / partials * 1e6:.1f} µs |"
        )
    return lines if found else []


def main(*paths: str) -> None:
    """Print both tables."""
    benchmarks = [b for path in paths for b in json.loads(Path(path).read_text(encoding="utf-8"))["benchmarks"]]
    print("\n".join([*rows(benchmarks), "", *curve(benchmarks)]).rstrip())


if __name__ == "__main__":
    main(*sys.argv[1:])
