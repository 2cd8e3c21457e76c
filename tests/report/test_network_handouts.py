"""Handouts of bundled networks beyond the perceptron: written, and judged by derive itself without a doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.report.handout import write_handout
from derive.report.options import HandoutOptions

OF_ALL_KINDS = (
    "attention-causal", "attention-masked", "average-pooling", "batch-norm", "conv1d", "conv2d", "residual-block",
    "ridge", "rms-norm", "rnn-truncated", "skip-gram", "squeeze-excitation",
)  # fmt: skip
"""Not all networks: those that take longest have no derivation of another kind."""


@pytest.mark.parametrize("name", OF_ALL_KINDS)
def test_the_handout_of_a_network_is_written_with_nothing_left_out(name: str, tmp_path: Path) -> None:
    written = write_handout(HandoutOptions(model=name, formats=("md",), output=tmp_path / "x"))

    assert written.hidden == ()
    assert written.files[0].read_text().count("$$") > 10
