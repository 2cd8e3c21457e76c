"""How far a search goes, counted in steps of work, so that it ends at the same place on every machine and at any load.

    budget = Budget(100_000)
    attempt = budget.share(0.4)     # its steps count for the whole, too
    attempt.spend()                 # raises BudgetError when they are used up

Time is only the last resort: now and then a step looks whether a time limit (`derive.deadline`) has passed.
"""

from __future__ import annotations

from derive.deadline import checkpoint

_LOOK = 256  # steps between two looks at the clock


class BudgetError(ArithmeticError):
    """The steps for this search are used up."""


class Budget:
    """A number of steps from here on; the parts of a budget count together."""

    __slots__ = ("_done", "_end")

    def __init__(self, steps: float, done: list[int] | None = None) -> None:
        self._done = [0] if done is None else done
        self._end = self._done[0] + steps

    def spend(self, steps: int = 1) -> None:
        """Count steps of work. Raises: BudgetError if there are none left; DeadlineExceeded past a time limit."""
        before = self._done[0]
        self._done[0] = now = before + steps
        if now // _LOOK != before // _LOOK:
            checkpoint()
        if now > self._end:
            raise BudgetError("the search used up its steps")

    @property
    def left(self) -> float:
        """How many steps are left; never below 0."""
        return max(0.0, self._end - self._done[0])

    def at_most(self, steps: float) -> Budget:
        """Return a part of this budget."""
        return Budget(min(steps, self.left), self._done)

    def share(self, part: float) -> Budget:
        """Return that part of what is left."""
        return self.at_most(self.left * part)


UNLIMITED = Budget(float("inf"))
