"""The network that is in force at a place of a document, and what the text before has introduced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from derive.check_options import CheckOptions
from derive.deadline import DeadlineExceeded, deadline
from derive.document.document import AssumeDirective, Document, FormulaRegion, ModelDirective
from derive.errors import LatexError, ModelError
from derive.findings import NetworkPlace
from derive.judge_formula import Judge
from derive.lecture.stated import additions, load_model, text_of, text_outside
from derive.lecture.text_network import TextNetwork
from derive.link_verdicts import ProvedLink
from derive.models.model import Model, parse_model
from derive.prose.sentences import follows_a_noun, is_general, sentence_before
from derive.prose.surroundings import Surroundings, begins_section
from derive.reader.parser import parse_formula
from derive.reader.syntax import Statement
from derive.recall import Recalled, digest
from derive.statements.pieces import goes_on, without_sign
from derive.visible import escaped


@dataclass(kw_only=True)
class InForce:
    """The model in force, and what the document has introduced so far.

    `fixes` says that the section has said what an open function is. `trail` sums up all that a formula's meaning may
    depend on. `pending` are formulas whose verdicts are recalled and that were not read in this run: where a later one
    has to be judged, what they have introduced is read first. `faults` are those of models that make no sense, `fault`
    that of the model in force, if it is one of them. `alive` gives a sign that the text is being read.
    """

    document: Document
    options: CheckOptions
    alive: Callable[[], None]
    judge: Judge | None = field(init=False)
    trail: str = field(init=False)
    formulas: tuple[FormulaRegion, ...] = field(init=False)
    network: NetworkPlace | None = None
    stated: TextNetwork | None = None
    networks: list[TextNetwork] = field(default_factory=list)
    entered: dict[str, None] = field(default_factory=dict)
    last_side: str | None = None
    fixes: bool = False
    faults: list[str] = field(default_factory=list)
    fault: str = ""
    pending: list[tuple[FormulaRegion, Recalled, Surroundings]] = field(default_factory=list)
    proved: list[ProvedLink] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.formulas = self.document.formulas
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

    def _statements(self, region: FormulaRegion) -> tuple[Statement, ...]:
        with deadline(max(self.options.time_limit, 1.0)):
            statements = parse_formula(region.clean, region.read_span, region.macros).statements
        if statements and goes_on(statements[0]) and follows_a_noun(region):
            return (without_sign(statements[0]), *statements[1:])
        return statements

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
