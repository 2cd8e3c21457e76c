"""Shapes that nothing declares, solved from the equations: W_k h_{k-1} + b_k fixes what h and b are.

Every name has a shape that may be unknown, every unknown size is a letter of its own, and each equation, sum, product
and entry says which of them are the same (unification). What stays open after that is left to hints, weakest last: how
many indices the document writes on a name, then how its letter looks; and where those say nothing, it stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from derive.algebra.index import Index, Lin, Size, lin, size
from derive.names.indices import Token, parts
from derive.notation.functions import OF_WHOLE_ARRAYS, READS
from derive.reader.syntax import (
    Additive,
    Annotated,
    BigOperator,
    Cases,
    Fraction,
    Group,
    Item,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Root,
    Script,
    Statement,
    Tuple,
    product_of,
    walk,
)
from derive.statements.definitions import full_name

PLACE = (Index("first layer"), Index("second layer"), Index("third layer"))
"""What the layers of a name are called in its shape."""
UNKNOWN = "?"
"""How the name of an unknown size begins."""
CONSTANTS = frozenset({"e", r"\pi", r"\mathrm{e}"})
"""Letters that are numbers unless something else is said of them."""
_SCALARS = frozenset({"tr", "trace", "Tr", "det", r"\det", r"\tr", "sum", "mean", "logsumexp", "LSE"})
_LARGER = frozenset({"max", "min", r"\max", r"\min"})
"""Of each entry where they have two arguments, else a number."""


class Misfit(Exception):
    """Two shapes that have to be the same are not."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a name's axes, none for a number; `row` for a vector that lies."""

    sizes: tuple[Lin, ...] = ()
    row: bool = False

    @property
    def rank(self) -> int:
        return len(self.sizes)

    @property
    def turned(self) -> Shape:
        """The transpose."""
        return Shape(self.sizes[::-1], not self.row if self.rank == 1 else False)


NUMBER = Shape()


@dataclass(frozen=True, slots=True)
class Use:
    """A name where it is used: what identifies it, its layers, its unit indices, and signs above it."""

    key: str
    layers: tuple[Lin, ...]
    units: tuple[str, ...]
    turned: bool
    power: bool


@dataclass(frozen=True, slots=True)
class Form:
    """How a name is written: its base, and where its layers and fixed parts stand."""

    base: str
    plain: str
    below: tuple[str, ...]
    above: tuple[str, ...]
    look: str

    def text(self, layers: Iterable[str] = "kl") -> str:
        """Return the name in LaTeX, its layers called by letters."""
        names = iter(layers)
        below = "".join(_with_layer(part, names) for part in self.below)
        above = "".join(_with_layer(part, names) for part in self.above)
        return self.base + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")


def _with_layer(part: str, names: Iterator[str]) -> str:
    """Return a piece of a name: "" is a layer, "[" and "(" are one in brackets, other pieces stay as they are."""
    closing = {"[": "]", "(": ")"}
    if part in closing:
        return f"{part}{next(names)}{closing[part]}"
    return next(names) if part == "" else part


@dataclass(frozen=True, slots=True)
class _Applied(Node):
    """A function with its argument; `kind` is each, whole or number."""

    kind: str
    argument: Node


@dataclass
class Solver:
    """The shapes of names, as far as they are known.

    `letters` are all index letters, `layers` those that count layers, `depths` the letters that end ranges.
    `functions` say what a head does: "each" entry, the "whole" vector, a "number" of its arguments; "own" ones are
    names that are only written with arguments. `below` and `above` are the bases that have layers there,
    above with the bracket around them (the 2 of a^{(2)} is none for "a["), `indexed` those that have unit indices,
    `whole` those that are arrays by themselves, `named` names whose numbers and letters
    below belong to them (θ_0), `counts` the sizes, and `apart` the bases that are other names with an index than
    without one: E and E_n; `by_letter` are names that are other ones with another letter, a_j and a_k.
    `losses` are numbers, `counted` the bases that are
    declared with one layer below, whatever its letter: u_w ∈ ℝ^d, `labels` names that only
    open losses depend on, `spread` those that are declared as one row or column, which sums add to each row or column
    of a matrix where a text `spreads` them, `turned` what has the sign of a transpose somewhere. `called` are the
    letters of a name's layers, `guessed` the names whose look alone says what they are.
    """

    letters: frozenset[str]
    layers: frozenset[str]
    depths: frozenset[str]
    functions: Mapping[str, str]
    below: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    indexed: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    counts: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    by_letter: frozenset[str] = frozenset()
    losses: frozenset[str] = frozenset()
    counted: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    turned: set[str] = field(default_factory=set)
    spread: set[str] = field(default_factory=set)
    spreads: bool = False
    called: dict[str, tuple[str, ...]] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    shapes: dict[str, Shape] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, tuple[tuple[Index, ...], Lin]] = field(default_factory=dict)
    same: list[tuple[Lin, Lin]] = field(default_factory=list)
    units: dict[str, Lin] = field(default_factory=dict)
    fixed: dict[str, Lin] = field(default_factory=dict)
    operators: Mapping[str, str] = field(default_factory=dict)
    _made: int = 0

    # sizes

    def fresh(self, *args: Lin | Index) -> Lin:
        """Return an unknown size, perhaps one for each layer."""
        self._made += 1
        return size(f"{UNKNOWN}{self._made}", *args)

    def known(self, value: Lin) -> Lin:
        """Return a size with what is known of it put in."""
        for _ in range(50):
            found = {
                atom: body.subs(dict(zip(params, atom.args, strict=True)))
                for atom, _ in value.terms
                if isinstance(atom, Size) and atom.name in self.unknown
                for params, body in (self.unknown[atom.name],)
            }
            if not found:
                return value
            value = value.subs(found)
        return value

    def unify(self, one: Lin, other: Lin) -> None:
        """Take two sizes for the same. Raises: Misfit where they cannot be."""
        one, other = self.known(one), self.known(other)
        if one == other or self._bind(one, other) or self._bind(other, one):
            return
        self.same.append((one, other))
        if not any(_is_open(side) for side in (one, other)) and not any(map(_at_end, (one, other))):
            raise Misfit(f"{one} and {other}")

    def _bind(self, one: Lin, other: Lin) -> bool:
        atom = one.atom
        if not isinstance(atom, Size) or not atom.name.startswith(UNKNOWN) or _mentions(other, atom.name):
            return False
        params: list[Index] = []
        values: dict[Index, Lin] = {}
        for place, arg in zip(PLACE, atom.args, strict=False):
            letters = [a for a, c in arg.terms if isinstance(a, Index) and c == 1]
            if len(arg.terms) != 1 or not letters:
                return False  # known at one layer only
            params.append(place)
            values[letters[0]] = lin(place) - arg.const
        body = other.subs(values)
        if body.indices() - set(params):
            return False
        self.unknown[atom.name] = (tuple(params), body)
        return True

    def found(self) -> dict[str, tuple[Lin, ...]]:
        """Return what is known of each shape."""
        return {key: tuple(map(self.known, shape.sizes)) for key, shape in self.shapes.items()}

    def settle(self) -> None:
        """Look again at sizes that had to be the same at one layer. Raises: Misfit where they differ."""
        waiting, self.same = self.same, []
        for one, other in waiting:
            self.unify(one, other)

    # names

    def use(self, node: Node) -> Use | None:
        """Return what a node names; None where it is no name."""
        base = node.base
        if base.key is None or base.plain is None:
            return None
        key, plain = (name + "'" * node.primes for name in (base.key, base.plain))
        below, layers_below, units = self._below(parts(node.sub), plain)
        above, layers_above, turned, power = self._above(node.pieces, plain)
        fixed_below = tuple(part for part in below if part not in {"", "[", "("})
        fixed_above = tuple(part for part in above if part not in {"", "[", "("})
        layers = (*layers_below, *layers_above)
        name = full_name(plain, fixed_below, fixed_above) + "@" * len(layers)
        name += "#" if units and name in self.apart else ""
        name += f"~{units[0]}" if units and name in self.by_letter else ""
        atoms = [value.atom for value in layers]
        if all(isinstance(atom, Index) for atom in atoms):
            self.called.setdefault(name, tuple(str(atom) for atom in atoms))
        self.turned |= {name} if turned else set()
        self.forms.setdefault(name, Form(key, plain, below, above, look(base)))
        return Use(name, layers, units, turned, power)

    def _below(self, groups: list[list[Token]], base: str) -> tuple[tuple[str, ...], tuple[Lin, ...], tuple[str, ...]]:
        fixed: list[str] = []
        layers: list[Lin] = []
        units: list[str] = []
        every = [token for group in groups for token in group]
        if f"{base}_{{{''.join(token.text for token in every)}}}" in self.named:
            return tuple(token.text for token in every), (), ()
        found = list(self._indices(groups))
        counted = len(found) == 1 and base in self.counted
        for value, token in found:
            letter = token.kind == "letter" and token.text in self.letters - self.layers and not counted
            if letter or (token.kind == "number" and base in self.indexed and layers):
                units.append(token.text)  # of h_{k,1} the first index is the layer
            elif value is not None and base in self.below and (counted or self._counts(token)):
                layers.append(value)
                fixed.append(next((other.text for other in every if other.kind == "bracket"), ""))
            elif (token.kind == "number" and base in self.indexed) or (
                token.kind == "letter" and base in self.whole and token.text.islower()
            ):
                units.append(token.text)
            else:
                fixed.append(token.text)
        return tuple(fixed), tuple(layers), tuple(units)

    def _counts(self, token: Token) -> bool:
        return token.kind == "number" or token.text in self.layers | self.depths

    def _indices(self, groups: list[list[Token]]) -> Iterator[tuple[Lin | None, Token]]:
        """Yield the indices of a script one by one: k-1 is one with its letter."""
        for group in groups:
            tokens = [token for token in group if token.kind not in {"bracket", "end"}]
            at = 0
            while at < len(tokens):
                token, value = tokens[at], self._value(tokens[at])
                at += 1
                while at + 1 < len(tokens) and tokens[at].kind == "sign":
                    step = self._value(tokens[at + 1])
                    value = None if value is None or step is None else value + step * _sign(tokens[at])
                    at += 2
                yield value, token

    def _value(self, token: Token) -> Lin | None:
        if token.kind == "number":
            return lin(int(token.text)) if token.text.isdigit() else None
        if token.kind != "letter":
            return None
        return lin(Index(token.text)) if token.text in self.letters else size(token.text)

    def _above(self, pieces: tuple[Node, ...], base: str) -> tuple[tuple[str, ...], tuple[Lin, ...], bool, bool]:
        fixed: list[str] = []
        layers: list[Lin] = []
        turned = power = False
        for piece in pieces:
            inner, opening = (piece.body, piece.opening) if isinstance(piece, Group) else (piece, "")
            found = list(self._indices(parts(inner)))
            value, token = found[0] if len(found) == 1 else (None, None)
            if piece.is_transpose:
                turned = True
            elif value is not None and token is not None and base + opening in self.above and self._counts(token):
                layers.append(value)
                fixed.append(opening)
            elif isinstance(piece, Group) or not isinstance(piece, Number):
                fixed.append(piece.text)
            else:
                power = True
        return tuple(fixed), tuple(layers), turned, power

    # expressions

    def shape(self, node: Node) -> Shape | None:
        """Return the shape of an expression; None while it is open. Raises: Misfit where it has none."""
        match node:
            case Number():
                return NUMBER
            case _Applied(_, "larger", Group(body=Tuple(items=items))):
                return self._common(list(items))
            case _Applied(_, kind, argument):
                found = self.shape(argument)
                if kind == "whole" and found is not None and found.rank == 2:
                    raise Misfit("a function of a vector of a matrix")
                return NUMBER if kind in {"number", "larger"} else found
            case Group(_, opening, _, body):
                found = self.shape(body)
                return NUMBER if opening in {r"\|", "‖"} else found
            case Annotated(_, body, _) | Root(_, body, _):
                return self.shape(body)
            case Tuple(_, items):
                for item in items:
                    self.shape(item)
                return None
            case Additive(_, terms):
                return self._common([term.node for term in terms])
            case Fraction(_, numerator, denominator):
                below = self.shape(denominator)
                return self.shape(numerator) if below == NUMBER else None
            case Product():
                return self._product(node)
            case Cases(_, rows):
                return self._common([value for value, _ in rows])
            case Script(_, base, _, _, 0) if isinstance(base, Group):
                return self._powered(base, node)
        use = self.use(node)
        if use is None or use.key in self.counts:
            return None if use is None else NUMBER
        if node.base.key in CONSTANTS and use.key not in self.shapes:
            return self.shape(node.sup) if node.sup is not None else NUMBER
        return self._used(use)

    def _powered(self, base: Group, node: Script) -> Shape | None:
        found = self.shape(base)
        if found is None or found == NUMBER or node.sup is None:
            return found
        return found.turned if any(piece.is_transpose for piece in node.pieces) else None

    def _used(self, use: Use) -> Shape | None:
        found = self.shapes.get(use.key)
        if found is None:
            return NUMBER if use.units and self.ranks.get(use.key) == len(use.units) else None
        here = self._here(found, use.layers)
        if use.units:
            if len(use.units) > here.rank:
                raise Misfit(use.key)
            for letter, length in zip(use.units, here.sizes, strict=False):
                self.unify(self.units[letter], length) if letter in self.units else None
            return NUMBER if len(use.units) == here.rank else None
        if use.power:
            return here if here == NUMBER else None
        return here.turned if use.turned else here

    def _here(self, shape: Shape, layers: tuple[Lin, ...]) -> Shape:
        values = dict(zip(PLACE, layers, strict=False))
        return Shape(tuple(self.known(length.subs(values)) for length in shape.sizes), shape.row)

    def _common(self, nodes: list[Node]) -> Shape | None:
        """Return the shape that all terms of a sum have; numbers go with anything."""
        found: Shape | None = None
        for node in nodes:
            own = self.shape(node)
            if own is None or (own == NUMBER and _is_constant(node)):
                continue
            if own.rank < 2 and self._is_spread(node, found, nodes):
                continue
            if found is not None and own != found:
                self.agree(found, own)
            found = own
        if found is None and all(self.shape(node) == NUMBER for node in nodes):
            return NUMBER
        if found is not None:
            for node in nodes:
                if not _is_constant(node) and not (self.spreads and found.rank and self._is_spread(node, found, nodes)):
                    self.want(node, found)
        return found

    def _is_one_line(self, node: Node) -> bool:
        use = self.use(node)
        return use is not None and use.key in self.spread and not use.units

    def _is_spread(self, node: Node, found: Shape | None, nodes: list[Node]) -> bool:
        """Return whether a term is a row or column that is added to each one of a matrix, and take its size so; or a
        number that is said to be one, which is added to each entry."""
        own = self.shape(node) if self._is_one_line(node) else None
        if own is None or own.rank == 2:
            return False
        others = [shape for other in nodes if other is not node and (shape := self.shape(other)) is not None]
        least = 2 if own.rank else 1
        larger = next((shape for shape in (found, *others) if shape is not None and shape.rank >= least), None)
        if larger is None:
            return False
        self.spreads = True
        if own.rank:
            self.unify(larger.sizes[1 if own.row else 0], own.sizes[0])
        return True

    def agree(self, one: Shape, other: Shape) -> None:
        """Take two shapes for the same. Raises: Misfit where they are not."""
        if one.rank != other.rank:
            raise Misfit(f"{one.rank} and {other.rank} axes")
        for a, b in zip(one.sizes, other.sizes, strict=True):
            self.unify(a, b)

    # products

    def _product(self, node: Product) -> Shape | None:
        found: Shape | None = NUMBER
        for operator, factor in self.factors(node.items):
            own = self.shape(factor)
            found = None if found is None or own is None else self._times(found, own, operator)
        return found

    def _times(self, one: Shape, other: Shape, operator: str) -> Shape | None:
        if NUMBER in (one, other):
            return other if one == NUMBER else one
        if operator == "/":
            return None
        meaning = self.operators.get(operator, "elementwise" if operator == r"\odot" else "")
        if meaning == "elementwise":
            self.agree(one, other)
            return one
        if meaning in {"outer", "kronecker"} or operator not in {"", r"\cdot", r"\times"}:
            return Shape((one.sizes[0], other.sizes[0])) if meaning == "outer" and one.rank == other.rank == 1 else None
        return self._contracted(one, other, operator)

    def _contracted(self, one: Shape, other: Shape, operator: str) -> Shape | None:
        if one.rank == 1 and not one.row:
            if other.rank == 1 and other.row:
                return Shape((one.sizes[0], other.sizes[0]))
            if other.rank == 1 and operator == r"\cdot":
                self.unify(one.sizes[0], other.sizes[0])
                return NUMBER
            raise Misfit("a column before an array")
        if other.rank == 1 and other.row:
            raise Misfit("a row behind an array")
        self.unify(one.sizes[-1], other.sizes[0])
        left, right = one.sizes[:-1], other.sizes[1:]
        return Shape((*left, *right), row=not left and bool(right))

    def factors(self, items: tuple[Item, ...]) -> Iterator[tuple[str, Node]]:
        """Yield what a product multiplies, with the sign before it: functions have their arguments, sums their body."""
        at = 0
        while at < len(items):
            operator, node = items[at].operator, items[at].node
            at += 1
            if isinstance(node, BigOperator):
                if node.kind.lstrip("\\") in {"sum", "prod", "max", "min"} and at < len(items):
                    yield operator, product_of(items[at:])
                    return
                continue
            kind = self.kind(node)
            if kind == "own":
                at += at < len(items) and isinstance(items[at].node, Group)
            elif kind is not None and at < len(items):
                argument = items[at].node if isinstance(items[at].node, Group) else product_of(items[at:])
                at = at + 1 if isinstance(items[at].node, Group) else len(items)
                yield operator, _Applied(argument.span, kind, argument)
                continue
            yield operator, node

    def kind(self, node: Node) -> str | None:
        """Return what a head does to its argument; None where it is no function."""
        key = node.base.key
        if key is None:
            return None
        if key in self.functions:
            return self.functions[key]
        if key in _LARGER:
            return "larger"
        if key in READS:
            return "each"
        if any(key in reads.split() for _, reads in OF_WHOLE_ARRAYS.values()):
            return "number" if key in _SCALARS else "whole"
        return "number" if key in _SCALARS else None

    # what is wanted of an expression

    def want(self, node: Node, shape: Shape) -> None:
        """Say which shape an expression has. Raises: Misfit where it has another one."""
        match node:
            case Number() | Cases():
                return
            case _Applied(_, "larger", Group(body=Tuple(items=items))):
                for item in items:
                    if not _is_constant(item):
                        self.want(item, shape)
                return
            case _Applied(_, kind, argument):
                if kind not in {"number", "larger"}:
                    self.want(argument, shape)
                return
            case Group(_, opening, _, body):
                if opening not in {r"\|", "‖"}:
                    self.want(body, shape)
                return
            case Annotated(_, body, _):
                self.want(body, shape)
                return
            case Additive(_, terms):
                for term in terms:
                    own = self.shape(term.node) if self._is_one_line(term.node) else shape
                    if not _is_constant(term.node) and (own is None or own.rank == shape.rank):
                        self.want(term.node, shape)
                return
            case Fraction(_, numerator, denominator):
                if self.shape(denominator) is None and self.shape(numerator) == shape:
                    self.want(denominator, NUMBER)
                if self.shape(denominator) == NUMBER:
                    self.want(numerator, shape)
                return
            case Product():
                self._want_factor(node, shape)
                return
            case Script(_, base, _, _, 0) if isinstance(base, Group):
                if shape == NUMBER and base.opening not in {r"\|", "‖"}:
                    turned = any(piece.is_transpose for piece in node.pieces)
                    self.want(base, shape) if not turned else None
                return
        use = self.use(node)
        if use is not None:
            self._want_name(use, shape)

    def _want_name(self, use: Use, shape: Shape) -> None:
        known = self.shapes.get(use.key)
        if known is not None:
            found = self._used(use)
            if found is not None:
                self.agree(found, shape)
            return
        if use.units or (use.power and shape != NUMBER):
            return
        shape = shape.turned if use.turned else shape
        self.declare(use.key, use.layers, shape)

    def declare(self, key: str, layers: tuple[Lin, ...], shape: Shape) -> None:
        """Put down the shape of a name, which it has at some layers."""
        own = Shape(tuple(self.fresh(*PLACE[: len(layers)]) for _ in shape.sizes), shape.row)
        self.shapes[key] = own
        for length, wanted in zip(self._here(own, layers).sizes, shape.sizes, strict=True):
            self.unify(length, wanted)

    def _want_factor(self, node: Product, shape: Shape) -> None:
        """Solve a product for its one open factor."""
        factors = list(self.factors(node.items))
        shapes = [self.shape(factor) for _, factor in factors]
        open_ones = [at for at, own in enumerate(shapes) if own is None]
        signs = {operator for operator, _ in factors[1:]}
        if any(self.operators.get(s, "elementwise" if s == r"\odot" else "") == "elementwise" for s in signs):
            arrays = [at for at in range(len(factors)) if shapes[at] != NUMBER]
            if all(self.operators.get(factors[at][0], r"\odot") for at in arrays[1:]) and len(signs) == 1:
                for at in open_ones:
                    self.want(factors[at][1], shape)
            return
        if len(open_ones) != 1 or signs - {"", r"\cdot", r"\times"}:
            return
        at = open_ones[0]
        before = self._run(shapes[:at])
        after = self._run(shapes[at + 1 :])
        if before is None or after is None:
            return
        found = self._factor(before, after, shape, looks_of(factors[at][1]))
        if found is not None:
            self.want(factors[at][1], found)

    def _run(self, shapes: list[Shape | None]) -> Shape | None:
        found: Shape | None = NUMBER
        for own in shapes:
            found = None if found is None or own is None else self._times(found, own, "")
        return found

    def _factor(self, before: Shape, after: Shape, whole: Shape, look_: str) -> Shape | None:
        """Return the shape of the factor between two others in a product of a known shape."""
        left = before.sizes[-1:] if before != NUMBER and not (before.rank == 1 and not before.row) else ()
        right = after.sizes[:1] if after != NUMBER and not after.row else ()
        rest = self._times(before, after, "") if _fits(before, after) else None
        scalar_fits = rest is not None and self._alike(rest, whole)
        if scalar_fits and (look_ == "number" or before == after == NUMBER or not (left or right)):
            return NUMBER if before != NUMBER or after != NUMBER else whole
        if scalar_fits and look_ != "matrix":
            return None
        sizes = list(whole.sizes)
        if before != NUMBER:
            if not left:
                return None
            sizes = [*left, *sizes[len(before.sizes) - 1 :]]
        if after != NUMBER:
            if not right:
                return None
            sizes = [*(sizes if after.rank == 1 else sizes[:-1]), *right]
        lies = len(sizes) == 1 and before == NUMBER and after != NUMBER
        return Shape(tuple(sizes), row=lies or (whole.row and len(sizes) == 1)) if len(sizes) <= 2 else None

    def _alike(self, one: Shape, other: Shape) -> bool:
        return one.row == other.row and tuple(map(self.known, one.sizes)) == tuple(map(self.known, other.sizes))

    # statements

    def equate(self, statement: Statement) -> None:
        """Take from a forward line what it says. Raises: Misfit where its sides do not fit."""
        body = statement.body
        if not isinstance(body, Relation):
            return
        self.units = {**self.fixed, **self._sums(body)}
        right = body.links[0].node
        left = self.use(head_of(body.first))
        if left is None:
            return
        found = self.shape(right)
        if found is not None:
            self._define(left, found, right)
        own = self._used(left) if left.key in self.shapes or left.units else None
        if own is not None:
            self.want(right, own)

    def _define(self, left: Use, found: Shape, right: Node) -> None:
        if found == NUMBER and _is_constant(right) and (left.layers or left.key in self.shapes):
            return  # h_0 = 0 says nothing of shapes
        if left.units and found == NUMBER:
            if left.key not in self.shapes:
                self.declare(left.key, left.layers, Shape(tuple(self.units[u] for u in left.units)))
            self._used(left)
        elif left.key not in self.shapes and not left.units:
            self.declare(left.key, left.layers, found)
        elif not (found == NUMBER and _is_constant(right)):
            self._want_name(left, found)

    def _sums(self, node: Node) -> dict[str, Lin]:
        """Return the sizes that unit letters of a statement run up to: those of its sums, else unknown ones."""
        found: dict[str, Lin] = {}
        shifted: set[str] = set()
        for inner in walk(node):
            if isinstance(inner, BigOperator) and isinstance(inner.below, Relation) and inner.above is not None:
                letters = [t for group in parts(inner.below.first) for t in group if t.kind == "letter"]
                low = inner.below.links[0].node
                ends = [value for value, _ in self._indices(parts(inner.above))]
                if len(letters) == 1 and isinstance(low, Number) and low.text == "1" and len(ends) == 1:
                    end = ends[0] or size(inner.above.text)
                    found.setdefault(letters[0].text, end)
                else:
                    shifted |= {t.text for t in letters}
        uses = [use for inner in walk(node) if inner.scripted and (use := self.use(inner)) is not None]
        layers = sorted({index for use in uses for value in use.layers for index in value.indices()}, key=str)
        for letter in (letter for use in uses for letter in use.units):
            if letter not in shifted and letter not in self.fixed:
                found.setdefault(letter, self.fresh(*layers))
        return {letter: value for letter, value in found.items() if letter not in shifted}


def solve(solver: Solver, statements: list[Statement], hints: Iterable[str]) -> None:
    """Put down the shapes of all names in forward lines, as far as the lines and the hints say them.

    How a letter looks says something of inputs only; what is computed has the shape of its value.
    """
    _exhaust(solver, statements)
    bodies = (statement.body for statement in statements)
    lefts = {use.key for b in bodies if isinstance(b, Relation) and (use := solver.use(head_of(b.first))) is not None}
    for hint in hints:
        for key in list(solver.forms):
            if key in lefts and hint in LOOKS:
                continue
            rank = _hinted(solver, key, hint, statements) if key not in solver.shapes else None
            if rank is not None:
                solver.guessed |= {key} if hint in {"matrix", "vector"} and "{" not in solver.forms[key].base else set()
                layers = PLACE[: key.count("@")]
                solver.shapes[key] = Shape(tuple(solver.fresh(*layers) for _ in range(rank)))
                _exhaust(solver, statements)


def _exhaust(solver: Solver, statements: list[Statement]) -> None:
    for _ in range(2 * len(statements) + 2):
        before = solver.found()
        for statement in statements:
            solver.equate(statement)
        solver.settle()
        if solver.found() == before:
            return


LOOKS = ("number", "matrix", "vector")
"""What a letter may look like."""


def _hinted(solver: Solver, key: str, hint: str, statements: list[Statement]) -> int | None:
    """Return how many axes a hint gives a name."""
    look_ = solver.forms[key].look
    if key in solver.counts or (solver.forms[key].plain in CONSTANTS and hint != "entries"):
        return None
    match hint:
        case "entries":
            return solver.ranks.get(key)
        case "loss":
            return 0 if key in solver.losses else None
        case "numbered":
            return 0 if _is_numbered(solver, key) else None
        case "label":
            return 0 if key in solver.labels else None
        case "turned":
            return 1 if look_ in {"small", "number"} and key in solver.turned else None
        case "norm":
            return 1 if look_ == "small" and key in _in_norms(solver, statements) else None
        case "operand":
            return 1 if look_ == "small" and key in _operands(solver, statements) else None
    return {"number": 0, "vector": 1, "matrix": 2}[look_] if look_ == hint else None


def _is_numbered(solver: Solver, key: str) -> bool:
    """Return whether a name is one of several numbers, w_1 to w_6: small letters, where no name may be an array."""
    form = solver.forms[key]
    arrays = any(shape.rank for shape in solver.shapes.values()) or bool(solver.turned)
    looks = {other.look for name, other in solver.forms.items() if name not in solver.shapes}
    numbers = [part for part in form.below if part.isdigit()]
    return bool(numbers) and form.look in {"small", "number"} and not arrays and not looks & {"matrix", "vector"}


def _in_norms(solver: Solver, statements: list[Statement]) -> set[str]:
    """Return the names between the bars of a norm, which nobody writes around a number: the y of ‖y - t‖²."""
    nodes = (node for statement in statements for node in walk(statement.body))
    bodies = [node.body for node in nodes if isinstance(node, Group) and node.opening in {r"\|", "‖"}]
    terms = [[term.node for term in body.terms] if isinstance(body, Additive) else [body] for body in bodies]
    return {use.key for nodes in terms for node in nodes if (use := solver.use(node)) is not None and not use.units}


def _operands(solver: Solver, statements: list[Statement]) -> set[str]:
    """Return the names that stand directly behind a matrix in a product: the x of W x."""
    found: set[str] = set()
    for statement in statements:
        for node in walk(statement.body):
            factors = list(solver.factors(node.items)) if isinstance(node, Product) else []
            for (_, one), (sign, other) in pairwise(factors):
                use = solver.use(other)
                shape = solver.shape(one) if use is not None and sign in {"", r"\cdot"} else None
                if use is not None and shape is not None and shape.rank == 2 and not use.turned:
                    found.add(use.key)
    return found


def look(base: Node) -> str:
    """Return what a letter looks like: a small Greek one a number, a capital a matrix, a bold small one a vector."""
    if not isinstance(base, Name) or base.word or set(base.fonts) & {"mathcal", "mathscr", "mathfrak", "mathbb"}:
        return ""
    bold = bool({*base.fonts, *base.accents} & {"mathbf", "boldsymbol", "vec"})
    if len(base.letters) == 1:
        return "matrix" if base.letters.isupper() else "vector" if bold else "small"
    return ("vector" if bold else "number") if base.letters[1:2].islower() else "matrix" if bold else ""


def looks_of(node: Node) -> str:
    """Return what the letter of a name looks like; "" for an expression."""
    return look(node.base)


def head_of(node: Node) -> Node:
    """Return a left side without its arguments."""
    if isinstance(node, Product) and len(node.items) == 2 and isinstance(node.items[1].node, Group):
        return node.items[0].node
    return node


def _fits(one: Shape, other: Shape) -> bool:
    """Return whether two shapes could be multiplied, their sizes apart."""
    if NUMBER in (one, other):
        return True
    return not (one.rank == 1 and not one.row and not other.row) and not other.row


def _is_constant(node: Node) -> bool:
    """Return whether a term has no name: the 1 of 1 - h goes with any shape."""
    match node:
        case Number():
            return True
        case Fraction(_, above, below):
            return _is_constant(above) and _is_constant(below)
        case Product(_, items):
            return all(_is_constant(item.node) for item in items)
        case Additive(_, terms):
            return all(_is_constant(term.node) for term in terms)
    return False


def _sign(token: Token) -> int:
    return -1 if token.text == "-" else 1


def _is_open(value: Lin) -> bool:
    return any(isinstance(atom, Size) and atom.name.startswith(UNKNOWN) for atom, _ in value.terms)


def _at_end(value: Lin) -> bool:
    """Return whether a size is one at a layer that is given: n_0, n_L."""
    return any(isinstance(atom, Size) and atom.args and not value.indices() for atom, _ in value.terms)


def _mentions(value: Lin, name: str) -> bool:
    return any(isinstance(atom, Size) and atom.name == name for atom, _ in value.terms)
