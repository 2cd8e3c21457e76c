"""Plain text made safe for each format: what the user types as a title is shown as typed, never run."""

from __future__ import annotations

import re
import unicodedata
from html import escape as html_escape

from derive.errors import UsageError

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}",
    "-": "{-}", ",": "{,}", "?": "{?}", "!": "{!}",
}  # fmt: skip
_TEX_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
}  # fmt: skip
_TEX_LETTERS = {
    "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}",
    "Ł": r"\L{}", "ı": r"\i{}", "đ": r"\dj{}", "Đ": r"\DJ{}", "ð": r"\dh{}", "Þ": r"\TH{}", "þ": r"\th{}",
    "ℓ": r"\ensuremath{\ell}",
    "–": "--", "—": "---", "‘": r"\textquoteleft{}", "’": r"\textquoteright{}", "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}", "„": r"\quotedblbase{}", "«": r"\guillemotleft{}", "»": r"\guillemotright{}",
    "…": r"\ldots{}", "·": r"\textperiodcentered{}", "°": r"\textdegree{}", "§": r"\S{}", "©": r"\textcopyright{}",
    "€": r"\texteuro{}", "£": r"\pounds{}", "¿": r"\textquestiondown{}", "¡": r"\textexclamdown{}", "\u00a0": "~",
    "×": r"\ensuremath{\times}", "∂": r"\ensuremath{\partial}", "∇": r"\ensuremath{\nabla}", "²": r"\ensuremath{^2}",
    "→": r"\ensuremath{\to}", "≤": r"\ensuremath{\le}", "≥": r"\ensuremath{\ge}", "−": r"\ensuremath{-}",
}  # fmt: skip
_DOTLESS = {"i": r"\i", "j": r"\j"}
_MARKDOWN = re.compile(r"([\\`*_{}#+\-!|~<>$&^=@]|[.:](?=\S)|(?<=\d)\.)")
"""Marks that may mean something; a point or colon between words means nothing."""


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "[": "&#91;", "]": "&#93;"}
_BEHIND_BACKSLASH = {r"\(": r"\&#40;", r"\)": r"\&#41;"}
"""Brackets behind a backslash, also an escaped one, would begin mathematics."""


def tex(text: str) -> str:
    """Return text for pdfTeX, letter by letter.

    Raises: UsageError for a letter that pdfTeX's fonts do not have, saying which and what to do.
    """
    return "".join(_tex_letter(char) for char in unicodedata.normalize("NFC", _one_line(text)))


def html(text: str) -> str:
    """Return text for HTML, in content and in quoted attributes."""
    return html_escape(_one_line(text), quote=True)


def markdown(text: str) -> str:
    """Return text for Markdown: no markup, no mathematics, no HTML."""
    line = "".join(_ENTITIES.get(char, char) for char in _one_line(text))
    line = re.sub(r"\\[()]", lambda found: _BEHIND_BACKSLASH[found[0]], line)
    parts = re.split(r"(&(?:amp|lt|gt|#\d\d);)", line)
    return "".join(part if part in _ENTITIES.values() else _MARKDOWN.sub(r"\\\1", part) for part in parts)


def tex_letters(text: str) -> set[str]:
    """Return the letters of a text that pdfTeX cannot set."""
    missing = set()
    for char in unicodedata.normalize("NFC", _one_line(text)):
        try:
            _tex_letter(char)
        except UsageError:
            missing.add(char)
    return missing


def _one_line(text: str) -> str:
    """Control characters and line breaks become blanks."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)


def _tex_letter(char: str) -> str:
    if char in _TEX:
        return _TEX[char]
    if char.isascii():
        return char
    if char in _TEX_LETTERS:
        return _TEX_LETTERS[char]
    if unicodedata.category(char) == "Cf":
        return ""
    greek = _greek(char)
    if greek:
        return greek
    base, *marks = list(unicodedata.normalize("NFD", char))
    if len(marks) == 1 and marks[0] in _TEX_ACCENTS and base.isascii() and base.isalpha():
        return rf"\{_TEX_ACCENTS[marks[0]]}{{{_DOTLESS.get(base, base)}}}"
    name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
    raise UsageError(f'pdfTeX cannot set "{char}" ({name}); leave it out, or write the other formats: --format html,md')


def _greek(char: str) -> str:
    """Return a small or capital Greek letter by its TeX command."""
    match = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)", unicodedata.name(char, ""))
    if not match:
        return ""
    name = match[2].lower().replace("lamda", "lambda")
    if match[1] == "SMALL":
        return rf"\ensuremath{{\{name}}}" if name not in ("omicron", "final sigma") else "o"
    has_command = name in ("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega")
    looks_like = {"alpha": "A", "beta": "B", "epsilon": "E", "zeta": "Z", "eta": "H", "iota": "I", "kappa": "K",
                  "mu": "M",
                  "nu": "N", "omicron": "O", "rho": "P", "tau": "T", "chi": "X"}  # fmt: skip
    return rf"\ensuremath{{\{name.capitalize()}}}" if has_command else looks_like[name]
