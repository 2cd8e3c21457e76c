"""Which declarations of a document make up a network, what they leave open, and the lines of its model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.algebra.index import lin
from derive.errors import InputError, LatexError
from derive.lecture.collect import (
    BUILT_IN,
    Collected,
    Declared,
    Equation,
    conditions_of,
    differentiated,
    numerators,
)
from derive.lecture.facts import Entries, beside_logarithms, conditions_on_inputs, unread_conditions
from derive.lecture.latex import latex_of
from derive.lecture.losses import arguments_of
from derive.lecture.model_text import ADDED, ModelLine, quoted, written
from derive.lecture.said import Said, head_key, heads_in
from derive.lecture.size_names import SizeNames
from derive.lecture.words import Word, is_sizes
from derive.lecture.written_equations import (
    about_the_same,
    argument_names,
    has_two_letters,
    is_of_another_layer,
    layer_indices,
    letters_on_arrays,
    names_in,
    numbered_names,
    place_of_equation,
    raised_letters,
    range_statement,
    slots_of_bases,
    statement_of,
)
from derive.models.letters import (
    depth_letters,
    quantified_letters,
    shifted_letters,
    size_part,
    slot_letters,
    tokens_of,
    upper_limits,
)
from derive.models.lines import Line, ModelText
from derive.models.shapes import Declarations, read_sizes
from derive.models.solve import PLACE, Misfit, Shape, Solver, Use, head_of, solve
from derive.reader.parser import parse_formula
from derive.reader.syntax import (
    Additive,
    Group,
    Node,
    Relation,
    Tuple,
    walk,
)
from derive.source import Source, Span

HINTS = ("entries", "loss", "turned", "number", "matrix", "vector", "operand", "label", "numbered")
"""What fixes a shape where the equations leave it open, strongest first."""


LEAD = 1
"""The last part of a text whose declarations hold everywhere: what stands below its title."""


OPEN_LOSS = r"\operatorname{loss}"
"""What a loss is called that the text only names."""


STEPS = frozenset((r"\tau", "t"))
"""Letters of steps of time: a loss may depend on what is computed at each of them."""


PENALTIES = ("regulari", "penalt", "weight decay", "ridge", "régularis", "strafterm", "penaliz", "регуляриз", "正则")
"""Words of texts in which the loss is more than a function of what is computed last."""


_AXES: dict[str, int | None] = {"one-hot": None, "sums to one": None, "one-hot rows": 1, "one-hot columns": 0}
"""Words that say that a vector sums to one, or the entries along an axis of a matrix."""


_ENTRY_LETTERS = frozenset("ijkmn")
"""What the index of an entry is called, if nothing says over what it runs."""


_CAPITAL_OF = {"L": r"\ell"}
"""The letter of a layer that a capital belongs to, if it is another one."""


@dataclass
class Assembler:
    """Chooses the declarations that make up a network and solves what they leave open.

    `dropped` are the numbers of equations and the texts of other lines to leave out. A `spare` one says no shape of
    names of which only entries are written, since the ranges of their indices say it.
    """

    found: Collected
    dropped: frozenset[int | str]
    spare: bool = True
    missing: list[str] = field(default_factory=list)
    solver: Solver = field(init=False)
    chosen: list[Equation] = field(init=False)
    claims: list[Equation] = field(init=False, default_factory=list)
    open_losses: set[str] = field(init=False, default_factory=set)
    declared: dict[str, tuple[str, Declared]] = field(init=False, default_factory=dict)
    unsaid_losses: set[str] = field(init=False, default_factory=set)
    placeholders: set[str] = field(init=False, default_factory=set)
    unread: set[str] = field(init=False, default_factory=set)
    facts: list[Said] = field(init=False, default_factory=list)
    parts: dict[str, str] = field(init=False, default_factory=dict)

    def lines(self) -> list[ModelLine]:
        """Return the lines of the model."""
        self._letters()
        self._declare()
        self._choose()
        self._solve()
        ordered = self._ordered()
        out = [self._forward(equation) for equation in ordered]
        out += self._open_loss()
        sizes = SizeNames(self.found, self.solver)
        shapes = list(self._shapes(sizes))
        out = [*self._rows_and_columns(sizes), *out]
        others = [*self._aliases(), *self._entries(), *self._facts(shapes), *self._settings(), *self._functions()]
        return [line for line in (*out, *shapes, *others) if line.text not in self.dropped]

    def places(self, added: int = 0) -> frozenset[tuple[int, int, int]]:
        """Return where the equations stand: formula, begin and end, those of formulas apart that were added before."""
        spans = [(e.said.number - added, e.left.span.start, e.right.span.end) for e in self.chosen]
        bodies = [(said.number, said.statement.body.span) for said in self.facts]
        spans += [(number - added, span.start, span.end) for number, span in bodies]
        return frozenset(span for span in spans if span[0] >= 0)

    def left_out(self, added: int) -> frozenset[tuple[int, int, int]]:
        """Return where first definitions stand that are no line of the network, since they do not fit or are open."""
        known = self._defined() | {self._key(equation) for equation in self.claims}
        known |= {key for node in self.found.spoiled for key in self._keys(node)}
        equations = [e for e in self.found.equations if not e.alias and self._key(e) not in known]
        return frozenset((e.said.number - added, e.left.span.start, e.right.span.end) for e in equations)

    def loose(self) -> dict[str, int]:
        """Return the names that are no part of the forward pass, each with the section that declares it."""
        inside = {node.base.plain for e in self._arrays() for node in (e.left, *names_in(e.right))}
        section = self.found.text.section
        shapes = [(declared.plain, declared.number) for declared in self.found.shapes]
        said = (w for w in self.found.words if w.meaning in {"matrix", "vector", "number"})
        words = [(word.name.base.plain or "", word.number) for word in said]
        places = {plain: section(number) for plain, number in reversed((*words, *shapes))}
        return {plain: place for plain, place in places.items() if plain not in inside and place > LEAD}

    def apart_and_tied(self, lines: list[ModelLine]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the arrays of which only the shape is said, and the names of the forward pass.

        As inputs of their own the former may be something else than the text means: the x_n beside a matrix X may be
        its rows, if nothing says so.
        """
        tied = {key for equation in self.chosen for key in (self._key(equation), *self._mentions(equation))}
        tied |= {name for pair in self.parts.items() for name in pair if tied & set(pair)}
        known = tied | {line.name for line in lines if line.table == "where"} | self._unclear()
        shapes = {line.name for line in lines if line.table == "shapes"} - known
        arrays = {key for key in shapes if "@" in key or key not in self.solver.shapes or self.solver.shapes[key].rank}
        return self._plain(arrays), self._plain(tied)

    def _plain(self, keys: set[str]) -> frozenset[str]:
        return frozenset(self.solver.forms[key].plain for key in keys if key in self.solver.forms)

    def leave_out(self, fault: tuple[int, str], lines: list[ModelLine]) -> set[int | str] | None:
        """Return what to leave out, so that the model may make sense: the line at fault, else the last equation."""
        text = written(lines, "").split("\n")
        shown = text[fault[0] - 1] if fault[0] <= len(text) else ""
        self.missing.append(fault[1])
        for equation in self.chosen:
            if quoted(self._forward(equation).text) in shown:
                return {self._number(equation)}
        for line in lines:
            if line.text and (quoted(line.key or line.text) in shown):
                return {line.text}
        return {self._number(self.chosen[-1])} if self.chosen else None

    def _number(self, equation: Equation) -> int:
        return next(n for n, other in enumerate(self.found.equations) if other.left is equation.left)

    # which letters are indices

    def _letters(self) -> None:
        found = self.found
        equations = [statement_of(e) for n, e in enumerate(found.equations) if n not in self.dropped]
        shapes = [line for line in (self._line(text) for text, _, _ in self._shape_texts()) if line is not None]
        every = [said.statement for said in found.text.said]
        slots = {letter for line in shapes for letter in slot_letters(line)}
        bound = quantified_letters([*equations, *(range_statement(r) for _, r in found.ranges)])
        bound |= quantified_letters(every) | self._letters_of_entries()
        raised = raised_letters([*equations, *every], bound | shifted_letters(every))
        depths = upper_limits([*equations, *(range_statement(r) for _, r in found.ranges)]) - bound - slots - raised
        letters = bound | slots | raised | (shifted_letters(equations) - depths)
        named = {letter for line in shapes for letter in letters_on_arrays(line, letters)}
        layers = (slots | raised | shifted_letters(equations) | named) & letters
        own = slots_of_bases([statement for line in shapes for statement in line.statements], letters, layers)
        others = slots_of_bases(equations, letters, layers)
        last = depth_letters(equations, every, layers & raised)
        depths |= {capital for capital in last if {capital.lower(), _CAPITAL_OF.get(capital)} & layers} - letters
        arrays_ = {declared.plain for declared in found.shapes if "^" in declared.text}
        below, above = (mine | (theirs - arrays_) for mine, theirs in zip(own[:2], others[:2], strict=True))
        below -= {w.name.plain for w in found.words if w.meaning in {"vector", "one-hot"} and not w.name.scripted}
        indexed = own[2] | others[2]
        self.solver = Solver(
            frozenset(letters), frozenset(layers), frozenset(depths), self._kinds(), below, above, indexed
        )
        declared = [line.statements[0].body for line in shapes if line.statements]
        firsts = [(head_of(body.first), body.links[-1].node) for body in declared if isinstance(body, Relation)]
        self.solver.named = frozenset(
            name for first, _ in firsts for name in numbered_names(first, letters) if first.base.plain not in below
        )
        arrays = {use.key for first, sets in firsts if size_part(sets) is not None and (use := self.solver.use(first))}
        said = {w.name.plain or "" for w in found.words if w.meaning in {"vector", "one-hot"} and not w.name.scripted}
        self.solver.whole = frozenset(arrays | said - below)
        nodes = [node for _, sets in firsts for node in walk(size_part(sets) or sets)]
        counts = {use.key for node in nodes if (use := self.solver.use(node)) is not None} | depths
        self.solver.counts = frozenset(counts)
        self.solver.apart = frozenset(self._collected_over_an_index())
        self.solver.operators = dict(self._operators())
        self.solver.losses = frozenset(self._losses_said())
        self.solver.counted = own[0] - own[2]

    def _letters_of_entries(self) -> set[str]:
        """Return the letters that stand for entries of declared arrays: the i of x_i with x ∈ ℝ^n."""
        arrays = {d.plain for d in self.found.shapes if rf"{d.key} \in" in d.text and "^" in d.text}
        scripted = [node for said in self.found.text.said for node in walk(said.statement.body) if node.scripted]
        below = [node.sub for node in scripted if node.base.plain in arrays and node.sub is not None]
        tokens = [[token.text for token in tokens_of(sub) if token.text != ","] for sub in below]
        return {letter for texts in tokens if set(texts) <= _ENTRY_LETTERS for letter in texts}

    def _losses_said(self) -> Iterator[str]:
        """Yield the names that words call losses and that are differentiated."""
        bodies = [said.statement.body for said in self.found.text.said]
        tops = {head_key(node) for body in bodies for node in numerators(body)}
        for word in self.found.words:
            use = self.solver.use(word.name) if word.meaning in {"loss", "loss of"} else None
            if use is not None and head_key(word.name) in tops:
                yield use.key

    def _collected_over_an_index(self) -> Iterator[str]:
        """Yield the names that are one number without an index and many with one: E = Σ_n E_n."""
        for equation in self.found.equations:
            left = self.solver.use(equation.left)
            for node in names_in(equation.right) if left is not None and not left.units else ():
                use = self.solver.use(node)
                if left is not None and use is not None and use.key == left.key and use.units:
                    yield use.key

    def _kinds(self) -> dict[str, str]:
        kinds = {"any": "each", "any scalar": "number", "softmax": "whole", "log softmax": "whole"}
        found = {key: kinds.get(value, "each") for key, (value, _) in self.found.functions.items()}
        for equation in self.found.equations:
            if equation.arguments is not None and equation.base not in found:
                found[equation.base] = "own" if self._has_known_arguments(equation) else "each"
        return found

    def _has_known_arguments(self, equation: Equation) -> bool:
        """Return whether the arguments on a left side are names of the document, not letters of the formula alone."""
        names = [item.base for item in argument_names(equation)]
        arrays = (declared.plain for declared in self.found.shapes if "^" in declared.text)
        words = (w.name.base.plain for w in self.found.words if w.meaning in {"matrix", "vector", "one-hot"})
        plain = {*arrays, *words, *(equation.left.base.plain for equation in self.found.equations)}
        used = {node.key for node in walk(equation.right)}
        known = any(name.key is not None and (name.plain in plain or name.key not in used) for name in names)
        return known or self._is_a_quantity(equation)

    def _is_a_quantity(self, equation: Equation) -> bool:
        """Return whether what has arguments is differentiated by them, ∂J/∂θ, and never has others: J(θ), no function
        that is applied, g(z)."""
        key, arguments = equation.base, {node.text for node in argument_names(equation)}
        if self.found.heads.get(key, False) or not arguments:
            return False
        bodies = [said.statement.body for said in self.found.text.said]
        others = {group.body.text for head, _, group in heads_in(bodies) if head == key}
        tops = {head_key(node) for body in bodies for node in numerators(body)}
        return key in tops and others <= {",".join(arguments), *arguments}

    def _line(self, text: str) -> Line | None:
        source = Source("shape", text)
        try:
            return Line(text, source, Span(0, len(text)), parse_formula(source, Span(0, len(text))).statements)
        except LatexError:
            return None

    # shapes that are said

    def _shape_texts(self) -> Iterator[tuple[str, Declared, str]]:
        """Yield what the text says of shapes, as memberships, with the base of the name."""
        for declared in self.found.shapes:
            yield declared.text, declared, declared.key
        for word in self.found.words:
            said = self._shape_of(word)
            if said is not None:
                yield said

    def _shape_of(self, word: Word) -> tuple[str, Declared, str] | None:
        region = self.found.text.regions[word.number]
        key = head_key(word.name)
        if key is None or key in self.found.functions or key in BUILT_IN:
            return None
        try:
            name = latex_of(region, word.name.span)
            sizes = self._sizes(word)
        except LatexError:
            return None
        declared = Declared(key, name, region, word.name.span, word.number)
        if word.meaning == "number":
            return rf"{name} \in \mathbb{{R}}", declared, key
        if sizes is None:
            return None
        return rf"{name} \in \mathbb{{R}}^{{{sizes}}}", declared, key

    def _sizes(self, word: Word) -> str | None:
        """Return the sizes that words name as the exponent of ℝ."""
        text = self.found.text
        if word.meaning not in {"matrix", "vector"} or not word.sizes:
            return None
        texts = [latex_of(text.regions[n], text.regions[n].span) for n in word.sizes]
        if len(texts) == 2:
            return r" \times ".join(texts)
        statements = text.of(word.sizes[0])
        if len(statements) != 1:
            tuple_ = texts[0].strip("() ").split(",")
            return r" \times ".join(part.strip() for part in tuple_) if len(tuple_) == 2 else None
        body = statements[0].body
        if isinstance(body, Group) and isinstance(body.body, Tuple):
            region = text.regions[word.sizes[0]]
            items = [latex_of(region, item.span) for item in body.body.items]
            return r" \times ".join(item for item in items if item)
        if isinstance(body, Relation) or (word.meaning == "matrix") != is_sizes(body):
            return None
        return texts[0].strip("() ") if is_sizes(body) else texts[0]

    def _declare(self) -> None:
        names = Declarations(
            ModelText(Source("", ""), Source("", ""), lambda span: span),
            set(self.solver.letters),
            set(self.solver.layers),
        )
        for text, declared, _ in self._shape_texts():
            line = self._line(text)
            if line is None or len(line.statements) != 1 or not isinstance(line.statements[0].body, Relation):
                continue
            body = line.statements[0].body
            exponent = size_part(body.links[-1].node)
            use = self.solver.use(head_of(body.first))
            try:
                sizes = [] if exponent is None else read_sizes(exponent, names, line)
            except InputError:
                continue
            if use is None or use.key in self.solver.shapes:
                continue
            row = len(sizes) == 2 and sizes[0] == lin(1) != sizes[1]
            if len(sizes) == 2 and sizes.count(lin(1)) == 1:
                self.solver.spread.add(use.key)
            axes = [length for length in sizes if length != lin(1)] if len(sizes) == 2 else sizes
            values = {index: lin(place) for index, place in zip(layer_indices(use), PLACE, strict=False)}
            if use.units:  # numbers with indices
                self.declared[use.key] = (text, declared)
                continue
            shape = Shape(tuple(length.subs(values) for length in axes), row)
            self.solver.shapes[use.key] = shape
            self.declared[use.key] = (text, declared)

    # the equations

    def _choose(self) -> None:
        """Choose the equations that define: the first of each name, none that a derivative defines elsewhere."""
        spoiled = {use.key for node in self.found.spoiled if (use := self.solver.use(node)) is not None}
        aliases = {use.key for e in self.found.equations if e.alias and (use := self.solver.use(e.left)) is not None}
        seen: dict[str, list[Use]] = {}
        two = set[str]()  # told apart by a letter: a_j of one layer, a_k of the next
        self.chosen = []
        for number, equation in enumerate(self.found.equations):
            use = self.solver.use(equation.left)
            if use is None or use.key in spoiled:
                continue
            if equation.alias:
                continue
            if use.key in aliases:
                self.claims.append(equation)
                continue
            before = seen.setdefault(use.key, [])
            if any(about_the_same(use, other) for other in before):
                others = any(use.units != other.units for other in before)
                two |= {use.key} if others and self._closes_a_circle(equation, use.key) else set()
                continue
            before.append(use)
            if self._closes_a_circle(equation, use.key):
                self.claims.append(equation)
            elif number not in self.dropped:
                self.chosen.append(equation)
        if two - self.solver.by_letter and not self.solver.by_letter:
            self.solver.by_letter, self.claims = frozenset(two), []
            self._choose()
            return
        left_out = two | {self._key(e) for n, e in enumerate(self.found.equations) if n in self.dropped}
        self.chosen = [equation for equation in self.chosen if self._key(equation) not in left_out]
        self._go_through_names()
        self._keep_what_counts()

    def _key(self, equation: Equation) -> str:
        use = self.solver.use(equation.left)
        return use.key if use is not None else ""

    def _closes_a_circle(self, equation: Equation, key: str) -> bool:
        """Return whether a name is computed from itself by an equation, so that it is a claim: x = W^{-1} (z - b)."""
        needs = {use.key: self._needs(other) for other in self.chosen if (use := self.solver.use(other.left))}
        waiting, seen = list(self._needs(equation)), set[str]()
        while waiting:
            name = waiting.pop()
            if name == key:
                return True
            if name not in seen:
                seen.add(name)
                waiting += needs.get(name, ())
        return False

    def _keep_what_counts(self) -> None:
        """Keep what the text differentiates, and what other equations use; the rest is said in passing."""
        marked: set[str] = set()
        for said in self.found.text.said:
            for node in differentiated(said.statement.body):
                marked |= {use.key for name in names_in(node) if (use := self.solver.use(name)) is not None}
        names = [name for word in self.found.words for name in arguments_of(word, self.found)]
        marked |= {use.key for name in names if (use := self.solver.use(name)) is not None}
        if not marked:
            return
        kept: list[Equation] = []
        for equation in reversed(self.chosen):
            use = self.solver.use(equation.left)
            if use is not None and (
                use.key in marked or any(use.key in self._mentions(other) for other in self.chosen)
            ):
                kept.append(equation)
        self.chosen = kept[::-1]

    def _keys(self, node: Node) -> set[str]:
        return {use.key for name in names_in(node) if (use := self.solver.use(name)) is not None}

    def _go_through_names(self) -> None:
        """Let equations use the names that others give to parts of them: with z = W x + b, σ(W x + b) is σ(z).

        A derivative by z is only meant if the network computes through it.
        """
        named = {e.right.text: e for e in reversed(self.chosen) if isinstance(e.right, Additive) and not e.arguments}
        for number, equation in enumerate(self.chosen):
            bodies = [node.body for node in walk(equation.right) if isinstance(node, Group)]
            parts_ = tuple((body, named[body.text]) for body in bodies if body.text in named)
            if parts_ != equation.through:
                self.chosen[number] = replace(equation, through=parts_)

    def _mentions(self, equation: Equation) -> set[str]:
        nodes = [*names_in(equation.right), *(other.left for _, other in equation.through)]
        return {use.key for node in nodes if (use := self.solver.use(node)) is not None}

    def _solve(self) -> None:
        """Solve the shapes; leave out equations that do not fit or speak of what is open, and all that need them."""
        self.solver.ranks = self._ranks()
        self.solver.labels = frozenset(self._labels())
        self._take_placeholders_in()
        for _ in range(len(self.chosen) + 1):
            self._take_names_in()
            shapes, unknown = dict(self.solver.shapes), dict(self.solver.unknown)
            bad = self._misfit()
            if bad is None:
                bad = self._open_line()
            if bad is None:
                return
            self.solver.shapes, self.solver.unknown, self.solver.same = shapes, unknown, []
            self.chosen = [equation for equation in self.chosen if self._key(equation) != self._key(bad)]
            self._go_through_names()

    def _labels(self) -> Iterator[str]:
        """Yield the names that only open losses depend on, the y of l(o, y): nothing else asks for their shape."""
        inside: set[str] = set()
        outside: set[str] = set()
        for equation in self.chosen:
            groups = [group for key, _, group in heads_in([equation.right]) if self._is_open_loss(key)]
            own = {id(node) for group in groups for node in names_in(group.body)}
            for node in names_in(equation.right):
                use = self.solver.use(node)
                if use is not None:
                    (inside if id(node) in own else outside).add(use.key)
        yield from inside - outside - self._defined() - self._unclear()

    def _is_open_loss(self, key: str) -> bool:
        return key in self.found.functions and self.found.functions[key][0] == "any scalar"

    def of_open_losses(self) -> frozenset[str]:
        """Return what depends on an open loss: L = l(o, y) and J = L + s."""
        found: set[str] = set()
        for _ in self.chosen:
            for equation in self.chosen:
                heads = [self._is_open_loss(key) for key, _, _ in heads_in([equation.right])]
                if any(heads) or any(node.base.key in found for node in names_in(equation.right)):
                    found.add(equation.base)
        return frozenset(found)

    def _take_placeholders_in(self) -> None:
        """Give the letter of an argument the shape of the examples that are called so: x that of x^{(i)}."""
        for equation in self.chosen:
            for node in argument_names(equation):
                use = self.solver.use(node)
                shape = self.solver.shapes.get(f"{use.key}@") if use is not None else None
                sizes = [index for length in shape.sizes for index in length.indices()] if shape is not None else []
                if use is not None and shape is not None and not sizes and use.key not in self.solver.shapes:
                    self.solver.shapes[use.key] = shape
                    self.placeholders.add(use.key)

    def _take_names_in(self) -> None:
        """Let the solver know all names of the equations, in the order in which they are written."""
        self.solver.forms = {}
        for equation in self.chosen:
            for node in (equation.left, *names_in(equation.right)):
                self.solver.use(node)

    def _misfit(self) -> Equation | None:
        """Solve, and return an equation that does not fit."""
        for equation in self.chosen:
            one = [statement_of(equation)]
            if self.solver.kind(equation.left) == "each" and equation.arguments is not None:
                continue
            try:
                solve(self.solver, one, ())
            except Misfit as error:
                return self._not_fitting(equation, error)
        try:
            solve(self.solver, [statement_of(e) for e in self._arrays()], HINTS)
        except Misfit as error:
            return self._not_fitting(self.chosen[-1], error)
        return None

    def _not_fitting(self, equation: Equation, error: Misfit) -> Equation:
        self.missing.append(f"how the two sides of {self._forward(equation).text} fit: {error}")
        return equation

    def _arrays(self) -> list[Equation]:
        """Return the equations that are no definitions of functions of one variable."""
        return [e for e in self.chosen if e.arguments is None or self.solver.functions.get(e.base) != "each"]

    def _open_line(self) -> Equation | None:
        """Return an equation that uses a name without shape, or one that nothing readable defines."""
        defined = {use.key for e in self.chosen if (use := self.solver.use(e.left)) is not None}
        for equation in self._arrays():
            heads = {key for key, _, _ in heads_in([equation.right])}
            unknown = heads - set(self.solver.functions) - BUILT_IN - self._factors
            if unknown:
                self.missing.append(f"what {min(unknown)} is: a function of each entry, of arrays, or a factor")
                return equation
            for node in (equation.left, *names_in(equation.right)):
                use = self.solver.use(node)
                if use is None or self._is_function(node) or use.key in self.solver.counts:
                    continue
                if use.key not in self.solver.shapes and not self._is_entry(use):
                    self.missing.append(self._missing(use))
                    return equation
                if use.key not in defined and self._is_unsure(use):
                    return equation
        return None

    def _is_function(self, node: Node) -> bool:
        key = node.base.key
        return key in self.solver.functions or key in BUILT_IN

    def _is_entry(self, use: Use) -> bool:
        """Return whether a name is declared as numbers with indices."""
        return use.key in self.declared

    def _is_unsure(self, use: Use) -> bool:
        """Return whether the document says of an input what cannot be a line here: then it is none."""
        chosen = {id(equation.left) for equation in (*self.chosen, *self.claims)}
        others = [e.left for e in self.found.equations if id(e.left) not in chosen and not e.alias]
        left_out = {u.key for node in (*others, *self.found.spoiled) if (u := self.solver.use(node)) is not None}
        form = self.solver.forms.get(use.key)
        return use.key in left_out or (form is not None and form.plain in self.found.unread)

    @cached_property
    def _factors(self) -> set[str]:
        """Return what may be a factor before a bracket: declared names, those that equations define, and letters that
        stand elsewhere in formulas without a bracket behind them."""
        found = {d.key for d in self.found.shapes} | {equation.base for equation in self.found.equations}
        found |= {w.name.base.key or "" for w in self.found.words if w.meaning in {"number", "matrix", "vector"}}
        for said in self.found.text.said:
            body = said.statement.body
            heads = {id(node) for _, node, _ in heads_in([body])}
            inner = [node for node in names_in(body) if id(node) not in heads and not node.primes]
            found |= {node.base.key or "" for node in inner if node is not body}
        return found

    def _missing(self, use: Use) -> str:
        name = self.solver.forms[use.key].text(sorted(self.solver.layers)[:2] or "kl")
        return rf"the shape of {name}, such as ${name} \in \mathbb{{R}}^{{n}}$"

    def _ranks(self) -> dict[str, int]:
        """Return how many unit indices the document writes on each name."""
        found: dict[str, int] = {}
        for said in self.found.text.said:
            for node in walk(said.statement.body):
                use = self.solver.use(node) if node.scripted else None
                if use is not None and use.units:
                    found[use.key] = max(found.get(use.key, 0), len(use.units))
        return found

    # the lines

    def _forward(self, equation: Equation) -> ModelLine:
        region = equation.said.region
        end = equation.arguments.span if equation.arguments is not None else equation.left.span
        right = latex_of(region, equation.right.span)
        for part, other in equation.through:
            right = right.replace(latex_of(region, part.span), latex_of(other.said.region, other.left.span))
        text = f"{latex_of(region, equation.left.span | end)} = {right}"
        conditions = list(conditions_of(equation, self.found))
        if conditions:
            text += rf" \quad ({', '.join(conditions)})"
        use = self.solver.use(equation.left)
        return ModelLine("forward", text, place_of_equation(equation), name=use.key if use is not None else "")

    def _ordered(self) -> list[Equation]:
        """Return the equations with what each needs before it, else in the order of the document."""
        keys = [use.key if (use := self.solver.use(e.left)) is not None else "" for e in self.chosen]
        needs = [self._needs(equation) - {key} for equation, key in zip(self.chosen, keys, strict=True)]
        waiting = list(range(len(self.chosen)))
        ordered: list[Equation] = []
        while waiting:
            left = {keys[n] for n in waiting}
            free = next((n for n in waiting if not needs[n] & left), waiting[0])
            ordered.append(self.chosen[free])
            waiting.remove(free)
        self.chosen = ordered
        return ordered

    def _needs(self, equation: Equation) -> set[str]:
        """Return the names that an equation uses, those of other layers than its own apart."""
        left = self.solver.use(equation.left)
        found: set[str] = set()
        for node in (*names_in(equation.right), *(other.left for _, other in equation.through)):
            use = self.solver.use(node)
            if use is not None and not (left is not None and is_of_another_layer(use, left)):
                found.add(use.key)
        return found

    def _shapes(self, sizes: SizeNames) -> Iterator[ModelLine]:
        nodes = [node for equation in self.chosen for node in (equation.left, *names_in(equation.right))]
        used = {use.key for node in nodes if (use := self.solver.use(node)) is not None}
        functions = {e.base for e in self.chosen if e.arguments and self.solver.functions.get(e.base) == "each"}
        unclear = self._unclear()
        for key, (text, declared) in self.declared.items():
            if key not in unclear:
                yield ModelLine("shapes", text, declared, name=key)
        defined = self._defined()
        every = [name for said in self.found.text.said for name in names_in(said.statement.body)]
        uses = [use for node in (*nodes, *every) if (use := self.solver.use(node)) is not None]
        facts = [use for word in self.found.words if (use := self.solver.use(word.name)) is not None]
        whole = {use.key for use in uses if not use.units} | {use.key for use in facts}
        for key in self.solver.forms:
            if key in self.declared or key not in used - self.placeholders or key not in self.solver.shapes:
                continue
            if (key in defined and "@" not in key) or (self.spare and key not in whole):
                continue  # it has the shape of its value, or that of its indices
            form = self.solver.forms[key]
            if form.base in functions or form.base in self.found.functions:
                continue
            letters = [*self.solver.called.get(key, ()), *sizes.letters(form)]
            text = rf"{form.text(letters)} \in \mathbb{{R}}{sizes.exponent(self.solver.shapes[key], letters)}"
            yield ModelLine("shapes", text, None, name=key, note="solved from the equations")

    def _rows_and_columns(self, sizes: SizeNames) -> Iterator[ModelLine]:
        """Yield what the text says are rows or columns of a matrix that it knows: x_n = X_{n,:}^T for n = 1, …, N."""
        self.parts = {}
        for word in self.found.words:
            whole = self.solver.use(word.name) if word.meaning in {"rows", "columns"} else None
            shape = self.solver.shapes.get(whole.key) if whole is not None else None
            if whole is None or shape is None or shape.rank != 2 or whole.units or whole.key in self._unclear():
                continue
            for said, node, letter in self._members(word):
                part = self.solver.use(node)
                if part is not None and part.key not in self._defined() | self._unclear() | set(self.parts):
                    self.parts[part.key] = whole.key
                    length = sizes.text(self.solver.known(shape.sizes[word.meaning == "columns"]))
                    yield self._part(word, latex_of(said.region, node.span), letter, length)
                break

    def _part(self, word: Word, part: str, letter: str, length: str) -> ModelLine:
        region = self.found.text.regions[word.number]
        whole = latex_of(region, word.name.span)
        entries = rf"{whole}_{{{letter},:}}^\top" if word.meaning == "rows" else f"{whole}_{{:,{letter}}}"
        text = rf"{part} = {entries} \quad ({letter} = 1, \dots, {length})"
        return ModelLine("forward", text, Declared("", text, region, word.name.span, word.number), note=word.meaning)

    def _members(self, word: Word) -> Iterator[tuple[Said, Node, str]]:
        """Yield how the text writes a row or column with an index, and the index: the x_n of its words first."""
        bodies = [statement.body for statement in self.found.text.of(word.other)]
        bases = {node.base.key for body in bodies for node in (body.items if isinstance(body, Tuple) else (body,))}
        every = sorted(self.found.text.said, key=lambda said: said.number != word.other)
        for said in every:
            for node in walk(said.statement.body):
                use = self.solver.use(node) if node.scripted and node.base.key in bases - {None} else None
                if use is not None and not use.units and not use.turned and len(use.layers) == 1:
                    letters = use.layers[0].indices()
                    if len(letters) == 1:
                        yield said, node, min(letter.name for letter in letters)

    def _aliases(self) -> Iterator[ModelLine]:
        """Yield the further names of entries, and one-hot vectors."""
        done: set[str] = set()
        known = self._defined() | (set(self.declared) - self._unclear())
        for equation in self.found.equations:
            use = self.solver.use(equation.left)
            same = self.solver.use(equation.right)
            if same is not None and equation.right.scripted and same.key not in known:
                continue
            if equation.alias and use is not None and use.key not in done:
                done.add(use.key)
                line = self._forward(equation)
                yield ModelLine("where", line.text, line.said, name=use.key)

    def _defined(self) -> set[str]:
        found = {use.key for equation in self.chosen if (use := self.solver.use(equation.left)) is not None}
        return found | self.open_losses

    def _open_loss(self) -> list[ModelLine]:
        """Return a loss that the text names, differentiates and does not define as any scalar of what is computed last.

        Where the text speaks of a penalty the loss is more than that.
        """
        marked = {use.key for node in self._differentiated() if (use := self.solver.use(node)) is not None}
        self.unsaid_losses = set()
        named = [word for word in self._losses() if not self._is_function(word.name)]
        keys = {use.key: word for word in named if (use := self.solver.use(word.name)) is not None and not use.layers}
        unclear = self._unclear()
        open_ones = [key for key in keys if key in marked and key in unclear and not self._says(key)]
        if len(open_ones) != 1:
            return []
        word = keys[open_ones[0]]
        last = self._depends_on(word) if word.meaning == "loss of" else self._last()
        unsaid = word.meaning == "loss" and any(word in self.found.text.flow for word in PENALTIES)
        if last is None or unsaid:
            name = latex_of(self.found.text.regions[word.number], word.name.span)
            self.missing.append(rf"what the loss ${name}$ depends on, such as ${name} = \ell(\hat y)$")
            return []
        self.unsaid_losses |= {open_ones[0]} if word.meaning == "loss" else set()
        region = self.found.text.regions[word.number]
        place = Declared(open_ones[0], latex_of(region, word.name.span), region, word.name.span, word.number)
        self.open_losses = {open_ones[0]}
        return [ModelLine("forward", rf"{place.text} = {OPEN_LOSS}({last})", place, note="any loss of what is last")]

    def _losses(self) -> list[Word]:
        """Return the words for losses, last those that say what a loss depends on."""
        found = [word for word in self.found.words if word.meaning in {"loss", "loss of"}]
        return sorted(found, key=lambda word: word.meaning == "loss of")

    def _depends_on(self, word: Word) -> str | None:
        """Return what the text says that a loss depends on; None where a name of it is none of the network."""
        uses = [self.solver.use(node) for node in arguments_of(word, self.found)]
        known = self._defined() | set(self.declared)
        if not uses or any(use is None or use.key not in known for use in uses):
            return None
        region = self.found.text.regions[word.other]
        pairs = zip(arguments_of(word, self.found), uses, strict=True)
        texts = [latex_of(region, (node.base if use is not None and use.units else node).span) for node, use in pairs]
        return ", ".join(texts)

    def _says(self, key: str) -> bool:
        """Return whether an equation says what a name is, also one of a case, or one that is no line of the network."""
        lefts = [*(equation.left for equation in self.found.equations), *self.found.spoiled]
        bodies = (said.statement.body for said in self.found.text.said)
        lefts += [
            head_of(body.first) for body in bodies if isinstance(body, Relation) and body.links[0].operator == "="
        ]
        return any(use.key == key for node in lefts if (use := self.solver.use(node)) is not None)

    def _differentiated(self) -> Iterator[Node]:
        for said in self.found.text.said:
            yield from numerators(said.statement.body)

    def _last(self) -> str | None:
        """Return what the network computes last as LaTeX; None where that is not one thing."""
        needed = {key for equation in self.chosen for key in self._needs(equation)}
        ends = {e.left.base.plain: e for e in self.chosen if (u := self.solver.use(e.left)) and u.key not in needed}
        use = self.solver.use(next(iter(ends.values())).left) if len(ends) == 1 else None
        if use is None or use.units or len(use.layers) > 1 or use.key not in self.solver.forms:
            return None
        depths = sorted(self.solver.depths)
        steps = any(str(value.atom) in STEPS for value in use.layers)
        if use.layers and (len(depths) != 1 or steps):
            return None
        return self.solver.forms[use.key].text(depths)

    def _unclear(self) -> set[str]:
        """Return the names that are no inputs, although no equation of the network defines them: what others do, what
        is differentiated, and what derivatives define. They stay unknown, since an input would be something else."""
        lefts = [*(e.left for e in self.found.equations if e not in self.claims and not e.alias), *self.found.spoiled]
        lefts += self._differentiated()
        found = {use.key for node in lefts if (use := self.solver.use(node)) is not None}
        return found - self._defined()

    def _entries(self) -> Iterator[ModelLine]:
        """Yield small letters with two indices as the entries of a capital: x_{ij} = \\mathbf{X}_{ij}."""
        done: set[str] = set()
        shapes = self.solver.shapes
        vectors = {form.plain for key, form in self.solver.forms.items() if key in shapes and shapes[key].rank == 1}
        known = {form.plain for key, form in self.solver.forms.items() if key in shapes} - vectors
        known |= ({e.left.base.plain or "" for e in self.found.equations} - vectors) | set(self.found.functions)
        for said in self.found.text.said:
            for node in walk(said.statement.body):
                key = node.base.key if node.scripted and not node.primes else None
                if key is None or key in known | done or not has_two_letters(node.sub):
                    continue
                capital = self._capital(key, node)
                if capital is not None:
                    done.add(key)
                    text, base = latex_of(said.region, node.span), latex_of(said.region, node.base.span)
                    declared = Declared(key, text, said.region, node.span, said.number)
                    yield ModelLine("where", f"{text} = {capital}{text.removeprefix(base)}", declared, note="entries")

    def _capital(self, key: str, node: Node) -> str | None:
        """Return how the capital is written whose entries a small letter has; None where there is none."""
        use = self.solver.use(node)
        if len(key) != 1 or not key.islower() or use is None or use.power or use.turned:
            return None
        if any(len(value.indices()) != 1 or value.const for value in use.layers):
            return None
        other = key.upper() + "@" * len(use.layers)
        shape, form = self.solver.shapes.get(other), self.solver.forms.get(other)
        return form.base if shape is not None and shape.rank == 2 and form is not None else None

    def _facts(self, shapes: list[ModelLine]) -> Iterator[ModelLine]:
        """Yield what words and formulas say of inputs: that labels sum to one."""
        inputs = self._inputs(shapes)
        done: set[str] = set()
        for word in self.found.words:
            use = self.solver.use(word.name) if word.meaning in _AXES else None
            if use is None or use.key not in inputs or use.key in done:
                continue
            region = self.found.text.regions[word.number]
            name = word.name.base if use.units else word.name
            fact = self._sums(replace(use, units=()), latex_of(region, name.span), _AXES[word.meaning])
            if fact is not None:
                done.add(use.key)
                declared = Declared("", fact, region, word.name.span, word.number)
                yield ModelLine("assume", fact, declared, name=use.key)
        self.facts = []
        for found, said in conditions_on_inputs(self.found.text, self.solver, inputs):
            self.facts.append(said)
            yield ModelLine("assume", found.text, found.said, name=found.said.key)
        self.unread = set()
        for said, key in unread_conditions(self.found.text, self.solver, inputs):
            self.facts.append(said)
            self.unread.add(key)

    def _sums(self, use: Use, name: str, axis: int | None) -> str | None:
        """Return that a vector, the rows or the columns of a matrix sum to one."""
        shape = self.solver.shapes.get(use.key)
        if shape is None or (shape.rank == 2) != (axis is not None) or shape.rank > 2:
            return None
        return Entries(self.found.text, self.solver).sums(use, name, shape, -1 if axis is None else axis)

    def _inputs(self, shapes: list[ModelLine]) -> frozenset[str]:
        used = {key for equation in self.chosen for key in self._mentions(equation)} & set(self.solver.shapes)
        return frozenset((used | {line.name for line in shapes}) - self._defined() - self._unclear())

    def usual_facts(self, lines: list[ModelLine]) -> Iterator[str]:
        """Yield facts that the text may mean: what is a factor of a logarithm sums to one, if nothing else is said."""
        inputs = self._inputs([line for line in lines if line.table == "shapes"])
        said = {line.name for line in lines if line.table == "assume"}
        said |= {key for fact in self.facts for key in self._keys(fact.statement.body)}
        done: set[str] = set()
        for equation, node in beside_logarithms(self.chosen):
            use = self.solver.use(node)
            shape = self.solver.shapes.get(use.key) if use is not None else None
            if use is None or shape is None or use.key not in inputs - said - done:
                continue
            if not shape.rank and "" not in self.solver.forms[use.key].below:
                continue  # what is said of examples, y^{(i)}, is said of each
            done.add(use.key)
            whole = replace(use, units=(), turned=False)
            own = node.base if shape.rank else node
            name = latex_of(equation.said.region, own.span)
            for axis in (1, 0) if shape.rank == 2 else (None,):
                fact = self._sums(whole, name, axis)
                if fact is not None:
                    yield fact

    def unread_properties(self) -> Iterator[str]:
        """Yield the names in the network of which the text says what is not understood."""
        yield from self.unread
        nodes = [node for equation in self.chosen for node in names_in(equation.right)]
        used = {use.key for node in nodes if (use := self.solver.use(node)) is not None}
        for word in self.found.words:
            use = self.solver.use(word.name) if word.meaning == "property" else None
            if use is not None and use.key in used:
                yield use.key

    def _settings(self) -> Iterator[ModelLine]:
        if self.found.layout:
            yield ModelLine("setting", f'"{self.found.layout}"', None, "layout")
        if self.solver.spreads:
            yield ModelLine("setting", "true", None, "broadcast")

    def _operators(self) -> Iterator[tuple[str, str]]:
        text = self.found.text
        yield from self.found.operators.items()
        for word in self.found.words:
            if word.meaning == "operator" and word.value:
                yield latex_of(text.regions[word.number], text.regions[word.number].span), word.value

    def _functions(self) -> Iterator[ModelLine]:
        used = {node.base.key for equation in self.chosen for node in names_in(equation.right)}
        for key, (value, declared) in self.found.functions.items():
            if value in {"any", "any scalar"} and key not in used and declared.region.source.name != ADDED:
                continue  # an open function that the network does not know is not another one than those it knows
            yield ModelLine("functions", value, declared, declared.text)
        if self.open_losses:
            yield ModelLine("functions", "any scalar", None, OPEN_LOSS)
        for sign, value in self._operators():
            yield ModelLine("operators", value, None, sign)
