"""A document and its model to findings: every formula is read, lowered to claims, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from os.path import relpath
from pathlib import Path

from derive.algebra.expr import Fun
from derive.algebra.substitute import walk as parts_of
from derive.check_options import CheckOptions, ProvedFormula
from derive.document.document import AssumeDirective, FormulaRegion, ModelDirective, ModelEnd, read_document
from derive.doubts import as_stated
from derive.findings import FileReport, Finding
from derive.formula_verdicts import FormulaVerdicts
from derive.judge_link import NOTHING_CLAIMED
from derive.lecture.network import first_missing
from derive.lecture.stated import best_bundled
from derive.link_verdicts import LinkVerdict
from derive.prose.said_around import on_diagonal
from derive.prose.set_to_zero import set_to_zero
from derive.prose.surroundings import Surroundings, surroundings
from derive.prose.symmetries import Symmetries
from derive.recall import Recall
from derive.retractions import doubtful
from derive.source import Span
from derive.verdict_findings import finding_of, place_of

NOT_PUT_IN = 'it fails in general, but its sentence supposes "{}", which cannot be put in'
NOT_SET = "it fails in general; write down the equation that its sentence sets to zero"
DENIED = "its sentence says that this does not hold"
MAYBE_PUT_IN = frozenset(NOTHING_CLAIMED[kind] for kind in ("value", "equation"))
NOT_LIMITING = MAYBE_PUT_IN | {NOTHING_CLAIMED["prose"]}
"""Why a formula is not refuted that is said of some values only."""
Progress = Callable[[int, int, Sequence[Finding]], None]
"""Hears how many formulas of how many are judged, and what the last one of them yielded."""


def check_document(
    path: Path, options: CheckOptions, *, text: str | None = None, progress: Progress | None = None,
    recall: Recall | None = None,
) -> FileReport:  # fmt: skip
    """Return the findings of a document in the order of their places; formulas that `recall` knows are not judged.

    A model in it that makes no sense leaves its formulas not understood, and the report unfinished.
    Raises: UsageError or InputError if the document or a directive in it cannot be read; InternalDisagreement if prover
    and oracle contradict each other.
    """
    document = read_document(path, text, options.within)
    hears = progress or (lambda done, total, found: None)
    total = len(document.formulas)
    session = _Session(
        document=document,
        options=options,
        recall=recall if recall is not None else Recall(),
        alive=lambda: hears(0, total, ()),
    )
    found = session.findings(hears)
    stated, unfinished = tuple(session.entered), "\n".join(session.faults)
    return FileReport(str(path), tuple(found), document.text, unfinished, network=session.network, stated=stated)


@dataclass(kw_only=True)
class _Session(FormulaVerdicts):
    """The state of a check, whose findings are those of the document.

    `unused` are the formulas that limit no other one by themselves, and whether a sentence may put in what they set
    all the same.
    """

    symmetries: Symmetries = field(init=False)
    unused: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.symmetries = Symmetries(self.formulas)

    def findings(self, progress: Progress) -> list[Finding]:
        found: list[Finding] = []
        total, done = len(self.formulas), 0
        progress(0, total, ())
        for piece in self.document.pieces:
            match piece:
                case ModelDirective():
                    self._begin(piece, done)
                case ModelEnd():
                    self._end(done)
                case AssumeDirective():
                    self._assume(piece)
                case FormulaRegion():
                    path = self._included(piece)
                    here = [replace(finding, path=path) for finding in self._formula(piece, done)]
                    found += here
                    done += 1
                    progress(done, total, here)
        return found

    def _included(self, region: FormulaRegion) -> str:
        """Return the file that a formula stands in, from the document's folder; "" for the document itself."""
        name, own = region.source.name, self.document.path
        return "" if name == own else Path(relpath(name, Path(own).parent)).as_posix()

    def _formula(self, region: FormulaRegion, number: int) -> Iterator[Finding]:
        whole = place_of(region, region.span)
        if region.skip is not None:
            yield replace(whole, verdict="skipped", message=region.skip)
            return
        if number in self.options.without:
            yield replace(whole, verdict="undecided", code="D302", message="this formula exhausted time or memory")
            return
        for network in self.networks[1:]:
            if network.first == number and not self._says_again(network):
                self._enter(network)
        if self.judge is None:
            yield replace(whole, verdict="not-understood", code="D004", message=self.fault or self._nothing_known)
            return
        if self.fixes and number and self._is_apart(number):
            self._leave_section()
        around = surroundings(self.formulas, number)
        symmetric, to_solve = self.symmetries.around(number), set_to_zero(self.formulas, number)
        around = replace(around, symmetric=symmetric, to_solve=to_solve)
        found = self.verdicts_on(region, around).moved(region.span.start)
        supposed = self._not_put_in(around, number, found.verdicts)
        for judged, milliseconds in zip(found.verdicts, found.milliseconds, strict=True):
            verdict = judged if self.stated is None else as_stated(judged, number, self.stated)
            if supposed and not around.symmetric and verdict.word == "refuted":
                verdict = doubtful(verdict, NOT_PUT_IN.format(supposed))
            if around.to_solve == "" and verdict.word == "refuted":
                verdict = doubtful(verdict, NOT_SET)
            if around.denied and verdict.word in {"proved", "refuted"}:
                verdict = LinkVerdict(verdict.span, "not-understood", "D001", DENIED)
            finding = finding_of(region, verdict, milliseconds)
            if self.options.proofs is not None and finding.verdict == "proved":
                self._put_down(finding, verdict.span)
            yield finding
        self.proved.clear()

    def _not_put_in(self, around: Surroundings, number: int, verdicts: Sequence[LinkVerdict]) -> str:
        """Return what the sentence of a formula supposes and nothing puts in; "" if there is nothing of that kind.

        Puts down as well whether the formula itself says nothing that limits others; an empty one is none of them.
        """
        if verdicts and all(one.word == "not-understood" or one.message in NOT_LIMITING for one in verdicts):
            self.unused[number] = verdicts[0].message in MAYBE_PUT_IN
        used = {*around.settings, *(span for _, span in around.conditions)}
        stated = (n for n in around.hypotheses if self.formulas[n].span not in around.true_class)
        left_out = (n for n in stated if n in self.unused)
        strange = next((n for n in left_out if not (self.unused[n] and self.formulas[n].span in used)), None)
        if strange is None:
            return around.in_words or self._not_said(around, self.formulas[number])
        return self.formulas[strange].clean.excerpt(self.formulas[strange].span)

    def _not_said(self, around: Surroundings, region: FormulaRegion) -> str:
        """Return of what case the sentence of a formula speaks without a condition that could be put in; or ""."""
        if around.diagonal and not any(on_diagonal(region, around.diagonal)):
            return "on the diagonal, or off it"
        assert self.judge is not None, "the formula was judged before"
        state = self.judge.state
        kind, function = around.speaks_of
        sort = {"loss": "functional", "unit": "open"}.get(kind, "")
        is_open = any(one.kind == sort for one in state.table.functions.values()) and not state.fixed
        used = {part.name for one in state.network.definitions for part in parts_of(one.body) if isinstance(part, Fun)}
        return function if is_open and function not in used else ""

    @cached_property
    def _nothing_known(self) -> str:
        """What to say where nothing gives a network: what the text may add, and the bundled model that fits best."""
        message = "no model and no equation of the text says which network this is about; "
        missing = first_missing(self.formulas)
        message += f"say in the text {missing}, " if missing else "say the forward pass in the text, "
        message += "add <!-- derive:model --> or use --model"
        best = best_bundled(self.formulas)
        return message if best is None else f"{message} (--model {best[0]} reads {best[1]} of {best[2]})"

    def _put_down(self, finding: Finding, span: Span) -> None:
        """Put down the claims behind a proved link, those of the reading that counts: the last one tried."""
        assert self.options.proofs is not None
        links = [link for link in self.proved if link.span == span]
        if links:
            self.options.proofs.append(ProvedFormula(finding, links[-1].claims, links[-1].follows))
