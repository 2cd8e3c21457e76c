"""What a refutation is taken back for: another reading, value or case of which the text speaks, in which it may hold.

Others than the reading that counts are judged without repairs, and their proofs are not put down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from derive.document.pieces import FormulaRegion
from derive.errors import InputError
from derive.judge_formula import Judge
from derive.lecture.equations_said import is_number
from derive.lecture.text_network import TextNetwork
from derive.link_verdicts import LinkVerdict
from derive.models.model import Model
from derive.reader.parser import parse_statement
from derive.reader.syntax import Node, Statement, walk
from derive.source import Source, Span
from derive.statements.claims import lower_statement
from derive.statements.not_numbers import differentiates_a_stranger
from derive.statements.pieces import goes_on, pieces

_IN_A_CASE = "it fails in general, but holds in the case that the text before it speaks of; say which is meant"
"""Why a formula is not refuted that may be said of a case."""
_AT_VALUES = "it holds for some values at most; say which values are meant"
"""Why a formula is not refuted that sets a number to what is computed."""
_STRANGER = "it differentiates by what the network of the text does not compute through"
"""Why a formula is not refuted that speaks of paths which the network does not have."""

Verdicts = list[LinkVerdict]


@dataclass(frozen=True)
class Retractions:
    """A statement of a formula as it was judged, what stands behind it, and the network that the text states."""

    judge: Judge
    region: FormulaRegion
    statement: Statement
    behind: Sequence[Statement]
    stated: TextNetwork | None = None

    def without_doubt(self, verdicts: Verdicts, unsure: str) -> Verdicts:
        """Return verdicts of which none refutes what may be meant by the network of the text, but is not said; `unsure`
        says why its sentence may mean something else."""
        if not _any_refuted(verdicts):
            return verdicts
        doubt = unsure if self.stated is None else self.stated.doubts(self.statement) or unsure
        if doubt:
            return _taken_back(verdicts, doubt)
        if self.stated is None:
            return verdicts
        verdicts = self._without_strangers(self._without_values(verdicts))
        if self.stated.whole.text.names_correct_class:
            verdicts = self._without_classes(verdicts)
        return self._without_facts(self._without_one_hot(verdicts, self.stated), self.stated)

    def without_case(self, verdicts: Verdicts, said: tuple[Node, ...]) -> Verdicts:
        """Return verdicts of which none refutes what holds under a condition that the paragraph speaks of before."""
        if not said or not _any_refuted(verdicts):
            return verdicts
        others = self._judged(self.judge, replace(self.statement, said=said))
        return [
            doubtful(one, _IN_A_CASE) if one.word == "refuted" and other.word == "proved" else one
            for one, other in zip(verdicts, others, strict=True)
        ]

    def _judged(self, judge: Judge, statement: Statement | None = None) -> Verdicts:
        """Return what another judge, or another reading of the statement, says of its links."""
        judge = replace(judge, mends=False, proofs=None)
        return judge.statement(self.region.clean, statement or self.statement, self.region.macros, self.behind)[0]

    def _without_values(self, verdicts: Verdicts) -> Verdicts:
        """Return verdicts of which none refutes a number that is reached at some values, du/db = 2 of u = b c."""
        parts = pieces(self.statement, self.judge.state.previous)
        numbers = [any(map(is_number, (part.left, part.right))) for part in parts]
        if not any(number and verdict.word == "refuted" for number, verdict in zip(numbers, verdicts, strict=False)):
            return verdicts
        for seed in (self.judge.seed + 1, self.judge.seed + 2):
            others = self._judged(replace(self.judge, seed=seed))
            verdicts = [
                doubtful(verdict, _AT_VALUES) if number and _varies(verdict, other) else verdict
                for verdict, other, number in zip(verdicts, others, numbers, strict=True)
            ]
        return verdicts

    def _without_strangers(self, verdicts: Verdicts) -> Verdicts:
        """Return verdicts of which none refutes ∂a/∂u where the network of the text does not compute a from u: a
        formula that has it is about another network, such as one that a figure shows."""
        if not _any_refuted(verdicts):
            return verdicts
        links = lower_statement(self.statement, self.judge.model, self.judge.state, self.region.clean).links
        strange = [any(differentiates_a_stranger(option.claims) for option in link.options) for link in links]
        return [
            doubtful(verdict, _STRANGER) if stranger and verdict.word == "refuted" else verdict
            for verdict, stranger in zip(verdicts, strange, strict=True)
        ]

    def _without_classes(self, verdicts: Verdicts) -> Verdicts:
        """Return verdicts of which none refutes what holds where an index is the class of the label:
        ∂L/∂s_k = p_k - 1."""
        labels = [index.name for index in self.judge.model.table.labels]
        letters = sorted(set(_letters_below(walk(self.statement.body))) - set(labels))
        for letter, label in product(letters, labels):
            condition = parse_statement(Source("class", f"{letter} = {label}")).body
            alike = replace(self.statement, conditions=(*self.statement.conditions, condition))
            others = {one.span: one.word for one in self._judged(self.judge, alike)}
            fails = {one.span for one in verdicts if others.get(one.span) not in {"proved", "undecided"}}
            message = f'it holds where "{letter}" is the class {label} only; say in the text that it is'
            verdicts = _taken_back(verdicts, message, fails)
        return verdicts

    @cached_property
    def _nodes(self) -> list[Node]:
        """What the statement speaks of, and what it goes on from."""
        before = self.judge.state.previous if goes_on(self.statement) else None
        return [node for said in (self.statement.body, before) if said is not None for node in walk(said)]

    def _without_one_hot(self, verdicts: Verdicts, stated: TextNetwork) -> Verdicts:
        """Return verdicts of which none refutes what may hold where an index is that of a one of which the text does
        not say where it is: -Σ_w y_w log p_w = -log p_o. What speaks of the entries y_i itself means any of them."""
        letters = [letter for letter in _letters_below(self._nodes) if not stated.counts(letter)]
        for name, letter in product(stated.one_hot, letters):
            if not _any_refuted(verdicts):
                break
            model = stated.one_hot_at(name, letter)
            others = [] if model is None else self._judged(self._judge_of(model))
            named = any(node.base.plain == name for node in self._nodes)
            fails = {one.span for one in others if one.word != "proved" and (named or one.word != "undecided")}
            message = f'it may hold where {name} has its one at "{letter}" only; say in the text that it has'
            verdicts = _taken_back(verdicts, message, fails)
        return verdicts

    def _judge_of(self, model: Model) -> Judge:
        """Return the judge for the statement under another model: it knows what stands before it, and nothing else."""
        other = Judge.start(model, self.judge.time_limit, self.judge.seed, explain=self.judge.explain)
        state = replace(other.state, previous=self.judge.state.previous)
        return replace(other, state=state, in_text=self.judge.in_text)

    def _without_facts(self, verdicts: Verdicts, stated: TextNetwork) -> Verdicts:
        """Return verdicts of which none refutes what holds under a fact that the text does not say: Σ_i y_i = 1."""
        for fact in stated.usual:
            try:
                assuming = self.judge.assuming(Source("fact", fact), Span(0, len(fact)), self.region.macros)
            except InputError:
                continue
            fails = {one.span for one in self._judged(assuming) if one.word == "refuted"}
            message = f"it fails unless ${fact}$; say in the text whether that holds"
            verdicts = _taken_back(verdicts, message, fails)
        return verdicts


def doubtful(verdict: LinkVerdict, why: str) -> LinkVerdict:
    """Return a verdict that is taken back."""
    return replace(verdict, word="undecided", code="D301", message=why, witness=None, suggestion=None, edits=())


def _any_refuted(verdicts: Verdicts) -> bool:
    return any(verdict.word == "refuted" for verdict in verdicts)


def _taken_back(verdicts: Verdicts, why: str, fails: Collection[Span] = ()) -> Verdicts:
    """Return verdicts, with doubts in place of refutations, but for those of the links that fail in any case."""
    return [doubtful(one, why) if one.word == "refuted" and one.span not in fails else one for one in verdicts]


def _letters_below(nodes: Iterable[Node]) -> list[str]:
    """Return the small letters that stand below names."""
    below = (node.sub.symbol for node in nodes if node.sub is not None)
    return sorted({letter for letter in below if letter.islower()})


def _varies(one: LinkVerdict, other: LinkVerdict) -> bool:
    """Return whether a side has two values in two networks that refute one claim."""
    if one.witness is None or other.witness is None:
        return False
    return any(one.witness.get(side) != other.witness.get(side) for side in ("left", "right"))
