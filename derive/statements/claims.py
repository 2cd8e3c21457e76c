"""From statements to claims: what each link of a formula says in each reading, lowered to scalars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from derive.algebra.expr import ZERO
from derive.errors import LatexError
from derive.names.matching import ZeroBasedIndex
from derive.notation.signs import EQUATES
from derive.proof.claim import Claim
from derive.proof.oracle import examine
from derive.reader.implications import settings_among
from derive.reader.ranges import limits_names
from derive.reader.syntax import Node, Relation, Statement, Unclear, walk
from derive.source import Source
from derive.statements.aliases import definable, head_key, left_side
from derive.statements.as_numbers import as_numbers, is_of_the_model, speaks_of
from derive.statements.equations import FreeIndexError, equate
from derive.statements.fixed_functions import fixed_claims
from derive.statements.letters import defined, has_sums
from derive.statements.links import Kind, Piece, is_name, kind_of, pieces, split_matrix
from derive.statements.lowered import DocumentState, Link, LinkClaim, Lowered, ModelLike, not_understood, together
from derive.statements.memberships import membership
from derive.statements.naming import (
    entry_of,
    fixed_by,
    has_meaning,
    is_open_function,
    names_other_units,
    redefines,
    with_name,
    with_own_function,
    with_step_sizes,
)
from derive.statements.not_numbers import by_a_mere_name, differentiates_a_stranger
from derive.statements.numbered import instances
from derive.statements.numeric_examples import is_rounded
from derive.statements.premises import equation
from derive.statements.stationary import Condition, rearranged, solved, without_inverse
from derive.statements.updates import is_list, is_recursion
from derive.statements.written_names import name_key, names_in
from derive.typing.ceiling import Ceiling, Reason, only_refutes
from derive.typing.conditions import unclear
from derive.typing.context import Context, Log
from derive.typing.derivatives import operator_of
from derive.typing.elaborate import elaborate
from derive.typing.names import read_name
from derive.typing.quantifiers import read_limits
from derive.typing.reading import Reading
from derive.typing.tensor import ShapeError, UnknownSymbolError, UnsupportedError

MAX_READINGS = 16
_BESIDE_NABLA = only_refutes(Reason("this depends on whether ∂L/∂u ∂u/∂v is a row or, as ∇ is, of the shape of v"))


_BY_A_NAME = Ceiling(
    *(2 * [Reason("this differentiates by a name of the text, through which the network does not compute")])
)


def _limited(option: LinkClaim, ceiling: Ceiling) -> LinkClaim:
    """Return what a link says, trusted no further than a ceiling."""
    return replace(option, ceiling=option.ceiling.meet(ceiling))


def start(model: ModelLike) -> DocumentState:
    """Return the state before the first formula of a document."""
    return DocumentState(model.table, model.network)


def lower_statement(statement: Statement, model: ModelLike, state: DocumentState, source: Source) -> Lowered:
    """Return what each link of a statement says, in each reading, and what the document knows from there on.

    Never raises: a link that cannot be read has the kind "not-understood" and carries the error.
    """
    found: list[Link] = []
    if not isinstance(statement.body, Relation):
        option = LinkClaim(statement.span, "prose", reading=model.reading)
        return Lowered((Link(statement.span, (option,)),), replace(state, previous=statement.body))
    for piece in pieces(statement, state.previous):
        lowering = Lowering(statement, model, state, source).in_its_sentence(piece)
        try:
            lowering.check_words()
            link = lowering.link(piece)
        except LatexError as error:
            link = Link(piece.span, (not_understood(LinkClaim(piece.span, "not-understood"), error),))
        found.append(link)
        state = lowering.introduced(piece, link.options[0], lowering.state)
        state = replace(state, previous=piece.right, condition=lowering.to_be_solved(piece, link) or state.condition)
    return Lowered(tuple(found), state)


def _has_nabla(node: Node) -> bool:
    return any(inner.letter == r"\nabla" for inner in walk(node))


def _agrees(claim: Claim) -> bool:
    """Return whether a concrete network makes both sides of a claim equal."""
    sample = examine(claim, draws=1)
    return sample.witness is None and sample.agreed > 0


def _holds(option: LinkClaim) -> bool:
    return bool(option.claims) and all(map(_agrees, option.claims))


_OF_ONE_FORMULA = only_refutes(
    Reason("this holds if the other names in the formula of the name are held fixed; it is not the total derivative")
)


def _equates_sizes(condition: Node, ctx: Context) -> bool:
    """Return whether a condition says that one size is another, m = n, under which other shapes fit."""
    relations = [inner for inner in walk(condition) if isinstance(inner, Relation)]
    pairs = [(one.first, link.node) for one in relations for link in one.links if link.operator == "="]
    return any(all(ctx.table.sizes.get(side.text) == 0 for side in pair) for pair in pairs)


class Lowering:
    """Lowers the links of one statement."""

    def __init__(self, statement: Statement, model: ModelLike, state: DocumentState, source: Source) -> None:
        self.statement = statement
        self.model = model
        self.state = state
        self.source = source

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

    def in_its_sentence(self, piece: Piece) -> Lowering:
        """Return the same under the conditions that the sentence around the formula has, as far as they speak of it.

        Values that the text sets are tried apart; what speaks of other letters, or holds anyway, is none of its
        conditions.
        """
        ctx = self.context(self.model.reading)
        letters = _symbols(piece.left) | _symbols(piece.right) | set(ctx.table.sizes)
        said = [node for node in self.statement.said if self._limits(node, letters, ctx)]
        if not said or any(node in self.statement.conditions for node in said):
            return self
        statement = replace(self.statement, conditions=(*self.statement.conditions, *said))
        return Lowering(statement, self.model, self.state, self.source)

    def _limits(self, node: Node, letters: set[str], ctx: Context) -> bool:
        """Return whether a condition of the sentence limits what is said of some letters."""
        if equation(node, ctx) is not None:
            return self._is_hypothesis(node, ctx)
        return isinstance(node, Unclear) or (limits_names(node) and bool(letters & _symbols(node)))

    def _is_hypothesis(self, node: Node, ctx: Context) -> bool:
        """Return whether an equation in the sentence, if $h = y$, says more than what is so in the network anyway."""
        sides = equation(node, ctx)
        if sides is None or node in self.statement.nearby:
            return False
        piece = Piece(sides[0], "=", sides[1], node.span)
        if self._is_local(piece.left) or is_open_function(piece.left, ctx) or fixed_by(piece, ctx) is not None:
            return False  # it says what a name is from here on
        plain = Lowering(replace(self.statement, said=()), self.model, self.state, self.source)
        said = plain.in_default_reading(piece)
        return bool(said.claims) and not all(map(_agrees, said.claims))

    def check_words(self) -> None:
        """Raise LatexError where words change what the statement says in a way that is not understood."""
        for node in (inner for condition in self.statement.conditions for inner in walk(condition)):
            if isinstance(node, Unclear):
                raise unclear(node, self.context(self.model.reading))

    def link(self, piece: Piece) -> Link:
        """Return what a link says in each reading."""
        ctx = self.context(self.model.reading)
        kind = kind_of(piece, ctx)
        if kind == "claim" and self.statement.joined and is_name(piece.left) and is_name(piece.right):
            kind = "equation"  # "a = y, hence C = 0" does not say that a is y
        if self.statement.example and kind in {"claim", "definition"} and (example := self._example(piece, kind, ctx)):
            return Link(piece.span, (example,))
        if kind in {"claim", "definition"} and (numbered := self._at_each_number(piece, ctx)):
            return Link(piece.span, tuple(numbered))
        if kind == "claim" and names_other_units(piece, ctx):
            kind = "definition"
        if kind in {"claim", "definition"} and (said := self._said_of_a_function(piece, ctx)) is not None:
            return Link(piece.span, (said,))
        if kind == "value":
            return Link(piece.span, self._value(piece))
        if kind == "condition" and piece.operator == r"\ne" and (differences := self._differences(piece)):
            return Link(piece.span, differences)
        if kind in {"claim", "equation"}:
            options = self._only_proving(self._in_all_readings(piece, kind), piece, kind)
            options += self._under_settings(piece, kind)
            if kind == "claim" and self.state.condition is not None:
                options += self._under_condition(piece, options, self.state.condition, ctx)
            if any(is_rounded(piece.left, piece.right, option.claims, ctx) for option in options):
                return Link(piece.span, self._value(piece))
            if redefines(piece, ctx, options, self.defined):
                return Link(piece.span, (self._local_definition(piece, ctx) or options[0],))
            if self.statement.supposed and not any(_holds(option) for option in options):
                return Link(piece.span, (LinkClaim(piece.span, "condition", reading=ctx.reading),))
            over_data = self._over_data(piece, options, ctx)
            if over_data is not None:
                return Link(piece.span, (over_data,))
            return Link(piece.span, (*options, *self._as_numbers(piece, options), *self._with_fixed(options)))
        again = kind == "definition" and piece.operator == "=" and self._is_local(piece.left)
        if again and (found := self._as_numbers(piece, [])):
            return Link(piece.span, tuple(found))
        return Link(piece.span, (self._other(piece, kind, ctx),))

    def _differences(self, piece: Piece) -> tuple[LinkClaim, ...]:
        """Return A ≠ B, which is false where both sides are the same, in all readings that have claims."""
        same = self._in_all_readings(replace(piece, operator="="), "claim")
        return tuple(replace(option, kind="difference") for option in same if option.claims)

    def _said_of_a_function(self, piece: Piece, ctx: Context) -> LinkClaim | None:
        """Return an equation that says what a function is which is open so far: after its use, p = σ(z) = …, or at what
        the forward pass applies it to, h = g(a) = tanh(a)."""
        left = definable(piece.left)
        key = "" if left is None else name_key(left.name)
        function = self.state.own.table.functions.get(key)
        own = function is not None and function.kind == "open" and key not in self.state.table.functions
        if own and left is not None and left.arguments is not None and piece.operator in EQUATES:
            return self._local_definition(piece, ctx)
        if is_open_function(piece.left, ctx) or piece.operator not in EQUATES or fixed_by(piece, ctx) is None:
            return None
        return LinkClaim(piece.span, "definition", reading=ctx.reading)

    def _with_fixed(self, options: list[LinkClaim]) -> Iterator[LinkClaim]:
        """Yield readings in which the text has fixed functions that the model leaves open, where that says more."""
        said = tuple(f"{one.written}, as the text says" for one in self.state.fixed)
        for option in options if said else ():
            claims = fixed_claims(option.claims, self.state.fixed)
            if option.kind == "claim" and claims != option.claims:
                yield replace(option, claims=claims, assumptions=(*option.assumptions, *said))

    def _under_settings(self, piece: Piece, kind: Kind) -> list[LinkClaim]:
        """Return the link under the values that are set beside it, y = 1, where these are values of variables.

        Where the text around the formula sets a variable to several values, it is left open which one is meant.
        """
        if kind != "claim":
            return []
        ctx = self.context(self.model.reading)
        beside = [node for node in self.statement.settings if equation(node, ctx)]
        nearby = [node for node in self.statement.nearby if equation(node, ctx)]
        if beside or settings_among(nearby):
            return self._under([*beside, *(settings_among(nearby) if not beside else ())], piece, kind)
        message = "this holds for one of the values that the text around it sets; which one is meant is not clear"
        alone = [option for node in nearby for option in self._under([node], piece, kind)]
        return [_limited(option, only_refutes(Reason(message))) for option in alone]

    def to_be_solved(self, piece: Piece, link: Link) -> Condition | None:
        """Return the equation that a link sets up, ∇E = 0, in its usual reading."""
        option = link.options[0]
        if option.kind != "equation" or not option.claims:
            return None
        claims = [replace(one, left=one.right, right=one.left) if one.left == ZERO else one for one in option.claims]
        return Condition(tuple(claims), " ".join(self.source.excerpt(piece.span).split()))

    def _under_condition(
        self, piece: Piece, options: list[LinkClaim], condition: Condition, ctx: Context
    ) -> list[LinkClaim]:
        """Return the link as a rearrangement or as a solution of the equation that was set up before it."""
        usual, solves = options[0], f"as a solution of {condition.text}"
        if usual.claims:
            one, assumed = usual.claims[0], (*usual.assumptions, solves)
            claims = solved(one.left, one.right, condition, self.state.network) if len(usual.claims) == 1 else ()
            solution = replace(usual, claims=claims, assumptions=assumed)
            multiple = replace(usual, kind="consequence", claims=rearranged(usual.claims, condition))
            found = [replace(option, introduced=condition.text) for option in (solution, multiple)]
            return [option for option in found if option.claims]
        try:
            turned = without_inverse(piece, ctx)
        except LatexError:
            turned = None
        if turned is None:
            return []
        multiplied = self._in_all_readings(turned[0], "claim")[0]
        assumed = (*multiplied.assumptions, solves, f"{turned[1]} is invertible")
        claims = rearranged(multiplied.claims, condition)
        return [replace(multiplied, kind="solution", span=piece.span, claims=claims, assumptions=assumed)]

    def _only_proving(self, options: list[LinkClaim], piece: Piece, kind: Kind) -> list[LinkClaim]:
        """Return options that can only be proved where a value that is set beside them, z = 0, cannot be put in."""
        ctx = self.context(self.model.reading)
        beside = [node for node in settings_among(self.statement.settings) if equation(node, ctx)]
        if kind != "claim" or not beside:
            return options
        statement = replace(self.statement, conditions=(*self.statement.conditions, *beside), settings=(), nearby=())
        under = Lowering(statement, self.model, self.state, self.source)._in_all_readings(piece, kind)
        reasons = [option.ceiling.refutation for option in under if option.claims]
        if not reasons or not all(reasons):
            return options
        return [_limited(option, Ceiling(refutation=reasons[0])) if option.claims else option for option in options]

    def _under(self, settings: list[Node], piece: Piece, kind: Kind) -> list[LinkClaim]:
        statement = replace(self.statement, conditions=(*self.statement.conditions, *settings), settings=(), nearby=())
        options = Lowering(statement, self.model, self.state, self.source)._in_all_readings(piece, kind)
        return [option for option in options if option.claims and option.ceiling.refutation is None]

    def _at_each_number(self, piece: Piece, ctx: Context) -> list[LinkClaim]:
        """Return a link about numbered names at a letter, f_k for f_0, f_1, …, as claims at all numbers together."""
        limits, _ = read_limits(self.statement.conditions, ctx)
        found: list[list[LinkClaim]] = []
        for single in instances(piece, limits, ctx):
            options = self._in_all_readings(single, "claim")
            if not all(isinstance(option.error, UnknownSymbolError) for option in options):
                found.append(options)
        readings = [option.reading for option in found[0]] if found else []
        return [option for reading in readings if (option := together(found, reading)) is not None]

    def _value(self, piece: Piece) -> tuple[LinkClaim, ...]:
        """Return a value of an example, which can be an identity by chance, but is nothing to refute."""
        options = tuple(option for option in self._in_all_readings(piece, "value") if option.claims)
        return options or (LinkClaim(piece.span, "condition", reading=self.model.reading),)

    def _local_definition(self, piece: Piece, ctx: Context) -> LinkClaim | None:
        """Return `left = right` as a definition of real variables; None where it cannot be one."""
        left = definable(piece.left)
        option = LinkClaim(piece.span, "definition", reading=ctx.reading.choosing(letters="own"))
        if left is not None and not self._is_gradient_of_the_model(piece.right, ctx):
            try:
                if defined(self.state.own, left, piece.right, ctx) is not None:
                    return replace(option, introduced=name_key(left.name))
            except LatexError:  # then it may still be one over the model
                option = replace(option, reading=ctx.reading)
        if is_open_function(piece.left, ctx):
            try:
                ctx.value(piece.right)
            except LatexError:
                return None
            return option
        return None

    def _example(self, piece: Piece, kind: Kind, ctx: Context) -> LinkClaim | None:
        """Return what "Let y = …" says of a name that has a meaning already: another one, in an example.

        None where it only says again what the name is in the model.
        """
        left = definable(piece.left)
        if left is None or piece.operator != "=" or len(piece.earlier) > 1:
            return None
        if kind == "claim":
            options = self._in_all_readings(piece, kind)
            if any(all(_agrees(claim) for claim in option.claims) for option in options if option.claims):
                return None
        elif not self._is_local(piece.left):
            return None
        found = self._local_definition(piece, ctx)
        return None if found is None else replace(found, notes=("in an example", *found.notes))

    def _over_data(self, piece: Piece, options: list[LinkClaim], ctx: Context) -> LinkClaim | None:
        """Return a sum over data that the model does not have as a definition, where it is the first one of its name.

        What the model defines is only defined anew where the sum has names that the model does not have.
        """
        left = definable(piece.left)
        if left is None or not has_sums([piece.right]) or name_key(left.name) in self.state.own.defined:
            return None
        entry = entry_of(left, ctx)
        foreign = any(option.code == "D002" for option in options)
        known = entry is not None and has_meaning(entry, self.defined) and not foreign
        if known or any(option.kind != "not-understood" for option in options):
            return None
        found = self._local_definition(piece, ctx)
        return found if found is not None and found.reading["letters"] == "own" else None

    def _as_numbers(self, piece: Piece, options: list[LinkClaim]) -> list[LinkClaim]:
        """Return the link read with the letters that nothing declares as numbers, where nothing speaks against it."""
        try:
            found = as_numbers(piece, options, self.state, self.context(self.model.reading))
        except LatexError:
            found = None
        if found is None:
            return []
        state = replace(self.state, table=found.names.table, network=found.names.network)
        reading = self.model.reading.choosing(letters=found.letters)
        option, _ = Lowering(self.statement, self.model, state, self.source)._read(found.piece, "claim", reading)
        strange = not option.claims or differentiates_a_stranger(option.claims)
        return [] if strange else [_limited(option, found.ceiling)]

    def _is_gradient_of_the_model(self, node: Node, ctx: Context) -> bool:
        """Return whether a side has ∇ and names of the model in it, so that its other letters are none of calculus."""
        return _has_nabla(node) and any(is_of_the_model(name, self.state.network, ctx) for name in names_in(node))

    def _other(self, piece: Piece, kind: Kind, ctx: Context) -> LinkClaim:
        option = LinkClaim(piece.span, kind, reading=ctx.reading)
        if kind == "definition" and self._is_local(piece.right):
            found = self._local_definition(piece, ctx)
            if found is not None:
                return found
        try:
            if kind == "membership":
                notes = membership(piece.left, piece.right, ctx)
                return replace(option, notes=tuple(notes))
            if kind == "definition" and piece.operator in EQUATES:
                left = left_side(piece.left)
                name = None if left is None else head_key(left.name)
                ctx.value(piece.right)
                return replace(option, introduced=name)
        except ShapeError as error:
            if kind == "definition" and is_list(piece.right):
                return replace(option, kind="assignment")
            return replace(option, kind="claim", code=error.code, message=error.message)
        except UnknownSymbolError as error:
            numbered = with_step_sizes(self.state, piece.right) if kind == "definition" else self.state
            if numbered != self.state:
                self.state = numbered
                return self._other(piece, kind, self.context(ctx.reading))
            return self._unread(piece, option, ctx, error)
        except UnsupportedError as error:
            return replace(option, notes=(f"its right side is not evaluated: {error.message}",))
        except LatexError as error:
            return self._unread(piece, option, ctx, error)
        return option

    def _unread(self, piece: Piece, option: LinkClaim, ctx: Context, error: LatexError) -> LinkClaim:
        """Return a link whose right side cannot be read: a definition apart from the model, a recursion or a list."""
        if option.kind != "definition":
            return not_understood(option, error)
        found = self._local_definition(piece, ctx)
        if found is None and (is_recursion(piece.left, piece.right) or is_list(piece.right)):
            return replace(option, kind="assignment")
        return found or not_understood(option, error)

    def _is_local(self, node: Node) -> bool:
        return speaks_of([node], self.state.own.defined)

    def in_default_reading(self, piece: Piece) -> LinkClaim:
        """Return what a link says as a claim in the model's reading."""
        return self._read(piece, "claim", self.model.reading)[0]

    def _in_all_readings(self, piece: Piece, kind: Kind) -> list[LinkClaim]:
        """Return the link in the model's reading, and in the others that its notation leaves open."""
        default = self.model.reading
        waiting: list[Reading] = [default]
        done: list[Reading] = []
        found: list[LinkClaim] = []
        while waiting and len(done) < MAX_READINGS:
            reading = waiting.pop(0)
            if reading in done:
                continue
            done.append(reading)
            option, choices = self._read(piece, kind, reading)
            found.append(option)
            others = option.reading.alternatives(choices, default, misfit=option.refuted)
            waiting += [other for other in others if other not in done]
        return found

    def _read(
        self, piece: Piece, kind: Kind, reading: Reading, free: frozenset[str] = frozenset()
    ) -> tuple[LinkClaim, set[str]]:
        ctx = replace(self.context(reading), free=free)
        assumptions = reading.differs_from(self.model.reading)
        option = LinkClaim(piece.span, kind, reading=reading, assumptions=assumptions, ceiling=reading.ceiling)
        try:
            claims = equate(piece, self.statement.conditions, ctx, self.state.network)
            notes = (*ctx.log.notes, *ctx.log.conditions)
            right_only = tuple(sorted(ctx.log.right_only))
            option = replace(option, claims=tuple(claims), notes=notes, right_only=right_only)
            option = _limited(option, ctx.log.ceiling)
            if by_a_mere_name(claims, self.model.network):
                option = _limited(option, _BY_A_NAME)
            if reading["chain"] == "tensors" and any(map(_has_nabla, (piece.left, piece.right))):
                option = _limited(option, _BESIDE_NABLA)
            if reading["partials"] != "total" and not self.statement.partials and self._is_bare(piece, ctx):
                option = _limited(option, _OF_ONE_FORMULA)
        except FreeIndexError as found:
            return self._read(piece, kind, reading, free | found.letters)
        except ZeroBasedIndex:
            again, choices = self._read(piece, kind, replace(reading, base=0), free)
            return replace(again, notes=("units are counted from 0", *again.notes)), choices | ctx.log.choices
        except ShapeError as error:
            option = replace(option, kind="claim", code=error.code, message=error.message, notes=tuple(ctx.log.notes))
            if any(_equates_sizes(node, ctx) for node in self.statement.conditions):
                option = not_understood(option, error)
        except LatexError as error:
            option = not_understood(option, error)
        choices = set(ctx.log.choices)
        if not self.statement.partials and self._is_bare(piece, ctx, of_the_loss=True):
            choices.discard("partials")
        if any(split_matrix(side) is not None for side in (piece.left, piece.right)):
            choices.add("split")
        return option, choices

    def _is_bare(self, piece: Piece, ctx: Context, *, of_the_loss: bool = False) -> bool:
        """Return whether a link states one derivative alone, of the loss, where nothing shows what is held fixed."""
        inner = (node for side in (piece.left, piece.right) for node in walk(side))
        found = [operator for node in inner if (operator := operator_of(node, ctx)) is not None]
        if len(found) != 1 or not of_the_loss:
            return len(found) == 1
        upper = found[0].numerator
        named = None if upper is None else read_name(upper, ctx)
        return named is not None and named.entry is not None and named.entry.name == ctx.table.loss

    def introduced(self, piece: Piece, option: LinkClaim, state: DocumentState) -> DocumentState:
        """Return the state with the name that a definition introduces."""
        left = left_side(piece.left)
        if option.kind != "definition":
            return state
        ctx = self.context(self.model.reading)
        if (fixed := fixed_by(piece, ctx)) is not None:
            others = tuple(one for one in state.fixed if one.name != fixed.name)
            state = replace(state, fixed=(*others, fixed))
        if option.introduced is None or left is None:
            return state
        try:
            if option.reading["letters"] == "own":
                state = replace(state, own=defined(state.own, left, piece.right, ctx) or state.own)
                return with_own_function(state, left, piece.right, ctx)
            return with_name(state, left, piece.right, ctx, self.model.layers)
        except LatexError:
            return state


def _symbols(node: Node) -> set[str]:
    return {inner.letter for inner in walk(node) if inner.letter}
