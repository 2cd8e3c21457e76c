"""Letters that nothing declares, what a document defines with them, and sums over data."""

from __future__ import annotations

import pytest
from statements.lowering import NETWORK, first, links
from verdicts import LAYERS, findings, words

from derive.statements.own_names import direct

PROVED = {
    "chain rule": r"\frac{dy}{dt} = \frac{dy}{du} \cdot \frac{du}{dt}",
    "two paths": r"\frac{dr}{dt} = \frac{\partial r}{\partial p} \frac{dp}{dt} "
    r"+ \frac{\partial r}{\partial q} \frac{dq}{dt}",
    "composition": r"(p \circ q)'(t) = p'(q(t)) \cdot q'(t)",
    "quotient rule": r"\frac{d}{dt} \frac{p(t)}{q(t)} = \frac{p'(t) q(t) - p(t) q'(t)}{q(t)^2}",
    "evaluated at a point": r"\frac{d}{dt} p(q(t)) = \left. \frac{d p(u)}{du} \right|_{u = q(t)} \frac{d q(t)}{dt}",
    "a known function": r"\frac{d}{dt} \tanh(t) = 1 - \tanh^2(t)",
    "functions at one point": r"\tanh' = 1 - \tanh^2",
}


@pytest.mark.parametrize("formula", PROVED.values(), ids=PROVED)
def test_rules_of_calculus_are_proved(formula: str) -> None:
    assert words(LAYERS, formula) == ["proved"]


NOT_REFUTED = {
    "a guess about letters": r"\frac{dr}{dt} = \frac{dr}{du}",
    "open functions": r"\frac{d}{dt} p(q(t)) = p'(q(t))",
}


@pytest.mark.parametrize("formula", NOT_REFUTED.values(), ids=NOT_REFUTED)
def test_where_meaning_was_guessed_nothing_is_refuted(formula: str) -> None:
    assert words(LAYERS, formula) == ["not-understood"]


def test_a_formula_of_the_model_is_not_read_as_calculus() -> None:
    chain = r"\frac{\partial L}{\partial a_{L11}} \frac{\partial a_{L11}}{\partial W_{111}}"
    formula = rf"\frac{{\partial L}}{{\partial W_{{111}}}} = {chain}"

    assert [option.kind for option in links(formula)[0].options] == ["not-understood"]


def test_what_the_document_defines_can_be_differentiated_and_refuted() -> None:
    defined = (r"p_1 = t^2", r"p_2 = t^3", r"r = \log(p_1 / p_2)")

    paths = r"\frac{\partial r}{\partial p_1} \frac{d p_1}{dt} + \frac{\partial r}{\partial p_2} \frac{d p_2}{dt}"
    total = rf"\frac{{dr}}{{dt}} = {paths} = -\frac{{1}}{{t}}"
    assert words(LAYERS, *defined, total) == ["proved", "proved"]
    assert words(LAYERS, *defined, r"\frac{dr}{dt} = \frac{1}{t}") == ["refuted"]


def test_nabla_by_a_variable_is_its_derivative() -> None:
    defined = r"J(t) = \frac{1}{2} (t - 1)^2"
    assert words(LAYERS, defined, r"\nabla_t J(t) = t - 1") == ["proved"]
    assert words(LAYERS, defined, r"\nabla_t J = t - 1") == ["proved"]
    assert words(LAYERS, defined, r"\nabla_t J = 2 (t - 1)") == ["refuted"]


def test_where_only_numbers_matter_no_network_is_spoken_of() -> None:
    (found,) = findings(LAYERS, r"r = t^3 + 1", r"\frac{dr}{dt} = t^2")
    assert found.message.startswith("concrete values make the two sides differ")
    (found,) = findings(LAYERS, r"\frac{\partial C}{\partial a^L} = y - a^L")
    assert found.message.startswith("a concrete network makes the two sides differ")


def test_a_slip_about_what_the_document_defines_is_mended() -> None:
    (found,) = findings(LAYERS, r"r = t^3 + 1", r"\frac{dr}{dt} = \frac{3}{2} t^2")
    assert (found.word, found.code, found.suggestion) == ("refuted", "D210", r"\frac{dr}{dt} = 3 t^2")


def test_a_function_of_the_document_is_applied_elsewhere() -> None:
    assert words(LAYERS, r"\phi(t) = \frac{t}{1 + t^2}", r"\phi(-t) = -\phi(t)") == ["proved"]
    assert words(LAYERS, r"\phi(t) = \frac{t}{1 + t^2}", r"\phi'(t) = \frac{1 + t^2}{(1 + t^2)^2}") == ["refuted"]


def test_a_name_of_the_model_may_be_given_a_meaning_of_its_own() -> None:
    assert first(r"f(x) = x^2").kind == "definition"
    assert first(r"g(x) = \exp(a_L)_l").kind == "definition"
    assert first(r"f(x) = \hat{y}").kind == "claim"
    assert first(r"W_k = \Upsilon", text=NETWORK).kind == "not-understood"


def test_a_sum_over_data_is_a_definition_first_and_a_claim_the_second_time() -> None:
    mean = r"R(\Theta) = \frac{1}{N} \sum_{i=1}^N \sum_{j=1}^d (u_{ij} - \hat{u}_{ij})^2"

    assert words(LAYERS, mean) == ["assumed"]
    assert words(LAYERS, mean, mean.replace(r"u_{ij} - \hat{u}_{ij}", r"\hat{u}_{ij} - u_{ij}")) == ["proved"]
    assert words(LAYERS, mean, mean.replace(r"\frac{1}{N}", r"-\frac{1}{N}")) == ["refuted"]


def test_what_is_defined_twice_and_differs_is_said_so() -> None:
    (found,) = findings(LAYERS, r"q(r) = r^2", r"q(r) = r^3")
    assert (found.word, found.code) == ("refuted", "D401")
    assert words(LAYERS, r"q(r) = r^2", r"q(r) = r \cdot r") == ["proved"]


def test_a_definition_for_some_values_is_none_for_all() -> None:
    assert words(LAYERS, r"q(r) = r \quad (r > 0)", r"q(r) = 0 \quad (r \le 0)") == ["assumed"]
    assert words(LAYERS, r"q(r) = r \quad (r > 0)", r"q(-1) = -1") == ["not-understood"]
    assert words(LAYERS, r"q(r) = r \quad (r \in \mathbb{R})", r"q(-1) = -1") == ["proved"]
    assert words(LAYERS, r"q(r) = r \quad \forall r", r"q(-1) = -1") == ["proved"]


LOSS = r"R(w) = \frac{1}{N} \sum_{i=1}^N (w r_i - t_i)^2"
OF_LOSS = {
    "the slope": (r"\frac{dR}{dw} = \frac{2}{N} \sum_{i=1}^N (w r_i - t_i) r_i", "proved"),
    "the slope without a factor": (r"\frac{dR}{dw} = \frac{2}{N} \sum_{i=1}^N (w r_i - t_i)", "not-understood"),
    "by one of the data": (r"\frac{\partial R}{\partial t_i} = -\frac{2}{N} (w r_i - t_i)", "proved"),
    "by one of the data, with the wrong sign": (
        r"\frac{\partial R}{\partial t_i} = \frac{2}{N} (w r_i - t_i)", "refuted",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("formula", "word"), OF_LOSS.values(), ids=OF_LOSS)
def test_a_sum_over_data_can_be_differentiated(formula: str, word: str) -> None:
    assert words(LAYERS, LOSS, formula) == [word]


def test_a_sum_over_data_of_arrays_is_not_taken_for_one_of_numbers() -> None:
    arrays = r"R = \frac{1}{N} \sum_{i=1}^N \| M r_i - t_i \|^2"

    assert words(LAYERS, arrays) == ["assumed"]
    assert words(LAYERS, arrays, r"\frac{\partial R}{\partial M} = 0") == ["not-understood"]


def test_an_index_that_nothing_binds_is_not_told_from_a_bound_one() -> None:
    share = r"p_i = \frac{e^{r_i}}{\sum_{k=1}^N e^{r_k}}"

    assert words(LAYERS, share) == ["assumed"]
    assert words(LAYERS, share, r"\frac{\partial p_i}{\partial r_i} = p_i (1 - p_i)") == ["not-understood"]
    assert words(LAYERS, share, r"p_i = \frac{1}{\sum_{k=1}^N e^{r_k - r_i}}") != ["refuted"]


def test_brackets_in_a_sum_that_may_hold_indices_are_no_function() -> None:
    assert words(LAYERS, r"S(i, k) = 2 \sum_{p=1}^{D} M(i, p) K(p, k)") == ["not-understood"]


SUMS = {
    "a factor out of a derivative": (
        r"\frac{d}{dw} \sum_{i=1}^N (w r_i - t_i)^2 = 2 \sum_{i=1}^N (w r_i - t_i) r_i", "proved",
    ),
    "a lost factor": (r"\frac{d}{dw} \sum_{i=1}^N (w r_i - t_i)^2 = 2 \sum_{i=1}^N (w r_i - t_i)", "not-understood"),
    "an index that may be the bound one": (
        r"\frac{\partial}{\partial r_j} (r_j \sum_{i=1}^N r_i) = \sum_{i=1}^N r_i", "not-understood",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("formula", "word"), SUMS.values(), ids=SUMS)
def test_sums_over_letters_that_nothing_declares_are_sums_of_numbers(formula: str, word: str) -> None:
    assert words(LAYERS, formula) == [word]


def test_only_direct_dependencies_are_kept() -> None:
    assert direct({"y": {"x", "u"}, "u": {"x"}}) == {"y": ["u"], "u": ["x"]}


def test_cases_of_layers_are_claims_of_their_own() -> None:
    formula = (
        r"\nabla_{z^{l}} C = \begin{cases} (a^{L} - y) \odot \sigma'(z^{L}) & l = L \\"
        r" (W^{l+1})^T \nabla_{z^{l+1}} C \odot g'(z^{l}) & \text{otherwise} \end{cases}"
    )

    assert words(LAYERS, formula) == ["proved"]
    assert words(LAYERS, formula.replace("a^{L} - y", "y - a^{L}")) == ["refuted"]


def test_a_product_with_the_slopes_to_the_left_is_read_from_the_right() -> None:
    formula = r"\nabla_{z^{l}} C = g'(z^{l}) \odot (W^{l+1})^T \sigma'(z^{L}) \odot \nabla_{a^{L}} C \quad (l = L-1)"

    assert words(LAYERS, formula) == ["proved"]


CURVES = """
forward = [
  '\\operatorname{leak}(z) = \\begin{cases} z & z > 0 \\\\ \\alpha z & z \\le 0 \\end{cases}',
  '\\operatorname{swish}(u) = \\frac{u}{1 + e^{-\\beta u}}',
  'a = w x',
  'E = \\operatorname{leak}(a)',
]
shapes = ['w, x, a, \\alpha, \\beta, E \\in \\mathbb{R}']
assume = ['\\alpha > 0', '\\alpha + \\beta > 0']
"""

ARGUMENTS = {
    "a value": (r"\operatorname{swish}(-u) = \operatorname{swish}(u) - u", "proved"),
    "a wrong value": (r"\operatorname{swish}(-u) = \operatorname{swish}(u) + u", "not-understood"),
    "cases": (r"\operatorname{leak}'(z) = \begin{cases} 1 & z > 0 \\ \alpha & z < 0 \end{cases}", "proved"),
}


@pytest.mark.parametrize(("formula", "word"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_a_function_of_the_model_takes_a_letter_of_its_own(formula: str, word: str) -> None:
    assert words(CURVES, formula) == [word]


def test_wrong_values_are_refuted_where_no_fact_ties_the_constants_to_others() -> None:
    free = CURVES.replace(", '\\alpha + \\beta > 0'", "")
    wrong = r"\operatorname{leak}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}"

    assert words(free, wrong) == ["refuted"]
    assert words(free, r"\operatorname{swish}(-u) = \operatorname{swish}(u) + u") == ["refuted"]


def test_facts_about_the_constants_of_the_model_hold_for_its_functions() -> None:
    linear = CURVES.replace("'\\alpha > 0', '\\alpha + \\beta > 0'", "'\\alpha = 1'")
    free = CURVES.replace("'\\alpha > 0', '\\alpha + \\beta > 0'", "")

    assert words(linear, r"\operatorname{leak}(z) = z") != ["refuted"]
    assert words(free, r"\operatorname{leak}(z) = z") == ["refuted"]


UNITS = r"""
forward = ['z = w x', 'a = g_{\rm act}(z)', 'h = \mathrm{swish}(v)', 'F = \|h\|^2', 's = c^\top u', 'E = (a - t)^2']
shapes = ['v, h \in \mathbb{R}^m', 'c, u \in \mathbb{R}^n', 'w, x, z, a, t, s, E, F \in \mathbb{R}']
[functions]
'g_{\rm act}' = "relu"
swish = "any"
"""

SAID_AGAIN = {
    "a function with a word below": (r"g_{\rm act}(z) = \max(0, z)", "proved"),
    "another function with it": (r"g_{\rm act}(z) = \min(0, z)", "refuted"),
    "the slope of a function in plain letters": (r"\frac{\partial F}{\partial v} = 2 h \odot swish'(v)", "proved"),
    "its value for its slope": (r"\frac{\partial F}{\partial v} = 2 h \odot swish(v)", "refuted"),
    "a power of Euler's number": (r"e^s = \prod_i e^{c_i u_i}", "proved"),
    "a sum for a product": (r"e^s = \sum_i \exp(c_i u_i)", "refuted"),
    "an error with an index": (r"e^{(1)} = a - t", "assumed"),
}


@pytest.mark.parametrize(("formula", "word"), SAID_AGAIN.values(), ids=SAID_AGAIN)
def test_what_is_known_is_not_defined_anew(formula: str, word: str) -> None:
    assert words(UNITS, formula) == [word]
