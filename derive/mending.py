"""Mending a refuted formula: plausible repairs of its right side are judged, and the first that is proved is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derive.deadline import DeadlineExceeded, clock, deadline
from derive.errors import InternalDisagreement
from derive.latex.claims import lower_statement
from derive.latex.links import Piece
from derive.latex.lowered import DocumentState, Link, LinkClaim
from derive.latex.macros import Macros
from derive.latex.notation import Slot
from derive.latex.parser import parse_statement
from derive.models.model import Model
from derive.network.network import Fact
from derive.proof.kernel import Proved, judge
from derive.proof.oracle import examine
from derive.repairs import Candidate, Vocabulary, candidates, concrete_indices, squeeze
from derive.source import Source

REPAIR_SECONDS = 0.8  # for all repairs of one formula together
WORTH_TRYING: dict[str, frozenset[str]] = {
    "D101": frozenset({"D202", "D203", "D204", "D206", "D209", "D212"}),
    "D102": frozenset({"D208", "D212"}),
    "D103": frozenset(),
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
        self, code: str, source: Source, piece: Piece, macros: Macros | None, seconds: float = REPAIR_SECONDS
    ) -> Candidate | None:
        """Return the first plausible repair of a refuted link that is proved, as a whole formula, with its code."""
        end = clock() + seconds
        left = source.excerpt(piece.left.span)
        wanted = WORTH_TRYING.get(code)
        if wanted is not None and not wanted:
            return None
        vocabulary = self.vocabulary()
        indices = dict.fromkeys((*concrete_indices(source, piece.left), *vocabulary.indices))
        for candidate in candidates(source, piece.right, replace(vocabulary, indices=tuple(indices))):
            if (wanted is not None and candidate.code not in wanted) or squeeze(candidate.latex) == squeeze(left):
                continue
            if clock() > end:
                break
            text = f"{left} = {candidate.latex}"
            if self._holds(text, macros, end):
                return Candidate(candidate.code, text)
        return None

    def _holds(self, text: str, macros: Macros | None, end: float) -> bool:
        """Whether a repaired formula is proved in its most natural reading."""
        source = Source("repair", text)
        try:
            with deadline(max(end - clock(), 0.05)):
                statement = parse_statement(source, None, macros)
                links = lower_statement(statement, self.model, self.state, source).links
                if len(links) != 1:
                    return False
                option = _natural(links[0])
                if option is None or option.kind != "claim" or not option.claims or option.refuted:
                    return False
                claims = [replace(c, facts=(*c.facts, *self.facts)) for c in option.claims]
                if any(examine(claim, draws=1, deadline=end).witness is not None for claim in claims):
                    return False
                return all(isinstance(judge(claim, 1.0, self.seed), Proved) for claim in claims)
        except InternalDisagreement:
            raise
        except (Exception, DeadlineExceeded):  # whatever stops a repair costs that repair, not the verdict
            return False

    def vocabulary(self) -> Vocabulary:
        """Return what the model offers for repairs."""
        notation = self.model.notation
        names, scalars = [], []
        for pattern in notation.patterns.values():
            layered = [slot for slot in pattern.slots if slot.kind == "layer"]
            if not pattern.slots:
                scalars.append(pattern.whole)
            elif len(pattern.slots) - len(layered) == 1:
                names.append(_written(pattern.whole, layered, notation.layer_letters[:1]))
        sizes = [p.whole for p in notation.sizes.values() if not p.slots]
        return Vocabulary(
            frozenset(self.model.layers),
            tuple(dict.fromkeys((*notation.unit_letters[:3],))),
            tuple(names),
            tuple(notation.functions.values()),
            tuple(dict.fromkeys((*scalars, *sizes))),
            notation.transpose,
        )


def _written(base: str, layered: list[Slot], letters: tuple[str, ...]) -> str:
    text = base
    for slot, letter in zip(layered, letters, strict=False):
        inner = {"": letter, "(": f"({letter})", "[": f"[{letter}]"}[slot.bracket]
        text += f"{'_' if slot.place == 'sub' else '^'}{{{inner}}}"
    return text


def _natural(link: Link) -> LinkClaim | None:
    """Return a link in the reading of the model, or in that of the document's own definitions where it has none."""
    if link.options[0].kind != "not-understood":
        return link.options[0]
    return next((option for option in link.options if option.reading.local), None)
