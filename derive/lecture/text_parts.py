"""The parts of a text in which each name means one thing: where they begin, and which equations they need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_lowercase

from derive.lecture.declarations import BUILT_IN, Collected, Equation
from derive.lecture.ranges_said import conditions_of
from derive.lecture.said import heads_in
from derive.lecture.said_shapes import memberships
from derive.lecture.written_equations import argument_names, families_of_vectors, names_in, says_again, sums_of
from derive.reader.syntax import Additive, Group, Name, Node, Number, Relation, Text, children, walk

_RAISED = re.compile(r"\^(\{[a-z]\})")
"""An index above a name, which a slip of the pen may write below: z^l and z_l."""
_ENTRIES = "entries"
"""What a letter is said to be that has more indices than axes were said of it."""
MANY = 3
"""In how many sections a letter has another meaning, so that no slip of the pen explains it."""


def running_letters(whole: Collected) -> frozenset[str]:
    """Return the names that a text defines in so many ways in as many sections that each is of its section alone."""
    found: dict[str, dict[str, int]] = {}
    for number, key, meaning in _meanings(whole):
        found.setdefault(re.split(r"[_ ]", key)[0], {}).setdefault(meaning, whole.text.section(number))
    return frozenset(name for name, said in found.items() if len(set(said.values())) >= MANY)


def has_inputs(found: Collected, first: int) -> bool:
    """Return whether the part of a text that begins with a formula says the shapes of its own inputs."""
    return any(declared.number >= first for declared in found.shapes)


def is_computed_anew(names: set[str], found: Collected, first: int) -> bool:
    """Return whether the part of a text that begins with a formula computes names anew through names of its own."""
    equations = [equation for equation in found.equations if not equation.alias]
    known = {_name_of(equation) for equation in equations if equation.said.number < first}
    here = [equation for equation in equations if equation.said.number >= first]
    reached = {equation.left.base.plain for equation in here if _name_of(equation) not in known}
    for _ in here:
        reached |= {e.left.base.plain for e in here if {node.base.plain for node in names_in(e.right)} & reached}
    return names <= reached


def is_of_others(names: set[str], found: Collected, first: int) -> bool:
    """Return whether the part of a text that begins with a formula computes names anew from nothing of what they were
    computed from before: Y = X_1 + X_2 after Y = W X."""
    equations = [equation for equation in found.equations if not equation.alias and equation.base in names]
    before, here = ([e for e in equations if (e.said.number >= first) == behind] for behind in (False, True))
    used = [{node.text for e in part for node in names_in(e.right)} for part in (before, here)]
    return bool(names) and names <= {e.base for e in here} and not used[0] & used[1]


def computed_from(names: set[str], found: Collected) -> frozenset[str]:
    """Return names and all that equations compute from them."""
    reached = set(names)
    for _ in found.equations:
        for equation in found.equations:
            if _needs(equation) & reached:
                reached.add(equation.left.base.plain or "")
    return frozenset(reached)


def _needs(equation: Equation) -> set[str]:
    """Return the names that an equation computes something from; none for a function of its arguments alone, of which
    z is but a place: g(z) = z^3."""
    names = {node.base.plain or "" for node in names_in(equation.right)}
    places = {node.text for node in argument_names(equation)}
    closed = equation.arguments is not None and names - BUILT_IN <= places
    return set() if closed else names


@dataclass
class Part:
    """A part of a text: the number of its first formula, the names that it defines anew, the formulas that do, and the
    letters that have more indices in it than axes were said of them."""

    begin: int
    again: set[str] = field(default_factory=set)
    numbers: list[int] = field(default_factory=list)
    entries: set[str] = field(default_factory=set)


def epochs(whole: Collected, added: int = 0, place: int = 0) -> Iterator[tuple[int, Collected, Part]]:
    """Yield the parts of a text in which each name means one thing: the number of its first formula, what is said up
    to its end, its own declarations first, then the latest, and what it says anew.

    What a model says in the first `added` formulas is in force from a `place` of the text on: a part begins there.
    """
    first = added + place if place else 0
    parts = list(_parts(whole, added, first))
    ends = [*(part.begin for part in parts[1:]), len(whole.text.regions)]
    for at, (own, end) in enumerate(zip(parts, ends, strict=True)):
        if own.begin < first:
            continue
        spans = zip(parts[:at][::-1], ends[:at][::-1], strict=True)
        before = [number for part, stop in spans for number in range(part.begin, stop)]
        model = list(range(added)) if own.begin == first else []
        order = list(dict.fromkeys((*model, *range(own.begin, end), *before)))
        found = whole.up_to(range(own.begin, end), order)
        vectors = _told_apart(whole, own.begin, end)
        shapes = tuple(said for said in found.shapes if said.number >= own.begin or said.plain not in vectors)
        text = replace(whole.text, said=tuple(said for said in whole.text.said if said.number < end))
        equations = tuple(e for e in found.equations if not _is_of_another(e, own.entries, own.begin))
        found = replace(found, shapes=shapes, text=text, equations=equations)
        yield own.begin, replace(found, equations=tuple(_reached(found, own.begin, model))), own


def _parts(whole: Collected, added: int, first: int) -> Iterator[Part]:
    """Yield where the parts of a text begin; one does at a `first` formula behind what a model adds."""
    section, end = whole.text.section, len(whole.text.regions)
    part = Part(0)
    for number, key, meaning in (*_said_anew(whole, added, first), (end, "", "")):
        if part.begin < first <= number:
            yield part
            part = Part(first)
        if number == end:
            break
        if section(part.begin) != section(number):
            yield part
            part = Part(next(n for n in range(part.begin, number + 1) if section(n) == section(number)))
        part.numbers.append(number)
        names = part.entries if meaning == _ENTRIES else part.again
        names |= set() if key.endswith("()") else {re.split(r"[_ ]", key)[0]}
    yield part


def _is_of_another(equation: Equation, entries: set[str], begin: int) -> bool:
    """Return whether an equation before a part has letters in it that are something else in that part; the x of
    g(x) = e^x is a place for any."""
    letters = {node.base.plain for node in (*names_in(equation.left), *names_in(equation.right))}
    if equation.arguments is not None:
        letters -= {node.base.plain for node in argument_names(equation)}
    return equation.said.number < begin and not equation.said.is_added and bool(letters & entries)


def _said_anew(whole: Collected, added: int, first: int) -> Iterator[tuple[int, str, str]]:
    """Yield the formulas in which a section says of a name what others have not said of it, with the name and that.

    What a model adds before a `first` formula wins over what the text said before, and over what it says next.
    """
    said = sorted(_meanings(whole))
    model, text = ([one for one in said if (one[0] < added) == own] for own in (True, False))
    before, behind = ([one for one in text if (one[0] < first) == own] for own in (True, False))
    meant: dict[str, tuple[int, str]] = {}
    instead: dict[str, str] = {}
    for number, key, meaning in (*before, *model, *behind):
        if number < added:
            meant[key] = (number, meaning)
        known = meant.setdefault(key, (number, meaning))
        if known[1] == meaning or whole.text.section(known[0]) == whole.text.section(number):
            continue
        if known[0] >= added or instead.setdefault(key, meaning) != meaning:
            meant[key] = (number, meaning)
            yield number, key, meaning


def _reached(part: Collected, begin: int, model: Sequence[int]) -> list[Equation]:
    """Return the equations that stand from a formula on, and those before it that compute what the part speaks of, and
    what that is computed from: others could only fail to fit. What a `model` adds to the part stands in it, too.

    Where it speaks of a loss that is left open, which depends on what is last, also what is computed from these.
    """
    own = {*model, *range(begin, len(part.text.regions))}
    kept = [equation for equation in part.equations if equation.said.number in own]
    bodies = [said.statement.body for said in part.text.said if said.number >= begin and said.number in part.own]
    others = _indexed_alone(bodies)
    waiting = [equation for equation in part.equations if equation.said.number not in own]
    waiting = [equation for equation in waiting if equation.arguments is None or equation.base not in others]
    names = {name for body in bodies for name in _written(body)}
    open_losses = {w.name.base.plain for w in part.words if w.meaning in {"loss", "loss of"}}
    open_losses -= {equation.left.base.plain for equation in part.equations}
    goes_on = bool({plain for plain, _ in names} & open_losses)
    lefts, rights = ({id(e): set(_written(side(e))) for e in part.equations} for side in (_left_of, _right_of))
    while True:
        computed = {name for equation in kept for name in lefts[id(equation)]} if goes_on else set()
        reached = [e for e in waiting if lefts[id(e)] & names or rights[id(e)] & computed]
        if not reached:
            return [equation for equation in part.equations if equation in kept]
        kept += reached
        waiting = [equation for equation in waiting if equation not in reached]
        names |= {name for equation in reached for name in rights[id(equation)]}


def _left_of(equation: Equation) -> Node:
    return equation.left


def _right_of(equation: Equation) -> Node:
    return equation.right


def _written(node: Node) -> Iterator[tuple[str, str]]:
    """Yield the names in an expression, each with the words that stand on it: the act of g_{act}."""
    for name in names_in(node):
        scripts = (name.sub, *name.pieces)
        words = [part.text for script in scripts if script is not None for part in walk(script) if _is_word(part)]
        if name.base.plain:
            yield name.base.plain, " ".join(words)


def _is_word(node: Node) -> bool:
    """Return whether a script is a word or a letter in a font of its own, and no index."""
    return isinstance(node, Text) or (isinstance(node, Name) and (len(node.text) > 1 and not node.symbol))


def _indexed_alone(bodies: Sequence[Node]) -> set[str]:
    """Return the names that have indices and no arguments: the a_{ij} of formulas that mean nothing by a(w, x)."""
    indexed = {node.base.key or "" for body in bodies for node in walk(body) if node.sub is not None}
    return indexed - {key for key, _, _ in heads_in(bodies)}


def _told_apart(whole: Collected, begin: int, end: int) -> set[str]:
    """Return the names that are vectors with an index in a part of a text, and never stand alone there: w_k^T x."""
    statements = [said.statement for said in whole.text.said if begin <= said.number < end]
    nodes = [node for statement in statements for node in names_in(statement.body)]
    alone = {node.base.plain for node in nodes if node.sub is None}
    return set(families_of_vectors(statements, set(ascii_lowercase))) - alone


def _meanings(whole: Collected) -> Iterator[tuple[int, str, str]]:
    """Yield what names are said to be: the number of the formula, the name without indices, and what it is."""
    chains = [(other, _sides(other)) for other in whole.equations if other.arguments is None]
    plain = {other.base for other, _ in chains}
    for equation in whole.equations:
        if any(says_again(equation, other) for other in whole.equations if other is not equation):
            continue
        last = [(other, sides) for other, sides in chains if _is_said_before(other, equation)][-1:]
        if any(_in_full(equation.right) in sides for _, sides in last):
            continue
        if equation.arguments is not None and equation.base not in plain:
            yield equation.said.number, f"{equation.left.text}()", body_of(argument_names(equation), equation.right)
        elif not equation.alias:
            yield equation.said.number, _name_of(equation), _RAISED.sub(r"_\1", equation.right.text)
    yield from _counts(whole)
    for text, declared in memberships(whole):
        name, _, sets = text.partition(r"\in")
        yield declared.number, f"{declared.plain} {name.strip()}", re.sub(r"[\s{}]", "", sets)
    yield from ((number, f"{plain} {name}", _ENTRIES) for number, plain, name in _entries(whole))
    yield from _of_each_example(whole)


def _entries(whole: Collected) -> Iterator[tuple[int, str, str]]:
    """Yield the letters of which an equation writes more indices than they are said to have axes, w_{ij} after w ∈ ℝ^n:
    the number of the formula, the letter, and the name as it is declared."""
    axes: dict[str, dict[str, int]] = {}
    for text, declared in memberships(whole):
        name, _, sets = text.partition(r"\in")
        power = sets.partition("^")[2]
        axes.setdefault(declared.plain, {})[name.strip()] = power.count(r"\times") + bool(power)
    bare = {plain: own for plain, own in axes.items() if not any("_" in name or "^" in name for name in own)}
    for equation in whole.equations:
        for node in (*names_in(equation.left), *names_in(equation.right)):
            letters = [part.symbol for part in walk(node.sub) if part.symbol] if node.sub is not None else []
            count = len(letters) if all(letter in ascii_lowercase for letter in letters) else 0
            for name, rank in bare.get(node.base.plain or "", {}).items():
                if 0 < rank < count and node.sup is None:
                    yield equation.said.number, node.base.plain or "", name


def _of_each_example(whole: Collected) -> Iterator[tuple[int, str, str]]:
    """Yield the letters that stand for one example in z = g(x w + b), and are counted in a_i = g(x_i w + b), which says
    the same with an index on some of them: there z_i is given, and no entry of z. A bold letter is an
    array of its own at each index, whose size the other says."""
    shaped = {declared.plain for declared in whole.shapes}
    said: dict[str, list[Equation]] = {}
    for equation in whole.equations:
        for index in _indices_of_examples(equation.right):
            counted = {
                n.base.plain or "" for n in names_in(equation.right) if n.sub is not None and n.sub.symbol == index
            }
            bold = any(n.base.key != n.base.plain for n in names_in(equation.right) if n.base.plain in counted)
            alone = re.sub(rf"_(\{{{index}\}}|{index}(?![A-Za-z]))", "", _in_full(equation.right))
            for plain in () if counted & shaped or bold else counted:
                for other in said.get(alone, ()):
                    yield other.said.number, f"{plain} of an example", "alone"
                    yield equation.said.number, f"{plain} of an example", _ENTRIES
        said.setdefault(_in_full(equation.right), []).append(equation)


def _indices_of_examples(right: Node) -> set[str]:
    """Return the indices that some terms of a sum have, and others have not, x_i w + b: b is a number there, so that
    these count no entries, as they do in W_i x + b_i."""
    found: set[str] = set()
    for node in walk(right):
        terms = [term.node for term in node.terms] if isinstance(node, Additive) else []
        below = [{n.sub.symbol for n in names_in(term) if n.sub is not None} for term in terms]
        some = set().union(*below) if below else set()
        found |= {index for index in some if not all(index in own for own in below)}
    return found & set(ascii_lowercase)


def _sides(equation: Equation) -> set[str]:
    """Return what the chain of an equation says that its name is, in other words: C = e² = Σ_j e_j²."""
    body = equation.said.statement.body
    return {_in_full(link.node) for link in body.links} if isinstance(body, Relation) else set()


def _is_said_before(other: Equation, equation: Equation) -> bool:
    """Return whether an equation is about the same name as a later one."""
    return other.said.number < equation.said.number and other.left.text == equation.left.text


def _counts(whole: Collected) -> Iterator[tuple[int, str, str]]:
    """Yield how far names with one index are counted: those that a text counts with dots, and those in equations, by
    their sums and ranges. What is counted up to K in another part is something else than what was up to V."""
    for _, range_ in whole.ranges:
        yield from ((range_.number, f"{base} counted", range_.text.rpartition(",")[2].strip()) for base in range_.of)
    for equation in whole.equations:
        ends = dict(sums_of(equation))
        for condition in conditions_of(equation, whole):
            letter, _, end = condition.partition(r" = 1, \dots, ")
            ends.setdefault(letter, end)
        for node in names_in(equation.right):
            plain = node.sub is not None and all(piece.is_transpose for piece in node.pieces)
            letter = node.sub.symbol if node.sub is not None and plain else ""
            if len(ends.get(letter, "")) == 1:
                yield equation.said.number, f"{node.base.key} counted", ends[letter]


def _name_of(equation: Equation) -> str:
    """Return the name on a left side with what stands below and in brackets above it."""
    fixed = "".join(piece.text for piece in equation.left.pieces if isinstance(piece, Group | Number))
    below = equation.left.sub.text if equation.left.sub is not None else ""
    return f"{equation.left.base.plain}_{below}^{fixed}"


def body_of(arguments: Iterable[Node], right: Node) -> str:
    """Return the right side of f(x) = …, its arguments called by their place, so that f(z) = … says the same."""
    places = {node.text: f"#{place}" for place, node in enumerate(arguments)}
    tokens = re.findall(r"\\[A-Za-z]+|[^\W\d_]+|\S", _in_full(right))
    return " ".join((str(len(places)), *(places.get(token, token) for token in tokens)))


def _in_full(node: Node) -> str:
    """Return an expression as text, also what stands in fractions and sums, which its own text leaves out."""
    if "?" not in node.text:
        return node.text
    return f"{type(node).__name__}({','.join(map(_in_full, children(node)))})"
