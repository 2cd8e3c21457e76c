"""Shapes that nothing declares, solved from the equations: W_k h_{k-1} + b_k fixes what h and b are.

Every name has a shape that may be unknown, every unknown size is a letter of its own, and each equation, sum, product
and entry says which of them are the same (unification). What stays open after that is left to hints, weakest last: how
many indices the document writes on a name, then how its letter looks; and where those say nothing, it stays open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derive.algebra.index import Index, Lin, Size, lin, size
from derive.models.letters import counted_from_one
from derive.models.sizes import PLACE, Misfit, Sizes
from derive.models.terms import NUMBERS, Alike, Applied, Constant, Listed, Named, Over, Raised, Term, Times, term_of
from derive.models.uses import Names, Use
from derive.names.indices import parts, segments
from derive.reader.syntax import BigOperator, Group, Node, Number, Product, Relation, Statement, walk


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a name's axes, none for a number; `row` for a vector that lies."""

    sizes: tuple[Lin, ...] = ()
    row: bool = False

    @property
    def rank(self) -> int:
        return len(self.sizes)

    @property
    def stands(self) -> bool:
        """Return whether it is a column."""
        return self.rank == 1 and not self.row

    @property
    def turned(self) -> Shape:
        """The transpose."""
        return Shape(self.sizes[::-1], self.stands)


NUMBER = Shape()
_SMALL = frozenset(("small", "vector"))
_PLAIN = frozenset(("", r"\cdot"))
_DATA = frozenset(("x", r"\phi"))
"""What inputs are called, as capitals or small."""
State = tuple[dict[str, Shape], dict[str, tuple[tuple[Index, ...], Lin]], list[tuple[Lin, Lin]]]


@dataclass(frozen=True, slots=True)
class Line:
    """An equation for the solver: the name that it defines, its value, up to what its sums run, its unit letters that
    no sum binds, and the letters of its layers."""

    left: Use | None
    right: Term
    ends: Mapping[str, Lin]
    free: tuple[str, ...]
    layers: tuple[Index, ...]


@dataclass
class Solver(Names):
    """The shapes of names, as far as they are known.

    `counts` are the sizes, `losses` numbers, `compared` names that the text compares with numbers, T > 0, `last` those
    that it differentiates and computes nothing from, `labels` names that only open losses depend on, `arguments` those
    that quantities are written with, f(x, w), `said` the axes of those that words call matrices and vectors, `plain`
    those that are numbers if nothing else is said, `ranks` how many unit indices a text writes on names, `spread` those
    that are declared as one row or column, which sums add to each row or column of a matrix where a text `spreads`
    them; `guessed` are the names whose look, or place, alone says what they are, `members` how many rows or columns
    there are of a name, `computed` are those that lines define.
    """

    counts: frozenset[str] = frozenset()
    losses: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()
    said: Mapping[str, int] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    operators: Mapping[str, str] = field(default_factory=dict)
    spread: set[str] = field(default_factory=set)
    spreads: bool = False
    guessed: set[str] = field(default_factory=set)
    ranks: dict[str, int] = field(default_factory=dict)
    members: dict[str, Lin] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    shapes: dict[str, Shape] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)
    units: dict[str, Lin] = field(default_factory=dict)

    def known(self, value: Lin) -> Lin:
        """Return a size with what is known of it put in."""
        return self.sizes.known(value)

    def found(self) -> dict[str, tuple[Lin, ...]]:
        """Return what is known of each shape."""
        return {key: tuple(map(self.known, shape.sizes)) for key, shape in self.shapes.items()}

    def state(self) -> State:
        """Return what is known, to come back to."""
        return dict(self.shapes), dict(self.sizes.unknown), list(self.sizes.same)

    def back_to(self, state: State) -> None:
        """Forget what was found since."""
        self.shapes, self.sizes.unknown, self.sizes.same = dict(state[0]), dict(state[1]), list(state[2])

    def say(self, name: Node, sizes: Sequence[Lin]) -> Use | None:
        """Put down the sizes that are said of a name, none for a number; return it if that is new."""
        use = self.use(name)
        if use is None or use.key in self.shapes:
            return None
        ones = sizes.count(lin(1)) if len(sizes) == 2 else 0
        self.spread |= {use.key} if ones == 1 or not (sizes or use.units) else set()
        if not use.units:  # else numbers with indices
            axes = [length for length in sizes if length != lin(1)] if ones else sizes
            letters = [index for value in use.layers for index, _ in value.terms if isinstance(index, Index)]
            values = {letter: lin(place) for letter, place in zip(letters, PLACE, strict=False)}
            shape = Shape(tuple(length.subs(values) for length in axes), ones == 1 and sizes[0] == lin(1))
            if is_of_one_layer(use, sizes):
                self.declare(use.key, use.layers, shape)
            else:
                self.shapes[use.key] = shape
        return use

    # the shape of a term

    def shape(self, term: Term) -> Shape | None:
        """Return the shape of a term; None while it is open. Raises: Misfit where it has none."""
        match term:
            case Constant():
                return NUMBER
            case Named(use, _, usual):
                if use.key in self.counts:
                    return NUMBER
                return self.shape(usual) if usual is not None and use.key not in self.shapes else self._used(use)
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
                return self._run([(sign, self.shape(factor)) for sign, factor in factors])
            case Raised(base, turned):
                found = self.shape(base)
                return found if found in (None, NUMBER) else found.turned if turned and found is not None else None
            case Listed(terms):
                for inner in terms:
                    self.shape(inner)
        return None

    def _used(self, use: Use) -> Shape | None:
        found = self.shapes.get(use.key)
        if found is None:
            return NUMBER if use.units and self.ranks.get(use.key) == len(use.units) else None
        here = self._here(found, use.layers)
        if use.units:
            if len(use.units) > here.rank:
                raise Misfit(use.key)
            for letter, length in zip(use.units, here.sizes, strict=False):
                self.sizes.unify(self.units[letter], length) if letter in self.units else None
            return NUMBER if len(use.units) == here.rank else None
        if use.power:
            return here if here == NUMBER else None
        return here.turned if use.turned else here

    def _here(self, shape: Shape, layers: tuple[Lin, ...]) -> Shape:
        values = dict(zip(PLACE, layers, strict=False))
        return Shape(tuple(self.known(length.subs(values)) for length in shape.sizes), shape.row)

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

    def agree(self, one: Shape, other: Shape) -> None:
        """Take two shapes for the same. Raises: Misfit where they are not."""
        if one.rank != other.rank:
            raise Misfit(f"{one.rank} and {other.rank} axes")
        for a, b in zip(one.sizes, other.sizes, strict=True):
            self.sizes.unify(a, b)

    # products

    def _run(self, factors: Sequence[tuple[str, Shape | None]]) -> Shape | None:
        """Return the shape of a product; None while one of its factors is open."""
        found: Shape | None = NUMBER
        for sign, own in factors:
            found = None if found is None or own is None else self._times(found, own, sign)
        return found

    def _is_elementwise(self, sign: str) -> bool:
        return self.operators.get(sign, "elementwise" if sign == r"\odot" else "") == "elementwise"

    def _times(self, one: Shape, other: Shape, sign: str) -> Shape | None:
        if NUMBER in (one, other):
            return other if one == NUMBER else one
        if self._is_elementwise(sign):
            self.agree(one, other)
            return one
        if self.operators.get(sign) == "outer":
            return Shape((one.sizes[0], other.sizes[0])) if one.rank == other.rank == 1 else None
        if sign not in {"", r"\cdot", r"\times"} or self.operators.get(sign) == "kronecker":
            return None
        if one.stands and other.rank == 1 and (other.row or sign == r"\cdot"):
            if not other.row:
                self.sizes.unify(one.sizes[0], other.sizes[0])
            return Shape((one.sizes[0], other.sizes[0])) if other.row else NUMBER
        if one.stands or other.row:
            raise Misfit("a column before an array" if one.stands else "a row behind an array")
        self.sizes.unify(one.sizes[-1], other.sizes[0])
        return Shape((*one.sizes[:-1], *other.sizes[1:]), row=one.rank == 1 and other.rank > 1)

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
            found = self._used(use)
            if found is not None:
                self.agree(found, shape)
        elif not use.units and (not use.power or shape == NUMBER):
            self.declare(use.key, use.layers, shape.turned if use.turned else shape)

    def declare(self, key: str, layers: tuple[Lin, ...], shape: Shape) -> None:
        """Put down the shape of a name, which it has at some layers."""
        own = self.open(key, shape.rank, shape.row)
        for length, wanted in zip(self._here(own, layers).sizes, shape.sizes, strict=True):
            self.sizes.unify(length, wanted)

    def open(self, key: str, rank: int, row: bool = False) -> Shape:
        """Give a name so many axes, of sizes that are not known yet."""
        own = Shape(tuple(self.sizes.fresh(*PLACE[: key.count("@")]) for _ in range(rank)), row)
        self.shapes[key] = own
        return own

    def _want_factor(self, factors: Sequence[tuple[str, Term]], shape: Shape) -> None:
        """Solve a product for its one open factor."""
        shapes = [self.shape(factor) for _, factor in factors]
        open_ones = [at for at, own in enumerate(shapes) if own is None]
        signs = {sign for sign, _ in factors[1:]}
        if any(map(self._is_elementwise, signs)):
            arrays = [at for at in range(len(factors)) if shapes[at] != NUMBER]
            if all(self.operators.get(factors[at][0], r"\odot") for at in arrays[1:]) and len(signs) == 1:
                for at in open_ones:
                    self.want(factors[at][1], shape)
        elif len(open_ones) == 1 and not signs - {"", r"\cdot", r"\times"}:
            (at,) = open_ones
            before, after = (self._run([("", own) for own in run]) for run in (shapes[:at], shapes[at + 1 :]))
            factor = factors[at][1]
            if before is not None and after is not None:
                found = self._factor(before, after, shape, factor.look if isinstance(factor, Named) else "")
                known = set(self.shapes)
                self.want(factor, found) if found is not None else None
                rows = {key for key in set(self.shapes) - known if self.shapes[key].row and key not in self.turned}
                self.guessed |= rows if shape == NUMBER else set()  # beside an array, a number may be meant, too

    def _factor(self, before: Shape, after: Shape, whole: Shape, look: str) -> Shape | None:
        """Return the shape of the factor between two others in a product of a known shape."""
        left = () if before.stands else before.sizes[-1:]
        right = () if after.row else after.sizes[:1]
        scalar_fits = _fit(before, after) and self._would_be(before, after, whole)
        if scalar_fits and (look == "number" or before == after == NUMBER or not (left or right)):
            return NUMBER if before != NUMBER or after != NUMBER else whole
        if (scalar_fits and look != "matrix") or (before != NUMBER and not left) or (after != NUMBER and not right):
            return None
        sizes = list(whole.sizes)
        if before != NUMBER:
            sizes = [*left, *sizes[before.rank - 1 :]]
        if after != NUMBER:
            sizes = [*(sizes if after.rank == 1 else sizes[:-1]), *right]
        lies = len(sizes) == 1 and ((before == NUMBER and after != NUMBER) or whole.row)
        return Shape(tuple(sizes), row=lies) if len(sizes) <= 2 else None

    def _would_be(self, before: Shape, after: Shape, whole: Shape) -> bool:
        """Return whether a product with a number between two factors has a shape, without taking that for said."""
        state = self.state()
        try:
            rest = self._times(before, after, "")
            same = rest is not None and tuple(map(self.known, rest.sizes)) == tuple(map(self.known, whole.sizes))
            return rest is not None and rest.row == whole.row and same
        except Misfit:
            return False
        finally:
            self.back_to(state)

    # equations

    def line(self, statement: Statement) -> Line | None:
        """Return what the solver needs of an equation; None for any other statement."""
        body = statement.body
        if not isinstance(body, Relation):
            return None
        ends, shifted = self._ends(body)
        said = {letter: self.end(last) for node in statement.conditions for letter, last in counted_from_one(node)}
        ends = {**{letter: end for letter, end in said.items() if letter in self.letters and end is not None}, **ends}
        uses = [use for inner in walk(body) if inner.scripted and (use := self.use(inner)) is not None]
        rows = [use for use in uses if use.key in self.members and isinstance(use.layers[0].atom, Index)]
        ends = {**{str(use.layers[0].atom): self.members[use.key] for use in rows}, **ends}
        layers = sorted({index for use in uses for value in use.layers for index in value.indices()}, key=str)
        free = dict.fromkeys(letter for use in uses for letter in use.units if letter not in {*ends, *shifted})
        ends = {letter: end for letter, end in ends.items() if letter not in shifted}
        return Line(self.use(head_of(body.first)), term_of(body.links[0].node, self), ends, tuple(free), tuple(layers))

    def _ends(self, body: Node) -> tuple[dict[str, Lin], set[str]]:
        """Return the sizes up to which sums count from 1, by letter, and the letters that run in another way."""
        found: dict[str, Lin] = {}
        shifted: set[str] = set()
        for inner in walk(body):
            if isinstance(inner, BigOperator) and isinstance(inner.below, Relation) and inner.above is not None:
                letters = [t.text for group in parts(inner.below.first) for t in group if t.kind == "letter"]
                low = inner.below.links[0].node
                last = self.end(inner.above)
                if len(letters) == 1 and isinstance(low, Number) and low.text == "1" and last is not None:
                    found.setdefault(letters[0], last)
                else:
                    shifted |= set(letters)
        return found, shifted

    def end(self, node: Node) -> Lin | None:
        """Return a size up to which a letter counts; None for more than one."""
        ends = segments(parts(node))
        return (self.index(ends[0]) or size(node.text)) if len(ends) == 1 else None

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
        own = self._used(left) if left.key in self.shapes or left.units else None
        if own is not None:
            self.want(line.right, own)

    def _define(self, left: Use, found: Shape) -> None:
        if not left.units or found != NUMBER:
            self._name(left, found)
            return
        if left.key not in self.shapes:
            self.declare(left.key, left.layers, Shape(tuple(self.units[unit] for unit in left.units)))
        self._used(left)


def _listed(term: Term) -> tuple[Term, ...]:
    """Return the arguments of a function one by one."""
    return term.terms if isinstance(term, Listed) else (term,)


def is_of_one_layer(use: Use, sizes: Sequence[Lin]) -> bool:
    """Return whether sizes are said of a name at one layer, each of that layer too: x_0 ∈ ℝ^{n_0}."""
    fixed = bool(use.layers) and all(value.is_const for value in use.layers)
    return fixed and bool(sizes) and all(isinstance(size.atom, Size) and size.atom.args for size in sizes)


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


def head_of(node: Node) -> Node:
    """Return a left side without its arguments."""
    if isinstance(node, Product) and len(node.items) == 2 and isinstance(node.items[1].node, Group):
        return node.items[0].node
    return node


def _fit(one: Shape, other: Shape) -> bool:
    """Return whether two shapes could be multiplied, their sizes apart."""
    return NUMBER in (one, other) or not (one.stands or other.row)
