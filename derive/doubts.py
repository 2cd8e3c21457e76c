"""What the text from which a network was read makes of a verdict on one of its formulas.

A line of the network is a definition. A verdict is taken back where the text leaves open what it rests on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from derive.lecture.text_network import TextNetwork
from derive.link_verdicts import LinkVerdict
from derive.typing.reading import OPEN_LETTERS

REFUTED = frozenset(("refuted",))
JUDGED = frozenset(("proved", "refuted", "undecided"))
SHAPE_CODES = frozenset(("D101", "D103"))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason for which a verdict is none: `why` says it of a link in a formula with a number, "" where there is none.

    `words` are the verdicts that it takes back, `codes` their codes, all if there are none; `code` is that of the link.
    """

    words: frozenset[str]
    codes: frozenset[str]
    why: Callable[[TextNetwork, int, LinkVerdict], str]
    code: str = "D001"


def _left_out(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    found = _has_place(stated.left_out.places, number, verdict)
    return (
        "this first definition fits nothing that is known, and is no line of the network of this text" if found else ""
    )


def _guessed(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    message = "the shapes do not fit, but only the letters say what they are; say the shapes in the text"
    return message if stated.shapes.guessed else ""


def _supposed(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.shapes.supposed_in(number, stated.whole, fits=verdict.code not in SHAPE_CODES)
    return (
        f"it fails, but the text does not say what {name} is, and its shape only by claims" if name is not None else ""
    )


def _defined_twice(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    proved = verdict.word == "proved"
    judged = verdict.code not in SHAPE_CODES  # a place has no shape, whatever has one elsewhere
    places = stated.places_of_slopes(number, proved=verdict.word != "refuted") if judged else ()
    name = stated.epoch.of_two_meanings(number, verdict.span, stated.whole, places)
    if name is None and OPEN_LETTERS not in verdict.assumptions:
        name = stated.defined_before(number, verdict.span.start, proved)
    message = f"the text defines {name}, or what it is computed from, in two ways; a model says which is meant"
    return message if name is not None else ""


def _sets_an_index(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    return "this sets an index that means something else before" if stated.whole.sets_an_index(number) else ""


def _said_elsewhere(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    otherwise = stated.whole.says_otherwise_elsewhere(number)
    return "another part of the text says something else of this name" if otherwise else ""


def _said_by_model(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    other = stated.whole.says_other_than_its_model(number)
    return "the model that is added to the text says something else of this name" if other else ""


def _another_function(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    other = stated.whole.is_another_function(number)
    return "another part of the text says something else of this function" if other else ""


def _another_cell(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    other = stated.whole.is_said_in_another_cell(number)
    return "another cell of the text says something else of this name" if other else ""


def _function_elsewhere(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.whole.function_elsewhere(number)
    return f"another part of the text says that {name} is a function; here it may be something else" if name else ""


def _two_shapes(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.whole.of_two_shapes(number)
    return f"the text says two things of the shape of {name}" if name is not None else ""


def _another_shape(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.shapes.other(number, stated.whole)
    return f"{name} has other shapes in other parts of the text; a model says which is meant" if name else ""


def _defined_anew(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.defined_anew(number)
    return f"an earlier part of the text has {name} as an input; here it may be something else" if name else ""


def _turned_entries(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.of_turned_entries(number)
    return f"it fails if {name} is an entry of a vector, but the text transposes it; say its shape" if name else ""


def _membership(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    return "the text says two things of the shape of this name" if stated.whole.is_membership(number) else ""


def _declared_elsewhere(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.names.elsewhere(number, stated.whole)
    message = f"another part of the text says what {name} is; here it may be something else"
    return message if name is not None else ""


def _lost_gradient(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.losses.lost(number, stated.whole)
    return f"{name} is the gradient of a loss whose formula is not read" if name is not None else ""


def _of_left_out(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.left_out.name(number, verdict.span, stated.whole)
    return f"the first definition of {name} is no line of the network of this text" if name is not None else ""


def _of_the_mean(stated: TextNetwork, number: int, verdict: LinkVerdict) -> str:
    name = stated.left_out.mean_of_all(number, stated.whole)
    message = (
        f"{name} is the mean over all examples here, and in the network of this text that of one; say which is meant"
    )
    return message if name is not None else ""


DOUBTS = (
    Doubt(JUDGED, frozenset(), _of_the_mean),
    Doubt(frozenset(("proved", "refuted")), frozenset(), _of_left_out),
    Doubt(JUDGED, frozenset(), _lost_gradient),
    Doubt(frozenset(("refuted", "undecided")), frozenset(), _left_out),
    Doubt(REFUTED, SHAPE_CODES, _guessed),
    Doubt(REFUTED, frozenset(), _supposed),
    Doubt(JUDGED, frozenset(), _defined_twice, "D401"),
    Doubt(JUDGED, frozenset(), _another_shape),
    Doubt(REFUTED, frozenset(), _defined_anew),
    Doubt(REFUTED, frozenset(), _sets_an_index),
    Doubt(REFUTED, frozenset(("D401",)), _said_elsewhere, "D401"),
    Doubt(REFUTED, frozenset(), _said_by_model, "D401"),
    Doubt(REFUTED, frozenset(), _another_function, "D401"),
    Doubt(REFUTED, frozenset(), _another_cell, "D401"),
    Doubt(REFUTED, frozenset(), _function_elsewhere),
    Doubt(REFUTED, SHAPE_CODES, _two_shapes),
    Doubt(REFUTED, frozenset(), _turned_entries),
    Doubt(REFUTED, frozenset(), _membership),
    Doubt(REFUTED, frozenset(), _declared_elsewhere),
)
"""Every doubt, in the order in which it is asked."""


def as_stated(verdict: LinkVerdict, number: int, stated: TextNetwork) -> LinkVerdict:
    """Return the verdict on a link of a formula with a number under what the text says of its own network."""
    if _has_place(stated.spans, number, verdict):
        return LinkVerdict(verdict.span, "assumed", "", "a definition: a line of the network of this text")
    asked = stated.asked_for() if verdict.code == "D002" and verdict.word == "not-understood" else ""
    if asked:
        return replace(verdict, message=f"{verdict.message}; the text does not say {asked}")
    for doubt in DOUBTS:
        concerned = verdict.word in doubt.words and (not doubt.codes or verdict.code in doubt.codes)
        if concerned and (why := doubt.why(stated, number, verdict)):
            return LinkVerdict(verdict.span, "not-understood", doubt.code, why)
    return verdict


def _has_place(places: frozenset[tuple[int, int, int]], number: int, verdict: LinkVerdict) -> bool:
    """Return whether one of some places in a formula is inside a link."""
    span = verdict.span
    return any(formula == number and span.start <= start and end <= span.end for formula, start, end in places)
