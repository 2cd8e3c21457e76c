"""What the handout says of the network, its forward pass, and the idea of backpropagation for one weight."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from derive.algebra.expr import Diff, Expr, Fun, Iverson, Mul, Sum, Var
from derive.algebra.functions import CALLS, DEFINITIONS, DERIVATIVES
from derive.algebra.index import Lin, Size, fresh, lin, upto
from derive.algebra.substitute import subs, walk
from derive.models.lines import sides
from derive.models.roles import Roles
from derive.network.dependencies import variables
from derive.network.tidy import tidy
from derive.notation.functions import BY_NAME, Function
from derive.report.content import Block, Display, Figure, Line, Paragraph, Section, Table, cells, paragraph
from derive.report.figure import network_drawing
from derive.report.inline import Text, prose
from derive.report.numbers import sizes_in
from derive.report.subject import Subject

DRAWN = (3, 4, 3, 2)
MARKED = (1, 2)
RANGE = re.compile(r"\s*\\q?quad\s*\((.+ \\le .+ \\le .+)\)$")
"""The range of the layers behind a line of the forward pass."""
LETTER = re.compile(r"\\?[A-Za-z]+")
APPLIED = re.compile(r"(?P<name>[^()]+)\((?P<argument>[^()]*)\)")
INPUTS = {"x": "the input", "y": "the target", "t": "the target"}
OVER = {
    "softmax": "the softmax of the whole vector",
    "softmax over rows": "the softmax of each row",
    "softmax over columns": "the softmax of each column",
}
ADJECTIVES = frozenset({"linear", "logistic", "exponential"})
KINK = "It has no derivative at its corner; there, every formula below is to be read with one of the one-sided slopes."


def setting(about: Subject) -> Section:
    """The network, drawn where it is a perceptron, and the table of its symbols with their shapes."""
    blocks: list[Block] = [paragraph(_opening(about))]
    roles = about.roles
    if roles is not None:
        depth, width = about.index(roles.depth), about.array_size(about.notation.layer_letters[0])
        blocks += [
            Figure(
                network_drawing(DRAWN, about),
                prose(
                    "A network with two hidden layers. Every line between two layers is one weight; the bias of each "
                    "unit is not drawn. Below each layer stand its pre-activation and its activation."
                ),
                name="network",
            ),
            paragraph(
                "Nothing below depends on the numbers of layers and units in the picture: the depth "
                f"${depth}$ and the widths ${width}$ stay symbols throughout."
            ),
        ]
    if about.model.source:
        blocks.append(Paragraph((Text(f"Network and notation: {about.model.source}."),)))
    blocks += [_symbols(about), paragraph(_conventions(about))]
    named = [f"${line}$" for line in about.model.where if r"\partial" in line or r"\nabla" in line]
    if named:
        blocks.append(paragraph(f"For short, {' and '.join(named)}."))
    if about.model.assume:
        blocks.append(paragraph(f"It is assumed that {' and '.join(f'${fact}$' for fact in about.model.assume)}."))
    return Section("setting", "The setting", tuple(blocks))


def _opening(about: Subject) -> str:
    roles, loss = about.roles, about.notation.loss
    behind = next((symbol for symbol, kind in about.model.functions if kind == "any scalar"), "")
    if behind:
        learnt = "the gradients by its parameters, for the next step of learning, and " if about.parameters else ""
        return (
            f"This is a part of a larger network. What stands behind it, up to the *loss* ${loss}$ that says how bad a "
            f"prediction is, is left open as ${behind}$. *Backpropagation* comes down to this part with the gradient "
            f"of the loss by what the part computes. It has to find {learnt}the gradient by its input, from which it "
            "goes on to what stands before."
        )
    start = (
        "A *feedforward network* turns an input into a prediction by layers, each of which takes weighted sums of the "
        "layer below and bends them by a fixed function."
        if roles
        else "The network computes one value after the other, as stated below."
    )
    return (
        f"{start} A *loss* ${loss}$ says how bad the prediction is. To learn is to change the parameters so that the "
        "loss falls, and for that we need its partial derivative with respect to every one of them. *Backpropagation* "
        "finds them all, in about the time of two forward passes."
    )


def _symbols(about: Subject) -> Table:
    names = dict.fromkeys([*(x.name for x in about.network.leaves), *(d.name for d in about.network.definitions)])
    rows = [(f"${whole(about, name)}$", _space(about, name), _meaning(about, name)) for name in names]
    rows += [
        (f"${about.array(entry.name)}$", rf"$\mathbb{{R}}^{{{about.index(param.range.hi)}}}$", _one_hot(about, body))
        for entry, body, param in about.one_hots
        if param.range is not None
    ]
    rows += [(f"${symbol}$", _kind(about, kind), _function(kind)) for symbol, kind in about.model.functions]
    rows += [*_all_parameters(about), *_sizes(about)]
    order = [row for row in rows if row[2]]
    return Table("llp", cells("Symbol", "Shape", "Meaning"), tuple(cells(*row) for row in order), prose("Symbols."))


def _all_parameters(about: Subject) -> list[tuple[str, str, str]]:
    """Return the letter that values are written as functions of and nothing defines: all parameters together."""
    parameters = [whole(about, name) for name in about.parameters]
    for left, right in map(sides, about.model.forward):
        applied = APPLIED.fullmatch(left) if _defines(about, left, right) else None
        letter = applied["argument"].strip() if applied else ""
        if letter and LETTER.fullmatch(letter) and letter not in about.notation.patterns:
            listed = f"all ${'$, $'.join(parameters)}$" if len(parameters) > 1 else f"${parameters[0]}$"
            return [(f"${letter}$", "", f"the parameters: {listed}")]
    return []


def _sizes(about: Subject) -> list[tuple[str, str, str]]:
    """Return the letters of sizes, where no picture shows what they count."""
    blocks = (*about.network.leaves, *about.network.definitions)
    lengths = (about.index(lin(size)) for block in blocks for r in block.ranges for size in sizes_in(r))
    letters = sorted(dict.fromkeys(lengths), key=lambda letter: (letter.lower(), letter))
    if about.roles is not None or not letters:
        return []
    return [(", ".join(f"${letter}$" for letter in letters), "", "sizes" if len(letters) > 1 else "a size")]


def _one_hot(about: Subject, body: Iverson) -> str:
    label = next(side for side in (body.left, body.right) if side.atom in about.labels)
    return f"one at the right class ${about.index(label)}$, zero elsewhere"


def _kind(about: Subject, kind: str) -> str:
    if kind == "any" or kind in BY_NAME:
        return r"$\mathbb{R} \to \mathbb{R}$"
    if about.roles is None or kind == "any scalar":
        return ""
    space = rf"\mathbb{{R}}^{{{about.shape(about.roles.output)[0]}}}"
    return rf"${space} \to {space}$"


def whole(about: Subject, name: str) -> str:
    """Return an array as it is written, with its layer: a start that has no name of its own is h_0."""
    block, layers = about.block(name), about.layer_slots(name)
    starts = [d for d in about.network.definitions if isinstance(d.body, Var) and d.body.name == name]
    if starts and name not in about.notation.patterns:
        return about.array(name, *(starts[0].ranges[n].lo for n in about.layer_slots(starts[0].name)))
    return about.array(name, *(lin(block.params[n]) for n in layers))


def _space(about: Subject, name: str) -> str:
    shape = about.shape(name)
    power = r" \times ".join(shape)
    return rf"$\mathbb{{R}}^{{{power}}}$" if shape else r"$\mathbb{R}$"


def words(about: Subject, name: str) -> str:
    """Return what an array is to a person; "" for what the loss does not use."""
    roles = about.roles
    if name == about.loss.name:
        return "the loss"
    known = _roles_in_words(about, roles) if roles is not None else {}
    if name in known:
        return known[name]
    if name in about.parameters:
        return "learnt"
    defined = any(d.name == name for d in about.network.definitions)
    if not defined and (name in about.inputs or about.letter(name) in INPUTS):
        return INPUTS.get(about.letter(name), "the input")
    used = any(isinstance(n, Var) and n.name == name for d in about.network.definitions for n in walk(d.body))
    return "computed in the forward pass" if defined else "given" if used else ""


def _meaning(about: Subject, name: str) -> str:
    """Return what an array is to a person, and how many there are of it: one for each letter that is no axis."""
    said, block, slots = words(about, name), about.block(name), about.layer_slots(name)
    if not said or not slots or about.roles is not None:
        return said
    ends = ((about.index(r.lo), p, about.index(r.hi)) for p, r in
            ((block.params[n], block.ranges[n]) for n in slots) if r.lo != r.hi)  # fmt: skip
    return ", ".join([said, *(rf"${low} \le {letter} \le {high}$" for low, letter, high in ends)])


def _roles_in_words(about: Subject, roles: Roles) -> dict[str, str]:
    k = about.notation.layer_letters[0]
    many = ", one example in each column" if roles.batch else ""
    found = {
        roles.inputs: f"the input{many}",
        roles.weight: f"the weights into layer ${k}$",
        roles.bias: f"the biases of layer ${k}$",
        roles.pre: f"the pre-activations of layer ${k}$",
        roles.hidden: f"the activations of layer ${k}$; layer ${roles.first}$ is the input",
        roles.targets: f"the target{many}",
    }
    if roles.output != roles.hidden:
        found[roles.output] = "the prediction"
    return found


def singular(about: Subject, name: str) -> str:
    """Return what one entry of an array is called: the pre-activation, the loss; "" for what has no such name."""
    roles = about.roles
    if name == about.loss.name:
        return "the loss"
    if roles is None:
        return ""
    called = {roles.output: "the output", roles.pre: "the pre-activation", roles.hidden: "the activation"}
    return called.get(name, "")


def _function(kind: str) -> str:
    match kind:
        case "any":
            return "any differentiable function, applied to each entry"
        case "any scalar":
            return "any differentiable function of its arguments"
    row = BY_NAME.get(kind)
    if row is None:
        return OVER.get(kind, kind)
    return f"the {_called(row)}, applied to each entry"


def _called(row: Function) -> str:
    """Return what a function is called: the logistic function, the hyperbolic tangent."""
    said = row.words[0] if row.words else row.name.replace("_", " ")
    return f"{said} function" if said in ADJECTIVES else said


def _conventions(about: Subject) -> str:
    text = "A gradient has the shape of its variable, and its entries are the partial derivatives by the entries of it."
    if about.model.reading["gradients"] == "row":
        text += " As a row, the derivative by a vector is its transpose."
    if about.roles is None:
        return text
    weight = about.roles.weight
    k = about.notation.layer_letters[0]
    i, j = (str(index) for index in about.general(weight).idx[1:])
    return (
        f"In ${about.array(weight, k, i, j)}$ the first unit index is where the weight goes *to* and the second where "
        f"it comes *from*: it joins unit ${j}$ of layer ${k}-1$ to unit ${i}$ of layer ${k}$. {text}"
    )


def forward(about: Subject) -> Section:
    """The forward pass as the model writes it, entry by entry, and its functions with their derivatives."""
    lines = tuple(stated_line(line) for line in about.model.forward if _defines(about, *sides(line)))
    blocks: list[Block] = [
        paragraph("Its equations:"),
        Display(lines, name="forward"),
        paragraph("Entry by entry, which is where every derivation below begins:"),
        Display(tuple(_entries(about))),
    ]
    for name, symbol in dict.fromkeys(_named(about)):
        blocks += _known_function(about, name, symbol)
    return Section("forward", "The forward pass", tuple(blocks))


def _defines(about: Subject, left: str, right: str) -> bool:
    """Whether a line of the forward pass defines a value, rather than a function of what it is given."""
    applied = APPLIED.fullmatch(left)
    values = {
        about.notation.patterns[d.name].whole for d in about.network.definitions if d.name in about.notation.patterns
    }
    return bool(right) and (applied is None or applied["name"].strip() in values)


def stated_line(line: str) -> Line:
    left, right = sides(line)
    where = RANGE.search(right)
    return Line(left, f"= {RANGE.sub('', right)}", where=where[1] if where else "")


def _entries(about: Subject) -> Iterator[Line]:
    for definition in about.network.definitions:
        names = (definition.name, *(v.name for v in variables(definition.body)))
        if not all(name in about.notation.patterns for name in names):  # a start h_0 that has no letters of its own
            continue
        layers = about.layer_slots(definition.name)
        single = {p: r.lo for p, r in zip(definition.params, definition.ranges, strict=True) if r.lo == r.hi}
        idx = tuple(single.get(p, lin(p)) for p in definition.params)
        where = ", ".join(
            rf"{about.index(r.lo)} \le {p} \le {about.index(r.hi)}"
            for n, (p, r) in enumerate(zip(definition.params, definition.ranges, strict=True))
            if n in layers and r.lo != r.hi
        )
        body = tidy(definition.body) if definition.params else definition.body
        left = Var(definition.name, idx)
        yield Line(about.latex(left), f"= {about.latex(subs(body, single), left)}", where=where)


def _named(about: Subject) -> Iterator[tuple[str, str]]:
    """Yield the functions of the table that the model uses by a letter of its own, one letter for all layers."""
    letters = {symbol for symbol, _ in about.model.functions}
    for definition in about.network.definitions:
        for node in walk(definition.body):
            symbol = about.notation.functions.get(node.name) if isinstance(node, Fun) else None
            if isinstance(node, Fun) and symbol in letters and node.name in BY_NAME and LETTER.fullmatch(str(symbol)):
                yield node.name, str(symbol)


def _known_function(about: Subject, name: str, symbol: str) -> list[Block]:
    row = BY_NAME[name]
    letter = next(letter for letter in ("z", "t", "u", "s", "v") if letter not in about.notation.patterns)
    z = Var(letter)
    value = DEFINITIONS[name](z) if name in DEFINITIONS else None
    shown = row.shown or (row.value if value is None else None)
    if shown is not None:
        value = shown(CALLS, z)
    end = f". {KINK}" if row.corner else ":"
    lines = [Line(f"{symbol}({letter})", f"= {about.latex(tidy(value))}")] if value is not None else []
    slope = about.latex(tidy(DERIVATIVES[name](z)[0]))
    lines.append(Line(f"{symbol}'({letter})", f"= {slope}"))
    return [paragraph(f"The function ${symbol}$, the {_called(row)}, and its derivative{end}"), Display(tuple(lines))]


def idea(about: Subject, roles: Roles) -> Section:
    """One weight, the path from it to the loss, and the factors along it."""
    row, column = map(str, MARKED)
    low, second, third = (str(roles.first + layer) for layer in (1, 2, 3))
    name, loss = about.array, about.notation.loss
    weight = name(roles.weight, low, row, column)

    def slope(layer: str, unit: str) -> str:
        return about.latex(_slope(about, roles)(lin(int(layer)), lin(int(unit))))

    given = name(roles.inputs, column)
    along = (
        rf"\underbrace{{\frac{{\partial {loss}}}{{\partial {name(roles.pre, third, '1')}}}}}_{{\text{{output}}}} \quad "
        rf"\cdot \quad \underbrace{{{name(roles.weight, third, '1', '1')} \, {slope(second, '1')}}}_{{\text{{weight, "
        rf"unit}}}} \quad \cdot \quad \underbrace{{{name(roles.weight, second, '1', row)} \, {slope(low, row)}}}_{{"
        rf"\text{{weight, unit}}}} \quad \cdot \quad \underbrace{{{given}}}_{{\text{{input}}}}"
    )
    return Section(
        "idea",
        "The idea, for one weight",
        (
            paragraph(
                f"Take one weight, ${weight}$, and turn it a little. At first only one thing moves: the pre-activation "
                f"${name(roles.pre, low, row)}$ that it feeds, by ${given}$ times as much. Then "
                f"${name(roles.hidden, low, row)}$ moves, then every unit of the layer above, then everything above "
                "these, and in the end the loss. *Along* a path the small changes multiply; *over* all paths they add. "
                "There is no more to the chain rule than that."
            ),
            Figure(
                network_drawing(DRAWN, about, MARKED),
                prose(
                    f"The weight ${weight}$ (thick), one path from it to the loss (dark), and everything else that it "
                    "reaches (light)."
                ),
                name="path",
            ),
            paragraph(
                "The dark path of Figure @{path} contributes the product of its factors, one for each thing that it "
                "passes:"
            ),
            Display((Line("", along),)),
            paragraph(
                "A deep network has far too many paths to add them one by one: their number is the product of the "
                "widths. But all paths that leave a unit share what comes before it, and all that enter one share what "
                "comes after. So we go from the loss downwards, once, and keep for each unit the sum over everything "
                "above it."
            ),
            *_factors(about, roles),
            paragraph(
                "What remains is to find each of these factors: at the output, through a hidden layer, and at a weight "
                "or bias."
            ),
        ),
    )


def _factors(about: Subject, roles: Roles) -> Iterator[Block]:
    """Yield the derivative by a weight of a hidden layer: the unit, its input, what is above, the weight between."""
    if any(v.name == roles.weight for d in about.network.definitions if not d.params for v in variables(d.body)):
        yield paragraph("The penalty sees each weight, too, but without a path; it adds a term of its own.")
        return
    weight = about.general(roles.weight)
    k, i, j = weight.idx
    m = fresh(next(letter for letter in ("m", *about.notation.unit_letters) if letter not in (str(i), str(j))))
    pre, unit, above = Var(roles.pre, (k, i)), Var(roles.hidden, (k, i)), Var(roles.pre, (k + 1, lin(m)))
    parts = (Diff(about.loss, above), Diff(above, unit), Diff(unit, pre), Diff(pre, weight))
    values = (Var(roles.weight, (k + 1, lin(m), i)), _slope(about, roles)(k, i), Var(roles.hidden, (k - 1, j)))
    chain, inserted = (
        about.latex(Sum(m, upto(Size(roles.size, (k + 1,))), Mul(factors))) for factors in (parts, (parts[0], *values))
    )
    low = about.index(about.block(roles.weight).ranges[0].lo)
    yield paragraph(rf"For ${low} \le {k} \le {about.index(roles.depth)}-1$ this is")
    first = Line(about.latex(Diff(about.loss, weight)), f"= {chain}", "unit, input, above, weight")
    yield Display((first, Line("", f"= {inserted}", "as we shall see")), name="factors", step=True)


def _slope(about: Subject, roles: Roles) -> Callable[[Lin, Lin], Expr]:
    """Return what makes g'(a) of a unit."""
    hidden = next(d for d in about.network.definitions if d.name == roles.hidden and isinstance(d.body, Fun))
    body = hidden.body
    assert isinstance(body, Fun)

    def slope(layer: Lin, unit: Lin) -> Expr:
        idx = tuple(e.subs({hidden.params[0]: layer}) for e in body.idx)
        order = (1, *(0 for _ in body.args[1:]))
        return Fun(body.name, (Var(roles.pre, (layer, unit)), *body.args[1:]), order, idx)

    return slope
