"""However the author marks off a formula, the words around it say the same of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

MODEL = r"""forward = [
  's_k = \sum_{j=1}^{d} w_{kj} x_j \quad (1 \le k \le K)',
  'p_k = \frac{e^{s_k}}{\sum_{l=1}^{K} e^{s_l}}',
  'E = -\sum_{k=1}^{K} t_k \log p_k + \frac{\rho}{2} \sum_{k=1}^{K} s_k^2',
]
shapes = ['x \in \mathbb{R}^d', 'w \in \mathbb{R}^{K \times d}', 't \in \mathbb{R}^K', '\rho \in \mathbb{R}']
assume = ['\sum_{k=1}^{K} t_k = 1']"""

SENTENCES = (
    (r"Away from the diagonal, for $k \ne l$,", r"\frac{\partial p_k}{\partial s_l} = -p_k p_l", "proved"),
    ("Elsewhere the same is claimed:", r"\frac{\partial p_k}{\partial s_l} = -p_k p_l", "refuted"),
    (r"Unless $k = l$ we have", r"\frac{\partial p_k}{\partial s_l} = p_k (1 - p_l)", "refuted"),
    ("When no regulariser is used,", r"\frac{\partial E}{\partial s_k} = p_k - t_k", "undecided"),
    (r"For $\rho = 0$ the gradient is", r"\frac{\partial E}{\partial s_k} = p_k - t_k", "proved"),
    ("In general", r"\frac{\partial E}{\partial s_k} = p_k - t_k", "refuted"),
    (r"If the true class is $q$, i.e. $t_q = 1$ and $\rho = 0$, then", r"\frac{\partial E}{\partial s_k} = p_k", ""),
)


def _markdown(opening: str, closing: str) -> Callable[[str, str], str]:
    return lambda words, formula: f"{words}{opening}{formula}{closing}\n\n"


def _rst(words: str, formula: str) -> str:
    return re.sub(r"\$(.+?)\$", r":math:`\1`", words) + f"\n\n.. math:: {formula}\n\n"


def _head(suffix: str) -> str:
    match suffix:
        case ".tex":
            return "".join(f"% {line}\n" for line in ("derive:model", *MODEL.split("\n"), "derive:end"))
        case ".rst":
            return ".. derive:model\n" + "".join(f"   {line}\n" for line in MODEL.split("\n")) + "\n"
    return f"<!-- derive:model\n{MODEL}\n-->\n\n"


FORMS: dict[str, tuple[str, Callable[[str, str], str]]] = {
    "one line": (".md", _markdown(" $$", "$$")),
    "own paragraph": (".md", _markdown("\n\n$$", "$$")),
    "own lines": (".md", _markdown("\n$$\n", "\n$$")),
    "quoted": (".md", lambda words, formula: f"> {words}\n>\n> $${formula}$$\n\n"),
    "fence": (".md", _markdown("\n\n```math\n", "\n```")),
    "directive": (".md", _markdown("\n\n```{math}\n:label: here\n", "\n```")),
    "colons": (".md", _markdown("\n\n:::{math}\n", "\n:::")),
    "brackets": (".md", _markdown("\n\n\\[", "\\]")),
    "bare environment": (".md", _markdown("\n\n\\begin{equation}\n", "\n\\end{equation}")),
    "equation": (".tex", _markdown("\n\\begin{equation}\n", "\n\\end{equation}")),
    "equation apart": (".tex", _markdown("\n\n\\begin{equation*}\n", "\n\\end{equation*}")),
    "roles": (".rst", _rst),
}


def _verdicts(suffix: str, written: Callable[[str, str], str]) -> list[str]:
    text = _head(suffix) + "".join(written(words, formula) for words, formula, _ in SENTENCES)
    findings = check_document(Path(f"lecture{suffix}"), CheckOptions(mends=False), text=text).findings
    return [finding.verdict for finding in findings if "partial" in finding.latex]


@pytest.mark.parametrize("form", FORMS)
def test_the_words_before_a_display_count_in_every_format(form: str) -> None:
    expected = _verdicts(*FORMS["one line"])

    assert [one for one, (_, _, known) in zip(expected, SENTENCES, strict=True) if known] == [
        known for _, _, known in SENTENCES if known
    ]
    assert _verdicts(*FORMS[form]) == expected
