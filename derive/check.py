"""A document and its model to findings: every formula is read, lowered to claims, and judged."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from os.path import relpath
from pathlib import Path

from derive.algebra.expr import Fun
from derive.algebra.substitute import walk as parts_of
from derive.deadline import DeadlineExceeded, deadline
from derive.document.document import AssumeDirective, Document, FormulaRegion, ModelDirective, ModelEnd, read_document
from derive.doubts import as_stated
from derive.errors import LatexError, ModelError
from derive.findings import FileReport, Finding, NetworkPlace
from derive.judge_formula import Judge
from derive.judge_link import NOTHING_CLAIMED
from derive.lecture.network import first_missing
from derive.lecture.stated import additions, best_bundled, load_model, text_of, text_outside
from derive.lecture.text_network import TextNetwork
from derive.link_verdicts import LinkVerdict, ProvedLink
from derive.models.model import Model, parse_model
from derive.names.table import SymbolTable
from derive.proof.claim import Claim
from derive.proof.kernel import Proved
from derive.prose.said_around import (
    at_the_ends,
    compares_values,
    conditions_said,
    on_diagonal,
    said_of,
    statements_at,
)
from derive.prose.sentences import follows_a_noun, is_general, sentence_before
from derive.prose.set_to_zero import set_to_zero
from derive.prose.surroundings import Surroundings, begins_section, surroundings
from derive.prose.symmetries import Symmetries
from derive.reader.parser import parse_formula
from derive.reader.syntax import Statement, walk
from derive.recall import Recall, Recalled, digest
from derive.retractions import Retractions, doubtful
from derive.source import Source, Span
from derive.statements.pieces import goes_on, without_sign
from derive.verdict_findings import exhausted, finding_of, place_of, unreadable
from derive.visible import escaped

UNREAD_CONDITION = "it fails in general, but what the sentence says of its values or functions is not understood"
NOT_PUT_IN = 'it fails in general, but its sentence supposes "{}", which cannot be put in'
NOT_SET = "it fails in general; write down the equation that its sentence sets to zero"
DENIED = "its sentence says that this does not hold"
MAYBE_PUT_IN = frozenset(NOTHING_CLAIMED[kind] for kind in ("value", "equation"))
NOT_LIMITING = MAYBE_PUT_IN | {NOTHING_CLAIMED["prose"]}
"""Why a formula is not refuted that is said of some values only."""
_SIGN = re.compile(r"\s*\\(?:odot|otimes|circ|oplus|cdot|times|ast|star|bullet|nabla|partial)\s*")
"""A sign alone, of which the text says what it means."""

Progress = Callable[[int, int, Sequence[Finding]], None]
"""Hears how many formulas of how many are judged, and what the last one of them yielded."""


@dataclass(frozen=True, slots=True)
class ProvedFormula:
    """A link that is proved, where it stands, and the claims that it is made of, each with its verdict.

    What `follows` from an equation to be solved is not said by its claims.
    """

    finding: Finding
    claims: tuple[tuple[Claim, Proved], ...]
    follows: bool = False


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """How to check: the model for documents that name none, seconds for each claim, and formulas to leave out.

    `explain` asks for the steps of derivations. `without` holds 0-based numbers of formulas that brought a process
    down before; they are reported as undecided. `configured` says that the model is that of the configuration. `proofs`
    is where links that are proved are put down with their claims. `mends` asks for a repair of what is refuted.
    `within` is the folder below which a document in no repository may include files.
    """

    model: str | None = None
    time_limit: float = 10.0
    seed: int = 0
    explain: bool = False
    without: frozenset[int] = frozenset()
    configured: bool = False
    proofs: list[ProvedFormula] | None = None
    mends: bool = True
    within: Path | None = None


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
    session = _Session(document, options, recall if recall is not None else Recall(), lambda: hears(0, total, ()))
    found = session.findings(hears)
    stated, unfinished = tuple(session.entered), "\n".join(session.faults)
    return FileReport(str(path), tuple(found), document.text, unfinished, network=session.network, stated=stated)


@dataclass
class _Session:
    """The state of a check: the model in force, and what the document has introduced so far.

    `fixes` says that the section has said what an open function is. `trail` sums up all that a formula's meaning may
    depend on. `unused` are the formulas that limit no other one by themselves, and whether a sentence may put in what
    they set all the same. `pending` are formulas whose verdicts are recalled and that were not read in this run: where
    a later one has to be judged, what they have introduced is read first. `faults` are those of models that make no
    sense, `fault` that of the model in force, if it is one of them. `alive` gives a sign that the text is being read.
    """

    document: Document
    options: CheckOptions
    recall: Recall
    alive: Callable[[], None]
    judge: Judge | None = field(init=False)
    trail: str = field(init=False)
    formulas: tuple[FormulaRegion, ...] = field(init=False)
    symmetries: Symmetries = field(init=False)
    network: NetworkPlace | None = None
    stated: TextNetwork | None = None
    networks: list[TextNetwork] = field(default_factory=list)
    entered: dict[str, None] = field(default_factory=dict)
    last_side: str | None = None
    unused: dict[int, bool] = field(default_factory=dict)
    fixes: bool = False
    faults: list[str] = field(default_factory=list)
    fault: str = ""
    pending: list[tuple[FormulaRegion, Recalled, Surroundings]] = field(default_factory=list)
    proved: list[ProvedLink] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.formulas = self.document.formulas
        self.symmetries = Symmetries(self.formulas)
        self._take_given()
        if self.options.model:
            self.network = NetworkPlace("configuration" if self.options.configured else "command line")
        else:
            self._take_text(text_outside(self.document, self.alive))

    def _take_given(self) -> None:
        """Take the model that is given from outside, if one is."""
        name = self.options.model
        self.networks, self.stated = [], None
        self.judge = self._judge_for(load_model(name)) if name else None
        self.trail = digest("model", name)

    def _take_text(self, networks: list[TextNetwork], number: int = 0) -> None:
        """Take the networks that the document itself states, if it states any; the one at a formula is in force."""
        self.judge, self.stated, self.networks = None, None, networks
        if networks:
            spans = dict.fromkeys(span for network in networks for span in network.lines)
            self.network = NetworkPlace("document", tuple(spans))
            self._enter([networks[0], *(network for network in networks[1:] if network.first < number)][-1])

    def _says_again(self, network: TextNetwork) -> bool:
        """Return whether what begins another network is proved in the one in force, so that it only says it again."""
        if self.judge is None or not network.epoch.doubtful:
            return False
        self._catch_up()
        for number in network.epoch.anew:
            region = self.formulas[number]
            try:
                statements = self._statements(region)
            except (LatexError, DeadlineExceeded):
                return False
            words: set[str] = set()
            for statement in statements:
                verdicts, _ = replace(self.judge, mends=False).statement(region.clean, statement, region.macros)
                words |= {verdict.word for verdict in verdicts}
            if "proved" not in words or words - {"proved", "assumed"}:
                return False
        return True

    def _enter(self, network: TextNetwork) -> None:
        """Go on in a network of the text; what the text has defined in another one is forgotten."""
        self.stated = network
        self.entered[network.toml] = None
        self.judge = replace(self._judge_for(network.model), doubts_zero=True)
        self.trail = digest("text", network.toml, *network.marks())
        self.last_side, self.fixes = None, False
        self.pending.clear()

    def _judge_for(self, model: Model) -> Judge:
        options = self.options
        links = None if options.proofs is None else self.proved
        judge = Judge.start(model, options.time_limit, options.seed, explain=options.explain, proofs=links)
        return replace(judge, mends=options.mends, in_text=True)

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

    def _begin(self, directive: ModelDirective, number: int) -> None:
        """Begin anew with a model, at a formula; with none where it makes no sense."""
        self.fault = ""
        try:
            self._take_directive(directive, number)
        except ModelError as error:
            self.networks, self.stated, self.network, self.judge = [], None, NetworkPlace("directive"), None
            place = (
                "" if error.source is None or error.span is None else f" ({error.source.position(error.span.start)})"
            )
            self.fault = f"its model makes no sense: {error.message}{place}"
            self.faults.append(str(error).removeprefix(f"{escaped(self.document.path)}:"))
        self.last_side, self.fixes = None, False
        self.pending.clear()

    def _take_directive(self, directive: ModelDirective, number: int) -> None:
        """Take what a directive says. Raises: ModelError for a model that makes no sense."""
        if additions(directive) is not None:
            self._take_text(text_of(self.document, directive), number)
        else:
            self.networks, self.stated, self.network = [], None, NetworkPlace("directive")
            self.judge = self._judge_for(parse_model(directive.toml, directive.source, directive.in_document))
            self.trail = digest("model", directive.toml)

    def _end(self, number: int) -> None:
        """Go on, from a formula on, without a model of the document."""
        self.fault = ""
        self._take_given()
        if self.judge is None:
            named = self.network
            self._take_text(text_outside(self.document), number)
            self.network = named or self.network
        self.last_side, self.fixes = None, False
        self.pending.clear()

    def _assume(self, directive: AssumeDirective) -> None:
        if self.judge is not None:
            self._catch_up()
            self.judge = self.judge.assuming(directive.clean, directive.span, directive.macros)
            said = directive.clean.excerpt(directive.span)
            self.trail = digest("assume", self.trail, directive.macros.fingerprint, said)

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
        found = self._recalled_or_judged(region, around).moved(region.span.start)
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

    def _recalled_or_judged(self, region: FormulaRegion, around: Surroundings) -> Recalled:
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

    def _is_apart(self, number: int) -> bool:
        """Return whether a formula begins a section, or is said in general, whatever the text before it has fixed."""
        region = self.formulas[number]
        return begins_section(self.formulas[number - 1], region) or is_general(sentence_before(region))

    def _leave_section(self) -> None:
        """Forget what a section said that functions are which the model leaves open, and what sizes are."""
        assert self.judge is not None, "formulas were judged before"
        self._catch_up()
        self.judge = replace(self.judge, state=self.judge.state.without_section)
        self.trail, self.fixes = digest(self.trail, "section"), False

    def _catch_up(self) -> None:
        """Read, without judging, those pending formulas that have introduced something, and the last side."""
        wanted: list[tuple[FormulaRegion, Surroundings]] = []
        goes_on = True
        for region, recalled, around in reversed(self.pending):
            if recalled.introduces or (goes_on and recalled.after is not None):
                wanted.append((region, around))
                goes_on = recalled.before is not None or (goes_on and recalled.after is None)
        self.pending.clear()
        for region, around in reversed(wanted):
            self._take_words(region, around)
            for statement in self._statements(region):
                assert self.judge is not None
                self.judge = self.judge.reading(region.clean, statement)

    def _take_words(self, region: FormulaRegion, around: Surroundings) -> None:
        """Take what the words behind a letter say that it is, $g$ is the hyperbolic tangent, what those behind a
        formula say of its letters, and the equation that those before it set up."""
        assert self.judge is not None
        if around.to_solve:
            self.judge = self.judge.solving(around.to_solve, region.macros)
        if around.function:
            self.judge = self.judge.knowing(region.clean.excerpt(region.span), around.function, around.layers)
        for name, function in around.functions:
            self.judge = self.judge.naming(name, function)
        for name, letter in around.one_hot:
            self.judge = self.judge.calling_one_hot(name, letter)

    def _statements(self, region: FormulaRegion) -> tuple[Statement, ...]:
        with deadline(max(self.options.time_limit, 1.0)):
            statements = parse_formula(region.clean, region.read_span, region.macros).statements
        if statements and goes_on(statements[0]) and follows_a_noun(region):
            return (without_sign(statements[0]), *statements[1:])
        return statements

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
                )
                for one in self._statements(region)
            )
            explained = statements_at(region, around.explained)
        except LatexError as error:
            sign = self.stated is not None and _SIGN.fullmatch(region.clean.excerpt(region.span)) is not None
            message = "a sign; nothing is claimed"
            verdict = LinkVerdict(region.span, "assumed", "", message) if sign else unreadable(region, error)
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
