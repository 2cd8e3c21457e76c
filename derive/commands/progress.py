"""A progress bar on the standard error, loaded only where a terminal shows it."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from derive.visible import escaped


class Bar:
    """Counts formulas over all documents; appears with the first of them, so that warm runs stay quiet."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._known: dict[str, tuple[int, int]] = {}

    def __enter__(self) -> Bar:
        self._task = self._progress.add_task("formulas", total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, name: str, done: int, total: int) -> None:
        """Take note that `done` of `total` formulas of a document are judged."""
        if not self._known:
            self._progress.start()
        self._known[name] = (done, total)
        sums = [sum(numbers) for numbers in zip(*self._known.values(), strict=True)]
        self._progress.update(self._task, description=escaped(name)[-40:], completed=sums[0], total=sums[1])
