"""One statement to verdicts: its links are lowered in every reading, judged by the kernel, mended where refuted."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from derive.algebra.build import substitute
from derive.algebra.expr import ZERO, Diff, Var
from derive.algebra.index import Index, Lin, lin
from derive.algebra.substitute import walk
from derive.codes import CODES
from derive.deadline import DeadlineExceeded, deadline
from derive.errors import DeriveError, InternalDisagreement, LatexError
from derive.findings import STOPPED
from derive.mending import Mender
from derive.models.facts import fact_of
from derive.models.model import Model
from derive.names.patterns import size_words
from derive.names.table import Function
from derive.network.network import Fact
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, Verdict, judge
from derive.proof.oracle import examine
from derive.proof.scope import describe_scope
from derive.proof.verdict import Refuted, Undecided
from derive.reader.macros import Macros
from derive.reader.parser import parse_formula, parse_statement
from derive.reader.syntax import Relation, Statement
from derive.source import Source, Span
from derive.statements.claims import lower_statement, start
from derive.statements.document_state import DocumentState
from derive.statements.equations import only_on_the_right
from derive.statements.fixed_functions import are_all_layers, domains_of, known, with_said
from derive.statements.largest_entries import OF_THE_LARGEST, rests_on_the_largest
from derive.statements.left_sides import left_side
from derive.statements.link_claims import LinkClaim, LinkReadings
from derive.statements.one_hot import with_one_hot
from derive.statements.pieces import Piece, pieces
from derive.statements.written_names import name_key, names_in
from derive.typing.ceiling import Ceiling
from derive.typing.context import Context, Log
from derive.typing.elaborate import elaborate
from derive.typing.heads import BUILTIN
from derive.typing.reading import Layout
from derive.typing.standard_names import STANDARD
from derive.writing.claims import claims_latex
from derive.writing.derivations import array_lines, text_of
from derive.writing.matrix_form import Speller
from derive.writing.witness import witness_table

NOTHING_CLAIMED = {
    "definition": "a definition",
    "assignment": "an assignment",
    "membership": "a shape",
    "condition": "a condition, not an identity",
    "difference": "a condition, not an identity",
    "equation": "an equation to be solved, not an identity",
    "value": "a value in an example, not an identity",
    "prose": "nothing is claimed",
}
NO_PATH = "both sides are 0, since no path leads to what it differentiates in the network that the text states"
EXHAUSTED = (DeadlineExceeded, RecursionError, MemoryError, ArithmeticError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class LinkVerdict:
    """The verdict on one link of a chain, ready to be reported."""

    span: Span
    word: str
    code: str = ""
    message: str = ""
    scope: str = ""
    assumptions: tuple[str, ...] = ()
    witness: dict[str, object] | None = None
    suggestion: str | None = None
    steps: tuple[str, ...] = ()
    fault: Span | None = None
    reading: str | None = None
    """LaTeX of what it was read as, entry by entry; None where there is nothing to judge."""
    edits: tuple[tuple[Span, str], ...] = ()
    """What the suggestion changes in the text, and what it writes there."""


@dataclass(frozen=True, slots=True)
class ProvedLink:
    """A link of a chain that is proved: the claims that it is made of, each with its verdict.

    What `follows` from an equation to be solved is not said by its claims.
    """

    span: Span
    claims: tuple[tuple[Claim, Proved], ...]
    follows: bool = False


@dataclass(frozen=True)
class Judge:
    """A model, what the document has said so far, and the limits; judges one statement after the other."""

    model: Model
    state: DocumentState
    facts: tuple[Fact, ...]
    time_limit: float
    seed: int
    explain: bool = False
    proofs: list[ProvedLink] | None = None
    """Where a link that is proved is put down, for those who want more than its verdict."""
    mends: bool = True
    """Whether a repair is looked for where a link is refuted."""
    in_text: bool = False
    doubts_zero: bool = False
    """Whether derivatives that are 0 speak of paths which the network lacks, because it was read from a text."""

    @classmethod
    def start(
        cls,
        model: Model,
        time_limit: float = 10.0,
        seed: int = 0,
        *,
        explain: bool = False,
        proofs: list[ProvedLink] | None = None,
    ) -> Judge:
        """Return the judge for the beginning of a document."""
        return cls(model, start(model), (), time_limit, seed, explain, proofs)

    def assuming(self, source: Source, span: Span, macros: Macros) -> Judge:
        """Return a judge that assumes a fact of the document from here on.

        Raises: LatexError if the fact cannot be read.
        """
        statement = parse_statement(source, span, macros)
        text = source.excerpt(span)
        fact = fact_of(statement, self.state.table, self.model.reading, source, text)
        return replace(self, facts=(*self.facts, fact))

    def knowing(self, name: str, function: str, layers: Sequence[str] = ()) -> Judge:
        """Return the judge for what follows a text that says which known function an open one is, g is tanh, perhaps
        in some layers alone."""
        declared = self.state.table.functions.get(name.strip())
        if declared is None or declared.kind != "open":
            return self
        in_part = not are_all_layers(layers, domains_of(declared.name, self.state.table))
        said = replace(known(declared.name, function, f"{name.strip()} is {function}"), in_part=in_part)
        return replace(self, state=replace(self.state, fixed=with_said(self.state.fixed, said)))

    def naming(self, name: str, function: str) -> Judge:
        """Return the judge for a formula, and what follows, behind which a new letter is said to be a known function:
        where $s$ is the sigmoid."""
        table = self.state.table
        if name in table.functions or name in BUILTIN or table.candidates(name, name):
            return self
        said = Function(function, "known", written=name)
        return replace(self, state=replace(self.state, table=table.with_function(name, said)))

    def solving(self, equation: str, macros: Macros) -> Judge:
        """Return the judge for what follows an equation to be solved that words set up: setting the gradient to zero.

        One that cannot be read sets up nothing; it was reported where it is written.
        """
        source = Source("equation", equation)
        with suppress(LatexError):
            following = self.reading(source, parse_statement(source, Span(0, len(equation)), macros))
            return replace(self, state=replace(self.state, condition=following.state.condition))
        return self

    def calling_one_hot(self, name: str, letter: str) -> Judge:
        """Return the judge for what follows a text that calls a vector one-hot: $y$ has a 1 at an index of the model.

        A new name is declared so, an input of the model is no input any more.
        """
        if Index(letter) not in self.state.table.labels:
            return self
        text = rf"{name} = \mathbf{{e}}_{{{letter}}}"
        source = Source("one-hot", text)
        statement = parse_statement(source)
        named = statement.body.first.base if isinstance(statement.body, Relation) else statement.body
        if not self.state.table.candidates(named.key, named.plain):
            state = self.reading(source, statement).state
        else:
            ctx = Context(self.state.table, source, reader=elaborate, reading=self.model.reading, log=Log())
            _, ctx, network = with_one_hot([statement.body], ctx, self.state.network)
            state = replace(self.state, table=ctx.table, network=network)
        return replace(self, state=replace(state, previous=self.state.previous, condition=self.state.condition))

    def formula(self, text: str, macros: Macros | None = None) -> tuple[list[LinkVerdict], Judge]:
        """Judge a formula that stands alone. Raises: LatexError if it cannot be read."""
        source = Source("formula", text)
        found: list[LinkVerdict] = []
        current = self
        statements = parse_formula(source, Span(0, len(text)), macros).statements
        for number, statement in enumerate(statements, start=1):
            verdicts, current = current.statement(source, statement, macros, statements[number:])
            found.extend(verdicts)
        return found, current

    def reading(self, source: Source, statement: Statement) -> Judge:
        """Return the judge for what follows a statement that was judged before."""
        with deadline(self.time_limit):
            return replace(self, state=lower_statement(statement, self.model, self.state, source).state)

    def statement(
        self,
        source: Source,
        statement: Statement,
        macros: Macros | None = None,
        behind: Sequence[Statement] = (),
    ) -> tuple[list[LinkVerdict], Judge]:
        """Return a verdict for each link of a statement, and the judge for what follows.

        A name that nothing has declared so far may be explained by a statement `behind` it: where D = diag(s).
        """
        found, following = self._statement(source, statement, macros)
        unknown = any(verdict.code == "D002" for verdict in found)
        if behind and (unknown or self._explains_standard_name(behind, statement)):
            found = self._explained_by(source, behind)._statement(source, statement, macros)[0]
        return found, following

    def _explains_standard_name(self, behind: Sequence[Statement], statement: Statement) -> bool:
        """Return whether a statement behind says what a name of a formula is that else has the meaning which everybody
        gives it: $G = e x^T$, where $e = p - t$."""
        bodies = [one.body for one in (statement, *behind)]
        sides = [body.first.base.key for body in bodies if isinstance(body, Relation)]
        own, *said = sides if isinstance(statement.body, Relation) else (None, *sides)
        wanted = {key for key in said if key in STANDARD and key != own and not self.state.table.candidates(key, key)}
        return bool(wanted) and any(name.base.key in wanted for name in names_in(statement.body))

    def _explained_by(self, source: Source, statements: Sequence[Statement]) -> Judge:
        """Return the judge that knows the definitions behind a formula, too."""
        current = self
        for statement in statements:
            try:
                current = current.reading(source, statement)
            except EXHAUSTED:  # it is reported where that statement is judged
                break
        return replace(current, state=replace(current.state, previous=self.state.previous))

    def _statement(
        self, source: Source, statement: Statement, macros: Macros | None
    ) -> tuple[list[LinkVerdict], Judge]:
        """Judge a statement by what is known so far."""
        try:
            with deadline(self.time_limit):
                lowered = lower_statement(statement, self.model, self.state, source)
        except EXHAUSTED as error:
            return [LinkVerdict(statement.span, "undecided", "D302", f"lowering it failed: {_describe(error)}")], self
        except Exception as error:  # a bug must not take the verdicts of the other formulas with it
            return [LinkVerdict(statement.span, "undecided", "D303", _bug(error))], self
        parts = pieces(statement, self.state.previous)
        found = self._chain(lowered.links)
        plain = len(parts) == 1 and statement == Statement(statement.span, statement.body) and not self.state.condition
        for n, (verdict, part) in enumerate(zip(found, parts, strict=False)):
            if self.mends and verdict.word == "refuted" and part.operator != r"\ne":
                link = lowered.links[n] if plain and part.operator == "=" else None
                found[n] = self._against_document(self._mended(verdict, source, part, macros, link), source, part)
        return found, replace(self, state=lowered.state)

    def _chain(self, links: Sequence[LinkReadings]) -> list[LinkVerdict]:
        """Judge the links of a chain, A = B = C: those that are proved have to be so in one layout of Jacobians."""
        found = [self._link(link) for link in links]
        proved = {n: layout for n, (verdict, layout) in enumerate(found) if verdict.word == "proved"}
        open_ones = {n: layouts for n in proved if len(layouts := links[n].layouts) > 1}
        if len({proved[n] for n in open_ones}) > 1:
            for common in dict.fromkeys(layout for layouts in open_ones.values() for layout in layouts):
                again = {n: self._link(links[n].in_layout(common)) for n in open_ones}
                if all(verdict.word == "proved" for verdict, _ in again.values()):
                    return [again.get(n, pair)[0] for n, pair in enumerate(found)]
            first = proved[min(open_ones)]
            mixed = "this holds in another layout of its Jacobians only than what stands before it in the chain"
            for n in open_ones:
                if proved[n] != first:
                    found[n] = LinkVerdict(links[n].span, "undecided", "D301", mixed), first
        return [verdict for verdict, _ in found]

    def _link(self, link: LinkReadings) -> tuple[LinkVerdict, Layout]:
        """Try the readings in order: proved if one is, refuted only if the usual one and all that can be read are.

        An equation to be solved is one only if it is an identity in no reading.
        """
        results: list[LinkVerdict] = []
        to_solve: LinkVerdict | None = None
        for option in link.options:
            result = _below(option.ceiling, self._option(option))
            if result.word == "assumed" and option.kind == "equation":
                to_solve = to_solve or result
                continue
            if result.word in ("proved", "assumed"):
                return result, option.reading.layout
            if result.word == "refuted" and results and results[0].word == "not-understood":
                result = result if option.reading["letters"] == "own" else results[0]
            results.append(result)
        if to_solve is not None:
            return to_solve, ()
        results.sort(key=lambda result: result.code.startswith("D1"))  # what differs says more than what does not fit
        for word in ("undecided", "refuted", "not-understood"):
            for result in results:
                if result.word == word:
                    return result, ()
        return LinkVerdict(link.span, "not-understood", "D001", "this formula could not be read"), ()

    def _option(self, option: LinkClaim) -> LinkVerdict:
        if option.kind == "not-understood":
            return _not_understood(option, option.error)
        if option.kind == "difference":
            if self._option(replace(option, kind="claim")).word == "proved":
                return LinkVerdict(option.span, "refuted", "D200", "the two sides are the same")
            return self._assumed(option)
        if option.kind in {"equation", "value"}:
            result = self._option(replace(option, kind="claim"))
            return result if result.word == "proved" else self._assumed(option)
        if option.kind in {"consequence", "solution"}:
            return self._follows(option)
        if option.kind != "claim":
            return self._assumed(option)
        if option.refuted:
            return LinkVerdict(option.span, "refuted", option.code, option.message)
        verdicts = []
        for claim in option.claims:
            verdict = self.judge_claim(claim)
            verdicts.append(verdict)
            if not isinstance(verdict, Proved):
                break
        reading = claims_latex(option.claims, self.model.notation) or None
        report = replace(self._report(option, verdicts), reading=reading)
        held = option.reading["partials"] != "total"
        lacks = self.doubts_zero and any(map(_differentiates, option.claims))
        if report.word == "proved" and (held or lacks) and self._says_nothing(option.claims):
            message = "nothing is left of it with other paths held fixed" if held else NO_PATH
            return LinkVerdict(option.span, "not-understood", "D001", message)
        if report.word != "refuted" or not option.right_only:
            return report
        return self._blamed(report, option.claims[len(verdicts) - 1], option.right_only)

    def _assumed(self, option: LinkClaim) -> LinkVerdict:
        """Return what a link says that claims nothing, for --explain with the reason why it is taken to do so."""
        reasons = (option.why,) if self.explain and option.why else ()
        return LinkVerdict(option.span, "assumed", "", _introduction(option), steps=reasons)

    def _says_nothing(self, claims: Sequence[Claim]) -> bool:
        """Return whether both sides of proved claims vanish, though neither is written as 0."""
        written = [claim for claim in claims if ZERO not in (claim.left, claim.right)]
        return bool(written) and all(
            isinstance(self.judge_claim(replace(claim, right=ZERO)), Proved) for claim in written
        )

    def _blamed(self, report: LinkVerdict, claim: Claim, letters: Sequence[str]) -> LinkVerdict:
        """Return a refutation that blames an index of the right side alone, where it makes a difference there."""
        for letter in letters:
            index, other = Index(letter), Index(f"{letter}'")
            ranges = dict(claim.free)
            if index not in ranges:
                continue
            again = substitute(claim.right, {index: lin(other)})
            differs = replace(claim, left=claim.right, right=again, free=(*claim.free, (other, ranges[index])))
            if isinstance(self.judge_claim(differs), Refuted):
                return replace(report, code="D102", message=only_on_the_right(letter))
        return report

    def _follows(self, option: LinkClaim) -> LinkVerdict:
        """Judge what may follow from an equation to be solved, in one of several ways: it holds where that does."""
        for claim in option.claims:
            if examine(claim, draws=1, seed=self.seed).witness is None:
                verdict = self.judge_claim(claim)
                if isinstance(verdict, Proved):
                    found = self._report(option, [verdict])
                    message = f"follows from the equation to be solved, {option.introduced}"
                    return found if option.kind == "solution" else LinkVerdict(option.span, "assumed", "", message)
        word, code = ("undecided", "D301") if option.kind == "solution" else ("not-understood", "D001")
        return LinkVerdict(option.span, word, code, "this does not follow from the equation to be solved as it stands")

    def judge_claim(self, claim: Claim) -> Verdict:
        """Judge one lowered claim within the time limit."""
        claim = replace(claim, facts=(*claim.facts, *self.facts))
        try:
            return judge(claim, self.time_limit, self.seed)
        except EXHAUSTED as error:
            return Undecided(_describe(error), 0, "D302" if isinstance(error, MemoryError) else "D301")
        except InternalDisagreement:
            raise
        except Exception as error:  # a bug must not take the verdicts of the other formulas with it
            return Undecided(_bug(error), 0, "D303")

    def _report(self, option: LinkClaim, verdicts: list[Verdict]) -> LinkVerdict:
        last = verdicts[-1] if verdicts else Undecided("nothing to judge")
        notes = "; ".join(option.notes)
        match last:
            case Proved():
                self._put_down(option, verdicts)
                assumptions = dict.fromkeys(
                    (*option.assumptions, *(a for v in verdicts if isinstance(v, Proved) for a in v.assumptions))
                )
                steps = tuple(self._steps(option)) if self.explain and len(option.claims) == 1 else ()
                scope = describe_scope(option.claims[-1], self._said)
                return LinkVerdict(option.span, "proved", "", notes, scope, tuple(assumptions), None, None, steps)
            case Refuted() if self.in_text and any(map(rests_on_the_largest, option.claims)):
                return LinkVerdict(option.span, "undecided", "D301", OF_THE_LARGEST)
            case Refuted(message, witness, code):
                found = witness_table(witness, self.model.notation) if witness is not None else None
                return LinkVerdict(option.span, "refuted", code, message, witness=found)
            case Undecided(reason, agreed, code):
                message = f"{reason}; {agreed} concrete networks agreed"
                return LinkVerdict(option.span, "undecided", code, message)

    def _put_down(self, option: LinkClaim, verdicts: list[Verdict]) -> None:
        if self.proofs is not None:
            follows = option.kind in {"consequence", "solution"}  # one of its claims is proved, any one
            claims = [replace(claim, facts=(*claim.facts, *self.facts)) for claim in option.claims]
            proved = [(c, v) for c, v in zip(claims, verdicts, strict=not follows) if isinstance(v, Proved)]
            self.proofs.append(ProvedLink(option.span, tuple(proved), follows))

    def _said(self, value: Lin) -> str:
        return size_words(value, self.model.notation.sizes)

    def _steps(self, option: LinkClaim) -> Iterator[str]:
        """Yield the lines of the derivation of a derivative on the left, for --explain."""
        left = option.claims[0].left
        if not isinstance(left, Diff) or not isinstance(left.body, Var):
            return
        try:
            derivation = self.model.network.partial(left.var, left.body)
        except (DeriveError, *EXHAUSTED):
            return
        yield from text_of(derivation, self.model.notation).splitlines()
        for case in derivation.cases:
            yield from array_lines(self.model.network, case, Speller(self.model.notation, self.model.table.every))

    def _mended(
        self, verdict: LinkVerdict, source: Source, piece: Piece, macros: Macros | None, link: LinkReadings | None
    ) -> LinkVerdict:
        """Add the first plausible repair that is proved; `link` is known where nothing beside it says more."""
        mender = Mender(self.model, self.state, self.facts, self.seed)
        try:
            with deadline(self.time_limit):
                found = mender.repair(verdict.code, source, piece, macros, link)
        except DeadlineExceeded:
            return replace(verdict, message=f"{verdict.message}; {STOPPED} for a repair")
        except InternalDisagreement:
            raise
        except Exception as error:  # a bug must not take the verdicts of the other formulas with it
            return replace(verdict, message=f"{verdict.message}; {_bug(error)}")
        if found is None:
            return verdict
        cause = "" if found.code == "D200" else f" ({CODES[found.code][0].replace('-', ' ')})"
        code = found.code if verdict.code == "D200" else verdict.code
        return replace(
            verdict, code=code, suggestion=found.latex, edits=found.edits, message=f"{verdict.message}{cause}"
        )

    def _against_document(self, verdict: LinkVerdict, source: Source, piece: Piece) -> LinkVerdict:
        """Say so where the document itself, not the model, said something else of the left side before."""
        left = left_side(piece.left)
        key = left.key if left is not None else None
        if key is None or not verdict.code.startswith("D2") or key in self.model.table.entries:
            return verdict
        own = left is not None and name_key(left.name) in self.state.own.defined
        if key not in self.state.table.entries and not own:
            return verdict
        name = " ".join(source.excerpt(piece.left.span).split())
        message = f"the document said something else of {name} before; {verdict.message}"
        return replace(verdict, code="D401", message=message)


def _not_understood(option: LinkClaim, error: LatexError | None) -> LinkVerdict:
    message = option.message if error is None else error.message
    if error is not None and error.expected:
        message += f"; expected {error.expected}"
    fault = error.span if error is not None else None
    return LinkVerdict(option.span, "not-understood", option.code or "D001", message, fault=fault)


def _differentiates(claim: Claim) -> bool:
    return any(isinstance(part, Diff) for side in (claim.left, claim.right) for part in walk(side))


def _below(ceiling: Ceiling, verdict: LinkVerdict) -> LinkVerdict:
    """Return a verdict that goes no further than the ceiling of its reading."""
    word, code, reason = "undecided", "D301", ceiling.proof
    if verdict.word in {"refuted", "undecided"}:
        word, code, reason = "not-understood", "D001", ceiling.refutation
    elif verdict.word != "proved":
        return verdict
    return verdict if reason is None else LinkVerdict(verdict.span, word, code, reason.message, fault=reason.span)


def _introduction(option: LinkClaim) -> str:
    text = NOTHING_CLAIMED.get(option.kind, option.kind)
    if option.introduced:
        text += f" of {option.introduced}"
    return "; ".join((text, *option.notes))


def _bug(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.name}, line {frame.lineno} of {Path(frame.filename).name}"
    return f"internal error, please report it: {type(error).__name__} in {place}: {error}"


def _describe(error: BaseException) -> str:
    known = {"DeadlineExceeded": "time limit", "RecursionError": "nested too deeply", "MemoryError": "out of memory"}
    return known.get(type(error).__name__, str(error) or type(error).__name__)
