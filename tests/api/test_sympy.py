"""SymPy is the face: entries, partials and equations are SymPy objects, and mean what the network says they mean."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest
import sympy
from bundled_models import LECTURES
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Derivative, Eq, Idx, IndexedBase, KroneckerDelta, Sum, Symbol, symbols
from sympy.core.function import AppliedUndef

import derive
from derive import Net, Proved, Refuted, from_sympy, load_network, prove
from derive.algebra.functions import KNOWN
from derive.algebra.normal_form import Algebra
from derive.algebra.sympy_names import Entries, SymPyError
from derive.api.expansion import EXPLICIT
from derive.errors import DeriveError, UsageError
from derive.network.dependencies import Dependencies
from derive.notation.functions import BY_NAME

i, j, k, m = symbols("i j k m", integer=True)
ell = Symbol("ell", integer=True)
n = IndexedBase("n", integer=True, positive=True)
depth = Symbol("L", integer=True, positive=True)


def settled(expr: Any) -> Any:
    """Return an expression with a loss that is open as one that is not: Σ n v_n² + sin Σ v_n of its entries."""

    def chosen(*entries: Any) -> Any:
        return sympy.Add(*(n * entry**2 for n, entry in enumerate(entries, 1))) + sympy.sin(sympy.Add(*entries))

    return expr.replace(
        lambda e: isinstance(e, sympy.core.function.AppliedUndef) and len(e.args) > 1, lambda e: chosen(*e.args)
    )


def point(expr: Any) -> dict[Any, float]:
    """Return a value for every entry, scalar and label of an expression."""
    entries = sorted((e for e in expr.free_symbols if isinstance(e, sympy.Indexed)), key=str)
    scalars = {e for e in expr.free_symbols if isinstance(e, Symbol)} - {e.base.label for e in entries}
    values = {e: (3 + 5 * place % 7) / 11 * (-1) ** place for place, e in enumerate(entries)}
    return values | {s: 1 if s.is_integer else 0.4 for s in scalars}


def number(expr: Any, values: dict[Any, float]) -> float:
    """Return the value of an expression, open functions being tanh."""
    closed = expr.replace(lambda e: isinstance(e, AppliedUndef), lambda e: sympy.tanh(e.args[-1])).doit()
    return float(sympy.lambdify(list(values), closed, [{"erf": math.erf}, "numpy"], cse=True)(*values.values()))


class TestEntries:
    def test_arithmetic(self, khapra: Net) -> None:
        w = khapra["W"][k, i, j]

        assert 2 * w - w == w
        assert sympy.expand((w + 1) ** 2) == 1 + 2 * w + w**2
        assert sympy.sqrt(w).args[0] == w

    def test_a_parameter_is_equal_to_the_plain_object_of_its_name(self, khapra: Net) -> None:
        w, plain = khapra["W"][k, i, j], IndexedBase("W")[k, i, j]

        assert w == plain
        assert plain == w
        assert hash(w) == hash(plain)
        assert w - plain == 0
        assert (w * khapra["x"][1]).subs(plain, 3) == 3 * khapra["x"][1]

    def test_a_defined_quantity_is_its_own(self, khapra: Net) -> None:
        assert khapra["a"][k, i] != IndexedBase("a")[k, i]
        assert khapra["a"][k, i] == khapra["a"]["k", "i"]
        assert khapra["a"][k, i] != load_network("khapra", activation="tanh")["a"][k, i]

    def test_what_it_depends_on_has_a_derivative(self, khapra: Net) -> None:
        loss, a, w = khapra.loss, khapra["a"], khapra["W"]

        assert str(sympy.diff(loss, a[k, i])) == "∂L/∂a[k, i]"
        assert sympy.diff(loss, w[1, 1, 2]) != 0
        assert sympy.diff(loss**2, a[k, i]) == 2 * loss * sympy.diff(loss, a[k, i])
        assert sympy.diff(w[1, 1, 1], a[k, i]) == 0
        assert sympy.diff(w[1, 1, 1], w[1, 1, 1]) == 1
        assert sympy.diff(w[k, i, j], w[1, 1, 2]) == KroneckerDelta(k, 1) * KroneckerDelta(i, 1) * KroneckerDelta(j, 2)
        assert sympy.diff(a[2, 1], a[1, 1]) != 0
        assert str(sympy.diff(loss, khapra["yhat"][i])) == "∂L/∂ŷ[i]"
        assert sympy.diff(khapra["W"][1, 1, 1], Symbol("t")) == 0

    def test_a_definition_is_differentiated_by_an_entry_with_its_bound_letter(self, khapra: Net) -> None:
        a, h, w = khapra["a"], khapra["h"], khapra["W"]
        slope = sympy.diff(a[k, i].definition().rhs, h[k - 1, j])

        assert isinstance(prove(slope, w[k, i, j], khapra), Proved)
        assert isinstance(prove(slope, Sum(w[k, i, j], (j, 1, 2)), khapra), Refuted)

    def test_a_derivative_stays_through_substitution_and_sums(self, khapra: Net) -> None:
        slope = sympy.diff(khapra.loss, khapra["a"][k, i])

        assert slope.subs({k: 2, i: 1}) == sympy.diff(khapra.loss, khapra["a"][2, 1])
        assert slope.subs(khapra["a"][k, i], 0) == slope
        assert {k, i} <= slope.free_symbols
        assert Sum(slope, (i, 1, 2)).doit() == slope.subs(i, 1) + slope.subs(i, 2)

    def test_indices_are_checked_at_once(self, khapra: Net) -> None:
        small = khapra.at([2, 3, 2])

        assert small["W"][1, 3, 2]
        for bad in ((1, 4, 1), (1, 0, 1), (3, 1, 1), (2, 1, 4)):
            with pytest.raises(UsageError, match=r"index \d of W runs from 1 to"):
                small["W"][bad]
        with pytest.raises(UsageError, match="index 1 of W runs from 1 to L, not 0"):
            khapra["W"][0, 1, 1]
        with pytest.raises(UsageError, match="not L\\+1"):
            khapra["a"]["L+1", "i"]

    def test_an_array_is_no_number(self, khapra: Net) -> None:
        for work in (lambda w: w + 1, lambda w: 2 * w, lambda w: -w):
            with pytest.raises(UsageError, match="W\\[1\\] is an array; give the indices i, j too"):
                work(khapra["W"][1])
        with pytest.raises(TypeError):
            iter(khapra["W"])

    @pytest.mark.parametrize("work", [sympy.simplify, sympy.expand, sympy.factor, sympy.nsimplify, lambda e: e.doit()])
    def test_rewriting_leaves_entries_as_they_are(self, small: Net, work: Any) -> None:
        whole = 2 * small["W"][1, 1, 1] * (small["a"][1, 1] + small.loss) + sympy.diff(small.loss, small["a"][1, 1])

        found = work(whole)
        assert sympy.expand(found - whole) == 0
        assert found.atoms(sympy.Indexed) == whole.atoms(sympy.Indexed)
        assert all(e.base.label.meaning for e in found.atoms(sympy.Indexed))

    def test_notations_do_not_mix(self) -> None:
        nets = [load_network("ng", widths=[2, 2, 2], m=2), load_network("khapra", widths=[2, 2, 2])]
        written = [sympy.latex(sympy.exp(-net["b"][1, 1]) + 1) for net in nets]

        assert "b_{1}^{[1]}" in written[0] or "b^{[1]}_1" in written[0]
        assert "b_{11}" in written[1]

    def test_pickles(self, small: Net) -> None:
        whole = small.loss * small["W"][1, 1, 1] + sympy.diff(small.loss, small["a"][k, i])

        again = pickle.loads(pickle.dumps(whole))
        assert again == whole
        assert str(again) == str(whole)
        with pytest.raises(UsageError, match="lost its network"):
            pickle.loads(pickle.dumps(small["a"][1, 1])).definition()

    @pytest.mark.parametrize("model", LECTURES)
    def test_every_quantity_below_the_loss_has_a_derivative(self, model: str) -> None:
        net = load_network(model)
        below = Dependencies(net.symbolic).below[net.symbolic.loss or ""]
        entries = {name: net.named(name).entry().to_sympy() for name in net.face.labels}

        assert {name for name, entry in entries.items() if sympy.diff(net.loss, entry) != 0} == {
            *below, *(name for name in entries if entries[name] == net.loss)
        }  # fmt: skip
        assert all(net.quantity(entry).name == name for name, entry in entries.items())

    def test_the_first_layer_exists(self) -> None:
        s, t = IndexedBase("s"), Idx("t", (1, Symbol("T", integer=True, positive=True)))
        net = Net(from_sympy([Eq(s[0], 0, evaluate=False), Eq(s[t], s[t - 1] * Symbol("w")), Eq(Symbol("E"), s[2])]))

        assert str(net["s"][0]) == "s[0]"
        assert isinstance(prove(s[t], s[t - 1] * Symbol("w"), net), Proved)

    def test_the_notation_of_the_model(self) -> None:
        net = load_network("nielsen")

        assert sympy.latex(net["w"]["l", "j", "k"]) == net.quantity(net["w"]["l", "j", "k"]).latex()
        assert "^" in sympy.latex(net["w"]["l+1", "j", "k"])
        assert sympy.latex(load_network("khapra")["yhat"]["i"]) == r"\hat{y}_i"
        assert str(load_network("khapra")["yhat"]["i"]) == "ŷ[i]"


class TestDefinitions:
    def test_is_an_equation(self, khapra: Net) -> None:
        w, h, b = khapra["W"], khapra["h"], khapra["b"]

        found = khapra["a"][1, 1].definition()
        assert found == Eq(khapra["a"][1, 1], b[1, 1] + Sum(w[1, 1, j] * h[0, j], (j, 1, n[0])), evaluate=False)

    def test_layers_that_differ_are_a_piecewise(self, khapra: Net) -> None:
        right = khapra["h"][k, i].definition().rhs

        assert right.args[0] == (khapra["x"][i], Eq(k, 0))
        assert khapra["h"][0, i].definition().rhs == khapra["x"][i]

    @pytest.mark.parametrize("name", ["a", "h", "yhat", "y"])
    def test_is_proved(self, khapra: Net, name: str) -> None:
        assert isinstance(prove(khapra[name].definition(), khapra), Proved)


class TestPartials:
    def test_prints_as_a_derivative(self, khapra: Net) -> None:
        partial = khapra.partial(khapra["a"][k, i])

        assert str(partial.to_sympy()) == "∂L/∂a[k, i]"
        assert sympy.latex(partial) == r"\frac{\partial \mathcal{L}}{\partial a_{ki}}"
        assert "∂a[k, i]" in sympy.pretty(partial, use_unicode=True)
        assert partial == Derivative(khapra.loss, khapra["a"][k, i])

    def test_takes_sympy_objects(self, khapra: Net) -> None:
        wanted = str(khapra.partial("W_{kij}"))

        assert str(khapra.partial(IndexedBase("W")[k, i, j])) == wanted
        assert str(khapra.partial(Derivative(khapra.loss, khapra["W"][k, i, j]))) == wanted
        assert str(khapra.gradient(khapra["W"][k])) == str(khapra.gradient("W_k"))
        assert str(khapra.partial(Derivative(khapra["a"][k + 1, i], khapra["a"][k, j]))) == str(
            khapra.partial("a_{kj}", "a_{k+1,i}")
        )

    def test_its_value_is_the_last_line(self, khapra: Net) -> None:
        value = khapra.partial("W_{kij}").doit()

        assert value == sympy.diff(khapra.loss, khapra["a"][k, i]) * khapra["h"][k - 1, j]
        assert khapra.partial("a_{ki}").doit().args[0][1] in (Eq(k, depth), Eq(depth, k))

    @pytest.mark.parametrize("by", ["W_{kij}", "b_{ki}", "a_{ki}", "h_{kj}"])
    def test_its_value_is_proved_equal(self, khapra: Net, by: str) -> None:
        partial = khapra.partial(by)

        assert isinstance(prove(partial, partial.doit(), khapra), Proved)

    def test_entries_of_arrays(self, small: Net) -> None:
        gradient = small.gradient("W_1")

        assert gradient[3, 2].to_sympy() == sympy.diff(small.loss, small["W"][1, 3, 2])
        assert gradient.to_sympy().shape == (3, 2)
        assert gradient.to_sympy()[2, 1] == gradient[3, 2]
        assert small.jacobian("a_2", "a_1").to_sympy()[1, 0] == sympy.diff(small["a"][2, 2], small["a"][1, 1])
        with pytest.raises(UsageError, match="index 2 of W runs from 1 to 3, not 4"):
            gradient[4, 1]
        with pytest.raises(UsageError, match="has 2 axes, not 1"):
            gradient[1]

    def test_judge_is_the_same_on_partials_and_claims(self, khapra: Net) -> None:
        partial = khapra.partial("W_{kij}")
        claims = (partial, khapra.claim(partial.to_sympy(), partial.doit()), khapra.claim(r"\hat{y} = \hat{y}"))

        assert [type(claim.judge()).__name__ for claim in claims] == ["Judgement"] * 3
        assert all(claim.judge().proved for claim in claims)


class TestExpanded:
    """With given widths, everything is an expression in weights, biases and inputs."""

    @pytest.mark.parametrize("activation", sorted(KNOWN - {"pi", "max", "min", "log", "sqrt", "sign", "tan"}))
    def test_the_derivative_is_that_of_sympy(self, activation: str) -> None:
        net = load_network("khapra-regression", activation=activation, widths=[2, 2, 1])
        loss = net.loss.to_sympy(expand=True)
        by = net["W"][1, 1, 2]
        ours, theirs = net.partial(by).to_sympy(expand=True), sympy.diff(loss, by)

        assert {e.base.label.name for e in loss.atoms(sympy.Indexed)} == {"W", "b", "x", "y"}
        assert number(ours, point(loss)) == pytest.approx(number(theirs, point(loss)))

    @pytest.mark.parametrize("model", LECTURES)
    def test_first_and_second_derivatives_of_every_model(self, model: str) -> None:
        """An open loss is one that SymPy can differentiate, in the loss and in the result."""
        sizes: dict[str, Any] = {"d": 2, "h": 1, "q": 2} if model == "d2l" else {"widths": [2, 1, 2]}
        net = load_network(model, **sizes, **({"m": 2} if model == "ng" else {}))
        chosen = {symbol: "tanh" for symbol, kind in net.model.functions if kind == "any"} if net.model else {}
        net = load_network(model, functions=chosen, **sizes, **({"m": 2} if model == "ng" else {}))
        loss = net.loss.to_sympy(expand=True)
        explicit = settled(loss)
        entries = sorted((e for e in loss.free_symbols if isinstance(e, sympy.Indexed)), key=str)
        for one, other in zip(entries[::3], entries[1::2], strict=False):
            first, second = net.partial(one).to_sympy(expand=True), net.hessian(one, other).to_sympy(expand=True)
            for ours, theirs in ((first, sympy.diff(explicit, one)), (second, sympy.diff(explicit, one, other))):
                assert number(settled(ours).doit(), point(loss)) == pytest.approx(number(theirs, point(loss))), one

    def test_a_second_derivative_is_factored(self, small: Net) -> None:
        assert str(small.hessian("a_{21}", "a_{22}").result) == "-ŷ[1]·ŷ[2]"
        found = str(small.hessian("h_{11}", "h_{12}").result)
        assert found == "Σ[m=1…2] W[2,m,1]·ŷ[m]·(W[2,m,2] - Σ[i=1…2] ŷ[i]·W[2,i,2])"

    def test_functions_of_their_layer(self) -> None:
        for activation in ("tanh", None):
            net = load_network("ng", activation=activation, widths=[1, 1, 1], m=1)
            loss, by = net.loss.to_sympy(expand=True), net["W"][1, 1, 1]
            ours = net.partial(by).to_sympy(expand=True)

            assert number(ours, point(loss)) == pytest.approx(number(sympy.diff(loss, by), point(loss)))
            assert sympy.diff(net["A"][1, 1, 1].definition().rhs, net["Z"][1, 1, 1]) != 0

    def test_symbolically(self) -> None:
        net = load_network("khapra-regression", activation="identity", widths=[1, 1, 1])
        loss = net.loss.to_sympy(expand=True)

        for entry in loss.atoms(sympy.Indexed):
            assert sympy.simplify(net.partial(entry).to_sympy(expand=True) - sympy.diff(loss, entry)) == 0

    def test_with_an_open_function_symbolically(self) -> None:
        net = load_network("khapra-regression", widths=[1, 1, 1])
        loss = net.loss.to_sympy(expand=True)

        by = net["W"][1, 1, 1]
        assert sympy.simplify(net.partial(by).to_sympy(expand=True).doit() - sympy.diff(loss, by).doit()) == 0

    @pytest.mark.parametrize(
        ("one", "other"), [("W_{112}", "b_{21}"), ("b_{21}", "b_{22}"), ("W_{112}", "W_{112}"), ("x_1", "W_{121}")]
    )
    def test_second_derivatives(self, one: str, other: str) -> None:
        net = load_network("khapra", activation="tanh", widths=[2, 2, 2])
        loss = net.loss.to_sympy(expand=True)
        theirs = sympy.diff(loss, net.quantity(one).to_sympy(), net.quantity(other).to_sympy())

        ours = net.hessian(one, other).to_sympy(expand=True)
        assert number(ours, point(loss)) == pytest.approx(number(theirs, point(loss)))

    def test_derivatives_within_the_network(self, small: Net) -> None:
        ours = small.jacobian("yhat", "a_2").to_sympy(expand=True)
        values = point(ours)
        one, two = (number(small["yhat"][unit].to_sympy(expand=True), values) for unit in (1, 2))

        assert number(ours[0, 1], values) == pytest.approx(-one * two)
        assert number(ours[0, 0], values) == pytest.approx(one - one**2)

    def test_a_step_is_equal_to_the_one_before(self, small: Net) -> None:
        lines = small.partial("W_{112}").steps
        values = point(small.loss.to_sympy(expand=True))
        numbers = [number(line.to_sympy(expand=True), values) for line in lines]

        assert len(numbers) > 2
        assert numbers == pytest.approx([numbers[0]] * len(numbers))

    def test_lambdify_takes_numpy(self, small: Net) -> None:
        import numpy as np

        slope = small.partial("b_{11}").to_sympy(expand=True)
        values = point(slope)
        both = {e: np.array([v, v]) if isinstance(e, sympy.Indexed) else v for e, v in values.items()}

        found = sympy.lambdify(list(values), slope, "numpy")(*both.values())
        assert found == pytest.approx([number(slope, values)] * 2)

    def test_the_label_is_a_letter_until_it_is_given(self, small: Net) -> None:
        loss = small.loss.to_sympy(expand=True)

        assert loss.subs(ell, 1) != loss.subs(ell, 2)
        assert ell in loss.free_symbols

    def test_what_is_open_is_said(self, khapra: Net, small: Net) -> None:
        with pytest.raises(UsageError, match="expand=True needs widths"):
            khapra.loss.to_sympy(expand=True)
        with pytest.raises(UsageError, match="k is open: expand=True needs"):
            small["a"][k, i].to_sympy(expand=True)

    @pytest.mark.parametrize("name", sorted(KNOWN))
    def test_every_known_function_has_an_explicit_form(self, name: str) -> None:
        points = [Symbol(f"x{place}", real=True) for place in range(BY_NAME[name].arity)]

        assert getattr(EXPLICIT, name)(*points).free_symbols == set(points)

    def test_an_idx_beyond_what_is_defined_is_said(self, khapra: Net) -> None:
        every = Idx("k", (1, depth))
        with pytest.raises(UsageError, match="names in it are only defined up to k = L-1"):
            prove(Derivative(khapra.loss, khapra["h"][every, j]), khapra["W"][every + 1, 1, j], khapra)


class TestProve:
    def test_an_equation(self, khapra: Net) -> None:
        loss, w, a, h = khapra.loss, khapra["W"], khapra["a"], khapra["h"]

        right = Derivative(loss, a[k, i]) * h[k - 1, j]
        verdict = prove(Eq(Derivative(loss, w[k, i, j]), right), khapra)
        assert isinstance(verdict, Proved)
        assert verdict.scope == r"all 1 <= k <= L, 1 <= i <= n[k], 1 <= j <= n[k-1], 1 <= \ell <= n[L]"
        assert verdict.right.to_sympy() == right
        assert isinstance(prove(Derivative(loss, w[k, i, j]), right, khapra), Proved)

    @pytest.mark.parametrize("slip", ["sign", "layer", "lost sum", "index"])
    def test_slips_are_refuted(self, khapra: Net, slip: str) -> None:
        loss, w, a, h, yhat, y = khapra.loss, *(khapra[name] for name in ("W", "a", "h", "yhat", "y"))
        sides = {
            "sign": (Derivative(loss, a["L", i]), y[i] - yhat[i]),
            "layer": (Derivative(loss, w[k, i, j]), Derivative(loss, a[k, i]) * h[k, j]),
            "lost sum": (Derivative(loss, h[k, j]), w[k + 1, 1, j] * Derivative(loss, a[k + 1, 1])),
            "index": (Derivative(a[k, i], w[k, i, j]), h[k - 1, i]),
        }
        verdict = prove(*sides[slip], khapra)

        assert isinstance(verdict, Refuted)
        assert verdict.witness is not None

    def test_a_witness_makes_the_sides_differ(self) -> None:
        net = load_network("khapra", activation="tanh", widths=[2, 2, 2])
        verdict = prove(Derivative(net.loss, net["b"][2, 1]), net["y"][1] - net["yhat"][1], net)

        assert isinstance(verdict, Refuted)
        at = verdict.witness.to_sympy()
        for side, enclosed in ((verdict.left, verdict.witness.left), (verdict.right, verdict.witness.right)):
            value = sympy.N(side.to_sympy(expand=True).subs(at))
            assert float(value) == pytest.approx(float(enclosed.strip("[").split()[0]))

    def test_what_sympy_has_decided_is_said(self, khapra: Net) -> None:
        w = khapra["W"][1, 1, 1]
        yes, no = prove(Eq(w, w), khapra), prove(Eq(w, w + 1), khapra)

        assert isinstance(yes, Proved)
        assert isinstance(no, Refuted)
        assert all("SymPy had decided" in str(found) and "evaluate=False" in str(found) for found in (yes, no))
        assert "SymPy" not in str(prove(Eq(w, w, evaluate=False), khapra))

    def test_an_idx_limits_its_range(self, khapra: Net) -> None:
        last = Idx("k", (depth, depth))
        claim = Eq(Derivative(khapra.loss, khapra["a"][last, i]), khapra["yhat"][i] - khapra["y"][i])

        assert isinstance(prove(claim, khapra), Proved)
        assert isinstance(prove(claim.subs(last, k), khapra), Refuted)

    def test_plain_names_are_read_by_the_network(self, khapra: Net) -> None:
        a, yhat = IndexedBase("a"), IndexedBase("yhat")

        assert isinstance(prove(Derivative(khapra.loss, a[depth, i]), yhat[i] - KroneckerDelta(i, ell), khapra), Proved)

    def test_the_loss_and_the_depth_share_a_letter(self, khapra: Net) -> None:
        loss = khapra.loss

        assert khapra["a"][loss, i] == khapra["a"][depth, i]
        assert khapra["a"][loss - 1, i] == khapra["a"]["L-1", "i"]

    @pytest.mark.parametrize(
        ("work", "message"),
        [
            (lambda net: prove(net["a"][1, 1] == net["a"][1, 1], net), "== compares objects"),
            (lambda net: prove(net.loss, net), "is no equation"),
            (lambda net: prove(net.loss > 0, net), "is no equation"),
            (lambda net: prove("L = 1", net), "no equation"),
            (lambda net: prove("L", "1", net), "no SymPy expression; net.claim judges"),
            (lambda net: prove(Eq(net.loss, 1)), "write prove"),
            (lambda net: prove(Eq(Symbol("q"), net.loss), net), 'there is no "q"'),
            (lambda net: prove(Eq(IndexedBase("V")[1], net.loss), net), 'there is no "V"'),
            (lambda net: prove(Eq(IndexedBase("W")[1, 1], net.loss), net), "W has 3 indices, not 2"),
            (lambda net: prove(Eq(IndexedBase("W")[0, 1, 1], net.loss), net), "runs from 1 to L, not 0"),
            (lambda net: prove(Eq(sympy.Function("f")(net.loss), 1), net), "no function f in this network; there are"),
            (lambda net: prove(Eq(net.loss, sympy.I), net), "no counterpart of ImaginaryUnit"),
            (lambda net: prove(Eq(net.loss, KroneckerDelta(i, j)), net), "nothing says over what"),
            (lambda net: prove(Eq(net["a"][k**2, 1], 1), net), "is no index"),
            (lambda net: net.partial(Derivative(net.loss**2, net["a"][1, 1])), "no derivative of one quantity"),
            (lambda net: net.partial(net.loss * 2), "no variable of the network"),
            (lambda net: net.partial(k), "an index or a size"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_judged_is_said_in_the_users_words(self, khapra: Net, work: Any, message: str) -> None:
        with pytest.raises(DeriveError, match=message):
            work(khapra)

    def test_a_claim_is_written_as_the_model_writes_it(self, small: Net) -> None:
        claim = small.claim(small["h"][1, i], sympy.tanh(small["a"][1, i]))

        assert claim.latex() == "h_{1i} = g(a_{1i})"
        assert small.claim(claim.latex()).judge().proved

    def test_a_quantity_of_another_network_is_none_of_this_one(self, khapra: Net) -> None:
        other = load_network("nielsen")

        with pytest.raises(UsageError, match="another network than <Net khapra>"):
            prove(Eq(other["a"][1, 1], khapra["a"][1, 1]), khapra)


class TestRoundTrip:
    @pytest.mark.parametrize("model", LECTURES)
    def test_a_network_is_built_from_its_own_definitions(self, model: str) -> None:
        net = load_network(model)
        again = Net(from_sympy(net.sympy_definitions()))

        assert again.face.identity == net.face.identity
        assert [str(d.ranges) for d in again.symbolic.definitions] == [str(d.ranges) for d in net.symbolic.definitions]
        used = {leaf.name: list(map(str, leaf.ranges)) for leaf in again.symbolic.leaves}
        assert used.items() <= {leaf.name: list(map(str, leaf.ranges)) for leaf in net.symbolic.leaves}.items()

    @pytest.mark.parametrize(
        ("model", "by"),
        [("fleuret", "x^{(L)}_i"), ("mopuri", "x^L_i"), ("goodfellow", r"\hat{y}_i"), ("d2l", r"\mathbf{o}_i")],
    )
    def test_an_open_loss_of_whole_arrays_is_a_function_of_their_entries(self, model: str, by: str) -> None:
        net = load_network(model)
        partial = net.partial(by)
        value = partial.doit()

        assert value.has(Entries)
        assert isinstance(prove(Eq(partial.to_sympy(), value, evaluate=False), net), Proved)

    def test_an_open_loss_is_differentiated_by_derive(self) -> None:
        net = load_network("mopuri")
        with pytest.raises(SymPyError, match=r"net\.partial"):
            sympy.diff(net.sympy_definitions()[-1].rhs, net["y"]["i"])

    @given(st.data())
    @settings(max_examples=40, deadline=None)
    def test_expressions_come_back_up_to_the_normal_form(self, data: Any) -> None:
        net = NETS[data.draw(st.sampled_from(sorted(NETS)))]
        expr = data.draw(expressions(net))
        read = net.face.read(expr)

        again = net.face.read(net.face.write(read))
        assert Algebra().normal(again) == Algebra().normal(read)


NETS = {"khapra": load_network("khapra"), "small": load_network("khapra", activation="tanh", widths=[2, 3, 2])}


def expressions(net: Net) -> st.SearchStrategy[Any]:
    """Return expressions that a user might write about a perceptron."""
    w, a, h, b, loss = net["W"], net["a"], net["h"], net["b"], net.loss
    atoms = [
        w[k, i, j], w[1, 1, 1], a[k, i], h[k - 1, j], b[k, i], loss, net["yhat"][ell], KroneckerDelta(i, ell),
        Derivative(loss, w[k, i, j]), Derivative(loss, a[k, i]), Derivative(a[k, i], h[k - 1, j]), sympy.Integer(3),
    ]  # fmt: skip
    return st.recursive(
        st.sampled_from(atoms),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
            st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
            inner.map(lambda e: e**2),
            inner.map(sympy.exp),
            inner.map(lambda e: Sum(e * w[k, m, j], (m, 1, n[k]))),
        ),
        max_leaves=6,
    )


class TestPrinting:
    def test_whatever_can_be_reached_prints_as_mathematics(self, small: Net) -> None:
        partial, paths = small.partial("a_{ki}"), small.partial("W_{112}").path_sum()
        claim, verdict = small.claim(Eq(small.loss, 1)), prove(Eq(small.loss, 1), small)
        found: list[object] = [
            small, small.network, small.symbolic.definitions[0], small.places, small.sizes, small["W"], small["W"][1],
            small["W"][1].axes, small["W"][1, 1, 1], small.loss, partial, partial.cases, partial.derivation,
            partial.free, partial.steps, partial.goal, partial.steps[0].expr, partial.steps[0].step, partial.judge(),
            partial.judge().verdicts, partial.judge().links[0].scope, paths, paths.paths[0].product,
            paths.paths[0].binders, paths.total, claim, claim.claim, claim.judge(), verdict, verdict.claim,
            verdict.left, verdict.witness, prove(Eq(small.loss, small.loss, evaluate=False), small),
            small.gradient("W_1"), small.gradient("W_1").cases, small.jacobian("a_2", "a_1"), small.hessian("b_{21}"),
            small.sympy_definitions(), derive.indices("k"), small.model, small.notation, small.face,
            small.gradient("W_1").steps, small.gradient("W_1").derivation,
        ]  # fmt: skip
        internal = (
            "Lin(",
            "Index(",
            "Var(",
            "Model(",
            "Pattern(",
            "Slot(",
            "Written(",
            "Mul(args",
            "Proved(",
            "Refuted(",
            "Claim(",
            "uid",
            "body=",
        )
        for thing in found:
            for text in (str(thing), f"{thing!r}"):
                assert not any(word in text for word in internal), text
