"""Short pieces of LaTeX as plain Unicode: names, indices and labels (not whole formulas)."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "overline": "\u0304", "dot": "\u0307", "vec": "\u20d7"}
_GREEK: tuple[str, ...] = (
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
)
_GREEK += ("xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega")
_SYMBOLS = {
    name: unicodedata.lookup(f"GREEK SMALL LETTER {'LAMDA' if name == 'lambda' else name.upper()}") for name in _GREEK
}
_SYMBOLS |= {name.capitalize(): letter.upper() for name, letter in _SYMBOLS.items()}
_SYMBOLS |= {
    "varepsilon": "ε",
    "varphi": "φ",
    "vartheta": "ϑ",
    "ell": "ℓ",
    "cdot": "·",
    "prime": "′",
    "le": "≤",
    "nabla": "∇",
    "partial": "∂",
    "infty": "∞",
    "dots": "…",
    "vdots": "⋮",
    "times": "×",
    "odot": "⊙",
}
_FONT = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|mathcal|mathscr|mathrm|mathit|mathsf|mathtt|operatorname|text|mathbb)\*?\s*"
    r"(?:\{([^{}]*)\}|([A-Za-z]))"
)
_ACCENT = re.compile(rf"\\({'|'.join(_ACCENTS)})\s*(?:\{{([^{{}}]*)\}}|(\\[A-Za-z]+|[A-Za-z]))")
_COMMAND = re.compile(r"\\([A-Za-z]+)(\s*)")


def plain(latex: str) -> str:
    """Return a name without markup: `\\hat{y}` is ŷ, `\\mathcal{L}(\\theta)` is L(θ), an unknown command its name."""
    before = None
    while before != latex:
        before = latex
        latex = _FONT.sub(lambda match: match[1] if match[1] is not None else match[2], latex)
        latex = _ACCENT.sub(lambda match: (match[2] or match[3] or "") + _ACCENTS[match[1]], latex)
    text = _COMMAND.sub(lambda match: _SYMBOLS.get(match[1]) or match[1] + match[2][:1], latex)
    text = text.replace("{", "").replace("}", "").replace("\\_", "_")
    return unicodedata.normalize("NFC", text)
