"""Derivatives of entries: lines, cases, special values, second derivatives; every result judged by the kernel."""

from __future__ import annotations

import pytest

from derive import Net, load_network
from derive.errors import NetworkError, UsageError


def proved(net: Net, by: str, of: str | None = None) -> bool:
    return net.partial(by, of).judge().proved


@pytest.mark.parametrize(
    "by", ["W_{kij}", "b_{ki}", "a_{ki}", "h_{kj}", "x_j", r"\hat{y}_i", "W_{112}", "a_{1i}", "h_{12}"]
)
def test_every_result_is_proved(khapra: Net, by: str) -> None:
    assert proved(khapra, by)


@pytest.mark.parametrize("by", ["W_{112}", "W_{2ij}", "a_{2i}", "a_{21}", "h_{1j}"])
def test_every_result_with_widths_is_proved(small: Net, by: str) -> None:
    assert proved(small, by)


@pytest.mark.parametrize(("of", "by"), [("a_{k+1,i}", "a_{kj}"), (r"\hat{y}_i", "a_{Lj}"), ("h_{ki}", "h_{k-1,j}")])
def test_every_derivative_within_the_network_is_proved(khapra: Net, of: str, by: str) -> None:
    assert proved(khapra, by, of)


def test_the_lines_and_their_rules(khapra: Net) -> None:
    lines = khapra.partial("W_{kij}").steps

    assert [str(line) for line in lines] == [
        "∂L/∂W[k,i,j]", "∂L/∂a[k,i]·∂a[k,i]/∂W[k,i,j]", "∂L/∂a[k,i]·h[k-1,j]",
    ]  # fmt: skip
    assert lines[1].rule.startswith("chain rule")


def test_the_whole_derivative_as_latex_is_the_same_as_the_variable(khapra: Net) -> None:
    whole = khapra.partial(r"\frac{\partial L}{\partial W_{kij}}")

    assert str(whole) == str(khapra.partial("W_{kij}")) == str(khapra.partial(khapra["W"]["k", "i", "j"]))


def test_layers_that_differ_are_cases(khapra: Net) -> None:
    partial = khapra.partial("a_{ki}")

    assert [case.condition for case in partial.cases] == ["k = L", "1 <= k <= L-1"]
    with pytest.raises(NetworkError, match="differs by case: k = L"):
        partial.result  # noqa: B018


def test_given_widths_leave_every_case_its_heading(khapra: Net) -> None:
    partial = khapra.at([2, 2, 2]).partial("a_{ki}")

    assert [case.condition for case in partial.cases] == ["k = 2", "k = 1"]
    assert [case.condition for case in khapra.at([2, 2, 2, 2]).partial("a_{ki}").cases] == ["k = 3", "1 <= k <= 2"]
    assert str(partial).startswith("k = 2:\n  ∂L/∂a[2,i]\n")


def test_a_numbered_layer_has_the_case_that_applies(khapra: Net) -> None:
    assert str(khapra.at([2, 3, 2]).partial("a_{2i}").result) == "ŷ[i] - [ℓ = i]"
    assert [case.condition for case in khapra.partial("a_{1i}").cases] == ["L = 1", "1 <= L-1"]


def test_at_inserts_widths_and_indices(khapra: Net) -> None:
    partial = khapra.partial("W_{kij}").at(widths=[2, 3, 2], k=1, i=1, j=2)

    assert str(partial.result) == "∂L/∂a[1,1]·x[2]"


def test_at_refuses_what_is_neither_index_nor_size(khapra: Net) -> None:
    with pytest.raises(UsageError, match="no size q"):
        khapra.partial("W_{kij}").at(q=1)


def test_the_slope_of_tanh_is_written_by_the_activation(small: Net) -> None:
    result = str(small.partial("a_{1i}").result)

    assert "h[1,i]²" in result
    assert "σ" not in result


def test_an_entry_outside_its_range_does_not_exist(small: Net) -> None:
    with pytest.raises(NetworkError, match="outside its range"):
        str(small.partial("W_{312}"))


class TestSecondDerivatives:
    def test_of_the_output_layer_for_all_sizes(self, khapra: Net) -> None:
        hessian = khapra.hessian("a_{Li}", "a_{Lj}")

        assert str(hessian.result) == "ŷ[i]·([i = j] - ŷ[j])"
        assert hessian.judge().proved

    def test_below_it_with_widths(self) -> None:
        assert "g′′(a[1,i])" in str(load_network("khapra", widths=[2, 2, 2]).hessian("a_{1i}", "a_{1j}").result)

    def test_of_one_entry_twice(self, small: Net) -> None:
        hessian = small.hessian("a_{21}")
        values = small.sample()

        outputs = small["yhat"].numeric(values)
        assert hessian.numeric(values) == pytest.approx(outputs[0] - outputs[0] ** 2)

    def test_through_open_depth_it_does_not_end(self, khapra: Net) -> None:
        with pytest.raises(NetworkError, match="does not end while the depth is symbolic"):
            str(khapra.hessian("W_{kij}"))


def test_latex_has_a_line_for_each_step_and_a_label_for_each_case(khapra: Net) -> None:
    latex = khapra.partial("a_{ki}").latex()

    assert latex.startswith("\\begin{aligned}")
    assert latex.count("\\\\\n") == 7
    assert r"&1 \le k \le L-1:" in latex
