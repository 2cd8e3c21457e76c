"""A proved claim to its certificate: the text of a file, and what Rocq says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from derive.algebra.signs import KINKS
from derive.certify import library, rocq
from derive.certify.consistent import model_of
from derive.certify.guard import guard
from derive.certify.meaning import GuardError, MeaningError
from derive.certify.reading import ReadingError
from derive.certify.script import proof_of
from derive.certify.statement import Statement, comment, statement_of
from derive.certify.terms import UntranslatedError
from derive.network.network import Fact
from derive.proof.claim import Claim
from derive.proof.hints import Hints
from derive.proof.kernel import Proved
from derive.proof.shorten import shortened

MORE = 3
"""How many times longer than the accepted proof one that says less of sizes may compute."""
DIFFERENTIABLE = "where all is differentiable"
"""What a scope says of values, if a statement is limited to those where functions have derivatives: x > 0 for log x."""
NO_MODEL = "no model of the assumptions"
"""What the tactic `exhibit` says where it fails."""
SHOWN = "(* that the assumptions do not contradict each other was only seen by numbers, on concrete networks *)"


@dataclass(frozen=True, slots=True)
class Subject:
    """A claim that was proved, and where it stands; `apart` says why it is not what the formula there says."""

    name: str
    claim: Claim
    verdict: Proved
    latex: str = ""
    file: str = ""
    line: int = 0
    reading: str = ""
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What became of a subject.

    status: "certified" (accepted), "open" (the proof does not close; `reason` has the goal that is left),
    "untranslated" (no statement), "unchecked" (written, and not given to Rocq).
    """

    subject: Subject
    status: str
    text: str = ""
    reason: str = ""
    statement_sha256: str = ""
    axioms: tuple[str, ...] = ()
    seconds: float = 0.0
    coqc: str = ""
    positive: tuple[str, ...] = ()
    """The sizes that the statement says to be at least 1."""
    limited: bool = False
    """Whether it says of values that the functions of the network are differentiable there."""

    @property
    def scope(self) -> str:
        """Return for what the claim is certified: the scope of its verdict, and what the proof needs beside it."""
        return scope_with(self.subject.verdict.scope, self.positive, limited=self.limited)


def scope_with(scope: str, positive: Iterable[str], *, limited: bool = False) -> str:
    """Return a scope with what a statement says beside it: all 1 <= i <= d; n >= 1; where all is differentiable."""
    return "; ".join([scope, *(f"{size} >= 1" for size in positive), *([DIFFERENTIABLE] if limited else [])])


def certify(
    subject: Subject, compiled: Path | None, seconds: float = rocq.SECONDS, *, remember: bool = False
) -> Certificate:
    """Return the certificate of a subject, checked against the compiled library if there is one.

    The statement says as little of sizes as its proof allows: nothing, or else that some are at least 1, as all are in
    the scope of every verdict; where nobody tries, that of all. With `remember`, what was asked once is not given to
    Rocq again.
    """
    brief = without_idle_steps(subject)
    if compiled is None:
        return _written(brief, None)
    made = _certified(brief, compiled, seconds, remember=remember)
    if made.status != "open" or brief.verdict.hints == subject.verdict.hints:
        return made
    # Rocq may need a step that the normal form does without
    return _certified(subject, compiled, seconds, remember=remember)


def without_idle_steps(subject: Subject) -> Subject:
    """Return a subject whose hints have no idle steps."""
    hints = shortened(subject.claim, subject.verdict.hints)
    return replace(subject, verdict=replace(subject.verdict, hints=hints))


def _certified(subject: Subject, compiled: Path, seconds: float, *, remember: bool) -> Certificate:
    made = _tried(subject, compiled, seconds, (), remember=remember)
    if made.status != "open" or not stated(subject).sizes:
        return made
    made = _tried(subject, compiled, seconds, None, remember=remember)
    if made.status != "certified":
        return made
    tried = {made.positive: made}

    def accepted(said: tuple[str, ...]) -> bool:
        sizes = tuple(size for size in made.positive if size in said)
        tried[sizes] = _tried(subject, compiled, min(seconds, MORE * made.seconds + 1), sizes, remember=remember)
        return tried[sizes].status == "certified"

    return tried.get(_needed(made.positive, accepted), made)


def _needed(
    sizes: tuple[str, ...], accepted: Callable[[tuple[str, ...]], bool], before: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return those of some sizes without which a proof does not close, where it closes with all and not with none.

    `before` and all of `sizes` are enough, `before` is not. Half of them at a time: most are not needed.

    Source: Junker, QuickXplain (2004).
    """
    if len(sizes) <= 1:
        return sizes
    half = len(sizes) // 2
    first, second = sizes[:half], sizes[half:]
    later = () if accepted((*before, *first)) else _needed(second, accepted, (*before, *first))
    earlier = () if later and accepted((*before, *later)) else _needed(first, accepted, (*before, *later))
    return (*earlier, *later)


def _written(subject: Subject, positive: tuple[str, ...] | None, *, exhibits: bool = True) -> Certificate:
    """Return the certificate before it is checked; its statement has passed the guard."""
    if subject.apart:
        return Certificate(subject, "untranslated", reason=f"not translated yet: {subject.apart}")
    try:
        statement = stated(subject, positive or ())
        if positive is None and statement.sizes:
            statement = stated(subject, statement.sizes)
        guard(statement)
        text = file_text(subject, statement, subject.verdict.hints, exhibits=exhibits)
    except UntranslatedError as fault:
        return Certificate(subject, "untranslated", reason=f"not translated yet: {fault}")
    except (GuardError, ReadingError, MeaningError) as fault:
        return Certificate(subject, "untranslated", reason=f"the statement did not pass its guard: {fault}")
    made = Certificate(subject, "unchecked", text, "coqc was not run", statement.sha256)
    return replace(made, positive=statement.positive, limited=statement.limited)


def _tried(
    subject: Subject, compiled: Path, seconds: float, positive: tuple[str, ...] | None, *, remember: bool
) -> Certificate:
    """Return the certificate after it was checked; without a model of the assumptions if Rocq does not follow that."""
    made = _written(subject, positive)
    if made.status != "unchecked":
        return made
    checked = _checked(made, compiled, seconds, remember=remember)
    if checked.reason.startswith(NO_MODEL):
        made = _written(subject, positive, exhibits=False)
        checked = _checked(made, compiled, seconds, remember=remember)
    return checked


def _checked(made: Certificate, compiled: Path, seconds: float, *, remember: bool) -> Certificate:
    found = (rocq.remembered if remember else rocq.check)(made.text, compiled, seconds)
    status = "certified" if found.accepted else "open"
    spent = round(found.seconds, 2)
    return replace(made, status=status, reason=found.reason, axioms=found.axioms, seconds=spent, coqc=rocq.version())


def stated(subject: Subject, positive: tuple[str, ...] = ()) -> Statement:
    """Return the statement of a subject, under what its verdict assumes; the named sizes are at least 1."""
    away = KINKS in subject.verdict.assumptions
    return statement_of(subject.claim, assumed(subject), positive, away_from_kinks=away)


def assumed(subject: Subject) -> tuple[Fact, ...]:
    """Return the facts that the verdict assumes."""
    used = set(subject.verdict.assumptions)
    return tuple(fact for fact in (*subject.claim.network.facts, *subject.claim.facts) if fact.text in used)


def file_text(subject: Subject, statement: Statement, hints: Hints | None, *, exhibits: bool = True) -> str:
    """Return the file of a certificate: what it is about, the statement, and the proof.

    With `exhibits`, a forward pass is exhibited that meets what is assumed, where a simple one is found.
    """
    model = model_of(statement, assumed(subject)) if exhibits else ""
    proof = proof_of(statement, hints, model or (SHOWN if assumed(subject) else ""))
    return "\n".join([*_head(subject, statement), *_body(statement, proof)]) + "\n"


def _head(subject: Subject, statement: Statement) -> Iterator[str]:
    place = f"{subject.file}:{subject.line}" if subject.line else subject.file
    yield f"(* {comment(subject.name)}" + (f", {comment(place)}" if place else "")
    if subject.latex:
        yield f"     {comment(' '.join(subject.latex.split()))}"
    if subject.reading:
        yield f"   read as  {comment(subject.reading)}"
    scope = scope_with(subject.verdict.scope, statement.positive, limited=statement.limited)
    yield f"   for      {comment(scope)}"
    for assumption in subject.verdict.assumptions:
        yield f"   assuming {comment(assumption)}"
    yield "   The statement is what has to be read. The proof is for Rocq: it is one if coqc accepts this file."
    yield f"   library  {library.DIGEST} *)"


def _body(statement: Statement, proof: str) -> Iterator[str]:
    yield f"From {library.LOGICAL} Require Import Prelude."
    yield ""
    yield "(* ======================= the statement ======================= *)"
    yield statement.text
    yield "(* ======================= the proof ======================= *)"
    yield proof
    yield "Print Assumptions certificate."
