"""Time limits that hold inside one long call: a stack of guards over one interval timer.

They count the processor time of this process, so that a verdict does not depend on what else the machine is doing.

    try:
        with deadline(10.0):
            judge(claim)
    except DeadlineExceeded:
        ...

On the main thread SIGPROF raises `DeadlineExceeded` wherever the code happens to be. Elsewhere (other threads, systems
without interval timers) nothing interrupts, and long loops call `checkpoint()`, which works on every thread.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType

_RETRY = 0.1  # seconds until the signal comes again, should something have swallowed it (as __del__ does)


clock = time.process_time
"""Seconds of work of this process: what every limit and every budget of a proof is measured by."""


class DeadlineExceeded(BaseException):
    """The time given to `deadline` is over. Not an Exception, so that no `except Exception` on the way swallows it."""


class _Guards(threading.local):
    """The open guards of one thread, outermost first."""

    def __init__(self) -> None:
        self.open: list[deadline] = []


_guards = _Guards()
_listeners: list[Callable[[], None]] = []


def listen(callback: Callable[[], None]) -> None:
    """Call `callback` whenever an outermost guard opens, as a sign of life to whoever watches this process."""
    _listeners.append(callback)


class deadline:
    """Raise `DeadlineExceeded` inside the `with` block once `seconds` have passed; None means no limit.

    Guards nest: the earliest end counts, whichever guard it belongs to, and an outer guard that expired while an inner
    one swallowed the exception raises again.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._end = float("inf")
        self._previous: tuple[object, float, float, float] | None = None

    def __enter__(self) -> deadline:
        if self._seconds is not None:
            self._end = clock() + max(self._seconds, 0.0)
        outermost = not _guards.open
        if outermost:
            for callback in _listeners:
                callback()
        _guards.open.append(self)
        if _interruptible():
            if outermost:
                self._take_over()
            _arm()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        # _ring never raises while this frame runs, so a guard cannot be left on the stack.
        del _guards.open[_guards.open.index(self) :]
        if _interruptible():
            if self._previous is not None:
                self._give_back()
            else:
                _arm()

    @property
    def remaining(self) -> float:
        """Seconds until the earliest end among this guard and those around it; never below 0."""
        return max(0.0, _earliest() - clock())

    def _take_over(self) -> None:
        handler = signal.signal(signal.SIGPROF, _ring)
        delay, interval = signal.setitimer(signal.ITIMER_PROF, 0)
        self._previous = (handler, delay, interval, clock())

    def _give_back(self) -> None:
        """Restore the handler and the timer found on entry, less the time that has passed since."""
        assert self._previous is not None
        handler, delay, interval, since = self._previous
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)  # type: ignore[arg-type]
        if delay:
            signal.setitimer(signal.ITIMER_PROF, max(delay - (clock() - since), 1e-6), interval)


def checkpoint() -> None:
    """Raise `DeadlineExceeded` if an open guard of this thread has expired; for loops that no signal interrupts."""
    if clock() >= _earliest():
        raise DeadlineExceeded


def _earliest() -> float:
    return min((guard._end for guard in _guards.open), default=float("inf"))


def _interruptible() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _arm() -> None:
    """Set the timer to the earliest end; a delay of 0 would switch it off, so an end in the past rings at once."""
    end = _earliest()
    if end == float("inf"):
        signal.setitimer(signal.ITIMER_PROF, 0)
    else:
        signal.setitimer(signal.ITIMER_PROF, max(end - clock(), 1e-6), _RETRY)


def _ring(_number: int, frame: FrameType | None) -> None:
    """Raise in the interrupted frame, unless that is a guard being opened or closed: then the next ring decides."""
    if frame is not None and frame.f_code.co_filename == __file__:
        return
    checkpoint()
