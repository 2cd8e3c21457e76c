"""The equations of the backward pass on one page: what the whole derivation comes to."""

from __future__ import annotations

from collections.abc import Sequence

from derive.report.content import Block, Display, Line, Section, paragraph
from derive.report.subject import Subject

COUNTED = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}


def equations(about: Subject, chapters: Sequence[Section]) -> Section | None:
    """The results that the algorithm needs, of sections that derive them; None for a network without layers."""
    roles = about.roles
    results = [block for s in chapters for block in s.blocks if isinstance(block, Display) and block.title]
    if roles is None:
        return None
    tops = {about.gradient_latex(g.name, *g.layers) for g in about.gradients if g.name == roles.pre and g.last}
    learnt = {about.gradient_latex(g.name, *g.layers) for g in about.gradients if g.name in about.parameters}
    whole = [block.lines[0] for block in results if block.name not in ("recursion", "unrolled")]
    recursion = [block.lines[0] for block in results if block.name == "recursion"]
    start = [line for line in whole if line.left in tops]
    lines = [*start, *recursion, *(line for line in whole if line.left in learnt)] if start and recursion else whole
    if len(lines) not in COUNTED:
        return None
    signal = about.signals.get(roles.pre)
    named = f" in the error signals ${about.array(signal[0], about.notation.layer_letters[0])}$" if signal else ""
    blocks: tuple[Block, ...] = (
        paragraph(
            f"Everything that the backward pass needs is in {COUNTED[len(lines)]} equations{named}: where it begins, "
            "how it goes from a layer to the one below, and what the parameters of a layer get from it."
        ),
        Display(tuple(Line(line.left, line.right, where=line.where) for line in lines), step=True, proposed=True),
    )
    return Section("equations", f"The {COUNTED[len(lines)]} equations", blocks)
