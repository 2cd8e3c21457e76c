"""One statement to verdicts: what the document has said so far, its links judged, and repairs of what is refuted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from derive.algebra.index import Index
from derive.codes import CODES
from derive.deadline import DeadlineExceeded, deadline
from derive.errors import InternalDisagreement, LatexError
from derive.findings import STOPPED
from derive.judge_link import LinkJudge
from derive.link_verdicts import EXHAUSTED, LinkVerdict, ProvedLink, bug, describe
from derive.mending import Mender
from derive.models.facts import fact_of
from derive.models.model import Model
from derive.names.table import Function
from derive.reader.macros import Macros
from derive.reader.parser import parse_formula, parse_statement
from derive.reader.syntax import Relation, Statement
from derive.source import Source, Span
from derive.statements.claims import lower_statement, start
from derive.statements.document_state import DocumentState
from derive.statements.fixed_functions import are_all_layers, domains_of, known, with_said
from derive.statements.left_sides import left_side
from derive.statements.link_claims import LinkReadings
from derive.statements.one_hot import with_one_hot
from derive.statements.pieces import Piece, pieces
from derive.statements.written_names import name_key, names_in
from derive.typing.context import Context, Log
from derive.typing.elaborate import elaborate
from derive.typing.heads import BUILTIN
from derive.typing.standard_names import STANDARD


@dataclass(frozen=True, kw_only=True)
class Judge(LinkJudge):
    """A model, what the document has said so far, and the limits; judges one statement after the other."""

    state: DocumentState
    mends: bool = True
    """Whether a repair is looked for where a link is refuted."""

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
        return cls(model=model, state=start(model), time_limit=time_limit, seed=seed, explain=explain, proofs=proofs)

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
            return [LinkVerdict(statement.span, "undecided", "D302", f"lowering it failed: {describe(error)}")], self
        except Exception as error:  # a bug must not take the verdicts of the other formulas with it
            return [LinkVerdict(statement.span, "undecided", "D303", bug(error))], self
        parts = pieces(statement, self.state.previous)
        found = self.chain(lowered.links)
        plain = len(parts) == 1 and statement == Statement(statement.span, statement.body) and not self.state.condition
        for n, (verdict, part) in enumerate(zip(found, parts, strict=False)):
            if self.mends and verdict.word == "refuted" and part.operator != r"\ne":
                link = lowered.links[n] if plain and part.operator == "=" else None
                found[n] = self._against_document(self._mended(verdict, source, part, macros, link), source, part)
        return found, replace(self, state=lowered.state)

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
            return replace(verdict, message=f"{verdict.message}; {bug(error)}")
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
