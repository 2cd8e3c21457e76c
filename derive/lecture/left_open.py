"""What a text leaves open of the network that it states: its losses, its names, its shapes, and the lines left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.lecture.gradient_names import GradientNotation, letters_of
from derive.lecture.losses import is_of_any_loss, is_of_one_loss
from derive.lecture.whole_text import WholeText
from derive.lecture.written_equations import names_in
from derive.reader.syntax import Node, Relation, Statement, walk
from derive.source import Span


@dataclass(frozen=True)
class OpenLosses:
    """The `names` of losses that a text only names, and what is `computed` from losses left open.

    `gradients` is the sign that makes names of gradients, which one that `loses` them has for those of a loss that is
    no part of the network; `unread` are names that are derivatives of what is no part of it.
    """

    names: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    gradients: GradientNotation | None = field(default=None, repr=False)
    loses: bool = False
    unread: frozenset[str] = frozenset()

    def lost(self, number: int, whole: WholeText) -> str | None:
        """Return the name in a formula of the gradient of a loss that cannot be read: dA, which is no differential."""
        notation = self.gradients if self.loses else None
        bodies = whole.bodies(number) if notation is not None else []
        return next((name.text for b in bodies if notation is not None for name, _ in notation.names_in(b)), None)

    def doubt_of_gradients(self, body: Node) -> str:
        """Return why a formula that fails may hold for the gradients that the text means; "" for no reason."""
        opaque = sorted(self.unread and letters_of(body) & self.unread)
        if opaque:
            return f"it fails, but {opaque[0]} is a derivative of what is not read of the text"
        alike = self._named_like_a_gradient(body)
        return f"it fails if {alike} is the gradient of its name; say in the text what it is" if alike else ""

    def _named_like_a_gradient(self, body: Node) -> str:
        """Return a name with the sign of a gradient of which the text does not say that it is one: dZ, where dW is."""
        notation = self.gradients
        if notation is None or not notation.letters:
            return ""
        return next((name.text for name, own in notation.names_in(body) if own.base.plain not in notation.letters), "")

    def doubt_of_losses(self, body: Node, speaks: bool) -> str:
        """Return why a formula, which `speaks` of a loss or may do so, may hold for the one that is meant."""
        if not isinstance(body, Relation):
            return ""
        if speaks and not is_of_any_loss(body, self.names, self.gradients):
            return f"it does not hold for any loss {min(self.names)}; say its formula in the text"
        if self.computed and is_of_one_loss(body, self.computed, self.gradients):
            return "it does not hold for any loss; say the formula of the loss in the text"
        return ""


@dataclass(frozen=True)
class OpenNames:
    """The names of which a text says what no line of a model says, that a matrix is orthogonal, with all that is
    computed from them; `symmetric` those of which it only says that. `heads` begin formulas that cannot be read;
    `apart` are arrays that are declared and that nothing ties to the forward pass, whose names are the `tied` ones;
    `loose` names are no part of it, each with the section that declares it."""

    unread: Mapping[str, frozenset[str]] = field(default_factory=dict)
    symmetric: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    tied: frozenset[str] = frozenset()
    loose: Mapping[str, int] = field(default_factory=dict)

    def elsewhere(self, number: int, whole: WholeText) -> str | None:
        """Return a name of a formula that is no part of the forward pass and that another part of the text declares."""
        names = [name.base.plain for name in whole.names(number)] if self.loose else []
        section = whole.section(number)
        return next((name for name in names if name is not None and self.loose.get(name, section) != section), None)

    def doubt_of_heads(self, body: Node) -> str:
        """Return why a formula that fails may hold for a name of which what cannot be read says something."""
        unread = sorted({name.base.plain or "" for name in walk(body)} & self.heads)
        return f"it fails, but a formula of the text that begins with {unread[0]} cannot be read" if unread else ""

    def doubt(self, statement: Statement) -> str:
        """Return why a formula that fails may hold for what its names mean; "" for no reason."""
        body = statement.body
        plain = {name.base.plain or "" for name in walk(body)}
        alone = {name.base.plain or "" for name in names_in(body)} & self.apart
        if alone and plain & (self.tied | {name[:2].swapcase() + name[2:] for name in alone}):
            return f"it fails if {min(alone)} is an input of its own; say what it has to do with the network"
        said = {one.first.base.plain for one in statement.said if isinstance(one, Relation)} & self.symmetric
        unread = (name for name in sorted(set(self.unread) - said) if plain & self.unread[name])
        name = next(unread, None)
        return f"it fails in general, but what the text says of {name} is not understood" if name is not None else ""


@dataclass(frozen=True)
class OpenShapes:
    """Whether shapes are `guessed`: only how a letter looks says what it is, a capital a matrix.

    `supposed` are names whose shapes only claims say, and whether words say that they are arrays; `others` are letters
    that sections declare with other shapes than those of the network, with these sections and those of the equations
    that have them.
    """

    guessed: bool = False
    supposed: Mapping[str, bool] = field(default_factory=dict)
    others: Mapping[str, tuple[frozenset[int], frozenset[int]]] = field(default_factory=dict)

    def other(self, number: int, whole: WholeText) -> str | None:
        """Return a name of a formula that has another shape in the network than this part of the text may mean."""
        names = [node.base.plain or "" for body in whole.bodies(number) for node in walk(body)] if self.others else []
        section = whole.section(number)
        pairs = ((name, *self.others[name]) for name in names if name in self.others)
        return next((n for n, others, here in pairs if section in others or (here and section not in here)), None)

    def supposed_in(self, number: int, whole: WholeText, fits: bool) -> str | None:
        """Return a name of a formula of which only claims say what it is, or, if that does not fit, its shape."""
        bodies = whole.bodies(number) if self.supposed else []
        names = [node.base.plain or "" for body in bodies for node in walk(body)]
        return next((n for n in names if not self.supposed.get(n, True) or (not fits and n in self.supposed)), None)


@dataclass(frozen=True)
class LinesLeftOut:
    """The `places` of first definitions that are no line of the network, and the `names` without indices of them;
    `added` are how many equations that a model adds are no lines of it, `steps` that over which ones it counts is not
    said; `means` are names that the network has for one example and the text for the mean of all, too, with the
    formulas that say the one and the other; `gradients` what derivatives define."""

    places: frozenset[tuple[int, int, int]] = frozenset()
    names: frozenset[str] = frozenset()
    added: int = 0
    steps: bool = False
    means: Mapping[str, tuple[frozenset[int], frozenset[int]]] = field(default_factory=dict)
    gradients: frozenset[str] = frozenset()

    def mean_of_all(self, number: int, whole: WholeText) -> str | None:
        """Return the name of which a formula, or a gradient in it, speaks and that the text has last said to be a mean
        over examples, or not said yet."""
        names = {node.base.plain for node in whole.names(number)} if self.means else set()
        for name, (of_all, of_one) in self.means.items():
            before = [place for place in of_all | of_one if place <= number]
            speaks = {name, *self.gradients} & names
            if speaks and (not before or max(before) not in of_one):
                return name
        return None

    def name(self, number: int, link: Span, whole: WholeText) -> str | None:
        """Return a name in a link of a formula whose first definition is no line of the network: L, beside L_i."""
        nodes = [node for node in whole.names(number) if not node.scripted] if self.names else []
        inside = (node for node in nodes if link.start <= node.span.start and node.span.end <= link.end)
        return next((node.text for node in inside if node.plain in self.names), None)
