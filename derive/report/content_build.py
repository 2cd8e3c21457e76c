"""The whole handout from its options: the sections about a model, numbered, and as a worksheet where one is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import TypeVar, cast

from derive.errors import ModelError, UsageError
from derive.models.overrides import closed
from derive.report.content import (
    Algorithm,
    Block,
    Bullets,
    Display,
    Figure,
    Handout,
    Meta,
    Paragraph,
    Section,
    Step,
    Table,
)
from derive.report.content_algorithm import algorithm
from derive.report.content_chain import chain
from derive.report.content_code import code
from derive.report.content_cost import cost
from derive.report.content_depth import depth
from derive.report.content_equations import equations
from derive.report.content_example import worked
from derive.report.content_gradients import chapters, results
from derive.report.content_graph import graph
from derive.report.content_jacobians import jacobians
from derive.report.content_path import path
from derive.report.content_setting import forward, idea, setting
from derive.report.content_updates import updates
from derive.report.given import Given, read_given
from derive.report.inline import Reference, Text
from derive.report.numbers import Numbers, sizes_by_name
from derive.report.options import USUAL_WIDTHS, HandoutOptions
from derive.report.subject import Subject

T = TypeVar("T")
TITLE = "Backpropagation, step by step"


def titled(options: HandoutOptions, about: Subject) -> HandoutOptions:
    """Return the options with a title that names the network, where none is given."""
    known = "a multilayer perceptron" if about.roles is not None else about.model.name.replace("-", " ")
    return options if options.title else replace(options, title=f"{TITLE}: {about.model.description or known}")


def sections_of(about: Subject, options: HandoutOptions) -> tuple[Section, ...]:
    """Return the sections of the handout about a model, in the order asked for, without what is proved of them.

    A section that the network has nothing for is left out.
    """
    numbers = example_numbers(about, options)
    gradients = cache(lambda: tuple(chapters(about)))  # by far the most work, and few sections need them
    makers: dict[str, Callable[[], Iterable[Section | None]]] = {
        "setting": lambda: [setting(about)],
        "chain": lambda: [chain(about) or (path(about, numbers) if numbers is not None else None)],
        "graph": lambda: [graph(about, numbers) if numbers is not None else None],
        "forward": lambda: [forward(about)],
        "idea": lambda: [idea(about, about.roles) if about.roles is not None and not about.roles.batch else None],
        "jacobians": lambda: [jacobians(about)],
        "cost": lambda: [cost(about, numbers) if numbers is not None else None],
        "gradients": gradients,
        "results": lambda: [results(about)],
        "equations": lambda: [equations(about, gradients())],
        "algorithm": lambda: [algorithm(about)],
        "example": lambda: [worked(about, numbers) if numbers is not None else None],
        "code": lambda: [code(about)],
        "depth": lambda: [depth(about)],
        "updates": lambda: [updates(about, numbers) if numbers is not None and about.parameters else None],
    }
    found = (section for name in options.sections if name in makers for section in makers[name]())
    return tuple(section for section in found if section is not None)


def example_numbers(about: Subject, options: HandoutOptions) -> Numbers | None:
    """Return the numbers of the example, with a function in place of each that the model leaves open, if one can."""
    try:
        closed_one = Subject(closed(about.model), about.part)
    except (UsageError, ModelError):
        return None
    given = read_given(options.values, closed_one) if options.values is not None else Given()
    drawn = about.roles is not None and not about.roles.batch
    if options.widths and not drawn:
        raise UsageError("widths in a row are those of the layers of a perceptron; give this network's sizes by their "
                         f"names: --widths {','.join(f'{name}=2' for name in sizes_by_name(closed_one))}")  # fmt: skip
    if options.sizes and drawn:
        raise UsageError("the sizes of a perceptron are the widths of its layers: --widths 2,3,2")
    return Numbers(closed_one, options.widths or USUAL_WIDTHS, given, options.seed, dict(options.sizes))


def assembled(options: HandoutOptions, sections: tuple[Section, ...], model: str, version: str) -> Handout:
    """Return a handout of these sections, numbered."""
    numbering = _Numbering()
    numbered = tuple(replace(section, blocks=tuple(map(numbering.number, section.blocks))) for section in sections)
    numbered = tuple(_resolved(section, numbering.references) for section in numbered)
    return Handout(Meta(options.title or TITLE, options.author, options.course, options.date), numbered, model, version)


@dataclass
class _Numbering:
    """Counts displays that have a name, figures and tables."""

    counts: Counter[str] = field(default_factory=Counter)
    references: dict[str, Reference] = field(default_factory=dict)

    def number(self, block: Block) -> Block:
        match block:
            case Display(name=name) if name:
                return replace(block, number=self._next("display", name))
            case Figure(name=name):
                return replace(block, number=self._next("figure", name))
            case Table():
                return replace(block, number=self._next("table", ""))
        return block

    def _next(self, kind: str, name: str) -> int:
        self.counts[kind] += 1
        if name:
            family = "fig" if kind == "figure" else "eq"
            self.references[name] = Reference(name, self.counts[kind], family)
        return self.counts[kind]


def _resolved(node: T, references: dict[str, Reference]) -> T:
    """Return a part of the handout with the number of every reference in it; one to what is not shown is left out."""
    if isinstance(node, Reference):
        return cast(T, references.get(node.value, node))
    if isinstance(node, tuple):
        return cast(T, tuple(_resolved(item, references) for item in _shown(node, references)))
    if isinstance(node, Section | Paragraph | Bullets | Table | Figure | Algorithm | Step):
        changes = {item.name: _resolved(getattr(node, item.name), references) for item in fields(node)}
        return replace(node, **changes)
    return node


def _shown(items: tuple[object, ...], references: dict[str, Reference]) -> list[object]:
    """Return what is left without references to what is not shown, and without the comma before one."""
    found = list[object]()
    for item in items:
        if not isinstance(item, Reference) or item.value in references:
            found.append(item)
        elif found and isinstance(found[-1], Text) and found[-1].value.endswith(", "):
            found[-1] = replace(found[-1], value=found[-1].value.removesuffix(", "))
    return found
