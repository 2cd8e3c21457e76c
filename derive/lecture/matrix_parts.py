"""Names of parts of matrices: rows and columns that words say, and small letters for the entries of a capital."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from derive.lecture.declarations import Declared, Equation
from derive.lecture.enumerations import Enumeration, enumerations
from derive.lecture.forward import ForwardPass
from derive.lecture.latex import latex_of
from derive.lecture.model_text import ModelLine
from derive.lecture.said import Said
from derive.lecture.size_names import SizeNames
from derive.lecture.words import Word
from derive.lecture.written_equations import example_letter, has_two_letters, names_in, range_statement
from derive.models.equation_lines import end_of
from derive.models.known_shapes import Shape
from derive.models.letters import counted_from_one
from derive.models.solve import Solver
from derive.reader.syntax import BigOperator, Node, Relation, Tuple, walk
from derive.statements.entries_named import entries_named


@dataclass(frozen=True, slots=True)
class Example:
    """A small letter with an example in brackets above it: y^{(i)} is column i of Y, a^{[2](i)} that of A^{[2]}."""

    key: str
    whole: str
    line: ModelLine


@dataclass(frozen=True, slots=True)
class Place:
    """A name in the formula with a number."""

    number: int
    node: Node


def possible_parts(chosen: ForwardPass) -> dict[str, str]:
    """Return the names that may be parts of matrices, with those: what words call rows and columns, and small letters
    with an example in brackets beside a capital."""
    found: dict[str, str] = {}
    for word in chosen.found.words:
        member = next(MatrixParts(chosen).members(word), None) if word.meaning in {"rows", "columns"} else None
        whole, key = chosen.key(word.name), chosen.key(member[1]) if member is not None else ""
        if whole and key and member is not None:
            found[key] = whole
            _add_matrix(chosen, whole, key, member[2], word)
            _put_down(chosen.solver, key, chosen.solver.shapes.get(whole), word.meaning == "columns")
    defined = {chosen.key(equation.left) for equation in chosen.found.equations}
    known = defined | set(chosen.declared)
    for equation in chosen.found.equations:
        for node in names_in(equation.right) if not equation.alias else ():
            key = chosen.key(node) if example_letter(node) is not None else ""
            whole = (node.base.key or "").upper() + key.removeprefix(node.base.plain or "")[:-1]
            if key.endswith("@") and whole in known and key not in defined:
                found[key] = whole
    return found


def _add_matrix(chosen: ForwardPass, whole: str, part: str, letter: str, word: Word) -> None:
    """Put down the shape of a matrix of which only the rows or columns have one, and are counted: w_1, …, w_V ∈ ℝ^d."""
    solver, member = chosen.solver, chosen.solver.shapes.get(part)
    if whole in solver.shapes or member is None or member.rank != 1 or any(size.indices() for size in member.sizes):
        return
    base = solver.forms[part].plain if part in solver.forms else part
    ranges = (
        range_ for other, range_ in chosen.found.ranges if other == letter and (not range_.of or base in range_.of)
    )
    nodes = (node for range_ in ranges for node in range_statement(range_).conditions)
    ends = [end_of(last, solver) for node in nodes for other, last in counted_from_one(node) if other == letter]
    if len(set(ends)) == 1 and ends[0] is not None:
        sizes = (ends[0], member.sizes[0]) if word.meaning == "rows" else (member.sizes[0], ends[0])
        solver.shapes[whole] = Shape(sizes)


def _put_down(solver: Solver, part: str, whole: Shape | None, axis: int) -> None:
    """Put down how many rows or columns a matrix has, and how long they are."""
    if whole is not None and whole.rank == 2 and not any(length.indices() for length in whole.sizes):
        solver.members[part] = whole.sizes[axis]
        solver.shapes.setdefault(part, Shape((whole.sizes[1 - axis],)))


def examples_of(chosen: ForwardPass) -> Iterator[Example]:
    """Yield the examples that equations speak of as parts of matrices, and put down their shapes.

    Only an axis that is as long as the sum over the examples can be theirs. What is said or solved of them before has
    to be what is left of the matrix.
    """
    done: set[str] = set()
    solver = chosen.solver
    for equation in chosen.equations:
        for node in names_in(equation.right):
            key, letter = chosen.key(node), example_letter(node)
            shape = solver.shapes.get(chosen.parts.get(key, "")) if key not in done else None
            if letter is None or shape is None or (shape.rank == 1 and not shape.row):
                continue
            lengths = set(_lengths(equation, letter))
            axes = [axis for axis, size in enumerate(shape.sizes) if str(solver.known(size)) in lengths]
            part = Shape(shape.sizes[: axes[0]] + shape.sizes[axes[0] + 1 :]) if len(axes) == 1 else None
            if part is not None and solver.shapes.get(key, part) == part:
                done.add(key)
                solver.shapes[key] = part
                yield Example(key, chosen.parts[key], _example_line(equation, node, letter, shape, axes[0], lengths))


def _lengths(equation: Equation, letter: str) -> Iterator[str]:
    """Yield how far a letter runs, by the sums of an equation."""
    for node in walk(equation.right):
        below = node.below if isinstance(node, BigOperator) and node.above is not None else None
        if isinstance(node, BigOperator) and isinstance(below, Relation) and below.first.symbol == letter:
            yield node.above.text if node.above is not None else ""


def _example_line(equation: Equation, node: Node, letter: str, shape: Shape, axis: int, lengths: set[str]) -> ModelLine:
    region = equation.said.region
    text = latex_of(region, node.span)
    if node.sub is not None and node.sup is not None:  # an entry of the example, y^{(i)}_k
        text = f"{latex_of(region, node.base.span)}^{{{latex_of(region, node.sup.span)}}}"
    whole = re.sub(r"\^\{\s*\}", "", text.replace(f"({letter})", ""))
    entries = f"_{{{letter}}}" if shape.rank == 1 else f"_{{:,{letter}}}" if axis else rf"_{{{letter},:}}^\top"
    line = rf"{text} = {whole[0].upper()}{whole[1:]}{entries} \quad ({letter} = 1, \dots, {min(lengths)})"
    return ModelLine("forward", line, Declared("", line, region, node.span, equation.said.number), note="an example")


def _listed(body: Node) -> Iterator[Enumeration]:
    """Yield what a formula lists in the brackets of a matrix: X = [x^{(1)}, …, x^{(m)}]."""
    group = body.links[0].node if isinstance(body, Relation) else body
    yield from enumerations(group)


def _without_transpose(said: Said, node: Node) -> str:
    """Return how a row or column is written, w_i also where the text only has w_i^T."""
    if node.sub is None or not any(piece.is_transpose for piece in node.pieces):
        return latex_of(said.region, node.span)
    return f"{latex_of(said.region, node.base.span)}_{{{latex_of(said.region, node.sub.span)}}}"


@dataclass
class MatrixParts:
    """The parts of matrices that a text names; `of` is the matrix of each row and column."""

    chosen: ForwardPass
    of: dict[str, str] = field(default_factory=dict)

    def rows_and_columns(self, sizes: SizeNames) -> Iterator[ModelLine]:
        """Yield what the text says are rows or columns of a matrix that it knows: x_n = X_{n,:}^T for n = 1, …, N."""
        solver, unclear = self.chosen.solver, self.chosen.unclear
        for word in self.chosen.found.words:
            whole = solver.use(word.name) if word.meaning in {"rows", "columns"} else None
            shape = solver.shapes.get(whole.key) if whole is not None else None
            if whole is None or shape is None or shape.rank != 2 or whole.units or whole.key in unclear:
                continue
            for said, node, letter in self.members(word):
                key = self.chosen.key(node)
                if key not in self.chosen.defined | unclear | set(self.of):
                    self.of[key] = whole.key
                    length = sizes.text(solver.known(shape.sizes[word.meaning == "columns"]))
                    line = self._line(word, _without_transpose(said, node), letter, length)
                    yield replace(line, table="where") if self._is_a_variable(key) else line
                    yield from self._shape_of(whole.key, word, shape, sizes)
                break

    def _shape_of(self, key: str, word: Word, shape: Shape, sizes: SizeNames) -> Iterator[ModelLine]:
        """Yield the shape of a matrix that only its rows or columns have said."""
        used = {use.key for equation in self.chosen.equations for use in self.chosen.uses(equation)}
        if key not in self.chosen.declared and key not in used:
            region = self.chosen.found.text.regions[word.number]
            text = rf"{latex_of(region, word.name.span)} \in \mathbb{{R}}{sizes.exponent(shape, [])}"
            place = Declared("", text, region, word.name.span, word.number)
            yield ModelLine("shapes", text, place, name=key, note=word.meaning)

    def _is_a_variable(self, key: str) -> bool:
        """Return whether the text differentiates by a row or column, through which it computes nothing."""
        used = any(key in self.chosen.mentions(equation) for equation in self.chosen.equations)
        return not used and any(self.chosen.key(below) == key for _, below in self.chosen.found.derivatives())

    def _line(self, word: Word, part: str, letter: str, length: str) -> ModelLine:
        region = self.chosen.found.text.regions[word.number]
        whole = latex_of(region, word.name.span)
        entries = rf"{whole}_{{{letter},:}}^\top" if word.meaning == "rows" else f"{whole}_{{:,{letter}}}"
        text = rf"{part} = {entries} \quad ({letter} = 1, \dots, {length})"
        return ModelLine("forward", text, Declared("", text, region, word.name.span, word.number), note=word.meaning)

    def members(self, word: Word) -> Iterator[tuple[Said, Node, str]]:
        """Yield how the text writes a row or column with an index, and the index: the x_n of its words first."""
        text = self.chosen.found.text
        bodies = [statement.body for statement in text.of(word.other)]
        bodies += [listed.name for body in bodies if word.other == word.number for listed in _listed(body)]
        bases = {node.base.key for body in bodies for node in (body.items if isinstance(body, Tuple) else (body,))}
        turned: list[tuple[Said, Node, str]] = []
        for said in sorted(text.said, key=lambda said: said.number != word.other):
            for node in walk(said.statement.body):
                use = self.chosen.solver.use(node) if node.scripted and node.base.key in bases - {None} else None
                if use is None or len(use.layers) + len(use.units) != 1:
                    continue
                letters = [letter.name for letter in use.layers[0].indices()] if use.layers else list(use.units)
                if len(letters) == 1 and letters[0].isalpha() and use.turned:
                    turned.append((said, node, letters[0]))
                elif len(letters) == 1 and letters[0].isalpha():
                    yield said, node, letters[0]
        yield from (one for one in turned if one[1].sub is not None)

    def entries(self) -> Iterator[ModelLine]:
        """Yield small letters with two indices as the entries of a capital, x_{ij} = \\mathbf{X}_{ij}, and what
        the text calls entries, A = (w_{ij})."""
        done: set[str | None] = set()
        for array, entry in self._said_of_entries():
            line = self._called(array, entry)
            if line is not None and entry.node.base.key not in done:
                done.add(entry.node.base.key)
                yield line
        solver, found = self.chosen.solver, self.chosen.found
        shaped = [(form.plain, solver.shapes[key].rank) for key, form in solver.forms.items() if key in solver.shapes]
        known = {plain for plain, _ in shaped} | {equation.left.base.plain or "" for equation in found.equations}
        known = known - {plain for plain, rank in shaped if rank == 1} | set(found.functions)
        section = found.text.section
        places = {declared.plain: section(declared.number) for declared in found.shapes}
        for said in found.text.said:
            for node in walk(said.statement.body):
                key = node.base.key if node.scripted and not node.primes else None
                if key is None or key in known | done or not has_two_letters(node.sub):
                    continue
                if places.get(key, section(said.number)) != section(said.number):
                    continue  # an x of another section is no row of X
                capital = self._capital(key, node)
                if capital is not None:
                    done.add(key)
                    text, base = latex_of(said.region, node.span), latex_of(said.region, node.base.span)
                    declared = Declared(key, text, said.region, node.span, said.number)
                    yield ModelLine("where", f"{text} = {capital}{text.removeprefix(base)}", declared, note="entries")

    def _said_of_entries(self) -> Iterator[tuple[Place, Place]]:
        """Yield arrays with the names of their entries, by formulas, A = (w_{ij}), and by words: the matrix $A$ of the
        weights $w_{ij}$."""
        text = self.chosen.found.text
        for said in text.said:
            named = entries_named(said.statement.body)
            if named is not None:
                yield Place(said.number, named[0]), Place(said.number, named[1])
        for word in self.chosen.found.words:
            bodies = [statement.body for statement in text.of(word.other)] if word.meaning == "entries" else []
            if len(bodies) == 1 and bodies[0].sub is not None and has_two_letters(bodies[0].sub):
                yield Place(word.number, word.name), Place(word.other, bodies[0])

    def _called(self, array: Place, entry: Place) -> ModelLine | None:
        """Return the line of a model for an array and the name of its entries, of which the network has one."""
        forms, names = self.chosen.solver.forms, self.chosen.defined | set(self.chosen.solver.shapes)
        known = names | {forms[key].plain for key in names if key in forms}
        keys = (self.chosen.key(array.node), entry.node.base.plain or "")
        if (keys[0] in known) == (keys[1] in known):
            return None
        regions = self.chosen.found.text.regions
        whole = latex_of(regions[array.number], array.node.span)
        region, base = regions[entry.number], latex_of(regions[entry.number], entry.node.base.span)
        below = latex_of(region, (entry.node.sub or entry.node).span)
        indices = f"_{{{below.strip('{}')}}}"
        sides = (f"{whole}{indices}", f"{base}{indices}")
        new = 0 if keys[1] in known else 1
        declared = Declared(keys[new], sides[new], region, entry.node.span, entry.number)
        return ModelLine("where", f"{sides[new]} = {sides[1 - new]}", declared, note="entries")

    def _capital(self, key: str, node: Node) -> str | None:
        """Return how the capital is written whose entries a small letter has; None where there is none."""
        solver = self.chosen.solver
        use = solver.use(node)
        if len(key) != 1 or not key.islower() or use is None or use.power or use.turned:
            return None
        if any(len(value.indices()) != 1 or value.const for value in use.layers):
            return None
        other = key.upper() + "@" * len(use.layers)
        shape, form = solver.shapes.get(other), solver.forms.get(other)
        return form.base if shape is not None and shape.rank == 2 and form is not None else None
