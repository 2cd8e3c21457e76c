"""The drawing of a network, once as data and in two renderings."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from derive.models.registry import list_models, load_model
from derive.report.content import Figure
from derive.report.content_setting import setting
from derive.report.figure import Drawing, network_drawing, svg, tikz
from derive.report.subject import Subject

WIDTHS = (3, 4, 3, 2)
KHAPRA = Subject(load_model("khapra"))
PERCEPTRONS = [name for name in list_models() if Subject(load_model(name)).roles is not None]


def marked(drawing: Drawing, mark: str) -> list[tuple[str, str]]:
    """Return the labels at both ends of the edges with a mark."""
    nodes = drawing.nodes
    return sorted((nodes[edge.source].label, nodes[edge.target].label) for edge in drawing.edges if edge.mark == mark)


def captions(about: Subject) -> list[str]:
    """Return what stands below the figures of the setting."""
    figures = [block for block in setting(about).blocks if isinstance(block, Figure)]
    return ["".join(piece.value for piece in figure.caption) for figure in figures]


def test_every_unit_is_joined_to_every_unit_above() -> None:
    drawing = network_drawing(WIDTHS, KHAPRA)

    assert len(drawing.nodes) == sum(WIDTHS) + 1
    assert len(drawing.edges) == 3 * 4 + 4 * 3 + 3 * 2 + 2
    assert marked(drawing, "weight") == []


def test_one_weight_and_one_path_to_the_loss_are_marked() -> None:
    drawing = network_drawing(WIDTHS, KHAPRA, (2, 3))

    assert marked(drawing, "weight") == [("x_3", "h_{12}")]
    assert marked(drawing, "path") == [
        (r"\hat{y}_1", r"\mathcal{L}"),
        ("h_{12}", "h_{21}"),
        ("h_{21}", r"\hat{y}_1"),
    ]
    assert ("h_{12}", "h_{23}") in marked(drawing, "reach")
    assert ("h_{11}", "h_{21}") not in marked(drawing, "reach")


@pytest.mark.parametrize("model", PERCEPTRONS)
def test_the_loss_bears_the_name_of_the_text_and_no_weight_leads_to_it(model: str) -> None:
    about = Subject(load_model(model))
    drawing = network_drawing(WIDTHS, about)

    assert drawing.nodes[-1].label == about.notation.loss
    assert all(r"between two layers" in text for text in captions(about) if "is one weight" in text)


@pytest.mark.parametrize("model", [name for name in PERCEPTRONS if name != "ng"])
def test_both_renderings_show_all_nodes_and_edges(model: str) -> None:
    drawing = network_drawing(WIDTHS, Subject(load_model(model)), (1, 2))
    picture = ElementTree.fromstring(svg(drawing))

    assert len(picture.findall("{*}circle")) == len(drawing.nodes)
    assert len(picture.findall("{*}line")) == len(drawing.edges)
    assert tikz(drawing).count(r"\draw") == len(drawing.edges)
    assert picture.get("aria-label") == drawing.words
    assert not any("\\" in (text.text or "") for text in picture.iter("{*}tspan"))
    assert not any("style" in element.attrib for element in picture.iter())


def test_nothing_lies_outside_the_picture() -> None:
    drawing = network_drawing((6, 1, 6), KHAPRA)
    picture = ElementTree.fromstring(svg(drawing))
    _, _, width, height = map(float, str(picture.get("viewBox")).split())

    for circle in picture.iter("{*}circle"):
        x, y, radius = (float(str(circle.get(name))) for name in ("cx", "cy", "r"))
        assert radius <= x <= width - radius
        assert radius <= y <= height - radius
