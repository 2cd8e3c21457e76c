"""The computational graph of the network at the sizes of the example, with the shape of each array."""

from __future__ import annotations

from collections.abc import Iterator

from derive.report.content import Block, Figure, Section, paragraph
from derive.report.content_algorithm import goes_down
from derive.report.figure_graph import graph_drawing
from derive.report.inline import prose
from derive.report.numbers import Numbers
from derive.report.subject import Subject

MOST = 30
"""So many arrays can be told apart in one picture with two numbers below each."""


def graph(about: Subject, numbers: Numbers) -> Section:
    """What is computed from what; the way back is the same graph against its arrows."""
    loss = about.notation.loss
    folded = not goes_down(about)
    many = (about.array(d.name, *(str(d.params[n]) for n in about.layer_slots(d.name)))
            for d in about.network.definitions if folded and about.layer_slots(d.name))  # fmt: skip
    one = next((f" What has a letter, such as ${name}$, stands for all of its kind." for name in many), "")
    blocks: tuple[Block, ...] = (
        paragraph(
            "Each array is computed from those whose arrows end at it. The forward pass follows the arrows, the "
            "backward pass goes against them: the gradient by an array is the sum, over the arrows that leave it, of "
            "what comes back along each. So an array with one arrow out has one term, and one with several has one "
            "for each."
        ),
        Figure(
            graph_drawing(numbers, folded=folded),
            prose(
                f"From what is given to ${loss}$, at the sizes of the worked example; below each array stands its "
                f"shape, which is that of its gradient, too.{one}"
            ),
            name="graph",
        ),
        *_valued(about, numbers),
    )
    return Section("graph", "The computational graph", blocks)


def _valued(about: Subject, numbers: Numbers) -> Iterator[Block]:
    """Yield the graph with the numbers of one entry of each array; for a perceptron the chain has them."""
    drawing = graph_drawing(numbers, values=True)
    if about.roles is not None or len(drawing.nodes) > MOST:
        return
    yield paragraph(
        "With numbers, one entry of each array: its value comes from those below it, the derivative by it from those "
        "above. Neither is worked out twice."
    )
    caption = prose(
        f"The same graph with the numbers of the worked example; below each array stand one entry of it, and the "
        f"derivative of ${about.notation.loss}$ by that entry."
    )
    yield Figure(drawing, caption, name="valued")
