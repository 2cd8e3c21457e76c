"""The models of a document: those that its directives give, and the one that its own text states."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from derive.document.document import Document, read_document
from derive.document.pieces import FormulaRegion, ModelDirective, ModelEnd
from derive.document.types import is_document
from derive.errors import UsageError
from derive.lecture.declarations import BUILT_IN
from derive.lecture.network import networks_of
from derive.lecture.said import read_text
from derive.lecture.text_network import TextNetwork
from derive.lecture.written_equations import names_in
from derive.models import registry
from derive.models.lines import ModelText
from derive.models.model import Model, parse_model
from derive.reader.derivatives import has_derivative
from derive.reader.syntax import Node
from derive.source import Source
from derive.visible import escaped

ADDABLE = ("forward", "shapes", "where", "assume", "functions", "operators", "layout")
"""What a model that adds to the text may say."""
UNDECLARED = frozenset({*BUILT_IN, r"\theta", r"\partial", r"\nabla", "d", "e", "I", r"\delta"})
WORD = re.compile(r"\\?[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class StatedModel:
    """A model of a document as the text of a model file, "" for none, and the line from which it is in force."""

    toml: str
    line: int = 1


def text_of(document: Document, directive: ModelDirective | None = None) -> list[TextNetwork]:
    """Return the networks that the text of a document states, in their order, with what a directive adds to it.

    Raises: ModelError if the directive says what no model says.
    """
    if directive is None:
        return networks_of(document.formulas, Path(document.path).stem)
    before = document.pieces[: document.pieces.index(directive)]
    place = sum(isinstance(piece, FormulaRegion) for piece in before)
    return networks_of(document.formulas, Path(document.path).stem, additions(directive), place=place)


def text_outside(document: Document, alive: Callable[[], None] | None = None) -> list[TextNetwork]:
    """Return the networks that the text of a document states where no model of its own is in force; `alive` is called
    before each."""
    formulas, inside = [], False
    for piece in document.pieces:
        match piece:
            case ModelDirective():
                inside = additions(piece) is None
            case ModelEnd():
                inside = False
            case FormulaRegion():
                formulas.append(replace(piece, skip=piece.skip or "of another model") if inside else piece)
            case _:
                pass
    return networks_of(tuple(formulas), Path(document.path).stem, {}, alive)


def additions(directive: ModelDirective) -> dict[str, Any] | None:
    """Return what a directive adds to the text, `use = "document"`; None where it gives a model of its own.

    Raises: ModelError for bad TOML, and for what cannot be added.
    """
    try:
        data = tomllib.loads(directive.toml)
    except tomllib.TOMLDecodeError:
        return None  # the model itself will say so, at its place
    if data.get("use") != "document":
        return None
    text = ModelText(Source(directive.source.name, directive.toml), directive.source, directive.in_document)
    added = {key: value for key, value in text.data().items() if key != "use"}
    other = next((key for key in added if key not in ADDABLE), None)
    if other is not None:
        raise text.fault(f'"{other}" cannot be added to a text; there are {", ".join(ADDABLE)}', text.find(other))
    return added


def models_of(document: Document) -> list[StatedModel]:
    """Return the models of a document in their order. Raises: ModelError, UsageError as reading them does."""
    directives = [piece for piece in document.pieces if isinstance(piece, ModelDirective | ModelEnd)]
    stated = _stated(document, text_outside(document))
    if not directives:
        return stated
    found = [one for one in stated if one.line < directives[0].line]
    for directive in directives:
        if isinstance(directive, ModelEnd):
            found += _behind(directive, stated)
        elif additions(directive) is not None:
            found += _stated(document, text_of(document, directive))
        else:
            model = parse_model(directive.toml, directive.source, directive.in_document)
            found.append(StatedModel(model.text, directive.line))
    return found


def _behind(end: ModelEnd, stated: Sequence[StatedModel]) -> list[StatedModel]:
    """Return what is in force from the end of a model on: the text's network there, if any, and those that follow."""
    before = [one for one in stated if one.line <= end.line]
    here = before[-1].toml if before else ""
    return [StatedModel(here, end.line), *(one for one in stated if one.line > end.line)]


def _stated(document: Document, networks: Sequence[TextNetwork]) -> list[StatedModel]:
    """Return networks of a text with the lines of the formulas from which they are in force."""
    places = [document.formulas[network.first] for network in networks]
    lines = [region.source.position(region.span.start).line for region in places]
    return [StatedModel(network.toml, line) for network, line in zip(networks, lines, strict=True)]


def model_at(path: Path, line: int | None = None) -> StatedModel:
    """Return the model that is in force at a line of a document.

    Raises: UsageError where there is none, or where there are several and no line is given; InputError as reading does.
    """
    document = read_document(path)
    found = models_of(document)
    shown = escaped(str(path))
    if not found:
        raise UsageError(f"{shown} names no model, and its text states no network")
    given = [one for one in found if one.toml]
    if line is None and len(given) > 1:
        lines = ", ".join(str(one.line) for one in given)
        raise UsageError(f"{shown} has {len(given)} models, from lines {lines}; say which: {shown}:{given[0].line}")
    before = [one for one in found if one.line <= line] if line is not None else given
    model = (before or found[:1])[-1]
    if not model.toml:
        raise UsageError(f"no model is in force at line {line} of {shown}")
    return model


def load_model(name_or_path: str) -> Model:
    """Return a bundled model, the model of a TOML file, or the one that a lecture names or states.

    Raises: UsageError if there is none; ModelError for a model that makes no sense.
    """
    path = Path(name_or_path)
    if name_or_path in registry.list_models() or not is_document(path) or not path.exists():
        return registry.load_model(name_or_path)
    return parse_model(model_at(path).toml, name=path.stem)


def best_bundled(formulas: Sequence[FormulaRegion]) -> tuple[str, int, int] | None:
    """Return the bundled model that knows the names of most formulas with a derivative, how many these are, and how
    many there are; None where none knows any. Of two that know as many a lecture comes before a network."""
    bodies = [said.statement.body for said in read_text(formulas).said if has_derivative(said.statement.body)]
    texts = {name: registry.text_of(name) for name in registry.list_models()}
    best, most = "", 0
    for name in sorted(texts, key=lambda name: "[[theorems]]" in texts[name]):
        if sum(_letters(body) <= _words(texts[name]) for body in bodies) <= most:
            continue  # to look for names in the text is cheap, to read the model is not
        model = registry.bundled(name)
        count = sum(model is not None and _knows(model, body) for body in bodies)
        if count > most:
            best, most = name, count
    return (best, most, len(bodies)) if best else None


def _letters(body: Node) -> set[str]:
    """Return the words in the names of a formula, those left out that no model has to declare."""
    bases = (node.base for node in names_in(body))
    names = (base.plain or "" for base in bases if base.key not in UNDECLARED)
    return {word for name in names for word in WORD.findall(name)}


@cache
def _words(text: str) -> frozenset[str]:
    """Return the words of a model file, each letter of those without a backslash too."""
    words = WORD.findall(text)
    return frozenset(words).union(*(word for word in words if not word.startswith("\\")))


def _knows(model: Model, body: Node) -> bool:
    """Return whether a model knows all names of a formula."""
    table = model.table
    known = {*table.functions, *table.sizes, *UNDECLARED}
    bases = [node.base for node in names_in(body)]
    return all(base.key in known or table.candidates(base.key, base.plain) for base in bases)
