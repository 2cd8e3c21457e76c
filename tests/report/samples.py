"""Findings of every verdict, for the renderers."""

from __future__ import annotations

from derive.findings import FileReport, Finding

TEXT = "# Lecture\n\n$$\\nabla_{h} L = W \\nabla_{a} L$$\n\nText with $x = y$ and $z$ 100%.\n"
NOTEBOOK = FileReport("book.ipynb", (Finding(2, 1, 2, 6, "q = r", "undecided", "D301", "no normal form", cell=3),))
REFUTED = Finding(
    3, 3, 3, 28, r"\nabla_{h} L = W \nabla_{a} L", "refuted", "D202", "a transpose is missing",
    scope="1 <= k < L", assumptions=(r"\sum_i y_i = 1",),
    witness={"where": "n_1 = 2, k = 1", "left": "0.25", "right": "-3", "values": {"W": "[[1, 2]]"}},
    suggestion=r"\nabla_{h} L = W^T \nabla_{a} L", milliseconds=12.34567,
)  # fmt: skip
LECTURE = FileReport(
    "a b/04.md",
    (
        Finding(1, 3, 1, 10, "Lecture", "assumed", message="introduces Lecture"),
        REFUTED,
        Finding(5, 12, 5, 17, "x = y", "proved", scope="all sizes", steps=("x", "= y by definition"), milliseconds=1.0),
        Finding(5, 25, 5, 26, "z\x07", "not-understood", "D001", "cannot read: 100%, a,b\nsecond line"),
        Finding(5, 25, 5, 26, "z", "skipped", message="switched off"),
    ),
    TEXT,
)
FILES = (LECTURE, NOTEBOOK)
