"""The syntax tree of a formula, as written: no meaning yet, every node with its span in the source document.

What juxtaposition means (product, application, the body of a sum, what a derivative reaches over) is not decided here:
a `Product` is the flat list of its items, and `derive.typing.elaborate` reads it with the symbol table of the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from itertools import dropwhile
from typing import Any, cast

from derive.notation.signs import ONLY_TRANSPOSES, TRANSPOSES
from derive.source import Span

BARE_FONTS = frozenset({"mathbf", "boldsymbol", "mathrm", "mathit", "mathnormal", "vec", "underline"})
"""Fonts and accents that only decorate a letter."""
_VARIANTS = {r"\varepsilon": r"\epsilon", r"\rightarrow": r"\to"}


class _Remembering:
    """What remembers the nodes inside it, for trees are walked again and again."""

    __slots__ = ("_inner",)
    _inner: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Node(_Remembering):
    """A part of a formula. What is asked of names can be asked of any node: one that is no name has no key."""

    span: Span

    @property
    def base(self) -> Node:
        """What scripts and primes stand on; a node without them itself."""
        return self

    @property
    def sub(self) -> Node | None:
        return None

    @property
    def sup(self) -> Node | None:
        return None

    @property
    def primes(self) -> int:
        return 0

    @property
    def scripted(self) -> bool:
        """Whether something stands below or above, or primes."""
        return False

    @property
    def key(self) -> str | None:
        """The canonical LaTeX of a name without scripts, fonts inside accents; None for what is no such name."""
        return None

    @property
    def plain(self) -> str | None:
        """The key without fonts that only decorate: \\mathbf{a}, \\vec{a} and a are the same letter."""
        return self.key

    @property
    def text(self) -> str:
        """The node as a compact text, for comparing parts of names: hh, (1), i,j."""
        return self.key or "?"

    @property
    def is_transpose(self) -> bool:
        """Whether the node is a transpose sign, where it stands above something."""
        return self.key in TRANSPOSES

    @property
    def pieces(self) -> tuple[Node, ...]:
        """What stands above, in its parts: [l]T is [l] and T."""
        return () if self.sup is None else _pieces(self.sup)

    @property
    def powers(self) -> tuple[Node, ...]:
        """What stands above as powers and transpose signs: a product is one exponent."""
        one = self.sup is not None and not any(piece.is_transpose for piece in self.pieces)
        return (self.sup,) if self.sup is not None and one and len(self.pieces) > 1 else self.pieces

    @property
    def inside(self) -> Node:
        """What stands in the brackets that a node is; the node itself where it is none."""
        return self

    @property
    def bracket(self) -> str:
        """The opening bracket of a node, "" where it has none."""
        return ""

    @property
    def symbol(self) -> str:
        """The letter or the command that a node is, without fonts, accents and scripts; "" for anything else."""
        return ""

    @property
    def letter(self) -> str:
        """The letter or the command that a node is in any font and under any accent, without scripts."""
        return ""

    @property
    def word(self) -> str:
        """The upright letters that a node is, without scripts: \\log, \\mathrm{net}; "" for anything else."""
        return ""


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A numeral such as 2 or 0.5. In scripts every digit is an item of its own: W_{112} has three Numbers."""

    text: str = field()


@dataclass(frozen=True)
class Name(Node):
    """A written name: letters, their fonts and accents (outermost first), what stands below and above, and primes.

    `letters` are without markup: a letter, a command for one (\\theta, \\nabla, \\infty), or a word, whose font is
    "mathrm" (\\log, \\operatorname{softmax}, \\text{softmax}). Scripts are whole expressions, such as Product or
    Tuple; `base_span` is the place of the name without them.
    """

    letters: str
    fonts: tuple[str, ...] = ()
    accents: tuple[str, ...] = ()
    sub: Node | None = None
    sup: Node | None = None
    primes: int = 0
    base_span: Span | None = None

    @property
    def base(self) -> Node:
        """The name without scripts."""
        return self._bare if self.scripted else self

    @cached_property
    def _bare(self) -> Name:
        return Name(self.base_span or self.span, self.letters, self.fonts, self.accents)

    @property
    def scripted(self) -> bool:
        return self.sub is not None or self.sup is not None or self.primes > 0

    @cached_property
    def key(self) -> str | None:
        return None if self.scripted else self._in_fonts(self.fonts, self.accents)

    @cached_property
    def plain(self) -> str | None:
        fonts = tuple(dropwhile(BARE_FONTS.__contains__, self.fonts))
        accents = tuple(accent for accent in self.accents if accent not in BARE_FONTS)
        return None if self.scripted else self._in_fonts(fonts, accents)

    def _in_fonts(self, fonts: tuple[str, ...], accents: tuple[str, ...]) -> str:
        found = _VARIANTS.get(self.letters, self.letters)
        for font in reversed(fonts):
            if font != "mathrm" or len(found) < 2 or found.startswith("\\"):
                found = rf"\{font}{{{found}}}"
        for accent in reversed(accents):
            found = rf"\{accent}{{{found}}}"
        return found

    @cached_property
    def text(self) -> str:
        return _scripted_text(self) if self.scripted else self.key or "?"

    @cached_property
    def pieces(self) -> tuple[Node, ...]:
        return () if self.sup is None else _pieces(self.sup)

    @property
    def symbol(self) -> str:
        return "" if self.fonts or self.accents or self.scripted else self.letters

    @property
    def letter(self) -> str:
        return "" if self.scripted or self.word else self.letters

    @property
    def word(self) -> str:
        upright = self.fonts == ("mathrm",) and not self.letters.startswith("\\")
        return self.letters if upright and not self.accents and not self.scripted else ""


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Prose inside a formula: \\text{if } , \\textrm{and}; several words, or a word that ends in a space or comma."""

    content: str

    @property
    def key(self) -> str | None:
        return self.content.strip() or None


@dataclass(frozen=True, slots=True)
class Font(Node):
    """A font around what is no name: \\mathbf{1}; style is "mathbf", "boldsymbol", "mathcal", …"""

    style: str
    body: Node


@dataclass(frozen=True, slots=True)
class Accent(Node):
    """An accent over what is no name, \\vec{0}, or over one with an index or a power above it, \\hat{y^l}; kind is
    "hat", "bar", …"""

    kind: str
    body: Node

    @property
    def base(self) -> Node:
        return under_accent(self.span, self.kind, self.body.base) if self.scripted else self

    @property
    def sub(self) -> Node | None:
        return self.body.sub if self.scripted else None

    @property
    def sup(self) -> Node | None:
        return self.body.sup if self.scripted else None

    @property
    def primes(self) -> int:
        return self.body.primes if self.scripted else 0

    @property
    def scripted(self) -> bool:
        return isinstance(self.body, Name) and self.kind != "underline"

    @property
    def text(self) -> str:
        return _scripted_text(self) if self.scripted else "?"


@dataclass(frozen=True, slots=True)
class Script(Node):
    """What is no bare name with something below, above or primes: (a + b)^2, {W^l}_i, 2^n."""

    base: Node = field()
    sub: Node | None = None
    sup: Node | None = None
    primes: int = 0

    @property
    def scripted(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return _scripted_text(self)


@dataclass(frozen=True, slots=True)
class Placeholder(Node):
    """\\cdot, `.`, `:` or * standing for a whole axis in a script: W_{i+1,\\cdot,j}."""

    @property
    def text(self) -> str:
        return r"\cdot"


@dataclass(frozen=True, slots=True)
class Group(Node):
    """Delimited text: opening one of ( [ \\{ | \\| \\langle \\lfloor. |x| and \\|x\\| are groups, too.

    TeX braces are no group: what only sets type is opened before anything is read.
    """

    opening: str
    closing: str
    body: Node

    @property
    def text(self) -> str:
        return f"{self.opening}{self.body.text}{self.closing}"

    @property
    def inside(self) -> Node:
        return self.body

    @property
    def bracket(self) -> str:
        return self.opening


@dataclass(frozen=True, slots=True)
class Tuple(Node):
    """Items separated by commas or semicolons, inside a group or a script."""

    items: tuple[Node, ...]

    @property
    def text(self) -> str:
        return ",".join(item.text for item in self.items)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a product with the operator written before it: "" (juxtaposed), "\\cdot", "\\times", "\\odot",
    "\\circ", "*", "\\otimes", "/", …"""

    operator: str
    node: Node


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Items side by side, flat, in order: functions, big operators, derivatives and their operands alike."""

    items: tuple[Item, ...]

    @property
    def key(self) -> str | None:
        letters = [item.node.symbol for item in self.items if not item.operator and len(item.node.symbol) == 1]
        return "".join(letters) if letters and len(letters) == len(self.items) else None

    @property
    def text(self) -> str:
        return "".join(item.operator + item.node.text for item in self.items)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a sum with its sign "+", "-", "\\pm" or "\\mp" ("+" for a first term without one)."""

    sign: str
    node: Node


@dataclass(frozen=True, slots=True)
class Additive(Node):
    """Terms with signs: a + b - c, or a single signed one, -a."""

    terms: tuple[Term, ...]

    @property
    def text(self) -> str:
        text = "".join(term.sign + term.node.text for term in self.terms)
        return text.removeprefix("+")


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    """\\frac{a}{b}, \\dfrac, {a \\over b}; in \\frac{\\partial L}{\\partial x} both products begin with \\partial."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Root(Node):
    body: Node
    degree: Node | None = None


@dataclass(frozen=True, slots=True)
class BigOperator(Node):
    """\\sum, \\prod, \\int, and \\max, \\min, \\lim with bounds; the body is what follows in the product.

    `kind` has no backslash: "sum", "prod", "max"; without bounds \\max is the Name "max". A `wide` one reaches
    over terms behind it that stand in no brackets.
    """

    kind: str
    below: Node | None = None
    above: Node | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Matrix(Node):
    """bmatrix, pmatrix, array, …: rows of cells (a cell is any node, `Dots` for an ellipsis)."""

    environment: str
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """The rows of a cases environment: value and condition (a Relation, a Text such as "otherwise", or None)."""

    rows: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The opposite of a condition: unless i = j. A Tuple of conditions says that all of them hold."""

    body: Node


@dataclass(frozen=True, slots=True)
class Or(Node):
    """At least one of several conditions."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unclear(Node):
    """Words that change what a statement says, in a way that is not understood: only if, for some, is false."""

    content: str


@dataclass(frozen=True, slots=True)
class Dots(Node):
    """\\dots \\ldots \\cdots \\vdots \\ddots or three full stops; kind is "h", "v" or "d", and "|" for a line
    through a column of a matrix, above or below its name."""

    kind: str


@dataclass(frozen=True, slots=True)
class Annotated(Node):
    """\\underbrace{body}_{note}, \\overbrace, \\stackrel{note}{body}: the note says nothing about the value."""

    body: Node
    note: Node | None


@dataclass(frozen=True, slots=True)
class Evaluated(Node):
    """\\left. body \\right|_{a = b}, or body |_{a = b}: the value of body at a = b."""

    body: Node
    at: Node


@dataclass(frozen=True, slots=True)
class Empty(Node):
    """Nothing: {}, an empty cell."""

    @property
    def text(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Link:
    """A relation sign and what stands to its right.

    `operator` is the command or character as written, blanks removed: "=", "\\equiv", ":=", "\\leftarrow", "\\to",
    "\\in", "\\le", "<", "\\ne", "\\approx", "\\propto", "\\sim", "\\xrightarrow", …; "=" also for one with a note above
    it, and "\\mid" for the bar of p(y | x).
    """

    operator: str
    node: Node
    operator_span: Span


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """first op node op node …: `a = b = c`. `first` is Empty where the text begins with the sign (a continued line)."""

    first: Node
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a formula: its body (a Relation, or a bare expression), and what limits or explains it.

    `conditions`: bracketed or trailing side conditions and quantifiers as nodes (Relation for `1 \\le k \\le L`,
    `k = 1, \\dots, L`; the body of \\forall). `remarks`: [\\because …], (text), \\tag; they assert nothing.
    `settings`: equations such as y = 1 beside the statement, or before "hence", under which it may be meant.
    `nearby`: such equations in the text around the formula.
    `joined`: "hence" stands behind it, or "if and only if" beside it. `example`: the text before it says "Let",
    `partials`: that partial derivatives hold other names fixed, `summation`: that indices that appear twice are
    summed over, `supposed`: that this one is a hypothesis, `counted`: how many units there are; `said`: conditions
    that the sentence around the formula has; `layers`: those of which its sentence speaks, "hidden" or "last";
    `stated`: that it stands in a display, and no word before it supposes it.
    `span` covers body and conditions.
    """

    span: Span
    body: Node
    conditions: tuple[Node, ...] = ()
    remarks: tuple[Node, ...] = ()
    tag: str | None = None
    settings: tuple[Node, ...] = ()
    nearby: tuple[Node, ...] = ()
    joined: bool = False
    example: bool = False
    partials: bool = False
    said: tuple[Node, ...] = ()
    summation: bool = False
    supposed: bool = False
    counted: bool = False
    layers: tuple[str, ...] = ()
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Formula:
    """What one piece of mathematics says: its statements in reading order (rows, \\quad, commas, "and")."""

    span: Span
    statements: tuple[Statement, ...]


def _scripted_text(node: Node) -> str:
    below = "" if node.sub is None else f"_{{{node.sub.text}}}"
    above = "" if node.sup is None else f"^{{{node.sup.text}}}"
    return node.base.text + "'" * node.primes + below + above


def _pieces(above: Node) -> tuple[Node, ...]:
    if isinstance(above, Additive):
        return _index_and_sign(above)
    if isinstance(above, Product) and all(not item.operator for item in above.items):
        items = tuple(item.node for item in above.items)
        if any(isinstance(item, Group) or item.is_transpose for item in items) or len(items) == 1:
            return items
        if not any(item.scripted or isinstance(item, Number) for item in items):
            return items
    sign = above.sup if above.sub is None and not above.primes else None
    if sign is not None and sign.is_transpose and (isinstance(above.base, Group) or sign.key in ONLY_TRANSPOSES):
        return (above.base, sign)  # W^{(l)^T} and W^{l^\\top}; T above a letter may be a number
    return (above,)


def _index_and_sign(above: Additive) -> tuple[Node, ...]:
    """Return l+1\\top as the index l+1 and the sign of the transpose."""
    last = above.terms[-1].node
    if not isinstance(last, Product) or any(item.operator for item in last.items) or len(last.items) != 2:
        return (above,)
    factor, sign = (item.node for item in last.items)
    if not sign.is_transpose:
        return (above,)
    return (replace(above, terms=(*above.terms[:-1], replace(above.terms[-1], node=factor))), sign)


def in_font(span: Span, style: str, body: Node) -> Node:
    """Return a body in a font; letters side by side are one name in it."""
    if isinstance(body, Product) and body.key is not None:
        body = Name(body.span, body.key)
    if isinstance(body, Name):
        return _around(span, replace(body, fonts=(style, *body.fonts)))
    return Font(span, style, body)


def under_accent(span: Span, kind: str, body: Node) -> Node:
    """Return a body under an accent: \\overline{W_i} is an entry of \\overline{W}; \\overline{x^2} and \\overline{xy},
    a mean of squares and one of products, are no square and no product, but names of their own."""
    if isinstance(body, Product) and kind in ("bar", "overline") and all(map(_is_plain_factor, body.items)):
        body = Name(body.span, "".join(item.node.text for item in body.items))
    if isinstance(body, Name) and isinstance(body.sup, Number) and kind != "underline":
        body = replace(body, letters=f"{body.letters}^{{{body.sup.text}}}", sup=None)
    above = [] if body.sup is None else [piece for piece in body.pieces if not isinstance(piece, Group)]
    if isinstance(body, Name) and not above and not (body.scripted and kind == "underline"):
        return _around(span, replace(body, accents=(kind, *body.accents)))
    return Accent(span, kind, body)


def _is_plain_factor(item: Item) -> bool:
    """Return whether a factor is a letter, or a power of one with a number above it."""
    node = item.node
    bare = isinstance(node, Name) and node.sub is None and not node.primes
    return not item.operator and bare and (node.sup is None or isinstance(node.sup, Number))


def _around(span: Span, name: Name) -> Name:
    return replace(name, span=span, base_span=span if name.scripted else None)


def word(span: Span, letters: str) -> Name:
    """Return upright letters as a name."""
    return Name(span, letters, ("mathrm",))


def product_of(items: Sequence[Item]) -> Node:
    """Return a product that begins without a sign; one item alone is no product."""
    if len(items) == 1:
        return items[0].node
    first = Item("", items[0].node)
    return Product(items[0].node.span | items[-1].node.span, (first, *items[1:]))


def with_scripts(span: Span, base: Node, sub: Node | None = None, sup: Node | None = None, primes: int = 0) -> Node:
    """Return a base with what stands below and above it; the base itself where nothing does."""
    if sub is None and sup is None and not primes:
        return base
    if isinstance(base, Name) and not base.scripted:
        return Name(span, base.letters, base.fonts, base.accents, sub, sup, primes, base.span)
    return Script(span, base, sub, sup, primes)


def with_base(node: Node, base: Node, span: Span | None = None) -> Node:
    """Return what stands on another base."""
    return with_scripts(span or node.span, base, node.sub, node.sup, node.primes)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly inside a node, in the order of its fields; of one with scripts first their base."""
    try:
        return node._inner
    except AttributeError:
        found: list[Node] = []
        if not (isinstance(node, Number) or (isinstance(node, Name) and not node.scripted)):
            _collect(contents(node), found)
        object.__setattr__(node, "_inner", tuple(found))
        return node._inner


def _collect(value: object, found: list[Node]) -> None:
    """Add the nodes of a part to those that were found."""
    if isinstance(value, Node):
        found.append(value)
    elif isinstance(value, _CARRIERS):
        found.append(value.node)
    elif isinstance(value, tuple):
        for part in value:
            _collect(part, found)


_CARRIERS = (Item, Term, Link)


Part = Node | Item | Term | Link


def contents(part: Part) -> tuple[object, ...]:
    """Return what a part of a formula consists of, without places."""
    if isinstance(part, Node) and part.scripted:
        return part.base, part.sub, part.sup, part.primes
    if isinstance(part, Name):
        return part.letters, part.fonts, part.accents
    return tuple([getattr(part, name) for name in _names(part)])


def with_contents(part: Part, new: Sequence[object]) -> Part:
    """Return a part that consists of something else."""
    if isinstance(part, Node) and part.scripted:
        return with_scripts(part.span, *cast("tuple[Node, Node | None, Node | None, int]", new))
    return replace(part, **dict(zip(_names(part), cast(Any, new), strict=False)))


def _names(part: Part) -> tuple[str, ...]:
    return _fields(cast(Any, type(part)))


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(found.name for found in fields(kind) if not found.name.endswith("span"))


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a node with every node directly inside it changed; the node itself where none is."""
    before = contents(node)
    after = _unless_same(before, tuple([_changed(value, change) for value in before]))
    return node if after is before else cast(Node, with_contents(node, after))


def _changed(value: object, change: Callable[[Node], Node]) -> object:
    match value:
        case Node():
            return change(value)
        case Item() | Term() | Link():
            new = change(value.node)
            return value if new is value.node else replace(value, node=new)
        case tuple():
            return _unless_same(value, tuple([_changed(item, change) for item in value]))
    return value


def _unless_same(before: tuple[object, ...], after: tuple[object, ...]) -> tuple[object, ...]:
    """Return what follows, or what was there before where each part is the same."""
    return before if all(new is old for new, old in zip(after, before, strict=True)) else after


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes inside it, each before what is inside it."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))
