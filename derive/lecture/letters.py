"""Which letters of a text are indices, what they count, and what the bases of names carry: the start of a solver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from derive.lecture.declarations import Collected, Equation
from derive.lecture.enumerations import enumerations
from derive.lecture.said import head_key, heads_in
from derive.lecture.said_shapes import shape_lines
from derive.lecture.words import operators_said
from derive.lecture.written_equations import (
    argument_names,
    example_letter,
    families_of_vectors,
    names_in,
    numbered_names,
    raised_letters,
    range_statement,
    statement_of,
)
from derive.models.equation_lines import ends_of_sums, head_of
from derive.models.letters import (
    depth_letters,
    letters_on_arrays,
    quantified_letters,
    shifted_letters,
    size_part,
    slot_letters,
    slots_of_bases,
    tokens_of,
    upper_limits,
)
from derive.models.lines import Line
from derive.models.solve import Solver
from derive.models.uses import KINDS, look
from derive.names.indices import parts, segments
from derive.notation.signs import EQUATES, names
from derive.reader.syntax import BigOperator, Group, Node, Relation, Statement, walk
from derive.statements.not_numbers import has_array_marks

_ENTRY_LETTERS = frozenset("ijkmn")
"""What the index of an entry is called, if nothing says over what it runs."""
_COMPARES = EQUATES | names("unequal")
"""Signs between two indices that are the same, or are not."""
_OF_A_LAYER = re.compile(r"_ ?\{?\d.*\^\{?\w+ ?_ ?\{?\d")
"""A shape of one layer, x_0 ∈ ℝ^{n_0}."""
FIRST = re.compile(r"_(?:\{0\}|0) *\\in\b")
"""How a membership begins that is said of a first step, or layer."""
_CAPITAL_OF = {"L": r"\ell"}
"""The letter of a layer that a capital belongs to, if it is another one."""


def solver_of(found: Collected, dropped: frozenset[int | str]) -> Solver:
    """Return a solver that knows what the letters and bases of a text are, and no shape yet.

    `dropped` are the numbers of equations to leave out.
    """
    equations = [statement_of(e) for n, e in enumerate(found.equations) if n not in dropped]
    shapes = list(shape_lines(found))
    every = [said.statement for said in found.text.said]
    ranges = [range_statement(declared) for _, declared in found.ranges]
    slots = {letter for line in shapes for letter in slot_letters(line)}
    bound = quantified_letters([*equations, *ranges]) | quantified_letters(every) | _letters_of_entries(found)
    bound |= set(_like_bound(equations, bound)) | set(_defined_like_bound(equations, every, bound))
    bound |= set(_declared_like_bound(shapes, every, bound, found.text.names_negatives))
    bound |= set(_compared_with_an_index(every, bound)) | _letters_of_classes(found)
    bound |= _letters_of_members(found)
    limits = upper_limits([*equations, *ranges]) - bound - slots
    raised = raised_letters([*equations, *every], bound | shifted_letters(every)) - (limits - shifted_letters(every))
    depths = limits - raised
    letters = bound | slots | raised | (shifted_letters(equations) - depths)
    letters -= {*_of_one_example(found, equations), *_labels_with_numbers(equations)}
    letters -= {e.left.symbol for e in found.equations} - quantified_letters([*equations, *ranges, *every])
    named = {letter for line in shapes for letter in letters_on_arrays(line, letters)}
    layers = (slots | raised | (shifted_letters(equations) - _shifted_entries(found, equations)) | named) & letters
    own = slots_of_bases([statement for line in shapes for statement in line.statements], letters, layers)
    others = slots_of_bases(equations, letters, layers)
    last = depth_letters(equations, every, layers & raised)
    ends = frozenset(_last_layers(equations, raised & letters))
    depths, letters, layers = depths | ends, letters - ends, layers - ends
    depths |= {capital for capital in last if {capital.lower(), _CAPITAL_OF.get(capital)} & layers} - letters
    arrays = {d.plain for d in found.shapes if "^" in d.text and not _OF_A_LAYER.search(d.text)}
    arrays -= set(_starts(found, equations))
    families = set(families_of_vectors(equations, letters - layers)) - arrays
    families |= set(_counted_vectors(found)) - arrays
    members = set(_with_a_fixed_member(equations, layers))
    pairs = zip(own[:2], others[:2], strict=True)
    below, above = (mine | {base for base in theirs if base.rstrip("([") not in arrays} for mine, theirs in pairs)
    above |= set(_layered_examples(found, above))
    bare = {w.name.plain or "" for w in found.words if w.meaning in {"vector", "one-hot"} and not w.name.scripted}
    below = below - bare | families
    solver = Solver(
        frozenset(letters), frozenset(layers), frozenset(depths), _kinds(found), below, above, own[2] | others[2],
        counted=own[0] - own[2] | families | members,
        operators={**dict(operators_said(found.words, found.text)), **found.operators},
    )  # fmt: skip
    bodies = [line.statements[0].body for line in shapes if line.statements]
    firsts = [(head_of(body.first), body.links[-1].node) for body in bodies if isinstance(body, Relation)]
    solver.named = frozenset(
        name
        for first, _ in firsts
        for name in numbered_names(first, letters)
        if first.base.plain not in below or (first.sub is not None and first.sub.symbol.islower())
    )
    sized = {use.key for first, sets in firsts if size_part(sets) is not None and (use := solver.use(first))}
    solver.whole = frozenset(sized | bare - below)
    sizes = [node for _, sets in firsts for node in names_in(size_part(sets) or sets)]
    solver.counts = frozenset({use.key for node in sizes if (use := solver.use(node)) is not None} | depths)
    solver.ends = ends
    solver.sizes.ends = frozenset(ends_of_sums(equations, [sets for _, sets in firsts]))
    solver.pairs = frozenset(_pairs(equations, solver)) - arrays
    solver.classes = frozenset(_classes(found))
    solver.apart = frozenset(_collected_over_an_index(found, solver))
    solver.losses = frozenset(_losses_said(found, solver))
    return solver


def _counted_vectors(found: Collected) -> Iterator[str]:
    """Yield the bold names that a text counts with dots, the examples 𝐱_1, …, 𝐱_N: entries of a vector are not bold."""
    for body in found.text.bodies:
        for listed in enumerations(body):
            if listed.name.sub is not None and not listed.above and look(listed.name.base) == "vector":
                yield listed.name.base.plain or ""


def _starts(found: Collected, equations: list[Statement]) -> Iterator[str]:
    """Yield the names of which a text says the shape at a first step alone, x_0 ∈ ℝ^n, and that equations compute from
    one step to the next."""
    said: dict[str, list[str]] = {}
    for declared in found.shapes:
        said.setdefault(declared.plain, []).append(declared.text)
    nodes = [node for statement in equations for node in walk(statement.body) if node.sub is not None]
    moved = {node.base.plain for node in nodes if shifted_letters([Statement(node.span, node)])}
    yield from (plain for plain, texts in said.items() if plain in moved and all(map(FIRST.search, texts)))


def _pairs(statements: list[Statement], solver: Solver) -> Iterator[str]:
    """Yield the names that always have two indices below and are computed from vectors that these count, the S of
    S_{ab} = u_a^T v_b, or written now with one, now with two letters that count: the P of P_{ab} and P_{aa}."""
    uses: dict[str, list[tuple[bool, ...]]] = {}
    others: set[str] = set()
    for node in (node for statement in statements for node in walk(statement.body) if node.scripted):
        tokens = [token.text for token in tokens_of(node.sub) if token.text != ","]
        if len(tokens) == 2 and solver.letters.issuperset(tokens) and node.sup is None:
            uses.setdefault(node.base.plain or "", []).append(tuple(text in solver.layers for text in tokens))
        else:
            others.add(node.base.plain or "")
    for body in (statement.body for statement in statements if solver.counted):
        left = head_of(body.first) if isinstance(body, Relation) else body
        letters = {token.text for token in tokens_of(left.sub)}
        counts = [node for node in walk(body) if node.sub is not None and node.base.plain in solver.counted]
        if len({node.sub.symbol for node in counts if node.sub is not None} & letters) == 2:
            uses.setdefault(left.base.plain or "", []).extend([(True, False), (False, True)])
    yield from (plain for plain, own in uses.items() if plain not in others and len(set(own)) > 1)


def _layered_examples(found: Collected, above: frozenset[str] | set[str]) -> Iterator[str]:
    """Yield the small letters of which examples are counted behind a layer, as their capital has it: the a of
    a^{[2](i)} beside A^{[l]}."""
    for equation in found.equations:
        for node in names_in(equation.right):
            layered = node.scripted and len(node.pieces) == 2 and example_letter(node) is not None
            first = node.pieces[0] if layered else None
            opening = first.opening if isinstance(first, Group) else ""
            if layered and f"{(node.base.plain or '').upper()}{opening}" in above:
                yield f"{node.base.plain}{opening}"


def _last_layers(equations: list[Statement], raised: set[str]) -> set[str]:
    """Return the letter of the last layer where it is a small one: the m of C = (a^{(m)} - y)^2, where a^{(l)} is
    computed from a^{(l-1)} and C has no m."""
    bodies = [statement.body for statement in equations if isinstance(statement.body, Relation)]
    lefts = [(head_of(body.first), body.links[0].node) for body in bodies]
    layered: set[str | None] = set()
    found: set[str] = set()
    for left, right in lefts:
        own = raised_letters([Statement(left.span, left)], raised)
        if own and any(node.base.key == left.base.key and node.text != left.text for node in walk(right)):
            layered.add(left.base.key)
    for left, right in lefts:
        bound = {n.symbol for op in walk(right) if isinstance(op, BigOperator) for n in walk(op.below or left)}
        nodes = [node for node in walk(right) if node.scripted and node.base.key in layered]
        letters = raised_letters([Statement(node.span, node) for node in nodes], raised)
        found |= letters - bound - {node.symbol for node in walk(left)}
    others = {node.symbol for left, _ in lefts for node in walk(left)}
    return found if len(found) == 1 and not found & others else set()


def _of_one_example(found: Collected, statements: list[Statement]) -> Iterator[str]:
    """Yield the letters of one example that a definition leaves out on its left side: the i of f = W x_i.

    What has such a letter has no other index, and never stands without it.
    """
    every = [node for said in found.text.said for node in walk(said.statement.body) if node.base.plain]
    subs: dict[str, set[str]] = {}
    for node in every:
        subs.setdefault(node.base.plain or "", set()).add(node.sub.text if node.sub is not None else "")
    for statement in statements:
        body = statement.body
        if not isinstance(body, Relation):
            continue
        bound = {
            inner.text for node in walk(body) if isinstance(node, BigOperator) for inner in walk(node.below or node)
        }
        left = {inner.text for inner in walk(body.first)}
        for node in names_in(body.links[0].node):
            letter = node.sub.symbol if node.sub is not None else ""
            if letter.islower() and letter not in bound | left and subs[node.base.plain or ""] == {letter}:
                yield letter


def _shifted_entries(found: Collected, equations: list[Statement]) -> set[str]:
    """Return the letters that are shifted on entries of inputs alone: the i of Σ_k w_k x_{i+k-1} with x ∈ ℝ^n."""
    arrays = {
        declared.plain for declared in found.shapes if rf"{declared.key} \in" in declared.text and "^" in declared.text
    }
    nodes = [node for statement in equations for node in walk(statement.body) if node.scripted]
    arrays |= {node.base.plain or "" for node in nodes if _has_two_letters_added(node.sub)}
    inputs = arrays - {equation.left.base.plain for equation in found.equations}
    sides = {True: set[str](), False: set[str]()}
    for node in nodes:
        letters = shifted_letters([Statement(node.span, node)])
        sides[node.base.plain in inputs and node.sup is None] |= letters
    return sides[True] - sides[False]


def _has_two_letters_added(sub: Node | None) -> bool:
    """Return whether an index is a sum of two letters, i + k - 1, as those of a convolution are; no step has it."""
    return any(sum(token.kind == "letter" for token in segment) > 1 for segment in segments(parts(sub)))


def _like_bound(statements: list[Statement], bound: set[str]) -> Iterator[str]:
    """Yield the letters of entries that stand where a sum binds another one: the j of a_j^l beside Σ_k a_k^{l-1}, that
    of s_{ij} beside Σ_k s_{ik}."""
    nodes = [node for statement in statements for node in walk(statement.body) if node.sub is not None]
    subs = [(node.base.plain, [token.text for token in tokens_of(node.sub) if token.text != ","]) for node in nodes]
    places = [(plain, len(sub), at, text) for plain, sub in subs for at, text in enumerate(sub)]
    known = {place[:3] for place in places if place[3] in bound}
    yield from (letter for *place, letter in places if tuple(place) in known and letter in _ENTRY_LETTERS)


def _defined_like_bound(equations: list[Statement], every: list[Statement], bound: set[str]) -> Iterator[str]:
    """Yield the letters with which names are defined that stand elsewhere with the letter of a sum: the o of
    y_o = e^{u_o v} / Σ_w e^{u_w v} beside Σ_w y_w."""
    nodes = [node for statement in every for node in walk(statement.body) if node.sub is not None and node.base.plain]
    counted = {node.base.plain for node in nodes if node.sub is not None and node.sub.symbol in bound}
    for body in (statement.body for statement in equations):
        left = head_of(body.first) if isinstance(body, Relation) else body
        letter = left.sub.symbol if left.sub is not None else ""
        if letter.islower() and len(letter) == 1 and left.base.plain in counted:
            yield letter


def _declared_like_bound(shapes: list[Line], every: list[Statement], bound: set[str], negatives: bool) -> Iterator[str]:
    """Yield the letters with which arrays are declared that stand elsewhere with the letter of an index: the m of
    p_m ∈ ℝ^d beside r_{ij} = p_i^T q_j. An array that is declared by itself, p ∈ ℝ^d, has entries p_i; and beside
    `negatives` p_1, …, p_K another one p_m is a vector of its own."""
    bodies = [statement.body for line in shapes for statement in line.statements]
    firsts = [head_of(body.first) for body in bodies if isinstance(body, Relation) and size_part(body.links[-1].node)]
    alone = {node.base.plain for node in firsts if node.sub is None}
    nodes = [node for statement in every for node in walk(statement.body) if node.sub is not None]
    counted = {node.base.plain for node in nodes if node.sub is not None and node.sub.symbol in bound} - alone
    listed = {node.base.plain for node in firsts if node.sub is not None and node.sub.symbol in bound}
    counted -= listed if negatives else set()
    for node in firsts:
        letter = node.sub.symbol if node.sub is not None else ""
        if letter.islower() and len(letter) == 1 and node.base.plain in counted:
            yield letter


def _letters_of_classes(found: Collected) -> set[str]:
    """Return the letters at which words say that one-hot vectors are one: y is one-hot with a 1 for the word o."""
    others = (word.other for word in found.words if word.meaning == "one-hot of")
    bodies = [statement.body for other in others for statement in found.text.of(other)]
    return {body.symbol for body in bodies if body.symbol.islower()}


def _letters_of_members(found: Collected) -> set[str]:
    """Return the letters below the names that words call rows or columns of a matrix: the w of the columns u_w."""
    words = [word for word in found.words if word.meaning in {"rows", "columns"} and word.other != word.number]
    bodies = [statement.body for word in words for statement in found.text.of(word.other)]
    letters = {body.sub.symbol for body in bodies if body.sub is not None}
    return {letter for letter in letters if len(letter) == 1 and letter.islower()}


def _compared_with_an_index(statements: list[Statement], bound: set[str]) -> Iterator[str]:
    """Yield the letters that stand below names and that the text compares with indices: the c of -log p_c beside
    𝟙[k = c], k ≠ c or δ_{kc}. One that carries indices itself, as y_i, is none."""
    bodies = [body for one in statements for body in (one.body, *one.conditions)]
    nodes = [node for body in bodies for node in walk(body)]
    below = {node.sub.symbol for node in nodes if node.sub is not None and node.base.plain}
    carriers = {node.base.symbol for node in nodes if node.scripted}
    for node in nodes:
        pair = _compared(node)
        if pair & (bound | _ENTRY_LETTERS):
            yield from (letter for letter in pair & below - carriers - bound if letter.islower())


def _compared(node: Node) -> set[str]:
    """Return the two letters that a comparison, or Kronecker's delta, is about; nothing for other nodes."""
    if isinstance(node, Relation) and len(node.links) == 1 and node.links[0].operator in _COMPARES:
        return {node.first.symbol, node.links[0].node.symbol} - {""}
    if node.sub is not None and node.base.symbol == r"\delta":
        return {token.text for token in tokens_of(node.sub) if token.kind == "letter"}
    return set()


def _with_a_fixed_member(statements: list[Statement], layers: set[str]) -> Iterator[str]:
    """Yield the names that are defined with one letter below and used with another, the y of y_w = … and -log y_o: that
    is one of them, unless it is defined itself."""
    firsts = [body.first for one in statements if isinstance(body := one.body, Relation)]
    defined = {(node.base.plain, node.sub.symbol) for node in firsts if node.sub is not None and node.sub.symbol}
    for statement in statements:
        for node in walk(statement.body):
            letter = node.sub.symbol if node.sub is not None else ""
            if letter.islower() and letter not in layers and (node.base.plain, letter) not in defined:
                yield from (
                    plain for plain, own in defined if plain is not None and plain == node.base.plain and own in layers
                )


def _labels_with_numbers(statements: list[Statement]) -> set[str]:
    """Return the letters that stand below names only before a number, as a label: the h of out_{h1}."""
    nodes = [node for statement in statements for node in walk(statement.body) if node.sub is not None]
    subs = [tokens_of(node.sub) for node in nodes]
    pairs = [pair for tokens in subs for pair in zip_longest(tokens, tokens[1:])]
    numbered = {
        one.text for one, after in pairs if after is not None and (one.kind, after.kind) == ("letter", "number")
    }
    return numbered - {one.text for one, after in pairs if after is None or after.kind != "number"}


def _classes(found: Collected) -> Iterator[str]:
    """Yield the names that are indices of others: the y_i of p_{y_i}, where p_k has an index, too, or none at all, and
    of p_{i y_i}, where p_{ik} has two."""
    nodes = [node for said in found.text.said for node in walk(said.statement.body) if node.sub is not None]
    slots = [(node.base.plain, [token for group in parts(node.sub) for token in group]) for node in nodes]
    indexed = {(base, len(tokens)) for base, tokens in slots if all(token.kind == "letter" for token in tokens)}
    indexed |= {(equation.left.base.plain, 1) for equation in found.equations if equation.left.sub is None}
    for base, tokens in slots:
        if (base, len(tokens)) in indexed:
            yield from (token.text for token in tokens if token.kind == "script")


def _letters_of_entries(found: Collected) -> set[str]:
    """Return the letters that stand for entries of declared arrays: the i of x_i with x ∈ ℝ^n, of W_{kij} with W_k; not
    the n of x_1, …, x_n."""
    arrays = {d.plain: 1 if rf"{d.key} \in" in d.text else 2 for d in found.shapes if "^" in d.text}
    scripted = [node for said in found.text.said for node in walk(said.statement.body) if node.scripted]
    below = [(node.sub, arrays.get(node.base.plain or "", 9)) for node in scripted if node.sub is not None]
    tokens = [([token for token in tokens_of(sub) if token.text != ","], least) for sub, least in below]
    entries = ([t.text for t in own if t.kind != "number"] for own, least in tokens if len(own) >= least)
    bodies = [statement.body for line in shape_lines(found) for statement in line.statements]
    sets = [body.links[-1].node for body in bodies if isinstance(body, Relation)]
    sizes = {node.symbol for one in sets for node in walk(size_part(one) or one)}
    return {letter for own in entries if set(own) <= _ENTRY_LETTERS for letter in own} - sizes


def _losses_said(found: Collected, solver: Solver) -> Iterator[str]:
    """Yield the names that words call losses and that are differentiated."""
    tops = {head_key(top) for top, _ in found.derivatives()}
    for word in found.words:
        use = solver.use(word.name) if word.meaning in {"loss", "loss of"} else None
        if use is not None and head_key(word.name) in tops:
            yield use.key


def _collected_over_an_index(found: Collected, solver: Solver) -> Iterator[str]:
    """Yield the names that are one number without an index and many with one: E = Σ_n E_n."""
    for equation in found.equations:
        left = solver.use(equation.left)
        for node in names_in(equation.right) if left is not None and not left.units else ():
            use = solver.use(node)
            if left is not None and use is not None and use.key == left.key and use.units:
                yield use.key


def _kinds(found: Collected) -> dict[str, str]:
    """Return what each function does: with each entry, with the whole array, a number; "own" ones are quantities."""
    kinds = {key: KINDS.get(value, "each") for key, (value, _) in found.functions.items()}
    for equation in found.equations:
        if equation.arguments is not None and equation.base not in kinds:
            kinds[equation.base] = "own" if _has_known_arguments(equation, found) else "each"
    return kinds


def _has_known_arguments(equation: Equation, found: Collected) -> bool:
    """Return whether the arguments on a left side are names of the document, not letters of the formula alone.

    What has a slope f'(a), and says nothing of arrays, is a function of each entry, whatever its argument is called.
    """
    if found.heads.get(equation.base, False) and not has_array_marks([equation.right]):
        return False
    names = [item.base for item in argument_names(equation)]
    arrays = (declared.plain for declared in found.shapes if "^" in declared.text)
    words = (w.name.base.plain for w in found.words if w.meaning in {"matrix", "vector", "one-hot"})
    plain = {*arrays, *words, *(equation.left.base.plain for equation in found.equations)}
    used = {node.key for node in walk(equation.right)}
    known = any(name.key is not None and (name.plain in plain or name.key not in used) for name in names)
    return known or _is_a_quantity(equation, found)


def _is_a_quantity(equation: Equation, found: Collected) -> bool:
    """Return whether what has arguments is differentiated by them, ∂J/∂θ, and never has others: J(θ), no function
    that is applied, g(z)."""
    key, arguments = equation.base, [node.text for node in argument_names(equation)]
    if found.heads.get(key, False) or not arguments:
        return False
    bodies = [said.statement.body for said in found.text.said if said.number in found.own]
    others = {group.body.text for head, _, group in heads_in(bodies) if head == key}
    tops = {head_key(top) for top, _ in found.derivatives()}
    return key in tops and others <= {",".join(arguments), *arguments}
