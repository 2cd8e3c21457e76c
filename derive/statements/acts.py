"""What a link does: one row for each act, in the order in which they are tried; the first that applies is it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from derive.errors import LatexError
from derive.notation.signs import COMPARES
from derive.statements import forms
from derive.statements.link_claims import Kind, LinkClaim, not_understood
from derive.statements.link_view import LinkView
from derive.statements.memberships import membership
from derive.statements.redefinitions import names_other_units, uses_letter_of_size
from derive.statements.updates import words_on
from derive.typing.tensor import ShapeError


@dataclass(frozen=True, slots=True)
class Act:
    """What a link may do.

    why: the reason, as --explain gives it.
    applies: in which case it does; rows before this one did not apply.
    makes: what it then says, in its readings; the most natural one first.
    """

    name: str
    why: str
    applies: Callable[[LinkView], bool]
    makes: Callable[[LinkView], Sequence[LinkClaim | None]]


def _says(kind: Kind) -> Callable[[LinkView], list[LinkClaim]]:
    """Return what makes a link of a kind that claims nothing."""
    return lambda link: [LinkClaim(link.piece.span, kind, reading=link.readings.usual)]


def _membership(link: LinkView) -> list[LinkClaim]:
    """Return what a membership says of shapes; refuted where a name has another one."""
    option = LinkClaim(link.piece.span, "membership", reading=link.readings.usual)
    try:
        return [replace(option, notes=tuple(membership(link.piece.left, link.piece.right, link.ctx)))]
    except ShapeError as error:
        return [replace(option, kind="claim", code=error.code, message=error.message)]
    except LatexError as error:
        return [not_understood(option, error)]


def _unread_function(link: LinkView) -> list[LinkClaim]:
    """Return an equation that says what ℓ(o) is of a vector o, which the model leaves open: nothing can use it."""
    error = link.ctx.fault(
        "this says what an open function of arrays is, which nothing uses", link.piece.left, "it in forward"
    )
    return [not_understood(LinkClaim(link.piece.span, "not-understood", reading=link.readings.usual), error)]


def _unjudged_comparison(link: LinkView) -> list[LinkClaim]:
    """Return a comparison of values, σ'(z) ≤ 1/4, which asserts something that nothing here proves or refutes."""
    error = link.ctx.fault(
        "this compares values that the network computes, and only equations are judged", link.piece.left, "an equation"
    )
    return [not_understood(LinkClaim(link.piece.span, "not-understood", reading=link.readings.usual), error)]


def _as_it_stands(link: LinkView) -> list[LinkClaim]:
    """Return an equation in all its readings: of what is declared, of numbers, with what the text fixes."""
    return [*link.options, *link.as_numbers(link.options), *link.with_sizes(), *link.with_fixed()]


ACTS = (
    Act(
        "words", "a side of it is made of words",
        lambda link: forms.is_prose(link.piece.left) or forms.is_prose(link.piece.right), _says("prose"),
    ),
    Act(
        "arrow", "its arrow says what leads from one side to the other",
        lambda link: link.piece.operator.startswith(r"\x"), _says("definition"),
    ),
    Act(
        "comparison of values", "a display says of values that the network computes how they compare",
        lambda link: link.compares_values, _unjudged_comparison,
    ),
    Act(
        "estimate", "its sign compares sizes loosely",
        lambda link: link.role in {"loose", "implies", "other"} and link.piece.operator in COMPARES,
        _says("condition"),
    ),
    Act(
        "notation", "its sign equates nothing",
        lambda link: link.role in {"loose", "implies", "other"}, _says("prose"),
    ),
    Act("membership", "it says in which set a name is", lambda link: link.role == "member", _membership),
    Act(
        "difference", "it says that two sides differ",
        lambda link: link.role == "unequal" and bool(link.differences), lambda link: link.differences,
    ),
    Act(
        "comparison", "its sign says for which values something holds",
        lambda link: link.role in {"orders", "unequal"}, _says("condition"),
    ),
    Act(
        "names of entries", "it says how the entries of an array are called",
        lambda link: link.names_entries, _says("assignment"),
    ),
    Act("assignment", "its sign gives a name a value", lambda link: link.assigns, _says("assignment")),
    Act(
        "number that solves", "it gives a number for what the equation to be solved before it differentiates by",
        lambda link: not link.introduces and bool(link.number_that_solves), lambda link: link.number_that_solves,
    ),
    Act(
        "setting", "it sets an index, a size or an input to a value",
        lambda link: not link.says_define and not link.names_function and link.is_setting, _says("condition"),
    ),
    Act(
        "root", "it says where a function vanishes that nothing says anything else of",
        lambda link: link.introduces and not link.says_define and forms.is_root(link.piece), _says("condition"),
    ),
    Act(
        "case of δ", "it says what Kronecker's δ is in one case",
        lambda link: forms.is_case_of_delta(link.piece, link.ctx), _says("condition"),
    ),
    Act(
        "update", "its right side begins with the last value of the left side",
        lambda link: link.is_update and not words_on(link.piece.left), _says("assignment"),
    ),
    Act("value", "it sets a name to numbers", lambda link: link.gives_value, lambda link: link.values),
    Act(
        "dependence", "it says on what its left side depends",
        lambda link: not link.introduces and forms.says_on_what_it_depends(link.piece, link.ctx), _says("prose"),
    ),
    Act(
        "example", "the text says Let, and that another thing is meant than in the model",
        lambda link: not link.is_to_be_solved and link.example is not None, lambda link: [link.example],
    ),
    Act(
        "numbered names", "its letter stands for each of the numbers of a name",
        lambda link: not link.is_to_be_solved and bool(link.at_each_number), lambda link: link.at_each_number,
    ),
    Act(
        "function of arrays", "it says what a function of arrays is that was open so far",
        lambda link: link.says_function_of_arrays, _unread_function,
    ),
    Act(
        "function", "it says what a function is that was open so far",
        lambda link: not link.is_to_be_solved and link.said_of_a_function is not None,
        lambda link: [link.said_of_a_function],
    ),
    Act(
        "step called a sign", "it says that a function is 0 or 1 which elsewhere is -1 or 1",
        lambda link: link.says_step_by_sign, _says("definition"),
    ),
    Act(
        "other units", "its indices count other units than those of the declared name",
        lambda link: not link.introduces and names_other_units(link.piece, link.ctx), lambda link: [link.definition],
    ),
    Act(
        "rounded value", "its sides agree as far as the last decimal goes",
        lambda link: not link.introduces and link.is_rounded, lambda link: link.values,
    ),
    Act(
        "letter of a size", "it calls an array by the letter of a size",
        lambda link: not link.introduces and uses_letter_of_size(link.piece, link.ctx, link.options),
        lambda link: [link.definition],
    ),
    Act(
        "redefinition", "it gives a name another meaning than that of the model",
        lambda link: not link.introduces and link.redefines,
        lambda link: [link.own_definition or link.options[0]],
    ),
    Act(
        "supposition", "the text supposes it, or it says that an input is symmetric",
        lambda link: not link.introduces and link.is_supposed, _says("condition"),
    ),
    Act(
        "sum over data", "it sums over data that the model does not have",
        lambda link: not link.introduces and link.over_data is not None, lambda link: [link.over_data],
    ),
    Act(
        "equation", "it sets a side to zero that is not zero everywhere",
        lambda link: link.is_to_be_solved, _as_it_stands,
    ),
    Act(
        "restatement", "the document has defined its left side before",
        lambda link: link.introduces and link.piece.operator == "=" and link.is_own and bool(link.as_numbers([])),
        lambda link: link.as_numbers([]),
    ),
    Act(
        "definition", "its left side is a new name",
        lambda link: link.introduces, lambda link: [link.definition],
    ),
    Act("claim", "it equates two known things", lambda link: True, _as_it_stands),
)  # fmt: skip
"""Every act, in the order in which it is tried."""


def act_of(link: LinkView) -> tuple[Act, tuple[LinkClaim, ...]]:
    """Return what a link does, with what it says in its readings. Raises: LatexError where it cannot be read."""
    act = next(row for row in ACTS if row.applies(link))
    found = (option for option in act.makes(link) if option is not None)
    return act, tuple(replace(option, why=act.why) for option in found)
