"""Shapes that a model leaves out although its equations fix them, solved as those of a text: the b of W x + b."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from derive.algebra.index import Index, Lin, Size, lin
from derive.models.equation_lines import ends_of_sums, head_of
from derive.models.hints import solve
from derive.models.inputs import INDEX_LETTERS
from derive.models.known_shapes import NUMBER
from derive.models.letters import slots_of_bases
from derive.models.lines import Line
from derive.models.shapes import Declarations, declare_name
from derive.models.sizes import PLACE, UNKNOWN, Misfit
from derive.models.solve import Solver
from derive.models.uses import KINDS, Use
from derive.names.declare import full_name
from derive.reader.parser import parse_statement
from derive.reader.syntax import Node, Relation, walk
from derive.source import Source
from derive.statements.left_sides import left_side
from derive.typing.heads import BUILTIN

HINTS = ("turned", "norm", "matrix", "operand")
"""What says that a name is an array, strongest first: the x of x^T y and of W x is no number."""


def declare_solved(
    found: Declarations, forward: Sequence[Line], shapes: Sequence[Line], further: Container[str],
    functions: Mapping[str, object], operators: Mapping[str, str],
) -> None:  # fmt: skip
    """Declare the arrays whose shapes the forward pass fixes by what is declared; what stays open is left to it.

    `further` are the bases of further names, which are no inputs.
    """
    if not any(entry.units for entry in found.entries):
        return
    solver = _solver(found, forward, shapes, functions, operators)
    solver.sizes.unknown |= {name: ((), value) for name, value in found.equal.items()}
    sets = [statement.body for line in shapes for statement in line.statements]
    solver.sizes.ends = frozenset(ends_of_sums((s for line in forward for s in line.statements), sets))
    for name, said in found.said:
        solver.say(head_of(name), said or [])
    lines = [line for line in forward if "each" not in dict(_defined_heads(line, found)).values()]
    statements = [statement for line in lines for statement in line.statements]
    bodies = (statement.body for statement in statements)
    lefts = {use.key for b in bodies if isinstance(b, Relation) and (use := solver.use(head_of(b.first))) is not None}
    done = {*solver.shapes, *(key for key in lefts if "@" not in key)}
    open_ones = [(node, use, line) for node, use, line in _uses(forward, solver, further) if use.key not in done]
    for hints in ((), HINTS) if open_ones or solver.sizes.ends else ():
        before = solver.state()
        try:
            solve(solver, statements, hints)
        except Misfit:  # reading the lines says where
            solver.back_to(before)
            break
    for letter, size in solver.sizes.at_ends_of_sums():
        found.sizes.setdefault(letter, 0)
        found.equal[letter] = size
    for node, use, line in open_ones:
        sizes = _sizes(use, solver) if use.key not in done else []
        if sizes:
            done.add(use.key)
            declare_name(node, sizes, line, found)


def _solver(
    found: Declarations, forward: Sequence[Line], shapes: Sequence[Line], functions: Mapping[str, object],
    operators: Mapping[str, str],
) -> Solver:  # fmt: skip
    """Return a solver that knows the letters and the bases of a model."""
    arrays = {entry.plain for entry in found.entries if entry.units}
    own, others = (
        slots_of_bases([s for line in lines for s in line.statements], found.letters, found.layers)
        for lines in (shapes, forward)
    )
    pairs = zip(own[:2], others[:2], strict=True)
    below, above = (mine | {base for base in theirs if base.rstrip("([") not in arrays} for mine, theirs in pairs)
    heads = {parse_statement(Source("function", key)).body.base.key or "": str(v) for key, v in functions.items()}
    kinds = {key: KINDS.get(value, "each") for key, value in heads.items()}
    return Solver(
        frozenset(found.letters), frozenset(found.layers), frozenset(found.sizes),
        kinds | dict(pair for line in forward for pair in _defined_heads(line, found)),
        below, above, own[2] | others[2],
        whole=frozenset(entry.name for entry in found.entries if entry.units and not entry.layers),
        named=frozenset(full_name(entry.plain, entry.fixed_sub, ()) for entry in found.entries if entry.fixed_sub),
        counted=own[0] - own[2], counts=frozenset(found.sizes) - arrays, operators=operators, equal=found.equal,
    )  # fmt: skip


def _defined_heads(line: Line, found: Declarations) -> Iterator[tuple[str, str]]:
    """Yield what a line defines with arguments: a quantity, L(w), if one of these is declared, else a function."""
    for body in (statement.body for statement in line.statements):
        left = left_side(body.first, in_model=True) if isinstance(body, Relation) else None
        if left is not None and left.key is not None and left.arguments is not None:
            known = {node.base.plain for node in left.given} & {entry.plain for entry in found.entries}
            yield left.key, "own" if known else "each"


def _uses(forward: Sequence[Line], solver: Solver, further: Container[str]) -> Iterator[tuple[Node, Use, Line]]:
    """Yield the names that are used whole, at layers that are letters; an index without a range is a slip."""
    for line in forward:
        for node in (node for statement in line.statements for node in walk(statement.body)):
            plain, key = node.base.plain, node.base.key
            if plain is None or plain in further or key in solver.functions or key in BUILTIN:
                continue
            use = solver.use(node)
            if use is not None and use.key not in solver.counts | solver.letters:
                form = solver.forms[use.key]
                whole = not (use.units or use.turned or use.power or INDEX_LETTERS & {*form.below, *form.above})
                if whole and all(isinstance(value.atom, Index) for value in use.layers):
                    yield node, use, line


def _sizes(use: Use, solver: Solver) -> list[Lin]:
    """Return the sizes of a name at its layers; none for a number, or where one stays open."""
    shape = solver.shapes.get(use.key, NUMBER)
    values = dict(zip(PLACE, use.layers, strict=False))
    sizes = [solver.known(length).subs(values) for length in shape.sizes]
    atoms = [atom for length in sizes for atom, _ in length.terms]
    if any(isinstance(atom, Size) and atom.name.startswith(UNKNOWN) for atom in atoms):
        return []
    return [lin(1), *sizes] if shape.row else sizes
