"""From statements to claims: what each link of a formula says in each reading, and what is known from there on."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from derive.errors import LatexError
from derive.names.declare import declared_name
from derive.network.network import Leaf
from derive.reader.syntax import Relation, Statement
from derive.source import Source
from derive.statements.acts import act_of
from derive.statements.definitions import function_of, is_of_entries, with_name, with_own_function, with_step_sizes
from derive.statements.document_state import DocumentState, ModelLike
from derive.statements.fixed_functions import with_said
from derive.statements.left_sides import LeftSide, left_side
from derive.statements.link_claims import LinkClaim, LinkReadings, Lowered, not_understood
from derive.statements.link_view import LinkView
from derive.statements.own_names import defined
from derive.statements.pieces import pieces
from derive.statements.readings import Readings
from derive.statements.redefinitions import fixed_by
from derive.statements.under_conditions import to_be_solved
from derive.statements.written_names import is_variable, names_in
from derive.typing.ceiling import Ceiling, Reason, only_proves
from derive.typing.differentials import named_gradient, upright


def start(model: ModelLike) -> DocumentState:
    """Return the state before the first formula of a document."""
    return DocumentState(model.table, model.network)


def lower_statement(statement: Statement, model: ModelLike, state: DocumentState, source: Source) -> Lowered:
    """Return what each link of a statement says, in each reading, and what the document knows from there on.

    Never raises: a link that cannot be read has the kind "not-understood" and carries the error.
    """
    found: list[LinkReadings] = []
    if not isinstance(statement.body, Relation):
        option = LinkClaim(statement.span, "prose", reading=model.reading)
        return Lowered((LinkReadings(statement.span, (option,)),), replace(state, previous=statement.body))
    argument = _argument_alone(statement.body, state)
    if argument is not None:
        return _about_any_number(argument, statement, model, state, source)
    kept = None
    for written in pieces(statement, state.previous):
        if kept is not None:  # what follows an update may use its step size: w <- w - η g = (1 - η c) w
            state = with_step_sizes(with_step_sizes(state, written.left), written.right)
        readings = Readings(statement, model, state, source)
        ctx = readings.context(readings.usual)
        left, right = named_gradient(*upright(written.left, written.right, ctx), ctx)
        piece = replace(written, left=left, right=right)
        link = LinkView(piece, readings.in_its_sentence(piece))
        try:
            link.readings.check_words()
            _, options = act_of(link)
        except LatexError as error:
            options = (not_understood(LinkClaim(piece.span, "not-understood"), error),)
        if state.unread:
            options = tuple(replace(one, ceiling=one.ceiling.meet(_unread(state))) for one in options)
        found.append(LinkReadings(piece.span, options))
        state = introduced(link, options[0])
        condition = to_be_solved(options[0], source.excerpt(piece.span))
        state = replace(state, previous=piece.right, condition=condition or state.condition)
        if options[0].kind == "assignment" and kept is None:
            kept = state
    return Lowered(tuple(found), state if kept is None else replace(kept, previous=state.previous))


def _unread(state: DocumentState) -> Ceiling:
    names = ", ".join(sorted(state.unread))
    return only_proves(Reason(f"the text says what {names} is, which nothing uses"))


def _argument_alone(body: Relation, state: DocumentState) -> str | None:
    """Return the letter of which functions alone are taken in a formula, σ'(z) = σ(z) (1 - σ(z)), where the names of
    the network that are called so need the index of a layer: it is any number."""
    names = {node.text for node in names_in(body) if node.base.key not in state.table.functions and is_variable(node)}
    entries = state.table.entries.get(next(iter(names)), ()) if len(names) == 1 else ()
    layered = bool(entries) and all(any(param.kind == "layer" for param in entry.params) for entry in entries)
    return names.pop() if layered else None


def _about_any_number(
    letter: str, statement: Statement, model: ModelLike, state: DocumentState, source: Source
) -> Lowered:
    """Return what a statement says with a letter that is an input of its own."""
    own, network = replace(declared_name(letter), name=f"any {letter}"), state.network
    table = state.table.without(letter).with_entry(own)
    inner = replace(state, table=table, network=replace(network, leaves=(*network.leaves, Leaf(own.name))))
    found = lower_statement(statement, model, inner, source)
    entries = {**found.state.table.entries, letter: state.table.entries[letter]}
    after = replace(found.state, table=replace(found.state.table, entries=entries), network=network)
    return replace(found, state=after)


def introduced(link: LinkView, option: LinkClaim) -> DocumentState:
    """Return the state of the document behind a link, with the name that a definition introduces, and with what was
    said by that name before it: g = σ, where σ(u) = 1/(1 + e^{-u})."""
    state = _introduced(link, option)
    state = replace(state, example=state.example or link.begins_example)
    name = link.open_function_said(option)
    if name:
        waiting = (*state.waiting, (name, link.piece, link.says_in_part(name)))
        return replace(state, unread=state.unread | {name}, waiting=waiting)
    if not state.waiting or state.own == link.readings.state.own:
        return state
    ctx = replace(link.readings, state=state).context(link.readings.usual)
    for one in state.waiting:
        name, piece, in_part = one
        if (fixed := fixed_by(piece, ctx)) is not None:
            left = tuple(other for other in state.waiting if other != one)
            unread = state.unread - ({name} - {other for other, _, _ in left})
            said = with_said(state.fixed, replace(fixed, in_part=in_part))
            state = replace(state, fixed=said, unread=unread, waiting=left)
    return state


def _introduced(link: LinkView, option: LinkClaim) -> DocumentState:
    """Return the state of the document behind a link, with the name that a definition introduces."""
    state, piece = link.readings.state, link.piece
    left = left_side(piece.left)
    if (taken := link.takes_size) is not None:
        return replace(state, taken=(*(one for one in state.taken if one[0] != taken[0]), taken))
    if link.says_function_of_arrays and left is not None and left.key is not None:
        return replace(state, unread=state.unread | {left.key})
    if option.kind == "definition" and link.says_step_by_sign and left is not None and left.key is not None:
        return replace(state, table=state.table.with_function(left.key, function_of(left, piece.right, link.ctx)))
    if option.kind != "definition" or link.is_partial:
        return state
    if (fixed := fixed_by(piece, link.ctx)) is not None:
        said = replace(fixed, in_part=link.says_in_part(fixed.name))
        state = replace(state, fixed=with_said(state.fixed, said))
    if option.introduced is None or left is None:
        return state
    for view in (link, link.with_step_sizes):
        with suppress(LatexError):  # then nothing more is known of it, but what it does as a function
            return _with_definition(view, left, option, replace(view.readings.state, fixed=state.fixed))
    return with_own_function(state, left, piece.right, link.ctx)


def _with_definition(link: LinkView, left: LeftSide, option: LinkClaim, state: DocumentState) -> DocumentState:
    """Return the state with the name of a definition. Raises: LatexError where its right side cannot be read."""
    own = option.reading["letters"] == "own"
    right, ctx = link.piece.right, link.readings.context(link.readings.usual if own else option.reading)
    if own or is_of_entries(left, right, ctx):
        state = replace(state, own=defined(state.own, left, right, ctx) or state.own)
        return with_own_function(state, left, right, ctx)
    return with_name(state, left, right, link.readings.statement.conditions, ctx, link.readings.model.layers)
