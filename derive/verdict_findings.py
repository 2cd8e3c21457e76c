"""Verdicts on the links of a formula as findings, at their places in the document."""

from __future__ import annotations

from dataclasses import replace

from derive.document.pieces import FormulaRegion
from derive.errors import LatexError
from derive.findings import Edit, Finding
from derive.link_verdicts import LinkVerdict
from derive.source import Span


def exhausted(error: BaseException) -> str:
    """Return what an error says is used up."""
    return {"DeadlineExceeded": "time limit", "RecursionError": "nesting", "MemoryError": "memory"}[
        type(error).__name__
    ]


def place_of(region: FormulaRegion, span: Span) -> Finding:
    """Return a finding at a part of a formula, as if that were skipped."""
    span = Span(max(span.start, region.span.start), span.end)
    start, end = region.source.position(span.start), region.source.position(span.end)
    latex = region.source.excerpt(span)
    return Finding(start.line, start.column, end.line, end.column, latex, "skipped", cell=region.cell)


def unreadable(region: FormulaRegion, error: LatexError) -> LinkVerdict:
    """Return the verdict on a formula that cannot be read, with the place."""
    expected = f"; expected {error.expected}" if error.expected else ""
    code = getattr(error, "code", "") or "D001"
    return LinkVerdict(region.span, "not-understood", code, error.message + expected, fault=error.span or region.span)


def _line_column(region: FormulaRegion, span: Span | None) -> tuple[int, int] | None:
    if span is None:
        return None
    place = region.source.position(span.start)
    return place.line, place.column


def _edit(region: FormulaRegion, span: Span, text: str) -> Edit:
    start, end = region.source.position(span.start), region.source.position(span.end)
    return Edit(start.line, start.column, end.line, end.column, text)


def finding_of(region: FormulaRegion, verdict: LinkVerdict, milliseconds: float) -> Finding:
    """Return a verdict on a link of a formula as a finding at its place."""
    at = _line_column(region, verdict.fault)
    return replace(
        place_of(region, verdict.span),
        verdict=verdict.word,
        code=verdict.code,
        message=verdict.message if at is None else f"{verdict.message} (at {at[0]}:{at[1]})",
        scope=verdict.scope,
        assumptions=verdict.assumptions,
        witness=verdict.witness,
        suggestion=verdict.suggestion,
        edits=tuple(_edit(region, span, text) for span, text in verdict.edits),
        steps=verdict.steps,
        reading=verdict.reading,
        at=at,
        milliseconds=milliseconds,
    )
