"""What fixes the shapes that equations leave open: how many indices a text writes on a name, and how its letter looks.

How a letter looks says something of inputs only; what is computed has the shape of its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from derive.models.equation_lines import Line, line_of
from derive.models.known_shapes import Shape
from derive.models.solve import Solver, weight_and_data
from derive.models.terms import CONSTANTS, Alike, Applied, Listed, Named, Over, Raised, Term, Times
from derive.reader.syntax import Statement

RANKS = {"number": 0, "vector": 1, "matrix": 2}
"""The axes of what a letter may look like."""
OF_CONSTANTS = frozenset({"entries", "compared"})
"""The hints that speak against the usual meaning of e and π."""


def solve(solver: Solver, statements: Sequence[Statement], hints: Iterable[str]) -> None:
    """Put down the shapes of all names in forward lines, as far as the lines and the hints say them.

    Raises: Misfit where the sides of a line do not fit.
    """
    lines = [line for statement in statements if (line := line_of(statement, solver)) is not None]
    solver.computed = frozenset(line.left.key for line in lines if line.left is not None)
    _exhaust(solver, lines)
    _guess(solver, lines, hints, list(solver.forms))


def solve_further(solver: Solver, statement: Statement, hints: Iterable[str]) -> None:
    """Put down what one more line says of shapes, without a left side what its expression does.

    Raises: Misfit where it does not fit.
    """
    line = line_of(statement, solver)
    lines = [line] if line is not None else []
    _exhaust(solver, lines)
    terms = (term for line in lines for term in _inside(line.right))
    _guess(solver, lines, hints, [term.use.key for term in terms if isinstance(term, Named)])


def _guess(solver: Solver, lines: Sequence[Line], hints: Iterable[str], keys: Sequence[str]) -> None:
    """Put down the shapes that hints give to names, and what follows. Raises: Misfit where the lines do not fit."""
    for hint in hints:
        if hint == "bias" and _add_biases(solver, lines):
            _exhaust(solver, lines)
        for key in keys:
            if key in solver.shapes or (key in solver.computed and hint in RANKS):
                continue
            rank = _hinted(solver, key, hint, lines)
            if rank is not None:
                solver.guessed |= {key} if hint in {"matrix", "vector"} and "{" not in solver.forms[key].base else set()
                lies = rank == 1 and (_lies(solver, key, lines) or _is_added_to_a_row(solver, key, lines))
                solver.open(key, rank, row=lies)
                _exhaust(solver, lines)


def _add_biases(solver: Solver, lines: Sequence[Line]) -> bool:
    """Give the names that sums add to each example the shape of one of them: the b of W X + b is a column, that of
    X W + b a row, that of w^T X + b and of X w + b a number. Return whether there was one."""
    found = False
    for line in lines:
        for terms in (term.terms for term in _inside(line.right) if isinstance(term, Alike) and not term.cases):
            for product in terms:
                whole, places = solver.shape(product), weight_and_data(product, solver)
                if whole is None or places is None or not whole.rank:
                    continue
                for term in terms:
                    if isinstance(term, Named) and solver.may_be_a_line(term, whole, terms):
                        _add_bias(solver, term, whole, places[0])
                        found = True
    return found


def _add_bias(solver: Solver, term: Named, whole: Shape, weight: int) -> None:
    """Put down that a name has the units of a product alone, on the side of its weight."""
    units = whole.sizes[weight : weight + 1] if whole.rank == 2 else whole.sizes if whole.row == bool(weight) else ()
    solver.spread |= {term.use.key}
    solver.declare(term.use.key, term.use.layers, Shape(units, row=bool(units) and bool(weight)))


def _exhaust(solver: Solver, lines: Sequence[Line]) -> None:
    """Take from the equations what they say until that is nothing new."""
    for _ in range(2 * len(lines) + 2):
        before = solver.found()
        for line in lines:
            solver.equate(line)
        solver.sizes.settle()
        if solver.found() == before:
            return


def _hinted(solver: Solver, key: str, hint: str, lines: Sequence[Line]) -> int | None:
    """Return how many axes a hint gives a name."""
    form = solver.forms[key]
    look = form.look
    if key in solver.counts or form.base in solver.functions or (form.plain in CONSTANTS and hint not in OF_CONSTANTS):
        return None
    match hint:
        case "entries":
            return solver.ranks.get(key)
        case "said":
            return solver.said.get(key)
        case "loss":
            return 0 if key in solver.losses else None
        case "compared":
            return 0 if key in solver.compared and key not in solver.ranks else None
        case "last":
            return 0 if key in solver.last and key not in solver.ranks else None
        case "divisor":
            below = _divisors(lines) if look == "matrix" else _divisors_of_numbers(solver, lines)
            return 0 if look != "vector" and key in below and key not in solver.ranks else None
        case "plain":
            return 0 if key in solver.plain and key not in solver.ranks else None
        case "numbered":
            return 0 if _is_numbered(solver, key, lines) else None
        case "label":
            return 0 if key in solver.labels else None
        case "argument":
            return 0 if look in {"small", "number"} and key in solver.arguments else None
        case "turned":
            return 1 if look in {"small", "number"} and key in solver.turned else None
        case "norm":
            return 1 if look == "small" and key in _in_norms(lines) else None
        case "operand":
            return 1 if look == "small" and (key in _operands(solver, lines) or _lies(solver, key, lines)) else None
    return RANKS[look] if look == hint else None


def _is_numbered(solver: Solver, key: str, lines: Sequence[Line]) -> bool:
    """Return whether a name is one of several numbers, w_1 to w_6: small letters, where no line with it may have an
    array."""
    if not any(part.isdigit() for part in solver.forms[key].below) or _may_be_an_array(solver, key):
        return False
    beside = [{term.use.key for term in _inside(line.right) if isinstance(term, Named)} for line in lines]
    return not any(_may_be_an_array(solver, other) for keys in beside if key in keys for other in keys)


def _may_be_an_array(solver: Solver, key: str) -> bool:
    """Return whether a name has axes, or none that are known, but the look of one that has some."""
    if key in solver.shapes:
        return solver.shapes[key].rank > 0
    return solver.forms[key].look not in {"small", "number"} or key in solver.turned


def _in_norms(lines: Sequence[Line]) -> set[str]:
    """Return the names between the bars of a norm, which nobody writes around a number: the y of ‖y - t‖²."""
    inside = (term for line in lines for term in _inside(line.right))
    norms = (term.argument for term in inside if isinstance(term, Applied) and term.kind == "norm")
    terms = (term for body in norms for term in (body.terms if isinstance(body, Alike) else (body,)))
    return {term.use.key for term in terms if isinstance(term, Named) and not term.use.units}


def _divisors(lines: Sequence[Line]) -> set[str]:
    """Return the names that stand alone below a fraction line: the N of a mean."""
    below = (term.below for line in lines for term in _inside(line.right) if isinstance(term, Over))
    return {term.use.key for term in below if isinstance(term, Named) and not term.use.units}


def _divisors_of_numbers(solver: Solver, lines: Sequence[Line]) -> set[str]:
    """Return the names that divide what is a number, by themselves or in a product or sum: the s of ‖x - c‖² / 2s².

    Numerals may stand above a vector, 1/x entry by entry.
    """
    fractions = ((line, term) for line in lines for term in _inside(line.right) if isinstance(term, Over))
    below = (term.below for line, term in fractions if _is_computed_number(solver, term.above, line))
    return {named.use.key for term in below for named in _names_outside_functions(term) if not named.use.units}


def _is_computed_number(solver: Solver, term: Term, line: Line) -> bool:
    return any(isinstance(inner, Named) for inner in _inside(term)) and solver.is_number(term, line)


def _names_outside_functions(term: Term) -> Iterator[Named]:
    match term:
        case Named():
            yield term
        case Times() | Alike() | Raised():
            for part in _parts(term):
                yield from _names_outside_functions(part)


def _lies(solver: Solver, key: str, lines: Sequence[Line]) -> bool:
    """Return whether a vector stands before matrices and behind none, so that only a row fits: the x of x W, and of
    h_0 = x where h_{l-1} W_l does."""
    called = (line.left for line in lines if isinstance(line.right, Named) and line.right.use.key == key)
    return any(_stands_before(solver, own, lines) for own in (key, *(use.key for use in called if use is not None)))


def _stands_before(solver: Solver, key: str, lines: Sequence[Line]) -> bool:
    before = behind = False
    for product in (term for line in lines for term in _inside(line.right) if isinstance(term, Times)):
        for (_, one), (sign, other) in pairwise(product.factors):
            own = [isinstance(factor, Named) and factor.use.key == key for factor in (one, other)]
            if sign in {"", r"\cdot"} and any(own):
                before |= own[0] and _is_matrix(other, solver)
                behind |= own[1] and _is_matrix(one, solver)
    return before and not behind


def _is_added_to_a_row(solver: Solver, key: str, lines: Sequence[Line]) -> bool:
    """Return whether a name is added to what is known for a row, the b of x W + b."""
    for terms in (term.terms for line in lines for term in _inside(line.right) if isinstance(term, Alike)):
        if any(isinstance(term, Named) and term.use.key == key and not term.use.units for term in terms):
            shapes = (solver.shape(term) for term in terms if isinstance(term, Times))
            if any(shape is not None and shape.rank == 1 and shape.row for shape in shapes):
                return True
    return False


def _is_matrix(factor: Term, solver: Solver) -> bool:
    """Return whether a factor is a name that is known for a matrix, or its transpose."""
    name = factor.base if isinstance(factor, Raised) else factor
    shape = solver.shapes.get(name.use.key) if isinstance(name, Named) and not name.use.units else None
    return shape is not None and shape.rank == 2


def _operands(solver: Solver, lines: Sequence[Line]) -> set[str]:
    """Return the names that stand directly behind a matrix in a product: the x of W x."""
    found: set[str] = set()
    for product in (term for line in lines for term in _inside(line.right) if isinstance(term, Times)):
        for (_, one), (sign, other) in pairwise(product.factors):
            if isinstance(other, Named) and not other.use.turned and sign in {"", r"\cdot"}:
                shape = solver.shape(one)
                found |= {other.use.key} if shape is not None and shape.rank == 2 else set()
    return found


def _inside(term: Term) -> Iterator[Term]:
    """Yield a term and all terms inside it."""
    yield term
    for part in _parts(term):
        yield from _inside(part)


def _parts(term: Term) -> tuple[Term, ...]:
    match term:
        case Applied(_, inner) | Raised(inner):
            return (inner,)
        case Alike(terms) | Listed(terms):
            return terms
        case Times(factors):
            return tuple(factor for _, factor in factors)
        case Over(above, below):
            return (above, below)
    return ()
