"""A link under what is said beside it: values of variables, y = 1, and equations to be solved, ∇E = 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from derive.algebra.expr import ZERO, Diff, Expr, Var
from derive.algebra.substitute import walk
from derive.errors import LatexError
from derive.reader.implications import settings_among
from derive.reader.syntax import Node
from derive.statements.link_claims import LinkClaim
from derive.statements.numeric_examples import is_numeric
from derive.statements.pieces import Piece
from derive.statements.premises import each_of, equation
from derive.statements.readings import Readings
from derive.statements.stationary import Condition, is_implicit, rearranged, solved, without_fraction, without_inverse
from derive.typing.ceiling import Ceiling, Reason, only_refutes
from derive.typing.context import Context

_UNCLEAR_WHICH = only_refutes(
    Reason("this holds for one of the values that the text around it sets; which one is meant is not clear")
)


def under_conditions(options: Sequence[LinkClaim], piece: Piece, readings: Readings, ctx: Context) -> list[LinkClaim]:
    """Return the readings of a claim, and those of it under the values and equations that are said beside it."""
    found = [*_only_proving(options, piece, readings, ctx), *_under_settings(piece, readings, ctx)]
    condition = readings.state.condition
    return found if condition is None else [*found, *_as_a_solution(found, piece, condition, readings, ctx)]


def _only_proving(options: Sequence[LinkClaim], piece: Piece, readings: Readings, ctx: Context) -> list[LinkClaim]:
    """Return options that can only be proved where a value that is set beside them, z = 0, cannot be put in."""
    statement = readings.statement
    supposed = [node for node in each_of(statement.said) if node in statement.nearby]
    beside = [node for node in (*settings_among(statement.settings), *supposed) if equation(node, ctx)]
    under = readings.under(beside).of(piece, "claim") if beside else ()
    reasons = [option.ceiling.refutation for option in under if option.claims]
    if not reasons or not all(reasons):
        return list(options)
    ceiling = Ceiling(refutation=reasons[0])
    return [option.limited(ceiling) if option.claims else option for option in options]


def _under_settings(piece: Piece, readings: Readings, ctx: Context) -> list[LinkClaim]:
    """Return the link under the values that are set beside it, y = 1, where these are values of variables.

    Where the text around the formula sets a variable to several values, it is left open which one is meant.
    """
    beside = [node for node in readings.statement.settings if equation(node, ctx)]
    nearby = [node for node in readings.statement.nearby if equation(node, ctx)]
    if beside or settings_among(nearby):
        return _under([*beside, *(settings_among(nearby) if not beside else ())], piece, readings)
    return [option.limited(_UNCLEAR_WHICH) for node in nearby for option in _under([node], piece, readings)]


def _under(settings: Iterable[Node], piece: Piece, readings: Readings) -> list[LinkClaim]:
    options = readings.under(settings).of(piece, "claim")
    return [option for option in options if option.claims and option.ceiling.refutation is None]


def to_be_solved(option: LinkClaim, text: str) -> Condition | None:
    """Return the equation that a link sets up, ∇E = 0, as a condition for what follows; None for any other link."""
    if option.kind != "equation" or not option.claims:
        return None
    claims = [replace(one, left=one.right, right=one.left) if one.left == ZERO else one for one in option.claims]
    return Condition(tuple(claims), " ".join(text.split()))


def _multiplied_out(solution: LinkClaim, piece: Piece, condition: Condition, readings: Readings) -> LinkClaim:
    """Return m = a / b, where a and b depend on m, as the claim that b m = a is a multiple of the equation to be
    solved; one without claims stays undecided."""
    multiplied = without_fraction(piece)
    options = readings.of(multiplied, "claim") if multiplied is not None else []
    claims = rearranged(options[0].claims, condition) if options else ()
    assumed = (*solution.assumptions, "what it is divided by is not 0")
    return replace(solution, kind="solution", claims=claims, introduced=condition.text, assumptions=assumed)


def number_that_solves(piece: Piece, readings: Readings, ctx: Context) -> list[LinkClaim]:
    """Return τ = 1 as a solution of ∂E/∂τ = 0, which was set up before it: a number for what that differentiates by.

    Nothing for other names, of which numbers may be those of an example.
    """
    condition = readings.state.condition
    if condition is None or len(condition.claims) != 1 or not is_numeric(piece.right, ctx):
        return []
    usual = readings.of(piece, "claim")[0]
    slope = condition.claims[0].left
    if len(usual.claims) != 1 or not isinstance(slope, Diff):
        return []
    one = usual.claims[0]
    if not isinstance(one.left, Var) or one.left.name != slope.var.name:
        return []
    claims = solved(one.left, one.right, condition, readings.state.network)
    assumed = (*usual.assumptions, f"as a solution of {condition.text}")
    return [replace(usual, kind="solution", claims=claims, introduced=condition.text, assumptions=assumed)]


def _is_curvature(expr: Expr) -> bool:
    """Return whether a side is a second derivative: that it is 0 is said of all values, not of the solution alone."""
    return isinstance(expr, Diff) and any(isinstance(part, Diff) for part in walk(expr.body))


def _as_a_solution(
    options: Sequence[LinkClaim], piece: Piece, condition: Condition, readings: Readings, ctx: Context
) -> list[LinkClaim]:
    """Return the link as a rearrangement or as a solution of the equation that was set up before it."""
    usual, solves = options[0], f"as a solution of {condition.text}"
    if usual.claims:
        one, assumed = usual.claims[0], (*usual.assumptions, solves)
        claims = solved(one.left, one.right, condition, readings.state.network) if len(usual.claims) == 1 else ()
        solution = replace(usual, claims=claims, assumptions=assumed)
        if is_implicit(one.left, one.right, condition, readings.state.network):
            return [_multiplied_out(solution, piece, condition, readings)]
        ways = () if _is_curvature(one.left) and one.right == ZERO else rearranged(usual.claims, condition)
        multiple = replace(usual, kind="consequence", claims=ways)
        found = [replace(option, introduced=condition.text) for option in (solution, multiple)]
        return [option for option in found if option.claims]
    try:
        turned = without_inverse(piece, ctx)
    except LatexError:
        turned = None
    if turned is None:
        return []
    multiplied = readings.of(turned[0], "claim")[0]
    assumed = (*multiplied.assumptions, solves, f"{turned[1]} is invertible")
    claims = rearranged(multiplied.claims, condition)
    return [replace(multiplied, kind="solution", span=piece.span, claims=claims, assumptions=assumed)]
