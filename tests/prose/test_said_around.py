"""What the sentence around a formula says of it: conditions before and behind it, and what a function is."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.findings import Finding

LAYERS = r"""<!-- derive:model
name = "lecture"
forward = [
  'u_0 = x',
  's_k = A_k u_{k-1} + c_k \quad (1 \le k \le K)',
  'u_k = \varphi(s_k) \quad (1 \le k \le K-1)',
  'q_i = \frac{e^{s_{K,i}}}{\sum_{m=1}^{n_K} e^{s_{K,m}}}',
  'E = -\sum_{i=1}^{n_K} t_i \log q_i',
]
shapes = ['A_k \in \mathbb{R}^{n_k \times n_{k-1}}', 's_k, c_k, u_k \in \mathbb{R}^{n_k}', 'x \in \mathbb{R}^{n_0}',
  'q, t \in \mathbb{R}^{n_K}']
assume = ['\sum_i t_i = 1']
[functions]
'\varphi' = "any"
-->

"""
OFF = r"$\frac{\partial q_i}{\partial s_{K,j}} = -q_i q_j$"
SLOPE = r"$\frac{\partial u_{k,i}}{\partial s_{k,i}} = u_{k,i} (1 - u_{k,i})$"


DIAGONAL = r"$\frac{\partial q_i}{\partial s_{K,j}} = q_i (1 - q_i)$"


def found(text: str) -> list[Finding]:
    """Return what is found of the claims in a text behind the model."""
    report = check_document(Path("lecture.md"), CheckOptions(mends=False), text=LAYERS + text)
    return [finding for finding in report.findings if finding.verdict != "assumed"]


def verdicts(text: str) -> list[str]:
    return [finding.verdict for finding in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"For $i \\ne j$ we have {OFF}.",
        f"If $i \\ne j$, then {OFF}.",
        f"It is {OFF} for $i \\ne j$.",
        f"It is {OFF} unless $i = j$.",
        f"It is {OFF} except for $i = j$.",
        f"It is {OFF} whenever $i \\ne j$.",
        f"It is {OFF} if $i < j$ or $i > j$.",
        f"Let $i < j$. Then {OFF}.",
        f"For two units $i \\ne j$ we find\n\n$${OFF}$\n",
        f"$${OFF}$\n\nfor $i \\ne j$.",
        f"Für $i \\ne j$ ist {OFF}.",
        f"On a {OFF} sauf si $i = j$.",
        f"Whenever $i$ and $j$ differ, {OFF}.",
        f"If $i$ and $j$ are different, {OFF}.",
        f"For distinct $i$ and $j$ we have {OFF}.",
        f"For $i$ different from $j$ it is {OFF}.",
        f"If $i$ is less than $j$, then {OFF}.",
        f"Let $i$ be greater than $j$. Then {OFF}.",
        f"It is {OFF} if $i$ is not equal to $j$.",
        f"We find {OFF} whenever $i$ and $j$ differ.",
        f"Because $i \\ne j$ here, {OFF}.",
        f"Wenn $i$ kleiner als $j$ ist, gilt {OFF}.",
        f"当 $i \\ne j$ 时, {OFF}。",
        f"As soon as $i$ differs from $j$, {OFF}.",
        f"Under the condition $i \\ne j$ we find {OFF}.",
        f"Sobald $i \\ne j$, ist {OFF}.",
        f"Dès que $i \\ne j$, on a {OFF}.",
        f"En caso de que $i \\ne j$, {OFF}.",
        f"For two different units, $i \\ne j$, we have {OFF}.",
        f"In the entries off the diagonal, $i \\ne j$, it is {OFF}.",
        f"Assume first that $i \\ne j$. We get {OFF}.",
        f"Sei nun $i \\ne j$. Wir erhalten {OFF}.",
        f"Para $i$ diferente de $j$ temos {OFF}.",
        f"Pour $i$ différent de $j$, on a {OFF}.",
        f"Fix $i \\ne j$. The quotient rule yields {OFF}.",
        f"Take $i \\ne j$. By the quotient rule {OFF}.",
        f"Ist $i \\ne j$, so gilt {OFF}.",
        f"Sind $i$ und $j$ verschieden, so ist {OFF}.",
        f"{OFF} holds for $i \\ne j$.",
        f"{OFF} is valid whenever $i \\ne j$.",
        f"| case | slope |\n|---|---|\n| $i \\ne j$ | {OFF} |",
        f"Tenzij $i = j$, is {OFF}.",
        f"Jeśli $i \\ne j$, to {OFF}.",
        f"För $i \\ne j$ gäller {OFF}.",
        f"Off the diagonal, {OFF}.",
        f"For $i \\in \\{{1, \\dots, n_K\\}} \\setminus \\{{j\\}}$ we have {OFF}.",
        f"Sind sowohl $i < 9$ als auch $i \\ne j$, so ist {OFF}.",
        f"The off-diagonal entries of this Jacobian are {OFF}.",
        f"{OFF} off the diagonal.",
        f"Außerhalb der Diagonalen gilt {OFF}.",
        f"Hors de la diagonale, {OFF}.",
        f"$${OFF}$\nwhere $i \\ne j$.",
        f"$${OFF}$\nwith $i$ not equal to $j$.",
        f"$${OFF}$\nwhere $i$ and $j$ are distinct.",
    ],
)
def test_a_condition_in_the_sentence_counts(text: str) -> None:
    text = text.replace("$$$", "$$").replace("$\n", "$$\n") if "\n" in text else text
    assert verdicts(text) == ["proved"]
    assert verdicts(text.replace("-q_i q_j", "q_i (1 - q_j)")) == ["refuted"]


@pytest.mark.parametrize(
    "text",
    [
        f"Ellei $i = j$, niin {OFF}.",
        f"Jos $i \\ne j$, niin {OFF}.",
        f"This matrix has ones on the diagonal, so {OFF}.",
        f"The diagonal entries are\n\n$$q_i = q_i$$\n\nall others are\n\n$${OFF}$",
    ],
)
def test_what_holds_in_a_case_that_words_may_mean_is_not_refuted(text: str) -> None:
    assert verdicts(text.replace("$$$", "$$"))[-1] == "undecided"


@pytest.mark.parametrize(
    "text",
    [
        f"Let $i \\ne j$ be two units. Each of them has a share.\n\nNow {OFF} has to be shown.",
        f"For $i \\ne j$ nothing changes. In general {OFF}.",
        f"For $i = j$ it is $1 = 1$.\n\nMoreover {OFF}.",
    ],
)
def test_a_condition_of_another_sentence_does_not_count(text: str) -> None:
    assert verdicts(text)[-1] == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        f"For $i \\ne j$ we have\n\n$${OFF}$\n\nThe slope is\n\n$${OFF}$",
        f"If $i \\ne j$, $${OFF}$\nThe slope is $${OFF}$",
        f"For $i \\ne j$ we have\n\n$${OFF}$\n\n$${OFF}$",
        f"When $i \\ne j$: $${OFF}$\n\nSo the slope is always $${OFF}$",
        f"For $i \\ne j$ it is {OFF}. Thus, in general, {OFF}.",
        f"- if $i \\ne j$: {OFF}\n- always: {OFF}",
        f"1. $i \\ne j$: {OFF}\n2. the rest: {OFF}",
        f"*Case $i \\ne j$.* Here {OFF}.\n\nCombining both cases, {OFF}.",
        f"Case 1: $i \\ne j$. Here {OFF}.\n\nThe loss has the slopes\n\n$${OFF}$",
    ],
)
def test_a_condition_ends_with_its_sentence_its_item_or_its_case(text: str) -> None:
    assert verdicts(text.replace("$$$", "$$").replace("$\n", "$$\n")) == ["proved", "refuted"]


@pytest.mark.parametrize(
    "label",
    [
        "First case: $i \\ne j$.",
        "*Case $i \\ne j$.* Then",
        "**Case 2: $i \\ne j$**",
        "Case (b): $i \\ne j$. By the quotient rule",
        "2. $i \\ne j$:",
        "- $i \\ne j$:",
        "Fall 2: $i \\ne j$.",
        "Deuxième cas : $i \\ne j$.",
        "情况二: $i \\ne j$.",
    ],
)
def test_the_label_of_a_case_is_a_condition(label: str) -> None:
    assert verdicts(f"{label} {OFF}") == ["proved"]
    assert verdicts(f"{label} {DIAGONAL}") == ["refuted"]


def test_a_label_in_a_paragraph_of_its_own_counts_for_the_display_behind_it() -> None:
    assert verdicts(f"**Case 2: $i \\ne j$**\n\n${OFF}$\n") == ["proved"]


def test_a_condition_says_nothing_of_a_letter_that_a_sum_binds() -> None:
    formula = r"$\sum_j t_j \frac{\partial q_j}{\partial s_{K,i}} = t_i q_i - q_i \sum_j t_j q_j$"

    assert verdicts(f"For $i \\ne j$ we have {OFF}. Thus {formula}.") == ["proved", "proved"]


@pytest.mark.parametrize(
    "text",
    [
        f"It is {OFF} ($i \\ne j$).",
        f"{OFF}, $i \\ne j$.",
        f"Let $i$ be different from $j$. In this situation we find {OFF}.",
        f"Sei $i \\ne j$. In diesem Fall gilt {OFF}.",
    ],
)
def test_a_condition_may_stand_behind_without_words_or_hold_in_this_situation(text: str) -> None:
    assert verdicts(text) == ["proved"]
    assert verdicts(text.replace("\\ne", "=").replace("different from", "equal to")) == ["refuted"]


def test_what_is_zero_under_values_is_a_claim() -> None:
    assert verdicts("If $t = 0$, then $$E = 0.$$") == ["undecided"]
    assert verdicts("If $q = 0$ and $t = 1$, then $$E = 0.$$") == ["not-understood"]


def test_an_entry_of_an_input_that_is_zero_is_no_equation_to_be_solved() -> None:
    slope = r"$\frac{\partial E}{\partial s_{K,i}} = q_i$"

    assert verdicts(f"For the wrong classes, $t_i = 0$, hence {slope}. In general, {slope}.")[-1] == "refuted"


@pytest.mark.parametrize(
    "lead",
    [
        "With $t = e_c$:",
        "If the class is $c$ (so $t_c = 1$ and $t_i = 0$ for $i \\ne c$), then",
        "Suppose that the target is given by $t = \\mathrm{onehot}(c)$. Then",
        "If the network is sure of class $c$, i.e. $q_c = 1$, then",
        "Suppose that there is one class only. Then",
        "When only class $c$ is right,",
    ],
)
def test_a_supposition_that_cannot_be_put_in_leaves_open_what_fails_in_general(lead: str) -> None:
    assert verdicts(f"{lead} $E = -\\log q_c$.")[-1] != "refuted"


def test_what_another_paragraph_supposes_says_nothing_of_a_formula() -> None:
    slope = "$$\\frac{\\partial E}{\\partial s_{K,i}} = t_i - q_i$$"

    assert verdicts(f"We get\n\n{slope}\n\nIf the inputs are trained, too, one needs more.") == ["refuted"]
    assert verdicts(f"We get {slope} if the classes are turned round.") == ["undecided"]


@pytest.mark.parametrize("lead", ["If we put this in,", "When taking the derivative", "With this, for all classes"])
def test_how_one_goes_on_is_no_condition(lead: str) -> None:
    assert verdicts(f"{lead} we get $\\frac{{\\partial E}}{{\\partial s_{{K,i}}}} = t_i - q_i$.") == ["refuted"]


def test_a_condition_may_be_said_again_as_a_formula() -> None:
    text = f"For two different classes, i.e. $i \\ne j$, we have {OFF}."

    assert verdicts(text) == ["proved"]
    assert verdicts(r"If the fit is perfect, i.e. $q = t$, then $\frac{\partial E}{\partial s_{K,i}} = 0$.") == [
        "proved"
    ]
    assert verdicts(r"If it is not, i.e. $q = t$ fails, $\frac{\partial E}{\partial s_{K,i}} = 1$.") != ["proved"]


def test_each_formula_has_the_condition_next_to_it() -> None:
    on = OFF.replace("-q_i q_j", "q_i (1 - q_i)")
    assert verdicts(f"It is {OFF} for $i \\ne j$ and {on} for $i = j$.") == ["proved", "proved"]
    assert verdicts(f"It is {OFF} for $i = j$ and {on} for $i \\ne j$.") == ["refuted", "refuted"]


@pytest.mark.parametrize(
    "text",
    [
        "When $i$ equals $j$, {}.",
        "If $i$ and $j$ are equal, {}.",
        "If $i$ and $j$ coincide, {}.",
        "It is {} when $i$ and $j$ are the same.",
    ],
)
def test_two_letters_may_be_said_to_be_equal(text: str) -> None:
    assert verdicts(text.format(DIAGONAL)) == ["proved"]
    assert verdicts(text.format(OFF)) == ["refuted"]


@pytest.mark.parametrize(
    "text",
    ["Here $i$ and $j$ count outputs, and {}.", "If $i$ and $j$ are arbitrary, {}.", "For $i$ and $j$ it is {}."],
)
def test_letters_that_are_only_named_are_not_compared(text: str) -> None:
    assert verdicts(text.format(OFF)) == ["refuted"]


OTHERWISE = [
    ("If $i = j$, then {}, otherwise {}.", DIAGONAL, OFF),
    ("Unless $i = j$, it is {}; else {}.", OFF, DIAGONAL),
    ("Falls $i = j$, ist {}, sonst {}.", DIAGONAL, OFF),
]


@pytest.mark.parametrize(("text", "first", "second"), OTHERWISE)
def test_what_is_said_otherwise_is_said_of_the_other_cases(text: str, first: str, second: str) -> None:
    assert verdicts(text.format(first, second)) == ["proved", "proved"]
    assert verdicts(text.format(second, first)) == ["refuted", "refuted"]


def test_words_that_are_not_understood_leave_the_formula_so() -> None:
    assert verdicts(f"It is {OFF} only if $i \\ne j$.") == ["not-understood"]


def test_a_range_in_words_is_no_single_value() -> None:
    assert verdicts(r"For $k = 1$ to $K$ it is $s_k = A_1 u_{k-1} + c_k$.")[-1] != "proved"


def test_a_depth_in_the_sentence_is_put_in() -> None:
    text = r"Without hidden layers ($K = 1$) it is $\frac{\partial E}{\partial A_1} = (q - t) x^\top$."
    assert verdicts(text) == ["proved"]
    assert verdicts(text.replace("K = 1", "K = 2")) == ["refuted"]


@pytest.mark.parametrize(
    "text",
    [
        r"If $\varphi$ is the logistic function, then ",
        r"If $\varphi$ is a sigmoid, then ",
        r"If $\varphi(z) = \frac{1}{1 + e^{-z}}$, then ",
        r"Let $\varphi(z) = 1 / (1 + e^{-z})$. Then ",
        r"The units are $u_k = \varphi(s_k) = \frac{1}{1 + e^{-s_k}}$. Then ",
        r"For $\varphi = \mathrm{sigmoid}$ we find ",
    ],
)
def test_a_function_that_the_text_fixes_counts_for_what_follows(text: str) -> None:
    last = found(f"{text}{SLOPE}.")[-1]
    assert last.verdict == "proved"
    assert any("as the text says" in assumption for assumption in last.assumptions)
    assert verdicts(f"{text}{SLOPE.replace('1 -', '2 -')}.")[-1] == "refuted"
    assert verdicts(f"So {SLOPE}.\n\n{text}$E = E$.")[0] == "refuted"


def test_a_function_is_fixed_up_to_the_next_heading() -> None:
    text = f"If $\\varphi$ is the logistic function, then {SLOPE}.\n\n"
    assert verdicts(f"{text}Again {SLOPE}.") == ["proved", "proved"]
    assert verdicts(f"{text}## Any unit\n\nBut {SLOPE}.") == ["proved", "refuted"]


@pytest.mark.parametrize("other", [r"$\varphi$ is the hyperbolic tangent", r"$\varphi(z) = \tanh z$"])
def test_another_function_takes_its_place(other: str) -> None:
    assert verdicts(f"If $\\varphi$ is the logistic function, then {SLOPE}; if {other}, then {SLOPE}.") == [
        "proved",
        "refuted",
    ]


@pytest.mark.parametrize(
    "said",
    [
        r"Wenn $\varphi$ die logistische Funktion ist, gilt {}",
        r"Wenn $\varphi$ ist die Sigmoidfunktion, dann {}",
        r"Si $\varphi$ est la fonction sigmoïde, on a {}",
        r"Si $\varphi$ es la función sigmoide entonces {}",
    ],
)
def test_a_function_is_fixed_in_other_languages(said: str) -> None:
    assert verdicts(said.format(SLOPE))[-1] == "proved"


SINGLE = r"$E = -t_1 \log q_1$"


def test_a_size_is_taken_to_be_a_number_up_to_the_next_heading() -> None:
    text = f"We take $n_K = 1$. Then {SINGLE}.\n\n"
    (one,) = found(text)
    assert (one.verdict, one.assumptions[-1]) == ("proved", "n_K = 1, as the text says")
    assert verdicts(f"{text}## Any size\n\nBut {SINGLE}.") == ["proved", "refuted"]
    assert verdicts(f"We take $n_K = 2$. Then {SINGLE}.") == ["refuted"]
    assert verdicts(r"We take $K = 1$. Then $\sum_{k=1}^K s_{k,1} = s_{1,1}$.") == ["proved"]
    assert verdicts(r"We take $K = 2$. Then $\sum_{k=1}^K s_{k,1} = s_{1,1}$.") == ["refuted"]
    assert verdicts(f"Here $n_K = 1$ is too few. It is {SINGLE}.") == ["refuted"]


def test_where_a_size_is_one_shapes_alone_refute_nothing() -> None:
    assert verdicts(r"We take $n_0 = 1$. Then $u_0 = A_1 x$.") == ["not-understood"]
    assert verdicts(r"It is $u_0 = A_1 x$.") == ["refuted"]
    assert verdicts(r"Consider $K = 1$. Then $u_0 = A_1 x$.") == ["refuted"]


def test_that_two_sizes_are_equal_is_a_condition() -> None:
    assert verdicts(r"If $n_0 = n_1$, we use $n_1 = n_0$ units.") == []


def test_a_constant_function_takes_the_place_of_another_one() -> None:
    flat = r"$\frac{\partial u_{k,i}}{\partial s_{k,i}} = 0$"
    assert verdicts(f"Let $\\varphi(z) = 3$. Then {flat}.") == ["proved"]
    assert verdicts(f"Let $\\varphi(z) = z$. Let $\\varphi(z) = 3$. Then {flat}. So {flat.replace('0', '1')}.") == [
        "proved",
        "refuted",
    ]


def test_what_is_said_of_some_values_only_fixes_no_function() -> None:
    slope = r"$\frac{\partial u_{k,i}}{\partial s_{k,i}} = 1$"
    assert verdicts(f"We have $\\varphi(z) = z$. So {slope}.") == ["proved"]
    assert verdicts(f"We have $\\varphi(z) = z \\quad (z > 0)$. So {slope}.") == ["refuted"]


@pytest.mark.parametrize(
    "text",
    [
        r"$$ v = \rho(z) = \frac{1}{1 + e^{-z}} $$",
        r"A unit computes $v = \rho(z)$ with $\rho(z) = 1 / (1 + e^{-z})$.",
        "$$\n\\begin{aligned}\nv &= \\rho(z) \\\\\n\\rho(z) &= \\frac{1}{1 + e^{-z}}\n\\end{aligned}\n$$",
    ],
)
def test_a_function_may_be_used_before_it_is_defined(text: str) -> None:
    assert verdicts(text) == []
    assert verdicts(text + "\n\n" + r"So $\frac{dv}{dz} = v - v^2$. So $\frac{dv}{dz} = v$.") == ["proved", "refuted"]


SQUARE = r"""<!-- derive:model
name = "square"
forward = ['r = G h', 'V = \frac{1}{2} \|r\|^2']
shapes = ['G \in \mathbb{R}^{p \times q}', 'h \in \mathbb{R}^q', 'r \in \mathbb{R}^p']
-->

"""


@pytest.mark.parametrize(("lead", "word"), [("We find", "refuted"), ("If $p = q$, then", "not-understood")])
def test_shapes_that_may_fit_where_sizes_are_equal_are_not_refuted(lead: str, word: str) -> None:
    report = check_document(Path("lecture.md"), CheckOptions(), text=rf"{SQUARE}{lead} $\nabla_h V = G r$.")

    assert report.findings[-1].verdict == word


SUPPOSED = [
    "If $q = t$, then ",
    "Assume that $q = t$. Then ",
    "When $q_i = t_i$ for every output, ",
    "Wenn $q = t$, dann ",
    "Suppose $u_k = s_k$ for all hidden layers. Then ",
]


@pytest.mark.parametrize("text", SUPPOSED)
def test_what_is_only_supposed_is_no_claim_and_limits_what_follows(text: str) -> None:
    true, slip = (rf"$\frac{{\partial E}}{{\partial s_{{K,i}}}} = {right}$" for right in ("q_i - t_i", "2 q_i - t_i"))
    assert verdicts(f"{text}{true}.") == ["proved"]
    assert verdicts(f"{text}{slip}.")[0] in {"not-understood", "undecided", "refuted"}
    assert verdicts(f"By this, {slip}.") == ["refuted"]


def test_under_a_hypothesis_on_computed_values_nothing_is_refuted() -> None:
    assert verdicts(r"If $q_i = s_{K,i}$ for all $i$, then $E = -\sum_i t_i \log s_{K,i}$.") == ["not-understood"]
    assert verdicts(r"If $q = t$, then $\frac{\partial E}{\partial s_{K,i}} = q_i (t_i - q_i)$.") == ["proved"]


def test_what_holds_anyway_limits_nothing() -> None:
    slip = r"$\frac{\partial E}{\partial s_{K,i}} = t_i - q_i$"
    assert verdicts(f"If $u_k = \\varphi(s_k)$, then {slip}.")[-1] == "refuted"
    assert verdicts(f"Because $q_i = t_i$, {slip}.")[0] == "refuted"


def test_an_input_is_put_in_where_it_is_supposed() -> None:
    assert verdicts(r"If $A_1 x = c_1$, then $s_1 = 2 c_1$.")[-1] != "refuted"
    assert verdicts(r"Assume $x_1 = 1$. Then $A_{1,i,1} x_1 = A_{1,i,1}$.")[-1] != "refuted"


QUADRATIC = r"""<!-- derive:model
name = "quadratic"
forward = ['Q = u^\top M u', 'R = u^\top N v']
shapes = ['M, N \in \mathbb{R}^{d \times d}', 'u, v \in \mathbb{R}^d', 'Q, R \in \mathbb{R}']
-->

"""
TWICE = r"$\nabla_u Q = 2 M u$"
ONCE = r"$\nabla_u Q = M u$"


def of_quadratic(text: str) -> list[Finding]:
    report = check_document(Path("lecture.md"), CheckOptions(mends=False), text=QUADRATIC + text)
    return [finding for finding in report.findings if finding.verdict != "assumed"]


@pytest.mark.parametrize(
    "text",
    [
        "If $M$ is symmetric, then {}.",
        "For symmetric $M$ it is {}.",
        "Let $M$ be a symmetric matrix. Nothing else changes. So {}.",
        "We have {}, where $M$ is symmetric.",
        "Since $M^\\top = M$, we get {}.",
        "Let each entry count, and let $M$ be a fixed symmetric matrix. Then {}.",
        "Suppose that $M = M^T$.\n\nThen {}.",
        "Take symmetric matrices $N$ and $M$. Then {}.",
        "Sei $M$ eine symmetrische Matrix. Dann ist {}.",
        "Soit $M$ une matrice symétrique. Alors {}.",
    ],
)
def test_a_matrix_that_the_text_calls_symmetric_is_so(text: str) -> None:
    (true,), (false,) = of_quadratic(text.format(TWICE)), of_quadratic(text.format(ONCE))

    assert (true.verdict, false.verdict) == ("proved", "refuted")
    assert any("M" in assumption for assumption in true.assumptions)


@pytest.mark.parametrize(
    "text",
    [
        "If $N$ is symmetric, then {}.",
        "The matrix $M$ is not symmetric. So {}.",
        "If $M$ is symmetric, much is easier. In general {}.",
        "Let $M$ be symmetric.\n\n## Any matrix\n\nHere {}.",
        "Let $M$ be symmetric. From here on it is non-symmetric again. Then {}.",
    ],
)
def test_a_matrix_is_only_symmetric_where_that_is_said(text: str) -> None:
    assert [finding.verdict for finding in of_quadratic(text.format(TWICE))] == ["refuted"]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (r"\text{for symmetric } M", "proved"),
        (r"\text{if } M \text{ is symmetric}", "proved"),
        (r"\text{falls $M$ symmetrisch ist}", "proved"),
        (r"\text{if $M$ is not symmetric}", "not-understood"),
        (r"\text{unless } M \text{ is symmetric}", "not-understood"),
    ],
)
def test_symmetric_beside_a_formula_is_a_condition(words: str, verdict: str) -> None:
    (found,) = of_quadratic(rf"$\nabla_u Q = 2 M u \quad {words}$")

    assert found.verdict == verdict


LABELS = r"""<!-- derive:model
name = "labels"
forward = [
  's_n = w^\top v_n \quad (1 \le n \le N)',
  'p_n = \sigma(s_n) \quad (1 \le n \le N)',
  'J = -\sum_{n=1}^{N} (c_n \log p_n + (1 - c_n) \log(1 - p_n))',
  'q = \operatorname{softmax}(z)',
  'H = -\sum_k y_k \log q_k',
]
shapes = ['v_n, w \in \mathbb{R}^d', 'c_n \in \mathbb{R}', 'z, q, y \in \mathbb{R}^K']
assume = ['\sum_k y_k = 1', 'y_k \in \{0, 1\}', 'c_n \in \{0, 1\}']
[functions]
'\sigma' = "sigmoid"
-->

"""
HYPOTHESES = {
    "of all entries": (
        r"If $c_n = 1$ for all $n$, then $J = {}$.", r"-\sum_{n=1}^N \log p_n", r"-\sum_{n=1}^N \log(1 - p_n)",
    ),
    "of all entries, beside the formula": (
        r"$J = {} \quad \text{if } c_n = 0 \text{ for all } n$", r"-\sum_n \log(1 - p_n)", r"-\sum_n \log p_n",
    ),
    "of the entry in question": (
        r"If $c_n = 1$, then $\frac{\partial J}{\partial s_n} = {}$.", "p_n - 1", "p_n",
    ),
    "of the only entry that is one": (r"If $y_k = 1$, then $H = {}$.", r"-\log q_k", r"-\log(1 - q_k)"),
    "of a named entry": (r"Let $c$ be the true class, $y_c = 1$. Then $H = {}$.", r"-\log q_c", r"\log q_c"),
    "of one of two in a list": (
        r"If $y_c = 1$ and $i \ne c$, then $\frac{\partial H}{\partial z_i} = {}$.", "q_i", "q_i - 1",
    ),
    "of the second of two": (
        r"If $i \ne c$ and $y_c = 1$, then $\frac{\partial H}{\partial z_i} = {}$.", "q_i", "q_i - 1",
    ),
    "of a unit vector": (r"For $y = e_c$ the loss is $H = {}$.", r"-\log q_c", r"-\log(1 - q_c)"),
    "of Kronecker's delta": (r"If $y_k = \delta_{kc}$ for all $k$, then $H = {}$.", r"-\log q_c", r"\log q_c"),
    "of the rest, too": (r"Let only $y_c = 1$. Then $\frac{\partial H}{\partial z_c} = {}$.", "q_c - 1", "q_c"),
    "of cases": (
        r"$\frac{\partial H}{\partial z_k} = \begin{cases} {} & \text{if } y_k = 1 \\"
        r" q_k & \text{otherwise} \end{cases}$",
        "q_k - 1", "q_k + 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "true", "false"), HYPOTHESES.values(), ids=HYPOTHESES)
def test_a_value_of_an_entry_is_a_condition(text: str, true: str, false: str) -> None:
    for formula, verdict in ((true, "proved"), (false, "refuted")):
        report = check_document(Path("lecture.md"), CheckOptions(), text=LABELS + text.replace("{}", formula))
        assert [found.verdict for found in report.findings if found.verdict != "assumed"] == [verdict]


@pytest.mark.parametrize(
    "text",
    [
        r"If $c_n = 1$, then $J = -\sum_{n=1}^N \log p_n$.",
        r"If $c_n = 3$, then $\frac{\partial J}{\partial s_n} = p_n - 3$.",
        r"If $y_k = 2$, then $H = -\log q_k$.",
    ],
)
def test_a_value_that_cannot_be_put_in_leaves_a_formula_open(text: str) -> None:
    report = check_document(Path("lecture.md"), CheckOptions(), text=LABELS + text)
    assert report.findings[-1].verdict in {"undecided", "not-understood"}


@pytest.mark.parametrize(
    ("value", "slope", "verdict"), [("1", "q_i - 1", "proved"), ("1", "q_i", "refuted"), ("0", "q_i", "proved")]
)
def test_a_value_of_few_is_a_condition_though_a_network_may_have_it_by_chance(
    value: str, slope: str, verdict: str
) -> None:
    text = (
        r"There are pairs of $x_i \in \mathbb{R}^d$ and $t_i \in \{0,1\}$, $i = 1, \dots, n$. The model is"
        "\n\n"
        r"$$q_i = \frac{1}{1 + e^{-u_i}}, \qquad u_i = v^\top x_i + c$$"
        "\n\n"
        r"with $v \in \mathbb{R}^d$ and $c \in \mathbb{R}$. The loss is"
        "\n\n"
        r"$$V = -\sum_{i=1}^n \left( t_i \ln q_i + (1 - t_i) \ln (1 - q_i) \right).$$"
        "\n\n"
        rf"For $t_i = {value}$ it has the slope $\frac{{\partial V}}{{\partial u_i}} = {slope}$."
    )
    assert check_document(Path("lecture.md"), CheckOptions(), text=text).findings[-1].verdict == verdict


IN_TEX = r"""
% derive:model
% name = "softmax"
% forward = ['q_i = \frac{e^{s_i}}{\sum_{m=1}^{n} e^{s_m}}', 'E = -\sum_{i=1}^{n} t_i \log q_i']
% shapes = ['s, q, t \in \mathbb{R}^n']
% derive:end
\paragraph{Case $i = j$.} Here
\[ \frac{\partial q_i}{\partial s_j} = q_i (1 - q_i) \]
\subsection{The cases one by one}
\begin{itemize}
\item[$i \ne j$:] $\frac{\partial q_i}{\partial s_j} = -q_i q_j$
\item $i = j$: $\frac{\partial q_i}{\partial s_j} = q_i (1 - q_j)$
\item If $i \ne j$, $\frac{\partial q_i}{\partial s_j} = -q_i q_j$
\item the rest: $\frac{\partial q_i}{\partial s_j} = -q_i q_j$
\item $i = j$. In this case \[ \frac{\partial q_i}{\partial s_j} = q_i - q_i^2 \]
\end{itemize}
Off the diagonal, i.e.\ for $i \ne j$, $\frac{\partial q_i}{\partial s_j} = -q_i q_j$.
"""


def test_cases_and_items_of_a_latex_file_are_labels_too() -> None:
    report = check_document(Path("lecture.tex"), CheckOptions(), text=IN_TEX)
    judged = [finding.verdict for finding in report.findings if finding.verdict != "assumed"]

    assert judged == ["proved", "proved", "proved", "proved", "refuted", "proved", "proved"]


def test_a_function_that_is_said_to_be_an_unknown_one_leaves_open_what_follows() -> None:
    assert verdicts(f"With $\\varphi = \\psi$ we find {SLOPE}.")[-1] in {"undecided", "not-understood"}


def test_otherwise_may_stand_behind_what_it_is_said_of() -> None:
    text = f"For $i = j$ it is {DIAGONAL}, and {OFF} otherwise."

    assert verdicts(text) == ["proved", "proved"]
    assert verdicts(text.replace("i = j", "i \\ne j")) == ["refuted", "refuted"]


def test_one_number_may_be_set_for_several_names() -> None:
    model = LABELS.replace("log q_k',", "log q_k',\n  'F = H + \\alpha \\|w\\|^2 + \\beta v_1^\\top w',").replace(
        "c_n \\in", "\\alpha, \\beta, c_n \\in", 1
    )
    for formula, verdict in (("F = H", "proved"), (r"F = H + \|w\|^2", "refuted")):
        text = f"{model}For $\\alpha = \\beta = 0$ we have ${formula}$."
        report = check_document(Path("lecture.md"), CheckOptions(), text=text)
        assert [found.verdict for found in report.findings] == ["assumed", "assumed", verdict]


def test_a_condition_behind_a_semicolon_is_one_of_what_follows() -> None:
    text = f"When $i$ equals $j$, {DIAGONAL}; when $i$ does not equal $j$, {OFF}."

    assert verdicts(text) == ["proved", "proved"]
    assert verdicts(text.replace("equals", "exceeds")) == ["refuted", "proved"]


@pytest.mark.parametrize(
    "text",
    [
        "Only the term $m = i$ contributes to {}.",
        "In other words, $i = j$, and so {}.",
        "All terms with $m \\ne i$ vanish from {}.",
    ],
)
def test_which_terms_of_a_sum_are_left_is_no_condition(text: str) -> None:
    true = r"$\frac{\partial}{\partial t_i} \sum_m t_m s_{K,m} = s_{K,i}$"

    assert verdicts(text.format(true)) == ["proved"]
    assert verdicts(text.format(OFF)) == ["refuted"]


@pytest.mark.parametrize(
    "text",
    [
        "It is not the case that {}.",
        "It is false that {}.",
        "We do not have {} here.",
        "Es ist falsch, dass {}.",
        "Il est faux que {}.",
        "No es cierto que {}.",
        "Não é verdade que {}.",
        "Неверно, что {}.",
        "The formula {} is wrong.",
        "Here {} fails.",
        "So {} is not the case, as we saw.",
        "{} gilt nicht.",
        "{} no se cumple.",
    ],
)
def test_a_formula_that_its_sentence_denies_is_neither_proved_nor_refuted(text: str) -> None:
    for formula in (OFF, r"$\nabla_{s_K} E = q - t$"):
        (finding,) = found(text.format(formula))
        assert finding.verdict == "not-understood"
        assert finding.message == "its sentence says that this does not hold"


@pytest.mark.parametrize(
    "text",
    [
        "It is not true that {}",
        "A common mistake is to write {}",
        "Students often forget a factor: {}",
        "One might be tempted to claim {}",
        "The following is wrong: {}",
        "Ein häufiger Fehler ist {}",
        "Une erreur fréquente est d'écrire {}",
    ],
)
def test_a_display_that_its_sentence_denies_is_neither_proved_nor_refuted(text: str) -> None:
    for formula in (OFF, r"$\nabla_{s_K} E = q - t$"):
        assert verdicts(text.format(f"\n\n${formula}$\n")) == ["not-understood"]


@pytest.mark.parametrize(
    "lead",
    [
        "Ignoring the diagonal,",
        "Hence, neglecting the rare case of equal indices, we have",
        "Up to a constant factor,",
        "In the sparse case",
        "Without the diagonal entries",
        "For small inputs this is",
        "Approximately,",
        "Vernachlässigt man die Diagonale, so gilt",
        "Sans les termes diagonaux,",
        "A menos de una constante,",
        "Пренебрегая диагональю, получаем",
    ],
)
def test_a_formula_of_which_its_sentence_leaves_something_out_is_not_refuted(lead: str) -> None:
    assert verdicts(f"{lead} {OFF}.") == ["undecided"]
    assert verdicts(f"{lead}\n\n${OFF}$\n") == ["undecided"]
    assert verdicts(lead + r" $\nabla_{s_K} E = q - t$.") == ["proved"]


@pytest.mark.parametrize(
    "lead", ["Without loss of generality,", "In the following case study,", "In the general case", "Now we drop in"]
)
def test_words_that_leave_nothing_out_do_not_save_a_false_formula(lead: str) -> None:
    assert verdicts(f"{lead} {OFF}.") == ["refuted"]


@pytest.mark.parametrize(
    "lead",
    ["If $x$ is small,", "If $A_1$ were orthogonal,", "Assume that $c_k$ vanishes. Then", "Wenn $x$ konstant ist,"],
)
def test_what_is_supposed_of_a_value_in_words_refutes_nothing(lead: str) -> None:
    assert verdicts(f"{lead} we have {OFF}.") == ["undecided"]


@pytest.mark.parametrize("lead", ["If $x$ is a vector,", "If $x$ is the input of the network,"])
def test_what_kind_of_thing_a_name_is_does_not_save_a_false_formula(lead: str) -> None:
    assert verdicts(f"{lead} we have {OFF}.") == ["refuted"]


@pytest.mark.parametrize("lead", ["The forget gates receive", "Forget bias:", "The forget-gate activations have"])
def test_gates_that_are_called_after_forgetting_deny_nothing(lead: str) -> None:
    (true,), (false,) = (found(f"{lead} {formula}") for formula in (r"$\nabla_{s_K} E = q - t$", OFF))

    assert (true.verdict, false.verdict) == ("proved", "refuted")


def test_a_formula_that_stands_beside_a_denied_one_is_judged() -> None:
    text = f"It is false that {OFF}; rather " + r"$\nabla_{s_K} E = q - t$."

    assert verdicts(text) == ["not-understood", "proved"]


def test_units_that_are_written_out_are_all_there_are_where_the_text_counts_them() -> None:
    formula = "$q_1 + q_2 = 1$"

    assert verdicts(f"The shares sum to one: {formula}.") == ["undecided"]
    assert verdicts(f"For two classes this is {formula}.") == ["proved"]
    assert verdicts(f"For two classes this is {formula.replace('+', '-')}.") == ["refuted"]


def test_a_condition_behind_a_comma_may_be_one_of_what_follows() -> None:
    text = f"Für $i \\ne j$ ist {OFF}, für $i = j$ dagegen {DIAGONAL}."

    assert verdicts(text) == ["proved", "proved"]
    assert verdicts(text.replace("i = j", "i < j")) == ["proved", "refuted"]
    assert verdicts(f"It is {OFF} for $i \\ne j$, and {DIAGONAL} for $i = j$.") == ["proved", "proved"]


def test_a_formula_is_not_refuted_that_holds_in_the_case_which_its_paragraph_speaks_of() -> None:
    text = f"When $i \\ne j$ the numerator is constant. By the quotient rule it is {OFF}."

    assert verdicts(text) == ["undecided"]
    assert verdicts(text.replace("\\ne", "=")) == ["refuted"]
    assert verdicts(text.replace("By the", "In general, by the")) == ["refuted"]


def test_rows_of_a_table_are_cases() -> None:
    rows = f"| case | slope |\n|---|---|\n| $i = j$ | {DIAGONAL} |\n| $i \\ne j$ | {OFF} |"

    assert verdicts(rows) == ["proved", "proved"]
    assert verdicts(rows.replace("=", "<", 1)) == ["refuted", "proved"]


@pytest.mark.parametrize("words", [", not ", "; und nicht ", " (not ", ", mais pas "])
def test_what_is_said_beside_a_formula_not_to_be_so_is_no_claim(words: str) -> None:
    true, false = (rf"$\frac{{\partial H}}{{\partial z_k}} = {side}$" for side in ("q_k - y_k", "q_k"))
    text = f"{LABELS}We have {true}{words}{false}."
    report = check_document(Path("lecture.md"), CheckOptions(), text=text)
    assert [found.verdict for found in report.findings] == ["proved", "not-understood"]


SLOPES = r"""<!-- derive:model
name = "one unit"
forward = ['s = w^\top x + b', 'm = \mathrm{ReLU}(s)', 'q = \mathrm{softplus}(s)', 'L = \max(0, 1 - y s)']
shapes = ['w, x \in \mathbb{R}^d', 's, b, y \in \mathbb{R}']
-->

"""


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("For positive $s$ we have {}.", "proved"),
        ("For negative $s$ we have {}.", "refuted"),
        ("If $s$ is positive, {}.", "proved"),
        ("Wenn $s$ negativ ist, gilt {}.", "refuted"),
        ("Ist $s$ positiv, so gilt {}.", "proved"),
        ("Ist $s$ negativ, so gilt {}.", "refuted"),
        ("{} for positive $s$.", "proved"),
        ("{} for negative $s$.", "refuted"),
        ("{} if $s$ is positive.", "proved"),
        ("{} wenn $s$ negativ ist.", "refuted"),
        ("{} on the positive side.", "undecided"),
        ("In the active region {}.", "undecided"),
        ("Bei positiven Beispielen gilt {}.", "undecided"),
        ("Wherever the unit is active, {}.", "undecided"),
        ("Pour $s$ positif, on a {}.", "proved"),
        ("При отрицательных $s$ имеем {}.", "refuted"),
    ],
)
def test_the_sign_of_a_letter_in_words_is_a_condition(text: str, verdict: str) -> None:
    text = SLOPES + text.format(r"$\frac{dm}{ds} = 1$")
    report = check_document(Path("lecture.md"), CheckOptions(), text=text)

    assert [found.verdict for found in report.findings if found.verdict != "assumed"] == [verdict]


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\frac{\partial L}{\partial s} = -y \quad \text{if } y s < 1", "proved"),
        (r"\frac{\partial L}{\partial s} = -y \quad \text{if } y s > 1", "refuted"),
        (r"\frac{\partial L}{\partial s} = 0 \quad \text{if } y s > 1", "proved"),
    ],
)
def test_a_product_may_be_bounded_by_a_condition(formula: str, verdict: str) -> None:
    report = check_document(Path("lecture.md"), CheckOptions(), text=f"{SLOPES}$${formula}$$")

    assert report.findings[0].verdict == verdict


def test_a_new_letter_is_the_function_that_the_words_behind_a_formula_say() -> None:
    text = SLOPES + (
        r"$\frac{dq}{ds} = \rho(s)$, where $\rho$ is the logistic function. So $\frac{dq}{ds} = 1 - \rho(-s)$. "
        r"It is not so that $\frac{dq}{ds} = \rho(-s)$, and $\frac{dm}{ds} = \rho(s)$ is no better."
    )
    report = check_document(Path("lecture.md"), CheckOptions(), text=text)
    judged = [finding.verdict for finding in report.findings if finding.verdict != "assumed"]

    assert judged == ["proved", "proved", "refuted", "refuted"]


def test_a_slope_that_is_0_in_the_function_that_the_text_names_is_no_equation_to_be_solved() -> None:
    text = (
        r"With the rectifier, $\varphi(z) = \max(0, z)$, we have for $s_{k,i} < 0$"
        + "\n\n"
        + r"$$\frac{\partial u_{k,i}}{\partial s_{k,i}} = 0$$"
    )
    report = check_document(Path("lecture.md"), CheckOptions(), text=LAYERS + text)
    assert report.findings[-1].verdict == "proved"


@pytest.mark.parametrize("condition", [r"\frac{q_1}{q_2} < 1", r"\sqrt{q_1} > q_2"])
def test_what_a_sentence_says_of_values_that_cannot_be_put_in_is_not_dropped(condition: str) -> None:
    (finding,) = found(f"If ${condition}$, then {OFF}.")
    assert finding.verdict == "undecided"


@pytest.mark.parametrize(
    "text",
    [
        r"Si $\varphi$ est la fonction logistique, alors {}.",
        r"Pour la fonction logistique $\varphi$, on a {}.",
        r"For the logistic function $\varphi$ we have {}.",
        r"With a sigmoid $\varphi$, {}.",
        r"Si $\varphi$ es la función logística, entonces {}.",
        r"Se $\varphi$ è la funzione logistica, allora {}.",
    ],
)
def test_a_function_may_be_named_before_its_letter_and_in_other_languages(text: str) -> None:
    assert verdicts(text.format(SLOPE)) == ["proved"]


def test_a_function_with_an_elided_article_is_named() -> None:
    claim = r"$\frac{\partial u_{k,i}}{\partial s_{k,i}} = 1$"
    assert verdicts(rf"Si $\varphi$ est l'identité, alors {claim}.") == ["proved"]


@pytest.mark.parametrize("said", ["If $\\varphi$ is odd, then", "Si $\\varphi$ est impaire, alors"])
def test_what_a_sentence_supposes_of_a_function_in_unknown_words_refutes_nothing(said: str) -> None:
    assert verdicts(f"{said} {SLOPE}.") == ["undecided"]
    assert verdicts(f"The activation $\\varphi$ is smooth, and {SLOPE}.") == ["refuted"]
