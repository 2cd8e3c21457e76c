"""What a statement says of one concrete network: its terms evaluated as they are defined in the library.

    d u v   the entry v is set to x by hand, everything downstream computed anew; the slope at the present value, as a
            difference quotient (u(x + h) - u(x - h)) / 2h in ball arithmetic of high precision

Nothing is taken from the claim, the chain rule or the oracle's derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from operator import add, mul, sub
from typing import Any

from flint import arb

from derive.certify.reading import Apply, Binder, Items, Name, Number, Operation, ReadingError, Term, Text, texts
from derive.errors import DeriveError

PRECISION = 300
STEP = arb(2) ** -90
TOLERANCE = arb(10) ** -9
COMPARISONS = ("<=", "<")
Value = Any
Entry = tuple[str, tuple[int, ...]]
Scope = Mapping[str, Value]


class MeaningError(DeriveError):
    """A term that has no value on a concrete network."""


class GuardError(DeriveError):
    """A statement does not say what its claim says, or nothing could tell."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of several arguments that takes them one by one."""

    arity: int
    call: Callable[..., Value]
    given: tuple[Value, ...] = ()

    def __call__(self, argument: Value) -> Value:
        given = (*self.given, argument)
        return self.call(*given) if len(given) == self.arity else Function(self.arity, self.call, given)


@dataclass(frozen=True, slots=True)
class Syntax:
    """An expression of a definition, as in Core.v."""

    head: str
    parts: tuple[Value, ...]


def evaluate(term: Term, scope: Scope) -> Value:
    """Return the value of a term: an integer, a ball, a truth, an entry, a list or a function.

    Raises: MeaningError.
    """
    return _compiled(term)(scope)


Code = Callable[[Scope], Value]
"""A term that waits for the values of its names: what stands in it is looked at once, and not at every evaluation."""


@lru_cache(maxsize=1024)
def _compiled(term: Term) -> Code:
    return _code(term)


def _code(term: Term) -> Code:
    match term:
        case Number(value) | Text(value):
            return lambda scope: value
        case Name(name):
            return lambda scope: _lookup(name, scope)
        case Items(items):
            codes = [_code(item) for item in items]
            return lambda scope: tuple([code(scope) for code in codes])
        case Apply():
            return _application(term)
        case Binder("fun", names, body):
            return _function(names, _code(body))
        case Binder("let", (name,), body, value) if value is not None:
            inside, given = _code(body), _code(value)
            return lambda scope: inside({**scope, name: given(scope)})
        case Operation("if", (condition, yes, no)):
            test, one, other = _code(condition), _code(yes), _code(no)
            return lambda scope: one(scope) if test(scope) else other(scope)
        case Operation(sign, operands):
            return _operation(sign, operands)
    return _without_value(term)


def _without_value(term: Term) -> Code:
    def code(_: Scope) -> Value:
        raise ReadingError(f"no value is known for {term}")

    return code


def _lookup(name: str, scope: Scope) -> Value:
    if name in scope:
        return scope[name]
    if name in LIBRARY:
        return LIBRARY[name]
    raise MeaningError(f"{name} is not a name of the library")


def _application(term: Term) -> Code:
    """Return the code of f x y …, in which a function takes all of its arguments at once."""
    arguments: list[Code] = []
    while isinstance(term, Apply):
        arguments.insert(0, _code(term.argument))
        term = term.function
    head = _code(term)
    return lambda scope: _call(head(scope), [argument(scope) for argument in arguments])


def _call(function: Value, arguments: Sequence[Value]) -> Value:
    if isinstance(function, Function) and len(function.given) + len(arguments) == function.arity:
        return function.call(*function.given, *arguments)
    for argument in arguments:
        function = function(argument)
    return function


def _function(names: tuple[str, ...], body: Code) -> Code:
    if len(names) == 1:
        (name,) = names
        return lambda scope: Function(1, lambda value: body({**scope, name: value}))
    return lambda scope: Function(len(names), lambda *values: body({**scope, **dict(zip(names, values, strict=True))}))


def _power(base: Value, exponent: int) -> Value:
    """Return a natural power; that of a ball around 0 is a ball, too, which arb does not know."""
    return prod([base] * exponent)


ARITHMETIC: Mapping[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": lambda left, right: arb(left) / arb(right),
    "^": _power,
    "\\/": lambda left, right: left or right,
}


def _operation(sign: str, operands: tuple[Term, ...]) -> Code:
    first = operands[0]
    if sign in COMPARISONS and isinstance(first, Operation) and first.sign in COMPARISONS:
        chain, middle, last = _code(first), _code(first.operands[1]), _code(operands[1])
        return lambda scope: chain(scope) and _compare(sign, middle(scope), last(scope))
    codes = [_code(operand) for operand in operands]
    if len(codes) == 1:
        (one,) = codes
        return (lambda scope: -one(scope)) if sign == "-" else (lambda scope: 1 / arb(one(scope)))
    left, right = codes
    if sign in ("=", "<>", *COMPARISONS):
        return lambda scope: _compare(sign, left(scope), right(scope))
    if sign not in ARITHMETIC:
        raise MeaningError(f"the sign {sign} between numbers")
    operate = ARITHMETIC[sign]
    return lambda scope: operate(left(scope), right(scope))


def _compare(sign: str, left: Value, right: Value) -> bool:
    """Compare numbers; balls are equal where they overlap, and different or ordered where they do not."""
    if isinstance(left, int) and isinstance(right, int):
        return {"=": left == right, "<>": left != right, "<=": left <= right, "<": left < right}[sign]
    if sign in ("=", "<>"):
        return bool(arb(left).overlaps(arb(right))) is (sign == "=")
    return bool(arb(left) < arb(right)) if sign == "<" else bool(arb(left) <= arb(right))


# ---- the library: Core.v and Functions.v ----


def _sum(lo: int, hi: int, f: Callable[[int], Value]) -> Value:
    total: Value = 0
    for z in range(lo, hi + 1):
        total = total + f(z)
    return total


def _product(lo: int, hi: int, f: Callable[[int], Value]) -> Value:
    total: Value = 1
    for z in range(lo, hi + 1):
        total = total * f(z)
    return total


def _chain(lo: int, hi: int, matrix: Function, cols: Function, p: int, c: int) -> Value:
    if lo > hi:
        return int(p == c)
    return _sum(1, cols(lo), lambda q: matrix(lo)(p)(q) * _chain(lo + 1, hi, matrix, cols, q, c))


def _step(x: Value) -> int:
    x = arb(x)
    if x.contains(arb(0)):
        raise MeaningError("a step at 0")
    return int(x > 0)


def _sigmoid(x: Value) -> arb:
    return 1 / (1 + (-arb(x)).exp())


def keys_of(shape: Syntax) -> Iterator[tuple[int, ...]]:
    """Yield the keys of an array."""
    match shape.head, shape.parts:
        case "Cell", _:
            yield ()
        case "Axis", (lo, hi, rest):
            for z in range(lo, hi + 1):
                yield from ((z, *key) for key in keys_of(rest(z)))
        case "Pair", (one, two):
            yield from ((0, *key) for key in keys_of(one))
            yield from ((1, *key) for key in keys_of(two))


def _within(shape: Syntax, array: Callable[[tuple[int, ...]], Value]) -> dict[tuple[int, ...], Value]:
    return {key: array(key) for key in keys_of(shape)}


Array = dict[tuple[int, ...], Value]


def _highest(shape: Syntax, array: Array) -> tuple[int, ...] | None:
    """Return the key of the entry that is larger than all others, if there is one."""
    keys = list(keys_of(shape))
    return next((k for k in keys if all(arb(array[m]) < arb(array[k]) for m in keys if m != k)), None)


def _largest(shape: Syntax, array: Array) -> Value:
    key = _highest(shape, array)
    if key is None:
        raise MeaningError("the largest of several that are equal")
    return array[key]


def _peak(shape: Syntax, key: tuple[int, ...], array: Array) -> int:
    return int(key == _highest(shape, array))


def _negative(array: Array) -> Array:
    return {key: -value for key, value in array.items()}


def _has_slope(f: Callable[[arb], Value], x: arb, slope: Value) -> bool:
    """Whether a function has a derivative, as far as a difference quotient tells."""
    return near((arb(f(x + STEP)) - arb(f(x - STEP))) / (2 * STEP), arb(slope))


def _has_slopes(shape: Syntax, f: Callable[[Array], Value], partial: Function) -> bool:
    """Whether a function of arrays has its partial derivatives, at one array."""
    keys = list(keys_of(shape))
    at = {key: arb(n + 1) / 7 for n, key in enumerate(keys)}
    return all(_has_slope(lambda x, k=key: f(at | {k: x}), at[key], partial(key)(at)) for key in keys[:4])  # type: ignore[misc]


def near(here: arb, there: arb) -> bool:
    """Whether two balls are the same value; a difference quotient has an error of its own."""
    gap = abs(here - there)
    return bool(here.is_finite()) and bool(gap <= TOLERANCE * (1 + abs(there)))


def _syntax(head: str, arity: int) -> Function:
    return Function(arity, lambda *parts: Syntax(head, parts))


def _nth(n: int, key: tuple[int, ...], default: int) -> int:
    return key[n] if n < len(key) else default


_TWO = arb(2)
LIBRARY: dict[str, Value] = {
    "PI": arb.pi(),
    "IZR": lambda z: z,
    "exp": lambda x: arb(x).exp(),
    "ln": lambda x: arb(x).log(),
    "sqrt": lambda x: arb(x).sqrt(),
    "sin": lambda x: arb(x).sin(),
    "cos": lambda x: arb(x).cos(),
    "tan": lambda x: arb(x).tan(),
    "atan": lambda x: arb(x).atan(),
    "sinh": lambda x: arb(x).sinh(),
    "cosh": lambda x: arb(x).cosh(),
    "tanh": lambda x: arb(x).tanh(),
    "erf": lambda x: arb(x).erf(),
    "Rabs": lambda x: abs(arb(x)),
    "Rinv": lambda x: 1 / arb(x),
    "step": _step,
    "sgn": lambda x: _step(x) - _step(-arb(x)),
    "relu": lambda x: arb(x) * _step(x),
    "sigmoid": _sigmoid,
    "softplus": lambda x: (1 + arb(x).exp()).log(),
    "silu": lambda x: arb(x) * _sigmoid(x),
    "gelu": lambda x: arb(x) * (1 + (arb(x) / _TWO.sqrt()).erf()) / 2,
    "sqrt'": lambda x: 1 / (2 * arb(x).sqrt()),
    "cos'": lambda x: -arb(x).sin(),
    "atan'": lambda x: 1 / (1 + arb(x) ** 2),
    "tanh'": lambda x: 1 - arb(x).tanh() ** 2,
    "sigmoid'": lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
    "silu'": lambda x: _sigmoid(x) * (1 + x * (1 - _sigmoid(x))),
    "erf'": lambda x: 2 / arb.pi().sqrt() * (-(arb(x) ** 2)).exp(),
    "gelu'": lambda x: (1 + (x / _TWO.sqrt()).erf()) / 2 + x / (2 * arb.pi()).sqrt() * (-(x**2) / 2).exp(),
    "relu'": _step,
    "abs'": lambda x: _step(x) - _step(-arb(x)),
    "zero'": lambda x: 0,
    "ind": Function(2, lambda a, b: int(a == b)),
    "indle": Function(2, lambda a, b: int(a <= b)),
    "sumZ": Function(3, _sum),
    "prodZ": Function(3, _product),
    "chain": Function(6, _chain),
    "within": Function(2, _within),
    "largest": Function(2, _largest),
    "smallest": Function(2, lambda shape, array: -_largest(shape, _negative(array))),
    "peak": Function(3, _peak),
    "trough": Function(3, lambda shape, key, array: _peak(shape, key, _negative(array))),
    "negative": _negative,
    "alone": Function(2, lambda shape, array: _highest(shape, array) is not None),
    "is_derive": Function(3, _has_slope),
    "differentiable": Function(3, _has_slopes),
    "Z.eqb": Function(2, lambda a, b: a == b),
    "hd": Function(2, lambda default, key: _nth(0, key, default)),
    "tl": lambda key: key[1:],
    "nth": Function(3, _nth),
    "Cell": Syntax("Cell", ()),
    **{head: _syntax(head, 2) for head in ("Pair", "Add", "Mul")},
    **{head: _syntax(head, 1) for head in ("Num", "Var", "Inv", "Body")},
    **{head: _syntax(head, 3) for head in ("Axis", "Fn", "Sum", "Bind")},
    "App": _syntax("App", 4),
}


# ---- forward passes ----


@dataclass
class Effort:
    """How many expressions were evaluated."""

    steps: int = 0


@dataclass
class Pass:
    """A forward pass of a network: leaves from outside.

    Or an `origin` with one entry set by hand; what mentions its name nowhere below has its value there.
    """

    network: tuple[tuple[str, Syntax], ...]
    mentions: Mapping[str, frozenset[str]]
    leaf: Callable[[Entry], Value]
    origin: Pass | None = None
    fixed: Mapping[Entry, Value] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)
    _values: dict[Entry, Value] = field(default_factory=dict)

    def __call__(self, entry: Entry) -> Value:
        """Return the value of an entry."""
        if entry in self.fixed:
            return self.fixed[entry]
        if self.origin is not None and not any(v in self.mentions.get(entry[0], ()) for v, _ in self.fixed):
            return self.origin(entry)
        if entry not in self._values:
            body = self._definition(entry)
            self._values[entry] = self.leaf(entry) if body is None else self.value(body)
        return self._values[entry]

    def _definition(self, entry: Entry) -> Syntax | None:
        for name, definition in self.network:
            body = _instance(definition, entry[1]) if name == entry[0] else None
            if body is not None:
                return body
        return None

    def value(self, expr: Syntax) -> Value:
        """Return the value of an expression of a definition."""
        self.effort.steps += 1
        match expr.head, expr.parts:
            case "Num", (number,):
                return number
            case "Var", (entry,):
                return self(entry)
            case "Add", (a, b):
                return self.value(a) + self.value(b)
            case "Mul", (a, b):
                return self.value(a) * self.value(b)
            case "Inv", (a,):
                return 1 / arb(self.value(a))
            case "Fn", (f, _, a):
                return f(self.value(a))
            case "App", (f, _, shape, array):
                return f({key: self.value(array(key)) for key in keys_of(shape)})
            case "Sum", (lo, hi, body):
                return _sum(lo, hi, lambda z: self.value(body(z)))
        raise MeaningError(f"no value for {expr.head}")


def mentions(network: Term) -> dict[str, frozenset[str]]:
    """Return for each defined name the names in its definitions, and in those of these, and so on."""
    found: dict[str, frozenset[str]] = {}
    for row in network.items if isinstance(network, Items) else ():
        name, *others = texts(row)
        found[name] = found.get(name, frozenset()).union(others)
    while True:
        further = {name: names.union(*(found.get(n, ()) for n in names)) for name, names in found.items()}
        if further == found:
            return found
        found = further


def places(definition: Syntax) -> Iterator[tuple[int, ...]]:
    """Yield the indices of the entries of a definition."""
    if definition.head == "Body":
        yield ()
        return
    lo, hi, rest = definition.parts
    yield from ((z, *later) for z in range(lo, hi + 1) for later in places(rest(z)))


def _instance(definition: Syntax, idx: tuple[int, ...]) -> Syntax | None:
    """Return the body of a definition at indices, None outside its ranges."""
    if definition.head == "Body":
        return definition.parts[0] if not idx else None
    lo, hi, rest = definition.parts
    return _instance(rest(idx[0]), idx[1:]) if idx and lo <= idx[0] <= hi else None


@dataclass
class Slopes:
    """d u v at a forward pass."""

    base: Pass
    _moved: dict[Entry, tuple[Pass, Pass]] = field(default_factory=dict)

    def __call__(self, u: Entry, v: Entry) -> arb:
        """Return the slope of u when v is moved."""
        if v not in self._moved:
            base, here = self.base, arb(self.base(v))
            more, less = (
                Pass(base.network, base.mentions, base.leaf, base, {v: here + step}, base.effort)
                for step in (STEP, -STEP)
            )
            self._moved[v] = (more, less)
        more, less = self._moved[v]
        return (arb(more(u)) - arb(less(u))) / (2 * STEP)
