"""What a text says of shapes, as memberships: x \\in \\mathbb{R}^d from a formula, or from "a d-dimensional vector"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from derive.errors import InputError, LatexError
from derive.lecture.declarations import BUILT_IN, Collected, Declared
from derive.lecture.enumerations import enumerations
from derive.lecture.latex import latex_of
from derive.lecture.said import Sentences, head_key
from derive.lecture.words import Word, is_product_of_sizes, is_sizes
from derive.models.equation_lines import head_of
from derive.models.known_shapes import is_of_one_layer
from derive.models.letters import size_part
from derive.models.lines import Line, ModelText
from derive.models.shapes import Declarations, read_sizes
from derive.models.solve import Solver
from derive.reader.parser import parse_formula
from derive.reader.syntax import Group, Relation, Tuple
from derive.source import Source, Span


def shape_lines(found: Collected) -> Iterator[Line]:
    """Yield the memberships that a text says as lines of a model, those that can be read."""
    for text, _ in memberships(found):
        line = _line(text)
        if line is not None:
            yield line


def declare(found: Collected, solver: Solver) -> dict[str, tuple[str, Declared]]:
    """Put the shapes that a text says into a solver; return the names that have one, with the membership."""
    declared: dict[str, tuple[str, Declared]] = {}
    text = ModelText(Source("", ""), Source("", ""), lambda span: span)
    names = Declarations(text, set(solver.letters), set(solver.layers))
    for membership, said in memberships(found):
        line = _line(membership)
        if line is None or len(line.statements) != 1 or not isinstance(line.statements[0].body, Relation):
            continue
        body = line.statements[0].body
        exponent = size_part(body.links[-1].node)
        try:
            sizes = [] if exponent is None else read_sizes(exponent, names, line)
        except InputError:
            continue
        use = solver.say(head_of(body.first), sizes)
        if use is not None and not is_of_one_layer(use, sizes):
            declared[use.key] = (membership, said)
    return declared


def memberships(found: Collected) -> Iterator[tuple[str, Declared]]:
    """Yield what the text says of shapes, as memberships."""
    for declared in found.shapes:
        yield declared.text, declared
    for word in found.words:
        said = _of_columns(word, found) if word.meaning == "columns" else _of_word(word, found)
        if said is not None:
            yield said


def without(shapes: Sequence[Declared], found: Collected) -> Collected:
    """Return what a text declares without some of the shapes that its formulas and its words say."""
    said = {(one.number, one.span) for one in shapes}
    words = tuple(word for word in found.words if (word.number, word.name.span) not in said)
    return replace(found, shapes=tuple(one for one in found.shapes if one not in shapes), words=words)


def _of_word(word: Word, found: Collected) -> tuple[str, Declared] | None:
    region = found.text.regions[word.number]
    key = head_key(word.name)
    if key is None or key in found.functions or key in BUILT_IN:
        return None
    try:
        name = latex_of(region, word.name.span)
        sizes = "" if word.meaning == "number" else _sizes(word, found.text)
    except LatexError:
        return None
    if sizes is None:
        return None
    power = f"^{{{sizes}}}" if sizes else ""
    return rf"{name} \in \mathbb{{R}}{power}", Declared(
        key, name, region, word.name.span, word.number, word.name.base.plain or key
    )


def _of_columns(word: Word, found: Collected) -> tuple[str, Declared] | None:
    """Return the shape of a matrix of which a formula lists the columns, x^{(i)} ∈ ℝ^p up to x^{(m)}."""
    listed = [own for said in found.text.of(word.number) for own in enumerations(said.body)]
    one = next((declared for own in listed for declared in found.shapes if declared.key == own.base), None)
    length = one.text.partition(r"\mathbb{R}^")[2].strip("{} ") if one is not None else ""
    if word.other != word.number or not length or r"\times" in length:
        return None
    region = found.text.regions[word.number]
    try:
        name, last = latex_of(region, word.name.span), listed[0].end(region)
    except LatexError:
        return None
    place = Declared(head_key(word.name) or "", name, region, word.name.span, word.number)
    return rf"{name} \in \mathbb{{R}}^{{{length} \times {last}}}", place


def _sizes(word: Word, text: Sentences) -> str | None:
    """Return the sizes that words name as the exponent of ℝ."""
    if word.meaning not in {"matrix", "plain sizes", "vector", "row vector"} or not word.sizes:
        return None
    if word.meaning == "plain sizes" and not any(is_product_of_sizes(one.body) for one in text.of(word.sizes[0])):
        return None  # x is y
    texts = [latex_of(text.regions[n], text.regions[n].span) for n in word.sizes]
    if word.meaning == "row vector":
        return rf"1 \times {texts[0]}" if len(texts) == 1 and not is_sizes(text.of(word.sizes[0])[0].body) else None
    if len(texts) == 2:
        return r" \times ".join(texts)
    statements = text.of(word.sizes[0])
    if len(statements) != 1:
        tuple_ = texts[0].strip("() ").split(",")
        return r" \times ".join(part.strip() for part in tuple_) if len(tuple_) == 2 else None
    body = statements[0].body
    if isinstance(body, Group) and isinstance(body.body, Tuple):
        region = text.regions[word.sizes[0]]
        items = [latex_of(region, item.span) for item in body.body.items]
        return r" \times ".join(item for item in items if item)
    if isinstance(body, Relation) or (word.meaning != "vector") != is_sizes(body):
        return None
    return texts[0].strip("() ") if is_sizes(body) else texts[0]


@lru_cache(maxsize=4096)
def _line(text: str) -> Line | None:
    """Return a membership as a line of a model; a text with many parts asks for each of its memberships many times."""
    source = Source("shape", text)
    try:
        return Line(text, source, Span(0, len(text)), parse_formula(source, Span(0, len(text))).statements)
    except LatexError:
        return None
