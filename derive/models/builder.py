"""Builds a model part by part: declarations, functions, forward pass, further names, facts."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from typing import Any

from derive.errors import LatexError
from derive.models.extents import function_domains, layer_ranges, leaves_of, recursions, with_layers
from derive.models.facts import arrays_of, fact_of, of_inputs
from derive.models.forward import Forward, define, depth_of
from derive.models.functions import undeclared_functions, with_function
from derive.models.inputs import Inputs
from derive.models.letter_ranges import collect
from derive.models.letters import (
    depth_letters,
    letters_on_arrays,
    letters_on_both_sides,
    named_limits,
    quantified_letters,
    shifted_letters,
    slot_letters,
    upper_limits,
)
from derive.models.lines import Line, ModelText
from derive.models.model import Model
from derive.models.open_shapes import declare_solved
from derive.models.order import check_order
from derive.models.own_layers import split_layers, with_families
from derive.models.shapes import Declarations, declare, declare_equal_sizes
from derive.models.starts import with_starts
from derive.models.stated_theorems import theorems_in
from derive.models.unit_ranges import slot_ranges, with_unit_ranges
from derive.models.where import define_alias, names_declared_in
from derive.models.written import notation, size_pattern
from derive.names.table import Function, SymbolTable, plain_base
from derive.network.network import Fact, Network
from derive.reader.syntax import Empty, Statement
from derive.typing.bounds import sets_summed_over
from derive.typing.heads import BUILTIN
from derive.typing.reading import Reading

UNIT_LETTERS = ("i", "j", "k", "m", "p", "q", "r", "s")
OPERATORS = ("elementwise", "outer", "kronecker", "compose", "product")

_SHIFT = re.compile(r"(?<![A-Za-z])(\\ell|[A-Za-z])\s*[-+]\s*\d+")
"""A letter of an index with a number behind it, in the name of an entry."""


class Builder:
    """Builds one model, part by part."""

    def __init__(self, text: ModelText, data: dict[str, Any], name: str) -> None:
        self.text = text
        self.data = data
        self.name = name
        self.forward_lines = text.lines(data, "forward")
        self.shape_lines = text.lines(data, "shapes")
        self.where_lines = text.lines(data, "where")
        self.assume_lines = text.lines(data, "assume")
        self.reading = Reading().choosing(
            gradients=data.get("gradients", "variable"), jacobian=data.get("layout", "numerator")
        )

    def model(self) -> Model:
        """Return the model. Raises: ModelError where it makes no sense."""
        found = self._declarations()
        forward = self._forward(found)
        definitions, starts = with_starts(forward)
        definitions = split_layers(definitions, forward.table)
        table = with_layers(forward.table, layer_ranges(definitions, forward.table), forward.depth)
        loss = next((d.name for d in reversed(definitions) if not d.params), None)
        table = replace(
            table,
            recursions=recursions(definitions, table),
            domains=function_domains(definitions, table),
            loss=loss,
            labels=dict(forward.labels),
            index_names=_index_names(forward, found.letters),
        )
        layers = frozenset(found.layers)
        defined = {definition.name for definition in definitions}
        for line in forward.where:
            table = self._where(line, table, layers, defined)
        self._check_ranges(table)
        leaves = leaves_of(table, definitions) + starts
        self._check_shifts([leaf.name for leaf in leaves], defined)
        facts = tuple(of_inputs(fact, definitions) for fact in self._facts(table))
        network = Network(tuple(definitions), leaves, facts, loss)
        names = frozenset(leaf.name for leaf in leaves)
        functions = self.data.get("functions", {})
        units = tuple(letter for letter in UNIT_LETTERS if letter not in found.layers | set(found.sizes))
        return Model(
            name=self.data.get("name", self.name),
            source=self.data.get("source", ""),
            network=network,
            table=table,
            notation=notation(table, tuple(sorted(layers)), units, self.text.toml.text),
            reading=self.reading,
            forward=tuple(line.text for line in self.forward_lines),
            shapes=tuple(line.text for line in self.shape_lines),
            where=tuple(line.text for line in self.where_lines),
            assume=tuple(line.text for line in self.assume_lines),
            functions=tuple((key, str(value)) for key, value in functions.items()),
            inputs=self._named("inputs", table, names),
            given=self._named("given", table, names),
            layers=layers,
            theorems=theorems_in(self.text, self.data),
            text=self.text.toml.text,
            description=self.data.get("description", ""),
        )

    def _declarations(self) -> Declarations:
        statements = [s for line in self.forward_lines for s in line.statements]
        shapes = [s for line in self.shape_lines for s in line.statements]
        numbered = quantified_letters([replace_body(s) for s in shapes])
        letters = quantified_letters(statements) | numbered | letters_on_both_sides(statements, shapes)
        conditions = quantified_letters([replace_body(s) for s in statements]) | numbered
        counting = letters | shifted_letters([*statements, *shapes])
        slots = {letter for line in self.shape_lines for letter in slot_letters(line)} & counting
        letters |= slots
        limits = upper_limits(statements) - letters
        named = {letter for line in self.shape_lines for letter in letters_on_arrays(line, letters)}
        layers = (slots | named | (shifted_letters(statements) & conditions)) & letters
        self.numbering = frozenset(layers - slots - shifted_letters([*statements, *shapes]))
        where = [s for line in self.where_lines for s in line.statements]
        self.depths = depth_letters(shapes, [*statements, *where], layers)
        sizes = [*sorted(limits), *self.depths]
        sizes += sorted(named_limits(statements, letters | set(sizes)))
        found = Declarations(self.text, letters, layers, dict.fromkeys(sizes, 0), examples=self.numbering)
        for line in [line for line in self.shape_lines if not declare_equal_sizes(line, found)]:
            declare(line, found)
        if not self.data.get("broadcast", False):
            further = {plain_base(key) for key in _names_declared(self.where_lines)}
            functions = self.data.get("functions", {}) | dict.fromkeys(self._undeclared_functions(found), "any")
            declare_solved(found, self.forward_lines, self.shape_lines, further, functions, self._operators())
        return found

    def _forward(self, found: Declarations) -> Forward:
        statements = [statement for line in self.forward_lines for statement in line.statements]
        table = SymbolTable(
            sizes=dict(found.sizes),
            equal=dict(found.equal),
            size_patterns={name: size_pattern(name, n, self.text.toml.text) for name, n in found.sizes.items()},
            operators=self._operators(),
            broadcast=bool(self.data.get("broadcast", False)),
            labels=dict(found.labels),
            heads=frozenset(found.heads),
            examples=found.examples,
            sets=sets_summed_over(statements),
        )
        for entry in found.entries:
            table = table.with_entry(entry)
        for key, value in self.data.get("functions", {}).items():
            table = with_function(key, value, table, found.letters, self.text)
        for letter in self._undeclared_functions(found):
            table = table.with_function(letter, Function(letter, "open", written=letter))
        table = with_families(table, statements)
        lefts, further = _names_declared(self.forward_lines), _names_declared(self.where_lines)
        words = frozenset(key for key in {*table.entries, *lefts, *further} if len(key) > 1 and key.isalpha())
        said = collect((*self.forward_lines, *self.shape_lines), table, words, self.text)
        depth = depth_of(found.sizes, self.depths, found.layers)
        runs = said.runs(found.layers, self.numbering, depth)
        inputs = Inputs(said.uses, runs, found.layers, found.examples, table.sizes)
        for entry in inputs.new(table, self._known(found, lefts, further)):
            table = table.with_another(entry)
        table = with_unit_ranges(table, runs.usual, slot_ranges(said.uses, table))
        forward = Forward(
            self.text, found, replace(table, ranges=runs.said), frozenset(found.layers), depth, self.reading, runs,
            inputs, list(self.where_lines), frozenset(lefts), dict(found.labels),
        )  # fmt: skip
        for line in self.forward_lines:
            define(line, forward)
        check_order(forward)
        return forward

    def _undeclared_functions(self, found: Declarations) -> list[str]:
        """Return the letters that the forward pass uses as functions, and of which nothing says what they are."""
        statements = [statement for line in self.forward_lines for statement in line.statements]
        declared = {name for entry in found.entries for name in (entry.base, entry.plain)}
        named = _names_declared(self.forward_lines) | _names_declared(self.where_lines)
        known = {*declared, *named, *found.sizes, *found.letters, *self.data.get("functions", {}), *BUILTIN}
        return undeclared_functions(statements, known)

    def _known(self, found: Declarations, lefts: set[str], further: set[str]) -> dict[str, bool]:
        """Return the names that are no inputs: those that are declared or defined, in any font, and the small letters
        of matrices. If nothing has a shape, what is defined may have a first unit that is set apart."""
        declared = {entry.plain for entry in found.entries}
        entries = {entry.plain.lower() for entry in found.entries if entry.units and len(entry.plain) == 1}
        shaped = any(entry.params for entry in found.entries)
        known = dict.fromkeys(map(plain_base, lefts), not shaped)
        return known | dict.fromkeys({*declared, *entries, *map(plain_base, further)}, False)

    def _check_ranges(self, table: SymbolTable) -> None:
        for entry in table.every:
            if entry.body is None and any(param.range is None for param in entry.params):
                raise self.text.fault(f'nothing says over what the indices of "{entry.base}" run')

    def _check_shifts(self, inputs: Sequence[str], defined: Container[str]) -> None:
        """Raise ModelError where x^{(l-1)} and x^{(2)} are inputs beside x^{(l)} that is computed.

        Then l counts layers, and all three were taken for fixed names, since nothing says how far. One step alone, c_t
        from c_{t-1}, is no such case.
        """
        for name in inputs:
            shift = _SHIFT.search(name)
            if shift is None or name.replace(shift[0], shift[1]) not in defined:
                continue
            before, _, behind = name.partition(shift[0])
            numbered = re.compile(rf"{re.escape(before)}\d+{re.escape(behind)}")
            if any(map(numbered.fullmatch, inputs)):
                letter, range_ = shift[1], rf"\quad ({shift[1]} = 1, \dots, L)"
                raise self.text.fault(f'nothing says over what "{letter}" runs; end a line of "forward" with {range_}')

    def _operators(self) -> dict[str, str]:
        found = {}
        for sign, meaning in self.data.get("operators", {}).items():
            if meaning not in OPERATORS:
                raise self.text.fault(
                    f'an operator is {", ".join(OPERATORS)}, not "{meaning}"', self.text.find(str(meaning))
                )
            found[sign] = meaning
        return found

    def _where(self, line: Line, table: SymbolTable, layers: frozenset[str], defined: Container[str]) -> SymbolTable:
        """Declare a further name. Raises: ModelError where its definition cannot be read."""
        try:
            for statement in line.statements:
                table = define_alias(statement, table, self.reading, line.source, layers, defined)
        except LatexError as error:
            raise self.text.fault_in(line, error) from error
        return table

    def _facts(self, table: SymbolTable) -> tuple[Fact, ...]:
        facts = []
        for line in self.assume_lines:
            try:
                for statement in line.statements:
                    facts.append(fact_of(statement, table, self.reading, line.source, line.text))
            except LatexError as error:
                raise self.text.fault_in(line, error) from error
        return tuple(facts)

    def _named(self, key: str, table: SymbolTable, names: frozenset[str]) -> frozenset[str]:
        """Return the arrays listed under a key. Raises: ModelError for what is none, or what a line defines."""
        found = set[str]()
        for line in self.text.lines(self.data, key):
            try:
                found |= set().union(*(arrays_of(s, table, self.reading, line.source) for s in line.statements))
            except LatexError as error:
                raise self.text.fault_in(line, error) from error
            if not found <= names:
                raise self.text.fault(f'"{key}" lists what no line of "forward" defines', self.text.find(line.text))
        return frozenset(found)


def _names_declared(lines: Iterable[Line]) -> set[str]:
    return {key for line in lines for key in names_declared_in(line)}


def replace_body(statement: Statement) -> Statement:
    """Return only the conditions of a statement."""

    return replace(statement, body=Empty(statement.span))


def _index_names(forward: Forward, letters: set[str]) -> dict[str, str]:
    """Return l as another way to write ℓ, where the model uses only one of them."""
    names = {index.name for index in forward.labels}
    if r"\ell" in names and "l" not in letters and "l" not in names:
        return {"l": r"\ell"}
    if "l" in names and r"\ell" not in letters:
        return {r"\ell": "l"}
    return {}
