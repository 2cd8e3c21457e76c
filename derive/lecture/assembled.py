"""A network put together from the declarations of a text: the lines of its model, and what they leave in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.lecture.averages import averaged
from derive.lecture.claimed_shapes import solve_claims
from derive.lecture.declarations import Collected, Equation
from derive.lecture.enumerations import own_entries
from derive.lecture.facts import Facts
from derive.lecture.fit import HINTS
from derive.lecture.forward import ForwardPass
from derive.lecture.gradient_names import defined_by_derivatives
from derive.lecture.latex import latex_of
from derive.lecture.left_open import LinesLeftOut, OpenLosses, OpenNames
from derive.lecture.lines import (
    UNSAID_STEPS,
    alias_lines,
    class_lines,
    forward_line,
    function_lines,
    gradient_lines,
    one_hot_lines,
    setting_lines,
    shape_lines_of,
)
from derive.lecture.losses import OpenLoss, open_loss
from derive.lecture.matrix_parts import MatrixParts
from derive.lecture.model_text import ModelLine, quoted, written
from derive.lecture.own_shapes import LEAD, with_own_shapes
from derive.lecture.size_names import SizeNames
from derive.lecture.words import SYMMETRIC
from derive.lecture.written_equations import names_in
from derive.models.solve import Solver
from derive.reader.syntax import Group, Node, Tuple


@dataclass(frozen=True)
class Assembled:
    """A forward pass with the `lines` of its model, the `facts` that the text says of its inputs, and what it does not
    say and would have helped; `parts` are names of rows and columns with their matrix, `unsaid` losses of which it does
    not say what they depend on, `supposed` names whose shapes only claims say, `otherwise` letters that some sections
    declare with shapes that do not fit the equations of others."""

    chosen: ForwardPass
    lines: tuple[ModelLine, ...]
    facts: Facts
    missing: tuple[str, ...]
    parts: Mapping[str, str]
    unsaid: frozenset[str]
    supposed: frozenset[str]
    otherwise: Mapping[str, frozenset[int]]

    def places(self, added: int = 0) -> frozenset[tuple[int, int, int]]:
        """Return where the equations stand: formula, begin and end, those of formulas apart that were added before."""
        links = [(e.said.number, place) for e in self.chosen.equations for place in e.places]
        spans = [(number - added, span.start, span.end) for number, span in links]
        bodies = [(said.number, said.statement.body.span) for said in self.facts.said]
        lists = (said for said in self.chosen.found.text.said if own_entries(said.statement.body) is not None)
        bodies += [(said.number, said.statement.body.span) for said in lists]
        spans += [(number - added, span.start, span.end) for number, span in bodies]
        return frozenset(span for span in spans if span[0] >= 0)

    def open_losses(self) -> OpenLosses:
        """Return the losses that the text leaves open, and the names of their gradients."""
        notation = self.chosen.found.gradients
        loses = notation is not None and self.chosen.key(notation.loss) not in self.chosen.defined
        return OpenLosses(self.unsaid, self.chosen.of_open_losses(), notation, loses, self._unread_gradients())

    def open_names(self) -> OpenNames:
        """Return the names of which the text says what no line says, and those that nothing ties to the network."""
        heads = frozenset(name for name, _ in self.chosen.found.unread_heads)
        return OpenNames(self._properties(), self._symmetric(), heads, *self._apart_and_tied(), self._loose())

    def lines_left_out(self, added: int) -> LinesLeftOut:
        """Return the first definitions that are no line of the network, since they do not fit or are open, with their
        names without indices, L = Σ_i L_i, beside an L_i of the network."""
        out = self._not_taken()
        places = frozenset((e.said.number - added, e.left.span.start, e.right.span.end) for e in out)
        names = {e.left.base.plain or "" for e in out if not e.left.scripted and e.arguments is None}
        members = {equation.left.base.plain for equation in self.chosen.equations if equation.left.scripted}
        own = frozenset(names & members - set(self.chosen.given) - {""})
        steps = any(line.note == UNSAID_STEPS for line in self.lines)
        gradients = frozenset(node.base.plain or "" for node in self.chosen.found.spoiled)
        return LinesLeftOut(places, own, self._unfit(), steps, self._means(added), gradients)

    def _means(self, added: int) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
        """Return the names that the network has for one example and the text also for the mean of all, with the
        formulas that say them to be the mean, and to be of one."""
        equations = self.chosen.found.equations

        def numbers(places: set[int]) -> frozenset[int]:
            return frozenset(equations[place].said.number - added for place in places)

        return {name: (numbers(of_all), numbers(of_one)) for name, (of_all, of_one) in averaged(equations).items()}

    def _not_taken(self) -> list[Equation]:
        chosen, found = self.chosen, self.chosen.found
        known = chosen.defined | {chosen.key(equation.left) for equation in chosen.claims}
        known |= {key for node in found.spoiled for key in chosen.keys(node)}
        gradients = {name for name, _ in defined_by_derivatives(found.text)}
        equations = [e for e in found.equations if not e.alias and chosen.key(e.left) not in known]
        return [e for e in equations if e.left.base.plain not in gradients]

    def _properties(self) -> dict[str, frozenset[str]]:
        """Return the names of which the text says what no line of a model says, with all that is computed from them."""
        found = {key for key, _ in self.facts.properties()} | self._constrained()
        if not found:
            return {}
        chosen = replace(self.chosen, equations=tuple(self.chosen.found.equations))
        lefts = {equation.base: chosen.ingredients(chosen.key(equation.left)) for equation in chosen.equations}
        plain = {key: chosen.solver.forms[key].plain if key in chosen.solver.forms else key for key in found}
        return {plain[key]: frozenset({plain[key], *(b for b, used in lefts.items() if key in used)}) for key in found}

    def _constrained(self) -> set[str]:
        """Return the names that are taken as given and may not have any value, as the text says how to compute them."""
        chosen = self.chosen
        free = {e.left.base.plain for e in chosen.found.equations if is_list(e.right)}
        forms = chosen.solver.forms.items()
        return {key for key, form in forms if form.plain in chosen.given and form.plain not in free}

    def _symmetric(self) -> frozenset[str]:
        """Return those names of them of which it says no more than that they are symmetric."""
        said = list(self.facts.properties())
        others = {key for key, value in said if value != SYMMETRIC}
        return self._plain({key for key, _ in said} - others)

    def _unread_gradients(self) -> frozenset[str]:
        """Return the names that the text says by derivatives of what is no part of this network: dh = ∂L/∂h, where the
        formula of L cannot be read."""
        own = defined_by_derivatives(self.chosen.found.text)
        return frozenset(name for name, tops in own if any(self.chosen.key(top) in self.chosen.unclear for top in tops))

    def is_guessed(self) -> bool:
        """Return whether only the look of a letter says what shape a name of the network has."""
        chosen = self.chosen
        names = {key for e in chosen.equations for key in (chosen.key(e.left), *chosen.mentions(e))}
        return bool(chosen.solver.guessed & names)

    def _loose(self) -> dict[str, int]:
        """Return the names that are no part of the forward pass, each with the section that declares it."""
        found = self.chosen.found
        inside = {node.base.plain for e in self.chosen.arrays for node in (e.left, *names_in(e.right))}
        shapes = [(declared.plain, declared.number) for declared in found.shapes]
        said = (w for w in found.words if w.meaning in {"matrix", "vector", "number"})
        words = [(word.name.base.plain or "", word.number) for word in said]
        places = {plain: found.text.section(number) for plain, number in reversed((*words, *shapes))}
        return {plain: place for plain, place in places.items() if plain not in inside and place > LEAD}

    def of_other_shapes(self) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
        """Return the letters that sections declare with shapes that the network does not have, with these sections, and
        those of the equations that have them; none of the latter where a model says it."""
        found: dict[str, tuple[frozenset[int], frozenset[int]]] = {}
        for plain, sections in self.otherwise.items():
            nodes = ((e, node) for e in self.chosen.equations for node in (e.left, *names_in(e.right)))
            own = {equation.said for equation, node in nodes if node.base.plain == plain}
            added = any(said.is_added for said in own)
            section = self.chosen.found.text.section
            found[plain] = sections, frozenset() if added else frozenset(section(said.number) for said in own)
        return found

    def one_hot(self) -> dict[str, tuple[str, str]]:
        """Return the vectors that words call one-hot, where no line says at which index: how they are written, and how
        long they are."""
        chosen, text = self.chosen, self.chosen.found.text
        known = {line.name for line in self.lines if line.table == "where"} | chosen.defined
        found: dict[str, tuple[str, str]] = {}
        for word in chosen.found.words:
            plain = word.name.base.plain or ""
            shape = chosen.solver.shapes.get(chosen.key(word.name), chosen.solver.shapes.get(plain))
            is_one = word.meaning in {"one-hot", "one-hot of"} and chosen.key(word.name) not in known
            if is_one and shape is not None and shape.rank == 1:
                size = SizeNames(chosen.found, chosen.solver).text(chosen.solver.known(shape.sizes[0]))
                found[plain] = latex_of(text.regions[word.number], word.name.span), size
        return found

    def _unfit(self) -> int:
        """Return how many equations that a model adds are no lines of the network."""
        lines = [*self.chosen.equations, *self.chosen.claims]
        added = [e for e in self.chosen.found.equations if e.said.is_added and not e.alias]
        return sum(all(e.left is not line.left for line in lines) for e in added)

    def _apart_and_tied(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the arrays of which only the shape is said, and the names of the forward pass.

        As inputs of their own the former may be something else than the text means: the x_n beside a matrix X may be
        its rows, if nothing says so.
        """
        chosen, solved = self.chosen, self.chosen.solver.shapes
        tied = {key for e in chosen.equations for key in (chosen.key(e.left), *chosen.mentions(e))}
        tied |= {name for pair in self.parts.items() for name in pair if tied & set(pair)}
        known = tied | {line.name for line in self.lines if line.table == "where"} | chosen.unclear
        shapes = {line.name for line in self.lines if line.table == "shapes"} - known
        arrays = {key for key in shapes if "@" in key or key not in solved or solved[key].rank}
        return self._plain(arrays), self._plain(tied)

    def supposed_names(self) -> dict[str, bool]:
        """Return the names whose shapes only claims say, and whether words say at least that they are arrays."""
        words = (word for word in self.chosen.found.words if word.meaning in {"some matrix", "some vector"})
        said = {self.chosen.key(word.name) for word in words}
        forms = self.chosen.solver.forms
        return {forms[key].plain: key in said for key in self.supposed if key in forms}

    def _plain(self, keys: set[str]) -> frozenset[str]:
        forms = self.chosen.solver.forms
        return frozenset(forms[key].plain for key in keys if key in forms)

    def at_fault(self, line: int) -> set[int | str] | None:
        """Return what to leave out, so that the model may make sense: what a line of its text says, else the last
        equation; None where there is none."""
        text = written(self.lines, "").split("\n")
        shown = text[line - 1] if line <= len(text) else ""
        for equation in self.chosen.equations:
            if quoted(forward_line(self.chosen, equation).text) in shown:
                return {self._number(equation.left)}
        for own in self.lines:
            if own.text and quoted(own.key or own.text) in shown:
                return {own.text}
        return {self._number(self.chosen.equations[-1].left)} if self.chosen.equations else None

    def _number(self, left: Node) -> int:
        return next(n for n, other in enumerate(self.chosen.found.equations) if other.left is left)


def assemble(
    found: Collected, dropped: frozenset[int | str], spare: bool, facts: Sequence[str] = (), names: Sequence[str] = ()
) -> Assembled:
    """Return the network that declarations make up, with further `facts` and `names`.

    `dropped` are the numbers of equations and the texts of other lines to leave out. A `spare` one says no shape of
    names of which only entries are written, since the ranges of their indices say it.
    """
    fitted, otherwise = with_own_shapes(found, dropped)
    fitting, chosen, examples = fitted.fitting, fitted.chosen.ordered(), fitted.examples
    found, solver = chosen.found, chosen.solver
    supposed = solve_claims(chosen, HINTS)
    loss = open_loss(chosen)
    forward = [forward_line(chosen, equation) for equation in chosen.equations]
    if isinstance(loss, OpenLoss):
        forward.append(loss.line(found))
        chosen = replace(chosen, open_losses=frozenset((loss.key,)))
    elif loss is not None:
        fitting.missing.append(loss)
    for example in examples:
        at = max((n + 1 for n, line in enumerate(forward) if line.name == example.whole), default=0)
        forward.insert(at, example.line)
    sizes, parts = SizeNames(found, solver), MatrixParts(chosen, {example.key: example.whole for example in examples})
    shapes = list(shape_lines_of(chosen, sizes, spare, supposed))
    said = Facts(chosen, _inputs(chosen, shapes))
    rows = list(parts.rows_and_columns(sizes))
    shapes = [line for line in shapes if line.name not in parts.of]  # the matrix says them
    lines = [
        *rows,
        *forward,
        *shapes,
        *class_lines(chosen, sizes),
        *alias_lines(chosen),
        *parts.entries(),
        *said.lines(),
    ]
    lines += [ModelLine("where", name, None) for name in names]
    lines += [*one_hot_lines(chosen), *gradient_lines(chosen), *setting_lines(chosen), *function_lines(chosen)]
    cut = frozenset(name for names in chosen.given.values() for name in names)
    lines = [line for line in lines if line.table != "shapes" or _plain_of(line, solver) not in cut]
    kept = [line for line in lines if line.text not in dropped] + [ModelLine("assume", fact, None) for fact in facts]
    unsaid = frozenset((loss.key,)) if isinstance(loss, OpenLoss) and loss.unsaid else frozenset()
    missing = tuple(dict.fromkeys(fitting.missing))
    return Assembled(chosen, tuple(kept), said, missing, parts.of, unsaid, frozenset(supposed), otherwise)


def is_list(node: Node) -> bool:
    """Return whether an expression puts names side by side, which may have any value: [u, v]."""
    return isinstance(node, Group) and node.opening in {"[", "("} and isinstance(node.body, Tuple)


def _plain_of(line: ModelLine, solver: Solver) -> str:
    """Return the letter of the name whose shape a line says."""
    return solver.forms[line.name].plain if line.name in solver.forms else line.name


def _inputs(chosen: ForwardPass, shapes: Sequence[ModelLine]) -> frozenset[str]:
    used = {key for equation in chosen.equations for key in chosen.mentions(equation)} & set(chosen.solver.shapes)
    return frozenset((used | {line.name for line in shapes}) - chosen.defined - chosen.unclear)
