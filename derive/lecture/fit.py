"""Solving what a text leaves open of shapes, and leaving out the equations that do not fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.lecture.declarations import BUILT_IN, Equation
from derive.lecture.forward import ForwardPass
from derive.lecture.lines import forward_line
from derive.lecture.repeated_indices import repeated
from derive.lecture.said import heads_in
from derive.lecture.written_equations import argument_names, names_in, statement_of, with_ranges
from derive.models.hints import solve
from derive.models.sizes import Misfit
from derive.models.solve import Solver
from derive.models.terms import CONSTANTS
from derive.models.uses import Form, Use
from derive.reader.syntax import Node, Number, Tuple, walk
from derive.statements.not_numbers import has_array_marks

HINTS = (
    "entries", "loss", "bias", "said", "turned", "norm", "compared", "divisor", "number", "matrix", "vector",
    "operand", "bias", "last", "label", "numbered", "argument", "plain",
)  # fmt: skip
"""What fixes a shape where the equations leave it open, strongest first; a bias is looked for again once the product
beside it is known."""


@dataclass
class Fitting:
    """Solves the shapes of a forward pass; `missing` are the facts that would have helped, `misfits` the equations that
    do not fit."""

    missing: list[str] = field(default_factory=list)
    misfits: list[Equation] = field(default_factory=list)

    def fit(self, chosen: ForwardPass) -> ForwardPass:
        """Solve the shapes; leave out equations that do not fit or speak of what is open, and all that need them."""
        solver = chosen.solver
        solver.labels = frozenset(_labels(chosen))
        solver.said = dict(_axes_said(chosen))
        solver.compared = frozenset((*_compared(chosen), *_varied_constants(chosen)))
        factors = _factors(chosen)
        chosen = replace(chosen, placeholders=frozenset(_take_placeholders_in(chosen)))
        written = list(_written_with_scripts(chosen))
        for _ in range(len(chosen.equations) + 1):
            _take_signs_in(chosen, written)
            _take_names_in(chosen)
            solver.plain, solver.last = frozenset(_plain(chosen)), frozenset(_last(chosen))
            before = solver.state()
            bad = self._misfit(chosen) or self._open_line(chosen, factors)
            if bad is None:
                break
            solver.back_to(before)
            chosen = chosen.without({chosen.key(bad.left)})
        return chosen

    def _misfit(self, chosen: ForwardPass) -> Equation | None:
        """Solve, and return an equation that does not fit."""
        for equation in chosen.equations:
            if chosen.solver.kind(equation.left) == "each" and equation.arguments is not None:
                continue
            try:
                solve(chosen.solver, [with_ranges(equation, chosen.found)], ())
            except Misfit as error:
                return self._not_fitting(chosen, equation, error)
        try:
            solve(chosen.solver, [with_ranges(e, chosen.found) for e in chosen.arrays], HINTS)
            chosen.solver.sizes.call_alike()
        except Misfit as error:
            own = (e for e in reversed(chosen.arrays) if str(error) in {chosen.key(e.left), *chosen.mentions(e)})
            return self._not_fitting(chosen, next(own, chosen.arrays[-1]), error)
        return None

    def _not_fitting(self, chosen: ForwardPass, equation: Equation, error: Misfit) -> Equation:
        self.missing.append(f"how the two sides of {forward_line(chosen, equation).text} fit: {error}")
        self.misfits.append(equation)
        return equation

    def _open_line(self, chosen: ForwardPass, factors: set[str]) -> Equation | None:
        """Return an equation that uses a name without shape, or one that nothing readable defines."""
        solver = chosen.solver
        said = {e.base for e in chosen.found.equations if e.arguments is not None}
        lost = {base for base in said if solver.functions.get(base) == "each"}
        known = set(solver.functions) - (lost - {equation.base for equation in chosen.equations})
        for equation in chosen.equations:
            letter = next(_summed_silently(equation, chosen), None)
            if letter is not None:
                self.missing.append(rf"over what {letter} is summed in {forward_line(chosen, equation).text}")
                return equation
            unknown = {key for key, _, _ in heads_in([equation.right])} - known - BUILT_IN - factors
            if unknown:
                self.missing.append(f"what {min(unknown)} is: a function of each entry, of arrays, or a factor")
                return equation
        for equation in chosen.arrays:
            for node in (equation.left, *names_in(equation.right)):
                use = solver.use(node)
                if use is None or chosen.is_function(node) or use.key in solver.counts or _is_constant(use, chosen):
                    continue
                if use.key not in solver.shapes and use.key not in chosen.declared:
                    self.missing.append(_shape_of(use, solver))
                    return equation
                if use.key not in chosen.defined and _is_unsure(use, chosen):
                    return equation
        return None


def _summed_silently(equation: Equation, chosen: ForwardPass) -> Iterator[str]:
    """Yield the indices that stand twice in a product and nowhere else, as in u_j = A_{ji} x_i: a sum may be meant, and
    nothing says so. One of the correct class is no such index."""
    if chosen.found.text.names_correct_class:
        return
    units = {unit for use in chosen.uses(equation) for unit in use.units} - chosen.solver.classes
    yield from (letter for letter in repeated(statement_of(equation).body) if letter in units)


def _is_constant(use: Use, chosen: ForwardPass) -> bool:
    """Return whether a name is e or π: the text says of it nothing else, and never writes an index below it."""
    plain = chosen.solver.forms[use.key].plain
    if plain not in CONSTANTS or use.key in chosen.solver.shapes:
        return False
    nodes = [node for said in chosen.found.text.said for node in walk(said.statement.body) if node.base.plain == plain]
    defined = any(equation.left.base.plain == plain for equation in chosen.found.equations)
    return not defined and all(node.sub is None for node in nodes)


def _shape_of(use: Use, solver: Solver) -> str:
    name = solver.forms[use.key].text(sorted(solver.layers)[:2] or "kl")
    return rf"the shape of {name}, such as ${name} \in \mathbb{{R}}^{{n}}$"


def _is_unsure(use: Use, chosen: ForwardPass) -> bool:
    """Return whether the document says of an input what cannot be a line here: then it is none."""
    form = chosen.solver.forms.get(use.key)
    if form is not None and form.plain in chosen.given:
        return False
    unread = form is not None and (form.plain in chosen.found.unread or _may_be_a_member(form, chosen))
    return unread or use.key in chosen.said_otherwise


def _may_be_a_member(form: Form, chosen: ForwardPass) -> bool:
    """Return whether a name with a letter below may be one of those that an equation defines with an index: the q_o
    beside q_w = …, where nothing says what o is."""
    lefts = [equation.left for equation in chosen.found.equations if equation.left.sub is not None]
    counted = {left.base.plain for left in lefts if left.sub is not None and left.sub.symbol.islower()}
    return form.plain in counted and len(form.below) == 1 and form.below[0].islower()


def _factors(chosen: ForwardPass) -> set[str]:
    """Return what may be a factor before a bracket: declared names, those that equations define, and letters that
    stand elsewhere in formulas without a bracket behind them."""
    found = chosen.found
    factors = {d.key for d in found.shapes} | {equation.base for equation in found.equations}
    factors |= {w.name.base.key or "" for w in found.words if w.meaning in {"number", "matrix", "vector"}}
    for said in found.text.said:
        body = said.statement.body
        heads = {id(node) for _, node, _ in heads_in([body])}
        inner = [node for node in names_in(body) if id(node) not in heads and not node.primes]
        factors |= {node.base.key or "" for node in inner if node is not body}
    return factors


def _plain(chosen: ForwardPass) -> Iterator[str]:
    """Yield the names that are numbers if nothing else is said: small letters, where no formula about the network has
    anything of vectors and matrices in it."""
    forms, text = chosen.solver.forms, chosen.found.text
    inputs = {form.look for key, form in forms.items() if key not in chosen.defined}
    names = {form.plain for form in forms.values()}
    bodies = (said.statement.body for said in text.said if chosen.found.is_own(said))
    marked = (body for body in bodies if not isinstance(body, Tuple) and has_array_marks([body]))
    if inputs & {"matrix", "vector"} or any(node.base.plain in names for body in marked for node in walk(body)):
        return
    yield from (key for key, form in forms.items() if form.look in {"small", "number"})


def _compared(chosen: ForwardPass) -> Iterator[str]:
    """Yield the names that the text compares with a number, T > 0: no array is larger than one."""
    for _, body in chosen.found.text.comparisons:
        sides = (body.first, *(link.node for link in body.links))
        if any(isinstance(side, Number) for side in sides):
            yield from (chosen.key(side) for side in sides if side.symbol)


def _varied_constants(chosen: ForwardPass) -> Iterator[str]:
    """Yield the letters of constants that the text differentiates by, and neither defines nor raises to a power: a bias
    e is a number, and not the base of the exponential."""
    bodies = [said.statement.body for said in chosen.found.text.said]
    raised = {node.base.key for body in bodies for node in walk(body) if node.sup is not None}
    below = {by.base.key: chosen.key(by) for _, by in chosen.found.derivatives() if not by.scripted}
    yield from (key for plain, key in below.items() if plain in CONSTANTS - raised and key not in chosen.defined)


def _last(chosen: ForwardPass) -> Iterator[str]:
    """Yield what the text differentiates and computes nothing else from: a loss, whatever the words call it."""
    tops = {chosen.key(top) for top, _ in chosen.found.derivatives()}
    used = {key for equation in chosen.equations for key in chosen.mentions(equation)}
    yield from tops & chosen.defined - used


def _axes_said(chosen: ForwardPass) -> Iterator[tuple[str, int]]:
    """Yield the names that words call a matrix or a vector without saying how large, with how many axes that is.

    Words hold for the part of a text that they stand in: where another one computes with the name, it may be a number.
    """
    section = chosen.found.text.section
    parts = {(key, section(e.said.number)) for e in chosen.equations for key in chosen.mentions(e)}
    elsewhere = {key for key, _ in parts}
    for word in chosen.found.words:
        key = chosen.key(word.name)
        if key in elsewhere and (key, section(word.number)) not in parts:
            continue
        use = chosen.solver.use(word.name) if word.meaning in {"some matrix", "some vector"} else None
        if use is not None and not use.units and word.name.symbol not in chosen.solver.letters:
            yield use.key, 2 if word.meaning == "some matrix" else 1
    for equation in chosen.equations:
        if chosen.open_vector(equation) is not None:
            yield chosen.key(equation.left), 1
            own = (use for use in chosen.uses(equation) if not use.units)
            yield from ((use.key, 1) for use in own if chosen.solver.forms[use.key].look == "small")


def _labels(chosen: ForwardPass) -> Iterator[str]:
    """Yield the names that only open functions depend on, the y of l(o, y): nothing else asks for their shape."""
    inside: set[str] = set()
    outside: set[str] = set()
    for equation in chosen.equations:
        groups = [group for key, _, group in heads_in([equation.right]) if chosen.is_open(key)]
        own = {id(node) for group in groups for node in names_in(group.body)}
        for node in names_in(equation.right):
            (inside if id(node) in own else outside).add(chosen.key(node))
    yield from inside - outside - chosen.defined - chosen.unclear - {""}


def _take_placeholders_in(chosen: ForwardPass) -> Iterator[str]:
    """Give the letter of an argument the shape of the examples that are called so: x that of x^{(i)}."""
    shapes = chosen.solver.shapes
    for equation in chosen.equations:
        for node in argument_names(equation):
            key = chosen.key(node)
            shape = shapes.get(f"{key}@")
            if shape is not None and key not in shapes and not any(length.indices() for length in shape.sizes):
                shapes[key] = shape
                yield key


def _take_names_in(chosen: ForwardPass) -> None:
    """Let the solver know all names of the equations, in the order in which they are written."""
    chosen.solver.forms = {}
    for equation in chosen.equations:
        for node in (equation.left, *names_in(equation.right)):
            chosen.solver.use(node)


def _written_with_scripts(chosen: ForwardPass) -> Iterator[tuple[int, Node]]:
    """Yield the names with scripts in what the text says of this network, each with the number of its formula; also in
    the equations of it that other parts of the text say."""
    lines = {equation.said.number for equation in chosen.equations}
    for said in chosen.found.text.said:
        if chosen.found.is_own(said) or said.number in lines:
            yield from ((said.number, node) for node in walk(said.statement.body) if node.scripted)


def _uses(chosen: ForwardPass, written: Sequence[tuple[int, Node]]) -> Iterator[Use]:
    """Yield the names with scripts wherever the document means this network by them: not where only a part of the text
    writes them so that defines nothing by this name."""
    section, parts, model = chosen.found.text.section, dict[str, set[int]](), set[str]()
    for equation in chosen.equations:
        for key in {chosen.key(equation.left), *chosen.mentions(equation)}:
            parts.setdefault(key, set()).add(section(equation.said.number))
            model |= {key} if equation.said.is_added else set()
    for number, node in written:
        use = chosen.solver.use(node)
        known = parts.get(use.key) if use is not None else None
        if use is not None and (known is None or section(number) in known or use.key in model):
            yield use


def _take_signs_in(chosen: ForwardPass, written: Sequence[tuple[int, Node]]) -> None:
    """Let the solver know how many unit indices the document writes on each name, which of them have the sign of a
    transpose, and which quantities are written with: the x of f(x) = …, where f is not applied to anything else."""
    solver, uses = chosen.solver, list(_uses(chosen, written))
    solver.ranks = {}
    for use in uses:
        if use.units:
            solver.ranks[use.key] = max(solver.ranks.get(use.key, 0), len(use.units))
    solver.turned = {use.key for use in uses if use.turned}
    quantities = (e for e in chosen.equations if solver.functions.get(e.base) == "own")
    solver.arguments = frozenset(chosen.key(node) for e in quantities for node in argument_names(e))
