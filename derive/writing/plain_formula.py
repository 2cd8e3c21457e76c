"""Matrix notation as one line of Unicode: ∇W[k] L = ∇a[k] L h[k-1]ᵀ, in the style of `derive.writing.unicode`."""

from __future__ import annotations

import re

from derive.names.notation import Notation
from derive.notation.signs import TRANSPOSE_SIGNS
from derive.writing.plain import plain

_NEUTRAL = Notation(patterns={})
_KEPT = str.maketrans("_^", "\ue000\ue001")  # stand for the scripts of names until the others are written
_SCRIPTS = str.maketrans("\ue000\ue001", "_^")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_WORDS = {
    r"\left": "", r"\right": "", r"\operatorname{diag}": "diag", r"\odot": "⊙", r"\cdot": "·", r"\quad": " ",
    r"\begin{bmatrix}": "[", r"\end{bmatrix}": "]", r"\vdots": "⋮", r"\cdots": "⋯", r"\ddots": "⋱", "&": ",",
}  # fmt: skip
_SIGNS = "|".join(map(re.escape, (*TRANSPOSE_SIGNS, r"{\mathsf{T}}", r"{\mathsf T}")))
_TRANSPOSES = re.compile(rf"\^(?:{_SIGNS})(?![A-Za-z])")
_BIG = re.compile(r"\\(sum|prod)_\{([^{}]*)\}\^\{((?:[^{}]|\{[^{}]*\})*)\}")
_ROOTS = re.compile(r"\\sqrt\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_BIG_SIGNS = {"sum": "Σ", "prod": "Π"}
_ACCENTED = re.compile(r"\\(?:hat|bar|tilde|vec|dot)\s*\{[^{}]*\}|\\(?:mathbf|boldsymbol|mathcal|mathrm)\s*\{[^{}]*\}")


def plain_formula(latex: str, notation: Notation = _NEUTRAL) -> str:
    """Return matrix notation as text: indices in square brackets, fractions with a slash.

    A script that belongs to a name is no index of it: W_Q and a^f are names, where the notation has them.
    """
    text = _BIG.sub(lambda match: f"{_BIG_SIGNS[match[1]]}[{match[2]}…{match[3]}]", _own_scripts(latex, notation))
    text = _ROOTS.sub(r"√(\1)", text)
    text = _TRANSPOSES.sub("ᵀ", text.replace(r"\\", ";"))
    for word, sign in _WORDS.items():
        text = re.sub(rf"{re.escape(word)}(?![A-Za-z])", sign, text)
    text = _ACCENTED.sub(lambda match: plain(match[0]), text)
    text = _scripts(_fractions(text).replace(r"\nabla_", r"\nabla "))
    text = re.sub(r"∇\s+", "∇", plain(text))
    text = re.sub(r"\s+(?=[;,)\]])|(?<=[(\[])\s+", "", " ".join(text.split()))
    return re.sub(r"\[[\[(](\w[^\])]*)[\])]\]", r"[\1]", text).translate(_SCRIPTS)


def _own_scripts(latex: str, notation: Notation) -> str:
    """Keep the scripts that are part of a name apart from indices."""
    scripted = (pattern.whole for pattern in (*notation.patterns.values(), *notation.sizes.values()))
    for name in sorted({name for name in scripted if re.search(r"[_^]", name)}, key=len, reverse=True):
        latex = latex.replace(name, plain(name).translate(_KEPT))
    return latex


def _fractions(text: str) -> str:
    """Write \\frac{a}{b} as a/b, the innermost first."""
    nested = r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
    pattern = re.compile(rf"\\frac\s*{nested}\s*{nested}")
    while (match := pattern.search(text)) is not None:
        above, below = (f"({part})" if re.search(r" [+-] ", part) else part for part in match.groups())
        text = f"{text[: match.start()]}{above}/{below}{text[match.end() :]}"
    return text


def _scripts(text: str) -> str:
    """Write indices in square brackets, the innermost first; a number above a bracket is a power."""
    text = re.sub(r"(?<=[)\]])\^\{?(\d+)\}?", lambda match: match[1].translate(_RAISED), text)
    pattern = re.compile(r"[_^]\{([^{}]*)\}")
    while pattern.search(text) is not None:
        text = pattern.sub(r"[\1]", text)
    return re.sub(r"[_^](\\[A-Za-z]+|[^\s{}\\])", r"[\1]", text)
