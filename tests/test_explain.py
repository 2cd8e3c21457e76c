"""`derive explain`: derivatives, gradients, Jacobians and claims, in four formats, with paths and numbers."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from bundled_models import NETWORKS

from derive import load_network
from derive.api.explain_formats import html, markdown, tex, text
from derive.api.explanation import explain
from derive.api.worked import Worked
from derive.cli import run
from derive.errors import UsageError

WEIGHT = r"\frac{\partial L}{\partial W_{112}}"


def said(arguments: list[str], capsys: pytest.CaptureFixture[str], status: int = 0) -> str:
    assert run(["explain", *arguments]) == status
    return capsys.readouterr().out


class TestDerivatives:
    def test_one_weight_for_all_sizes(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([WEIGHT], capsys)

        assert "∂L/∂W[1,1,2]\n  = ∂L/∂a[1,1]·∂a[1,1]/∂W[1,1,2]" in output
        assert "What is inserted" in output
        assert "L = 1:" in output
        assert "The paths" not in output

    @pytest.mark.parametrize(
        ("model", "formula", "said_of_it"),
        [
            ("conv1d", r"\frac{\partial y_{n,f,i}}{\partial x_{n,c,u}}", "i·s ≤ u ≤ K+i·s-1:"),
            ("average-pooling", r"\frac{\partial L}{\partial x_{c,u,v}}", "sum over all paths"),
            ("max-pooling", r"\frac{\partial L}{\partial x_{c,u}}", "[k = argmax[j=0…K-1] x[c,j+m·s]]"),
        ],
    )
    def test_an_entry_in_windows_of_any_stride(
        self, model: str, formula: str, said_of_it: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert said_of_it in said([formula, "--model", model], capsys)

    def test_one_weight_with_widths_has_its_paths_with_the_factors(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([WEIGHT, "--widths", "2,2,2"], capsys)

        assert "is a sum over 2 paths" in output
        assert "─┬─ a[2,1] ─── ŷ[ℓ] ─── L" in output
        assert "h[0,2] · g′(a[1,1]) · W[2,1,1]" in output

    def test_what_is_inserted_keeps_two_indices_apart(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([r"\frac{\partial L}{\partial X}", "--model", "attention"], capsys)

        assert "∂L/∂V[i,m]\n  = Σ[j=1…n] ∂L/∂O[j,m]·∂O[j,m]/∂V[i,m]" in output
        assert "\n∂O[j,m]/∂V[i,m]\n" in output  # a row and a column were both m
        assert "[m,m]" not in output

    @pytest.mark.parametrize("model", NETWORKS)
    def test_no_entry_of_any_network_has_one_letter_twice(self, model: str) -> None:
        net = load_network(model)
        patterns = net.notation.patterns
        name = next(
            leaf.name for leaf in net.symbolic.leaves if all(s.kind == "unit" for s in patterns[leaf.name].slots)
        )

        shown = text(explain(net, name))
        assert "What is inserted" in shown
        assert re.findall(r"\[(?:\w+,)*([a-z]),(?:\w+,)*\1[\],]", shown) == []

    @pytest.mark.parametrize(
        ("model", "formula", "sizes", "path"),
        [
            ("attention", "X_{12}", "d=2,d_k=1,d_v=1,n=2", "└─ A[1,2] ─── O[1,1] ─┬─ Y[1,1]"),
            ("rnn-truncated", "W_{hh,1,2}", "tau=2,h=2,d=1", "─── h[1,1] ─┬─ a[2,1] ─── L"),
            ("conv1d", "x_{1,1,1}", "C=1,F=1,K=2,N=1,P=2,s=1", "─┬─ y[1,1,0] ─── L"),
        ],
    )
    def test_sizes_by_their_names_list_the_paths(
        self, model: str, formula: str, sizes: str, path: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert path in said([formula, "--model", model, "--widths", sizes], capsys)

    def test_a_variable_alone_is_the_derivative_of_the_loss_by_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert said(["W_{kij}"], capsys) == said([r"\frac{\partial L}{\partial W_{kij}}"], capsys)

    def test_a_gradient_has_its_matrix_form_and_its_entry(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([r"\nabla_{W_k} L"], capsys)

        assert "∇W[k] L = ∇a[k] L h[k-1]ᵀ" in output
        assert "∂L/∂W[k,i,j]" in output

    def test_a_jacobian(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([r"\frac{\partial a_{k+1}}{\partial a_k}"], capsys)

        assert "∂a[k+1]/∂a[k] = W[k+1] diag(g'(a[k]))" in output

    def test_a_second_derivative(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([r"\frac{\partial^2 L}{\partial a_{Li} \partial a_{Lj}}"], capsys)

        assert "differentiate once more" in output

    def test_another_model(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([r"\frac{\partial C}{\partial w^l_{jk}}", "--model", "nielsen"], capsys)

        assert "= ∂C/∂z[l,j]·∂z[l,j]/∂w[l,j,k]" in output

    def test_recursion_is_followed_once_where_the_depth_is_open(self) -> None:
        output = text(explain(load_network("khapra"), WEIGHT))

        assert output.count("∂L/∂h[") < 12


class TestClaims:
    def test_a_right_one_is_proved_and_derived(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([r"\nabla_{W_k} L = \nabla_{a_k} L h_{k-1}^T"], capsys)

        assert output.startswith("✓ proved")
        assert "In matrix form" in output

    def test_a_wrong_one_is_refuted_with_what_is_right(self, capsys: pytest.CaptureFixture[str]) -> None:
        output = said([r"\nabla_{a_L} L = y - \hat{y}"], capsys, status=1)

        assert "✗ refuted" in output
        assert r"proved instead: \nabla_{a_L} L = \hat{y} - y" in output
        assert "∂L/∂a[L,i]" in output

    def test_one_about_no_derivative(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "proved" in said([r"\sum_i \hat{y}_i = 1"], capsys)


class TestNumbers:
    def test_the_products_add_up_to_what_the_oracle_finds(self) -> None:
        for seed in range(4):
            net = load_network("khapra", activation="tanh", widths=[2, 3, 2])
            (worked,) = [p for p in explain(net, WEIGHT, numbers=True, seed=seed).parts if isinstance(p, Worked)]

            assert worked.total == pytest.approx(worked.oracle, abs=1e-12)
            for factors, product in zip(worked.factors, worked.products, strict=True):
                value = 1.0
                for factor in factors:
                    value *= factor
                assert value == pytest.approx(product, abs=1e-12)

    def test_an_open_activation_is_chosen_and_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["explain", WEIGHT, "--widths", "2,2,2", "--numbers"]) == 0
        captured = capsys.readouterr()

        assert "those of sigmoid" in captured.err
        assert "differentiating the forward pass in numbers gives" in captured.out

    def test_without_widths_there_are_none(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["explain", WEIGHT, "--numbers"]) == 2
        assert "--widths 2,2,2" in capsys.readouterr().err


class TestFormats:
    net = load_network("khapra", activation="sigmoid", widths=[2, 2, 2])

    explained = explain(net, WEIGHT, numbers=True)

    def test_tex_has_derivation_and_picture(self) -> None:
        found = tex(self.explained)

        assert found.count(r"\begin{aligned}") == found.count(r"\end{aligned}") >= 4
        assert r"\begin{tikzpicture}" in found

    @pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdfTeX here")
    def test_tex_compiles(self, tmp_path: Path) -> None:
        body = tex(self.explained) + tex(explain(self.net, r"\nabla_{a_2} L = y - \hat{y}"))
        packages = r"\usepackage[a0paper,landscape]{geometry}\usepackage{amsmath,amssymb,tikz}"
        document = f"\\documentclass{{article}}{packages}\\begin{{document}}\n{body}\n\\end{{document}}"
        (tmp_path / "t.tex").write_text(document, encoding="utf-8")
        done = subprocess.run(
            ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "t.tex"],
            cwd=tmp_path, capture_output=True, check=False, timeout=120,
        )  # fmt: skip

        assert done.returncode == 0, done.stdout.decode(errors="replace")[-1500:]

    def test_html_is_one_page_without_script(self) -> None:
        page = html(self.explained)

        assert page.startswith("<!DOCTYPE html>")
        assert "<math" in page
        assert "<svg" in page
        assert "<script" not in page
        assert "http" not in re.sub(r'xmlns="[^"]*"', "", page)

    def test_markdown_has_formulas_between_dollars(self) -> None:
        found = markdown(self.explained)

        assert found.count("$$") % 2 == 0
        assert "```text\n  W[1,1,2] ─── " in found

    @pytest.mark.parametrize("form", ["text", "tex", "html", "md"])
    def test_every_format_from_the_command_line(
        self, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "out"

        assert said([WEIGHT, "--widths", "2,2,2", "--format", form, "-o", str(path)], capsys).strip() == str(path)
        assert len(path.read_text(encoding="utf-8")) > 300

    def test_a_claim_in_every_format(self) -> None:
        explained = explain(self.net, r"\nabla_{a_2} L = y - \hat{y}")

        for render in (text, tex, html, markdown):
            assert "refuted" in render(explained)


class TestFaults:
    def test_what_cannot_be_read(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["explain", r"\frac{a"]) == 2
        assert "never closed" in capsys.readouterr().err

    def test_an_unknown_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["explain", r"\frac{\partial L}{\partial Q_{1}}"]) == 2
        assert '"Q' in capsys.readouterr().err

    def test_what_is_neither(self) -> None:
        with pytest.raises(UsageError, match="neither a formula nor a derivative"):
            explain(load_network("khapra"), "3")

    def test_bad_widths(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["explain", WEIGHT, "--widths", "2"]) == 2
        assert "at least two layers" in capsys.readouterr().err
