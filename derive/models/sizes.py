"""Sizes that are not known yet, and what is taken for the same (unification): ?1 = n, ?2_k = n_{k-1}."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from derive.algebra.index import Index, Lin, Size, lin, size

PLACE = (Index("first layer"), Index("second layer"), Index("third layer"))
"""What the layers of a name are called in its shape."""
UNKNOWN = "?"
"""How the name of an unknown size begins."""


class Misfit(Exception):
    """Two shapes that have to be the same are not."""


@dataclass
class Sizes:
    """What is known of the unknown sizes: each by a size for all layers; `same` waits until more is known.

    `ends` are letters that nothing but sums ends at: the K of Σ_{k=1}^{K} y_k log p_k is the size that p has.
    """

    ends: frozenset[str] = frozenset()
    unknown: dict[str, tuple[tuple[Index, ...], Lin]] = field(default_factory=dict)
    same: list[tuple[Lin, Lin]] = field(default_factory=list)
    _made: int = 0

    def fresh(self, *args: Lin | Index) -> Lin:
        """Return an unknown size, perhaps one for each layer."""
        self._made += 1
        return size(f"{UNKNOWN}{self._made}", *args)

    def known(self, value: Lin) -> Lin:
        """Return a size with what is known of it put in."""
        for _ in range(50):
            found = {
                atom: body.subs(dict(zip(params, atom.args, strict=True)))
                for atom, _ in value.terms
                if isinstance(atom, Size) and atom.name in self.unknown
                for params, body in (self.unknown[atom.name],)
            }
            if not found:
                return value
            value = value.subs(found)
        return value

    def unify(self, one: Lin, other: Lin) -> None:
        """Take two sizes for the same. Raises: Misfit where they cannot be."""
        one, other = self.known(one), self.known(other)
        if one == other or self._bind(one, other) or self._bind(other, one) or self._bind_to_all(one, other):
            return
        if self._bind_end(one, other) or self._bind_end(other, one):
            return
        self.same.append((one, other))
        if not any(_is_open(side) or _is_at_end(side) for side in (one, other)):
            raise Misfit(f"{one} and {other}")

    def _bind(self, one: Lin, other: Lin) -> bool:
        """Put down that an unknown size is another one; return whether that can be said of all its layers."""
        atom = one.atom
        if not isinstance(atom, Size) or not atom.name.startswith(UNKNOWN) or atom.name in _names(other):
            return False
        if len(atom.args) > len(PLACE):
            return False
        params: list[Index] = []
        values: dict[Index, Lin] = {}
        for place, arg in zip(PLACE, atom.args, strict=False):
            letters = [a for a, c in arg.terms if isinstance(a, Index) and c == 1]
            if len(arg.terms) != 1 or not letters:
                return False  # known at one layer only
            params.append(place)
            values[letters[0]] = lin(place) - arg.const
        body = other.subs(values)
        if body.indices() - set(params):
            return False
        self.unknown[atom.name] = (tuple(params), body)
        return True

    def _bind_to_all(self, one: Lin, other: Lin) -> bool:
        """Put down that an unknown size is the same at all layers, since it is so at neighbours: ?_l = ?_{l-1}."""
        atom, like = one.atom, other.atom
        if not (isinstance(atom, Size) and isinstance(like, Size)) or atom.name != like.name:
            return False
        if not len(atom.args) == len(like.args) == 1:
            return False
        step = atom.args[0] - like.args[0]
        if not atom.name.startswith(UNKNOWN) or not atom.args[0].indices() or not step.is_const or abs(step.const) != 1:
            return False
        self.unknown[atom.name] = (PLACE[:1], self.fresh())
        return True

    def _bind_end(self, one: Lin, other: Lin) -> bool:
        """Put down that a letter at which only sums end is a size that has another name."""
        atom, like = one.atom, other.atom
        if not (isinstance(atom, Size) and isinstance(like, Size)) or atom.name not in self.ends or atom.args:
            return False
        self.unknown[atom.name] = ((), other)
        return True

    def settle(self) -> None:
        """Look again at sizes that had to be the same at one layer. Raises: Misfit where they differ."""
        waiting, self.same = self.same, []
        for one, other in waiting:
            self.unify(one, other)

    def call_alike(self) -> None:
        """Call an unknown size of layers like a known one that it is at one of them: n_k, since x ∈ ℝ^{n_0} is h_0.

        Raises: Misfit where they differ.
        """
        for one, other in [pair for both in self.same for pair in (both, both[::-1])]:
            atom, like = one.atom, self.known(other).atom
            if not (isinstance(atom, Size) and isinstance(like, Size)) or like.name.startswith(UNKNOWN):
                continue
            if atom.name.startswith(UNKNOWN) and atom.args and atom.args == like.args and atom.name not in self.unknown:
                places = PLACE[: len(atom.args)]
                self.unknown[atom.name] = (places, size(like.name, *places))
        self.settle()

    def at_ends(self) -> dict[str, Lin]:
        """Return the sizes that are said to be another one at a layer that is given: the d of x ∈ ℝ^d where h_0 = x."""
        pairs = [(self.known(one), self.known(other)) for one, other in self.same]
        both = [*pairs, *((other, one) for one, other in pairs)]
        plain = [(one.atom, other) for one, other in both if _is_at_end(other) and not _is_open(one)]
        return {atom.name: other for atom, other in plain if isinstance(atom, Size) and not atom.args}

    def at_ends_of_sums(self) -> Iterator[tuple[str, Lin]]:
        """Yield the letters at which only sums end, with the sizes that they are."""
        yield from ((name, self.known(size(name))) for name in sorted(self.ends & set(self.unknown)))


def _names(value: Lin) -> set[str]:
    return {atom.name for atom, _ in value.terms if isinstance(atom, Size)}


def _is_open(value: Lin) -> bool:
    return any(name.startswith(UNKNOWN) for name in _names(value))


def _is_at_end(value: Lin) -> bool:
    """Return whether a size is one at a layer that is given: n_0, n_L."""
    return any(isinstance(atom, Size) and atom.args and not value.indices() for atom, _ in value.terms)
