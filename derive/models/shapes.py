"""Declarations: which names there are, with which indices, and which sizes their axes have."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from derive.algebra.index import Index, Lin, Range, lin, size, times, upto
from derive.errors import LatexError
from derive.models.letters import is_set_of_reals, size_part
from derive.models.lines import Line, ModelText
from derive.names.declare import declared_name
from derive.names.indices import Token, parts, segments
from derive.names.pairs import declared_pair
from derive.names.table import Entry, Kind, Orientation, Param
from derive.reader.syntax import Additive, Dots, Group, Node, Number, Product, Relation, Tuple
from derive.statements.left_sides import left_side
from derive.typing.lists import listed_items


@dataclass
class Declarations:
    """What is known while a model is being read: index letters, layer letters, sizes, names, labels: indices such as
    the class y_i ∈ {1, …, K}, with their ranges, and names that are written with arguments, x(n).

    `said` are the names of the lines with their sizes, None for a number; `examples` are the layer letters that only
    number arrays, the n of x_n ∈ ℝ^d: numbers y_n make a vector y; `equal` are sizes that are other ones, d = n_0.
    """

    text: ModelText
    letters: set[str]
    layers: set[str]
    sizes: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    labels: dict[Index, Range] = field(default_factory=dict)
    heads: set[str] = field(default_factory=set)
    said: list[tuple[Node, list[Lin] | None]] = field(default_factory=list)
    examples: frozenset[str] = frozenset()
    equal: dict[str, Lin] = field(default_factory=dict)


def declare_equal_sizes(line: Line, found: Declarations) -> bool:
    """Read `d = n_0`, that one size is another one; return whether a line says that."""
    bodies = [statement.body for statement in line.statements]
    relations = [body for body in bodies if isinstance(body, Relation) and len(body.links) == 1]
    if len(relations) < len(bodies) or any(body.links[0].operator != "=" for body in relations):
        return False
    if any(is_set_of_reals(body.links[0].node) for body in relations):
        return False
    for body in relations:
        value = _size(body.links[0].node, found, line)
        if value.is_const and body.first.pieces:
            message = "the size of one layer cannot be a number; write the shapes of this layer's arrays with it"
            raise found.text.fault_in(line, LatexError(message, line.source, body.span))
        found.sizes.setdefault(body.first.text, 0)
        found.equal[body.first.text] = value
    return True


def declare(line: Line, found: Declarations) -> None:
    """Read `a_k, h_k \\in \\mathbb{R}^{n_k}`. Raises: ModelError if it is no such declaration."""
    pending: list[Node] = []
    for statement in line.statements:
        body = statement.body
        if not isinstance(body, Relation):
            pending.append(body)
            continue
        if any(link.operator != r"\in" for link in body.links) or len(body.links) != 1:
            raise found.text.fault_in(
                line, LatexError("a shape is written W \\in \\mathbb{R}^{m \\times n}", line.source, body.span)
            )
        target = body.links[0].node
        names = [*pending, *(body.first.items if isinstance(body.first, Tuple) else [body.first])]
        pending = []
        ends = counted_set(target)
        if ends is not None:
            range_ = Range(_size(ends[0], found, line), _size(ends[1], found, line))
            found.labels |= {Index(_label(name, line, found)): range_ for name in names}
            continue
        if not is_set_of_reals(target):
            raise found.text.fault_in(line, LatexError("a shape is a power of \\mathbb{R}", line.source, target.span))
        exponent = size_part(target)
        for name in names:
            sizes = None if exponent is None else read_sizes(exponent, found, line)
            declare_name(name, sizes, line, found)
            found.said.append((name, sizes))
    if pending:
        raise found.text.fault_in(line, LatexError("a name without a shape", line.source, pending[0].span))


def counted_set(node: Node) -> tuple[Node, Node] | None:
    """Return the ends of a set that counts with dots, {1, …, K}; None for any other set."""
    if not isinstance(node, Group) or node.opening != r"\{":
        return None
    items = listed_items(node.body)
    dots = [isinstance(item, Dots) for item in items]
    return (items[0], items[-1]) if any(dots) and not dots[0] and not dots[-1] else None


def _label(name: Node, line: Line, found: Declarations) -> str:
    """Return what an index is called: c, y_{i}. Raises: ModelError for what is no name."""
    base = name.base
    if base.key is None:
        raise found.text.fault_in(line, LatexError("this is no name", line.source, name.span, "an index"))
    return name.text


def declare_name(name: Node, sizes: list[Lin] | None, line: Line, found: Declarations) -> None:
    """Declare one name with the sizes of its axes, None for a number. Raises: ModelError if it is no name."""
    called = left_side(name, in_model=True)
    node = name if called is None else called.name
    base = node.base
    key = base.key
    if key is None:
        raise found.text.fault_in(line, LatexError("this is no name", line.source, name.span, "a name with its layer"))
    primes = "'" * node.primes
    key += primes
    scripts = (node.sub, *(piece.inside for piece in node.pieces))
    pairs = [pair for script in scripts if (pair := declared_pair(parts(script), found.layers)) is not None]
    below, fixed_sub, fixed_last = _below(node, found, of_number=sizes is None)
    above, fixed_sup, bracket = _above(node, found)
    sizes = sizes or []
    units = [length for length in sizes if length != lin(1)] if len(sizes) > 1 else sizes
    taken = {param.index.name for param in (*above, *below)}
    letters_left = [letter for letter in "ijmpqrs" if letter not in taken]
    called_by = [*letters_left, *(f"i{position}" for position in range(len(letters_left), len(units)))]
    axes = [Param(Index(letter), upto(length), "unit") for letter, length in zip(called_by, units, strict=False)]
    entry = declared_name(
        key, above, below, axes=axes, orientation=_orientation(sizes), fixed_sub=fixed_sub, fixed_sup=fixed_sup,
        written=line.source.excerpt(base.span) + primes, bracket=bracket,
    )  # fmt: skip
    entry = _apart(replace(entry, fixed_last=fixed_last, pair=pairs[0][1] if pairs else None), found)
    text = entry.name
    if any(other.name == text for other in found.entries):
        raise found.text.fault_in(line, LatexError(f'"{text}" is declared twice', line.source, name.span))
    found.entries.append(entry)
    if called is not None and called.arguments is not None:
        found.heads.add(key)


def _apart(entry: Entry, found: Declarations) -> Entry:
    """Return a name as it is called beside those that are written alike: with layers or without, with other letters."""
    text = entry.name
    if any(other.name == text and bool(other.layers) != bool(entry.layers) for other in found.entries):
        text += " by layer" if entry.layers else " alone"
    elif any(other.name == text and _one_is_alone(other, entry) for other in found.entries):
        text += " by index" if entry.params else " alone"
    alike = [e for e in found.entries if e.name == text and e.letters and e.letters != entry.letters]
    if entry.letters and alike and len(alike[0].letters) == len(entry.letters):
        text += f" by {''.join(entry.letters)}"
        found.entries[:] = [replace(other, by_letter=other.by_letter or other in alike) for other in found.entries]
    return replace(entry, name=text, by_letter=bool(entry.letters and alike))


def _one_is_alone(one: Entry, other: Entry) -> bool:
    """Return whether two names with one base are scalars, of which only one has indices: E and E_n."""
    return one.orientation == other.orientation == "scalar" and bool(one.params) != bool(other.params)


def _param(letter: str, found: Declarations, *, below_number: bool = False) -> Param:
    numbers_examples = below_number and letter in found.examples
    kind: Kind = "layer" if letter in found.layers and not numbers_examples else "unit"
    return Param(Index(letter), None, kind)


def _below(
    node: Node, found: Declarations, *, of_number: bool
) -> tuple[list[Param], tuple[str, ...], bool]:  # fmt: skip
    """Return the indices below a name, its fixed part there, and whether that comes last; h_{t-1} has the index t."""
    slots: list[Param] = []
    fixed: list[str] = []
    behind = False
    indices = segments(parts(node.sub))
    if declared_pair(parts(node.sub), found.layers) is not None:
        indices = [next(index for index in indices if len(index) == 1), *indices[2:]]
    for index in indices:
        if index[0].kind == "letter" and index[0].text in found.letters:
            slots.append(_param(index[0].text, found, below_number=of_number))
        else:
            fixed += [token.text for token in index]
            behind = bool(slots)
    return slots, tuple(fixed), behind


def _above(node: Node, found: Declarations) -> tuple[list[Param], tuple[str, ...], str]:
    slots: list[Param] = []
    fixed: list[str] = []
    bracket = ""
    for piece in node.pieces:
        inner, opening = piece.inside, piece.bracket
        indices = segments(parts(inner))
        if len(indices) == 2 and declared_pair(parts(inner), found.layers) is not None:
            indices = [index for index in indices if len(index) == 1]
        if len(indices) == 1 and indices[0][0].kind == "letter" and indices[0][0].text in found.letters:
            slots.append(_param(indices[0][0].text, found))
            bracket = opening
        else:
            fixed.append(piece.text)
    return slots, tuple(fixed), bracket


def _orientation(sizes: list[Lin]) -> Orientation:
    match [length == lin(1) for length in sizes]:
        case [] | [True] | [True, True]:
            return "scalar"
        case [False] | [False, True]:
            return "col"
        case [True, False]:
            return "row"
    return "matrix"


def read_sizes(exponent: Node, found: Declarations, line: Line) -> list[Lin]:
    """Return the sizes of ℝ^{m × n}. Raises: ModelError where a size is not linear."""
    items = exponent.items if isinstance(exponent, Product) else ()
    if not any(item.operator == r"\times" for item in items):
        length = _size(exponent, found, line)
        return [] if length == lin(1) else [length]
    factors: list[list[Node]] = []
    for item in items:
        if item.operator == r"\times" or not factors:
            factors.append([])
        factors[-1].append(item.node)
    return [_product(factor, found, line) for factor in factors]


def _product(factor: list[Node], found: Declarations, line: Line) -> Lin:
    return times(*(_size(node, found, line) for node in factor))


def _size(node: Node, found: Declarations, line: Line) -> Lin:
    match node:
        case Number(_, text) if text.isdigit() and len(text) < 9:
            return lin(int(text))
        case Group(_, "(", _, body):
            return _size(body, found, line)
        case Product(_, items):
            return _product([item.node for item in items], found, line)
        case Additive(_, terms):
            total = lin(0)
            for term in terms:
                total = total + _size(term.node, found, line) * (-1 if term.sign == "-" else 1)
            return total
    return _named_size(node, found, line)


def _named_size(node: Node, found: Declarations, line: Line) -> Lin:
    """Return a size such as n, n_k, n^{[l]}, n_0; a letter below that is no index belongs to the name (n_x)."""
    base = node.base
    key = base.key
    if key is None:
        raise found.text.fault_in(
            line, LatexError("cannot read this size", line.source, node.span, "a letter or a number")
        )
    if not node.scripted:
        found.sizes.setdefault(key, 0)
        return found.equal.get(key, size(key))
    groups = parts(node.sub) + [g for piece in node.pieces for g in parts(piece.inside)]
    arguments = [_argument(group, found) for group in groups]
    known = [argument for argument in arguments if argument is not None]
    if len(known) < len(arguments):
        full = node.text
        found.sizes.setdefault(full, 0)
        return found.equal.get(full, size(full))
    found.sizes[key] = len(known)
    return size(key, *known)


def _argument(group: list[Token], found: Declarations) -> Lin | None:
    """Return the index of a size: k, k-1, 0, L; None if it is part of a name."""
    total, sign = lin(0), 1
    for token in group:
        if token.kind == "sign":
            sign = -1 if token.text == "-" else 1
        elif token.kind == "number":
            total = total + int(token.text) * sign
        elif token.kind == "letter" and (token.text in found.letters or token.text in found.sizes):
            name: Lin = lin(Index(token.text)) if token.text in found.letters else size(token.text)
            total = total + name * sign
        elif token.kind not in {"bracket", "end"}:
            return None
    return total
