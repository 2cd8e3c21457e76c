"""What each link of a formula says: claims with free indices and sizes, definitions, refutations before any algebra."""

from __future__ import annotations

import pytest
from statements.lowering import first, links
from verdicts import VECTORS, words

from derive.algebra.expr import Diff, Iverson, Sum, Var
from derive.algebra.index import Index, Size, lin, size


def free_of(formula: str) -> dict[str, str]:
    """Return the free indices of a claim with their ranges, the model's label left out."""
    claim = first(formula).claims[0]
    return {index.name: str(range_) for index, range_ in claim.free if index.name != r"\ell"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    {
        r"h_k = g(a_k)": {"k": "1..L-1", "i": "1..n[k]"},
        r"a_{kj} = b_{kj} + \sum_i W_{kji} h_{k-1,i}": {"k": "1..L", "j": "1..n[k]"},
        r"\nabla_{h_k} L(\theta) = W_{k+1}^T \nabla_{a_{k+1}} L(\theta)": {"k": "1..L-1", "i": "1..n[k]"},
        r"\nabla_{h_k} L(\theta) = W_{k+1}^T \nabla_{a_{k+1}} L(\theta) \quad (0 \le k < L)": {
            "k": "0..L-1",
            "i": "1..n[k]",
        },
        r"\frac{\partial a_{31}}{\partial h_{22}} = W_{312}": {},
        r"\frac{\partial a_{ki}}{\partial W_{kij}} = h_{k-1,j}": {"k": "1..L", "i": "1..n[k]", "j": "1..n[k-1]"},
        r"\nabla_{a_k} L = g'(a_k) \odot \nabla_{h_k} L \quad (1 \le k < L)": {"k": "1..L-1", "i": "1..n[k]"},
    }.items(),
)
def test_free_indices_run_over_the_ranges_of_their_slots(formula: str, expected: dict[str, str]) -> None:
    assert free_of(formula) == expected


def test_a_derivative_stays_formal() -> None:
    claim = first(r"\frac{\partial L(\theta)}{\partial a_{ki}} = 0 \cdot b_{ki}").claims[0]

    assert claim.left == Diff(Var(r"\mathcal{L}"), Var("a", (lin(Index("k")), lin(Index("i")))))


def test_an_explicit_matrix_is_compared_entry_by_entry_and_fixes_the_sizes() -> None:
    option = first(r"W_k = \begin{bmatrix} W_{k11} & W_{k12} \\ W_{k21} & W_{k22} \\ W_{k31} & W_{k32} \end{bmatrix}")

    k = lin(Index("k"))
    assert len(option.claims) == 6
    assert dict(option.claims[0].sizes) == {Size("n", (k,)): lin(3), Size("n", (k - 1,)): lin(2)}
    assert [claim.left for claim in option.claims[:2]] == [claim.right for claim in option.claims[:2]]


def test_a_matrix_with_dots_has_symbolic_size_and_the_note_says_which_letter_is_which_size() -> None:
    option = first(r"b_k = \begin{bmatrix} b_{k1} \\ \vdots \\ b_{kn} \end{bmatrix}")

    assert len(option.claims) == 1
    assert "n is taken for n_k" in option.notes


def test_units_counted_from_0_are_moved_by_one() -> None:
    option = first(r"b_{k0} = \begin{bmatrix} b_{k0} \\ b_{k1} \end{bmatrix}_0")

    assert any("counted from 0" in note for note in option.notes)
    assert option.claims[0].left == Var("b", (lin(Index("k")), lin(1)))


def test_a_sum_without_bounds_runs_over_the_range_of_its_slot() -> None:
    right = first(r"a_{ki} - b_{ki} = \sum_j W_{kij} h_{k-1,j}").claims[0].right

    assert isinstance(right, Sum)
    assert right.range.hi == size("n", lin(Index("k")) - 1)


def test_a_summation_letter_that_is_free_outside_is_bound_inside_only() -> None:
    claim = first(r"\hat{y}_i = \frac{e^{a_{Li}}}{\sum_i e^{a_{Li}}}").claims[0]

    assert {index.name for index, _ in claim.free} == {"i", r"\ell"}


def test_the_label_may_be_written_as_a_latin_letter() -> None:
    claim = first(r"\hat{y}_l = 1_{(l=l)} \hat{y}_l").claims[0]

    assert claim.left == Var(r"\hat{y}", (lin(Index(r"\ell")),))


def test_a_one_hot_vector_is_a_condition_on_indices() -> None:
    claim = first(r"y_i = \mathbf{1}_{(l=i)}").claims[0]

    assert isinstance(claim.left, Iverson)
    assert isinstance(claim.right, Iverson)


REFUTED = {
    "transpose lost": (r"\nabla_{h_k} L = W_{k+1} \nabla_{a_{k+1}} L", "D101"),
    "layers differ": (r"\nabla_{a_k} L = \nabla_{h_{k+1}} L", "D101"),
    "column plus entry": (r"\nabla_{a_L} L = \hat{y} - y_i", "D101"),
    "scalar variable plus matrix": (r"a_k = \eta + W_k h_{k-1}", "D101"),
    "outer product the wrong way": (r"\nabla_{W_k} L = h_{k-1} (\nabla_{a_k} L)^T", "D101"),
    "vector set equal to an entry": (r"\nabla_{a_L} L = \frac{\partial L}{\partial a_{Li}}", "D103"),
    "index of a sum counts two layers": (r"a_{ki} = b_{ki} + \sum_j W_{kji} h_{k-1,j} b_{kj}", "D101"),
}


@pytest.mark.parametrize(("formula", "code"), REFUTED.values(), ids=REFUTED)
def test_what_does_not_fit_is_refuted_before_any_algebra(formula: str, code: str) -> None:
    option = first(formula)

    assert option.refuted
    assert option.code == code
    assert not option.claims


@pytest.mark.parametrize(
    ("formula", "letter"),
    [
        (r"\frac{\partial L}{\partial a_{L1}} = \hat{y}_i", "i"),
        (r"a_{ki} = b_{ki} + (\sum_j W_{kij}) h_{k-1,j}", "j"),
        (r"1 = \frac{\partial a_{ki}}{\partial b_{ki}}", "i"),
    ],
)
def test_a_claim_is_made_for_every_value_of_an_index_on_the_right_only(formula: str, letter: str) -> None:
    option = first(formula)

    assert letter in option.right_only
    assert all(letter in {index.name for index, _ in claim.free} for claim in option.claims)


KINDS = {
    r"W_k = W_k - \eta \nabla_{W_k} L": "assignment",
    r"\theta_{t+1} \leftarrow \theta_t - \eta \nabla \theta_t": "assignment",
    r"W_k \in \mathbb{R}^{3 \times 3}": "membership",
    r"k = 4": "condition",
    r"L = 3": "condition",
    r"y = 1": "condition",
    r"i = l": "condition",
    r"\nabla_{W_k} L(\theta) = 0": "equation",
    r"\hat{y} - y = 0": "equation",
    r"L = \text{Layer number}": "prose",
    r"\delta_k = \nabla_{a_k} L": "definition",
    r"g(x) = \exp(x)": "definition",
    r"f(x) = x^2": "definition",
    r"a_k \approx 0": "prose",
    r"W_k = \Upsilon": "not-understood",
}


@pytest.mark.parametrize(("formula", "kind"), KINDS.items())
def test_claims_are_told_from_what_claims_nothing(formula: str, kind: str) -> None:
    assert first(formula).kind == kind


def test_an_unknown_name_has_its_own_code_and_place() -> None:
    option = first(r"b_k = \Upsilon_k")

    assert option.code == "D002"
    assert option.error is not None
    assert option.error.span is not None
    assert option.error.span.start == 6


def test_a_chain_has_one_link_for_each_relation_and_a_new_line_continues_it() -> None:
    assert len(links(r"h_k = g(a_k) = g(b_k + W_k h_{k-1})")) == 2
    continued = first(r"h_k = g(a_k)", r"= g(b_k + W_k h_{k-1})")
    assert continued.kind == "claim"
    assert len(continued.claims) == 1


def test_a_definition_is_known_from_there_on_with_all_its_slots() -> None:
    claim = first(r"\delta_{kj} = \frac{\partial L(\theta)}{\partial a_{kj}}", r"\delta_k = \nabla_{a_k} L").claims[0]

    assert isinstance(claim.left, Diff)
    assert claim.left == claim.right


def test_a_wrong_shape_of_a_membership_is_refuted() -> None:
    assert first(r"a_k \in \mathbb{R}^{n_{k-1}}").code == "D101"
    assert first(r"W_k \in \mathbb{R}^{n_k}").code == "D101"


def test_the_other_readings_come_after_the_natural_one_and_say_what_they_assume() -> None:
    options = links(r"\frac{\partial L}{\partial h_1} = \frac{\partial L}{\partial a_2} W_2")[0].options

    assert options[0].assumptions == ()
    assert options[0].refuted
    assert any(option.assumptions == ("∂L/∂v read as a row",) and option.claims for option in options)


def test_a_gradient_before_a_jacobian_is_the_chain_rule_in_the_shape_of_the_variable() -> None:
    chain = r"\frac{\partial L}{\partial h_1} = \frac{\partial L}{\partial a_2} \frac{\partial a_2}{\partial h_1}"
    transposed = chain.replace(r"\frac{\partial L}{\partial h_1} =", r"W_2^T \nabla_{a_2} L =")

    for latex in (chain, transposed):
        assert any(option.reading["chain"] == "tensors" and option.claims for option in links(latex)[0].options)


def test_a_layout_that_is_not_the_models_is_among_the_readings() -> None:
    options = links(
        r"\frac{\partial L}{\partial h_1} = \frac{\partial a_2}{\partial h_1} \frac{\partial L}{\partial a_2}"
    )[0].options

    assert any("denominator layout" in option.assumptions for option in options)


def test_a_matrix_with_an_equation_behind_it_is_also_read_as_two() -> None:
    options = links(r"b_k = \begin{bmatrix} b_{k1} \\ b_{k2} \end{bmatrix} \frac{\partial L}{\partial b_{ki}} = 1")[
        0
    ].options

    assert options[0].right_only == ("i",)
    assert any("read as two equations" in option.assumptions and len(option.claims) == 2 for option in options)


APART = [r"\underline{%s}", r"\overline{%s}", r"\left[ %s \right]", r"\left( %s \right)", r"\underbar{%s}"]


@pytest.mark.parametrize("around", APART)
def test_what_sets_a_formula_apart_does_not_hide_what_it_states(around: str) -> None:
    assert words(VECTORS, around % r"\nabla_v E = v - y") == ["proved"]
    assert words(VECTORS, around % r"\nabla_v E = y - v") == ["refuted"]


def test_a_derivative_gets_no_value_from_a_sign_that_defines() -> None:
    assert words(VECTORS, r"\frac{\partial E}{\partial v} := v - y") == ["proved"]
    assert words(VECTORS, r"\frac{\partial E}{\partial v} := y - v") == ["refuted"]
    assert words(VECTORS, r"y - v =: \frac{\partial E}{\partial v}") == ["refuted"]


def test_a_sign_may_define_the_name_on_its_right() -> None:
    definition = r"\frac{\partial E}{\partial v} =: e"
    assert words(VECTORS, definition) == ["assumed"]
    assert words(VECTORS, definition, "e = v - y") == ["proved"]
    assert words(VECTORS, definition, "e = y - v") == ["refuted"]
