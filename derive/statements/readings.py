"""A link in each of its readings: what its equation says in the usual one, and in those that notation leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derive.errors import LatexError
from derive.names.matching import ZeroBasedIndex
from derive.notation.signs import ORDERS
from derive.proof.oracle import examine
from derive.reader.ranges import limits_names
from derive.reader.syntax import BigOperator, Group, Matrix, Node, Relation, Statement, Unclear, walk
from derive.source import Source
from derive.statements.as_numbers import speaks_of
from derive.statements.document_state import DocumentState, ModelLike
from derive.statements.equations import FreeIndexError, equate
from derive.statements.link_claims import Kind, LinkClaim, not_understood
from derive.statements.not_numbers import by_a_mere_name
from derive.statements.one_hot import one_hot_condition
from derive.statements.pieces import Piece, split_matrix
from derive.statements.premises import each_of, equation
from derive.statements.redefinitions import fixed_by, is_open_function
from derive.typing.ceiling import Ceiling, Reason, only_proves, only_refutes
from derive.typing.conditions import unclear
from derive.typing.context import Context, Log
from derive.typing.derivatives import Operator, operator_of
from derive.typing.elaborate import elaborate
from derive.typing.names import read_name
from derive.typing.quantifiers import speaks_of_values
from derive.typing.reading import Reading
from derive.typing.templates import same_tree
from derive.typing.tensor import ShapeError, UnknownSymbolError

MAX_READINGS = 16
SAMPLES = 6
"""On how many networks an equation is tried: a value of few, t = 1 of t ∈ {0, 1}, is met by chance in one."""
_BESIDE_NABLA = only_refutes(Reason("this depends on whether ∂L/∂u ∂u/∂v is a row or, as ∇ is, of the shape of v"))
_OF_ANOTHER_FUNCTION = only_proves(Reason("nothing says what the function is that stands beside it"))
_OF_SO_MANY = only_refutes(
    Reason("this holds if the units that are written out are all there are; say how many there are, as in (K = 2)")
)
_OF_ONE_FORMULA = only_refutes(
    Reason("this holds if the other names in the formula of the name are held fixed; it is not the total derivative")
)
_THROUGH_NOTHING = Reason("this differentiates by a name of the text, through which the network does not compute")
_BY_A_NAME = Ceiling(_THROUGH_NOTHING, _THROUGH_NOTHING)


def has_nabla(node: Node) -> bool:
    return any(inner.letter == r"\nabla" for inner in walk(node))


def _equates_sizes(condition: Node, ctx: Context) -> bool:
    """Return whether a condition says that one size is another, m = n, under which other shapes fit."""
    relations = [inner for inner in walk(condition) if isinstance(inner, Relation)]
    pairs = [(one.first, link.node) for one in relations for link in one.links if link.operator == "="]
    return any(all(ctx.table.sizes.get(side.text) == 0 for side in pair) for pair in pairs)


def holds(option: LinkClaim) -> bool:
    """Return whether a link has claims, and some concrete networks make both sides of each equal."""
    samples = [examine(claim, draws=SAMPLES) for claim in option.claims]
    return bool(samples) and all(sample.witness is None and sample.agreed > 0 for sample in samples)


@dataclass(frozen=True)
class Readings:
    """What the links of one statement are read with."""

    statement: Statement
    model: ModelLike
    state: DocumentState
    source: Source

    @property
    def usual(self) -> Reading:
        return self.model.reading

    @property
    def defined(self) -> frozenset[str]:
        """The names that the forward pass, or the document, defines."""
        return frozenset(definition.name for definition in self.state.network.definitions)

    def context(self, reading: Reading) -> Context:
        log = Log(sizes=dict(self.state.sizes))
        table, network = self.state.table, self.state.network
        summation = self.statement.summation
        own = Context(table, self.source, reader=elaborate, reading=reading, log=log, network=network)
        return replace(own, summation=summation)

    def under(self, conditions: Iterable[Node]) -> Readings:
        """Return the same under more conditions."""
        return replace(self, statement=replace(self.statement, conditions=(*self.statement.conditions, *conditions)))

    def in_its_sentence(self, piece: Piece) -> Readings:
        """Return the same under the conditions that the sentence around the formula has, as far as they speak of it.

        Values that the text sets are tried apart; what speaks of other letters, or holds anyway, is none of its
        conditions.
        """
        free = _free_symbols(piece.left) | _free_symbols(piece.right) | set(self.state.table.sizes)
        bound = (symbols_in(piece.left) | symbols_in(piece.right)) - free
        each = each_of(self.statement.said)
        limits = [node for node in each if self._limits(node, free, bound)]
        said = [*limits, *(node for node in each if node.symbol and limits)]
        return self if any(node in self.statement.conditions for node in said) else self.under(said)

    def _limits(self, node: Node, letters: set[str], bound: set[str]) -> bool:
        """Return whether a condition of the sentence limits what is said of some letters; of bound ones it says
        nothing."""
        ctx = self.context(self.usual)
        if one_hot_condition(node, ctx, self.state.network) is not None or _orders_values(node, ctx):
            return True
        sides = equation(node, ctx)
        if sides is not None:
            return self._is_hypothesis(Piece(sides[0], "=", sides[1], node.span), node)
        named = symbols_in(node)
        if self._names_unknown_function(node):
            return True
        return isinstance(node, Unclear) or (limits_names(node) and bool(letters & named) and not bound & named)

    def _is_hypothesis(self, piece: Piece, node: Node) -> bool:
        """Return whether an equation in the sentence, if $h = y$, says more than what is so in the network anyway."""
        ctx = self.context(self.usual)
        own = speaks_of([piece.left], self.state.own.defined)
        if own or is_open_function(piece.left, ctx) or fixed_by(piece, ctx) is not None:
            return False  # it says what a name is from here on
        said = replace(self, statement=replace(self.statement, said=())).in_usual_one(piece)
        return node not in self.statement.nearby and bool(said.claims) and not holds(said)

    def check_words(self) -> None:
        """Raise LatexError where words change what the statement says in a way that is not understood."""
        for node in (inner for condition in self.statement.conditions for inner in walk(condition)):
            if isinstance(node, Unclear):
                raise unclear(node, self.context(self.usual))

    def _names_unknown_function(self, node: Node) -> bool:
        """Return whether a condition says that an open function is another one that is not known: with $f = s$."""
        if not isinstance(node, Relation):
            return False
        ctx, link = self.context(self.usual), node.links[0]
        function = ctx.table.functions.get(node.first.symbol)
        opens = function is not None and function.kind == "open" and link.operator == "="
        return opens and fixed_by(Piece(node.first, "=", link.node, node.span), ctx) is None

    def in_usual_one(self, piece: Piece) -> LinkClaim:
        """Return what a link says as a claim in the model's reading."""
        return self.read(piece, "claim", self.usual)[0]

    def of(self, piece: Piece, kind: Kind) -> list[LinkClaim]:
        """Return the link in the model's reading, and in the others that its notation leaves open."""
        waiting: list[Reading] = [self.usual]
        done: list[Reading] = []
        found: list[LinkClaim] = []
        while waiting and len(done) < MAX_READINGS:
            reading = waiting.pop(0)
            if reading in done:
                continue
            done.append(reading)
            option, choices = self.read(piece, kind, reading)
            found.append(option)
            others = option.reading.alternatives(choices, self.usual, misfit=option.refuted)
            waiting += [other for other in others if other not in done]
        return found

    def read(
        self, piece: Piece, kind: Kind, reading: Reading, free: frozenset[str] = frozenset()
    ) -> tuple[LinkClaim, set[str]]:
        """Return what a link says in one reading, and the choices that it leaves open."""
        ctx = replace(self.context(reading), free=free)
        assumptions = reading.differs_from(self.usual)
        option = LinkClaim(piece.span, kind, reading=reading, assumptions=assumptions, ceiling=reading.ceiling)
        try:
            option = self._equated(piece, option, ctx)
        except FreeIndexError as found:
            return self.read(piece, kind, reading, free | found.letters)
        except ZeroBasedIndex:
            again, choices = self.read(piece, kind, replace(reading, base=0), free)
            return replace(again, notes=("units are counted from 0", *again.notes)), choices | ctx.log.choices
        except ShapeError as error:
            option = replace(option, kind="claim", code=error.code, message=error.message, notes=tuple(ctx.log.notes))
            same_sizes = any(_equates_sizes(node, ctx) for node in self.statement.conditions)
            left = piece.left.span
            on_left = error.span is not None and left.start <= error.span.start and error.span.end <= left.end
            unknown = _unknown_name(piece.right, ctx) if on_left else None  # it says nothing of what was not read
            if same_sizes or ctx.log.ceiling.refutation is not None or unknown is not None:
                option = not_understood(option, unknown or error)
        except LatexError as error:
            option = not_understood(option, error)
        choices = set(ctx.log.choices)
        if not self.statement.partials and _is_bare(piece, ctx, of_the_loss=True):
            choices.discard("partials")
        if any(split_matrix(side) is not None for side in (piece.left, piece.right)):
            choices.add("split")
        return option, choices

    def _equated(self, piece: Piece, option: LinkClaim, ctx: Context) -> LinkClaim:
        """Return a link with its claims. Raises: LatexError, FreeIndexError, ZeroBasedIndex, as `equate` does."""
        claims = equate(piece, self.statement.conditions, ctx, self.state.network)
        notes = (*ctx.log.notes, *ctx.log.conditions)
        option = replace(option, claims=tuple(claims), notes=notes, right_only=tuple(sorted(ctx.log.right_only)))
        option = option.limited(ctx.log.ceiling)
        if any(map(self._names_unknown_function, self.statement.conditions)):
            option = option.limited(_OF_ANOTHER_FUNCTION)
        if ctx.reading["listed"] == "all" and not self.statement.counted and not _says_what_it_is(piece, ctx):
            option = option.limited(_OF_SO_MANY)
        if by_a_mere_name(claims, self.model.network):
            option = option.limited(_BY_A_NAME)
        if ctx.reading["chain"] == "tensors" and any(map(has_nabla, (piece.left, piece.right))):
            option = option.limited(_BESIDE_NABLA)
        bare = ctx.reading["partials"] != "total" and not self.statement.partials and _is_bare(piece, ctx)
        if bare and not _is_by_an_argument(piece, ctx):
            option = option.limited(_OF_ONE_FORMULA)
        return option


def _unknown_name(node: Node, ctx: Context) -> LatexError | None:
    """Return the fault of a side with a name that nothing declares; None where all its names are known."""
    try:
        replace(ctx, log=Log()).value(node)
    except UnknownSymbolError as error:
        return error
    except LatexError:
        return None
    return None


def _says_what_it_is(piece: Piece, ctx: Context) -> bool:
    """Return whether a link says what a name, an array or a derivative is, as an instance with few units does."""
    left = piece.earlier[0] if piece.earlier else piece.left
    whole = left.base.key is not None or isinstance(left, Matrix | Group)
    return whole or any(operator_of(node, ctx) is not None for node in walk(left))


def _orders_values(node: Node, ctx: Context) -> bool:
    """Return whether a condition compares values: $z > 0$, $1 < y s$."""
    if not isinstance(node, Relation) or node.links[0].operator not in ORDERS:
        return False
    return speaks_of_values(node.first, ctx) or speaks_of_values(node.links[0].node, ctx)


def _is_by_an_argument(piece: Piece, ctx: Context) -> bool:
    """Return whether the derivative of a link is one by an argument of a function that the text defines, ∂g/∂x of
    g(x, y) = x² y, which holds the others fixed."""
    operator = next(_derivatives(piece, ctx))
    if operator.straight or operator.numerator is None or len(operator.variables) != 1:
        return False
    named = read_name(operator.numerator, ctx)
    arguments = () if named is None or named.entry is None else named.entry.arguments
    return any(same_tree(argument, operator.variables[0]) for argument in arguments)


def _derivatives(piece: Piece, ctx: Context) -> Iterator[Operator]:
    inner = (node for side in (piece.left, piece.right) for node in walk(side))
    return (operator for node in inner if (operator := operator_of(node, ctx)) is not None)


def _is_bare(piece: Piece, ctx: Context, *, of_the_loss: bool = False) -> bool:
    """Return whether a link states one derivative alone, of the loss, where nothing shows what is held fixed."""
    found = list(_derivatives(piece, ctx))
    if len(found) != 1 or not of_the_loss:
        return len(found) == 1
    upper = found[0].numerator
    named = None if upper is None else read_name(upper, ctx)
    return named is not None and named.entry is not None and named.entry.name == ctx.table.loss


def _free_symbols(node: Node) -> set[str]:
    """Return the letters of a formula that no sum or product in it binds."""
    below = [inner.below for inner in walk(node) if isinstance(inner, BigOperator) and inner.below is not None]
    bound = {next((part.letter for part in walk(one) if part.letter), "") for one in below}
    return symbols_in(node) - bound


def symbols_in(node: Node) -> set[str]:
    """Return the letters of a formula, those inside indices, too."""
    return {inner.letter for inner in walk(node) if inner.letter}
