"""The handout through `derive check`: every formula of it is proved, in every combination and notation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.findings import Finding
from derive.report.content_build import build
from derive.report.options import HandoutOptions
from derive.report.render import render
from tests.report.combinations import COMBINATIONS


def findings(kind: str, text: str) -> tuple[Finding, ...]:
    return check_document(Path(f"handout.{kind}"), CheckOptions(), text=text).findings


@pytest.mark.parametrize("name", COMBINATIONS)
def test_every_formula_is_proved(name: str) -> None:
    text = render(build(HandoutOptions(**COMBINATIONS[name]), (), "0.0"), "md")  # type: ignore[arg-type]
    found = findings("md", text)

    assert [(item.line, item.latex, item.message) for item in found if item.verdict in OTHERS] == []
    assert Counter(item.verdict for item in found)["proved"] >= 34
    assert [item.latex for item in found if item.verdict == "assumed" and "= " in item.latex] == []


OTHERS = ("refuted", "undecided", "not-understood")


@pytest.mark.parametrize("kind", ["tex", "md"])
def test_the_worksheet_and_the_latex_are_proved_too(kind: str) -> None:
    text = render(build(HandoutOptions(worksheet=kind == "tex", activation="tanh"), (), "0.0"), kind)
    found = findings(kind, text)

    assert [(item.line, item.latex, item.message) for item in found if item.verdict in OTHERS] == []
    assert Counter(item.verdict for item in found)["proved"] >= 34


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\hat{y} - y", r"y - \hat{y}"),
        (r"W_{k+1}^T \, \nabla", r"W_{k+1} \, \nabla"),
        (r"\odot g'(a_k)", r"\odot g(a_k)"),
        (r"\nabla_{a_k} \mathcal{L}(\theta) \, h_{k-1}^T", r"\nabla_{a_k} \mathcal{L}(\theta) \, h_k^T"),
    ],
)
def test_a_slip_in_the_handout_would_be_refuted(right: str, wrong: str) -> None:
    text = render(build(HandoutOptions(), (), "0.0"), "md")
    assert f"= {right}" in text or right in text

    assert "refuted" in {item.verdict for item in findings("md", text.replace(right, wrong))}
