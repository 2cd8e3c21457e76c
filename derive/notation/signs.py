"""Signs: relations with their role and order, signs of products, transposes, ellipses.

A spelling is added in one row here, and is known everywhere: `\\leqq` in a claim, a quantifier, the bounds of a sum, a
case, an assumption. The reader writes `name` for each of the spellings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Role = Literal["equal", "defines", "assigns", "orders", "unequal", "member", "implies", "loose", "other"]
"""What a relation says.

equal     both sides are the same
defines   the left side is a new name, or else the same as the right one: \\equiv, \\triangleq
assigns   the left side gets a value: :=, \\leftarrow
orders    one side is less than the other
unequal   they differ
member    the left side is an element of a set
implies   one statement follows from another
loose     of about the same size, proportional, distributed as, much less: nothing that can be decided
other     known to the grammar alone
"""


@dataclass(frozen=True, slots=True)
class Sign:
    """A relation: its `name`, all ways to write it, and what it says.

    `smaller` is the lesser side of an order; `new` says that a sign which assigns may also give a new name, `turned`
    that it is the right side that gets it.
    """

    name: str
    spellings: tuple[str, ...]
    role: Role
    smaller: Literal["", "left", "right"] = ""
    strict: bool = False
    new: bool = False
    turned: bool = False

    @property
    def gap(self) -> int:
        """How much larger the greater side is at least, between integers: 1 for <, 0 for ≤."""
        return int(self.strict)


def _sign(names: str, role: Role, smaller: Literal["", "left", "right"] = "", strict: bool = False) -> Sign:
    spellings = tuple(names.split())
    return Sign(spellings[0], spellings, role, smaller, strict)


def _each(names: str, role: Role) -> tuple[Sign, ...]:
    return tuple(Sign(name, (name,), role) for name in names.split())


SIGNS: tuple[Sign, ...] = (
    _sign(r"= == \eq ＝", "equal"),
    _sign(r"\equiv ≡", "defines"),
    _sign(r"\triangleq ≜", "defines"),
    _sign(r"\doteq", "defines"),
    replace(_sign(r":= \coloneqq \coloneq \colonequals \eqdef \defeq \isdef ≔ ≝", "assigns"), new=True),
    replace(_sign(r"=: \eqqcolon", "assigns"), turned=True),
    _sign(r"\leftarrow \gets \longleftarrow ← ⟵", "assigns"),
    _sign(r"\to \rightarrow \longrightarrow -> → ⟶", "assigns"),
    _sign(r"\mapsto \longmapsto ↦ ⟼", "assigns"),
    *_each("+= -=", "assigns"),
    _sign(r"< \lt \nge \ngeq \ngeqslant \ngeqq \lneq \lneqq ≱ ⪇ ≨", "orders", "left", strict=True),
    _sign(r"\le \leq \leqslant \leqq <= \ngtr ≤ ⩽ ≦ ≯", "orders", "left"),
    _sign(r"> \gt \nle \nleq \nleqslant \nleqq \gneq \gneqq ≰ ⪈ ≩", "orders", "right", strict=True),
    _sign(r"\ge \geq \geqslant \geqq >= \nless ≥ ⩾ ≧ ≮", "orders", "right"),
    _sign(r"\ne \neq != \not= ≠", "unequal"),
    _sign(r"\in \isin ∈", "member"),
    _sign(r"\Rightarrow \implies \Longrightarrow => ⇒ ⟹", "implies"),
    _sign(r"\iff \Leftrightarrow \Longleftrightarrow ⇔ ⟺", "implies"),
    _sign(r"\approx \approxeq ≈", "loose"),
    _sign(r"\lesssim \lessapprox \lesseqgtr \lessgtr ≲", "loose"),
    _sign(r"\gtrsim \gtrapprox \gtreqless \gtrless ≳", "loose"),
    _sign(r"\ll \lll ≪", "loose"),
    _sign(r"\gg \ggg ≫", "loose"),
    _sign(r"\propto \varpropto ∝", "loose"),
    _sign(r"\sim \thicksim ∼", "loose"),
    _sign(r"\simeq ≃", "loose"),
    _sign(r"\cong ≅", "loose"),
    *_each(r"\asymp", "loose"),
    _sign(r": \colon", "other"),
    _sign(r"\mid \middlebar", "other"),
    _sign(r"\ni \owns ∋", "other"),
    _sign(r"\notin ∉", "other"),
    *_each(
        r"\Leftarrow \impliedby \leftrightarrow \longleftrightarrow \hookrightarrow \leadsto \rightsquigarrow"
        r" \subset \subseteq \subsetneq \supset \supseteq \nsubseteq \doteqdot \nmid \parallel \perp \models \vdash"
        r" \prec \succ \preceq \succeq \rightleftharpoons \bowtie \uparrow \downarrow \nearrow \searrow"
        r" \Longleftarrow",
        "other",
    ),
)
"""Comparisons of real numbers and of indices are total, so that "not greater" is ≤; \\lesssim is no ≤."""

NAMED: dict[str, Sign] = {sign.name: sign for sign in SIGNS}
RELATIONS: dict[str, str] = {spelling: sign.name for sign in SIGNS for spelling in sign.spellings}
"""The name of the relation that each spelling writes."""
ORDERS: dict[str, Sign] = {sign.name: sign for sign in SIGNS if sign.role == "orders"}


def names(*roles: Role) -> frozenset[str]:
    """Return the names of all signs with one of the roles."""
    return frozenset(sign.name for sign in SIGNS if sign.role in roles)


COMPARES = names("orders", "unequal") | {r"\ll", r"\gg", r"\lesssim", r"\gtrsim"}
"""Signs that compare, as in side conditions; what some of them say cannot be used."""
DEFINES = names("defines") | {sign.name for sign in SIGNS if sign.new}
EQUATES = names("equal", "defines") | DEFINES | {r"\leftarrow"}
"""Signs between a name and what it is, as in a line of a forward pass."""

IMPLICATIONS = frozenset(
    (r"\therefore", *(spelling for sign in SIGNS if sign.role == "implies" for spelling in sign.spellings))
)
"""Signs that at the beginning of a statement say no more than "hence"."""
EQUIVALENCES = frozenset(spelling for sign in SIGNS if sign.name == r"\iff" for spelling in sign.spellings)
"""Those that also say that what stands before follows from what stands behind."""

NEGATIONS = {
    "=": r"\ne", r"\ne": "=", "<": r"\ge", r"\ge": "<", ">": r"\le", r"\le": ">", r"\in": r"\notin", r"\notin": r"\in",
}  # fmt: skip
"""The relation that holds where another one does not."""


def negated(name: str) -> str:
    """Return the name of the relation that \\not makes of one: not less is ≥; \\not\\sim is a sign of its own."""
    return NEGATIONS.get(name, rf"\not{name}")


Meaning = Literal["product", "over", "elementwise", "divided", "outer", "other"]


@dataclass(frozen=True, slots=True)
class ProductSign:
    """A sign between factors: its `name`, its spellings, its meaning where nothing declares another one.

    A `loose` sign binds less tightly than factors side by side: A b ⊙ c is (A b) ⊙ c.
    """

    name: str
    spellings: tuple[str, ...]
    meaning: Meaning
    loose: bool = False


def _product(names: str, meaning: Meaning, loose: bool = False) -> ProductSign:
    spellings = tuple(names.split())
    return ProductSign(spellings[0], spellings, meaning, loose)


_WITHOUT_MEANING = (
    r"\star \oplus \ominus \wedge \vee \land \lor \cap \cup \setminus \backslash \smallsetminus \bmod"
    r" \boxtimes \boxplus \boxdot \bigcirc \ltimes \rtimes \amalg \diamond \uplus \sqcap \sqcup"
)
"""Signs that mean something only where a model says so."""

PRODUCT_SIGNS: tuple[ProductSign, ...] = (
    ProductSign("", (), "product"),
    _product(r"\cdot \centerdot · ⋅ ∙", "product"),
    _product(r"\times ×", "product"),
    _product(r"* \ast ∗", "product"),
    _product("@", "product"),
    _product(r"/ \slash ∕ ⁄", "over"),
    _product(r"\div ÷", "over"),
    _product(r"\odot .* ⊙", "elementwise", loose=True),
    _product(r"\circ ∘", "elementwise", loose=True),
    _product(r"\bullet •", "elementwise", loose=True),
    _product(r"\oslash ⊘", "divided", loose=True),
    _product(r"\otimes ⊗", "outer", loose=True),
    *(_product(name, "other") for name in _WITHOUT_MEANING.split()),
)

OPERATORS: dict[str, str] = {spelling: sign.name for sign in PRODUCT_SIGNS for spelling in sign.spellings}
"""The name of the product sign that each spelling writes."""
TIGHT: dict[str, str] = {s.name: s.meaning for s in PRODUCT_SIGNS if not s.loose and s.meaning != "other"}
LOOSE: dict[str, str] = {s.name: s.meaning for s in PRODUCT_SIGNS if s.loose}
ELEMENTWISE = frozenset(sign.name for sign in PRODUCT_SIGNS if sign.meaning == "elementwise")

TERMS: dict[str, str] = {"+": "+", "-": "-", "\\pm": "\\pm", "\\mp": "\\mp"}
"""Signs of terms."""

TRANSPOSE_SIGNS = (*("T", "Tr", r"\top", r"\intercal", r"\tr", r"\tp", r"\transp", r"\trans", r"\tran", r"\transpose"),)
"""What a superscript is that transposes, in any font. T may also be a number of steps."""
SPELLED_TRANSPOSES = tuple(sign for sign in TRANSPOSE_SIGNS if sign.isalpha() and len(sign) > 1)
"""Those of several letters, which the reader makes one sign."""
_FONTS_OF_T = ("mathsf", "mathrm", "mathtt", "mathbf", "mathit", "text", "boldsymbol")
TRANSPOSES: frozenset[str] = frozenset(
    (*TRANSPOSE_SIGNS, *(rf"\{font}{{{sign}}}" for font in _FONTS_OF_T for sign in TRANSPOSE_SIGNS))
)
"""The same as the keys of names."""
ONLY_TRANSPOSES = frozenset(sign for sign in TRANSPOSE_SIGNS if sign.startswith("\\"))
"""Commands that mean nothing else."""
PERHAPS_TRANSPOSES = frozenset(("t", "H", "*", r"\ast", r"\dagger"))
"""Superscripts that some texts transpose with, where they are no names: of real matrices, W^* and W^H are W^T."""
INVERSES = frozenset(("-1", *(f"-{sign}" for sign in TRANSPOSES)))
"""Superscripts of an inverse matrix, turned or not."""
DIFFERENCES = frozenset((r"\setminus", r"\backslash", r"\smallsetminus"))
"""Signs between a set and what is left out of it."""
COUNTING_BRACKETS = frozenset(("(", "[", "\\{", "\\langle"))
"""Brackets around what counts above a name and is no power: x^{(2)}, h^{[l]}, w^{\\{3\\}}."""

DOTS: dict[str, str] = {
    **dict.fromkeys(
        (
            *("...", "..", r"\dots", r"\ldots", r"\cdots", r"\hdots", r"\dotsc", r"\dotsb", r"\dotsm", r"\dotsi"),
            *(r"\dotso", r"\mathellipsis"),
        ),
        "h",
    ),
    r"\vdots": "v",
    **dict.fromkeys((r"\ddots", r"\iddots", r"\adots"), "d"),
}
"""Ellipses, and how they run: along, down, or across."""

CHARACTERS: dict[str, str] = {
    spelling: name for table in (RELATIONS, OPERATORS) for spelling, name in table.items() if not spelling.isascii()
}
"""Signs that are one Unicode character, with the names that they stand for."""
