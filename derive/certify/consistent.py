"""A model of what a statement assumes: one forward pass that meets all its hypotheses, so that they say something.

    Theorem consistent : exists n I, facts /\\ ... /\\ sat (network n) I.

Sizes are 1, open functions the identity or constant, leaves one simple number for each name, which is found by trying.
Where none is found, the guard has still met the hypotheses on networks of its own, by numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, product

from flint import arb

from derive.algebra.expr import Var
from derive.algebra.substitute import walk
from derive.certify.guard import Meaning
from derive.certify.hypotheses import holds
from derive.certify.meaning import PRECISION, Function, MeaningError, Pass, evaluate, mentions
from derive.certify.names import quoted
from derive.certify.statement import ASSUMED, Statement
from derive.certify.terms import number
from derive.network.network import Fact
from derive.proof.evaluate import precision

CHOICES = (Fraction(1), Fraction(0), Fraction(1, 2), Fraction(2), Fraction(-1))
MOST = 125
"""How many choices are tried."""
Numbers = dict[str, Fraction]


def model_of(statement: Statement, facts: tuple[Fact, ...]) -> str:
    """Return the theorem that the assumptions of a statement have a model, with its proof; "" if it assumes nothing, or
    no simple model was found."""
    if not any(hypothesis.why.startswith(ASSUMED) for hypothesis in statement.hypotheses):
        return ""
    leaves = _leaves(statement, facts)
    with precision(PRECISION):
        meaning = Meaning(statement)
        tried = (dict(zip(leaves, values, strict=True)) for values in product(CHOICES, repeat=len(leaves)))
        found = next((numbers for numbers in islice(tried, MOST) if _meets(meaning, numbers)), None)
    return "" if found is None else _theorem(statement, found)


def _leaves(statement: Statement, facts: tuple[Fact, ...]) -> list[str]:
    """Return the names of leaves that the facts mention."""
    defined = {definition.name for definition in statement.definitions}
    sides = [side for fact in facts for side in (fact.left, fact.right, *fact.choices) if side is not None]
    named = (node.name for side in sides for node in walk(side) if isinstance(node, Var))
    return [name for name in dict.fromkeys(named) if name not in defined]


def _meets(meaning: Meaning, numbers: Numbers) -> bool:
    """Whether the hypotheses hold where every entry of a leaf has the number of its name, or 1."""
    scope: dict[str, object] = dict(_parameters(meaning.statement))

    def leaf(entry: tuple[str, tuple[int, ...]]) -> arb:
        value = numbers.get(entry[0], Fraction(1))
        return arb(value.numerator) / value.denominator

    scope["I"] = Pass(evaluate(meaning.network, scope), mentions(meaning.network), leaf)
    try:
        return all(holds(hypothesis, scope) for hypothesis in meaning.hypotheses)
    except (MeaningError, ZeroDivisionError):
        return False


def _parameters(statement: Statement) -> Iterator[tuple[str, object]]:
    """Yield what the sizes, labels and open functions are in the model."""
    terms = statement.terms
    for name, count in terms.sizes.items():
        size = _size(statement, name)
        yield terms.names.given["size", name], Function(count, lambda *_, size=size: size) if count else size
    for index in terms.fixed:
        yield terms.index(index), 1
    for opened in terms.opens.values():
        identifier = terms.names.given["function", opened.name]
        for order in range(opened.orders + 1):
            yield identifier + "'" * order, _function(opened.indices, order, of_arrays=bool(opened.shape))


def _function(indices: int, order: int, *, of_arrays: bool) -> Function:
    if of_arrays:
        return Function(1 + order, lambda *_: 0)
    return Function(indices + 1, lambda *args: args[-1] if order == 0 else int(order == 1))


def _size(statement: Statement, name: str) -> int:
    """Return a size of the model: 1, or what the scope says it is."""
    said = [value.const for size, value in statement.claim.sizes if size.name == name and value.is_const]
    return said[0] if said else 1


def _theorem(statement: Statement, numbers: Numbers) -> str:
    terms = statement.terms
    values = " ".join(_written(statement))
    sizes = " ".join(f"({_size_written(statement, name)})" for name in terms.sizes)
    given = " else ".join([*(f"if String.eqb (fst p) {quoted(n)} then {number(v)}" for n, v in numbers.items()), "1"])
    said = [hypothesis.text for hypothesis in statement.hypotheses]
    bound = " ".join([*statement.typed, "(I : interp)"])
    applied = " ".join(["network", *statement.parameters])
    witnesses = ", ".join(_written(statement))
    return "\n".join(
        [
            "(* what is assumed does not contradict itself: here it holds *)",
            f"Theorem consistent : exists {bound},",
            *(f"  {text} /\\" for text in said),
            f"  sat ({applied}) I.",
            "Proof.",
            *([f"  exists {witnesses}."] if witnesses else []),
            f"  exhibit (network {values}) (rank {sizes}) (fun p : entry => {given}).".replace("(rank )", "rank"),
            "Qed.",
        ]
    )


def _written(statement: Statement) -> Iterator[str]:
    """Yield the parameters of the model as terms of Rocq, in the order of the statement."""
    terms = statement.terms
    known = {terms.names.given["size", name]: _size_written(statement, name) for name in terms.sizes}
    known |= {terms.index(index): "1%Z" for index in terms.fixed}
    for opened in terms.opens.values():
        name = terms.names.given["function", opened.name]
        for order in range(opened.orders + 1):
            known[name + "'" * order] = _function_written(opened.indices, order, of_arrays=bool(opened.shape))
    yield from (f"({known[parameter]})" for parameter in statement.parameters)


def _size_written(statement: Statement, name: str) -> str:
    count, size = statement.terms.sizes[name], f"{_size(statement, name)}%Z"
    return f"fun {'(_ : Z) ' * count}=> {size}" if count else size


def _function_written(indices: int, order: int, *, of_arrays: bool) -> str:
    if of_arrays:
        return f"fun {'(_ : list Z) ' * order}(_ : array) => 0"
    value = "x" if order == 0 else str(int(order == 1))
    return f"fun {'(_ : Z) ' * indices}(x : R) => {value}"
