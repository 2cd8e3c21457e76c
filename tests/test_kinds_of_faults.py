"""Mutations of true formulas, kind by kind: what is false by one is never proved or assumed, and what only says the
same in another way is never refuted."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

SOFTMAX = r"""<!-- derive:model
forward = ['p = \mathrm{softmax}(s)', 'L = \ell(p)']
shapes = ['s, p \in \mathbb{R}^{n}']
[functions]
'\mathrm{softmax}' = "softmax"
'\ell' = "any scalar"
-->
"""
MOMENTS = r"""<!-- derive:model
forward = [
  'u_j(n) = \sum_{i=1}^{m} w_{ji}(n) x_i(n)',
  'y_j(n) = \phi(u_j(n))',
  'E(n) = \frac12 \sum_{j=1}^{q} (y_j(n) - d_j(n))^2',
]
shapes = [
  'x(n) \in \mathbb{R}^{m}', 'u(n), y(n), d(n) \in \mathbb{R}^{q}',
  'w(n) \in \mathbb{R}^{q \times m}', 'E(n) \in \mathbb{R}',
]
[functions]
'\phi' = "any"
-->
"""
OFF = r"$\frac{\partial p_j}{\partial s_t} = -p_j p_t$"
"""What holds for j ≠ t only."""


def verdicts(model: str, text: str, suffix: str = ".md") -> list[str]:
    """Return the verdicts of the equations of a text; its conditions are assumed."""
    report = check_document(Path(f"kinds{suffix}"), CheckOptions(mends=False), text=f"{model}\n{text}\n")
    return [found.verdict for found in report.findings]


def judged(model: str, text: str) -> set[str]:
    """Return the verdicts of a text but for its conditions."""
    return set(verdicts(model, text)) - {"assumed"}


@pytest.mark.parametrize(
    "text",
    [
        f"As soon as one leaves $t = j$, {OFF}.",
        f"Once we leave $t = j$, we have {OFF}.",
        f"As long as $j = t$ does not hold, {OFF}.",
        f"The case $j = t$ aside, {OFF}.",
        f"Leaving the case $j = t$ aside, {OFF}.",
        f"{OFF}, $t = j$ excepted.",
        f"{OFF} (with $t = j$ excluded).",
        f"{OFF} if $t = j$ is violated.",
        rf"Unless $t \ne j$ fails, {OFF}.",
        f"Wenn $t = j$ nicht gilt, ist {OFF}.",
        f"Den Fall $t = j$ ausgenommen, gilt {OFF}.",
        f"Le cas $t = j$ mis à part, on a {OFF}.",
    ],
)
def test_a_condition_that_is_left_out_or_does_not_hold_is_turned(text: str) -> None:
    assert judged(SOFTMAX, text) == {"proved"}


@pytest.mark.parametrize(
    "text",
    [
        rf"Even if $t \ne j$ fails, {OFF}.",
        rf"If $t \ne j$ does not hold, {OFF}.",
        rf"{OFF} ($t \ne j$ excluded).",
        rf"{OFF} if $t \neq j$ is violated.",
        f"Unless $t = j$ fails, {OFF}.",
        rf"The case $j \ne t$ aside, {OFF}.",
        rf"Wenn $t \ne j$ nicht gilt, ist {OFF}.",
        r"As long as $j = t$ does not hold, $\frac{\partial p_j}{\partial s_t} = p_j (1 - p_t)$.",
        r"$\frac{\partial p_j}{\partial s_t} = p_j (1 - p_t)$, $t = j$ excepted.",
    ],
)
def test_what_holds_only_where_the_text_says_that_it_does_not_is_never_proved(text: str) -> None:
    assert "proved" not in verdicts(SOFTMAX, text)
    assert judged(SOFTMAX, text)


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j(n) - d_j(n)",
        r"\frac{\partial E(t)}{\partial y_j(t)} = y_j(t) - d_j(t)",
        r"\frac{\partial E}{\partial y_j} = y_j - d_j",
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j - d_j",
    ],
)
def test_a_model_at_one_moment_is_read_at_any_one(formula: str) -> None:
    assert verdicts(MOMENTS, f"$${formula}$$") == ["proved"]


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j(n) - d_j(n-1)",
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j(t) - d_j(n)",
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j(0) - d_j(0)",
        r"\frac{\partial E}{\partial y_j} = y_j(0) - d_j",
        r"y_j(n) = \phi(u_j(n+1))",
        r"y_j = y_j(n-1)",
    ],
)
def test_another_moment_is_never_taken_for_the_same(formula: str) -> None:
    assert verdicts(MOMENTS, f"$${formula}$$") == ["not-understood"]


@pytest.mark.parametrize("suffix", [".md", ".tex"])
@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\def\v{p} \frac{\partial L}{\partial \v} = \nabla_p L", "proved"),
        (r"{\def\v{p} \frac{\partial L}{\partial \v} = \nabla_p L}", "proved"),
        (r"{\def\v{p}} \frac{\partial L}{\partial \v} = \nabla_p L", "not-understood"),
        (r"\begingroup\def\v{p}\endgroup \frac{\partial L}{\partial \v} = \nabla_p L", "not-understood"),
        (r"\frac{\partial L}{\partial \v} = \nabla_p L \def\v{p}", "not-understood"),
        (r"\def\v{s} \frac{\partial L}{\partial \v} \def\v{p} = \nabla_\v L", "not-understood"),
    ],
)
def test_a_macro_holds_where_tex_has_it_and_nowhere_else(formula: str, verdict: str, suffix: str) -> None:
    model = SOFTMAX
    if suffix == ".tex":
        body = SOFTMAX.removeprefix("<!-- derive:model\n").removesuffix("-->\n")
        model = "% derive:model\n" + "".join(f"% {line}\n" for line in body.splitlines()) + "% derive:end\n"
    assert verdicts(model, f"$${formula}$$", suffix) == [verdict]


LAYERS = r"""<!-- derive:model
forward = [
  'a^0 = x', 'z^l = w^l a^{l-1} \quad (1 \le l \le L)', 'a^l = \phi(z^l) \quad (1 \le l \le L)',
  'C = \ell(a^L)',
]
shapes = ['w^l \in \mathbb{R}^{n_l \times n_{l-1}}', 'a^l, z^l \in \mathbb{R}^{n_l}', 'x \in \mathbb{R}^{n_0}']
[functions]
'\phi' = "any"
'\ell' = "any scalar"
-->
"""
LAST = r"\nabla_{z^l} C = \nabla_{a^L} C \odot \phi'(z^L)"
FIRST = r"\frac{\partial C}{\partial w^l} = \nabla_{z^l} C\, x^T"


@pytest.mark.parametrize(
    "formula",
    [
        *(rf"{LAST} \quad ({said})" for said in (r"l \geqq L", "l > L-1", r"L \le l \le L", r"l \nless L")),
        *(rf"{FIRST} \quad ({said})" for said in (r"l \le 1", "l < 2", r"1 \le l \le 1", r"0 < l \leqslant 1")),
    ],
)
def test_a_range_of_one_value_is_that_value(formula: str) -> None:
    assert verdicts(LAYERS, f"$${formula}$$") == ["proved"]


@pytest.mark.parametrize(
    "formula",
    [
        *(rf"{LAST} \quad ({said})" for said in (r"l \geqq L-1", "l < L", r"L - 1 \le l \le L", r"l \ngtr L")),
        *(rf"{FIRST} \quad ({said})" for said in (r"l \le 2", r"l > 1", r"1 \le l \le 2")),
    ],
)
def test_a_range_of_several_values_is_none_of_them(formula: str) -> None:
    assert verdicts(LAYERS, f"$${formula}$$") == ["refuted"]


KL = r"""<!-- derive:model
forward = ['K = \frac12 \sum_{i=1}^{n} (\mu_i^2 + \tau_i^2 - 1 - \log \tau_i^2)']
shapes = ['\mu, \tau \in \mathbb{R}^n']
assume = ['\tau_i > 0']
-->
"""


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$$\frac{\partial K}{\partial \tau_i} = 0 \Rightarrow \tau_i = 1$$", "proved"),
        (r"$$\frac{\partial K}{\partial \mu_i} = 0 \Rightarrow \mu_i = 0$$", "proved"),
        (r"$$\frac{\partial K}{\partial \tau_i} = 0 \Rightarrow \tau_i = 2$$", "undecided"),
        (r"$$\frac{\partial K}{\partial \mu_i} = 0 \Rightarrow \mu_i = 1$$", "undecided"),
        (r"Setting $\frac{\partial K}{\partial \tau_i} = 0$ we get $\tau_i = 0.5$.", "undecided"),
    ],
)
def test_a_number_that_solves_an_equation_is_put_into_it(text: str, verdict: str) -> None:
    assert verdicts(KL, text) == ["assumed", verdict]


def test_a_number_for_another_name_is_that_of_an_example() -> None:
    assert verdicts(KL, r"$$\frac{\partial K}{\partial \tau_i} = 0$$ In an example $\mu_1 = 2$.") == ["assumed"] * 2


@pytest.mark.parametrize("formula", [r"p_j = \frac12", r"p_1 = 1", r"K = \log 2", r"e_j = 1"])
def test_a_number_for_what_the_network_computes_is_no_example_where_nothing_sets_the_inputs(formula: str) -> None:
    model = SOFTMAX.replace("[functions]", "where = ['K = -\\log p_1', 'e_j = 2 p_j']\n[functions]")
    assert verdicts(model, f"$${formula}$$") == ["not-understood"]


@pytest.mark.parametrize(
    "text",
    [
        r"Let $s_1 = 0$ and $s_2 = 0$. Then $p_1 = 1/2$.",
        r"For $s = (0, 0)^\top$ we have $p_1 = 1/2$.",
        r"Suppose that $p_1 = 1$.",
        r"Here $p_1 = 0.73$, and so on.",
    ],
)
def test_numbers_of_an_example_claim_nothing(text: str) -> None:
    assert set(verdicts(SOFTMAX, text)) <= {"assumed", "undecided"}


def test_a_number_that_holds_always_is_proved() -> None:
    assert verdicts(SOFTMAX, "We take $n = 1$. Then $p_1 = 1$.") == ["assumed", "proved"]
    assert "proved" not in verdicts(SOFTMAX, "We take $n = 1$. Then $p_1 = 0$.")


def test_a_second_derivative_is_not_0_because_a_first_one_was_set_to_0() -> None:
    model = KL.replace("(\\mu_i^2 +", "(\\mu_i^2 \\tau_i +")
    said = r"$$\frac{\partial K}{\partial \mu_i} = 0$$ $$\frac{\partial^2 K}{\partial \mu_i \partial \tau_i} = 0$$"
    assert verdicts(model, said) == ["assumed", "refuted"]


CAUSAL = r"""<!-- derive:model
forward = [
  'P_{ij} = \frac{\exp(S_{ij})}{\sum_{q=1}^{i} \exp(S_{iq})} \quad (1 \le i \le n, 1 \le j \le i)',
  'A_{ij} = \frac{\exp(S_{ij})}{\sum_{q=1}^{n} \exp(S_{iq})} \quad (1 \le i \le n, 1 \le j \le n)',
]
shapes = ['S, P, A \in \mathbb{R}^{n \times n}']
-->
"""


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\sum_{j \le i} P_{ij} = 1", "proved"),
        (r"1 = \sum_{j \leqq i} P_{ij}", "proved"),
        (r"\sum_{i \ge j} P_{ij} = n", "proved"),  # over both
        (r"\sum_{j=1}^i P_{ij} = 1", "proved"),
        (r"\sum_{j \ne i} A_{ij} = 1 - A_{ii}", "proved"),
        (r"\sum_{j < i} P_{ij} = 1", "refuted"),
        (r"\sum_{j \le i} A_{ij} = 1", "refuted"),
        (r"\sum_{j \ne i} A_{ij} = 1", "refuted"),
        (r"\sum_{i \ne j} A_{ij} = n - 1", "refuted"),
    ],
)
def test_a_sum_that_compares_two_letters_is_over_both_or_over_the_first(formula: str, verdict: str) -> None:
    assert verdicts(CAUSAL, f"$${formula}$$") == [verdict]


@pytest.mark.parametrize(
    "text",
    [
        "Nous n'avons pas {}.",
        "Nicht etwa {} ist richtig.",
        "Wir haben nicht {}.",
        "Nobody would claim that {}.",
        "No tenemos {}.",
        "By no means {}.",
    ],
)
def test_what_a_sentence_denies_is_not_understood(text: str) -> None:
    true, false = (rf"$\sum_j p_j = {value}$" for value in ("1", "2"))
    assert verdicts(SOFTMAX, text.format(true)) == verdicts(SOFTMAX, text.format(false)) == ["not-understood"]
    assert verdicts(SOFTMAX, f"We have {true}.") == ["proved"]


SUM = r"""<!-- derive:model
forward = ['c = \sum_{k=1}^n k\, x_k', 'E = c^2']
shapes = ['x \in \mathbb{R}^n']
-->
"""


def test_a_formula_of_another_size_than_the_text_takes_is_not_proved() -> None:
    three, four = "$c = x_1 + 2 x_2 + 3 x_3$", "$c = x_1 + 2 x_2 + 3 x_3 + 4 x_4$"

    assert judged(SUM, f"We take $n = 3$. Then {three}.") == {"proved"}
    assert "proved" not in verdicts(SUM, f"We take $n = 3$. Then {four}.")
    assert judged(SUM, f"We take $n = 4$. Then {four}.") == {"proved"}
