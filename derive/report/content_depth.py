"""What depth and time do to the gradient: the factors of a proved product, measured for several ways to begin."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from random import Random

from derive.algebra.expr import ONE, Add, Diff, Expr, Fun, Iverson, Mul, Var
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import refresh, walk
from derive.models.overrides import closed
from derive.network.dependencies import Dependencies, variables
from derive.network.partials import derive_partial
from derive.network.tidy import contract, replaced, tidy
from derive.proof.draw import Concrete, draw_network
from derive.proof.evaluate import evaluate
from derive.report.content import Block, Display, Line, Section, Table, cells, paragraph
from derive.report.inline import prose
from derive.report.subject import Subject

WIDTH, DEPTH, BACK, DRAWS, SEED = 6, 18, (1, 5, 17), 2, 7
DIGITS, INSERTED = 10**6, 4
SCALES = ((r"\frac{1}{4n}", 0.25), (r"\frac{1}{n}", 1.0), (r"\frac{2}{n}", 2.0), (r"\frac{8}{n}", 8.0))
"""Variances of the weights, n units below: as LaTeX, and times n."""
KINDS = ("sigmoid", "tanh", "relu")


@dataclass(frozen=True)
class State:
    """The array that leads from layer to layer, or from step to step: what is above reads what is below through it.

    `alone` says that nothing else does. `entry` is v[k,i], `above` v[k+1,j], whose layers end at `top`.
    """

    about: Subject
    name: str
    alone: bool

    @cached_property
    def slot(self) -> int:
        return self.about.layer_slots(self.name)[0]

    @cached_property
    def entry(self) -> Var:
        return self.about.general(self.name)

    @cached_property
    def layer(self) -> Lin:
        return self.entry.idx[self.slot]

    @cached_property
    def unit(self) -> Index:
        return self.entry.idx[1 - self.slot].index

    @cached_property
    def top(self) -> Lin:
        return max((d.ranges[self.slot].hi for d in self.about.network.definitions if d.name == self.name), key=str)

    @property
    def depths(self) -> list[Size]:
        """The sizes that say how many layers there are."""
        return [atom for atom, _ in self.top.terms if isinstance(atom, Size)]

    def at(self, layer: Lin, unit: Lin) -> Var:
        return Var(self.name, (layer, unit) if self.slot == 0 else (unit, layer))

    @cached_property
    def factor(self) -> tuple[Expr, dict[Index, Range], Index]:
        """∂v[k+1,j]/∂v[k,i] as far as it is known, the ranges of its letters, and j."""
        about = self.about
        taken = {str(e) for e in self.entry.idx} | {label.name for label in about.labels}
        column = Index(next(w for w in (*about.notation.unit_letters, "p", "q") if w not in taken))
        case = derive_partial(about.network, self.at(self.layer + 1, lin(column)), self.entry).cases[0]
        line, free = case.result, dict(case.free)
        for _ in range(INSERTED if self.alone else 0):
            line = contract(tidy(replaced(line, self._known)), IndexFacts(free))
        return line, free, column

    def _known(self, node: Expr) -> Expr | None:
        """Return what a derivative of one entry by another is."""
        if not isinstance(node, Diff) or not isinstance(node.body, Var):
            return None
        return refresh(derive_partial(self.about.network, node.body, node.var).cases[0].result)

    def shortcut(self) -> Expr | None:
        """Return what v[k,i] is multiplied by on its way into v[k+1,i] without a weight; None where it has no such."""
        line, _, column = self.factor
        for term in line.args if isinstance(line, Add) else (line,):
            factors = term.args if isinstance(term, Mul) else (term,)
            deltas = [f for f in factors if isinstance(f, Iverson) and {column, self.unit} == _letters(f)]
            if len(deltas) == 1:
                return tidy(Mul(tuple(f for f in factors if f is not deltas[0])))
        return None


def state_of(about: Subject) -> State | None:
    """Return the array that leads from layer to layer; None for a network that has no layers and no steps."""
    if about.roles is not None:
        return None if about.roles.batch else State(about, about.roles.pre, alone=True)
    graph = {name: set(reads) for name, reads in Dependencies(about.network).mentions.items()}
    names = [n for n in graph if len(about.layer_slots(n)) == 1 and len(about.block(n).params) == 2]
    carried = [n for n in names if any(n in reads and n == d for d, reads in graph.items()) or _is_read_later(about, n)]
    cyclic = [n for n in carried if n in _reached(graph, graph[n], without="")]
    alone = [n for n in cyclic if not any(m in _reached(graph, graph[m], without=n) for m in graph if m != n)]
    if not cyclic:
        return None
    own = [n for n in alone or cyclic if n in graph[n]] or alone or cyclic
    return State(about, own[0], bool(alone))


def _is_read_later(about: Subject, name: str) -> bool:
    """Whether a line reads an array one layer or step further down than what it defines."""
    slot = about.layer_slots(name)[0]
    for definition in about.network.definitions:
        for own in about.layer_slots(definition.name):
            reads = [v for v in variables(definition.body) if v.name == name]
            if any(v.idx[slot] == lin(definition.params[own]) - 1 for v in reads):
                return True
    return False


def _reached(graph: dict[str, set[str]], start: Iterable[str], without: str) -> set[str]:
    """Return what some names rest on, by paths that do not pass one name."""
    found, waiting = set[str](), [name for name in start if name != without]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [n for n in graph.get(name, ()) if n != without]
    return found


def _letters(delta: Iverson) -> set[Index]:
    return delta.left.indices() | delta.right.indices()


def depth(about: Subject) -> Section | None:
    """How much of the gradient arrives far below; None for a network that has no layers and no steps."""
    state = state_of(about)
    return None if state is None else Section("depth", "Vanishing and exploding gradients", tuple(_blocks(state)))


def _blocks(state: State) -> Iterator[Block]:
    about = state.about
    steps = about.over_time
    yield from _product(state, "step" if steps else "layer")
    yield paragraph(
        "Where these factors shrink what they multiply, their product shrinks it once more with every "
        f"{'step' if steps else 'layer'}, and nothing is left to learn from: the gradient *vanishes*. Where they "
        "stretch it, it *explodes*. What decides is the size of the weights, and the slope of the function, which is "
        "small where a function levels off: there even large weights stretch nothing." + (POWERS if steps else "")
    )
    shortcut = state.shortcut()
    if shortcut is not None:
        yield paragraph(_past(state, shortcut))
    yield _measured(state)
    yield paragraph(STEPS if steps else BLOCKS if shortcut == ONE else LAYERS)


POWERS = (
    " Here the weights are the same at every step: with the largest singular value $s$ of their matrix and slopes of "
    "at most $r$ one step multiplies lengths by at most $r s$, and $n$ steps by at most $(r s)^n$."
)
STEPS = (
    "So recurrent weights begin close to an orthogonal matrix, whose singular values are all one; paths without "
    "weights keep the gradient from vanishing, and one that explodes is cut to a largest length before the step."
)
BLOCKS = (
    "So the last weights of each block begin small, or at zero: then every block begins close to the identity, however "
    "many there are."
)
LAYERS = (
    "So weights are drawn with a variance that keeps the length: about one over the number of units below for a "
    "function whose slope is one around zero, and twice that for a rectifier, which lets half of its units through."
)


def _product(state: State, step: str) -> Iterator[Block]:
    """Yield the product from a layer to the top, as the gradient by it or as the Jacobian, and one factor of it."""
    about = state.about
    for gradient in (g for g in about.gradients if g.name == state.name and not g.last):
        where, forms = about.unrolled(gradient)
        if forms:
            left = about.gradient_latex(gradient.name, *gradient.layers)
            yield paragraph(f"From a {step} to the last there is one matrix for each {step} between:")
            yield Display((Line(left, f"= {forms[-1].latex}", where=where),), step=True, proposed=True)
            return
    if not state.alone:
        yield paragraph(f"From a {step} to the last the gradient is multiplied once for each {step} between.")
        return
    lines = [line for line in _jacobians(state) if line.right.removeprefix("= ") not in about.refused]
    yield paragraph(f"From a {step} to the last there is one Jacobian for each {step} between, and they multiply:")
    yield Display(tuple(lines), step=True, proposed=True)


def _jacobians(state: State) -> Iterator[Line]:
    about, layer, top = state.about, state.layer, state.top
    turned = about.model.reading["jacobian"] == "denominator"

    def jacobian(above: Lin, below: Lin) -> str:
        return rf"\frac{{\partial {about.array(state.name, above)}}}{{\partial {about.array(state.name, below)}}}"

    ends = [jacobian(top, top - 1), jacobian(layer + 1, layer)]
    yield Line(jacobian(top, layer), "= " + r" \cdots ".join(ends[::-1] if turned else ends))
    line, free, column = state.factor
    axes = ((column, free[column]), (state.unit, free[state.unit]))
    form = about.form_of(line, axes[::-1] if turned else axes)
    low = about.block(state.name).ranges[state.slot].lo
    if form is not None:
        where = rf"{about.index(low)} \le {layer} \le {about.index(top - 1)}"
        yield Line(ends[1], f"= {form}", where=where)


def _past(state: State, factor: Expr) -> str:
    """Return what a path without weights means for the gradient."""
    about = state.about
    if factor == ONE:
        return (
            "One path has no weights on it: each factor has the identity in it, and the gradient comes down unchanged, "
            "with what the weights add. So small weights do not make it vanish."
        )
    return (
        f"One path has no weights on it: along it the gradient is multiplied by ${about.latex(factor)}$, entry by "
        "entry. Where that is close to one, the gradient passes many steps; where it is close to zero, it ends."
    )


# Measured


def _measured(state: State) -> Table:
    about, layer = state.about, state.layer
    far = [f"${layer} = {about.index(state.top - n)}$" for n in BACK]
    rows = [cells(kind, f"${latex}$", *(f"${_short(one)}$" for one in shares(state, kind, scale)))
            for kind in _kinds(about) for latex, scale in SCALES]  # fmt: skip
    unit = about.latex(state.at(layer, lin(state.unit)))
    what = rf"\partial {about.array(state.name, state.top)} / \partial {unit}"
    depth = " = ".join((*(about.index(lin(size)) for size in state.depths), str(DEPTH)))
    return Table(
        "l" * (2 + len(BACK)),
        cells("Function", "Variance of the weights", *far),
        tuple(rows),
        prose(
            f"Length of a column of the product, ${what}$, for ${WIDTH}$ units and ${depth}$, weights drawn with mean "
            "zero and the variance given, $n$ their columns, biases with $0.01$; the root mean square over all columns "
            "and several draws."
        ),
        numeric=True,
    )


def _kinds(about: Subject) -> tuple[str, ...]:
    """Return several functions where the network leaves its own open, else that of its hidden layers."""
    if any(kind == "any" for _, kind in about.model.functions):
        return KINDS
    names = [node.name for d in about.network.definitions if d.params for node in walk(d.body) if isinstance(node, Fun)]
    kinds = [name for name in dict.fromkeys(names) if name not in ("exp", "log")]
    return (", ".join(kinds) or "none",)


def _short(share: float) -> str:
    number, _, power = f"{share:.1e}".partition("e")
    return f"{share:.2f}" if 0.01 <= share < 100 else rf"{number} \cdot 10^{{{int(power)}}}"


def shares(state: State, kind: str, scale: float) -> list[float]:
    """Return the lengths of the columns of ∂v[top]/∂v[top - n], for the n of BACK: the root mean square over draws."""
    chosen = state_of(Subject(closed(state.about.model, kind if kind in KINDS else KINDS[0])))
    assert chosen is not None
    squares = (_squares(chosen, drawn(chosen, scale, draw)) for draw in range(DRAWS))
    return [math.sqrt(sum(same) / (DRAWS * WIDTH)) for same in zip(*squares, strict=True)]


def _squares(state: State, concrete: Concrete) -> Iterator[float]:
    """Yield the sum of the squares of the entries of ∂v[top]/∂v[top - n]."""
    top, units = concrete.lin(state.top, {}), [lin(unit + 1) for unit in range(WIDTH)]
    for below in (lin(top - back) for back in BACK):
        slopes = (Diff(state.at(lin(top), i), state.at(below, j)) for j in units for i in units)
        yield sum(float(evaluate(slope, concrete).mid()) ** 2 for slope in slopes)


def drawn(state: State, scale: float, draw: int) -> Concrete:
    """Return the network at one width and depth, with weights of variance `scale` over their columns."""
    network, random = state.about.network, Random(SEED + draw)
    atoms = {atom for block in (*network.leaves, *network.definitions) for r in block.ranges for atom, _ in r.hi.terms}
    named = {
        Size(a.name, tuple(lin(Index(f"k{n}")) for n, _ in enumerate(a.args))) for a in atoms if isinstance(a, Size)
    }
    sizes = {size: DEPTH if size in state.depths else WIDTH for size in named}
    frame = draw_network(network, 0, sizes)
    values = {}
    for leaf in network.leaves:
        units = len(leaf.params) - len(state.about.layer_slots(leaf.name))
        learnt = leaf.name in state.about.parameters
        spread = (math.sqrt(scale / WIDTH) if units == 2 else 0.1) if learnt else 1.0
        for place in frame.entries(leaf.name):
            values[leaf.name, place] = Fraction(round(random.gauss(0, spread) * DIGITS), DIGITS)
    return draw_network(network, 0, sizes, values)
