"""Recursions from a declared start, parts of definitions under a name with an index, members of families, new names."""

from __future__ import annotations

import pytest
from verdicts import last

BLOCKS = r"""The input is $p_0 \in \mathbb{R}^n$, and each block adds $p_l = p_{l-1} + B_l \tanh(A_l p_{l-1})$ for
$l = 1, \dots, L$, where $A_l \in \mathbb{R}^{m \times n}$ and $B_l \in \mathbb{R}^{n \times m}$. The loss is
$F = \frac12 \|p_L - q\|^2$, and $r_l = A_l p_{l-1}$."""
GATE = r"""An expert says $e_k = v_k^\top x$, its weight is
$$g_k = \frac{\exp(u_k^\top x)}{\sum_{j=1}^K \exp(u_j^\top x)}$$
where $x, u_k, v_k \in \mathbb{R}^n$. The output is $y = \sum_{k=1}^K g_k e_k$, with the logits
$a_k = u_k^\top x$."""
SAMPLES = r"""Let $c \in \mathbb{R}^d$ be a word, $p_o \in \mathbb{R}^d$ its neighbour and
$p_1, \dots, p_K \in \mathbb{R}^d$ WHAT. The loss is $J = -p_o^\top c + \sum_{k=1}^K p_k^\top p_k \, p_k^\top c$."""
ROWS = r"""Let $w_1, \dots, w_V \in \mathbb{R}^d$ and $h \in \mathbb{R}^d$, $s_i = w_i^\top h$ and
$L = \sum_{i=1}^V s_i^2$. NAME, then"""
ERRORS = r"""Let $x_i \in \mathbb{R}^k$, $z_j \in \mathbb{R}^k$ for $i = 1, \dots, m$ and $j = 1, \dots, n$, and
$e_{ij} = r_{ij} - x_i^\top z_j$, $J = \frac12 \sum_{i=1}^m \sum_{j=1}^n e_{ij}^2$. Let $E$ be the matrix of the errors
$e_{ij}$."""


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (
            r"\nabla_{p_{l-1}} F = \nabla_{p_l} F + A_l^\top ((1 - \tanh^2(r_l)) \odot (B_l^\top \nabla_{p_l} F))",
            "proved",
        ),
        (r"\nabla_{p_{l-1}} F = A_l^\top ((1 - \tanh^2(r_l)) \odot (B_l^\top \nabla_{p_l} F))", "refuted"),
        (r"\nabla_{p_L} F = p_L - q", "proved"),
        (r"\nabla_{p_L} F = q - p_L", "refuted"),
    ],
)
def test_a_shape_that_is_said_of_the_first_step_is_that_of_each(latex: str, verdict: str) -> None:
    assert last(f"{BLOCKS} $${latex}$$") == verdict


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial y}{\partial a_k} = g_k (e_k - y)", "proved"),
        (r"\frac{\partial y}{\partial a_k} = g_k (y - e_k)", "refuted"),
        (r"\frac{\partial g_k}{\partial a_j} = g_k (\delta_{kj} - g_j)", "proved"),
    ],
)
def test_a_product_that_a_text_differentiates_by_is_computed_through_under_each_index(latex: str, verdict: str) -> None:
    assert last(f"{GATE} $${latex}$$") == verdict


def test_a_neighbour_is_none_of_the_negative_samples_and_may_be_one_of_other_vectors() -> None:
    formula = r"$$\frac{\partial J}{\partial p_o} = -c$$"
    assert last(f"{SAMPLES.replace('WHAT', 'those of negative samples')} {formula}") == "proved"
    assert last(f"{SAMPLES.replace('WHAT', 'those of all words')} {formula}") == "not-understood"


@pytest.mark.parametrize(
    "name",
    [
        r"If $W$ is the $V \times d$ matrix whose rows are the $w_i^\top$",
        r"If $W$ denotes the matrix with rows $w_i^\top$",
        r"Let $W$ be the matrix with the rows $w_i^\top$",
    ],
)
def test_a_new_name_may_be_given_with_if(name: str) -> None:
    assert last(rf"{ROWS.replace('NAME', name)} $$\nabla_h L = 2 W^\top s$$") == "proved"
    assert last(rf"{ROWS.replace('NAME', name)} $$\nabla_h L = 2 W s$$") == "refuted"


def test_words_say_of_which_entries_a_matrix_is() -> None:
    assert last(rf"{ERRORS} $$\frac{{\partial J}}{{\partial x_i}} = -\sum_{{j=1}}^n E_{{ij}} z_j$$") == "proved"
    assert last(rf"{ERRORS} $$\frac{{\partial J}}{{\partial x_i}} = \sum_{{j=1}}^n E_{{ij}} z_j$$") == "refuted"


RECURRENT = r"""Let $q_t = \tanh(A q_{t-1} + B p_t)$ for $t = 1, \dots, T$ with $q_t \in \mathbb{R}^n$ and
$p_t \in \mathbb{R}^d$. The loss $E$ is computed from LOSS."""
ONE_WAY = r"\nabla_{q_{t-1}} E = A^\top (\nabla_{q_t} E \odot (1 - q_t^2))"
WEIGHTS = r"\nabla_{B} E = \sum_{t=1}^T (\nabla_{q_t} E \odot (1 - q_t^2)) p_t^\top"
NESTED = r"\frac{\partial}{\partial q_{1,i}} \frac{\partial E}{\partial q_{2,j}} = 0"


@pytest.mark.parametrize(
    ("loss", "latex", "verdict"),
    [
        (r"all states $q_1, \dots, q_T$", ONE_WAY, "refuted"),
        (r"all states $q_1, \dots, q_T$", WEIGHTS, "proved"),
        (r"all states $q_1, \dots, q_T$", WEIGHTS.replace("q_t^2", "q_{t-1}^2"), "refuted"),
        (r"the last state $q_T$", ONE_WAY, "proved"),
        (r"the state $q_t$", ONE_WAY, "not-understood"),
        (
            r"all states $q_1, \dots, q_T$",
            r"\frac{\partial^2 E}{\partial q_{1,i} \partial q_{2,j}} = 0",
            "not-understood",
        ),
    ],
    ids=["one way", "weights", "slope", "last", "unclear", "second derivative"],
)
def test_a_loss_of_all_steps_is_none_of_the_first(loss: str, latex: str, verdict: str) -> None:
    assert last(rf"{RECURRENT.replace('LOSS', loss)} $${latex}$$") == verdict


CELL = r"""
| name | rule |
|---|---|
| forget | $f_t = \sigma(A p_t + B q_{t-1})$ |
| input | $g_t = \sigma(C p_t + D q_{t-1})$ |

The forget gate scales the cell: $c_t = f_t \odot c_{t-1} + g_t \odot p_t$ and $q_t = \tanh(c_t)$ for $t = 1, \dots, T$,
with $p_t, q_t, c_t \in \mathbb{R}^n$ and the logistic function $\sigma$. A loss $E$ is computed from $q_T$.
"""


def test_a_forget_gate_is_nothing_that_one_forgets() -> None:
    assert (
        last(rf"{CELL} $$\nabla_A E = \sum_{{t=1}}^T (\nabla_{{f_t}} E \odot f_t \odot (1 - f_t)) p_t^\top$$")
        == "proved"
    )
    assert last(rf"{CELL} $$\nabla_{{c_{{t-1}}}} E = \nabla_{{c_t}} E \odot f_t$$") == "refuted"


def test_what_a_wrong_formula_defines_is_no_input() -> None:
    text = r"""It is a common mistake to write $r = W x$ here. With $W \in \mathbb{R}^{m \times n}$ the loss is
$L = \sum_{i=1}^m r_i^2$."""
    assert last(rf"{text} $$\nabla_r L = 2 r$$") == "not-understood"


def test_a_loss_that_is_not_read_is_not_the_losses_of_examples() -> None:
    text = r"""Let $x_i, w \in \mathbb{R}^d$, $E_i = (w^\top x_i - t_i)^2$ for $i = 1, \dots, N$ and
$E = \frac{1}{N} \sum_{i=1}^N E_i + \Upsilon_{\natural}[w \mid \mathcal{D}]$."""
    assert last(rf"{text} $$\nabla_w E_i = 2 (w^\top x_i - t_i) x_i$$") == "proved"
    assert last(rf"{text} $$\nabla_w E = \frac{{2}}{{N}} \sum_{{i=1}}^N (w^\top x_i - t_i) x_i$$") == "not-understood"


def test_a_row_that_only_a_product_asks_for_refutes_no_shapes() -> None:
    text = r"""Let $W \in \mathbb{R}^{k \times d}$, $x^{(i)} \in \mathbb{R}^d$, $a^{(i)} = \sigma(W x^{(i)})$ with the
logistic function $\sigma$, for $i = 1, \dots, m$. The cost is
$J = -\frac{1}{m} \sum_{i=1}^m [y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log (1 - a^{(i)})]$."""
    latex = r"\frac{\partial J}{\partial W} = \frac{1}{m} \sum_{i=1}^m (a^{(i)} - y^{(i)}) x^{(i) \top}"
    assert last(f"{text} $${latex}$$") != "refuted"


LABELS = r"""The scores are $s = E h$ with $E \in \mathbb{R}^{V \times d}$ and $h \in \mathbb{R}^d$, and
$p = \mathrm{softmax}(s)$. WORDS, then the loss is $L = -\sum_{v=1}^V y_v \log p_v$."""


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (r"If $y \in \mathbb{R}^V$ is the one-hot vector of the next word", "proved"),
        (r"Si $y \in \mathbb{R}^V$ est le vecteur one-hot du mot suivant", "proved"),
        (r"Take any $y \in \mathbb{R}^V$", "undecided"),
    ],
)
def test_a_label_may_be_named_with_if(words: str, verdict: str) -> None:
    assert last(rf"{LABELS.replace('WORDS', words)} $$\nabla_s L = p - y$$") == verdict


def test_the_rows_of_a_one_hot_matrix_sum_to_one_and_a_baseline_is_a_number() -> None:
    text = r"""Let $P_{ic} = e^{S_{ic}} / \sum_{j=1}^C e^{S_{ij}}$ for $i = 1, \dots, N$ and $c = 1, \dots, C$. The
labels are the rows of the one-hot matrix $Y$, and $J = -\sum_{i=1}^N \sum_{c=1}^C Y_{ic} \log P_{ic}$."""
    assert last(rf"{text} $$\frac{{\partial J}}{{\partial S_{{ic}}}} = P_{{ic}} - Y_{{ic}}$$") == "proved"
    text = r"Let $p = \mathrm{softmax}(h)$, $h \in \mathbb{R}^K$ and $V = \sum_{a=1}^K p_a q_a$, with a baseline $c$:"
    latex = r"\sum_{a=1}^K (q_a - c) \frac{\partial p_a}{\partial h_b} = \frac{\partial V}{\partial h_b}"
    assert last(f"{text} $${latex}$$") == "proved"
