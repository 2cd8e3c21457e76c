"""Unicode characters as the LaTeX that they stand for: α is \\alpha, ŷ is \\hat{y}, 𝐖 is \\mathbf{W}, ᵀ is ^{\\top}."""

from __future__ import annotations

import unicodedata

from derive.notation.signs import CHARACTERS

_COMMANDS: dict[str, str] = CHARACTERS | {
    "∂": "\\partial", "∇": "\\nabla", "∑": "\\sum", "∏": "\\prod", "∫": "\\int", "∞": "\\infty", "ℓ": "\\ell",


    "⊂": "\\subset", "⊆": "\\subseteq", "∀": "\\forall", "∃": "\\exists", "∵": "\\because",
    "∴": "\\therefore",


    "⊕": "\\oplus", "⊖": "\\ominus", "⋆": "\\star",
    "∪": "\\cup", "∩": "\\cap", "∧": "\\wedge", "∨": "\\vee", "−": "-", "–": "-", "±": "\\pm", "∓": "\\mp",
    "…": "\\dots", "⋯": "\\cdots", "⋮": "\\vdots", "⋱": "\\ddots", "′": "'", "’": "'",
    "ʹ": "'", "‖": "\\|", "∥": "\\|", "∣": "|", "｜": "|", "⟨": "\\langle", "〈": "\\langle", "⟩": "\\rangle",
    "〉": "\\rangle", "⊤": "\\top", "⊺": "\\intercal", "⊥": "\\bot", "√": "\\sqrt", "∅": "\\emptyset", "ϵ": "\\epsilon",
    "ε": "\\varepsilon", "ϑ": "\\vartheta", "φ": "\\varphi", "ϕ": "\\phi", "ϱ": "\\varrho", "ς": "\\varsigma",
    "⌊": "\\lfloor", "⌋": "\\rfloor", "⌈": "\\lceil", "⌉": "\\rceil", "：": ":", "，": ",", "；": ";", "。": ".",
    "（": "(", "）": ")", "＋": "+",
}  # fmt: skip
_WORDS = {"″": ("'", "'"), "‴": ("'", "'", "'")}
_MARKS = {
    "\u0302": "\\hat", "\u0303": "\\tilde", "\u0304": "\\bar", "\u0305": "\\overline", "\u0307": "\\dot",
    "\u0308": "\\ddot", "\u20d7": "\\vec", "\u030c": "\\check", "\u0306": "\\breve", "\u0331": "\\underline",
    "\u0332": "\\underline",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˡᵏʲᵗ", "0123456789+-=()nilkjt", strict=True)) | {"ᵀ": "\\top", "ᴸ": "L"}
_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "0123456789+-=()aeoxhklmnpstijruv", strict=True))
_ALPHABETS = (
    ("MATHEMATICAL BOLD SCRIPT", "\\mathcal"),
    ("MATHEMATICAL SCRIPT", "\\mathcal"),
    ("SCRIPT CAPITAL", "\\mathcal"),
    ("MATHEMATICAL DOUBLE-STRUCK", "\\mathbb"),
    ("DOUBLE-STRUCK CAPITAL", "\\mathbb"),
    ("MATHEMATICAL BOLD FRAKTUR", "\\mathfrak"),
    ("MATHEMATICAL FRAKTUR", "\\mathfrak"),
    ("MATHEMATICAL BOLD ITALIC", "\\boldsymbol"),
    ("MATHEMATICAL SANS-SERIF", "\\mathsf"),
    ("MATHEMATICAL MONOSPACE", "\\mathtt"),
    ("MATHEMATICAL BOLD", "\\mathbf"),
    ("MATHEMATICAL ITALIC", ""),
)

RAISED = "".join(_SUPERSCRIPTS)
LOWERED = "".join(_SUBSCRIPTS)
SPACES = "\u00a0\u2000-\u200d\u202f\u205f\u2060-\u2064\u3000\ufeff"
"""Blanks and invisible characters (times, apply), as the inside of a character class."""


def words(text: str) -> tuple[str, ...] | None:
    """Return the LaTeX tokens for a character with its marks, or for raised or lowered ones; None if it is unknown."""
    if text[0] in _SUPERSCRIPTS:
        return ("^", "{", *(_SUPERSCRIPTS[char] for char in text), "}")
    if text[0] in _SUBSCRIPTS:
        return ("_", "{", *(_SUBSCRIPTS[char] for char in text), "}")
    if text in _COMMANDS:
        return (_COMMANDS[text],)
    if text in _WORDS:
        return _WORDS[text]
    base, *marks = list(unicodedata.normalize("NFD", text))
    if marks:
        inner = _letter(base)
        if inner is None or not all(mark in _MARKS for mark in marks):
            return None
        for mark in marks:
            inner = (_MARKS[mark], "{", *inner, "}")
        return inner
    return _letter(base)


def is_of_prose(text: str) -> bool:
    """Return whether a character stands in words only, as ß, è, ж, 若 and quotation marks do; mathematics has no such
    sign."""
    return text in "„“”‘«»" or unicodedata.category(text[0]) in {"Ll", "Lu", "Lo"}


def _letter(char: str) -> tuple[str, ...] | None:
    """Return the tokens of a letter: Latin, Greek, or of a mathematical alphabet."""
    if char.isascii():
        return (char,) if char.isalnum() else None
    if char in _COMMANDS:
        return (_COMMANDS[char],)
    name = unicodedata.name(char, "")
    for prefix, font in _ALPHABETS:
        if name.startswith(prefix):
            plain = _letter(unicodedata.normalize("NFKC", char))
            return (font, "{", *plain, "}") if plain and font else plain
    if name.startswith("GREEK ") and " LETTER " in name and " WITH " not in name:
        greek = name.rsplit(" ", 1)[1].lower().replace("lamda", "lambda")
        return (f"\\{greek.capitalize() if 'CAPITAL' in name else greek}",)
    return None
