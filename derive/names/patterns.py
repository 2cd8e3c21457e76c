"""Names with their indices as LaTeX: which index goes where, and when commas part them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from derive.algebra.index import TIMES, Index, Lin, Size
from derive.names.letters import Names
from derive.names.notation import Notation, Pattern, Slot
from derive.names.pairs import pair_latex
from derive.notation.commands import ACCENTS

_TALL = re.compile(r"\\(?:frac|sum|prod|begin|left)(?![A-Za-z])")
_ENDS_BELOW, _ENDS_ABOVE = (
    re.compile(rf"{sign}(?:[^{{}}\\]|\\[A-Za-z]+|\{{(?:[^{{}}]|\{{[^{{}}]*\}})*\}})\Z") for sign in ("_", r"\^")
)
_BELOW_AND_ABOVE = re.compile(r"_(?:[^{}\\]|\\[A-Za-z]+|\{[^{}]*\})\^(?:[^{}\\]|\\[A-Za-z]+|\{[^{}]*\})\Z")
_ONE_TOKEN = re.compile(r"(?:[^\\{}]|\\[A-Za-z]+)\Z")

ACCENTED = re.compile(rf"(?:{'|'.join(map(re.escape, ACCENTS))})\b(?:[^\s{{}}^]|\{{[^{{}}]*\}})*\^\S+")
"""A letter with an accent and a superscript: alone in braces it is none in them for TeX."""


def transposed(latex: str, notation: Notation) -> str:
    """Return Mᵀ, with braces around M where it has a superscript already, brackets where TeX takes braces for none."""
    simple = re.fullmatch(r"\\?[A-Za-z]+(?:\{[A-Za-z]\})?(?:_(?:[A-Za-z0-9]|\\[A-Za-z]+|\{[^{}^]*\}))?", latex)
    if ACCENTED.fullmatch(latex):
        return f"({latex}){notation.transpose}"
    return f"{latex}{notation.transpose}" if simple else f"{{{latex}}}{notation.transpose}"


def index_latex(value: Lin, notation: Notation, names: Names | None = None) -> str:
    """Return an index expression as LaTeX, `k-1`, `n_k`: in the order of writing, variables before the constant."""
    names = Names.of(value.indices(), notation) if names is None else names
    text = ""
    for atom, factor in sorted(value.terms, key=lambda term: term[1] < 0):
        sign = "-" if factor < 0 else "+" if text else ""
        text += sign + (str(abs(factor)) if abs(factor) != 1 else "") + _atom_latex(atom, notation, names)
    if value.const or not text:
        text += f"{value.const:+d}" if text else str(value.const)
    return text


def _atom_latex(atom: Index | Size, notation: Notation, names: Names) -> str:
    if isinstance(atom, Index):
        return names.of_index(atom)
    if atom.name == TIMES:
        return "".join(index_latex(factor, notation, names) for factor in reversed(atom.args))
    pattern = notation.sizes.get(atom.name) or default_pattern(atom.name, len(atom.args))
    return pattern_latex(pattern, [index_latex(arg, notation, names) for arg in atom.args])


def size_words(value: Lin, sizes: Mapping[str, Pattern]) -> str:
    """Return an index expression or a size as LaTeX: `n_{k-1}`, `n^{[l]}`, `F+P-1`."""
    return index_latex(value, Notation(patterns={}, sizes=sizes))


def default_pattern(name: str, slots: int) -> Pattern:
    """Return the pattern of a name that the notation does not know: all indices below."""
    base = name if len(name) == 1 or name.startswith("\\") else rf"\mathrm{{{_plain(name)}}}"
    return Pattern(base, base, tuple(Slot("sub", "unit") for _ in range(slots)))


def pattern_latex(pattern: Pattern, indices: Sequence[str], primes: int = 0, commas: bool = False) -> str:
    """Return a name with indices in its slots; fewer indices than slots leave the last slots away.

    `commas` parts the indices even where each is one letter.
    """
    slots = pattern.slots[: len(indices)]
    extra = tuple(Slot("sub", "unit") for _ in indices[len(slots) :])
    pairs = list(zip(slots + extra, indices, strict=True))
    base = pattern.entry if any(slot.kind == "unit" for slot, _ in pairs) else pattern.whole
    above = [(slot, text) for slot, text in pairs if slot.place == "sup"]
    below = [(slot, text) for slot, text in pairs if slot.place == "sub"]
    if below and (_ENDS_BELOW.search(base) or _BELOW_AND_ABOVE.search(base)):  # two scripts at one place are none
        return f"({base}{_script('^', above)})" + "'" * primes + _script("_", below, commas=commas)
    if primes and base.endswith("}") and _ENDS_ABOVE.search(base):
        return base[:-1] + r"\prime" * primes + "}" + _script("_", below, commas=commas)
    if above and base.endswith("}") and _ENDS_ABOVE.search(base):
        inner = _joined([_bracketed(slot, text) for slot, text in above])
        return base[:-1] + inner + r"\prime" * primes + "}" + _script("_", below, commas=commas)
    if not above:
        return base + "'" * primes + _script("_", below, commas=commas)
    return base + _script("^", above, r"\prime" * primes) + _script("_", below, commas=commas)


def _script(sign: str, pairs: Sequence[tuple[Slot, str]], primes: str = "", commas: bool = False) -> str:
    if not pairs:
        return ""
    texts = [_bracketed(slot, text) for slot, text in pairs]
    single = not commas and all(_ONE_TOKEN.match(text) for text in texts)
    inner = (_joined(texts) if single else ",".join(texts)) + primes
    return f"{sign}{inner}" if _ONE_TOKEN.match(inner) else f"{sign}{{{inner}}}"


def _joined(texts: Sequence[str]) -> str:
    """Join single tokens; a command is kept apart from a letter after it."""
    result = ""
    for text in texts:
        apart = re.search(r"\\[A-Za-z]+\Z", result) and text[0].isalpha()
        result += (" " if apart else "") + text
    return result


def _bracketed(slot: Slot, text: str) -> str:
    text = text if slot.pair is None else pair_latex(text, slot.pair)
    return {"": text, "(": f"({text})", "[": f"[{text}]"}[slot.bracket]


def _plain(name: str) -> str:
    return name.replace("\\", "").replace("_", r"\_")


def bracketed(text: str) -> str:
    """Put round brackets around a text, growing ones where it is tall."""
    return rf"\left({text}\right)" if _TALL.search(text) else f"({text})"
