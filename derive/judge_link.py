"""One link of a formula, A = B, to its verdict: the kernel judges it in every reading, in one layout along a chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from derive.algebra.build import substitute
from derive.algebra.expr import ZERO, Diff, Var
from derive.algebra.index import Index, Lin, lin
from derive.algebra.substitute import walk
from derive.errors import DeriveError, InternalDisagreement, LatexError
from derive.link_verdicts import EXHAUSTED, LinkVerdict, ProvedLink, bug, describe
from derive.models.model import Model
from derive.names.patterns import size_words
from derive.network.network import Fact
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, Verdict, judge
from derive.proof.oracle import examine
from derive.proof.scope import describe_scope
from derive.proof.verdict import Refuted, Undecided
from derive.statements.equations import only_on_the_right
from derive.statements.largest_entries import OF_THE_LARGEST, rests_on_the_largest
from derive.statements.link_claims import LinkClaim, LinkReadings
from derive.typing.ceiling import Ceiling
from derive.typing.reading import Layout
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


@dataclass(frozen=True, kw_only=True)
class LinkJudge:
    """A model, the facts that the document assumes, and the limits; judges the links of one statement."""

    model: Model
    facts: tuple[Fact, ...] = ()
    time_limit: float = 10.0
    seed: int = 0
    explain: bool = False
    proofs: list[ProvedLink] | None = None
    """Where a link that is proved is put down, for those who want more than its verdict."""
    in_text: bool = False
    doubts_zero: bool = False
    """Whether derivatives that are 0 speak of paths which the network lacks, because it was read from a text."""

    def chain(self, links: Sequence[LinkReadings]) -> list[LinkVerdict]:
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
            return Undecided(describe(error), 0, "D302" if isinstance(error, MemoryError) else "D301")
        except InternalDisagreement:
            raise
        except Exception as error:  # a bug must not take the verdicts of the other formulas with it
            return Undecided(bug(error), 0, "D303")

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
