"""Formulas as claims: what each link of a formula says, judged by the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from itertools import accumulate
from typing import TYPE_CHECKING

from derive.api.show import Shown, mathml, table, word
from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
from derive.names.patterns import index_latex
from derive.proof.kernel import Verdict
from derive.proof.scope import describe_scope
from derive.proof.verdict import Refuted, Undecided
from derive.reader.parser import parse_formula
from derive.source import Source, Span
from derive.writing.witness import witness_table

if TYPE_CHECKING:
    from derive.api.net import Net

SIGNS = {"proved": "✓", "refuted": "✗", "undecided": "?", "not-understood": "?", "assumed": "·", "skipped": "·"}


class Claimed(Shown):
    """What can be judged: a formula in LaTeX, or an equation of SymPy objects."""

    def judge(self, time_limit: float = 10.0) -> Judgement:
        """Return the verdict."""
        raise NotImplementedError


@dataclass(frozen=True, repr=False, eq=False)
class FormulaClaim(Claimed):
    """A formula in the notation of a network's model. Raises LatexError, at its place, if it cannot be read."""

    net: Net
    text: str

    def __post_init__(self) -> None:
        parse_formula(Source("formula", self.text), Span(0, len(self.text)))

    def judge(self, time_limit: float = 10.0) -> Judgement:
        """Return the verdict on each link of the formula. Raises: InternalDisagreement, which is a bug of derive."""
        assert self.net.model is not None
        judge = Judge.start(self.net.model, time_limit, explain=True)
        sizes = tuple((size, value.const) for size, value in self.net.sizes.items())
        verdicts, _ = replace(judge, state=replace(judge.state, sizes=sizes)).formula(self.text)
        return Judgement(self.text, tuple(verdicts))

    def latex(self) -> str:
        return self.text

    def __str__(self) -> str:
        return self.text.strip()


@dataclass(frozen=True, repr=False, eq=False)
class Judgement(Shown):
    """The verdicts on the links of a formula, on an equation, or on the cases of a derivative.

    `text` is what was judged, as LaTeX; each link has its place in it. `verdicts` are the kernel's own, with their
    evidence, where no formula had to be read.
    """

    text: str
    links: tuple[LinkVerdict, ...]
    verdicts: tuple[Verdict, ...] = ()

    @classmethod
    def of(cls, net: Net, texts: Sequence[str], verdicts: Sequence[Verdict]) -> Judgement:
        """Return the judgement of claims that the kernel has judged, each with its text."""
        starts = accumulate((len(text) + 1 for text in texts), initial=0)
        spans = [Span(start, start + len(text)) for start, text in zip(starts, texts, strict=False)]
        links = (_link(net, span, verdict) for span, verdict in zip(spans, verdicts, strict=True))
        return cls("\n".join(texts), tuple(links), tuple(verdicts))

    @cached_property
    def word(self) -> str:
        """The verdict on the whole: the worst one of its links, in the order refuted, not understood, undecided."""
        words = [link.word for link in self.links]
        worst = ("refuted", "not-understood", "undecided", "proved", "assumed")
        return next((found for found in worst if found in words), "assumed")

    @property
    def proved(self) -> bool:
        return self.word == "proved"

    @property
    def witness(self) -> dict[str, object] | None:
        """The counterexample, where one was found."""
        return next((link.witness for link in self.links if link.witness), None)

    @property
    def suggestion(self) -> str | None:
        """A repaired formula that is proved, where one was found."""
        return next((link.suggestion for link in self.links if link.suggestion), None)

    @property
    def steps(self) -> tuple[str, ...]:
        """The lines of the derivation, where the formula states a partial derivative."""
        return tuple(step for link in self.links for step in link.steps)

    def latex(self) -> str:
        return self.text

    def text_of(self, link: LinkVerdict) -> str:
        return self.text[link.span.start : link.span.end].strip()

    def __str__(self) -> str:
        blocks = []
        for link in self.links:
            lines = [
                f"{SIGNS[link.word]} {link.word}: {self.text_of(link)}",
                *(f"    {line}" for line in details(link)),
            ]
            blocks.append("\n".join(lines))
        return "\n".join(blocks) or "nothing is claimed"

    def __repr__(self) -> str:
        return f"<Judgement {self.word}>"

    def _repr_html_(self) -> str:
        return table([row(self.text_of(link), link) for link in self.links])


def _link(net: Net, span: Span, verdict: Verdict) -> LinkVerdict:
    """Return a verdict of the kernel in the words of a report."""
    match verdict:
        case Refuted(message, witness, code):
            table = witness_table(witness, net.notation) if witness is not None else None
            return LinkVerdict(span, "refuted", code, message, witness=table)
        case Undecided(reason, _, code):
            return LinkVerdict(span, "undecided", code, reason)
    scope = verdict.scope
    if verdict.claim is not None:
        scope = describe_scope(verdict.claim, lambda value: index_latex(value, net.notation))
    return LinkVerdict(span, "proved", scope=scope, assumptions=verdict.assumptions)


def details(link: LinkVerdict) -> list[str]:
    """Return what goes with a verdict: why, for what, under which assumptions, the counterexample, the repair."""
    lines = [link.message] if link.message else []
    if link.scope:
        lines.append(f"for {link.scope}".replace("<=", "≤").replace(r"\ell", "ℓ"))
    lines += [f"assuming {assumption}" for assumption in link.assumptions]
    if link.witness is not None:
        lines.append(f"at {link.witness['where']}: left {link.witness['left']}, right {link.witness['right']}")
    if link.suggestion:
        lines.append(f"proved instead: {link.suggestion}")
    if link.code and link.word in {"refuted", "undecided", "not-understood"}:
        lines.append(f"`derive rule {link.code}` says more")
    return lines


def row(text: str, link: LinkVerdict) -> tuple[str, str, str]:
    """Return a formula, its verdict and what goes with it as cells of HTML."""
    return formula_html(text), word(link.word), "<br>".join(map(escape, details(link)))


def formula_html(text: str) -> str:
    """Return LaTeX as MathML, or as text where it is beyond what can be converted."""
    from derive.report.html import RenderError

    try:
        return mathml(text)
    except RenderError:
        return f"<code>{escape(text)}</code>"
