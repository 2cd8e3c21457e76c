"""What a table says of shapes, sums over repeated indices, ranges of units; gradients of unread losses."""

from __future__ import annotations

from pathlib import Path

import pytest
from verdicts import last

from derive.check import CheckOptions, check_document

SUMMED = r"""{convention} A unit has $r_b = K_{{ba}} p_a + c_b$ with $a = 1, \dots, A$ and $b = 1, \dots, B$, then
$s_b = f(r_b)$ with a differentiable function $f$, and $q_d = M_{{db}} s_b$ for $d = 1, \dots, D$. With targets $t_d$
the error is $F = \frac12 (q_d - t_d)(q_d - t_d)$.
"""
STATED = "We sum over repeated indices."
CONVENTIONS = [
    STATED,
    "Einstein's summation convention is in force.",
    "Über doppelt auftretende Indizes wird summiert.",
    "Selon la convention d'Einstein, on omet les signes.",
    "On somme sur tout indice répété.",
    "Se suma sobre los índices repetidos.",
    "По повторяющимся индексам подразумевается суммирование.",
]
TABLE = r"""
{rows}

The layer computes $Y = X A + c$ and $H = \tanh(Y)$; the loss $F$ is a function of $H$.

"""
MARKDOWN = r"""| name | what | size |
|:--|--|--|
| $X$ | data | $m \times p$ |
| $A$ | weights | $p \times q$ |
| $c$ | offset | $m \times q$ |
"""
PAIRS = r"""| array | shape |
|---|---|
| $X$ | $(m, p)$ |
| $A$ | $(p, q)$ |
| $c$ | $(m, q)$ |
"""
LATEX = r"""\begin{tabular}{ll}
\hline
name & dimension \\ \hline
$X$ & $m \times p$ \\
$A$ & $p \times q$ \\
$c$ & $m \times q$ \\
\hline
\end{tabular}
"""
OPEN = r"""Let $X \in \mathbb{R}^{m \times p}$, $A \in \mathbb{R}^{p \times q}$ and $Y = X A$, $H = \tanh(Y)$. We write
$dM$ for $\partial F / \partial M$, whatever $M$ is, where $F = \frac{1}{m} \sum_i Q_{i}(H_i, \mathcal{F}) + \Re(A)$.

"""


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_convention_in_words_puts_sums_into_what_a_text_defines(convention: str) -> None:
    text = SUMMED.format(convention=convention)
    assert last(rf"{text} $$\frac{{\partial F}}{{\partial s_b}} = (q_d - t_d) M_{{db}}$$") == "proved"
    assert last(rf"{text} $$\frac{{\partial F}}{{\partial s_b}} = (q_d - t_d) M_{{bd}}$$") == "refuted"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"q_d = \sum_b M_{db} s_b", "proved"),
        (r"\frac{\partial F}{\partial r_b} = (q_d - t_d) M_{db} f'(r_b)", "proved"),
        (r"\frac{\partial F}{\partial r_b} = (q_d - t_d) M_{db} f'(s_b)", "refuted"),
        (r"\frac{\partial F}{\partial p_a} = (q_d - t_d) M_{db} f'(r_b) K_{ba}", "proved"),
        (r"\frac{\partial F}{\partial p_a} = (q_d - t_d) M_{db} K_{ba}", "refuted"),
        (r"\frac{\partial r_b}{\partial K_{de}} = \delta_{bd} p_e", "proved"),
    ],
)
def test_an_index_of_the_left_side_is_not_summed_over(latex: str, verdict: str) -> None:
    assert last(rf"{SUMMED.format(convention=STATED)} $${latex}$$") == verdict


def test_an_index_that_stands_twice_is_no_fixed_one_where_no_convention_is_said() -> None:
    text = SUMMED.format(convention="")
    assert last(rf"{text} $$r_b = \sum_{{a=1}}^A K_{{ba}} p_a + c_b$$") == "not-understood"
    assert last(rf"{text} $$\frac{{\partial r_b}}{{\partial p_a}} = 0$$") == "not-understood"


@pytest.mark.parametrize("rows", [MARKDOWN, PAIRS, LATEX], ids=["words", "pairs", "latex"])
def test_a_table_says_shapes(rows: str) -> None:
    text = TABLE.format(rows=rows)
    assert last(rf"{text} $$\frac{{\partial F}}{{\partial A}} = X^T \frac{{\partial F}}{{\partial Y}}$$") == "proved"
    assert last(rf"{text} $$\frac{{\partial F}}{{\partial A}} = \frac{{\partial F}}{{\partial Y}} X^T$$") == "refuted"


@pytest.mark.parametrize("latex", [r"dY = dH \odot (1 - H^2)", r"dH = dY \odot (1 - H^2)", "dX = dY A^T", "dY = X dA"])
def test_the_gradient_of_a_loss_that_is_not_read_is_no_differential(latex: str) -> None:
    assert last(rf"{OPEN} $${latex}$$") == "not-understood"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial E}{\partial w_{uv}} = \sum_{i=0}^{R-r} \sum_{j=0}^{S-r} \delta_{ij} p_{i+u, j+v}", "proved"),
        (r"\frac{\partial E}{\partial w_{uv}} = \sum_{i=0}^{R-r} \sum_{j=0}^{S-r} \delta_{ij} p_{i, j}", "refuted"),
        (r"\delta_{ij} = \frac{\partial E}{\partial g_{ij}} (1 - g_{ij}^2)", "proved"),
        (r"\delta_{ij} = \frac{\partial E}{\partial g_{ij}} (1 - f_{ij}^2)", "refuted"),
    ],
)
def test_units_may_count_from_zero_and_a_letter_counts_as_in_what_a_name_is_computed_from(
    latex: str, verdict: str
) -> None:
    text = r"""A picture $p \in \mathbb{R}^{R \times S}$ has the pixels $p_{ij}$, $0 \le i \le R-1$, $0 \le j \le S-1$.
The filter $w \in \mathbb{R}^{r \times r}$ gives
$$f_{ij} = \sum_{u=0}^{r-1} \sum_{v=0}^{r-1} w_{uv} p_{i+u, j+v}$$
for $0 \le i \le R-r$ and $0 \le j \le S-r$, and $g_{ij} = \tanh(f_{ij})$. The loss is any differentiable function $E$
of the activations $g$. Let $\delta_{ij} = \frac{\partial E}{\partial f_{ij}}$."""
    assert last(f"{text} $${latex}$$") == verdict


GATES = r"""The gate is $g_t = \sigma(A_g p_t + B_g q_{t-1})$, the state $q_t = g_t \odot \tanh(A_q p_t + B_q q_{t-1})$
for $t = 1, \dots, T$. Here $p_t \in \mathbb{R}^d$, $q_t \in \mathbb{R}^n$, the $A$'s are $n \times d$ and the $B$'s are
$n \times n$, and $\sigma$ is the logistic function. The loss $E$ depends on $q_T$."""
UNITS = r"""Users $u = 1, \dots, U$ and items $i = 1, \dots, I$ have vectors $a_u, b_i \in \mathbb{R}^k$, so that
$s_{ui} = m + a_u^\top b_i$. The cost is $C = \frac12 \sum_{u=1}^U \sum_{i=1}^I (s_{ui} - r_{ui})^2$."""


@pytest.mark.parametrize(
    ("text", "latex", "verdict"),
    [
        (GATES, r"\nabla_{A_g} E = \sum_{t=1}^T p_t (\nabla_{g_t} E)^\top", "refuted"),
        (UNITS, r"\frac{\partial C}{\partial m} = \sum_{u=1}^U \sum_{i=1}^I (s_{ui} - r_{ui})", "proved"),
        (
            UNITS,
            r"\frac{\partial C}{\partial m} = \frac{1}{U I} \sum_{u=1}^U \sum_{i=1}^I (s_{ui} - r_{ui})",
            "refuted",
        ),
    ],
    ids=["plural", "both sizes", "a size called I"],
)
def test_letters_in_the_plural_and_a_size_called_as_the_identity(text: str, latex: str, verdict: str) -> None:
    assert last(f"{text} $${latex}$$") == verdict


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (r"The data $= X \in \mathbb{R}^{n \times d}$ are given.", "proved"),
        (r"The data matrix $X \in \mathbb{R}^{n \times d}$ is given.", "proved"),
        (r"We know $n$, the data $= X$.", "proved"),
    ],
)
def test_an_equality_sign_behind_a_noun_goes_on_from_nothing(words: str, verdict: str) -> None:
    text = rf"""Let $a \in \mathbb{{R}}^n$ and $s = \frac{{1}}{{n}} \sum_{{i=1}}^n a_i$, over all $n$. {words}"""
    found = check_document(
        Path("a.md"), CheckOptions(mends=False), text=rf"{text} $$\frac{{\partial s}}{{\partial a_i}} = \frac1n$$"
    )
    assert found.findings[-1].verdict == verdict
    assert not any(finding.verdict == "refuted" for finding in found.findings)


LINEAR = r"""A unit computes $a = W x + b$ and $z = h(a)$ with $W \in \mathbb{R}^{m \times d}$ and a differentiable
function $h$; the output is $y = V z$ with $V \in \mathbb{R}^{k \times m}$ and the error is $E = \frac12 \|y - t\|^2$.

## Special cases

If the function is linear, $h(a) = a$, then
$$y = V W x + V b.$$

## Gradients

"""


def test_what_a_sentence_supposes_defines_nothing_anew() -> None:
    assert last(rf"{LINEAR} $$\nabla_a E = (V^\top (y - t)) \odot h'(a)$$") == "proved"
    assert last(rf"{LINEAR} $$\nabla_a E = V^\top (y - t)$$") == "refuted"


OPEN_LOSS = r"""The mean is $\mu = \frac1m \sum_{i=1}^m x_i$ and $v = \frac1m \sum_{i=1}^m (x_i - \mu)^2$; with
$y_i = x_i / \sqrt{v}$ the loss is $L$."""


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial v}{\partial x_i} = 2 (x_i - \mu)", "refuted"),
        (r"\frac{\partial v}{\partial x_i} = \frac{2}{m} (x_i - \mu)", "proved"),
        (r"\frac{\partial L}{\partial y_i} = y_i", "undecided"),
    ],
)
def test_what_does_not_speak_of_an_open_loss_fails_whatever_it_is(latex: str, verdict: str) -> None:
    assert last(f"{OPEN_LOSS} $${latex}$$") == verdict


@pytest.mark.parametrize(
    ("words", "verdict"), [("Without the transpose", "refuted"), ("Without the penalty", "undecided")]
)
def test_a_formula_may_lack_a_transpose_as_no_network_does(words: str, verdict: str) -> None:
    text = r"Let $W \in \mathbb{R}^{n \times n}$, $y = W x$ and $E = \frac12 \|y - t\|^2$."
    assert last(rf"{text} {words}, we would get $$\nabla_x E = W (y - t)$$") == verdict


def test_a_batch_size_in_a_table_is_no_shape() -> None:
    text = r"""| name | batch size |
|---|---|
| $N$ | $32$ |

With $w, x_n \in \mathbb{R}^d$ the cost is $C = \frac{1}{N} \sum_{n=1}^N (w^\top x_n)^2$."""
    assert last(rf"{text} $$\frac{{\partial C}}{{\partial w}} = \frac2N \sum_{{n=1}}^N (w^\top x_n) x_n$$") == "proved"
