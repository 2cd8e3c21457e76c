"""Handouts of the bundled networks beyond the perceptron: written, and judged by derive itself without a doubt."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundled_models import LECTURES, NETWORKS

from derive.report.handout import write_handout
from derive.report.options import SECTIONS, HandoutOptions

SLOW = ("gru", "lstm", "multi-head-attention", "residual-conv-block", "rnn", "transformer-block")
"""Those that take longest; `make handouts` writes these, too, and every section of all of them."""
QUICK = tuple(name for name in NETWORKS if name not in SLOW)


@pytest.mark.parametrize("name", QUICK)
def test_the_handout_of_a_network_is_written_with_nothing_left_out(name: str, tmp_path: Path) -> None:
    written = write_handout(HandoutOptions(model=name, formats=("md",), output=tmp_path / "x"))

    assert written.hidden == ()
    assert written.files[-1].read_text().count("$$") > 10


@pytest.mark.handouts
@pytest.mark.parametrize("worksheet", [False, True], ids=["handout", "worksheet"])
@pytest.mark.parametrize("name", [*LECTURES, *NETWORKS])
def test_every_section_in_every_format_has_nothing_refuted_or_left_out(
    name: str, worksheet: bool, tmp_path: Path
) -> None:
    formats = ("md", "html", "tex", "deck")
    options = HandoutOptions(model=name, formats=formats, sections=SECTIONS, worksheet=worksheet, output=tmp_path / "x")
    written = write_handout(options)

    assert written.hidden == ()
    assert len([file for file in written.files if file.suffix != ".svg"]) == len(formats) * (1 + worksheet)
