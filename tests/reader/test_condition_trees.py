"""Words between formulas: what limits a statement counts whole, or the statement is not understood."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, VECTORS, words

from derive.errors import LatexError
from derive.notation.phrases import PHRASES, roles_in
from derive.reader.conditions import condition_of, opposite
from derive.reader.parser import parse_expression, parse_formula
from derive.reader.syntax import Node, Not, Or, Relation, Text, Tuple, Unclear
from derive.source import Source, Span

NUMBER = r"""
name = "number"
forward = ['u = w x', 'E = u^2']
shapes = ['w, x, u \in \mathbb{R}']
"""
SOFTMAX = r"""
name = "softmax"
forward = ['q_r = \frac{e^{u_r}}{\sum_{s=1}^{m} e^{u_s}} \quad (1 \le r \le m)', 'E = -\log q_1']
shapes = ['u, q \in \mathbb{R}^m']
"""
OFF = r"\frac{\partial q_r}{\partial u_s} = -q_r q_s"
ON = r"\frac{\partial q_r}{\partial u_s} = q_r (1 - q_r)"


@pytest.mark.parametrize(
    "but_for",
    [
        r"\quad \text{unless } r = s",
        r"\text{ if not } r = s",
        r"\quad (\text{except for } r = s)",
        r"\text{ whenever } r \ne s",
        r"\text{ if } r \text{ is not } s",
        r"\text{ if } r \text{ differs from } s",
        r"\text{ unless } r \text{ is } s",
        r"\text{ for } r < s \text{ or } r > s",
        r"\quad \text{unless $r$ equals $s$}",
        r"\text{ falls nicht } r = s",
        r"\text{ außer für } r = s",
        r"\text{ sauf si } r = s",
        r"\text{ excepto cuando } r = s",
        r"\text{ exceto se } r = s",
        r"\text{ tranne per } r = s",
        r"\text{ если не } r = s",
        r"\text{除非 } r = s",
        r", \quad r \ne s",
        r"\quad \forall s \in \{1, \dots, m\} \setminus \{r\}",
    ],
)
def test_what_holds_but_for_one_index_is_proved_and_its_opposite_refuted(but_for: str) -> None:
    assert words(SOFTMAX, OFF + but_for)[0] == "proved"
    assert words(SOFTMAX, ON + but_for)[0] == "refuted"


@pytest.mark.parametrize(
    "where",
    [
        r"\text{ if } r \text{ is } s",
        r"\text{ unless } r \ne s",
        r", \quad r = s",
        r", \quad r = s = 1",
        r"\text{ wenn } r = s",
        r"\text{ pour } r = s",
        r"\text{如果 } r = s",
        r"\text{ for } s = r",
    ],
)
def test_what_holds_at_one_index_is_proved_and_its_opposite_refuted(where: str) -> None:
    assert words(SOFTMAX, ON + where)[0] == "proved"
    assert words(SOFTMAX, OFF + where)[0] == "refuted"


DIFFERENT = [
    r" \quad \text{for distinct } r, s",
    r" \quad \text{if } r \text{ is less than } s",
    r" \quad \text{with } r \text{ not equal to } s",
    r" \quad \text{where } r \text{ and } s \text{ are distinct}",
    r" \quad \text{if } r \text{ and } s \text{ differ}",
    r" \quad \text{for distinct } r \text{ and } s",
    r", \quad r, s \text{ distinct}",
    r", \quad r \text{ is not } s",
    r" \quad (r \text{ and } s \text{ unequal})",
    r" \quad \text{unless } r \text{ and } s \text{ coincide}",
]


@pytest.mark.parametrize("where", DIFFERENT)
def test_names_may_be_said_to_differ(where: str) -> None:
    assert words(SOFTMAX, OFF + where) == ["proved"]
    assert words(SOFTMAX, ON + where) == ["refuted"]


def test_or_is_not_read_as_and() -> None:
    assert words(SOFTMAX, ON + r", \quad r = s \text{ or } r \ne s") == ["refuted"]
    assert words(NUMBER, r"|x| = x \quad \text{if } x > 0 \text{ or } x < 0") == ["refuted"]
    assert words(NUMBER, r"x^2 = x \text{ for } x = 1 \text{ or } x = 2")[0] == "not-understood"


@pytest.mark.parametrize(
    "formula",
    [
        r"\text{it is false that } E = u^2",
        r"E = u^2 \text{ is wrong}",
        r"E = u^2 \text{ is not so}",
        r"E = u^2 \quad \text{(never!)}",
        r"E = u^2 \quad \text{false}",
        r"\text{we do not have } E = u^2",
        r"E = u^2 \text{ only if } x = w",
        r"E = u^2 \text{ iff } x = w",
        r"E = u^2 \text{ for some } x",
        r"E = u^2 \text{ gilt nicht}",
        r"\text{il est faux que } E = u^2",
        r"E \overset{\text{not}}{=} u^2",
        r"E \overset{\ne}{=} u^2",
        r"E \stackrel{?}{=} u^2",
        r"E = u^2 \text{ unless the unit is off}",
        r"E = u^2 \text{ fits } x = w",
        r"E = u^2 \text{ for adjacent } x, w",
        r"E = u^2 \text{ if } x \text{ and } w \text{ are adjacent}",
    ],
)
def test_words_that_may_turn_a_formula_round_leave_it_not_understood(formula: str) -> None:
    assert set(_read(NUMBER, formula)) == {"not-understood"}


@pytest.mark.parametrize(
    "formula",
    [
        r"E = u^2 \quad \text{(as it is for one unit)}",
        r"E = u^2 \text{ since } u \text{ does not depend on } E",
        r"E = u^2 \overset{\text{def}}{=} u \cdot u",
        r"\text{so we have } E = u^2",
        r"E = u^2 \text{ or, in full, } E = w^2 x^2",
    ],
)
def test_words_that_assert_nothing_change_nothing(formula: str) -> None:
    assert set(words(NUMBER, formula)) == {"proved"}


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (r"-q_r q_s & \text{unless } r = s \\ q_r (1 - q_r) & \text{otherwise}", "proved"),
        (r"q_r (1 - q_r) & \text{unless } r = s \\ -q_r q_s & \text{otherwise}", "refuted"),
        (r"q_r (1 - q_r) & \text{if r = s} \\ -q_r q_s & \text{if r $\ne$ s}", "proved"),
        (r"q_r (1 - q_r) & \text{if } r = s \text{ (the same)} \\ -q_r q_s & \text{else (another one)}", "proved"),
        (r"-q_r q_s & r < s \text{ or } r > s \\ q_r (1 - q_r) & \text{sonst}", "proved"),
    ],
)
def test_words_count_in_cases_as_they_do_beside_a_formula(rows: str, word: str) -> None:
    assert words(SOFTMAX, rf"\frac{{\partial q_r}}{{\partial u_s}} = \begin{{cases}} {rows} \end{{cases}}") == [word]


@pytest.mark.parametrize("one", [r"1(r == s)", r"1\{r = s\}", r"\mathbf{1}[r = s]"])
def test_an_indicator_may_be_a_plain_one(one: str) -> None:
    assert words(SOFTMAX, rf"\frac{{\partial q_r}}{{\partial u_s}} = q_r ({one} - q_s)") == ["proved"]
    assert words(SOFTMAX, rf"\frac{{\partial q_r}}{{\partial u_s}} = q_r (2 \cdot {one} - q_s)") == ["refuted"]


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        (r"(1 \preceq l \preceq L)", "not-understood"),
        (r"\forall l \preceq L", "not-understood"),
        (r"(1 \le l < L)", "proved"),
        (r"\forall l \in \{1, \dots, L\} \setminus \{L\}", "proved"),
    ],
)
def test_a_condition_that_is_not_understood_never_widens_a_claim(condition: str, word: str) -> None:
    formula = r"\nabla_{z^l} C = ((W^{l+1})^T \nabla_{z^{l+1}} C) \odot g'(z^l) \quad "
    assert _read(LAYERS, formula + condition) == [word]


def test_a_difference_is_no_condition_where_both_sides_are_the_same() -> None:
    assert words(NUMBER, r"E \ne w^2 x^2") == ["refuted"]
    assert words(NUMBER, r"E \ne w x^2") == ["assumed"]
    assert words(SOFTMAX, r"r \ne s") == ["assumed"]


def test_several_indices_may_be_set_after_one_word() -> None:
    assert words(SOFTMAX, ON + r" \text{ for } r = 1, s = r") == ["proved"]
    assert words(SOFTMAX, OFF + r" \text{ for } r = 1, s = r") == ["refuted"]


def test_two_values_of_one_index_are_both_put_in() -> None:
    assert words(VECTORS, r"\frac{\partial u_i}{\partial b_j} = 1 \quad \text{for } i = j \text{ and } j = 2") == [
        "proved"
    ]
    assert words(VECTORS, r"\frac{\partial u_i}{\partial b_j} = 0 \quad \text{for } i = 1 \text{ and } i = j") == [
        "refuted"
    ]


def _read(model: str, formula: str) -> list[str]:
    """Return the verdicts on a formula; one that the grammar cannot read is not understood."""
    try:
        return words(model, formula)
    except LatexError:
        return ["not-understood"]


def _condition(*pieces: str) -> Node:
    nodes: list[Node] = []
    for piece in pieces:
        source = Source("piece", piece)
        nodes.append(Text(Span(0, 1), piece[1:]) if piece.startswith("@") else parse_expression(source))
    return condition_of(nodes)


def test_conditions_are_parsed_once_into_and_or_and_not() -> None:
    assert isinstance(_condition("@if", "i = j", "@or", "i = k"), Or)
    assert isinstance(_condition("@unless", "i = j", "@or", "i = k"), Tuple)
    assert isinstance(_condition("@if", "i = j", "@and not", r"i \sim k"), Tuple)
    assert isinstance(_condition("@if", "i", "@is not", "k"), Relation)
    assert isinstance(_condition("@unless", "i = j", "@and", "i = k"), Not)
    for unclear in (("@if", "i = j", "@and", "i = k", "@or", "j = k"), ("@only if", "i = j"), ("i = j", "@or")):
        assert isinstance(_condition(*unclear), Unclear)


def test_the_opposite_of_the_opposite_is_the_condition_itself() -> None:
    for written in ("i = j", "i < j", r"i \ge j", r"i \in S", r"i \sim j", "i < j < k"):
        node = parse_expression(Source("condition", written))
        again = opposite(opposite(node))
        assert opposite(node) != node
        assert (again.first, len(again.links)) == (node.first, len(node.links))  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", PHRASES)
def test_each_phrase_is_read_as_what_it_is(role: str) -> None:
    rows = [phrase.strip() for line in PHRASES[role].splitlines() for phrase in line.split("|")]  # type: ignore[index]
    found = {phrase: roles_in(phrase) for phrase in rows if phrase}
    wrong = {phrase: roles for phrase, roles in found.items() if len(roles) != 1}
    assert not wrong
    assert sum(roles == (role,) for roles in found.values()) >= 0.9 * len(found)


def test_words_of_other_writings_are_read() -> None:
    source = Source("formula", r"a = b \quad \text{для всех } i \ne j")
    (statement,) = parse_formula(source, Span(0, len(source.text))).statements
    assert len(statement.conditions) == 1


KEYS = r"""
name = "keys"
forward = [
  's_i = q^T u_i \quad (1 \le i \le n)', 'p_i = \frac{e^{s_i}}{\sum_{j=1}^{n} e^{s_j}} \quad (1 \le i \le n)',
  'E = -\log p_c + k^T k',
]
shapes = ['q, u_i, k \in \mathbb{R}^d', 's, p \in \mathbb{R}^n', 'c \in \{1, \dots, n\}']
"""
SLOPE = r"\frac{\partial p_i}{\partial s_m} = -p_i p_m"


@pytest.mark.parametrize(
    ("where", "word"),
    [
        (r", \quad m \in \{1, \dots, n\} \setminus \{i\}", "proved"),
        (r" \quad m \in [n] \backslash i", "proved"),
        (r", \quad m \in \{1, \dots, n\} - \{i\}", "proved"),
        (r", \quad m \in [n] \smallsetminus \{i\}", "proved"),
        (r", \quad m \notin \{i\}", "proved"),
        (r", \quad m \in \{1, \dots, n\}", "refuted"),
        (r", \quad m \in S", "not-understood"),
        (r", \quad m \in S \setminus \{i\}", "not-understood"),
    ],
)
def test_a_set_without_one_of_its_members_limits_an_index(where: str, word: str) -> None:
    assert words(KEYS, SLOPE + where)[0] == word


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{\partial p_i}{\partial s_k} = -p_i p_k, \quad k \ne i", "proved"),
        (r"\frac{\partial p_i}{\partial s_k} = -p_i p_k, \quad k = i", "refuted"),
        (r"\frac{\partial E}{\partial s_k} = p_k - \mathbf{1}[k = c]", "proved"),
        (r"\frac{\partial E}{\partial s_k} = p_k - \mathbf{1}[k \ne c]", "refuted"),
        (r"\frac{\partial E}{\partial s_k} = p_k \quad \text{unless } k = c", "proved"),
        (
            r"\frac{\partial p_i}{\partial s_k} = \begin{cases} p_i - p_i^2 & k = i \\ -p_i p_k & i \ne k \end{cases}",
            "proved",
        ),
    ],
)
def test_an_index_may_have_the_letter_of_a_vector(formula: str, word: str) -> None:
    assert words(KEYS, formula)[0] == word
