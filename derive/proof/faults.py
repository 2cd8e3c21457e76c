"""Why an expression has no value on a concrete network."""

from __future__ import annotations

from dataclasses import dataclass

from derive.errors import NetworkError


class Unsettled(Exception):
    """This network does not tell: a pole, a step at zero, a value out of reach; another draw may."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The size `name[args]` would have to be at least `least`."""

    name: str
    args: tuple[int, ...]
    least: int


class OutOfRange(NetworkError):
    """An entry outside the ranges of its variable; `growth` is the size that would make room for it."""

    def __init__(self, name: str, idx: tuple[int, ...], growth: Growth | None = None) -> None:
        super().__init__(f"{entry_name(name, idx)} is outside the range of {name}")
        self.growth = growth


def entry_name(name: str, idx: tuple[int, ...]) -> str:
    """Return how an entry is written: `b`, `n_0`, `W_{3,1,2}`."""
    if not idx:
        return name
    if len(idx) == 1 and 0 <= idx[0] <= 9:
        return f"{name}_{idx[0]}"
    return f"{name}_{{{','.join(map(str, idx))}}}"
