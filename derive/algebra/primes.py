"""Rational numbers by their prime factors, so that roots and logarithms of equal numbers are the same."""

from __future__ import annotations

from fractions import Fraction

from derive.algebra.factors import Rational, whole

MAX_PRIME = 100_000


class TooLargeError(ArithmeticError):
    """The normal form would grow beyond what is reasonable."""


def divide(c: Rational, d: Rational) -> Rational:
    """Return c / d exactly."""
    return whole(Fraction(c) / d)


def prime_factors(n: int) -> dict[int, int]:
    """Return the exponents of the primes in n >= 1. Raises TooLargeError for a large one without small factors."""
    found: dict[int, int] = {}
    candidate = 2
    while candidate * candidate <= n:
        if candidate > MAX_PRIME:
            raise TooLargeError("a root or a logarithm of a large number")
        while n % candidate == 0:
            found[candidate] = found.get(candidate, 0) + 1
            n //= candidate
        candidate += 1 if candidate == 2 else 2
    if n > 1:
        found[n] = found.get(n, 0) + 1
    return found


def rational_factors(c: Rational) -> dict[int, int]:
    """Return the exponents of the primes in a positive rational number."""
    found = prime_factors(c.numerator)
    found.update({prime: -x for prime, x in prime_factors(c.denominator).items()})
    return found
