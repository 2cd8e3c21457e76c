"""How a formula is read where the notation leaves a choice: one row for each choice, and what a reading has chosen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from derive.typing.ceiling import OPEN, Ceiling, Reason, only_proves, only_refutes

OPEN_LETTERS = "letters read as real variables and differentiable functions"
"""What is assumed where nothing says what the letters of a formula mean."""

Layout = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a notation leaves open.

    values: what it may mean, the usual first, the others in the order in which they are tried; a model may say which
        of them is usual in it.
    notes: what a verdict says of a value that is not the usual one.
    ceilings: how far a claim is trusted with another value than the first, where that is not all the way.
    layout: whether it is one choice for all derivatives in a chain of equations.
    shapes: whether the shapes of a formula depend on it, so that it is tried where these do not fit.
    misfit: whether it is tried only there.
    applies: whether there is a choice at all in a model with the given usual reading.
    """

    name: str
    values: tuple[str, ...]
    notes: Mapping[str, str] = field(default_factory=dict)
    ceilings: Mapping[str, Ceiling] = field(default_factory=dict)
    layout: bool = False
    shapes: bool = True
    misfit: bool = False
    applies: Callable[[Reading], bool] = lambda usual: True

    def others(self, usual: str) -> tuple[str, ...]:
        return tuple(value for value in self.values if value != usual)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a formula: what is chosen where it is not the first value of a row of `CHOICES`.

    base: the number of the first unit, 1 or 0.
    """

    chosen: tuple[tuple[str, str], ...] = ()
    base: Literal[0, 1] = 1

    def __getitem__(self, name: str) -> str:
        return dict(self.chosen).get(name) or BY_NAME[name].values[0]

    def choosing(self, **values: str) -> Reading:
        """Return the reading with other choices. Raises: KeyError or ValueError for what no row has."""
        chosen = dict(self.chosen)
        for name, value in values.items():
            place = BY_NAME[name].values.index(value)
            chosen.pop(name, None)
            chosen |= {name: value} if place else {}
        return replace(self, chosen=tuple(sorted(chosen.items())))

    @property
    def layout(self) -> Layout:
        """What is chosen of the rows that are a layout of derivatives."""
        return tuple((name, value) for name, value in self.chosen if BY_NAME[name].layout)

    @property
    def ceiling(self) -> Ceiling:
        """How far a claim may be trusted that is read in this way."""
        found = OPEN
        for name, value in self.chosen:
            found = found.meet(BY_NAME[name].ceilings.get(value, OPEN))
        return found

    def differs_from(self, usual: Reading) -> tuple[str, ...]:
        """Return what this reading assumes beyond the usual one, in words, for the assumptions of a verdict."""
        differing = [(row, self[row.name]) for row in CHOICES if self[row.name] != usual[row.name]]
        return tuple(row.notes[value] for row, value in differing if value in row.notes)

    def alternatives(self, met: Collection[str], usual: Reading, *, misfit: bool = False) -> Iterator[Reading]:
        """Yield the readings that differ in one choice that was met and is still as usual.

        Where the shapes do not fit (`misfit`), only what can change them is tried.
        """
        for row in CHOICES:
            if row.name not in met or not (row.shapes if misfit else not row.misfit) or not row.applies(usual):
                continue
            if self[row.name] == usual[row.name]:
                others = (self.choosing(**{row.name: value}) for value in row.others(usual[row.name]))
                yield from (other for other in others if not other.is_mixed(usual))

    def is_mixed(self, usual: Reading) -> bool:
        """Return whether gradients are rows, as in numerator layout, beside Jacobians in denominator layout."""
        mixed = {"gradients": "row", "jacobian": "denominator"}
        own = any(self[name] != usual[name] for name in mixed)
        return own and all(self[name] == value for name, value in mixed.items())


def _doubting(**doubts: str) -> dict[str, Ceiling]:
    """Return the ceilings of values with which a claim that holds is not proved, for the reasons given."""
    return {value: only_refutes(Reason(doubt)) for value, doubt in doubts.items()}


CHOICES = (
    # letters that nothing declares are not known, or are numbers and functions: "own" where the document has defined
    # the rest of the formula so that nothing is guessed, and any others
    Choice(
        "letters",
        ("declared", "own", "numbers"),
        {"numbers": OPEN_LETTERS},
        ceilings={"numbers": only_proves(Reason("nothing says what its letters mean"))},
    ),
    # a matrix followed by an equation is one side, or two equations with the mark between them lost
    Choice("split", ("one", "two"), {"two": "read as two equations"}),
    # units 1 … c that are written out one by one are some of the units, or all there are
    Choice("listed", ("some", "all")),
    # ∂L/∂v of a scalar has the shape of its variable, or is a row; never said of ∇
    Choice(
        "gradients",
        ("variable", "row"),
        {"row": "∂L/∂v read as a row", "variable": "∂L/∂v read with the shape of v"},
        layout=True,
    ),
    # ∂L/∂W of a scalar has the axes of W, or of its transpose
    Choice(
        "matrices",
        ("variable", "transposed"),
        layout=True,
        ceilings=_doubting(
            transposed="this depends on whether the gradient by a matrix has the shape of the matrix or of "
            "its transpose"
        ),
        applies=lambda usual: usual["gradients"] == "row",
    ),
    # δ = ∂L/∂v is a name with the shape of v, or a row as ∂L/∂v may be one: then what does not fit else is not refuted
    Choice(
        "errors",
        ("variable", "row"),
        ceilings=_doubting(
            row="this holds if the name of a derivative by a vector is a row; the text does not say that it is a row "
            "vector"
        ),
        misfit=True,
    ),
    # a row ⊙ a column does not fit, or means their entries: where derivatives are rows, g'(z) stays upright
    Choice(
        "pairs",
        ("alike", "entries"),
        ceilings=_doubting(entries="this holds if a row and a column are multiplied entry by entry"),
        misfit=True,
    ),
    # ∂u/∂v is dim(u) × dim(v), or dim(v) × dim(u)
    Choice(
        "jacobian",
        ("numerator", "denominator"),
        {"numerator": "numerator layout", "denominator": "denominator layout"},
        layout=True,
    ),
    # ∂L/∂u ∂u/∂v of a column ∂L/∂u is a product of matrices that do not fit, or is summed over u all the same
    Choice(
        "chain",
        ("matrices", "tensors"),
        {"tensors": "∂L/∂u ∂u/∂v read as the sum over u, whatever transposes its shapes would need"},
        layout=True,
    ),
    # an array plus a number does not fit, or the number goes to every entry; a model can say so
    Choice(
        "broadcast",
        ("none", "entries"),
        ceilings=_doubting(
            entries="this holds if the number is added to every entry of the array; "
            "broadcast = true in the model says so"
        ),
    ),
    # M^2 of a square matrix is M M, or the square of each entry
    Choice("powers", ("product", "entries"), {"entries": "the power of a matrix read entry by entry"}),
    # vec(X) stacks the columns of X, or its rows
    Choice(
        "stacking", ("columns", "rows"), ceilings=_doubting(rows="this depends on whether vec stacks columns or rows")
    ),
    # `*` between arrays, where the model does not say, is their product, or that of their entries
    Choice("star", ("product", "entries"), {"entries": "* read entry by entry"}),
    # × between vectors, whose product does not fit, is the product of their entries
    Choice("times", ("product", "entries"), {"entries": "× read entry by entry"}, misfit=True),
    # |v| of a vector has the absolute values of its entries, or is its length
    Choice("bars", ("entries", "norm"), {"norm": "|v| read as the length of v"}),
    # ln p (1 - p) is the logarithm of p, or of the product
    Choice("logs", ("factor", "product"), {"product": "the logarithm reaches over the brackets behind its argument"}),
    # ln x w is the logarithm of x, or of the product; ln x / w that of x, or of the quotient
    Choice(
        "argument", ("factor", "letters"), {"letters": "a function without brackets reaches over all letters behind it"}
    ),
    # ∇_a L (h)^T has a loss L(h) in it, whose gradient lies, or the row h^T as a factor
    Choice(
        "transposed brackets",
        ("argument", "factor"),
        {"factor": "brackets with a transpose behind a scalar read as a factor"},
    ),
    # a/bc is a/b times c, or a over bc
    Choice("slash", ("factor", "below"), {"below": "all that stands side by side behind a slash is below it"}),
    # Σ without an index over a matrix is the sum of all entries, or that of its columns or of its rows
    Choice(
        "sums",
        ("entries", "columns", "rows"),
        {
            "columns": "Σ without an index read as the sum of the columns",
            "rows": "Σ without an index read as the sum of the rows",
        },
    ),
    # Σ_{j ≤ i} p_{ij} without another i is a sum over both letters, or over j for each i
    Choice(
        "bound letters",
        ("both", "first"),
        {"first": "a sum that compares two letters read as one over the first of them"},
        shapes=False,
    ),
    # Z^{(i)} of a matrix is its column i, or its row i
    Choice("examples", ("columns", "rows"), {"rows": "Z^(i) read as row i of Z"}),
    # M_j of a matrix is its row j, or its column j
    Choice("single", ("rows", "columns"), {"columns": "M_j read as column j of M"}),
    # x_m where x and x_n are both names is entry m of x, or another one of the x_n
    Choice(
        "families",
        ("entries", "members"),
        {"members": "an index read as that of one of several arrays, not of an entry of the array of the same name"},
        misfit=True,
    ),
    # X_{n,:} of a matrix is a vector that fits as a row and as a column, or it is one of these
    Choice(
        "slices",
        ("vector", "row", "column"),
        {"row": "a row of a matrix read as a row", "column": "a row of a matrix read as a column"},
    ),
    # M^T is the transpose, or M to the power of the number of steps T
    Choice("steps", ("transpose", "power"), {"power": "T above a matrix read as a power"}),
    # M^n is written with its first factor first, or last; its value is the same
    Choice("repeated", ("rising", "falling")),
    # Π of matrices from the first to the last, or from the last to the first
    Choice(
        "order", ("rising", "falling"), {"falling": "the product of matrices taken from the last factor to the first"}
    ),
    # Π reaches over the factors up to the last one that has its index, or over all
    Choice("reach", ("indexed", "all"), {"all": "Π reaches over all factors behind it"}),
    # δ_{ij} is the model's δ, or Kronecker's
    Choice("delta", ("model", "kronecker"), {"kronecker": "δ with two indices read as Kronecker's"}),
    # e^{z} is Euler's number to the power z, or a power of the declared e
    Choice("euler", ("number", "name"), {"name": "e read as the declared name"}),
    # ∂h_k/∂W under Σ_k counts all steps up to k, or its own alone
    Choice("step", ("all", "own"), {"own": "∂h_k/∂W under Σ read as what step k alone contributes"}, shapes=False),
    # ∂f(u, v)/∂v is total, or holds the other names in f(u, v) fixed
    Choice("held", ("nothing", "others"), {"others": "∂f(u, v)/∂v read with u held fixed"}, shapes=False),
    # so may ∂f/∂v of a name that is defined as f(u, v), all of them, or all but those of the loss
    Choice(
        "partials",
        ("total", "own", "inner"),
        {
            "own": "∂f/∂v of f = f(u, v) read with u held fixed, and df/dv as the total derivative",
            "inner": "∂f/∂v of f = f(u, v) read with u held fixed, but not that of the loss",
        },
        shapes=False,
    ),
    # d x A is (dx) A, or d(x A)
    Choice(
        "differentials", ("factor", "product"), {"product": "d reaches over the whole product behind it"}, layout=True
    ),
    # in da = W dh, where h depends on W, too, W moves, or not
    Choice(
        "moving", ("all", "others"), {"others": "what stands in it without d held fixed"}, layout=True, shapes=False
    ),
    # ∇ and ∂/∂x reach over the whole product, or the next factor
    Choice("scope", ("wide", "narrow"), {"narrow": "the derivative reaches over the next factor only"}),
)
"""Every choice, in the order in which other values are tried."""

BY_NAME = {row.name: row for row in CHOICES}
