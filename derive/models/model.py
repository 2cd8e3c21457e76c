"""Models: a network with its notation, read from a TOML file whose forward pass is written in the lecture's own LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from derive.algebra.index import Index, Lin, Range, lin
from derive.errors import DeriveError, LatexError
from derive.latex.aliases import LeftSide, declared, head_key, left_side
from derive.latex.bigops import Bound, bound_range
from derive.latex.conditions import one_hot_letter
from derive.latex.context import Context, Log
from derive.latex.elaborate import elaborate
from derive.latex.functions import bracket_of
from derive.latex.names import unbrace
from derive.latex.notation import Notation
from derive.latex.reading import Reading
from derive.latex.slots import sup_pieces
from derive.latex.symbols import SymbolTable
from derive.latex.syntax import Node, Product, Relation, Script, Statement
from derive.models.facts import fact_of
from derive.models.finish import function_domains, layer_ranges, leaves_of, missing_starts, notation, with_layers
from derive.models.forward import EQUALS, Forward, define, depth_of
from derive.models.functions import with_function
from derive.models.letters import quantified_letters, shifted_letters, slot_letters, upper_limits
from derive.models.lines import Line, ModelText
from derive.models.shapes import Declarations, declare
from derive.network.network import Definition, Fact, Leaf, Network
from derive.source import Source, Span

OPERATORS = ("elementwise", "outer", "kronecker", "compose", "product")


@dataclass(frozen=True)
class Model:
    """A network, the symbols that its formulas use, and how both are written."""

    name: str
    source: str
    network: Network
    table: SymbolTable
    notation: Notation
    reading: Reading
    forward: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    assume: tuple[str, ...] = ()
    functions: tuple[tuple[str, str], ...] = ()
    layers: frozenset[str] = field(default_factory=frozenset)
    text: str = ""


def parse_model(
    toml: str, source: Source | None = None, locate: Callable[[Span], Span] | None = None, name: str = "model"
) -> Model:
    """Return the model of a TOML text; `locate` maps spans of the TOML to spans of the document `source`.

    Raises: ModelError, at its own line, for a model that makes no sense.
    """
    own = Source(source.name if source is not None else name, toml)
    text = ModelText(own, source or own, locate or (lambda span: span))
    data = text.data()
    if "use" in data:
        return _used(data, text)
    return _Builder(text, data, name).model()


def _used(data: dict[str, Any], text: ModelText) -> Model:
    """Return a bundled model that a document names. Raises: ModelError if there is none, or more keys stand beside it."""
    from derive.models.registry import bundled, list_models

    if len(data) > 1:
        raise text.fault('beside "use" nothing else can stand; copy the model to change it')
    found = bundled(data["use"])
    if found is None:
        raise text.fault(
            f'there is no model "{data["use"]}"; there are {", ".join(list_models())}', text.find(data["use"])
        )
    return found


class _Builder:
    """Builds one model, part by part."""

    def __init__(self, text: ModelText, data: dict[str, Any], name: str) -> None:
        self.text = text
        self.data = data
        self.name = name
        self.forward_lines = text.lines(data, "forward")
        self.shape_lines = text.lines(data, "shapes")
        self.where_lines = text.lines(data, "where")
        self.assume_lines = text.lines(data, "assume")
        self.reading = Reading(gradients=data.get("gradients", "variable"), jacobian=data.get("layout", "numerator"))

    def model(self) -> Model:
        found = self._declarations()
        forward = self._forward(found)
        definitions = self._with_starts(forward)
        forward.table = with_layers(forward.table, layer_ranges(definitions, forward.table), forward.depth)
        loss = next((d.name for d in reversed(definitions) if not d.params), None)
        table = replace(
            forward.table,
            ranges=forward.ranges,
            domains=function_domains(definitions, forward.table),
            loss=loss,
            labels=_finished(forward),
            index_names=_index_names(forward, found.letters),
        )
        for line in self.where_lines:
            table = self._where(line, table, forward, found)
        facts = self._facts(table)
        leaves = self._leaves(table, definitions)
        network = Network(tuple(definitions), leaves, facts, loss)
        listed = self.data
        return Model(
            listed.get("name", self.name), listed.get("source", ""), network, table,
            notation(table, self.reading.jacobian, tuple(sorted(found.layers)), tuple(_units(found)), self.text.toml.text),
            self.reading, tuple(line.text for line in self.forward_lines), tuple(line.text for line in self.shape_lines),
            tuple(line.text for line in self.where_lines), tuple(line.text for line in self.assume_lines),
            tuple((key, str(value)) for key, value in listed.get("functions", {}).items()), frozenset(found.layers),
            self.text.toml.text,
        )  # fmt: skip

    def _declarations(self) -> Declarations:
        statements = [s for line in self.forward_lines for s in line.statements]
        letters = quantified_letters(statements)
        conditions = quantified_letters([replace_body(s) for s in statements])
        slots = {letter for line in self.shape_lines for letter in slot_letters(line)}
        letters |= slots
        limits = upper_limits(statements) - letters
        layers = self._layer_letters(letters, conditions, slots)
        found = Declarations(self.text, letters, layers, dict.fromkeys(limits, 0))
        for line in self.shape_lines:
            declare(line, found)
        return found

    def _layer_letters(self, letters: set[str], conditions: set[str], slots: set[str]) -> set[str]:
        """Return the letters that count layers or steps: those of names with axes, and those that occur as k-1."""
        shifted = shifted_letters([s for line in self.forward_lines for s in line.statements])
        named: set[str] = set()
        for line in self.shape_lines:
            for statement in line.statements:
                body = unbrace(statement.body)
                if isinstance(body, Relation):
                    named |= _letters_of_arrays(body, letters)
        return (slots | named | (shifted & conditions)) & letters

    def _forward(self, found: Declarations) -> Forward:
        table = SymbolTable(
            sizes=dict(found.sizes), operators=self._operators(), broadcast=bool(self.data.get("broadcast", False))
        )
        for entry in found.entries:
            table = table.with_entry(entry)
        for key, value in self.data.get("functions", {}).items():
            table = with_function(key, value, table, found.letters, self.text)
        forward = Forward(
            self.text, table, frozenset(found.layers), depth_of(found.sizes), self.reading, self._ranges(table)
        )
        forward.table = self._with_unit_ranges(forward)
        for line in self.forward_lines:
            define(line, forward)
        return forward

    def _ranges(self, table: SymbolTable) -> dict[str, Range]:
        """Return the ranges that conditions of the forward pass give to index letters, each taken once."""
        from derive.latex.quantifiers import read_limits

        found: dict[str, Range] = {}
        for line in self.forward_lines:
            for statement in line.statements:
                ctx = Context(table, elaborate, source=line.source)
                limits, _ = read_limits(statement.conditions, ctx)
                for letter in set(limits.lower) & set(limits.upper):
                    range_ = limits.range_of(letter)
                    if range_ is not None:
                        found.setdefault(letter, range_)
        return found

    def _with_unit_ranges(self, forward: Forward) -> SymbolTable:
        """Fill in the ranges of unit indices that names of scalars carry, w_{ji} ∈ ℝ, from sums and conditions."""
        table = forward.table
        ranges = {**self._sum_ranges(table), **forward.ranges}
        for entries in list(table.entries.values()):
            for entry in entries:
                if any(param.range is None and param.kind == "unit" for param in entry.params):
                    params = tuple(
                        replace(p, range=p.range or ranges.get(p.index.name)) if p.kind == "unit" else p
                        for p in entry.params
                    )
                    count = sum(p.kind == "unit" for p in params)
                    table = table.with_entry(
                        replace(entry, params=params, orientation="col" if count == 1 else "matrix")
                    )
        return table

    def _sum_ranges(self, table: SymbolTable) -> dict[str, Range]:
        from derive.latex.bigops import read_bounds
        from derive.latex.syntax import BigOperator, walk

        found: dict[str, Range] = {}
        for line in self.forward_lines:
            ctx = Context(table, elaborate, source=line.source)
            for statement in line.statements:
                for node in walk(statement.body):
                    if isinstance(node, BigOperator) and node.sup is not None:
                        for bound in read_bounds(node, ctx):
                            if bound.lo is not None and bound.hi is not None:
                                found.setdefault(bound.letter, Range(bound.lo, bound.hi))
        return found

    def _with_starts(self, forward: Forward) -> list[Definition]:
        """Return the definitions, with an input for what a recursion starts from where nothing defines it."""
        definitions = list(forward.definitions)
        for entry, range_ in missing_starts(forward.table, definitions):
            from derive.algebra.expr import Var
            from derive.algebra.index import fresh

            at = next(n for n, param in enumerate(entry.params) if param.kind == "layer")
            start = f"{entry.name}_{{{range_.hi}}}" if range_.lo == range_.hi else f"{entry.name} before the first"
            names = [fresh(param.index.name) for param in entry.params]
            placed: dict[Any, Lin] = {p.index: lin(n) for p, n in zip(entry.params, names, strict=True)}
            ranges = tuple(
                range_ if n == at else (param.range or range_).subs(placed) for n, param in enumerate(entry.params)
            )
            definitions.insert(0, Definition(entry.name, tuple(names), ranges, Var(start, tuple(map(lin, names)))))
            self.starts = (*getattr(self, "starts", ()), Leaf(start, tuple(names), ranges))
        return definitions

    def _leaves(self, table: SymbolTable, definitions: list[Definition]) -> tuple[Leaf, ...]:
        for entries in table.entries.values():
            for entry in entries:
                if entry.body is None and any(param.range is None for param in entry.params):
                    raise self.text.fault(f'nothing says over what the indices of "{entry.base}" run')
        return leaves_of(table, definitions) + getattr(self, "starts", ())

    def _operators(self) -> dict[str, str]:
        found = {}
        for sign, meaning in self.data.get("operators", {}).items():
            if meaning not in OPERATORS:
                raise self.text.fault(
                    f'an operator is {", ".join(OPERATORS)}, not "{meaning}"', self.text.find(str(meaning))
                )
            found[sign] = meaning
        return found

    def _where(self, line: Line, table: SymbolTable, forward: Forward, found: Declarations) -> SymbolTable:
        """Declare a further name. Raises: ModelError where its definition cannot be read."""
        try:
            for statement in line.statements:
                table = define_alias(statement, table, forward.reading, line.source, frozenset(found.layers))
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


def define_alias(
    statement: Statement, table: SymbolTable, reading: Reading, source: Source, layers: frozenset[str]
) -> SymbolTable:
    """Return the table with the name that `left = right` declares.

    Raises: LatexError where it cannot be read.
    """
    body = unbrace(statement.body)
    if not isinstance(body, Relation) or len(body.links) != 1 or body.links[0].operator not in EQUALS:
        raise LatexError("a further name is declared as name = expression", source, statement.span)
    left = left_side(body.first)
    if left is None:
        raise LatexError("this is no name", source, body.first.span, "a name with its indices")
    ctx = Context(table, elaborate, reading, source, log=Log())
    right = body.links[0].node
    table = _with_label(left, right, table, ctx)
    ctx = replace(ctx, table=table)
    value = ctx.value(right)
    entry = declared(left, value, ctx, layers, 0)
    table = table.with_entry(entry)
    if left.arguments is not None:
        key = head_key(left.name)
        table = replace(table, heads=table.heads | ({key} if key is not None else set()))
    return table


def _with_label(left: LeftSide, right: Node, table: SymbolTable, ctx: Context) -> SymbolTable:
    """Return the table with the letter of y = e(ℓ) as a label that runs over the axis of y."""
    items = right.items if isinstance(right, Product) else ()
    group = bracket_of(items[1].node) if len(items) == 2 else None
    letter = one_hot_letter(items[0].node if items else right, None if group is None else group.body)
    key = head_key(left.name)
    entries = table.entries.get(key or "", ())
    if letter is None or len(entries) != 1 or len(entries[0].units) != 1 or entries[0].units[0].range is None:
        return table
    label = ctx.letter(letter).atom
    if not isinstance(label, Index) or label in table.labels:
        return table
    return replace(table, labels={**table.labels, label: entries[0].units[0].range})


def replace_body(statement: Statement) -> Statement:
    """Return only the conditions of a statement."""
    from derive.latex.syntax import Empty

    return replace(statement, body=Empty(statement.span))


def _letters_of_arrays(body: Relation, letters: set[str]) -> set[str]:
    """Return the index letters on names that have axes of their own: the t of h_t ∈ ℝ^H."""
    from derive.latex.syntax import Tuple
    from derive.models.letters import size_part, tokens_of

    if size_part(body.links[0].node) is None:
        return set()
    found: set[str] = set()
    for name in body.first.items if isinstance(body.first, Tuple) else (body.first,):
        node = unbrace(name)
        if isinstance(node, Script):
            for script in (node.sub, *sup_pieces(node.sup)):
                found |= {t.text for t in tokens_of(_unbracket(script)) if t.kind == "letter" and t.text in letters}
    return found


def _unbracket(node: Any) -> Any:
    from derive.latex.syntax import Group

    return node.body if isinstance(node, Group) else node


def _units(found: Declarations) -> list[str]:
    return [
        letter
        for letter in ("i", "j", "k", "m", "p", "q", "r", "s")
        if letter not in found.layers and letter not in found.sizes
    ]


def _finished(forward: Forward) -> dict[Index, Range]:
    return {index: range_ for index, range_ in forward.labels.items()}


def _index_names(forward: Forward, letters: set[str]) -> dict[str, str]:
    """Return l as another way to write ℓ, where the model uses only one of them."""
    names = {index.name for index in forward.labels}
    if r"\ell" in names and "l" not in letters and "l" not in names:
        return {"l": r"\ell"}
    if "l" in names and r"\ell" not in letters:
        return {r"\ell": "l"}
    return {}


__all__ = ["Bound", "DeriveError", "Model", "bound_range", "define_alias", "parse_model"]
