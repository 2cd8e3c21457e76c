"""A document and its model to findings: every formula is read, lowered to claims, and judged."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from os.path import relpath
from pathlib import Path

from derive.deadline import DeadlineExceeded, deadline
from derive.document.document import AssumeDirective, Document, FormulaRegion, ModelDirective, read_document
from derive.errors import LatexError
from derive.findings import FileReport, Finding
from derive.judge_formula import Judge, LinkVerdict
from derive.latex.macros import Macros, collect_macros
from derive.latex.parser import parse_formula
from derive.latex.syntax import Statement
from derive.models.model import Model, parse_model
from derive.models.registry import load_model
from derive.source import Source, Span

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """How to check: the model for documents that name none, seconds for each claim, and formulas to leave out.

    `explain` asks for the steps of derivations. `without` holds 0-based numbers of formulas that brought a process
    down before; they are reported as undecided.
    """

    model: str | None = None
    time_limit: float = 10.0
    seed: int = 0
    explain: bool = False
    without: frozenset[int] = frozenset()


def check_document(
    path: Path, options: CheckOptions, *, text: str | None = None, progress: Progress | None = None
) -> FileReport:
    """Return the findings of a document in the order of their places.

    Raises: UsageError or InputError if the document, a directive or a model in it cannot be read; InternalDisagreement
    if prover and oracle contradict each other.
    """
    document = read_document(path, text)
    session = _Session(document, options)
    found = session.findings(progress or (lambda done, total: None))
    return FileReport(str(path), tuple(found), document.text)


@dataclass
class _Session:
    """The state of a check: the model in force, and what the document has introduced so far."""

    document: Document
    options: CheckOptions
    judge: Judge | None = field(init=False)
    macros: Macros = field(init=False)

    def __post_init__(self) -> None:
        name = self.options.model
        self.judge = self._judge_for(load_model(name)) if name else None
        self.macros = collect_macros(Source(self.document.path, self.document.macro_text))

    def _judge_for(self, model: Model) -> Judge:
        return Judge.start(model, self.options.time_limit, self.options.seed, explain=self.options.explain)

    def findings(self, progress: Progress) -> list[Finding]:
        found: list[Finding] = []
        total, done = len(self.document.formulas), 0
        for piece in self.document.pieces:
            match piece:
                case ModelDirective():
                    self.judge = self._judge_for(parse_model(piece.toml, piece.source, piece.in_document))
                case AssumeDirective():
                    if self.judge is not None:
                        self.judge = self.judge.assuming(piece.clean, piece.span, self.macros)
                case FormulaRegion():
                    path = self._included(piece)
                    found.extend(replace(finding, path=path) for finding in self._formula(piece, done))
                    done += 1
                    progress(done, total)
        return found

    def _included(self, region: FormulaRegion) -> str:
        """Return the file that a formula stands in, from the document's folder; "" for the document itself."""
        name, own = region.source.name, self.document.path
        return "" if name == own else Path(relpath(name, Path(own).parent)).as_posix()

    def _formula(self, region: FormulaRegion, number: int) -> Iterator[Finding]:
        whole = _place(region, region.span)
        if region.skip is not None:
            yield replace(whole, verdict="skipped", message=region.skip)
            return
        if number in self.options.without:
            yield replace(whole, verdict="undecided", code="D302", message="this formula exhausted time or memory")
            return
        if self.judge is None:
            message = "no model says which network this is about; add <!-- derive:model --> or use --model"
            yield replace(whole, verdict="not-understood", code="D004", message=message)
            return
        try:
            with deadline(max(self.options.time_limit, 1.0)):
                statements = parse_formula(region.clean, region.span, self.macros).statements
        except LatexError as error:
            yield _not_understood(region, error)
            return
        except (DeadlineExceeded, RecursionError, MemoryError) as error:
            yield replace(whole, verdict="undecided", code="D302", message=f"reading it took too long ({_name(error)})")
            return
        yield from self._statements(region, statements)

    def _statements(self, region: FormulaRegion, statements: tuple[Statement, ...]) -> Iterator[Finding]:
        assert self.judge is not None
        if not statements:
            return
        for statement in statements:
            start = time.perf_counter()
            verdicts, self.judge = self.judge.statement(region.clean, statement, self.macros)
            spent = (time.perf_counter() - start) * 1000 / max(1, len(verdicts))
            for verdict in verdicts:
                yield _finding(region, verdict, spent)


def _name(error: BaseException) -> str:
    return {"DeadlineExceeded": "time limit", "RecursionError": "nesting", "MemoryError": "memory"}[
        type(error).__name__
    ]


def _place(region: FormulaRegion, span: Span) -> Finding:
    start, end = region.source.position(span.start), region.source.position(span.end)
    latex = region.source.excerpt(span)
    return Finding(start.line, start.column, end.line, end.column, latex, "skipped", cell=region.cell)


def _not_understood(region: FormulaRegion, error: LatexError) -> Finding:
    place = error.span or region.span
    expected = f"; expected {error.expected}" if error.expected else ""
    at = region.source.position(place.start)
    message = f"{error.message}{expected} (at {at})"
    code = getattr(error, "code", "") or "D001"
    found = replace(_place(region, region.span), verdict="not-understood", code=code, message=message)
    return replace(found, at=(at.line, at.column))


def _line_column(region: FormulaRegion, span: Span | None) -> tuple[int, int] | None:
    if span is None:
        return None
    place = region.source.position(span.start)
    return place.line, place.column


def _finding(region: FormulaRegion, verdict: LinkVerdict, milliseconds: float) -> Finding:
    return replace(
        _place(region, verdict.span),
        verdict=verdict.word,
        code=verdict.code,
        message=verdict.message,
        scope=verdict.scope,
        assumptions=verdict.assumptions,
        witness=verdict.witness,
        suggestion=verdict.suggestion,
        steps=verdict.steps,
        at=_line_column(region, verdict.fault),
        milliseconds=round(milliseconds, 3),
    )
