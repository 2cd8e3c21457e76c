"""From the declarations of a document to the networks that it states, one for each part that defines names anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from derive.algebra.expr import Var
from derive.document.pieces import FormulaRegion
from derive.lecture.assembled import Assembled, assemble
from derive.lecture.collect import collect
from derive.lecture.declarations import Collected, Declared
from derive.lecture.defined_anew import defined_anew
from derive.lecture.function_values import function_said
from derive.lecture.left_open import OpenShapes
from derive.lecture.model_text import ModelLine, line_ranges, written
from derive.lecture.own_shapes import of_the_model
from derive.lecture.said import ADDED, head_key, read_text
from derive.lecture.text_network import Epoch, TextNetwork, asked_for, model_of
from derive.lecture.text_parts import (
    computed_from,
    epochs,
    has_inputs,
    is_computed_anew,
    is_of_others,
    running_letters,
)
from derive.lecture.whole_text import WholeText
from derive.models.model import Model
from derive.reader.derivatives import derivatives
from derive.reader.parser import parse_statement
from derive.source import Source, Span

MAX_REPAIRS = 25
"""How many lines that do not fit may be left out before a network is given up."""


def network_of(
    regions: Iterable[FormulaRegion], name: str = "lecture", more: Mapping[str, Any] | None = None
) -> TextNetwork | None:
    """Return the network that formulas and the words around them state, with what a model adds to it; None where they
    state none."""
    networks = networks_of(regions, name, more)
    return networks[0] if networks else None


def first_missing(regions: Iterable[FormulaRegion]) -> str:
    """Return what would have to be said first, so that a text states a network; "" if it has no equation for one."""
    return asked_for(assemble(collect(read_text(tuple(regions))), frozenset(), True).missing)


def networks_of(
    regions: Iterable[FormulaRegion], name: str = "lecture", more: Mapping[str, Any] | None = None,
    alive: Callable[[], None] | None = None, place: int = 0,
) -> list[TextNetwork]:  # fmt: skip
    """Return the networks of a text in their order: a name that a later section defines anew begins another one.

    `alive` is called before each of them: a book may have many, and take long. What a model says is added at a `place`.
    """
    added = _formulas_added(more or {})
    declared = _with_added(collect(read_text((*added, *regions))), more or {})
    whole = WholeText(declared.text, len(added))
    found: list[TextNetwork] = []
    running = running_letters(declared)
    for first, part, said in epochs(declared, len(added), place):
        again, numbers = said.again, said.numbers
        if alive is not None:
            alive()
        network = _network(part, name, more or {}, whole)
        anew = tuple(number - len(added) for number in numbers)
        begin = max(0, first - len(added))
        if network is None and found and numbers:  # the one before goes on, but for what is said anew
            names = again | {e.left.base.plain or "" for e in part.equations if e.said.number in numbers}
            before = found[-1].epoch
            doubtful = before.doubtful | computed_from(names, part)
            found.append(replace(found[-1], epoch=replace(before, first=begin, doubtful=doubtful, anew=anew)))
        if network is not None:
            own = has_inputs(part, first) or is_computed_anew(again, part, first) or is_of_others(again, part, first)
            doubtful = frozenset() if own else computed_from(again, part)
            strict = computed_from(again - running, part) if again - running else frozenset()
            otherwise = computed_from(again, part) | said.entries if again | said.entries else frozenset()
            network = replace(network, epoch=Epoch(begin, doubtful, doubtful - strict, otherwise, anew))
            found += [network, *_of_examples(network, part, name, more or {})]
    return found


def _of_examples(network: TextNetwork, part: Collected, name: str, more: Mapping[str, Any]) -> Iterator[TextNetwork]:
    """Yield the networks of formulas that take another function as an example and differentiate it, f(x) = 1/x → df/dx
    = -1/x², each with the one of their part of the text, which is in force again behind it."""
    for number in _examples(part):
        begin, behind = number - network.whole.added, number + 1
        others = [n for n in range(part.own.start, part.own.stop) if n != number]
        own = part.up_to(range(number, behind), [number, *others, *range(part.own.start)])
        found = _network(own, name, more, network.whole)
        if found is not None:
            yield replace(found, epoch=Epoch(begin, is_example=True))
            if behind < part.own.stop:
                yield replace(network, epoch=replace(network.epoch, first=begin + 1))


def _examples(part: Collected) -> Iterator[int]:
    """Yield the formulas that say what a function is that others before have said to be something else, of its
    arguments alone, and that have a derivative of it."""
    said: dict[str, str] = {}
    every = [function_said(one.number, one.statement.body) for one in part.text.said]
    for name, function in (one for one in every if one is not None and one[1].is_closed):
        known, number = said.setdefault(name, function.says), function.number
        tops = {top.base.text for other in part.text.of(number) for top, _ in derivatives(other.body)}
        here = [one for one in every if one is not None and one[0] == name and one[1].number == number]
        if known != function.says and name in tops and number in part.own and len(here) == 1:
            yield number


def _network(found: Collected, name: str, more: Mapping[str, Any], whole: WholeText) -> TextNetwork | None:
    """Return the network that declarations make up; where what a model adds does not fit the text, the text means other
    things by its letters."""
    network = _fitting_network(found, name, more, whole)
    fits = network is not None and not network.left_out.added
    own = None if fits else of_the_model(found, max(found.own.start, whole.added))
    other = _fitting_network(own[0], name, more, whole) if own is not None and more.get("forward") else None
    if own is None or other is None or (network is not None and other.left_out.added >= network.left_out.added):
        return network
    said = {name: (sections, frozenset[int]()) for name, sections in own[1].items()}
    return replace(other, shapes=replace(other.shapes, others={**said, **other.shapes.others}))


def _fitting_network(found: Collected, name: str, more: Mapping[str, Any], whole: WholeText) -> TextNetwork | None:
    """Return the network that declarations make up; lines that do not fit the others are left out."""
    dropped: set[int | str] = set()
    faults: list[str] = []
    spare = True
    for _ in range(MAX_REPAIRS):
        assembled = assemble(found, frozenset(dropped), spare, more.get("assume", ()), _gradients_added(more))
        if not any(line.table in {"forward", "shapes"} for line in assembled.lines):
            return None
        toml = written(assembled.lines, re.sub(r"[^\w .-]", "-", name))
        model = model_of(toml)
        if not isinstance(model, tuple):
            nothing = _only_names(model, assembled.lines)
            return None if nothing else _as_network(assembled, toml, model, whole, faults)
        if spare:
            spare = False
            continue
        line, message = model
        bad = assembled.at_fault(line)
        if bad is None:
            return None
        dropped |= bad
        faults.append(message)
    return None


def _only_names(model: Model, lines: Iterable[ModelLine]) -> bool:
    """Return whether a text only calls one name by another, a = b, and says no shape: that is no network."""
    shapes = any(line.table == "shapes" and line.said is not None for line in lines)
    return not shapes and all(isinstance(definition.body, Var) for definition in model.network.definitions)


def _as_network(assembled: Assembled, toml: str, model: Model, whole: WholeText, faults: Iterable[str]) -> TextNetwork:
    missing = tuple(dict.fromkeys((*assembled.missing, *faults)))
    return TextNetwork(
        toml,
        model,
        whole,
        line_ranges(assembled.lines),
        assembled.places(whole.added),
        missing,
        usual=tuple(assembled.facts.usual(assembled.lines)),
        one_hot=assembled.one_hot(),
        losses=assembled.open_losses(),
        names=assembled.open_names(),
        shapes=OpenShapes(assembled.is_guessed(), assembled.supposed_names(), assembled.of_other_shapes()),
        anew=defined_anew(assembled.chosen),
        left_out=assembled.lines_left_out(whole.added),
    )


def _formulas_added(more: Mapping[str, Any]) -> tuple[FormulaRegion, ...]:
    """Return the formulas that a model adds, as if they stood before the text."""
    texts = [text for key in ("shapes", "forward", "where") for text in more.get(key, ())]
    sources = [Source(ADDED, text) for text in texts]
    return tuple(FormulaRegion(source, Span(0, len(source.text)), True, clean=source) for source in sources)


def _gradients_added(more: Mapping[str, Any]) -> list[str]:
    """Return the further names that a model adds and that derivatives define: a text defines none so."""
    return [text for text in more.get("where", ()) if r"\partial" in text or r"\nabla" in text]


def _with_added(found: Collected, more: Mapping[str, Any]) -> Collected:
    """Return declarations with the functions and the layout that a model adds, which win over what the text says."""
    functions = dict(found.functions)
    for symbol, value in more.get("functions", {}).items():
        source = Source(ADDED, symbol)
        region = FormulaRegion(source, Span(0, len(symbol)), False, clean=source)
        name = parse_statement(source).body
        functions[head_key(name) or symbol] = (value, Declared(symbol, symbol, region, region.span))
    operators = {**found.operators, **more.get("operators", {})}
    return replace(found, functions=functions, operators=operators, layout=more.get("layout", found.layout))
