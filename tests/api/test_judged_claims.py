"""Claims: verdicts with their evidence, and how every object shows itself."""

from __future__ import annotations

import pytest

from derive import Net
from derive.api.show import Shown
from derive.api.verdict_table import judge_lines
from derive.errors import LatexError

RIGHT = r"\nabla_{W_k} L = \nabla_{a_k} L\, h_{k-1}^T"
SLIPS = {
    "sign": (r"\nabla_{a_L} L = y - \hat{y}", r"\hat{y} - y"),
    "transpose": (r"\nabla_{h_{k-1}} L = W_k \nabla_{a_k} L", None),
    "layer": (r"\nabla_{W_k} L = \nabla_{a_k} L \, h_k^T", None),
}


def test_a_right_formula_is_proved_for_all_sizes(khapra: Net) -> None:
    judgement = khapra.claim(RIGHT).judge()

    assert judgement.proved
    assert "1 ≤ k ≤ L" in str(judgement)


@pytest.mark.parametrize(("slip", "repair"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_refuted(khapra: Net, slip: str, repair: str | None) -> None:
    judgement = khapra.claim(slip).judge()

    assert judgement.word == "refuted"
    assert repair is None or repair in (judgement.suggestion or "")


def test_a_witness_names_sizes_and_both_sides(khapra: Net) -> None:
    witness = khapra.claim(SLIPS["sign"][0]).judge().witness

    assert witness is not None
    assert {"where", "left", "right"} <= set(witness)


def test_widths_are_sizes_of_the_claim(khapra: Net) -> None:
    formula = r"\nabla_{a_2} L = \hat{y} - y"

    assert khapra.at([2, 3, 2]).claim(formula).judge().proved
    assert not khapra.claim(formula).judge().proved
    assert khapra.at([2, 3, 2, 2]).claim(formula).judge().word == "refuted"


def test_the_worst_link_decides(khapra: Net) -> None:
    judgement = khapra.claim(r"\nabla_{a_L} L = \hat{y} - y = y - \hat{y}").judge()

    assert [link.word for link in judgement.links] == ["proved", "refuted"]
    assert judgement.word == "refuted"


def test_steps_of_a_partial(khapra: Net) -> None:
    judgement = khapra.claim(
        r"\frac{\partial L}{\partial W_{kij}} = \frac{\partial L}{\partial a_{ki}} h_{k-1,j}"
    ).judge()

    assert judgement.proved
    assert any("chain rule" in step for step in judgement.steps)


def test_an_unknown_symbol_is_named(khapra: Net) -> None:
    judgement = khapra.claim(r"\nabla_{q} L = 3").judge()

    assert judgement.word == "not-understood"
    assert '"q"' in str(judgement)


def test_what_cannot_be_read_is_refused_at_once(khapra: Net) -> None:
    with pytest.raises(LatexError, match="never closed"):
        khapra.claim(r"\frac{a")


def test_lines_of_a_cell(khapra: Net) -> None:
    table = judge_lines(khapra, f"{RIGHT}\n\n% a remark\n${SLIPS['sign'][0]}$\n\\frac{{a\n")

    assert repr(table) == "<VerdictTable proved, refuted, not-understood>"
    assert table._repr_html_().count("<tr>") == 3


class TestShowing:
    @pytest.fixture
    def objects(self, small: Net) -> list[Shown]:
        return [
            small, small["W"][1], small.partial("W_{112}"), small.partial("W_{112}").steps[0], small.gradient("W_1"),
            small.partial("W_{112}").path_sum(), next(iter(small.partial("W_{112}").path_sum())), small.claim(RIGHT),
            small.claim(SLIPS["sign"][0]).judge(), judge_lines(small, RIGHT),
        ]  # fmt: skip

    def test_every_object_has_text_a_short_repr_and_latex(self, objects: list[Shown]) -> None:
        for found in objects:
            assert str(found).strip()
            assert repr(found).startswith("<")
            assert "\n" not in repr(found)
            assert len(repr(found)) < 140
            assert found._repr_latex_() == rf"$\displaystyle {found.latex()}$"

    def test_derivations_and_verdicts_have_html_without_scripts(self, objects: list[Shown]) -> None:
        shown = [found._repr_html_() for found in objects if hasattr(found, "_repr_html_")]

        assert len(shown) >= 5
        assert all("<table" in html or "<svg" in html for html in shown)
        assert not any("<script" in html for html in shown)

    def test_text_of_a_user_is_escaped(self, khapra: Net) -> None:
        html = judge_lines(khapra, r"\frac{<b>")._repr_html_()

        assert "<b>&" not in html
        assert "&lt;b&gt;" in html

    def test_ipython_shows_the_whole_text(self, small: Net) -> None:
        from IPython.lib.pretty import pretty

        partial = small.partial("W_{112}")
        assert pretty(partial) == str(partial)
        assert pretty(small.claim(RIGHT).judge()).startswith("✓ proved")
