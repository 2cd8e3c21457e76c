"""Networks, names, indices and sizes: what a user may write, and what is said of what cannot be."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sympy

import derive
from derive import Net, from_sympy, indices, load_network
from derive.algebra.index import Index
from derive.errors import DeriveError, LatexError, ModelError, NetworkError, UsageError


def test_importing_derive_loads_neither_sympy_nor_numpy_nor_ipython() -> None:
    heavy = ("sympy", "flint", "numpy", "IPython")
    code = f"import derive, sys; derive.__dir__(); print([m for m in {heavy} if m in sys.modules])"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"


def test_everything_promised_is_there() -> None:
    assert all(getattr(derive, name) is not None for name in derive.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        derive.nonsense  # noqa: B018


class TestNames:
    @pytest.mark.parametrize("written", [r"\hat{y}", "ŷ", "yhat"])
    def test_a_name_is_found_by_each_of_its_spellings(self, khapra: Net, written: str) -> None:
        assert khapra[written].name == r"\hat{y}"

    def test_an_unknown_name_is_answered_with_those_there_are(self, khapra: Net) -> None:
        with pytest.raises(UsageError, match="there are W, b, x"):
            khapra["V"]

    def test_names_complete(self, khapra: Net) -> None:
        assert {"W", "ŷ", "a", "L"} <= set(khapra._ipython_key_completions_())

    def test_greek_letters(self) -> None:
        assert load_network("nielsen")["delta"].name == r"\delta"

    def test_what_a_name_stands_for(self, khapra: Net) -> None:
        assert "a[k,i] = b[k,i] + Σ[j=1…n[k-1]] W[k,i,j]·h[k-1,j]   (k = 1…L, i = 1…n[k])" in str(khapra)
        assert str(khapra["y"].definition()) in ("Eq(y[i], KroneckerDelta(i, ℓ))", "Eq(y[i], KroneckerDelta(ℓ, i))")
        with pytest.raises(UsageError, match="x is a parameter or an input: nothing defines it"):
            khapra["x"].definition()


class TestIndices:
    def test_letters_numbers_and_shifts(self, khapra: Net) -> None:
        k, m, i = indices("k m i")

        assert khapra["W"][k + 1, m, i].latex() == khapra["W"]["k+1", "m", "i"].latex() == "W_{k+1,m,i}"
        assert khapra["W"][1, 1, 2].latex() == "W_{112}"
        assert khapra["W"][Index("k")].latex() == "W_k"

    def test_sympy_integers(self, khapra: Net) -> None:
        k = sympy.Symbol("k", integer=True)

        assert khapra["h"][k - 1, 2].indices == (k - 1, 2)

    def test_the_depth_is_a_size(self, khapra: Net) -> None:
        assert khapra["a"]["L-1", "i"].latex() == "a_{L-1,i}"

    @pytest.mark.parametrize(
        ("bad", "message"),
        [("2k", 'cannot read the index "2k"'), (True, "True is no index"), (1.5, "1.5 is no index")],
    )
    def test_what_is_no_index(self, khapra: Net, bad: object, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            khapra["W"][bad]  # type: ignore[index]

    def test_too_many(self, khapra: Net) -> None:
        with pytest.raises(UsageError, match="3 indices, not 4"):
            khapra["W"]["k", "i", "j", "m"]


class TestSizes:
    def test_widths_fix_depth_and_axes(self, khapra: Net) -> None:
        net = khapra.at([4, 3, 2])

        assert [str(axis.length) for axis in net["W"][2].axes] == ["2", "3"]
        assert net.gradient("W_2").shape == ("2", "3")

    def test_widths_count_from_the_lowest_layer(self) -> None:
        net = load_network("nielsen", widths=[2, 2, 1])

        assert [str(axis.length) for axis in net["w"][2].axes] == ["1", "2"]

    def test_sizes_by_name(self) -> None:
        net = load_network("ng", widths=[2, 2], m=3)

        assert net.gradient("Z^{[1]}").shape == ("2", "3")

    @pytest.mark.parametrize("widths", [[3], [], [2, 0]])
    def test_widths_that_are_none(self, khapra: Net, widths: list[int]) -> None:
        with pytest.raises(UsageError, match="at least two positive numbers"):
            khapra.at(widths)

    def test_an_unknown_size(self, khapra: Net) -> None:
        with pytest.raises(UsageError, match="no size q; its sizes are L, n"):
            khapra.at(q=2)


class TestModels:
    def test_an_activation_takes_the_open_place(self) -> None:
        slope = str(load_network("khapra", activation="sigmoid").partial("a_{ki}").at([2, 2, 2], k=1).result)

        assert slope == "∂L/∂h[1,i]·h[1,i]·(1 - h[1,i])"
        assert "g′" not in slope

    def test_a_function_by_its_symbol(self) -> None:
        net = load_network("khapra", functions={"g": "relu"})

        assert "[a[k,i] > 0]" in str(net.partial("a_{ki}"))

    def test_an_unknown_function_is_said_at_its_place(self) -> None:
        with pytest.raises(ModelError, match='"foo" is no known function'):
            load_network("khapra", activation="foo")

    def test_a_model_without_an_open_function(self) -> None:
        with pytest.raises(UsageError, match="no function"):
            load_network("khapra", functions={"q": "tanh"})

    def test_an_unknown_model(self) -> None:
        with pytest.raises(UsageError, match='no model "nobody"'):
            load_network("nobody")

    def test_a_model_file(self, tmp_path: object) -> None:
        path = f"{tmp_path}/own.toml"
        with open(path, "w", encoding="utf-8") as file:
            file.write("forward = ['z = W x', 'L = \\frac12 \\|z\\|^2']\nshapes = ['W \\in \\mathbb{R}^{p \\times q}', "
                       "'x \\in \\mathbb{R}^q', 'z \\in \\mathbb{R}^p']\n")  # fmt: skip
        assert str(load_network(path).gradient("W")) == "∇W L = z xᵀ"


class TestWithoutAModel:
    z, x, W = map(sympy.IndexedBase, "zxW")
    i, j = sympy.symbols("i j", integer=True)
    n = sympy.IndexedBase("n")
    net = Net(
        from_sympy(
            [
                (z[i], sympy.Sum(W[i, j] * x[j], (j, 1, n[0])), {i: (1, n[1])}),
                (sympy.Symbol("loss"), sympy.Sum(z[i] ** 2, (i, 1, n[1]))),
            ]
        )
    )

    def test_a_network_of_sympy_objects_is_explored_like_any_other(self) -> None:
        partial = self.net.partial(self.net["W"]["i", "j"])

        assert str(partial.result) == "2·z[i]·x[j]"
        assert "z[i] = Σ[j=1…n[0]] x[j]·W[i,j]" in str(self.net)

    def test_formulas_need_a_notation(self) -> None:
        with pytest.raises(UsageError, match="need a notation"):
            self.net.claim("z = W x")
        with pytest.raises(UsageError, match="without a model"):
            self.net.partial("W_{ij}")


def test_latex_that_cannot_be_read_is_shown_with_its_place(khapra: Net) -> None:
    with pytest.raises(LatexError, match="never closed") as caught:
        khapra.partial("W_{k")
    assert "^" in str(caught.value)


def test_a_network_without_a_loss_says_so() -> None:
    z, x = map(sympy.IndexedBase, "zx")
    i = sympy.Symbol("i", integer=True)
    with pytest.raises(UsageError, match="no loss"):
        Net(from_sympy([(z[i], x[i], {i: (1, 3)})])).partial(Net(from_sympy([(z[i], x[i], {i: (1, 3)})]))["x"][1])


def test_all_faults_are_of_one_family() -> None:
    assert all(issubclass(kind, DeriveError) for kind in (UsageError, LatexError, NetworkError))
