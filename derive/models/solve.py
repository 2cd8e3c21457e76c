"""Shapes that nothing declares, solved from the equations: W_k h_{k-1} + b_k fixes what h and b are.

Every name has a shape that may be unknown, every unknown size is a letter of its own, and each equation, sum, product
and entry says which of them are the same (unification). What stays open after that is left to hints, weakest last: how
many indices the document writes on a name, then how its letter looks; and where those say nothing, it stays open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.models.equation_lines import Line
from derive.models.known_shapes import NUMBER, KnownShapes, Shape
from derive.models.sizes import Misfit
from derive.models.terms import NUMBERS, Alike, Applied, Constant, Listed, Named, Over, Raised, Term, Times
from derive.models.uses import Use

_SMALL = frozenset(("small", "vector"))
_PLAIN = frozenset(("", r"\cdot"))
_DATA = frozenset(("x", r"\phi"))
"""What inputs are called, as capitals or small."""


@dataclass
class Solver(KnownShapes):
    """The shapes of names, solved from what equations say of them."""

    # the shape of a term

    def shape(self, term: Term) -> Shape | None:
        """Return the shape of a term; None while it is open. Raises: Misfit where it has none."""
        match term:
            case Constant():
                return NUMBER
            case Named(use, _, usual):
                if use.key in self.counts:
                    return NUMBER
                return self.shape(usual) if usual is not None and use.key not in self.shapes else self.used(use)
            case Applied(kind, argument):
                found = self.shape(argument)
                if kind == "open":
                    return None
                own = [self.shape(one) for one in _listed(argument)] if kind == "numbers" else []
                if any(shape is not None and shape.rank for shape in own):
                    raise Misfit("a function of numbers of an array")
                if kind == "whole" and found is not None and found.rank == 2:
                    raise Misfit("a function of a vector of a matrix")
                return NUMBER if kind in NUMBERS else found
            case Alike(terms):
                return self._common(terms)
            case Over(above, below):
                return self.shape(above) if self.shape(below) == NUMBER else None
            case Times(factors):
                return self.run([(sign, self.shape(factor)) for sign, factor in factors])
            case Raised(base, turned):
                found = self.shape(base)
                return found if found in (None, NUMBER) else found.turned if turned and found is not None else None
            case Listed(terms):
                for inner in terms:
                    self.shape(inner)
        return None

    def _common(self, terms: Sequence[Term]) -> Shape | None:
        """Return the shape that all terms of a sum have; numbers go with anything."""
        found: Shape | None = None
        for term in terms:
            own = self.shape(term)
            if own is None or term == Constant() or (own.rank < 2 and self._is_spread(term, found, terms)):
                continue
            if own.rank == 1 and self._is_one_line(term) and any(map(self._has_open_matrix, terms)):
                continue  # the b of X W + b, of which X has any number of rows
            if found is not None and own != found:
                self.agree(found, own)
            found = own
        if found is None:
            return NUMBER if all(self.shape(term) == NUMBER for term in terms) else None
        for term in terms:
            spread = self.spreads and found.rank and self._is_spread(term, found, terms)
            if not spread and not self.may_be_a_line(term, found, terms):
                self.want(term, found)
        return found

    def _has_open_matrix(self, term: Term) -> bool:
        """Return whether a product has a capital in it of which no shape is known."""
        names = [factor for _, factor in term.factors] if isinstance(term, Times) else []
        return any(isinstance(n, Named) and n.look == "matrix" and self.shape(n) is None for n in names)

    def may_be_a_line(self, term: Term, whole: Shape, terms: Sequence[Term]) -> bool:
        """Return whether an open name may be one row, column or number that is added to each example of a sum, as the
        b of W X + b: a small letter beside a product with a matrix or a row of examples, or with them in rows."""
        if not isinstance(term, Named) or term.use.units or term.use.key in self.shapes or term.look not in _SMALL:
            return False
        if self.said.get(term.use.key) == 2:
            return False
        columns = whole.stands and any(weight_and_data(other, self) == (1, 0) for other in terms)
        return whole.rank == 2 or whole.row or columns

    def _is_one_line(self, term: Term) -> bool:
        return isinstance(term, Named) and term.use.key in self.spread and not term.use.units

    def _is_spread(self, term: Term, found: Shape | None, terms: Sequence[Term]) -> bool:
        """Return whether a term is a row or column that is added to each one of a matrix, and take its size so; or a
        number that is said to be one, which is added to each entry."""
        own = self.shape(term) if self._is_one_line(term) else None
        if own is None or own.rank == 2:
            return False
        shapes = (found, *(self.shape(other) for other in terms if other is not term))
        larger = next((s for s in shapes if s is not None and s.rank >= (2 if own.rank else 1)), None)
        if larger is None:
            return False
        self.spreads = True
        if own.rank:
            self.sizes.unify(larger.sizes[1 if own.row else 0], own.sizes[0])
        return True

    # products

    # what is wanted of a term

    def want(self, term: Term, shape: Shape) -> None:
        """Say which shape a term has. Raises: Misfit where it has another one."""
        match term:
            case Named(use, _, usual):
                self.want(usual, shape) if usual is not None and use.key not in self.shapes else self._name(use, shape)
            case Applied(kind, argument) if kind not in NUMBERS:
                self.want(argument, shape)
            case Alike(terms, False):
                for inner in terms:
                    own = self.shape(inner) if self._is_one_line(inner) else shape
                    if (own is None or own.rank == shape.rank) and not self.may_be_a_line(inner, shape, terms):
                        self.want(inner, shape)
            case Over(above, below):
                if self.shape(below) is None and self.shape(above) == shape:
                    self.want(below, NUMBER)
                if self.shape(below) == NUMBER:
                    self.want(above, shape)
            case Times(factors):
                self._want_factor(factors, shape)
            case Raised(base, False) if shape == NUMBER:
                self.want(base, NUMBER)

    def _name(self, use: Use, shape: Shape) -> None:
        if use.key in self.shapes:
            found = self.used(use)
            if found is not None:
                self.agree(found, shape)
        elif not use.units and (not use.power or shape == NUMBER):
            self.declare(use.key, use.layers, shape.turned if use.turned else shape)

    def _want_factor(self, factors: Sequence[tuple[str, Term]], shape: Shape) -> None:
        """Solve a product for its one open factor."""
        shapes = [self.shape(factor) for _, factor in factors]
        open_ones = [at for at, own in enumerate(shapes) if own is None]
        signs = {sign for sign, _ in factors[1:]}
        if any(map(self.is_elementwise, signs)):
            arrays = [at for at in range(len(factors)) if shapes[at] != NUMBER]
            if all(self.operators.get(factors[at][0], r"\odot") for at in arrays[1:]) and len(signs) == 1:
                for at in open_ones:
                    self.want(factors[at][1], shape)
        elif len(open_ones) == 1 and not signs - {"", r"\cdot", r"\times"}:
            (at,) = open_ones
            before, after = (self.run([("", own) for own in run]) for run in (shapes[:at], shapes[at + 1 :]))
            factor = factors[at][1]
            if before is not None and after is not None:
                found = self.factor(before, after, shape, factor.look if isinstance(factor, Named) else "")
                known = set(self.shapes)
                self.want(factor, found) if found is not None else None
                rows = {key for key in set(self.shapes) - known if self.shapes[key].row and key not in self.turned}
                self.guessed |= rows if shape == NUMBER else set()  # beside an array, a number may be meant, too

    # equations

    def _begin(self, line: Line) -> None:
        """Let the letters of an equation count what it says, or something new."""
        self.units = {**line.ends, **{letter: self.sizes.fresh(*line.layers) for letter in line.free}}

    def is_number(self, term: Term, line: Line) -> bool:
        """Return whether a term of an equation is known to be a number, without taking anything for said."""
        state = self.state()
        try:
            self._begin(line)
            return self.shape(term) == NUMBER
        except Misfit:
            return False
        finally:
            self.back_to(state)

    def equate(self, line: Line) -> None:
        """Take from an equation what it says. Raises: Misfit where its sides do not fit."""
        left = line.left
        self._begin(line)
        found = self.shape(line.right)
        if left is None:
            return
        if found is not None and not (line.right == Constant() and (left.layers or left.key in self.shapes)):
            self._define(left, found)  # h_0 = 0 says nothing of shapes
        own = self.used(left) if left.key in self.shapes or left.units else None
        if own is not None:
            self.want(line.right, own)

    def _define(self, left: Use, found: Shape) -> None:
        if not left.units or found != NUMBER:
            self._name(left, found)
            return
        if left.key not in self.shapes:
            self.declare(left.key, left.layers, Shape(tuple(self.units[unit] for unit in left.units)))
        self.used(left)


def _listed(term: Term) -> tuple[Term, ...]:
    """Return the arguments of a function one by one."""
    return term.terms if isinstance(term, Listed) else (term,)


def weight_and_data(term: Term, solver: Solver) -> tuple[int, int] | None:
    """Return which factor of a product of two is the weight and which one is what it is applied to: of W X, of H w.

    What is computed is data, and what is called X; None where that does not tell them apart.
    """
    factors = [factor for sign, factor in term.factors if sign in _PLAIN] if isinstance(term, Times) else []
    names = [factor.base if isinstance(factor, Raised) else factor for factor in factors]
    uses = [name.use for name in names if isinstance(name, Named)]
    if len(uses) != 2 or not isinstance(term, Times) or len(term.factors) != 2:
        return None
    data = [use.key in solver.computed or solver.forms[use.key].plain.lower() in _DATA for use in uses]
    return None if data[0] == data[1] else (data.index(False), data.index(True))
