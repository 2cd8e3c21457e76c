"""Exported code, run as the user runs it and compared with the oracle, entry by entry; broken code must not pass."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import sympy

from derive.algebra.expr import Diff, Var
from derive.algebra.index import lin
from derive.api.net import Net, load_network
from derive.cli import run
from derive.errors import UsageError
from derive.export.example import drawn
from derive.export.module import export
from derive.export.names import ExportError, identifier
from derive.lecture.stated import load_model
from derive.models.model import Model, parse_model
from derive.models.overrides import closed
from derive.names.notation import Notation
from derive.network import from_sympy
from derive.proof.faults import OutOfRange
from derive.proof.oracle import evaluate

MODELS: dict[str, str] = {
    "recurrent": r"""
forward = ['a_t = U x_t + V h_{t-1} + b \quad (1 \le t \le T)', 'h_t = \tanh(a_t) \quad (1 \le t \le T)', 'h_0 = s',
  'E = \sum_{t=1}^{T} \|h_t - y_t\|^2']
shapes = ['U \in \mathbb{R}^{n \times d}', 'V \in \mathbb{R}^{n \times n}', 'a_t, h_t, y_t \in \mathbb{R}^n',
  'b, s \in \mathbb{R}^n', 'x_t \in \mathbb{R}^d']
""",
    "residual": r"""
forward = ['r_0 = x', 's_k = A_k r_{k-1} \quad (1 \le k \le K)',
  'r_k = r_{k-1} + B_k \tanh(s_k) \quad (1 \le k \le K)', 'L = \frac{1}{2} \|r_K - y\|^2']
shapes = ['x, y, r_k \in \mathbb{R}^n', 's_k \in \mathbb{R}^p',
  'A_k \in \mathbb{R}^{p \times n}', 'B_k \in \mathbb{R}^{n \times p}']
""",
    "convolution": r"""
forward = ['u_p = \sum_{q=1}^{F} w_q x_{p+q-1} \quad (1 \le p \le P)', 'L = \sum_{p=1}^{P} u_p^2']
shapes = ['x \in \mathbb{R}^{P + F - 1}', 'w \in \mathbb{R}^{F}', 'u \in \mathbb{R}^{P}']
""",
    "a sum over a part of an axis": r"""
forward = ['u = \sum_{i=1}^{n-1} w_i x_i^2', 'E = u^2']
shapes = ['w, x \in \mathbb{R}^n', 'u, E \in \mathbb{R}']
""",
    "positions before": r"""
forward = ['s_i = \sum_{l=1}^{i} w_l x_l \quad (1 \le i \le n)', 'E = \sum_{i=1}^{n} s_i^3']
shapes = ['w, x, s \in \mathbb{R}^n']
""",
    "cases of two indices": r"""
forward = ['w_{ij} = \mathbb{1}[j \le i] \exp(e_{ij}) \quad (1 \le i \le n, 1 \le j \le n)',
  'E = \sum_{i=1}^{n} \sum_{j=1}^{i} w_{ij}^2 e_{ij}']
shapes = ['e, w \in \mathbb{R}^{n \times n}']
""",
    "numbered layers": r"""
forward = ['a_0 = x', 'z_j = w_j a_{j-1} + b_j \quad (1 \le j \le 4)', 'a_j = \sigma(z_j) \quad (1 \le j \le 4)',
  'C = \frac{1}{2} (y - a_4)^2']
shapes = ['x, y, C \in \mathbb{R}', 'a_j, z_j, w_j, b_j \in \mathbb{R}']
[functions]
'\sigma' = "sigmoid"
""",
    "columns of examples": r"""
forward = ['Z = W X + b \mathbf{1}^T', 'P = \operatorname{softmax}(Z)',
  'J = -\frac{1}{m} \sum_{i=1}^{n} \sum_{j=1}^{m} Y_{ij} \log P_{ij} + \frac{\lambda}{2} \|W\|_F^2']
shapes = ['W \in \mathbb{R}^{n \times d}', 'X \in \mathbb{R}^{d \times m}',
  'Y, Z, P \in \mathbb{R}^{n \times m}', 'b \in \mathbb{R}^n', '\lambda \in \mathbb{R}']
[functions]
'\operatorname{softmax}' = "softmax over columns"
""",
    "weights of experts": r"""
forward = ['e_k = w_k^\top x \quad (1 \le k \le K)', 'g = \operatorname{softmax}(V x)',
  'y = \sum_{k=1}^{K} g_k e_k', 'L = (y - t)^2']
shapes = ['x \in \mathbb{R}^{n}', 'V \in \mathbb{R}^{K \times n}',
  'w_k \in \mathbb{R}^{n} \quad (1 \le k \le K)', 'g, e \in \mathbb{R}^{K}', 'y, t \in \mathbb{R}']
""",
}  # fmt: skip


def loaded(code: str, folder: Path) -> ModuleType:
    path = folder / "exported.py"
    path.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("exported", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def closed_network(name: str) -> Net:
    """Return a bundled network with a function in place of each that it leaves open, as the command exports it."""
    model = closed(load_model(name))
    return Net(model.network, model)


def compare_with_the_oracle(model: Model, module: ModuleType) -> int:
    """Compare every entry of every gradient with ∂loss/∂entry on the example's network; return how many there are."""
    concrete = drawn(model.network)
    found = module.gradients(**module.example())
    loss = Var(model.network.loss or "")
    count = 0
    for leaf in model.network.leaves:
        values = found.get(identifier(leaf.name))
        if values is None:
            continue
        for layer, given in values.items() if isinstance(values, dict) else [(None, values)]:
            array = np.asarray(given)
            for place in product(*map(range, array.shape)):
                idx = tuple(n + 1 for n in place) if layer is None else (layer, *(n + 1 for n in place))
                exact = float(evaluate(Diff(loss, Var(leaf.name, tuple(map(lin, idx)))), concrete))
                assert array[place] == pytest.approx(exact, abs=1e-9), (leaf.name, idx)
                count += 1
    return count


@pytest.mark.parametrize("name", ["khapra", "nielsen", "ng", "khapra-regression", "nielsen-cross-entropy"])
def test_gradients_of_the_bundled_models_are_those_of_the_oracle(name: str, tmp_path: Path) -> None:
    net = load_network(name, activation="tanh") if name != "nielsen-cross-entropy" else load_network(name)
    assert net.model is not None

    module = loaded(export(net.network, net.notation), tmp_path)
    assert compare_with_the_oracle(net.model, module) > 10
    assert module.check_gradients() < 1e-6


@pytest.mark.parametrize("toml", MODELS.values(), ids=MODELS)
def test_gradients_of_other_architectures_are_those_of_the_oracle(toml: str, tmp_path: Path) -> None:
    model = parse_model(toml)

    module = loaded(export(model.network, model.notation), tmp_path)
    assert compare_with_the_oracle(model, module) > 5
    assert module.check_gradients() < 1e-6


def test_with_widths_every_layer_stands_apart(tmp_path: Path) -> None:
    net = load_network("khapra", activation="sigmoid", widths=[2, 3, 2])
    code = export(net.network, net.notation)

    assert "for k in" not in code.split("def gradients")[1].split("def example")[0]
    assert loaded(code, tmp_path).check_gradients() < 1e-6


def test_a_network_of_sympy_objects(tmp_path: Path) -> None:
    z, x, w = map(sympy.IndexedBase, "zxw")
    i, j = sympy.symbols("i j", integer=True)
    n = sympy.IndexedBase("n")
    network = from_sympy(
        [
            (z[i], sympy.tanh(sympy.Sum(w[i, j] * x[j], (j, 1, n[0]))), {i: (1, n[1])}),
            (sympy.Symbol("loss"), sympy.Sum(z[i] ** 2, (i, 1, n[1]))),
        ]
    )

    assert loaded(export(network, Notation(patterns={})), tmp_path).check_gradients() < 1e-6


def test_the_code_reads_like_a_lecture() -> None:
    net = load_network("khapra")
    code = export(net.network, net.notation)

    for line in (
        "a[k] = b[k] + W[k] @ h[k - 1]",
        "yhat = softmax(a[L], 0)",
        "d_a[L] = yhat - np.eye(n[L])[l - 1]",
        "d_h[k] = W[k + 1].T @ d_a[k + 1]",
        "d_a[k] = d_h[k] * g_prime(a[k])",
        "d_W[k] = np.outer(d_a[k], h[k - 1])",
    ):
        assert line in code


def twice_opened(code: str) -> list[str]:
    """Return the heads of loops and conditions that are opened again right behind the lines below them."""
    found, open_at = list[str](), dict[int, str]()
    for line in code.splitlines():
        depth = len(line) - len(line.lstrip())
        head = line.strip()
        if head.startswith(("for ", "if ")) and head.endswith(":"):
            found += [head] if open_at.get(depth) == head else []
            open_at = {d: h for d, h in open_at.items() if d < depth} | {depth: head}
        else:
            open_at = {d: h for d, h in open_at.items() if d < depth}
    return found


@pytest.mark.parametrize("name", ["residual-block", "khapra"])
def test_what_holds_for_the_same_layers_stands_below_one_head(name: str) -> None:
    """Three lines with `if l <= L:` each, and a loop for each parameter, were no code that one hands out."""
    assert twice_opened("if l <= L:\n    a = 1\nif l <= L:\n    b = 2") == ["if l <= L:"]
    net = closed_network(name)

    assert twice_opened(export(net.network, net.notation)) == []


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        ("rnn", ("h[0] = h_0", "d_h_0 = d_h[0]")),
        ("multi-head-attention", ("sum(d_K[p] @ W_K[p].T for p in range(1, h + 1))",)),
        ("conv2d", ('d_x = np.einsum("ijkl,nkq,jmnp,plr->imqr", y, ', "optimize=True")),
    ],
)
def test_starts_are_arrays_heads_are_added_and_a_convolution_is_one_contraction(
    model: str, lines: tuple[str, ...]
) -> None:
    net = closed_network(model)
    code = export(net.network, net.notation)

    assert [line for line in lines if line not in code] == []
    assert "h_0[0]" not in code
    assert code.count("einsum") == sum(line.count("einsum") for line in code.splitlines() if line.count("einsum") < 2)


def test_docstrings_name_formula_and_proof() -> None:
    net = load_network("khapra")
    docstring = export(net.network, net.notation).split("def gradients")[1].split('"""')[1]

    assert "∂L/∂W[k,i,j] = ∂L/∂a[k,i]·h[k-1,j]" in docstring
    assert "1 ≤ k ≤ L, 1 ≤ i ≤ n[k], 1 ≤ j ≤ n[k-1]" in docstring
    assert "not proved" not in docstring


def test_a_broken_gradient_fails_the_check(tmp_path: Path) -> None:
    net = load_network("khapra")
    code = export(net.network, net.notation).replace("d_h[k] * g_prime(a[k])", "d_h[k]")

    assert loaded(code, tmp_path).check_gradients() > 1e-3


def test_the_file_runs_and_says_how_far_apart_they_are(tmp_path: Path) -> None:
    path = tmp_path / "net.py"

    assert run(["export", "--to", "numpy", "--model", "nielsen", "-o", str(path)]) == 0
    found = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
    assert found.returncode == 0
    assert "largest difference between the gradients and central differences" in found.stdout


def test_a_gradient_that_vanishes_at_small_sizes_is_an_array_of_zeros(tmp_path: Path) -> None:
    """The normalisation of a single feature is constant."""
    net = closed_network("layer-norm").at(None, d=1, n=1)

    assert loaded(export(net.network, net.notation), tmp_path).check_gradients() < 1e-6


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_other_backends_agree_with_automatic_differentiation(backend: str, tmp_path: Path) -> None:
    pytest.importorskip(backend)
    for name in ("khapra", "ng", "attention", "conv2d", "lstm"):
        net = closed_network(name)
        assert loaded(export(net.network, net.notation, backend), tmp_path).check_gradients() < 1e-6


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_other_backends_compile(backend: str) -> None:
    net = load_network("khapra")
    code = export(net.network, net.notation, backend)

    compile(code, backend, "exec")
    assert "np." not in code.replace("jnp.", "")


class TestFaults:
    def test_an_open_loss_cannot_be_exported(self) -> None:
        net = load_network("mopuri")
        with pytest.raises(ExportError, match="left open"):
            export(net.network, net.notation)

    def test_an_unknown_backend(self) -> None:
        net = load_network("khapra")
        with pytest.raises(UsageError, match="no export to fortran"):
            export(net.network, net.notation, "fortran")

    def test_a_network_without_a_loss(self) -> None:
        z, x = map(sympy.IndexedBase, "zx")
        i = sympy.Symbol("i", integer=True)
        with pytest.raises(ExportError, match="no loss"):
            export(from_sympy([(z[i], x[i], {i: (1, 3)})]), Notation(patterns={}))

    def test_a_file_that_cannot_be_written(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "file").write_text("")

        assert run(["export", "-o", str(tmp_path / "file" / "net.py")]) == 2
        assert "cannot make the folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("latex", "name"), [(r"\hat{y}", "yhat"), (r"\lambda", "lam"), (r"\mathcal{L}", "L"), ("W", "W")]
)
def test_names_are_python(latex: str, name: str) -> None:
    assert identifier(latex) == name


def test_entries_out_of_range_are_not_compared() -> None:
    model = parse_model(MODELS["convolution"])
    with pytest.raises(OutOfRange):
        evaluate(Var("w", (lin(99),)), drawn(model.network))
