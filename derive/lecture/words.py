"""What the words around names declare: shapes, numbers, functions, losses, one-hot vectors, operators, the layout."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from derive.lecture.enumerations import columns_in, enumerations
from derive.lecture.latex import latex_of
from derive.lecture.said import Sentences, heads_in, names_in
from derive.notation.declared import (
    GROUPS,
    LAYOUTS,
    OPERATORS,
    ROWS,
    SINGULAR,
    SOFTMAX_AXES,
    SUPPOSED,
    Meaning,
    alternatives,
    function_phrases,
    pattern_of,
)
from derive.notation.functions import OF_WHOLE_ARRAYS
from derive.notation.signs import EQUATES
from derive.reader.syntax import Dots, Empty, Group, Node, Product, Relation, Tuple, walk

_SPACE = r"[\s$\\]*"
_MARK = r"«\d+»"
_LIST = rf"{_MARK}(?:(?:\s*,\s*(?:and\s+|und\s+|et\s+)?|\s+(?:and|und|et|y|e|и)\s+){_MARK})*"
_PAIR = rf"{_MARK}(?:\s*(?:-?by-?|×|x|\\times)\s*{_MARK})?"
_OTHERS = r"(?:[^\W\d_][\w'-]*,?\s+){0,5}?"
_COMPUTED = re.compile(r"\b(?:not|softmax|sums?|mean|average|product|norm|gradient|derivative|function|times)\b")
"""Words beside rows that say that a name is computed from them, or no row."""
_BY = re.compile(r"\brespect to (?:the |each |every )?$")
"""Words of a derivative before what it is taken by."""
_NUMBERS = re.compile(r"«(\d+)»")
_SIGN = re.compile(r"\\[A-Za-z]+|[^\w\s]")
_NOTE = re.compile(r"\\(?:text[a-z]*|mbox|mathrm)\s*\{([^{}]*)\}")
_NAMES = frozenset(
    (
        "matrix", "plain sizes", "vector", "row vector", "some matrix", "some vector", "rows", "columns", "entries",
        "one-hot", "one-hot of", "one-hot rows", "one-hot columns", "loss",
    )
)  # fmt: skip
"""What may be said with "if" of a name that is new, since that gives it a meaning."""
SYMMETRIC = "symmetric"
"""The value of a word for the one property that is understood where a formula is judged."""
_SYMMETRIC = re.compile(r"(?<![\w-])s[yi]m[mé]")


@dataclass(frozen=True, slots=True)
class Word:
    """What words say of the names in formula `number`; `sizes` are the formulas that say how large, `value` a
    function or an operator."""

    meaning: Meaning
    number: int
    name: Node
    sizes: tuple[int, ...] = ()
    value: str = ""
    other: int = -1


def words_said(text: Sentences) -> Iterator[Word]:
    """Yield what the words of a document declare, the rows of the table in their order."""
    for meaning, pattern in _patterns():
        for match in pattern.finditer(text.flow):
            if _is_supposed(text.flow, match.start()) and not (meaning in _NAMES and _is_new(text, match)):
                continue
            before = text.flow[max(0, match.start() - 30) : match.start()]
            near = match[0] if _BY.search(before) else before + match[0]
            if meaning in {"rows", "columns"} and _COMPUTED.search(near):
                continue
            found = match.groupdict()
            sizes = tuple(map(int, _NUMBERS.findall(found.get("S") or "")))
            others = _NUMBERS.findall(found.get("Y") or "")
            value = next((key for key, words in OPERATORS.items() if found.get("O") in words), "")
            value = SYMMETRIC if meaning == "property" and _SYMMETRIC.search(match[0]) else value
            for number in _subjects(text, match):
                names = _signs(text, number) if meaning == "operator" else _named(text, number)
                other = int(others[0]) if others else -1
                for name in names:
                    each = text.alike(name) if number in text.plurals else []
                    yield from (Word(meaning, at, one, sizes, value, other) for at, one in each or [(number, name)])
    yield from _functions(text)


def _is_new(text: Sentences, match: re.Match[str]) -> bool:
    """Return whether no formula before words has the names that these speak of: if $W$ is the matrix of …, then."""
    first, *_ = (int(number) for number in _NUMBERS.findall(match["X"]))
    before = {node.base.plain for said in text.said if said.number < first for node in walk(said.statement.body)}
    return not before & {name.base.plain for name in _named(text, first)}


def _subjects(text: Sentences, match: re.Match[str]) -> list[int]:
    """Return the formulas that a list names, without equations said before it: with $a_0 = x$, $W$ is a matrix.

    A verb in the singular speaks of the last one.
    """
    numbers = [int(number) for number in _NUMBERS.findall(match["X"])]
    named = [number for number in numbers if not any(_is_equation(one.body) for one in text.of(number))] or numbers
    verb = re.match(r"[\s$\\)]*(\w+)", text.flow[match.end("X") : match.end("X") + 30])
    return named[-1:] if verb is not None and verb[1] in SINGULAR else named


def _is_equation(body: Node) -> bool:
    return isinstance(body, Relation) and body.links[0].operator in EQUATES


def arguments_of(word: Word, text: Sentences) -> list[Node]:
    """Return the names that a loss depends on by the words of a text: the y of a function of y, or of y_1, …, y_m."""
    bodies = [statement.body for statement in text.of(word.other)] if word.meaning == "loss of" else []
    listed = [body.items for body in bodies if isinstance(body, Tuple) and any(isinstance(i, Dots) for i in body.items)]
    if listed:
        return names_in(listed[0][0])
    return _named(text, word.other) if word.meaning == "loss of" else []


def columns_listed(text: Sentences) -> Iterator[Word]:
    """Yield the matrices of which a formula lists the columns."""
    for said in text.said:
        for name in columns_of(said.statement.body):
            yield Word("columns", said.number, name, other=said.number)


def columns_of(body: Node) -> Iterator[Node]:
    """Yield the matrix of which a formula lists the columns: X = [x^{(1)}, …, x^{(m)}]."""
    sides = (body.first, body.links[0].node) if isinstance(body, Relation) and body.links[0].operator in EQUATES else ()
    for name, group in pairwise(sides):
        if name.base.symbol.isupper() and columns_in(group) and any(enumerations(group)):
            yield name


def operators_said(words: Iterable[Word], text: Sentences) -> Iterator[tuple[str, str]]:
    """Yield the signs that words call products, with what they are."""
    for word in words:
        if word.meaning == "operator" and word.value:
            yield latex_of(text.regions[word.number], text.regions[word.number].span), word.value


def layout_said(text: Sentences) -> tuple[str, int] | None:
    """Return the layout of Jacobians that a text names, and where; None where it names none or both."""
    found = [
        (layout, match.start())
        for layout, ways in LAYOUTS.items()
        for way in ways
        if (match := re.search(re.escape(way), text.flow))
    ]
    return found[0] if len(found) == 1 else None


def gradients_lie(text: Sentences) -> bool:
    """Return whether a text says that gradients are row vectors."""
    return _row_gradients().search(text.flow) is not None


@cache
def _row_gradients() -> re.Pattern[str]:
    verb = rf"(?:{_group('is')}|as|als|comme|como)"
    return re.compile(
        rf"\b{_group('gradient')}\s{_OTHERS}{verb}\s+(?:{_group('a')}\s+)?(?:{_group('row-vector')}|rows\b)"
    )


def softmax_said(text: Sentences) -> str:
    """Return over which axis of a matrix a text takes the softmax; "" where it names none or both."""
    found = [
        value
        for value, axis in SOFTMAX_AXES.items()
        if _along(axis).search(text.flow)
        or any(_applies_softmax(text, int(match[1])) for match in _behind_formula(axis).finditer(text.flow))
        or any(_applies_softmax(text, number) for number in _noted(axis, text))
    ]
    return found[0] if len(found) == 1 else ""


def _noted(axis: str, text: Sentences) -> Iterator[int]:
    """Yield the formulas that have the words for an axis in them: P = softmax(S) \\text{(row by row)}."""
    for number, region in enumerate(text.regions):
        notes = _NOTE.findall(region.clean.excerpt(region.span))
        if any(re.search(_ways(axis), note.lower()) for note in notes):
            yield number


def _ways(axis: str) -> str:
    """Return the words that say that something is meant along an axis."""
    return rf"{axis}-?\s?wise|{axis} by {axis}|(?:over|along|to|in|on|for) (?:the |each |every )?{axis}s?"


def _applies_softmax(text: Sentences, number: int) -> bool:
    reads = OF_WHOLE_ARRAYS["softmax"][1].split()
    return any(key in reads for key, _, _ in heads_in(statement.body for statement in text.of(number)))


@cache
def _behind_formula(axis: str) -> re.Pattern[str]:
    """Return what says behind a formula that it is meant along an axis: $P = softmax(Z)$, row by row."""
    return re.compile(rf"«(\d+)»[\s,$(\\)]*(?:applied |taken |computed )?(?:{_ways(axis)})\b")


@cache
def _along(axis: str) -> re.Pattern[str]:
    """Return what says in a sentence that the softmax is taken along an axis."""
    near = r"(?:«\d+»|[^.«»])*?"
    each = r"(?:over|along|of|to|in|on|for|by) (?:the |each |every |its )?"
    behind = rf"softmax{near}\b(?:{axis}-?\s?wise|{each}{axis}s?)\b"
    return re.compile(rf"{behind}|\b(?:each|every) {axis}\b[^.«»]{{0,40}}softmax|\b{axis}-?wise softmax")


def _named(text: Sentences, number: int) -> list[Node]:
    """Return the names of a formula: those it lists, those whose set it says, or the one that it defines."""
    statements = text.of(number)
    bodies = [s.body.first if isinstance(s.body, Relation) else s.body for s in statements]
    return [name for body in bodies for name in names_in(body)]


def _signs(text: Sentences, number: int) -> list[Node]:
    """Return a formula that is a sign alone, which nothing can be read in: ⊗."""
    bodies = [statement.body for statement in text.of(number)]
    alone = [body for body in bodies if not names_in(body) and not isinstance(body, Relation)]
    region = text.regions[number]
    single = number in text.unread and _SIGN.fullmatch(region.clean.excerpt(region.span).strip()) is not None
    return alone or ([Empty(region.span)] if single else [])


def _is_supposed(flow: str, start: int) -> bool:
    """Return whether what begins at a place is said of a case only: if $g$ is the sigmoid."""
    before = flow[max(0, start - 30) : start].split()
    words = [word.strip(".,;:()") for word in before[-2:]]
    return bool(words) and (words[-1] in SUPPOSED or (words[0] in SUPPOSED and words[-1] in {"that", "now"}))


@cache
def _patterns() -> tuple[tuple[Meaning, re.Pattern[str]], ...]:
    ends = {"number": r"(?!\s+(?:matri|vector|vektor|array|of\b|von\b|der\b|de\b|des\b))"}
    return tuple((meaning, re.compile(_pattern(row) + ends.get(meaning, ""))) for meaning, row in ROWS)


def _pattern(row: str) -> str:
    """Return a row as a regular expression."""
    operators = "|".join(word for words in OPERATORS.values() for word in words)
    letters = {"X": f"(?P<X>{_LIST})", "S": f"(?P<S>{_PAIR})", "Y": f"(?P<Y>{_MARK})", "O": f"(?P<O>{operators})"}
    found = ""
    for token in row.split(" "):
        if token == "~":
            found += _OTHERS
            continue
        own = token.rstrip("?*")
        sign = token[len(own) :]
        own = re.sub(r"<([\w-]+)>", lambda group: _group(group[1]), own)
        own = re.sub(r"\b[XSYO]\b", lambda letter: letters[letter[0]], own)
        found += rf"(?:{own}[\s$]+){sign}" if sign else own + _SPACE
    return rf"(?<![\w«]){found.removesuffix(_SPACE)}(?![\w-])"


@cache
def _group(name: str) -> str:
    return rf"(?:{pattern_of(alternatives(GROUPS[name]))})(?!\w)"


def _functions(text: Sentences) -> Iterator[Word]:
    """Yield what the text says that letters stand for as functions."""
    for pattern in _function_patterns():
        for match in pattern.finditer(text.flow):
            if _is_supposed(text.flow, match.start()):
                continue
            value = function_phrases().get(" ".join(match["F"].split()), "any")
            closer = _closer_function().match(text.flow, match.end("F")) if value == "any" else None
            value = function_phrases()[" ".join(closer["F"].split())] if closer is not None else value
            for number in _subjects(text, match):
                for name in _named(text, number):
                    yield Word("function", number, name, (), value)


@cache
def _closer_function() -> re.Pattern[str]:
    """Return what says behind an open function which one it is: the activation function, a ReLU; (the sigmoid)."""
    phrases = pattern_of(function_phrases())
    return re.compile(rf"\s*[,(]\s*(?:(?:here|namely|i\.e\.|say)\s*,?\s*)?(?:{_group('a')}\s+)?(?P<F>{phrases})(?!\w)")


@cache
def _function_patterns() -> tuple[re.Pattern[str], ...]:
    phrases = pattern_of(function_phrases())
    between = r"(?:[\w-]+\s+){0,3}?"
    verb = rf"(?:{_group('is')}|means|represents|stands\s+for|=)"
    behind = rf"(?P<X>{_LIST})[\s$]*(?:,\s*)?{verb}\s*(?:{_group('a')}\s+)?{between}(?P<F>{phrases})(?!\w)"
    before = rf"(?<!\w)(?P<F>{phrases})[\s$]*(?P<X>{_LIST})"
    joins = r"(?:,|\b(?:and|und|et|y|e|with|where|mit|avec|con|com))"
    elliptic = rf"{joins}\s+(?P<X>{_MARK})\s+(?:the|die|la|le|el|o|a)\s+(?P<F>{phrases})(?!\w|\s+of\b)"
    turned = rf"(?<!\w){verb}[\s$]+(?P<X>{_LIST})[\s$]+{_group('a')}\s+{between}(?P<F>{phrases})(?!\w)"
    in_brackets = rf"(?P<X>{_MARK})[\s$]*\(\s*(?:{_group('a')}\s+)?(?P<F>{phrases})\s*\)"
    last = rf"(?P<X>{_LIST})[ $]*\n?{_group('a')}\s+(?P<F>{phrases})\s+{_group('is')}"
    verb_and_word = rf"{_group('is')}\s+{between}(?P<F>{_group('smooth')})"
    called = rf"(?<!\w){_group('function')}[\s$]+(?P<X>{_LIST})[\s$]+{verb_and_word}"
    each = r"(?:of|on|applied\s+to|acting\s+on)\s+(?:each|every)\s+(?:entry|component|element|unit)"
    of_entries = (
        rf"(?<!\w)(?P<F>{_group('function')})[\s$]+(?P<X>{_LIST})[\s$]+(?:that\s+acts\s+|which\s+acts\s+)?{each}"
    )
    return tuple(map(re.compile, (behind, before, elliptic, turned, in_brackets, last, called, of_entries)))


def is_sizes(node: Node) -> bool:
    """Return whether a formula says the sizes of a matrix: n \\times d, (n, d)."""
    if isinstance(node, Group):
        return isinstance(node.body, Tuple) or is_sizes(node.body)
    return isinstance(node, Tuple) or is_product_of_sizes(node)


def is_product_of_sizes(node: Node) -> bool:
    """Return whether a formula has the sign of a matrix's sizes: n \times d."""
    return isinstance(node, Product) and any(item.operator == r"\times" for item in node.items)
