"""One formula of a document to verdicts: by what stands around it, or as an earlier check has found it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from derive.deadline import DeadlineExceeded
from derive.document.document import FormulaRegion
from derive.errors import LatexError
from derive.in_force import InForce
from derive.link_verdicts import LinkVerdict
from derive.names.table import SymbolTable
from derive.notation.signs import OPERATORS, RELATIONS, TERMS, TRANSPOSES
from derive.prose.said_around import (
    at_the_ends,
    compares_values,
    conditions_said,
    said_of,
    statements_at,
)
from derive.prose.surroundings import Surroundings
from derive.reader.syntax import Statement, walk
from derive.recall import Recall, Recalled, digest
from derive.retractions import Retractions
from derive.source import Source, Span
from derive.statements.pieces import goes_on
from derive.verdict_findings import exhausted, unreadable

UNREAD_CONDITION = "it fails in general, but what the sentence says of its values or functions is not understood"
_OTHER_SIGNS = (r"\oplus", r"\ast", r"\star", r"\bullet", r"\nabla", r"\partial")
_SIGNS = frozenset((*RELATIONS, *OPERATORS, *TERMS, *TRANSPOSES, *_OTHER_SIGNS, "'", r"\prime"))
"""What stands alone, perhaps raised, where the text says what it means."""


@dataclass(kw_only=True)
class FormulaVerdicts(InForce):
    """Judges formulas in their order, but for those that `recall` knows."""

    recall: Recall

    def verdicts_on(self, region: FormulaRegion, around: Surroundings) -> Recalled:
        """Return what an earlier check found of a formula, or else what judging it now yields."""
        text = region.clean.excerpt(region.read_span)
        key = digest(self.trail, region.macros.fingerprint, text, *_written(around, region.clean))
        found = self.recall.get(key, self.last_side)
        if found is not None:
            self.pending.append((region, found, around))
        else:
            self._catch_up()
            found = self._judged(region, around)
            self.recall.put(key, found)
        self.fixes |= found.fixes
        if found.introduces:
            self.trail = digest(key, found.before)
        if found.after is not None:
            self.last_side = found.after
        return found

    def _judged(self, region: FormulaRegion, around: Surroundings) -> Recalled:
        """Judge each statement of a formula."""
        assert self.judge is not None
        try:
            nearby = tuple(one.body for one in statements_at(region, around.settings))
            said = said_of(region, around)
            statements = tuple(
                replace(
                    one,
                    nearby=nearby,
                    example=around.example,
                    partials=around.partials,
                    said=said,
                    summation=around.summation,
                    supposed=around.supposed,
                    counted=around.counted,
                    layers=around.layers,
                    stated=around.stated,
                )
                for one in self._statements(region)
            )
            explained = statements_at(region, around.explained)
        except LatexError as error:
            message = "a sign; nothing is claimed"
            is_sign = region.clean.excerpt(region.span).strip(" \t\r\n{}^") in _SIGNS
            verdict = LinkVerdict(region.span, "assumed", "", message) if is_sign else unreadable(region, error)
            return Recalled((verdict,), (0.0,)).moved(-region.span.start)
        except (DeadlineExceeded, RecursionError, MemoryError) as error:
            message = f"reading it took too long ({exhausted(error)})"
            return Recalled((LinkVerdict(region.span, "undecided", "D302", message),), (0.0,)).moved(-region.span.start)
        nearest = [conditions_said(region, around, (one,)) for one in around.nearby]
        if not said:
            nearest += [(one,) for one in at_the_ends(region, around.layers, self.judge.state.table.ranges)]
        functions = self.judge.state.table.functions
        supposes = any(name in functions and functions[name].kind == "open" for name in around.supposes)
        unsure = UNREAD_CONDITION if supposes or (not said and compares_values(region, around)) else ""
        found: list[LinkVerdict] = []
        times: list[float] = []
        begun = self.judge.state
        self._take_words(region, around)
        for number, statement in enumerate(statements, start=1):
            start = time.perf_counter()
            behind = (*statements[number:], *explained)
            before = self.judge
            set_here = self.stated is not None and bool(around.settings)
            strange = set_here and _has_unknown_letters(statement, before.model.table)
            verdicts, self.judge = before.statement(region.clean, statement, region.macros, behind)
            retractions = Retractions(before, region, statement, behind, self.stated)
            verdicts = retractions.without_doubt(verdicts, UNREAD_CONDITION if strange else unsure)
            for case in nearest:
                verdicts = retractions.without_case(verdicts, case)
            spent = (time.perf_counter() - start) * 1000 / max(1, len(verdicts))
            found.extend(verdicts)
            times.extend(round(spent, 3) for _ in verdicts)
        ended = self.judge.state
        after = ended.previous
        return Recalled(
            tuple(found),
            tuple(times),
            introduces=replace(ended, previous=begun.previous) != begun,
            fixes=ended.of_section != begun.of_section,
            after=region.clean.excerpt(after.span) if after is not None and after is not begun.previous else None,
            before=self.last_side if statements and goes_on(statements[0]) else None,
        ).moved(-region.span.start)


def _written(said: object, clean: Source) -> Iterator[str | None]:
    """Yield all that is said around a formula as text, None where a list ends: its places are as good as what stands
    there, wherever that is."""
    match said:
        case Span():
            yield clean.excerpt(said)
        case Surroundings():
            for each in fields(said):
                yield from _written(getattr(said, each.name), clean)
        case tuple():
            for part in said:
                yield from _written(part, clean)
            yield None
        case _:
            yield str(said)


def _has_unknown_letters(statement: Statement, table: SymbolTable) -> bool:
    """Return whether a statement has letters that the network does not know, of which values in its paragraph speak."""
    letters = {node.base.symbol for node in walk(statement.body)} - {"", "d", "e", r"\partial", r"\nabla"}
    known = {*table.functions, *table.sizes, *table.ranges}
    return any(letter not in known and not table.candidates(letter, letter) for letter in letters)
