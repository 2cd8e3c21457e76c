"""A plugin of pytest for test_contributing.py: the tables of notation as they would be with one more row in each.

Only the table of a row is changed, in memory, before anything reads it; whatever else has to know of the row takes it
from there, or the tests of the tables fail for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

FUNCTION = r"""FUNCTIONS: tuple[Function, ...] = (
    Function(
        "added", r"added \added", latex=r"\operatorname{added}", smooth=True,
        value=lambda f, x: x * f.sigmoid(2 * x),
        slope=lambda f, x: (f.sigmoid(2 * x) + 2 * x * f.sigmoid(2 * x) * (1 - f.sigmoid(2 * x)),),
    ),
"""
ROWS = {
    "derive.notation.functions": [("FUNCTIONS: tuple[Function, ...] = (\n", FUNCTION)],
    "derive.notation.signs": [
        (r"\le \leq", r"\le \addedle \leq"),
        (r"\odot .*", r"\odot \addedodot .*"),
        (r'r"\intercal"', r'r"\intercal", r"\addedtranspose"'),
        (r"= == \eq", r"= == \addedeq \eq"),
    ],
    "derive.notation.commands": [("hat bar overline", "hat addedhat bar overline")],
    "derive.notation.phrases": [("if | when | whenever", "if | addedly if | when | whenever")],
    "derive.notation.declared": [("matrix | matrices | array", "matrix | addedmatrix | matrices | array")],
    "derive.report.formats": [('"full": "text_full",', '"full": "text_full", "added": "concise",')],
}
"""Module -> what stands in it, and what stands there with one row more."""


class WithMore(SourceFileLoader):
    """Loads a module of `ROWS` with its further rows."""

    def get_code(self, fullname: str) -> CodeType:
        text = Path(self.path).read_text(encoding="utf-8")
        for old, new in ROWS[fullname]:
            if text.count(old) != 1:
                raise ImportError(f"{old} has to stand once in {fullname}")
            text = text.replace(old, new)
        return compile(text, self.path, "exec")


class Finder:
    """Finds the modules of `ROWS` before anybody else does."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname in ROWS else None
        if spec is not None and spec.origin is not None:
            spec.loader = WithMore(fullname, spec.origin)
        return spec


sys.meta_path.insert(0, Finder)
