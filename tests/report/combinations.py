"""Options of handouts that together use every output, loss, target, activation and notation."""

from __future__ import annotations

import os

import pytest

from derive.report import pdf
from derive.report.activations import ACTIVATIONS
from derive.report.mlp_notation import NOTATIONS

COMBINATIONS: dict[str, dict[str, object]] = {
    "softmax, class": {},
    "softmax, distribution": {"target": "distribution"},
    "linear, squared error": {"output_function": "linear"},
    "sigmoid, binary cross-entropy": {"loss": "binary-cross-entropy"},
    "elementwise, squared error": {"output_function": "elementwise", "loss": "squared-error"},
    "sigmoid, squared error": {"output_function": "sigmoid", "loss": "squared-error", "activation": "tanh"},
    "wide": {"widths": (6, 6, 6, 6, 6), "activation": "tanh"},
    **{name: {"activation": name} for name in ACTIVATIONS},
    **{f"in the notation of {name}": {"model": name, "target": "distribution"} for name in NOTATIONS},
}


def require_tex() -> None:
    """Skip a test that needs TeX where there is none, except in CI, where that is a failure."""
    if pdf.find_pdftex() is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(pdf.MISSING)
