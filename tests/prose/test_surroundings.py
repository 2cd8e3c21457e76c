"""What the text around a formula sets is a condition of it, where it is clear which value is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

MODEL = r"""<!-- derive:model
name = "binary"
forward = ['L = -y \log p - (1 - y) \log(1 - p)']
shapes = ['y, p \in \mathbb{R}']
assume = ['0 < p', 'p < 1']
-->

"""


def verdicts(text: str) -> list[str]:
    """Return the verdicts on a document with the model, without those on the values that it sets."""
    report = check_document(Path("lecture.md"), CheckOptions(mends=False), text=MODEL + text)
    return [found.verdict for found in report.findings if found.verdict != "assumed"]


@pytest.mark.parametrize(
    "text",
    [
        r"If $y = 1$, then $L = -\log p$.",
        r"The loss is $L = -\log p$ when $y = 1$.",
        "When $y=1$ we have:\n\n$$L = -\\log p$$\n",
        "For $y=1$\n$$L = -\\log p$$\n",
    ],
)
def test_a_value_in_the_text_is_a_condition(text: str) -> None:
    assert verdicts(text) == ["proved"]
    assert verdicts(text.replace("1$", "0$").replace("y = 1", "y = 0").replace("y=1", "y=0")) == ["refuted"]


def test_of_several_values_none_is_chosen() -> None:
    text = r"If $y = 0$ then $L = -\log p$; if $y = 1$ then $L = -\log(1 - p)$, and $L = p$."

    assert verdicts(text) == ["undecided", "undecided", "refuted"]


def test_a_value_of_another_paragraph_is_none() -> None:
    assert verdicts("Let $y = 1$.\n\nThen $L = -\\log p$.\n") == ["refuted"]


def test_what_holds_anyway_needs_no_value() -> None:
    report = check_document(Path("lecture.md"), CheckOptions(), text=MODEL + "If $y = 1$, then $p = p$.")

    assert [found.assumptions for found in report.findings if found.verdict == "proved"] == [()]


PATHS = r"""<!-- derive:model
name = "two ways"
forward = ['p = s^3', 'r = p s', 'k = \sin(r)']
-->

LEAD

$$\frac{\partial r}{\partial s} = p$$
"""


@pytest.mark.parametrize(
    ("lead", "verdict"),
    [
        ("Each factor is the partial derivative of one line.", "proved"),
        ("Round $\\partial$ holds the other argument of $r(p, s)$ fixed.", "proved"),
        ("Along the direct path, with $p$ kept constant:", "proved"),
        ("The derivative is", "undecided"),
    ],
)
def test_the_text_says_what_a_partial_holds_fixed(lead: str, verdict: str) -> None:
    report = check_document(Path("lecture.md"), CheckOptions(), text=PATHS.replace("LEAD", lead))
    wrong = check_document(Path("lecture.md"), CheckOptions(), text=PATHS.replace("LEAD", lead).replace("= p$", "= s$"))

    assert report.findings[-1].verdict == verdict
    assert wrong.findings[-1].verdict == "refuted"


EXAMPLES = r"""
Let $f(s) = s^3$. Then $f'(s) = 3 s^2$. So $f'(s) = s^2$.

Let now

$$f(s) = \cos(s)$$

so that $f'(s) = -\sin(s)$. Take $p = s^2$; then $\frac{dp}{ds} = 2 s$. So $\frac{dp}{ds} = s$.

Let $L = -y \log p - (1 - y) \log(1 - p)$ as before.

In the network $\frac{\partial L}{\partial p} = \frac{1 - y}{1 - p} - \frac{y}{p}$ still. So $L = y$.
"""


def test_let_begins_an_example_that_may_use_a_letter_anew() -> None:
    assert verdicts(EXAMPLES) == ["proved", "refuted", "proved", "proved", "refuted", "proved", "proved", "refuted"]


def test_without_let_a_name_keeps_its_meaning() -> None:
    again = EXAMPLES.replace("Let now", "We know").replace("Take", "So")

    assert verdicts(again)[:4] == ["proved", "refuted", "refuted", "refuted"]


LAYER = r"""<!-- derive:model
name = "layer"
forward = ['z = W x', 'a = \tanh(z)', 'E = \frac{1}{2} \|a - y\|^2']
shapes = ['W \in \mathbb{R}^{m \times n}', 'z, a, y \in \mathbb{R}^{m}', 'x \in \mathbb{R}^{n}']
-->

"""


@pytest.mark.parametrize(
    "text",
    [
        "$$\\nabla_x E = W^T D (a - y)$$\n\nwhere $D = \\operatorname{diag}(1 - a^2)$.",
        "$$\\nabla_x E = W^T D (a - y)$$\nHere $D = \\operatorname{diag}(1 - a^2)$.",
        "$$\\nabla_x E = W^T D r$$\nwhere $D = \\operatorname{diag}(1 - a^2)$ and $r = a - y$.",
        "$$\\nabla_x E = W^T D (a - y), \\quad \\text{where } D = \\operatorname{diag}(1 - a^2)$$",
    ],
)
def test_a_name_may_be_explained_behind_its_use(text: str) -> None:
    def first(text: str) -> str:
        report = check_document(Path("lecture.md"), CheckOptions(), text=LAYER + text)
        return report.findings[0].verdict

    assert first(text) == "proved"
    assert first(text.replace("W^T D", "W^T D D")) == "refuted"


def test_a_name_that_is_explained_elsewhere_stays_unknown() -> None:
    text = "$$\\nabla_x E = W^T D (a - y)$$\n\nLater we set $D = \\operatorname{diag}(1 - a^2)$."
    report = check_document(Path("lecture.md"), CheckOptions(), text=LAYER + text)

    assert report.findings[0].verdict == "not-understood"


LEAST_SQUARES = r"""<!-- derive:model
forward = ['J = \| B v - c \|^2']
shapes = ['B \in \mathbb{R}^{r \times s}', 'v \in \mathbb{R}^s', 'c \in \mathbb{R}^r']
-->

"""
CONVENTIONS = {
    "said": "We sum by the summation convention.",
    "described": "Indices that appear twice in a product are summed over.",
    "denied": "We do not use the summation convention.",
    "of something else": "The losses of all examples are summed.",
}
JUDGED = {
    "a sum in a factor": (r"\frac{\partial J}{\partial v_k} = 2 B_{ik} (B_{im} v_m - c_i)", "proved"),
    "a sum in a square": (r"J = 1 \cdot (B_{im} v_m - c_i)^2", "proved"),
    "a wrong factor": (r"\frac{\partial J}{\partial v_k} = B_{ik} (B_{im} v_m - c_i)", "refuted"),
    "an index thrice": (r"J = B_{ii} v_i", "not-understood"),
    "an index on the right only": (r"J = B_{im} v_m", "not-understood"),
    "a sum that is written out": (r"J = \sum_i (\sum_m B_{im} v_m - c_i)^2", "proved"),
}


@pytest.mark.parametrize(("formula", "word"), JUDGED.values(), ids=JUDGED)
def test_an_index_that_appears_twice_is_summed_over_where_the_text_says_so(formula: str, word: str) -> None:
    for said in (CONVENTIONS["said"], CONVENTIONS["described"]):
        report = check_document(Path("lecture.md"), CheckOptions(), text=f"{LEAST_SQUARES}{said}\n\n$${formula}$$\n")
        assert [found.verdict for found in report.findings] == [word]


@pytest.mark.parametrize("said", [CONVENTIONS["denied"], CONVENTIONS["of something else"]])
def test_otherwise_such_an_index_is_free(said: str) -> None:
    formula = JUDGED["a sum in a factor"][0]
    report = check_document(Path("lecture.md"), CheckOptions(), text=f"{LEAST_SQUARES}{said}\n\n$${formula}$$\n")

    assert [(found.verdict, found.code) for found in report.findings] == [("refuted", "D102")]


DEEP = r"""<!-- derive:model
name = "deep"
forward = [
  'h_0 = x',
  'a_k = W_k h_{k-1} \quad (1 \le k \le L)',
  'h_k = g(a_k) \quad (1 \le k \le LAST)',
  'E = \frac{1}{2} \| TOP - y \|^2',
]
shapes = [
  'W_k \in \mathbb{R}^{n_k \times n_{k-1}}', 'a_k, h_k \in \mathbb{R}^{n_k}', 'x \in \mathbb{R}^{n_0}',
  'y \in \mathbb{R}^{n_L}',
]
[functions]
g = "any"
-->

"""
EVERYWHERE = DEEP.replace("LAST", "L").replace("TOP", "h_L")
BELOW_THE_TOP = DEEP.replace("LAST", "L-1").replace("TOP", "a_L")
LINEAR = "\n$$ \\nabla_{a_k} E = W_{k+1}^T \\nabla_{a_{k+1}} E $$\n"


@pytest.mark.parametrize(
    ("model", "said", "verdict"),
    [
        (EVERYWHERE, "Here $g$ is the identity.", "proved"),
        (EVERYWHERE, "Here $g$ is the identity in all layers.", "proved"),
        (EVERYWHERE, "Ist $g$ die Identität, so folgt", "proved"),
        (EVERYWHERE, "Wählen wir für $g$ die Identität, so ist", "proved"),
        (EVERYWHERE, "With the identity as $g$ we get", "proved"),
        (EVERYWHERE, "Choosing $g$ to be the identity,", "proved"),
        (EVERYWHERE, "For linear units we get", "undecided"),
        (EVERYWHERE, "All units are linear. Hence", "undecided"),
        (EVERYWHERE, "Los neuronas lineales, salidas, dan: unidades lineales,", "undecided"),
        (EVERYWHERE, "Not so for units in general:", "refuted"),
        (EVERYWHERE, "In der letzten Schicht ist $g$ die Identität. Also ist", "undecided"),
        (EVERYWHERE, "In the last layer, $g$ is the identity. Then", "undecided"),
        (EVERYWHERE, "For the output layer, $g(z) = z$. Then", "undecided"),
        (EVERYWHERE, "Here $g$ is the identity for the hidden layers.", "undecided"),
        (EVERYWHERE, "dans la dernière couche $g$ est l'identité", "undecided"),
        (BELOW_THE_TOP, "In the hidden layers, $g$ is the identity. Then", "proved"),
        (BELOW_THE_TOP, "Here $g$ is the identity for the hidden layers.", "proved"),
        (BELOW_THE_TOP, "In the last layer, $g$ is the identity. Then", "undecided"),
        (BELOW_THE_TOP, "The output layer has no function, and $g$ is the identity.", "proved"),
        (BELOW_THE_TOP, "Here $g$ is the identity, the output layer has no function.", "proved"),
        (BELOW_THE_TOP, "Here $g$ is the identity, while the last layer has none.", "proved"),
    ],
)
def test_a_function_that_words_give_to_some_layers_is_not_that_of_all(model: str, said: str, verdict: str) -> None:
    report = check_document(Path("lecture.md"), CheckOptions(), text=model + said + LINEAR)

    assert [found.verdict for found in report.findings if found.verdict != "assumed"] == [verdict]


@pytest.mark.parametrize(
    ("said", "formula", "verdict"),
    [
        ("In the last layer", r"\nabla_{a_k} E = (h_k - y) \odot g'(a_k)", "undecided"),
        ("In der letzten Schicht gilt", r"\nabla_{a_k} E = (h_k - y) \odot g'(a_k)", "undecided"),
        ("At the last step", r"\nabla_{a_k} E = (h_k - y) \odot g'(a_k)", "undecided"),
        ("In the first layer", r"a_k = W_k x", "undecided"),
        ("In the first layer", r"\nabla_{a_k} E = (h_k - y) \odot g'(a_k)", "refuted"),
        ("In the hidden layers", r"\nabla_{a_k} E = (h_k - y) \odot g'(a_k)", "refuted"),
        ("In the last layer", r"\nabla_{a_k} E = (y - h_k) \odot g'(a_k)", "refuted"),
        ("In the last layer", r"\nabla_{a_L} E = (h_L - y) \odot g'(a_L)", "proved"),
    ],
)
def test_what_words_say_of_the_last_layer_is_not_refuted_of_all(said: str, formula: str, verdict: str) -> None:
    report = check_document(Path("lecture.md"), CheckOptions(), text=f"{EVERYWHERE}{said}\n\n$$ {formula} $$\n")

    assert report.findings[-1].verdict == verdict


def test_a_comment_before_a_display_is_no_part_of_its_sentence() -> None:
    assert verdicts("<!-- a slip, the other class forgotten -->\n$$L = -\\log p$$\n") == ["refuted"]
    assert verdicts("A slip, the other class forgotten:\n$$L = -\\log p$$\n") == ["not-understood"]


OPEN_LOSSES = r"""<!-- derive:model
name = "open losses"
forward = ['p^{(i)} = v^T x^{(i)} \quad (1 \le i \le N)', 'E = \sum_{i=1}^{N} \ell(p^{(i)}, t^{(i)})', 'F = \lambda(v)']
shapes = ['v, x^{(i)}, s \in \mathbb{R}^{n}', 'p^{(i)}, t^{(i)} \in \mathbb{R}']
[functions]
'\ell' = "any scalar"
'\lambda' = "any scalar"
-->

"""
SQUARE = r"\nabla_v E = \sum_{i=1}^{N} (p^{(i)} - t^{(i)}) x^{(i)}"


@pytest.mark.parametrize(
    ("said", "formula", "verdict"),
    [
        (r"Let $\ell(p, t) = \frac{1}{2} (p - t)^2$.", SQUARE, "proved"),
        (r"Take $\ell(p^{(i)}, t^{(i)}) = \frac{1}{2} (p^{(i)} - t^{(i)})^2$.", SQUARE, "proved"),
        (r"Let $\ell(u, q) = \frac{1}{2} (u - q)^2$.", SQUARE, "proved"),
        (r"Let $\ell(u, s) = \frac{1}{2} (u - s)^2$.", r"\nabla_v E = v", "not-understood"),
        (r"Let $\ell(p, t) = \frac{1}{2} (t + p)^2$.", SQUARE, "refuted"),
        (r"Here $\ell(p^{(i)}, t^{(i)}) = \ell(t^{(i)}, p^{(i)})$.", SQUARE, "refuted"),
        ("For the squared error", SQUARE, "undecided"),
        ("Bei der Kreuzentropie gilt", SQUARE, "undecided"),
        ("Whatever the loss is,", SQUARE, "refuted"),
        (r"Let $\lambda(v) = \frac{1}{2} \|v - s\|^2$. Then", r"\nabla_v F = v - s", "not-understood"),
        (r"Let $\lambda(u) = \sum_i u_i$. Then", r"\nabla_v F = \mathbf{1}", "not-understood"),
    ],
)
def test_what_the_text_says_of_an_open_loss_is_used_or_refutes_nothing(said: str, formula: str, verdict: str) -> None:
    report = check_document(Path("lecture.md"), CheckOptions(), text=f"{OPEN_LOSSES}{said}\n\n$${formula}$$\n")

    assert report.findings[-1].verdict == verdict
