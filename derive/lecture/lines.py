"""The lines of a model that a forward pass makes: its equations, shapes, further names, functions and settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from derive.algebra.index import Index, lin
from derive.document.pieces import FormulaRegion
from derive.lecture.declarations import Declared, Equation
from derive.lecture.forward import ForwardPass
from derive.lecture.latex import latex_of
from derive.lecture.letters import FIRST
from derive.lecture.losses import OPEN_LOSS
from derive.lecture.model_text import ModelLine
from derive.lecture.ranges_said import conditions_of
from derive.lecture.repeated_indices import sums_in
from derive.lecture.said import is_added
from derive.lecture.size_equations import size_equations
from derive.lecture.size_names import SizeNames
from derive.lecture.written_equations import argument_names, names_in, place_of_equation, statement_of, sums_of
from derive.models.letters import quantified_letters, shifted_letters
from derive.models.uses import OF_NUMBERS
from derive.reader.syntax import Node, walk

UNSAID_STEPS = "steps that the text does not count"
"""The note of a line whose range follows only from its recursion."""
_END_OF = {r"\ell": "L"}
"""The last step of a letter, if it is not its capital."""


def forward_line(chosen: ForwardPass, equation: Equation) -> ModelLine:
    """Return the line of an equation, with its conditions."""
    if (head := chosen.open_vector(equation)) is not None:
        return _line_of_entries(chosen, equation, head)
    region = equation.said.region
    end = equation.arguments.span if equation.arguments is not None else equation.left.span
    renamed = _renamed(chosen, equation)
    right = latex_of(region, equation.right.span, renamed, sums_in(equation.right))
    for part, other in equation.through:
        name = latex_of(other.said.region, other.left.span, dict(other.renamed))
        right = right.replace(latex_of(region, part.span), name)
    text = f"{latex_of(region, equation.left.span | end, renamed)} = {right}"
    conditions = list(conditions_of(equation, chosen.found)) or list(_layers_from_a_start(chosen, equation))
    conditions = conditions or list(_as_far_as_a_sum(chosen, equation))
    steps = [] if conditions else list(_steps(chosen, equation))
    if conditions or steps:
        text += rf" \quad ({', '.join(conditions or steps)})"
    note = UNSAID_STEPS if steps else ""
    return ModelLine("forward", text, place_of_equation(equation), name=chosen.key(equation.left), note=note)


def _line_of_entries(chosen: ForwardPass, equation: Equation, head: Node) -> ModelLine:
    """Return the line of what an open function says entry by entry: x_k = f_k(x_{k-1}, w_k) as x_{k,i} = f^k_i(…)."""
    region, unit = equation.said.region, _entry_letter(chosen)
    left, below = equation.left, ""
    if left.sub is not None:
        below = f"{latex_of(region, left.sub.span).strip('{}')},"
    raised = "".join(f"^{{{piece.text}}}" for piece in left.pieces)
    name = f"{latex_of(region, left.base.span)}_{{{below}{unit}}}{raised}"
    right = latex_of(region, equation.right.span)
    function = latex_of(region, head.span)
    text = f"{name} = {right.replace(function, _of_entry(region, head, unit), 1)}"
    conditions = list(conditions_of(equation, chosen.found))
    text += rf" \quad ({', '.join(conditions)})" if conditions else ""
    return ModelLine("forward", text, place_of_equation(equation), name=chosen.key(left), note="entry by entry")


def _entry_letter(chosen: ForwardPass) -> str:
    """Return a letter that the text does not use, for the entries of vectors."""
    used = {node.symbol for body in chosen.found.text.bodies for node in walk(body)}
    return next((letter for letter in "ijmpqrsuv" if letter not in used), "i")


def _of_entry(region: FormulaRegion, head: Node, unit: str) -> str:
    """Return the name of an open function for one of its entries: f^{k}_{i} for f_k."""
    scripts = [head.sub] if head.sub is not None else list(head.pieces)
    layers = "".join(f"^{{{latex_of(region, node.span).strip('{}')}}}" for node in scripts)
    return f"{latex_of(region, head.base.span)}{layers}_{{{unit}}}"


def _layers_from_a_start(chosen: ForwardPass, equation: Equation) -> Iterator[str]:
    """Yield the range of a layer that no sentence says: a^{(l)} = … behind a^{(0)} = x, up to the last one, a^{(m)}."""
    left = chosen.solver.use(equation.left)
    own = left.layers[0].atom if left is not None and len(left.layers) == 1 else None
    depths = sorted(chosen.solver.depths & chosen.solver.ends)
    if left is None or not isinstance(own, Index) or left.layers[0].const or len(depths) != 1:
        return
    uses = [use for e in chosen.equations if (use := chosen.solver.use(e.left)) is not None and use.key == left.key]
    starts = [use.layers[0].const for use in uses if use.layers[0].is_const]
    if len(starts) == 1:
        yield rf"{starts[0] + 1} \le {own} \le {depths[0]}"


def _as_far_as_a_sum(chosen: ForwardPass, equation: Equation) -> Iterator[str]:
    """Yield the range of a letter that no sentence says, where a sum counts the same name: the o of
    y_o = e^{u_o v} / Σ_{w=1}^V e^{u_w v}."""
    left = chosen.solver.use(equation.left)
    letters = [*map(str, (value.atom for value in left.layers)), *left.units] if left is not None else []
    uses = list(chosen.uses(equation))
    for letter in letters:
        names = {use.key for use in uses if letter in {str(value.atom) for value in use.layers}}
        counted = [(use.key, str(value.atom)) for use in uses for value in use.layers]
        ends = [end for other, end in sums_of(equation) if any((name, other) in counted for name in names)]
        yield from (rf"1 \le {letter} \le {end}" for end in ends[:1])


def _steps(chosen: ForwardPass, equation: Equation) -> Iterator[str]:
    """Yield the range of a letter that counts the steps of a recursion, where the text says none: the t of
    h_t = g(W h_{t-1} + x_t) counts from 1 up to any T.

    A text that declares h_{t-1} alone speaks of one step, and one that names the last step, a^L, says it.
    """
    left = chosen.solver.use(equation.left)
    letter = left.layers[0].atom if left is not None and len(left.layers) == 1 else None
    if not isinstance(letter, Index) or chosen.solver.depths or letter.name in dict(chosen.found.ranges):
        return
    steps = [(other, use) for other in chosen.equations if (use := chosen.solver.use(other.left)) is not None]
    own = [(other, use) for other, use in steps if use.layers == (lin(letter),)]
    reached = {name for other, _ in own for name in chosen.ingredients(chosen.key(other.left))}
    before = {use.key for other, _ in own for use in chosen.uses(other) if use.layers == (lin(letter) - 1,)}
    fixed = any(
        use.key == mine.key and not use.layers[0].indices() and use.layers != (lin(0),)
        for _, use in steps
        for _, mine in own
        if use.layers
    )
    end = _END_OF.get(letter.name, letter.name.upper())
    told = any(list(conditions_of(other, chosen.found)) for other, _ in own)
    told |= any(re.search(rf"\b{re.escape(letter.name)} *- *1", said.text) for said in chosen.found.shapes)
    if before & reached & {use.key for _, use in own} and not fixed and not told and _is_free(end, chosen):
        yield rf"1 \le {letter.name} \le {end}"


def _is_free(letter: str, chosen: ForwardPass) -> bool:
    """Return whether a text uses a letter for nothing but the end of a range: beside names, or above them."""
    nodes = (node for said in chosen.found.text.said for node in names_in(said.statement.body))
    return letter == "L" or all(node.base.plain != letter for node in nodes)


def _fixed_members(chosen: ForwardPass) -> dict[str, tuple[str, str]]:
    """Return the names of which equations use a fixed member only, v_c, with the letter with which they are declared
    and the one of that member: v_w, u_w ∈ ℝ^d beside Σ_{w=1}^V u_w; and those whose letter no equation has."""
    ranged = {letter for equation in chosen.equations for letter, _ in sums_of(equation)}
    ranged |= {letter for letter, _ in chosen.found.ranges}
    ranged |= quantified_letters(statement_of(equation) for equation in chosen.equations)
    used: dict[str, set[str]] = {}
    for equation in chosen.equations:
        for use in (*chosen.uses(equation), chosen.solver.use(equation.left)):
            if use is not None:
                used.setdefault(use.key, set()).update(str(value.atom) for value in use.layers)
    met = ranged.union(*used.values(), *(use.units for e in chosen.equations for use in chosen.uses(e)))
    found: dict[str, tuple[str, str]] = {}
    for key in set(used) - chosen.defined:
        letter = next(iter(chosen.solver.called.get(key, ())), "")
        fixed = len(used[key]) == 1 and not used[key] & {*ranged, letter}
        if key.count("@") == 1 and letter and (fixed or letter not in met):
            found[key] = letter, min(used[key])
    return found


def _renamed(chosen: ForwardPass, equation: Equation) -> dict[str, str]:
    """Return other letters for the arguments of a function of one number that are names of arrays, too: σ(x) = … where
    the data are x_1, …, x_n."""
    solver = chosen.solver
    if solver.functions.get(equation.base) != "each":
        return {}
    arrays = {solver.forms[key].plain for key, shape in solver.shapes.items() if shape.rank and key in solver.forms}
    letters = [node.symbol for node in argument_names(equation) if node.base.plain in arrays and node.symbol]
    taken = {node.symbol for said in chosen.found.text.said for node in walk(said.statement.body)}
    free = (letter for letter in "uvtsrqpz" if letter not in taken)
    return dict(zip(letters, free, strict=False))


def _size_equations(chosen: ForwardPass, sizes: SizeNames) -> Iterator[ModelLine]:
    """Yield the sizes that the text says by others, M = N - K + 1, where the network has them."""
    for one in size_equations(chosen.found, chosen.solver):
        body = one.said.statement.body
        place = Declared(one.name, one.said.region.latex, one.said.region, body.span, one.said.number)
        yield ModelLine("shapes", f"{one.name} = {sizes.text(one.value)}", place)


def shape_lines_of(
    chosen: ForwardPass, sizes: SizeNames, spare: bool, supposed: Mapping[str, Declared]
) -> Iterator[ModelLine]:
    """Yield the shapes that are said, then those that are solved, where nothing else gives them.

    `spare` says no shape of names of which only entries are written, since the ranges of their indices say it;
    `supposed` are names of claims with the places that say their shapes.
    """
    solver, found = chosen.solver, chosen.found
    nodes = [node for equation in chosen.equations for node in (equation.left, *names_in(equation.right))]
    used = {chosen.key(node) for node in nodes} | set(supposed)
    functions = {e.base for e in chosen.equations if e.arguments and solver.functions.get(e.base) == "each"}
    for name, value in (*solver.sizes.at_ends().items(), *solver.sizes.at_ends_of_sums()):
        yield ModelLine("shapes", f"{name} = {sizes.text(value)}", None, note="follows from the equations")
    yield from _size_equations(chosen, sizes)
    yield from _shapes_of_ranges(chosen)
    members = _fixed_members(chosen)
    for key, (text, declared) in chosen.declared.items():
        if key not in chosen.unclear:
            letter, member = members.get(key, ("", ""))
            said = _at_each_step(key, text, chosen, sizes)
            yield ModelLine("shapes", re.sub(rf"_(\{{?){letter}\b", rf"_\g<1>{member}", said), declared, name=key)
    every = [name for said in found.text.said for name in names_in(said.statement.body)]
    uses = [use for node in (*nodes, *every) if (use := solver.use(node)) is not None]
    whole = {use.key for use in uses if not use.units} | {chosen.key(word.name) for word in found.words}
    open_ones = {chosen.key(equation.left) for equation in chosen.equations if chosen.open_vector(equation) is not None}
    for key in solver.forms:
        if key in chosen.declared or key not in used - chosen.placeholders or key not in solver.shapes:
            continue
        form = solver.forms[key]
        alone = form.above and any(other.plain == form.plain and not other.above for other in solver.forms.values())
        computed = key in chosen.defined - open_ones and "@" not in key and not alone and form.plain not in solver.pairs
        if computed or (spare and key not in whole | solver.pairs):
            continue  # it has the shape of its value, or that of its indices
        if form.base in functions or form.base in found.functions:
            continue
        letters = [*solver.called.get(key, ()), *sizes.letters(form)]
        text = rf"{form.text(letters)} \in \mathbb{{R}}{sizes.exponent(solver.shapes[key], letters)}"
        yield ModelLine("shapes", text, supposed.get(key), name=key, note="solved from the equations")


def _at_each_step(key: str, text: str, chosen: ForwardPass, sizes: SizeNames) -> str:
    """Return what a text says of the shape at a first step, x_0 ∈ ℝ^n, as that of all steps, which are computed."""
    form, shape = chosen.solver.forms.get(key), chosen.solver.shapes.get(key)
    if form is None or shape is None or not key.endswith("@") or FIRST.search(text) is None:
        return text
    letters = sizes.letters(form)
    return rf"{form.text(letters)} \in \mathbb{{R}}{sizes.exponent(shape, letters)}"


def _shapes_of_ranges(chosen: ForwardPass) -> Iterator[ModelLine]:
    """Yield the shapes of what is defined by entries whose index is shifted, y_i = Σ_k w_k x_{i+k-1} up to N - K + 1,
    and of what is computed from them entry by entry: such an index is none of a layer."""
    solver, done = chosen.solver, {key: [""] for key in chosen.declared}
    shifted = shifted_letters(statement_of(equation) for equation in chosen.arrays)
    for equation in chosen.arrays:
        use = solver.use(equation.left)
        if use is None or use.layers or not use.units or use.key in done:
            continue
        said = " ; ".join(conditions_of(equation, chosen.found))
        ends = [_end_of(unit, said) for unit in use.units]
        alike = (own for node in names_in(equation.right) if (own := solver.use(node)) and own.units == use.units)
        ends = ends if all(ends) else next((done[own.key] for own in alike if own.key in done), ends)
        if all(ends) and (shifted.intersection(use.units) or any(sign in end for end in ends for sign in "+-")):
            done[use.key] = ends
            name = latex_of(equation.said.region, equation.left.base.span)
            sizes = r" \times ".join(f"({end})" for end in ends)
            text = rf"{name} \in \mathbb{{R}}^{{{sizes}}}"
            yield ModelLine("shapes", text, place_of_equation(equation), name=use.key, note="the ranges of its indices")


def _end_of(letter: str, said: str) -> str:
    """Return how many values a letter has from 1 or 0 on by conditions; "" where they say something else."""
    found = re.search(
        rf"(?<![\w\\]){letter} *= *([01]) *, *\\[a-z]*dots *, *([^;,]+)|([01]) *\\leq? *{letter} *\\leq? *([^;,]+)",
        said,
    )
    if found is None:
        return ""
    first, last = (found[1] or found[3]), (found[2] or found[4]).strip()
    return last if first == "1" else f"{last} + 1"


def class_lines(chosen: ForwardPass, sizes: SizeNames) -> Iterator[ModelLine]:
    """Yield the sets of names that are indices of others: y_i is one of 1, …, K where p_{y_i} is an entry of K."""
    solver = chosen.solver
    done: set[str] = set()
    for equation in chosen.equations:
        for node in names_in(equation.right):
            use = solver.use(node)
            shape = solver.shapes.get(use.key) if use is not None else None
            pairs = zip(use.units, shape.sizes, strict=False) if use is not None and shape is not None else ()
            for unit, length in pairs:
                if unit in solver.classes - done and node.sub is not None:
                    done.add(unit)
                    text = rf"{unit} \in \{{1, \dots, {sizes.text(solver.known(length))}\}}"
                    place = Declared("", text, equation.said.region, node.sub.span, equation.said.number)
                    yield ModelLine("shapes", text, place, note="an index of a class")


def alias_lines(chosen: ForwardPass) -> Iterator[ModelLine]:
    """Yield the further names of entries, and one-hot vectors."""
    done: set[str] = set()
    known = chosen.defined | (set(chosen.declared) - chosen.unclear)
    for equation in chosen.found.equations:
        key, same = chosen.key(equation.left), chosen.key(equation.right)
        if same and equation.right.scripted and same not in known:
            continue
        if equation.alias and key and key not in done:
            done.add(key)
            line = forward_line(chosen, equation)
            yield ModelLine("where", line.text, line.said, name=key)


def one_hot_lines(chosen: ForwardPass) -> Iterator[ModelLine]:
    """Yield the vectors that words call one-hot at an index of the network: y = e(c)."""
    text = chosen.found.text
    for word in chosen.found.words:
        letters = [statement.body for statement in text.of(word.other)] if word.meaning == "one-hot of" else []
        if len(letters) == 1 and letters[0].symbol and chosen.key(word.name) not in chosen.defined:
            region, other = text.regions[word.number], text.regions[word.other]
            line = f"{latex_of(region, word.name.span)} = e({latex_of(other, letters[0].span)})"
            place = Declared("", line, region, word.name.span, word.number)
            yield ModelLine("where", line, place, name=chosen.key(word.name), note="one-hot")


def gradient_lines(chosen: ForwardPass) -> Iterator[ModelLine]:
    """Yield the names of gradients that the text makes with an accent."""
    notation = chosen.found.gradients
    if notation is None or chosen.key(notation.loss) not in chosen.defined:
        return
    loss = latex_of(notation.region, notation.loss.span)
    known = chosen.defined | set(chosen.solver.shapes)
    done: set[str] = set()
    for said in chosen.found.text.said:
        for node, own in notation.names_in(said.statement.body):
            use = chosen.solver.use(own)
            shifted = use is not None and any(value.const for value in use.layers)
            if use is None or use.key not in known - done or use.units or use.turned or shifted:
                continue  # of z^{(t)} and z^{(t+1)} the first says the other
            done.add(use.key)
            name = notation.text_of(latex_of(said.region, node.span))
            text = rf"{name} = \frac{{\partial {loss}}}{{\partial {notation.text_without(name)}}}"
            place = Declared(use.key, text, said.region, node.span, said.number)
            yield ModelLine("where", text, place, name=chosen.key(node), note="the name of a gradient")


def setting_lines(chosen: ForwardPass) -> Iterator[ModelLine]:
    if chosen.found.layout:
        yield ModelLine("setting", f'"{chosen.found.layout}"', None, "layout")
    if chosen.found.lying:
        yield ModelLine("setting", '"row"', None, "gradients")
    if chosen.solver.spreads:
        yield ModelLine("setting", "true", None, "broadcast")


def _functions_of_entries(chosen: ForwardPass, key: str, declared: Declared) -> Iterator[ModelLine]:
    """Yield what the entries of an open function are: numbers."""
    for equation in chosen.equations:
        head = chosen.open_vector(equation)
        if head is not None and head.base.key == key:
            name = _of_entry(equation.said.region, head, _entry_letter(chosen))
            yield ModelLine("functions", "any scalar", declared, name)
            return


def function_lines(chosen: ForwardPass) -> Iterator[ModelLine]:
    """Yield the functions and the products of the text."""
    used = {node.base.key for equation in chosen.equations for node in names_in(equation.right)}
    for key, (value, declared) in chosen.found.functions.items():
        if value in {"any", "any scalar", *OF_NUMBERS} and key not in used and not is_added(declared.region):
            continue  # an open function that the network does not know is not another one than those it knows
        if value == "any vector":
            yield from _functions_of_entries(chosen, key, declared)
            continue
        yield ModelLine("functions", OF_NUMBERS.get(value, value), declared, declared.text)
    if chosen.open_losses:
        yield ModelLine("functions", "any scalar", None, OPEN_LOSS)
    for sign, value in chosen.solver.operators.items():
        yield ModelLine("operators", value, None, sign)
