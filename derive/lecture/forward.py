"""The forward pass of a text: which of its equations the network computes through, and which are claims about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.lecture.averages import averaged
from derive.lecture.declarations import BUILT_IN, Collected, Declared, Equation
from derive.lecture.said import heads_in
from derive.lecture.words import arguments_of
from derive.lecture.written_equations import about_the_same, is_of_another_layer, names_in, says_again
from derive.models.solve import Solver
from derive.models.terms import CONSTANTS
from derive.models.uses import OF_NUMBERS, Use
from derive.reader.derivatives import differentiated, has_derivative
from derive.reader.syntax import Additive, Group, Name, Node, Product, Tuple, mapped, walk
from derive.statements.not_numbers import has_array_marks


@dataclass(frozen=True)
class ForwardPass:
    """The equations that define what a network computes, in order, and the `claims` among those of the text.

    `declared` are the names whose shape the text says, with that as a membership; `open_losses` losses that it only
    names; `placeholders` letters of arguments that have the shape of the examples called so; `parts` names that may be
    parts of matrices, with those; `hoped` are equations of which the text takes the difference of the sides: what they
    define is given.
    """

    found: Collected
    solver: Solver
    declared: Mapping[str, tuple[str, Declared]]
    equations: tuple[Equation, ...] = ()
    claims: tuple[Equation, ...] = ()
    open_losses: frozenset[str] = frozenset()
    placeholders: frozenset[str] = frozenset()
    parts: Mapping[str, str] = field(default_factory=dict)
    hoped: tuple[Equation, ...] = ()

    def key(self, node: Node) -> str:
        """Return the name of a left side; "" where it is none."""
        use = self.solver.use(node)
        return use.key if use is not None else ""

    def keys(self, node: Node) -> set[str]:
        """Return the names that stand in an expression."""
        return {use.key for name in names_in(node) if (use := self.solver.use(name)) is not None}

    def uses(self, equation: Equation) -> Iterator[Use]:
        """Yield the names that an equation is computed from, where they are used."""
        for node in (*names_in(equation.right), *(other.left for _, other in equation.through)):
            use = self.solver.use(node)
            if use is not None:
                yield use

    def mentions(self, equation: Equation) -> set[str]:
        return self._with_wholes({use.key for use in self.uses(equation)})

    def _with_wholes(self, keys: set[str]) -> set[str]:
        return keys | {whole for part, whole in self.parts.items() if part in keys}

    def needs(self, equation: Equation) -> set[str]:
        """Return the names that an equation uses, those of other layers than its own apart."""
        left = self.solver.use(equation.left)
        uses = (use for use in self.uses(equation) if left is None or not is_of_another_layer(use, left))
        return self._with_wholes({use.key for use in uses})

    def ingredients(self, key: str) -> set[str]:
        """Return all names that one is computed from."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            new = self._used_by.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    @cached_property
    def _used_by(self) -> dict[str, set[str]]:
        """The names that stand in the equations of each one."""
        found: dict[str, set[str]] = {}
        for equation in self.equations:
            found.setdefault(self.key(equation.left), set()).update(self.mentions(equation))
        return found

    @cached_property
    def defined(self) -> frozenset[str]:
        """The names that the network computes."""
        return frozenset({self.key(equation.left) for equation in self.equations} - {""}) | self.open_losses

    @cached_property
    def unclear(self) -> frozenset[str]:
        """The names that are no inputs, although no equation of the network defines them: what others do, what is
        differentiated, and what derivatives define. They stay unknown, since an input would be something else."""
        lefts = [
            *(e.left for e in self.found.equations if e not in (*self.claims, *self.hoped) and not e.alias),
            *self.found.spoiled,
        ]
        lefts += [top for top, below in self.found.derivatives() if top.base.plain != below.base.plain]
        return frozenset({self.key(node) for node in lefts if node.base.plain not in self.given} - {""}) - self.defined

    @cached_property
    def said_otherwise(self) -> frozenset[str]:
        """The names of which the text says what is no line of the network and no claim about it."""
        own = {id(equation.left) for equation in (*self.equations, *self.claims, *self.hoped)}
        others = (e.left for e in self.found.equations if id(e.left) not in own and not e.alias)
        defined = {equation.left.base.plain for equation in self.found.equations}
        in_cases = (node for _, node in self.found.in_cases if node.base.plain not in defined)
        return frozenset(self.key(node) for node in (*others, *self.found.spoiled, *in_cases))

    @cached_property
    def given(self) -> Mapping[str, frozenset[str]]:
        """The names that equations define which are no lines of the network, as they do not fit or cannot be read, and
        that are as good as inputs all the same, with the names that they are computed from: none of those stands
        elsewhere in the network, so that whatever else is differentiated by does not change them."""
        found = self.found
        inside = {name for e in self.equations for side in (e.left, e.right) for name in _letters_in(side)}
        lines = {equation.left.base.plain for equation in (*self.equations, *self.claims, *self.hoped)}
        own = (e for e in found.equations if not e.alias and e.arguments is None)
        lefts = {equation.left.base.plain or "" for equation in own} & inside - lines
        lefts -= {node.base.plain for node in found.spoiled} | found.unread
        lefts -= {top.base.plain for top, below in found.derivatives() if below.base.plain in inside}
        sources = {left: _sources(left, found.equations) - self._no_variables for left in lefts}
        return {left: names for left, names in sources.items() if not names & (inside | {left} | found.unread)}

    @cached_property
    def _no_variables(self) -> set[str]:
        """The names of functions, sizes and indices."""
        solver = self.solver
        return {*solver.functions, *BUILT_IN, *solver.counts, *solver.letters, *CONSTANTS}

    @property
    def arrays(self) -> list[Equation]:
        """The equations that are no definitions of functions of one variable."""
        functions = self.solver.functions
        return [e for e in self.equations if e.arguments is None or functions.get(e.base) != "each"]

    def is_function(self, node: Node) -> bool:
        """Return whether a name is a function's."""
        return node.base.key in self.solver.functions or node.base.key in BUILT_IN

    def is_open_loss(self, key: str) -> bool:
        """Return whether a head is a function of a loss that is left open."""
        return key in self.found.functions and self.found.functions[key][0] == "any scalar"

    def is_open(self, key: str) -> bool:
        """Return whether a head is a function that is left open and gives a number."""
        return self.is_open_loss(key) or (key in self.found.functions and self.found.functions[key][0] in OF_NUMBERS)

    def open_vector(self, equation: Equation) -> Node | None:
        """Return the head of what is an open function with several values, the f_k of x_k = f_k(x_{k-1}, w_k)."""
        heads = [head for key, head, _ in heads_in([equation.right]) if self.solver.functions.get(key) == "open"]
        return heads[0] if heads else None

    def of_open_losses(self) -> frozenset[str]:
        """Return what depends on an open loss: L = l(o, y) and J = L + s."""
        found: set[str] = set()
        for _ in self.equations:
            for equation in self.equations:
                heads = [self.is_open_loss(key) for key, _, _ in heads_in([equation.right])]
                if any(heads) or any(node.base.key in found for node in names_in(equation.right)):
                    found.add(equation.base)
        return frozenset(found)

    def ordered(self) -> ForwardPass:
        """Return the equations with what each needs before it, else in the order of the document."""
        keys = [self.key(equation.left) for equation in self.equations]
        needs = [self.needs(equation) - {key} for equation, key in zip(self.equations, keys, strict=True)]
        waiting = list(range(len(self.equations)))
        ordered: list[Equation] = []
        while waiting:
            left = {keys[n] for n in waiting}
            free = next((n for n in waiting if not needs[n] & left), waiting[0])
            ordered.append(self.equations[free])
            waiting.remove(free)
        return replace(self, equations=tuple(ordered))

    def without(self, keys: set[str]) -> ForwardPass:
        """Return the forward pass without what defines some names."""
        kept = tuple(equation for equation in self.equations if self.key(equation.left) not in keys)
        return replace(self, equations=kept).through_names()

    def through_names(self) -> ForwardPass:
        """Let equations use the names that others give to parts of them: with z = W x + b, σ(W x + b) is σ(z), and with
        a_k = u_k^T x, if the text differentiates by it, exp(u_j^T x) is exp(a_j).

        A derivative by z is only meant if the network computes through it.
        """
        marked = {below.base.plain for _, below in self.found.derivatives()}
        named = [equation for equation in reversed(self.equations) if _names_a_part(equation, marked)]
        found = []
        for equation in self.equations:
            bodies = [node.body for node in walk(equation.right) if isinstance(node, Group)]
            pairs = ((body, _as_part(other, body)) for body in bodies for other in named if other is not equation)
            first: dict[str, tuple[Node, Equation]] = {}
            for body, own in pairs:
                if own is not None:
                    first.setdefault(body.text, (body, own))
            parts = tuple(first.values())
            found.append(equation if parts == equation.through else replace(equation, through=parts))
        return replace(self, equations=tuple(found))


def _names_a_part(equation: Equation, marked: set[str | None]) -> bool:
    """Return whether an equation gives a name to a sum, or to a product by which the text differentiates."""
    is_product = isinstance(equation.right, Product) and equation.left.base.plain in marked
    return equation.arguments is None and (isinstance(equation.right, Additive) or is_product)


def _as_part(equation: Equation, part: Node) -> Equation | None:
    """Return an equation whose right side is a part of another one, perhaps with another index; None if it is not."""
    if equation.right.text == part.text:
        return equation
    own = equation.left.sub.symbol if equation.left.sub is not None and equation.left.sup is None else ""
    letters = {node.sub.symbol for node in walk(part) if own and node.sub is not None} - {"", own}
    for letter in sorted(letters):
        if _with_letter(equation.right, own, letter).text == part.text:
            return replace(equation, left=_with_letter(equation.left, own, letter), renamed=((own, letter),))
    return None


def _with_letter(node: Node, old: str, new: str) -> Node:
    """Return an expression with another letter for one that stands alone, in indices, too."""
    if isinstance(node, Name) and node.symbol == old:
        return replace(node, letters=new)
    return mapped(node, lambda inner: _with_letter(inner, old, new))


def _sources(name: str, equations: Sequence[Equation]) -> frozenset[str]:
    """Return all names that one is computed from by equations."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        left = waiting.pop()
        own = (equation for equation in equations if equation.left.base.plain == left)
        new = {letter for equation in own for letter in _letters_in(equation.right)} - found
        found |= new
        waiting += new
    return frozenset(found)


def _letters_in(node: Node) -> set[str]:
    """Return the names in an expression, also those in exponents and indices."""
    return {inner.base.plain for inner in walk(node) if inner.base.plain}


def choose(start: ForwardPass, dropped: frozenset[int | str]) -> ForwardPass:
    """Return the equations that define: the first of each name, none that a derivative defines elsewhere.

    `dropped` are the numbers of equations to leave out. Names that have two definitions told apart by a letter, a_j of
    one layer and a_k of the next, become two names in the solver.
    """
    chosen, two = _first_definitions(start, dropped)
    if two and not start.solver.by_letter:
        start.solver.by_letter = frozenset(two | set(_weights_between(start, two)))
        chosen, two = _first_definitions(start, dropped)
    left_out = two | {chosen.key(e.left) for n, e in enumerate(start.found.equations) if n in dropped}
    return _on_its_way(_what_counts(_through_what_is_named(chosen).without(left_out)))


def _is_said_again(equation: Equation, chosen: ForwardPass) -> bool:
    """Return whether an equation says no more than another one of the text, at one layer."""
    return any(says_again(equation, other) for other in chosen.found.equations if other is not equation)


def _weights_between(start: ForwardPass, two: set[str]) -> Iterator[str]:
    """Yield the names of what connects units told apart by letters: the w of net_h = Σ_i w_{ih} x_i and of
    net_m = Σ_h w_{hm} o_h."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for equation in start.found.equations:
        if start.key(equation.left) in two:
            for use in start.uses(equation):
                found.setdefault(use.key, set()).add(use.units)
    yield from (key for key, units in found.items() if len(units) > 1 and all(len(one) == 2 for one in units))


def _first_definitions(start: ForwardPass, dropped: frozenset[int | str]) -> tuple[ForwardPass, set[str]]:
    """Return the first definition of each name, and the names that have two, for different unit letters."""
    found, use_of = start.found, start.solver.use
    spoiled = {start.key(node) for node in found.spoiled}
    aliases = {start.key(equation.left) for equation in found.equations if equation.alias}
    seen: dict[str, list[Use]] = {}
    two: set[str] = set()
    chosen = start
    needs = {start.key(equation.left): start.needs(equation) for equation in start.equations}
    unused = _of_one_example(found, start.solver) | set(_in_general(start))
    unused |= {place for of_all, _ in averaged(found.equations).values() for place in of_all}
    for number, equation in enumerate(found.equations):
        use = use_of(equation.left)
        if number in unused or use is None or use.key in spoiled or equation.alias or _is_said_again(equation, start):
            continue
        before = seen.setdefault(use.key, [])
        if use.key not in aliases and any(about_the_same(use, other) for other in before):
            others = any(use.units and other.units and use.units != other.units for other in before)
            two |= {use.key} if others and _closes_a_circle(use.key, start.needs(equation), needs) else set()
            continue
        if use.key not in aliases:
            before.append(use)
        if use.key in aliases or _closes_a_circle(use.key, start.needs(equation), needs):
            chosen = replace(chosen, claims=(*chosen.claims, equation))
        elif any(_would_vanish(other.right, equation) for other in found.equations):
            chosen = replace(chosen, hoped=(*chosen.hoped, equation))
        elif number not in dropped:
            chosen = replace(chosen, equations=(*chosen.equations, equation))
            needs[use.key] = start.needs(equation)
    return chosen, two


def _in_general(start: ForwardPass) -> Iterator[int]:
    """Yield the places of equations that only say what a name is computed from, h_t = f(h_{t-1}, x_t) with an f of
    which the text says nothing, where others say how."""
    found = start.found
    losses = {word.name.base.key or "" for word in found.words if word.meaning in {"loss", "loss of"}}
    open_ones = {key for key, kind in start.solver.functions.items() if kind == "open"}
    known = (set(start.solver.functions) - open_ones) | BUILT_IN | {e.base for e in found.equations} | losses
    general = {n for n, e in enumerate(found.equations) if _applies_only(e.right, known)}
    others = [(use, n) for n, e in enumerate(found.equations) if (use := start.solver.use(e.left)) and not e.alias]
    for place in general:
        own = start.solver.use(found.equations[place].left)
        same = (n for use, n in others if own is not None and use.key == own.key and about_the_same(own, use))
        if any(n not in general for n in same):
            yield place


def _applies_only(node: Node, known: set[str]) -> bool:
    """Return whether an expression is what is not known, applied to several names."""
    heads = [(key, head, group) for key, head, group in heads_in([node])]
    items = node.items if isinstance(node, Product) else ()
    if len(heads) != 1 or len(items) != 2 or items[0].node is not heads[0][1]:
        return False
    key, _, group = heads[0]
    names = group.body.items if isinstance(group.body, Tuple) else ()
    return key not in known and len(names) > 1 and all(name.base.key is not None for name in names)


def _of_one_example(found: Collected, solver: Solver) -> set[int]:
    """Return the places of equations in which a text of numbers computes with one example, y = w x, where others do so
    with each of several, the mean of (w x_i - y_i)^2: what those say counts.

    They have no index at all; what they define has one elsewhere, beside what it is computed from and what has none
    there either, the w of both.
    """
    if found.shapes or has_array_marks(side for e in found.equations for side in (e.left, e.right)):
        return set()
    without: list[tuple[int, list[str]]] = []
    counted: set[str] = set()
    beside: set[str] = set()
    for place, equation in enumerate(found.equations):
        uses = [use for side in (equation.left, equation.right) for node in names_in(side) if (use := solver.use(node))]
        if not any(use.units for use in uses):
            without.append((place, [use.key for use in uses]))
        else:
            counted |= {use.key for use in uses if use.units}
            beside |= {use.key for use in uses if not use.units}
    return {place for place, keys in without if keys and keys[0] in counted and set(keys) & (beside - counted)}


def _would_vanish(node: Node, equation: Equation) -> bool:
    """Return whether a difference is that of the two sides of an equation, which says then what is hoped for and no
    definition: y = Φ θ beside e = y - Φ θ."""
    sides = {equation.left.text, equation.right.text}
    sums = (inner for inner in walk(node) if isinstance(inner, Additive) and len(inner.terms) == 2)
    return len(sides) == 2 and any(
        {term.node.text for term in one.terms} == sides and one.terms[0].sign != one.terms[1].sign for one in sums
    )


def _closes_a_circle(key: str, below: set[str], needs: Mapping[str, set[str]]) -> bool:
    """Return whether a name is computed from itself by way of what stands `below` it in an equation, so that this is a
    claim: x = W^{-1} (z - b)."""
    waiting, seen = list(below), set[str]()
    while waiting:
        name = waiting.pop()
        if name == key:
            return True
        if name not in seen:
            seen.add(name)
            waiting += needs.get(name, ())
    return False


def _through_what_is_named(chosen: ForwardPass) -> ForwardPass:
    """Let a name be computed through another one that nothing else uses: with z = W x and h = σ(W x), h = σ(z).

    A text that gives a name to a part of a definition differentiates by it; and where it differentiates by what one of
    two definitions is computed from, L(a, y) beside L(ŷ^{(i)}, y^{(i)}), it means that one.
    """
    marked = {chosen.key(below) for _, below in chosen.found.derivatives()}
    for equation in chosen.found.equations:
        key = chosen.key(equation.left)
        first = next((at for at, other in enumerate(chosen.equations) if chosen.key(other.left) == key), None)
        if first is None or equation.alias or equation.said.number <= chosen.equations[first].said.number:
            continue
        if _is_said_again(equation, chosen):
            continue
        before, behind = chosen.equations[:first], chosen.equations[first + 1 :]
        others = [other for other in (*before, *behind) if not _is_idle(other, chosen)]
        used = {name for other in others for name in chosen.mentions(other)}
        other_way = replace(chosen, equations=(*before, equation, *behind)).through_names()
        own = other_way.equations[first]
        used |= chosen.mentions(chosen.equations[first])
        unused = other_way.mentions(own) & (chosen.defined | set(chosen.parts)) & marked - used
        needs = {chosen.key(other.left): chosen.needs(other) for other in (*before, *behind)}
        belows = {chosen.key(below) for top, below in chosen.found.derivatives(own=True) if chosen.key(top) == key}
        reached = other_way.ingredients(key) & belows and not chosen.ingredients(key) & belows
        if (unused or reached) and not _closes_a_circle(key, chosen.needs(own), needs):
            chosen = other_way
    return chosen


def _is_idle(equation: Equation, chosen: ForwardPass) -> bool:
    """Return whether an equation gives another name to what has one, ŷ = a, which nothing else uses."""
    key = chosen.key(equation.left)
    is_used = any(key in chosen.mentions(other) for other in chosen.equations)
    return (
        equation.right.base.key is not None
        and not is_used
        and key not in {chosen.key(t) for t, _ in chosen.found.derivatives()}
    )


def _on_its_way(chosen: ForwardPass) -> ForwardPass:
    """Leave out what lies on no way to a name that the text differentiates by it: that derivative would be zero.

    The text knows of a way, so that it says more than what is read of it. What is differentiated by several
    names of which none is on a way to it is left out itself: then its own equation says more than what is read.
    """
    applied = {e.base for e in chosen.equations if e.arguments is not None}
    found = chosen.found.derivatives(own=True)
    pairs = {(chosen.key(top), chosen.key(below)) for top, below in found if top.base.key not in applied}
    names = [(top, below) for top, below in sorted(pairs) if top != below or "@" in top]
    tops = {top: [below for other, below in names if other == top] for top, _ in names}
    nowhere = {top for top, belows in tops.items() if not chosen.ingredients(top) & set(belows)}
    chosen = chosen.without({top for top in nowhere if len(set(tops[top]) & chosen.defined) > 1})
    for top, below in names:
        if {top, below} <= chosen.defined and below not in chosen.ingredients(top):
            chosen = chosen.without({below})
    return chosen


def _what_counts(chosen: ForwardPass) -> ForwardPass:
    """Return what the text differentiates, what other equations use, and what is computed from that and stands beside
    derivatives; the rest is said in passing."""
    bodies = [said.statement.body for said in chosen.found.text.said]
    marked = {chosen.key(top) for top, _ in chosen.found.derivatives()}
    marked |= {key for body in bodies for node in differentiated(body) for key in chosen.keys(node)}
    marked |= {chosen.key(name) for word in chosen.found.words for name in arguments_of(word, chosen.found.text)}
    if chosen.found.gradients is not None:
        marked |= {chosen.key(own) for body in bodies for _, own in chosen.found.gradients.names_in(body)}
    if not marked - {""}:
        return chosen
    marked |= {key for equation in chosen.equations for key in chosen.mentions(equation)}
    beside = {key for body in bodies if has_derivative(body) for key in chosen.keys(body)}
    known = marked | set(chosen.declared) | set(chosen.solver.functions) | BUILT_IN
    kept: list[Equation] = []
    for equation in chosen.equations:
        key = chosen.key(equation.left)
        if key in marked or (key in beside and chosen.mentions(equation) <= known):
            kept.append(equation)
    return replace(chosen, equations=tuple(kept))
