"""Matrix notation as one line of Unicode: ∇W[k] L = ∇a[k] L h[k-1]ᵀ, in the style of `derive.writing.unicode`."""

from __future__ import annotations

import re

from derive.notation.signs import TRANSPOSE_SIGNS
from derive.writing.plain import plain

_WORDS = {
    r"\left": "", r"\right": "", r"\operatorname{diag}": "diag", r"\odot": "⊙", r"\cdot": "·", r"\quad": " ",
    r"\begin{bmatrix}": "[", r"\end{bmatrix}": "]", r"\vdots": "⋮", r"\cdots": "⋯", r"\ddots": "⋱", "&": ",",
}  # fmt: skip
_SIGNS = "|".join(map(re.escape, (*TRANSPOSE_SIGNS, r"{\mathsf{T}}", r"{\mathsf T}")))
_TRANSPOSES = re.compile(rf"\^(?:{_SIGNS})(?![A-Za-z])")
_BIG = re.compile(r"\\(sum|prod)_\{([^{}]*)\}\^\{((?:[^{}]|\{[^{}]*\})*)\}")
_BIG_SIGNS = {"sum": "Σ", "prod": "Π"}
_ACCENTED = re.compile(r"\\(?:hat|bar|tilde|vec|dot)\s*\{[^{}]*\}|\\(?:mathbf|boldsymbol|mathcal|mathrm)\s*\{[^{}]*\}")


def plain_formula(latex: str) -> str:
    """Return matrix notation as text: indices in square brackets, fractions with a slash."""
    text = _BIG.sub(lambda match: f"{_BIG_SIGNS[match[1]]}[{match[2]}…{match[3]}]", latex)
    text = _TRANSPOSES.sub("ᵀ", text.replace(r"\\", ";"))
    for word, sign in _WORDS.items():
        text = re.sub(rf"{re.escape(word)}(?![A-Za-z])", sign, text)
    text = _ACCENTED.sub(lambda match: plain(match[0]), text)
    text = _scripts(_fractions(text).replace(r"\nabla_", r"\nabla "))
    text = re.sub(r"∇\s+", "∇", plain(text))
    text = re.sub(r"\s+(?=[;,)\]])|(?<=[(\[])\s+", "", " ".join(text.split()))
    return re.sub(r"\[[\[(](\w[^\])]*)[\])]\]", r"[\1]", text)


def _fractions(text: str) -> str:
    """Write \\frac{a}{b} as a/b, the innermost first."""
    nested = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
    pattern = re.compile(rf"\\frac\s*{nested}\s*{nested}")
    while (match := pattern.search(text)) is not None:
        above, below = (f"({part})" if re.search(r" [+-] ", part) else part for part in match.groups())
        text = f"{text[: match.start()]}{above}/{below}{text[match.end() :]}"
    return text


def _scripts(text: str) -> str:
    """Write indices below or above a name in square brackets, the innermost first."""
    pattern = re.compile(r"[_^]\{([^{}]*)\}")
    while pattern.search(text) is not None:
        text = pattern.sub(r"[\1]", text)
    return re.sub(r"[_^](\\[A-Za-z]+|[^\s{}\\])", r"[\1]", text)
