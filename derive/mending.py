"""Mending a refuted formula: plausible repairs of its right side are judged, and the first that is proved is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from derive.algebra.expr import Diff, Var
from derive.algebra.index import Index, lin
from derive.budget import Budget
from derive.errors import DeriveError, LatexError, NetworkError
from derive.models.model import Model
from derive.names.patterns import size_words
from derive.network.derivation import Case
from derive.network.network import Fact, Network
from derive.network.partials import last_case
from derive.proof.kernel import prove_within
from derive.reader.macros import Macros
from derive.reader.parser import parse_statement
from derive.reader.syntax import Node
from derive.repairs import Candidate, candidates, index_letters, vocabulary_for
from derive.repairs.screen import Screen
from derive.source import Source, Span, squeeze
from derive.statements.claims import lower_statement
from derive.statements.document_state import DocumentState
from derive.statements.link_claims import LinkClaim, LinkReadings
from derive.statements.pieces import Piece
from derive.typing.context import Context
from derive.typing.elaborate import elaborate
from derive.typing.tensor import Tensor
from derive.writing.printer import to_latex

LOOKING_STEPS = 40_000  # letters of all repairs that are read to see whether they are worth a proof
REPAIR_STEPS = 30_000  # for all proofs of one formula together; to read a letter costs about as much as one
PROOF_STEPS = 12_000  # for one of them: what takes longer is hardly a small repair
DERIVE_STEPS = 6_000
DRAWS = 6  # concrete networks for a repair before it is proved: 1/2 is 1/N on some
STOPS = (LatexError, NetworkError, ArithmeticError, RecursionError)
"""What may stop a repair: this costs that repair, not the verdict."""
LONGEST = 100  # characters of a derivative that is still a help
WORTH_TRYING: dict[str, frozenset[str]] = {
    "D101": frozenset({"D202", "D203", "D204", "D205", "D206", "D209", "D212", "D214"}),
    "D102": frozenset({"D206", "D208", "D209", "D212"}),
}
"""Which repairs can mend what was refuted before any algebra; all of them where the values differ."""


@dataclass(frozen=True)
class Mender:
    """What repairs are judged with: the model, what the document has said, and the facts that it grants."""

    model: Model
    state: DocumentState
    facts: tuple[Fact, ...]
    seed: int

    def repair(
        self, code: str, source: Source, piece: Piece, macros: Macros | None, link: LinkReadings | None = None
    ) -> Candidate | None:
        """Return the first plausible repair of a refuted link that is proved, as a whole formula, with its code.

        `link` is what its text says by itself, where that is known already.

        Where no small edit of the right side is, the right side may fit what the chain began with, and what stands on
        the left may have a short derivative: these have the code D200, since they name no slip.
        """
        budget = Budget(REPAIR_STEPS)
        if piece.operator == r"\in":
            return self._shape(source, piece)
        for text in (*self._begun(source, piece), *(_entries(source, piece) if code == "D103" else ())):
            if self._holds(text, macros, budget):
                return Candidate("D200", text)
        if code == "D103":
            return None
        found = self._edited(code, source, piece, macros, budget, link)
        if found is not None:
            return found
        derived = self._derivative(piece.left, source)
        holds = derived is not None and self._holds(derived, macros, Budget(DERIVE_STEPS))
        return Candidate("D200", derived) if derived is not None and holds else None

    def _begun(self, source: Source, piece: Piece) -> Iterator[str]:
        """Yield the equation of the right side with the beginning of the chain: a = (wrong) = c."""
        if len(piece.earlier) > 1 and piece.earlier[0].span != piece.left.span:
            yield f"{source.excerpt(piece.earlier[0].span)} = {source.excerpt(piece.right.span)}"

    def _edited(
        self, code: str, source: Source, piece: Piece, macros: Macros | None, budget: Budget, link: LinkReadings | None
    ) -> Candidate | None:
        left = source.excerpt(piece.left.span)
        wanted = WORTH_TRYING.get(code)
        looks = Budget(LOOKING_STEPS)
        for candidate, screen in self._proposed(source, piece, macros, link):
            if (wanted is not None and candidate.code not in wanted) or squeeze(candidate.latex) == squeeze(left):
                continue
            text = on_one_line(f"{left} = {candidate.latex}")
            if min(looks.left, budget.left) < len(text):
                break
            if (screen is None or _passes(screen, candidate, looks)) and self._holds(text, macros, budget):
                return Candidate(candidate.code, text, edits=_in_place(source, piece.right, candidate))
        return None

    def _proposed(
        self, source: Source, piece: Piece, macros: Macros | None, link: LinkReadings | None
    ) -> Iterator[tuple[Candidate, Screen | None]]:
        """Yield repairs of the right side with the screen for them; None where a link says more than it does alone."""
        screen = Screen.of(piece, self.model, self.state, self.facts, macros, self.seed)
        text = f"{source.excerpt(piece.left.span)} = {source.excerpt(piece.right.span)}"
        vocabulary = vocabulary_for(self.model, piece.left, piece.right)
        option = self._said(on_one_line(text), macros) if link is None else _natural(link)
        alone = screen.said
        alike = option is not None and (option.kind, option.code) == (alone.kind, alone.code)
        if option is None or not alike or option.reading["letters"] == "own":
            yield from ((candidate, None) for candidate in candidates(source, piece.right, vocabulary))
            return
        yield from ((candidate, screen) for candidate in candidates(source, piece.right, vocabulary, screen.types))

    def _said(self, text: str, macros: Macros | None) -> LinkClaim | None:
        """Return what a formula says in its most natural reading; None where it is not one equation."""
        source = Source("repair", text)
        try:
            statement = parse_statement(source, None, macros)
            links = lower_statement(statement, self.model, replace(self.state, condition=None), source).links
        except LatexError:
            return None
        return _natural(links[0]) if len(links) == 1 else None

    def _holds(self, text: str, macros: Macros | None, budget: Budget) -> bool:
        """Whether a repaired formula is proved in its most natural reading."""
        try:
            budget.spend(len(text))
            option = self._said(text, macros)
            if option is None or option.kind != "claim" or not option.claims or option.refuted:
                return False
            claims = [replace(c, facts=(*c.facts, *self.facts)) for c in option.claims]
            return all(prove_within(claim, budget.at_most(PROOF_STEPS), DRAWS, self.seed) for claim in claims)
        except STOPS:
            return False

    def _shape(self, source: Source, piece: Piece) -> Candidate | None:
        """Return a membership with the shape that the model declares."""
        right = piece.right
        value = self._value(piece.left, source)
        if value is None or not right.scripted:
            return None
        lengths = [size_words(axis.range.length, self.model.notation.sizes) for axis in value.axes]
        rows = ["1", *lengths] if value.orientation == "row" else lengths
        shape = r" \times ".join(rows)
        where = source.excerpt(right.base.span) + (f"^{{{shape}}}" if rows else "")
        return Candidate("D200", rf"{source.excerpt(piece.left.span)} \in {where}", edits=((right.span, where),))

    def _value(self, node: Node, source: Source) -> Tensor | None:
        try:
            return elaborate(node, Context(self.state.table, source, reader=elaborate, reading=self.model.reading))
        except LatexError:
            return None

    def _derivative(self, left: Node, source: Source) -> str | None:
        """Return what the derivative on the left is, entry by entry in the model's notation, where that is short."""
        value = self._value(left, source)
        if value is None:
            return None
        taken = {*index_letters(left), *self.model.layers}
        spare = [letter for letter in self.model.notation.unit_letters if letter not in taken]
        if len(spare) < len(value.axes):
            return None
        body = value.at(*(lin(Index(letter)) for letter, _ in zip(spare, value.axes, strict=False)))
        if not isinstance(body, Diff) or not isinstance(body.body, Var):
            return None
        case = _last_case(self.state.network, body.var, body.body)
        if case is None:
            return None
        text = f"{to_latex(body, self.model.notation)} = {to_latex(case.result, self.model.notation)}"
        if case.condition != "all indices":
            text += rf" \quad ({case.condition.replace('<=', chr(92) + 'le')})"
        return text if len(text) <= LONGEST and not isinstance(case.result, Diff) else None


def _in_place(source: Source, right: Node, candidate: Candidate) -> tuple[tuple[Span, str], ...]:
    """Return what a repair changes in the text: its edits where they say all of it, else the whole right side."""
    text, at = source.excerpt(right.span), right.span.start
    for span, written in sorted(candidate.edits, reverse=True):
        text = text[: span.start - at] + written + text[span.end - at :]
    return candidate.edits if text == candidate.latex else ((right.span, candidate.latex),)


@lru_cache(maxsize=256)
def _last_case(network: Network, by: Var, of: Var) -> Case | None:
    """Return the most general case of a derivative, which many slips of a lecture ask for; None where there is none."""
    try:
        return last_case(network, of, by)
    except (DeriveError, ArithmeticError):
        return None


def _passes(screen: Screen, candidate: Candidate, looks: Budget) -> bool:
    """Return whether a repair is worth a proof. One beside the whole right side is a matter of a few numbers."""
    if candidate.whole is None:
        looks.spend(len(candidate.latex))
    try:
        return screen.passes(candidate)
    except STOPS:
        return False


def _entries(source: Source, piece: Piece) -> Iterator[str]:
    """Yield the equation of an entry of one side with the other side, which is an entry already."""
    left, right = source.excerpt(piece.left.span), source.excerpt(piece.right.span)
    for letter in index_letters(piece.right)[::-1]:
        yield f"({left})_{letter} = {right}"
    for letter in index_letters(piece.left)[::-1]:
        yield f"{left} = ({right})_{letter}"


def _natural(link: LinkReadings) -> LinkClaim | None:
    """Return a link in the reading of the model, or in that of the document's own definitions where it has none."""
    if link.options[0].kind != "not-understood":
        return link.options[0]
    return next((option for option in link.options if option.reading["letters"] == "own"), None)


def on_one_line(latex: str) -> str:
    """Return a formula with a blank for each line break, unless there is a comment in it."""
    return latex if "%" in latex else " ".join(line.strip() for line in latex.splitlines())
