"""Canonical names of written symbols: what identifies a base whatever font it is set in."""

from __future__ import annotations

from derive.notation.signs import TRANSPOSES
from derive.reader.syntax import (
    Accent,
    Additive,
    Empty,
    Font,
    Group,
    Item,
    Name,
    Node,
    Number,
    Placeholder,
    Product,
    Script,
    Symbol,
    Term,
    Text,
    Tuple,
)

BARE_FONTS = frozenset(
    {"mathbf", "boldsymbol", "bm", "mathrm", "mathit", "vec", "textbf", "pmb", "mathnormal", "bf", "rm", "underline"}
)
_ALIASES = {
    "bm": "boldsymbol",
    "pmb": "boldsymbol",
    "textbf": "mathbf",
    "bf": "mathbf",
    "rm": "mathrm",
    "cal": "mathcal",
}
_VARIANTS = {r"\varepsilon": r"\epsilon", r"\varphi": r"\varphi", r"\rightarrow": r"\to"}
SPELLED = frozenset({"new", "old", "next", "prev", "neu", "alt"})
"""Words that stand on names also without \\text: w^{new}."""


def spelled(node: Node) -> Node:
    """Return letters side by side that spell a word, as the name w^{new} has above it, as that word."""
    if isinstance(node, Product) and flat_text(node) in SPELLED:
        return Name(node.span, flat_text(node))
    return node


def is_bold_zero(node: Node) -> bool:
    """Return whether a node is the zero vector \\mathbf{0}, \\vec{0}, perhaps with its size below."""
    if isinstance(node, Script) and node.sup is None:
        node = node.base
    body = node.body if isinstance(node, Font | Accent) else None
    return isinstance(body, Number) and body.text == "0"


def base_key(node: Node) -> str | None:
    """Return the canonical LaTeX of a base without scripts, fonts inside accents; None for what is no name."""
    match node:
        case Symbol(_, name):
            return _VARIANTS.get(name, name)
        case Name(_, text):
            return text if len(text) > 1 else rf"\mathrm{{{text}}}"
        case Text(_, content):
            return content.strip() or None
        case Font(_, style, body):
            return _font_key(_ALIASES.get(style, style), body)
        case Accent(_, kind, body):
            inner = base_key(body)
            return None if inner is None else rf"\{kind}{{{inner}}}"
        case Product(_, items) if items and all(_letter(item) for item in items):
            return "".join(item.node.name for item in items if isinstance(item.node, Symbol))
    return None


def _letter(item: Item) -> bool:
    return not item.operator and isinstance(item.node, Symbol) and len(item.node.name) == 1


def _font_key(style: str, body: Node) -> str | None:
    if isinstance(body, Accent):
        inner = _font_key(style, body.body)
        return None if inner is None else rf"\{body.kind}{{{inner}}}"
    inner = base_key(body)
    if inner is None or (style in {"mathrm", "text", "textrm"} and len(inner) > 1 and inner[0] != "\\"):
        return inner
    return rf"\{style}{{{inner}}}"


def plain_key(node: Node) -> str | None:
    """Return the canonical LaTeX without fonts that only decorate: \\mathbf{a}, \\vec{a} and a are the same letter."""
    match node:
        case Font(_, style, body) if style in BARE_FONTS:
            return plain_key(body)
        case Name(_, text) if len(text) == 1:
            return text
        case Accent(_, kind, body):
            inner = plain_key(body)
            return inner if inner is None or kind in BARE_FONTS else rf"\{kind}{{{inner}}}"
    return base_key(node)


def is_transpose(node: Node) -> bool:
    """Return whether a superscript is a transpose sign."""
    return base_key(node) in TRANSPOSES


def flat_text(node: Node) -> str:
    """Return a node as a compact text, for comparing parts of names: hh, (1), i,j."""
    match node:
        case Number(_, text):
            return text
        case Group(_, opening, closing, body):
            return f"{opening}{flat_text(body)}{closing}"
        case Tuple(_, items):
            return ",".join(map(flat_text, items))
        case Product(_, items):
            return "".join(item.operator + flat_text(item.node) for item in items)
        case Additive(_, terms):
            return "".join(_signed(term, n) for n, term in enumerate(terms))
        case Script(_, base, sub, sup, primes):
            below = "" if sub is None else f"_{{{flat_text(sub)}}}"
            above = "" if sup is None else f"^{{{flat_text(sup)}}}"
            return flat_text(base) + "'" * primes + below + above
        case Placeholder():
            return r"\cdot"
        case Empty():
            return ""
    return base_key(node) or "?"


def _signed(term: Term, position: int) -> str:
    return (term.sign if position or term.sign != "+" else "") + flat_text(term.node)
