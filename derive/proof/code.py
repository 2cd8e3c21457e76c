"""Code: functions of a run (the values of one concrete network) and a frame (the values of the index variables)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.proof.dual import Node
from derive.proof.faults import Unsettled

if TYPE_CHECKING:
    from derive.proof.evaluate import Evaluation

Frame = list[int]
Code = Callable[["Evaluation", Frame], Node]
IntCode = Callable[["Evaluation", Frame], int]
NumberCode = Callable[["Evaluation", Frame], Fraction | int]
RangeCode = tuple[IntCode, IntCode]
Free = frozenset[int]
"""The slots of the index variables that a piece of code uses."""
NONE: Free = frozenset()
MAX_BITS = 4096


def steps(run: Evaluation, frame: Frame, bounds: RangeCode) -> range:
    """Return the values of a range; hi = lo - 1 makes it empty.

    Raises: Unsettled if they are too many to walk through, or if the range runs backwards: its length would be
    negative, and what a sum over it means is open to dispute.
    """
    run.count()
    lo, hi = bounds[0](run, frame), bounds[1](run, frame)
    if hi < lo - 1:
        raise Unsettled(f"a range runs backwards, from {lo} to {hi}")
    walk = range(lo, hi + 1)
    if len(walk) > run.longest:
        raise Unsettled(f"a range of {len(walk)} values is too long to evaluate")
    return walk


def sum_of(codes: list[NumberCode]) -> NumberCode:
    return lambda run, frame: sum(code(run, frame) for code in codes)


def product_of(codes: list[NumberCode]) -> NumberCode:
    def value(run: Evaluation, frame: Frame) -> Fraction | int:
        result: Fraction | int = 1
        for code in codes:
            result *= code(run, frame)
            if not result:
                return 0
        return result

    return value


def power_of(base: NumberCode, exponent: int) -> NumberCode:
    def value(run: Evaluation, frame: Frame) -> Fraction | int:
        number = Fraction(base(run, frame))
        if exponent < 0 and not number:
            raise Unsettled("a division by zero")
        if number.numerator.bit_length() * abs(exponent) > MAX_BITS:
            raise Unsettled("a power is out of reach")
        return number**exponent

    return value
