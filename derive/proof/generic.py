"""Generic smooth functions, one for each function that a network leaves open.

    f(u) = Σ_m A_m sin(Σ_e c_{m,e} u_e + p_m) + Σ_e b_e u_e

with random dyadic coefficients: all its partial derivatives are at hand, it does not blow up in deep networks, and no
identity holds by accident (no f(u) = u, no f' = f, no symmetry between arguments). The coefficients follow from the
name and indices of the function.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from zlib import crc32

from flint import arb, fmpq

from derive.proof.dual import Partials

WAVES = 3
_SCRAMBLE = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


def scatter(*key: object) -> int:
    """Return 64 bits that depend on the key alone, the same in every process."""
    bits = crc32(repr(key).encode()) * _SCRAMBLE & _MASK
    bits = (bits ^ bits >> 29) * 0xBF58476D1CE4E5B9 & _MASK
    return bits ^ bits >> 32


@dataclass(frozen=True, slots=True)
class GenericFunction:
    """An open function of the entries `labels`; equal keys and labels give equal coefficients."""

    amplitudes: tuple[arb, ...]
    phases: tuple[arb, ...]
    waves: tuple[tuple[arb, ...], ...]
    lean: tuple[arb, ...]

    @property
    def sines(self) -> tuple[tuple[Fraction, tuple[Fraction, ...], Fraction], ...]:
        """The amplitude, the factors of the arguments, and the phase of each wave."""
        rows = zip(self.amplitudes, self.waves, self.phases, strict=True)
        return tuple((_exact(a), tuple(map(_exact, wave)), _exact(p)) for a, wave, p in rows)

    @property
    def slopes(self) -> tuple[Fraction, ...]:
        """The factors of the arguments beside the waves."""
        return tuple(map(_exact, self.lean))

    def at(self, args: tuple[arb, ...]) -> Partials:
        """Return the partial derivatives at a point, by their orders."""
        turns = [
            (sum((c * u for c, u in zip(wave, args, strict=True)), phase)).sin_cos()
            for wave, phase in zip(self.waves, self.phases, strict=True)
        ]
        leant = sum((b * u for b, u in zip(self.lean, args, strict=True)), arb(0))

        def partial(order: tuple[int, ...]) -> arb:
            degree = sum(order)
            picked = [place for place, count in enumerate(order) for _ in range(count)]
            value = arb(0)
            for amplitude, wave, (sine, cosine) in zip(self.amplitudes, self.waves, turns, strict=True):
                term = amplitude * (sine, cosine, -sine, -cosine)[degree % 4]
                for place in picked:
                    term = term * wave[place]
                value = value + term
            if degree == 0:
                return value + leant
            return value + self.lean[picked[0]] if degree == 1 else value

        return partial


def _exact(value: arb) -> Fraction:
    count = (64 * value).unique_fmpz()
    assert count is not None  # it was made as a whole number of 64ths
    return Fraction(int(count), 64)


def generic(seed: int, name: str, idx: tuple[int, ...], labels: tuple[tuple[int, ...], ...]) -> GenericFunction:
    """Return the open function `name[idx]` of a network that was drawn with `seed`; one label for each argument."""

    def coefficients(kind: str) -> tuple[arb, ...]:
        return tuple(_coefficient(seed, name, idx, kind, label) for label in labels)

    return GenericFunction(
        amplitudes=tuple(_coefficient(seed, name, idx, "amplitude", (m,)) for m in range(WAVES)),
        phases=tuple(_coefficient(seed, name, idx, "phase", (m,)) for m in range(WAVES)),
        waves=tuple(coefficients(f"wave {m}") for m in range(WAVES)),
        lean=coefficients("lean"),
    )


def _coefficient(seed: int, name: str, idx: tuple[int, ...], kind: str, label: tuple[int, ...]) -> arb:
    """Return ±n/64 with 17 <= n <= 80, exactly."""
    bits = scatter(seed, name, idx, kind, label)
    return arb(fmpq((17 + bits % 64) * (1 if bits & 1024 else -1), 64))
