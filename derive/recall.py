"""What an earlier check found, formula by formula, so that the next one only judges what has changed.

A verdict depends on the text of its formula and on all that was said before it: the model, the macros, the assumptions,
the definitions of the document, and the last side where a line begins with `=`. All but the last are summed up in a
digest, the trail, that goes on with each of them; so an edited claim costs that claim alone, and an edited definition
costs what comes after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Any

from derive.findings import ended_early
from derive.link_verdicts import LinkVerdict
from derive.source import Span


@dataclass(frozen=True, slots=True)
class Recalled:
    """What judging one formula yielded.

    The spans of `verdicts` count from the beginning of the formula. `introduces` says whether the formulas behind it
    may mean something else without it, `fixes` whether it says what a function is, up to the next heading. `after` is
    the side that a following line with `=` goes on from, None where there is none; `before` is the side of an earlier
    formula that this one itself goes on from.
    """

    verdicts: tuple[LinkVerdict, ...]
    milliseconds: tuple[float, ...]
    introduces: bool = False
    after: str | None = None
    before: str | None = None
    fixes: bool = False

    @property
    def lasting(self) -> bool:
        """Whether another run would find the same: not where a limit of time or memory has ended something."""
        return not any(ended_early(verdict.code, verdict.message) for verdict in self.verdicts)

    @property
    def self_contained(self) -> bool:
        """Whether all places lie inside the formula, so that they move with it."""
        places = [span for verdict in self.verdicts for span in (verdict.span, verdict.fault) if span is not None]
        places += [span for verdict in self.verdicts for span, _ in verdict.edits]
        return all(span.start >= -1 for span in places)  # -1: the sign that it goes on with

    def moved(self, offset: int) -> Recalled:
        """Return the same for a formula that begins `offset` characters further on."""
        return replace(self, verdicts=tuple(_moved(verdict, offset) for verdict in self.verdicts))


@dataclass
class Recall:
    """The formulas of the last check of a document, and those of this one, by their keys."""

    known: Mapping[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    def get(self, key: str, before: str | None) -> Recalled | None:
        """Return what is known of a formula; `before` is the last side of the formulas in front of it."""
        table = self.known.get(key)
        if table is None:
            return None
        try:
            found = _recalled(table)
        except (KeyError, TypeError):  # not written by this version
            return None
        if found.before is not None and found.before != before:
            return None
        self.kept[key] = table
        return found

    def put(self, key: str, found: Recalled) -> None:
        """Keep what was found, where it lasts."""
        if found.lasting and found.self_contained:
            self.kept[key] = asdict(found)


def digest(*parts: str | None) -> str:
    """Return a digest of several texts, each with its length, so that no two lists run together."""
    whole = sha256()
    for part in parts:
        data = b"" if part is None else part.encode("utf-8", "surrogatepass")
        whole.update((-1 if part is None else len(data)).to_bytes(8, "big", signed=True))
        whole.update(data)
    return whole.hexdigest()


def _moved(verdict: LinkVerdict, offset: int) -> LinkVerdict:
    fault = verdict.fault
    if fault is not None:
        fault = Span(fault.start + offset, fault.end + offset)
    edits = tuple((Span(span.start + offset, span.end + offset), text) for span, text in verdict.edits)
    span = Span(verdict.span.start + offset, verdict.span.end + offset)
    return replace(verdict, span=span, fault=fault, edits=edits)


def _recalled(table: Mapping[str, Any]) -> Recalled:
    verdicts = tuple(_verdict(entry) for entry in table["verdicts"])
    return Recalled(**{**table, "verdicts": verdicts, "milliseconds": tuple(table["milliseconds"])})


def _verdict(table: Mapping[str, Any]) -> LinkVerdict:
    fault = Span(**table["fault"]) if table["fault"] is not None else None
    texts = {name: tuple(table[name]) for name in ("assumptions", "steps")}
    edits = tuple((Span(**span), text) for span, text in table["edits"])
    return LinkVerdict(**{**table, **texts, "span": Span(**table["span"]), "fault": fault, "edits": edits})
