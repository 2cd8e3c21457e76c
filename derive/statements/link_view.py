"""What is asked of a link before it is known what it does: its form, its readings, and what it could define."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from derive.algebra.index import Size, lin
from derive.errors import LatexError
from derive.network.dependencies import names_below
from derive.notation.signs import DEFINES, EQUATES, NAMED, Sign
from derive.reader.ranges import sets_several
from derive.reader.syntax import Name, Node, Number, Relation, walk
from derive.statements import forms
from derive.statements.as_numbers import as_numbers, is_of_the_model, speaks_of
from derive.statements.definitions import with_own_function, with_step_sizes
from derive.statements.entries_named import entry_in_brackets
from derive.statements.fixed_functions import are_all_layers, domains_of, fixed_claims
from derive.statements.left_sides import arguments_of, definable, defining, left_side
from derive.statements.link_claims import LinkClaim, not_understood, together
from derive.statements.memberships import is_any
from derive.statements.not_numbers import differentiates_a_stranger
from derive.statements.numbered_names import instances
from derive.statements.numeric_examples import has_decimals, is_numeric, is_rounded, is_value
from derive.statements.one_hot import one_hot_input
from derive.statements.own_names import defined, has_sums
from derive.statements.pieces import Piece
from derive.statements.premises import each_of, equation
from derive.statements.primed_brackets import with_derivatives
from derive.statements.readings import Readings, has_nabla, holds, symbols_in
from derive.statements.redefinitions import (
    entry_of,
    fixed_by,
    has_meaning,
    is_open_function,
    redefines,
    says_function_of_arrays,
)
from derive.statements.under_conditions import number_that_solves, under_conditions
from derive.statements.updates import is_list, is_recursion, is_update, words_on
from derive.statements.written_names import name_key, names_in
from derive.typing.ceiling import Ceiling, Reason, only_proves, only_refutes
from derive.typing.constraints import meet
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.quantifiers import read_limits
from derive.typing.tensor import ShapeError, UnknownSymbolError, UnsupportedError

_OF_ONE = only_proves(Reason("a size is 1 here, as the text says, so that shapes may fit which do not for other sizes"))
_OF_NO_EXAMPLE = only_proves(
    Reason("the network computes this; it has that value for some inputs only, and nothing here gives them values")
)
_IN_PART = only_refutes(
    Reason("the text says under a condition what a function is, and this may not be where it holds")
)


@dataclass(frozen=True)
class LinkView:
    """A link `left operator right` with what it is read with; what is asked of it is found out once."""

    piece: Piece
    readings: Readings

    @cached_property
    def ctx(self) -> Context:
        return self.readings.context(self.readings.usual)

    @property
    def sign(self) -> Sign | None:
        return NAMED.get(self.piece.operator)

    @property
    def role(self) -> str:
        return "other" if self.sign is None else self.sign.role

    # its form

    @cached_property
    def is_new(self) -> bool:
        """Whether the left side is a name that nothing declares."""
        return forms.is_new(self.piece.left, self.ctx) and not forms.equates_exponentials(self.piece)

    @property
    def says_define(self) -> bool:
        """Whether a sign that defines, :=, stands behind a new name."""
        return self.piece.operator in DEFINES and self.is_new

    @cached_property
    def names_entries(self) -> bool:
        """Whether it says how the entries of an array are called: W = (w_{ij})."""
        piece = self.piece
        named = isinstance(piece.left.base, Name) and piece.left.sub is None and piece.operator in EQUATES
        return named and entry_in_brackets(piece.right) is not None

    @cached_property
    def assigns(self) -> bool:
        """Whether the sign assigns a value to a name; a derivative gets none, nor is it called so."""
        if self.sign is None or self.role != "assigns" or self.says_define:
            return False
        named = not self.sign.new or forms.is_new(self.piece.right, self.ctx)
        return named or operator_of(self.piece.left, self.ctx) is None

    @cached_property
    def is_update(self) -> bool:
        left, right = self.piece.left, self.piece.right
        return forms.is_assignment(self.piece, self.ctx) or is_update(left, right, self.ctx)

    @cached_property
    def introduces(self) -> bool:
        """Whether the left side is said to be the right side, being new or a list of partial derivatives."""
        if self.says_define or self.role == "assigns":
            return self.says_define
        if forms.lists_partials(self.piece, self.ctx) or (self.is_update and bool(words_on(self.piece.left))):
            return True
        return self.is_new and not forms.is_of_itself(self.piece, self.ctx)

    @cached_property
    def number_that_solves(self) -> list[LinkClaim]:
        """The number that is said to solve the equation that was set up before: ∂E/∂τ = 0 ⇒ τ = 1."""
        return number_that_solves(self.piece, self.readings, self.ctx)

    @cached_property
    def gives_value(self) -> bool:
        zero = forms.is_zero(self.piece.left) or forms.is_zero(self.piece.right)
        if zero and forms.sets_input_to_zero(self.piece, self.ctx):
            return not self.introduces
        if zero or (self.introduces and not self.is_own):
            return False
        return is_value(self.piece.left, self.piece.right, self.ctx, self.readings.state.own.defined)

    @property
    def is_setting(self) -> bool:
        """Whether it sets an index, a size or an input to a value, or an input to a one-hot vector."""
        left, right, network = self.piece.left, self.piece.right, self.readings.state.network
        return forms.is_setting(self.piece, self.ctx) or (
            self.piece.operator == "=" and one_hot_input(left, right, self.ctx, network) is not None
        )

    @cached_property
    def is_to_be_solved(self) -> bool:
        """Whether an equation holds at some values only: ∇E = 0, and the a = y of "a = y, hence C = 0"."""
        names = forms.is_name(self.piece.left) and forms.is_name(self.piece.right)
        if self.introduces or (names and self.follows_values):
            return False
        return forms.sets_to_zero(self.piece, self.ctx) or (self.readings.statement.joined and names)

    @property
    def follows_values(self) -> bool:
        """Whether its sentence sets values, so that what is said to be 0 then is so: if $r = 0$, then $K = 0$."""
        statement = self.readings.statement
        beside = each_of((*statement.conditions, *statement.said, *statement.nearby))
        return any(equation(node, self.ctx) for node in beside)

    @property
    def is_own(self) -> bool:
        """Whether the left side is a name that the document has defined apart from the model."""
        return speaks_of([self.piece.left], self.readings.state.own.defined)

    @cached_property
    def is_partial(self) -> bool:
        """Whether conditions beside it leave out some values of what the right side depends on: q(z) = z, z > 0."""
        left = left_side(self.piece.left)
        names = [*(() if left is None else arguments_of(left)), *names_in(self.piece.right)]
        letters = {name.base.symbol for name in names} - {""}
        return any(letters & symbols_in(node) for node in self._limiting)

    @property
    def _limiting(self) -> list[Node]:
        """The conditions beside it that may leave something out, and those of its sentence on what is computed."""
        statement, state = self.readings.statement, self.readings.state
        computed = {definition.name for definition in state.network.definitions} | state.own.defined
        beside = [node for node in statement.conditions if node not in statement.said or symbols_in(node) & computed]
        return [node for node in beside if not is_any(node)]

    def says_in_part(self, function: str) -> bool:
        """Return whether conditions beside it may leave out layers at which the forward pass applies a function."""
        limits, others = read_limits(self._limiting, self.ctx)
        domains = domains_of(function, self.ctx.table)
        said = [limits.range_of(letter) for letter in {*limits.lower, *limits.upper, *limits.values}]
        covered = all(range_ is not None and meet(range_, domain) == domain for range_ in said for domain in domains)
        covered = covered and are_all_layers(self.readings.statement.layers, domains)
        return bool(others) or bool(said and not domains) or not covered

    @cached_property
    def names_function(self) -> bool:
        """Whether it names the function that an open one is: f = \\tanh."""
        return self.piece.operator in EQUATES and fixed_by(self.piece, self.ctx) is not None

    def open_function_said(self, option: LinkClaim) -> str:
        """Return the open function of which it says what it is in a way that nothing can use yet, g = \\sigma or
        g(u) = \\psi(u), one of the document where it is not understood; "" where it claims something, or nothing of
        that kind."""
        if self.piece.operator not in EQUATES or option.kind in {"claim", "equation"} or self.names_function:
            return ""
        left = left_side(self.piece.left)
        function = None if left is None else self.ctx.table.functions.get(left.key or "")
        if left is not None and function is None and option.kind == "not-understood" and left.arguments is not None:
            function = self.readings.state.own.table.functions.get(name_key(left.name))
            return function.name if function is not None and function.kind == "open" else ""
        if left is None or function is None or function.kind != "open" or function.layers:
            return ""
        named = left.arguments is None and not left.name.scripted and self.piece.right.symbol != ""
        letters = {name_key(argument) for argument in arguments_of(left)}
        said = is_open_function(self.piece.left, self.ctx) and letters <= set(map(name_key, names_in(self.piece.right)))
        return function.name if named or said else ""

    @cached_property
    def says_step_by_sign(self) -> bool:
        """Whether it defines the sign of a number as 0 or 1, as it counts from here on."""
        return self.piece.operator in EQUATES and forms.says_step_by_sign(self.piece, self.ctx)

    # what it says as an equation

    @cached_property
    def options(self) -> list[LinkClaim]:
        """What it says in all its readings, over what is declared."""
        if self.is_to_be_solved:
            return self.readings.of(self.piece, "equation")
        found = under_conditions(self.readings.of(self.piece, "claim"), self.piece, self.readings, self.ctx)
        single = {size.name for size, value in self.readings.state.taken if value == 1}
        alike = single & self.readings.state.table.unit_sizes if single else ()
        found = [option.limited(_OF_ONE) if alike and option.refuted else option for option in found]
        return [self._at_sizes_said(option) for option in found]

    def _at_sizes_said(self, option: LinkClaim) -> LinkClaim:
        """Return a reading, trusted for nothing where it is of another size than the text takes: n = 4 behind n = 3."""
        said = dict(self.readings.state.taken)
        for name, size in (one for claim in option.claims for one in claim.sizes):
            if name in said and size != lin(said[name]):
                written = self.ctx.said(lin(name))
                reason = Reason(f"this is of {written} = {size}, and the text takes {written} = {said[name]}")
                return option.limited(Ceiling(reason, reason))
        return option

    def as_numbers(self, options: list[LinkClaim]) -> list[LinkClaim]:
        """Return the link read with the letters that nothing declares as numbers, where nothing speaks against it."""
        piece = with_derivatives(self.piece, self.ctx.table) or self.piece
        try:
            found = as_numbers(piece, options, self.readings.state, self.ctx)
        except LatexError:
            found = None
        if found is None:
            return []
        state = replace(self.readings.state, table=found.names.table, network=found.names.network)
        reading = self.readings.usual.choosing(letters=found.letters)
        option, _ = replace(self.readings, state=state).read(found.piece, "claim", reading)
        strange = not option.claims or differentiates_a_stranger(option.claims)
        return [] if strange else [option.limited(found.ceiling)]

    @property
    def takes_size(self) -> tuple[Size, int] | None:
        """The size that the text takes to be a number for what follows: we take $n = 1$."""
        right = self.piece.right
        taken = isinstance(right, Number) and right.text.isdigit() and self.readings.statement.example
        size = forms.size_of(self.piece.left, self.ctx) if taken else None
        return (size, int(right.text)) if isinstance(right, Number) and size is not None else None

    def with_sizes(self) -> Iterator[LinkClaim]:
        """Yield readings in which sizes are the numbers that the text takes them to be."""
        taken = {name: lin(value) for name, value in self.readings.state.taken}
        said = tuple(f"{self.ctx.said(lin(name))} = {value}, as the text says" for name, value in taken.items())
        for option in self.options if taken else ():
            if option.kind == "claim" and option.claims:
                sizes = [tuple({**taken, **dict(claim.sizes)}.items()) for claim in option.claims]
                claims = tuple(replace(claim, sizes=own) for claim, own in zip(option.claims, sizes, strict=True))
                yield replace(option, claims=claims, assumptions=(*option.assumptions, *said))

    def with_fixed(self) -> Iterator[LinkClaim]:
        """Yield readings in which the text has fixed functions that the model leaves open, where that says more."""
        every = self.readings.state.fixed
        whole, in_part = ({one.name: one for one in every if one.in_part is part} for part in (False, True))
        for fixed in dict.fromkeys((tuple(whole.values()), tuple({**whole, **in_part}.values()))):
            unsure = not in_part.keys().isdisjoint(one.name for one in fixed)
            said = tuple(f"{one.written}, as the text says" for one in fixed)
            for option in self.options if said else ():
                claims = fixed_claims(option.claims, fixed)
                if option.kind in {"claim", "equation"} and claims != option.claims:
                    found = replace(option, claims=claims, assumptions=(*option.assumptions, *said))
                    yield found.limited(_IN_PART) if unsure else found

    @cached_property
    def differences(self) -> list[LinkClaim]:
        """A ≠ B, which is false where both sides are the same, in all readings that have claims."""
        if self.piece.operator != r"\ne":
            return []
        same = self.readings.of(replace(self.piece, operator="="), "claim")
        return [replace(option, kind="difference") for option in same if option.claims]

    @property
    def compares_values(self) -> bool:
        """Whether a display says how values that the network computes compare: A ≤ B, A ≈ B; numbers in decimals only
        round a value."""
        if not self.readings.statement.stated or self.role not in {"orders", "loose"} or has_decimals(self.piece.right):
            return False
        network = self.readings.state.network
        computed = {one.name for one in network.definitions}
        equal = self.readings.of(replace(self.piece, operator="="), "claim")
        sides = [side for option in equal for claim in option.claims for side in (claim.left, claim.right)]
        return not computed.isdisjoint(names_below(sides, network))

    @cached_property
    def at_each_number(self) -> list[LinkClaim]:
        """A link about numbered names at a letter, f_k for f_0, f_1, …, as claims at all numbers together."""
        limits, _ = read_limits(self.readings.statement.conditions, self.ctx)
        found: list[list[LinkClaim]] = []
        for single in instances(self.piece, limits, self.ctx):
            options = self.readings.of(single, "claim")
            if not all(isinstance(option.error, UnknownSymbolError) for option in options):
                found.append(options)
        readings = [option.reading for option in found[0]] if found else []
        return [option for reading in readings if (option := together(found, reading)) is not None]

    @property
    def values(self) -> list[LinkClaim]:
        """A value of an example, which can be an identity by chance, but is nothing to refute; where nothing gives a
        number from which it could follow, C = log 2 of a computed C is no example."""
        if self.is_computed and not (self.readings.state.example or self.follows_values or self._is_said_of_a_case):
            claims = [option for option in self.readings.of(self.piece, "claim") if option.claims]
            if claims:
                return [*(option.limited(_OF_NO_EXAMPLE) for option in claims), *self.with_sizes()]
        options = [option for option in self.readings.of(self.piece, "value") if option.claims]
        return options or [LinkClaim(self.piece.span, "condition", reading=self.readings.usual)]

    @property
    def is_computed(self) -> bool:
        """Whether the left side is a name that the network computes, and the right one a number that is no value of an
        example by its looks: neither with decimals, nor a function of the model at a number, a = σ(2) = 0.88."""
        left = left_side(self.piece.left)
        defined = {one.name for one in self.readings.state.network.definitions}
        entries = () if left is None or left.key is None else self.ctx.table.candidates(left.key, left.key)
        meant = [
            {one.name} if one.body is None else names_below([one.body], self.readings.state.network) for one in entries
        ]
        puts_in = any(isinstance(one, Name) and one.key in self.ctx.table.functions for one in walk(self.piece.right))
        looks_so = puts_in or has_decimals(self.readings.statement.body)
        return bool(meant) and all(names & defined for names in meant) and not looks_so

    @property
    def begins_example(self) -> bool:
        """Whether it gives a number to something else than a name that the network computes, or a rounded one to it."""
        left = left_side(self.piece.left)
        is_number = self.piece.operator in EQUATES and is_numeric(self.piece.right, self.ctx)
        return is_number and left is not None and left.key not in self.ctx.table.sizes and not self.is_computed

    @property
    def _is_said_of_a_case(self) -> bool:
        statement = self.readings.statement
        return bool(statement.supposed or statement.conditions or statement.said or statement.settings)

    @property
    def is_supposed(self) -> bool:
        """Whether it is only supposed, if h = y, or that a matrix is symmetric, and not so in the network anyway."""
        body = self.readings.statement.body
        said = forms.is_own_transpose(self.piece) or (isinstance(body, Relation) and sets_several(body))
        supposed = self.readings.statement.supposed or (self._is_of_inputs and said)
        return supposed and not any(map(holds, self.options))

    @property
    def _is_of_inputs(self) -> bool:
        """Whether all names in it, and before it in its chain, are inputs of the network."""
        leaves = {leaf.name for leaf in self.readings.state.network.leaves}
        sides = (*self.piece.earlier, self.piece.left, self.piece.right)
        names = [name for side in sides for name in names_in(side)]
        named = [name for name in names if not name.is_transpose]
        entries = [self.ctx.table.candidates(name.base.key, name.base.plain) for name in named]
        return bool(entries) and all(found and all(one.name in leaves for one in found) for found in entries)

    @property
    def is_rounded(self) -> bool:
        left, right = self.piece.left, self.piece.right
        return any(is_rounded(left, right, option.claims, self.ctx) for option in self.options)

    # what it may define

    @cached_property
    def example(self) -> LinkClaim | None:
        """What "Let y = …" says of a name that has a meaning already: another one, in an example.

        None where it only says again what the name is in the model.
        """
        if not self.readings.statement.example or self.piece.operator != "=" or len(self.piece.earlier) > 1:
            return None
        if definable(self.piece.left) is None or (self.introduces and not self.is_own):
            return None
        options = () if self.introduces else self.readings.of(self.piece, "claim")
        if any(map(holds, options)):
            return None
        found = self.own_definition
        return None if found is None else replace(found, notes=("in an example", *found.notes))

    @cached_property
    def said_of_a_function(self) -> LinkClaim | None:
        """An equation that says what a function is which is open so far: after its use, p = σ(z) = …, or at what the
        forward pass applies it to, h = g(a) = tanh(a)."""
        if self.piece.operator not in EQUATES:
            return None
        left, state = definable(self.piece.left), self.readings.state
        key = "" if left is None else name_key(left.name)
        function = state.own.table.functions.get(key)
        own = function is not None and function.kind == "open" and key not in state.table.functions
        if own and left is not None and left.arguments is not None:
            return self.own_definition
        if is_open_function(self.piece.left, self.ctx) or fixed_by(self.piece, self.ctx) is None:
            return None
        return LinkClaim(self.piece.span, "definition", reading=self.readings.usual)

    @cached_property
    def says_function_of_arrays(self) -> bool:
        """Whether it says what ℓ(o) is of an array o, which the model leaves open, by names of inputs and o alone."""
        return self.piece.operator in EQUATES and says_function_of_arrays(
            self.piece, self.ctx, self.readings.state.network, self.readings.defined
        )

    @property
    def redefines(self) -> bool:
        if not redefines(self.piece, self.ctx, self.options, self.readings.defined):
            return False
        return not any(map(holds, self.options))  # g(a) = h says again what h is

    @cached_property
    def over_data(self) -> LinkClaim | None:
        """A sum over data that the model does not have as a definition, where it is the first one of its name.

        What the model defines is only defined anew where the sum has names that the model does not have.
        """
        left = definable(self.piece.left)
        if left is None or not has_sums([self.piece.right]) or name_key(left.name) in self.readings.state.own.defined:
            return None
        entry = entry_of(left, self.ctx)
        foreign = any(option.code == "D002" for option in self.options)
        known = entry is not None and has_meaning(entry, self.readings.defined) and not foreign
        if known or any(option.kind != "not-understood" for option in self.options):
            return None
        found = self.own_definition
        return found if found is not None and found.reading["letters"] == "own" else None

    @cached_property
    def own_definition(self) -> LinkClaim | None:
        """What it says as a definition of numbers apart from the model; None where it cannot be one."""
        left, reading = definable(self.piece.left), self.readings.usual
        option = LinkClaim(self.piece.span, "definition", reading=reading.choosing(letters="own"))
        if left is not None and not self._is_gradient_of_the_model:
            try:
                if defined(self.readings.state.own, left, self.piece.right, self.ctx) is not None:
                    return replace(option, introduced=name_key(left.name))
            except LatexError:  # then it may still be one over the model
                option = replace(option, reading=reading)
        if not is_open_function(self.piece.left, self.ctx):
            return None
        try:
            self.ctx.value(self.piece.right)
        except LatexError:
            return None
        return option

    @property
    def _is_gradient_of_the_model(self) -> bool:
        """Whether the right side has ∇ and names of the model in it, so that its other letters are no numbers."""
        network = self.readings.state.network
        names = names_in(self.piece.right) if has_nabla(self.piece.right) else ()
        return any(is_of_the_model(name, network, self.ctx) for name in names)

    @cached_property
    def definition(self) -> LinkClaim:
        """What it says as a definition over the model, or apart from it; a recursion and a list define nothing."""
        if speaks_of([self.piece.right], self.readings.state.own.defined) and self.own_definition is not None:
            return self.own_definition
        left = left_side(self.piece.left)
        option = LinkClaim(self.piece.span, "definition", reading=self.readings.usual)
        try:
            if self.piece.operator in EQUATES:
                ctx = self.ctx if left is None else defining(left, self.piece.right, self.ctx)
                ctx.value(self.piece.right)
                option = replace(option, introduced=None if left is None else left.key)
            return option
        except ShapeError as error:
            if is_list(self.piece.right):
                return replace(option, kind="assignment")
            return self._defined_otherwise or replace(option, kind="claim", code=error.code, message=error.message)
        except UnsupportedError as error:
            return replace(option, notes=(f"its right side is not evaluated: {error.message}",))
        except LatexError as error:
            again = self.with_step_sizes if isinstance(error, UnknownSymbolError) else self
            return self._unread(option, error) if again is self else again.definition

    @property
    def _defined_otherwise(self) -> LinkClaim | None:
        """What it says as a definition in another reading that its notation leaves open, * entry by entry, in which its
        shapes fit."""
        left, usual = left_side(self.piece.left), self.readings.usual
        for reading in usual.alternatives(self.ctx.log.choices, usual, misfit=True):
            with suppress(LatexError):
                self.readings.context(reading).value(self.piece.right)
                if reading.ceiling == usual.ceiling:
                    said = reading.differs_from(usual)
                    name = None if left is None else left.key
                    return LinkClaim(self.piece.span, "definition", reading=reading, assumptions=said, introduced=name)
        return None

    @cached_property
    def with_step_sizes(self) -> LinkView:
        """The same with the step sizes of an update, Δw = -η g, as numbers; the link itself where it has none."""
        state = with_step_sizes(self.readings.state, self.piece.right)
        return self if state == self.readings.state else replace(self, readings=replace(self.readings, state=state))

    def _unread(self, option: LinkClaim, error: LatexError) -> LinkClaim:
        left, state = left_side(self.piece.left), self.readings.state
        own = left is not None and with_own_function(state, left, self.piece.right, self.ctx) != state
        if self.own_definition is None and own and left is not None:
            return replace(option, introduced=left.key)
        recursion = is_recursion(self.piece.left, self.piece.right) or is_list(self.piece.right)
        if self.own_definition is None and recursion:
            return replace(option, kind="assignment")
        return self.own_definition or not_understood(option, error)
