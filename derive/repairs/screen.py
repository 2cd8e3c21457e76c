"""A cheap look at a repair before it is proved: its types, and its values on one concrete network.

Both sides of the refuted link are read and evaluated once. A repair that puts a factor or a term beside the whole right
side only needs the values of that factor, L = R ⊙ X; of any other only its own right side is read. A repair that passes
is no more than plausible: what is shown is read back as text, and proved.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, reduce
from operator import add, mul, sub, truediv

from derive.algebra.expr import Expr
from derive.algebra.index import Lin, lin
from derive.budget import Budget
from derive.errors import LatexError
from derive.names.letters import free_letters
from derive.names.matching import ZeroBasedIndex
from derive.network.network import Fact
from derive.proof.claim import Claim
from derive.proof.evaluate import program
from derive.proof.probe import Probe, Values, differ
from derive.reader.macros import Macros
from derive.reader.parser import parse_expression
from derive.reader.syntax import Additive, Fraction, Node, Product, Relation, Statement
from derive.reader.syntax import Link as Side
from derive.repairs.editor import Candidate
from derive.repairs.graft import grafted
from derive.repairs.remembered import Remembering
from derive.repairs.shapes import Shape, Types
from derive.source import Source
from derive.statements.document_state import DocumentState, ModelLike
from derive.statements.link_claims import LinkClaim
from derive.statements.pieces import Piece
from derive.statements.readings import Readings
from derive.typing.context import Context, Log
from derive.typing.contraction import aligned, like
from derive.typing.reading import Reading
from derive.typing.tensor import ShapeError, Tensor

EVALUATIONS = 100_000  # of an entry on concrete networks, for all repairs of a link
OPERATIONS = {"*": mul, "/": truediv, "+": add, "-": sub}


@dataclass(frozen=True)
class Alone(Readings):
    """A link read with a reader of its own. The sides come from several texts, so that no text explains them."""

    reader: Remembering

    def context(self, reading: Reading) -> Context:
        return replace(super().context(reading), reader=self.reader, source=None)


class OtherFrameError(Exception):
    """A side changes what the sizes of its equation are, so that the whole has to be read."""


class StrayIndexError(LatexError):
    """A side has a free index that the link does not have, so that the equation could only hold by chance."""


@dataclass(frozen=True)
class Frame:
    """The left side of a link as it was read, with the claim whose free indices and sizes hold for its repairs, too."""

    node: Node
    left: Tensor
    ctx: Context
    log: Log
    claim: Claim

    @property
    def axes(self) -> list[Lin]:
        """The letters that count the axes of the left side in the claim."""
        free = [lin(index) for index, _ in self.claim.free]
        return free[len(free) - len(self.left.axes) :]

    @property
    def letters(self) -> set[str]:
        """The free indices of the link as it is written, and those of the model."""
        free = [index for index, _ in self.claim.free]
        return {index.name for index in (*free[: len(free) - len(self.left.axes)], *program(self.claim.network).loose)}

    def body(self, node: Node, *, number: bool = False) -> Expr:
        """Return another right side as a scalar over the free indices of the claim; a `number` may stand for an array.

        Raises: LatexError where it cannot be read; ShapeError where it has another shape than the left side;
        StrayIndexError; OtherFrameError.
        """
        ctx = replace(self.ctx, log=self.log.copy(), whole=(self.node, node))
        try:
            value = ctx.value(node)
        except ZeroBasedIndex as error:
            raise OtherFrameError from error
        if not (number and value.is_scalar):
            value = ctx.resolved(aligned(self.left, like(value, self.left), ctx, node, "=")[1])
        if ctx.log.sizes != self.log.sizes or ctx.log.taken != self.log.taken:
            raise OtherFrameError
        if strange := free_letters(value.body) - self.letters:
            raise StrayIndexError(f"the link has no index {min(strange)}", None, node.span)
        return value.at(*self.axes) if value.axes else value.body


@lru_cache(maxsize=4096)
def _parsed(latex: str, macros: Macros | None) -> Node:
    """Return the tree of what is put in: much the same for all formulas about a network."""
    return parse_expression(Source("repair", latex), None, macros)


@dataclass(frozen=True)
class Screen:
    """One refuted link, as the model reads it by itself, and the networks that its repairs are asked of."""

    piece: Piece
    alone: Alone
    facts: tuple[Fact, ...]
    macros: Macros | None
    probe: Probe
    _factors: dict[str, Values | LatexError] = field(default_factory=dict)
    _parts: dict[str, Node] = field(default_factory=dict)
    _read_apart: dict[Node, Tensor | LatexError] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        piece: Piece,
        model: ModelLike,
        state: DocumentState,
        facts: tuple[Fact, ...],
        macros: Macros | None,
        seed: int,
    ) -> Screen:
        """Return the screen for the repairs of the right side of a link."""
        state = replace(state, condition=None)
        body = Relation(piece.span, piece.left, (Side(piece.operator, piece.right, piece.span),))
        reader = Remembering(piece.left)
        reader.remember(piece.left)
        reader.remember(piece.right)
        alone = Alone(Statement(piece.span, body), model, state, Source("repair", ""), reader)
        return cls(replace(piece, earlier=()), alone, facts, macros, Probe(seed, Budget(EVALUATIONS)))

    @cached_property
    def said(self) -> LinkClaim:
        """What the link says, in the reading of the model alone."""
        return self._read(self.piece.right)

    @cached_property
    def types(self) -> Types:
        """The types in the link, as far as it could be read."""
        said, frame = self.said, self.alone.reader.frame
        left = None if frame is None else Shape.of(frame[2].ranges, frame[2].orientation)
        fitting = True if not said.refuted else False if said.code == "D101" else None
        error = None if fitting else self._apart(self.piece.right)
        return Types(self._value, left, fitting, error.span if isinstance(error, ShapeError) else None)

    def _value(self, node: Node) -> Tensor | None:
        """Return the value of a node on the right side; derivatives are read with what stands before them else."""
        known = self.alone.reader.value(node)
        if known is not None or not isinstance(node, Fraction | Product):
            return known
        found = self._apart(node)
        return found if isinstance(found, Tensor) else None

    def _apart(self, node: Node) -> Tensor | LatexError | None:
        """Return a part of the right side as it is read by itself, or why it cannot be; None where nothing tells."""
        if self.alone.reader.frame is None:
            return None
        if node not in self._read_apart:
            ctx, log, _ = self.alone.reader.frame
            try:
                self._read_apart[node] = replace(ctx, log=log.copy()).value(node)
            except LatexError as error:
                self._read_apart[node] = error
        return self._read_apart[node]

    def passes(self, candidate: Candidate) -> bool:
        """Return whether a candidate may be what the left side is."""
        try:
            if candidate.whole is not None and (differs := self._differs_as_a_whole(*candidate.whole)) is not None:
                return not differs
            node = self._edited(candidate)
            if (differs := self._differs_in_frame(node)) is not None:
                return not differs
            claims = self._claims(self._read(node))
        except LatexError:
            return False
        return bool(claims) and not any(map(self.probe.differs, claims))

    def _edited(self, candidate: Candidate) -> Node:
        edited = grafted(self.piece.right, candidate.edits, self._part) if candidate.edits else None
        return _parsed(candidate.latex, self.macros) if edited is None else edited

    def _part(self, latex: str) -> Node:
        """Return the tree of what is put in, the same for the same text, so that its value is remembered, too."""
        if latex not in self._parts:
            self._parts[latex] = _parsed(latex, self.macros)
            self.alone.reader.remember(self._parts[latex])
        return self._parts[latex]

    def _read(self, right: Node) -> LinkClaim:
        return self.alone.in_usual_one(replace(self.piece, right=right))

    def _claims(self, option: LinkClaim) -> list[Claim]:
        return [replace(claim, facts=(*claim.facts, *self.facts)) for claim in option.claims]

    @cached_property
    def _frame(self) -> Frame | None:
        """Where one claim holds both sides as they are written: the frame of the link, or of its left side alone."""
        option, right = self.said, self.piece.right
        if option.refuted:
            option, right = self._read(self.piece.left), self.piece.left
        claims = self._claims(option)
        if len(claims) != 1 or self.alone.reader.frame is None:
            return None
        ctx, log, left = self.alone.reader.frame
        frame = Frame(self.piece.left, left, ctx, log, claims[0])
        try:
            known, again = (self.probe.values(frame.claim, side) for side in (frame.claim.right, frame.body(right)))
        except (LatexError, OtherFrameError):
            return None
        differs = known.keys() != again.keys() or any(differ(known[entry], again[entry]) for entry in known)
        return None if differs else frame

    @cached_property
    def _right(self) -> Values:
        """The values of the right side as it stands, where it fits the left side."""
        frame = self._frame
        return {} if frame is None or self.said.refuted else self.probe.values(frame.claim, frame.claim.right)

    def _differs_in_frame(self, node: Node) -> bool | None:
        """Return whether a right side differs where the original is asked; None where that does not tell."""
        if self._frame is None:
            return None
        try:
            return self.probe.differs(replace(self._frame.claim, right=self._frame.body(node)))
        except OtherFrameError:
            return None

    def _differs_as_a_whole(self, operation: str, factors: tuple[str, ...]) -> bool | None:
        """Return whether L = R ∘ X₁ X₂ … fails for the values; None where they are not known."""
        if self._frame is None or not self._right:
            return None
        try:
            parts = [self._factor(self._frame, text) for text in factors]
        except StrayIndexError:
            return True if self._stands_apart(operation, self._frame) else None
        combine, told = OPERATIONS[operation], False
        for at, value in self.probe.left(self._frame.claim).items():
            if all(at in part for part in (self._right, *parts)):
                if differ(value, combine(self._right[at], reduce(mul, [part[at] for part in parts]))):
                    return True
                told = True
        return False if told else None

    def _stands_apart(self, operation: str, frame: Frame) -> bool:
        """Return whether no sum in the right side binds an index of what is put beside it: of what divides it, or
        stands beside its brackets."""
        right = self.piece.right
        several = isinstance(right, Additive) and len(right.terms) > 1
        return not frame.ctx.summation and (operation == "/" or (operation == "*" and several))

    def _factor(self, frame: Frame, text: str) -> Values:
        """Return the values of what is put beside the right side.

        Raises: LatexError where it does not fit there.
        """
        if text not in self._factors:
            try:
                self._factors[text] = self.probe.values(
                    frame.claim, frame.body(_parsed(text, self.macros), number=True)
                )
            except OtherFrameError:
                self._factors[text] = {}
            except LatexError as error:
                self._factors[text] = error
        found = self._factors[text]
        if isinstance(found, LatexError):
            raise found
        return found
