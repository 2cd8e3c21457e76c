"""Templates of the user: single blocks replaced, in a sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import UsageError
from derive.report.render import render
from tests.report.combinations import combination, handout

EXTEND = '<% extends "derive/handout.tex.j2" %>'


def tex(folder: Path, template: str) -> str:
    (folder / "handout.tex.j2").write_text(template)
    return render(handout(title="A_title"), "tex", folder)


def test_one_block_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    ours = render(handout(title="A_title"), "tex")
    theirs = tex(tmp_path, EXTEND + r"<% block title %>\maketitle << meta.title >>" + "\n<% endblock %>")

    assert r"\maketitle A\_title" in theirs
    assert theirs.split(r"\maketitle")[0] == ours.split(r"\thispagestyle{plain}")[0]
    assert theirs.split(r"\maketitle A\_title")[1].strip().startswith(r"\section{The setting}")


def test_html_templates_use_the_usual_delimiters_and_escape(tmp_path: Path) -> None:
    template = '{% extends "derive/handout.html.j2" %}{% block foot %}<footer>{{ "<b>" }}</footer>{% endblock %}'
    (tmp_path / "handout.html.j2").write_text(template)
    text = render(combination("khapra"), "html", tmp_path)

    assert "<footer>&lt;b&gt;</footer>" in text
    assert "Written by derive" not in text


@pytest.mark.parametrize("kind", ["html", "md", "tex"])
def test_one_kind_of_item_is_replaced_and_the_others_stay(kind: str, tmp_path: Path) -> None:
    template = (
        '<% extends "derive/handout.md.j2" %><% block item %><% if block.kind == "algorithm" %>MINE '
        "<% else %><< super() >><% endif %><% endblock %>"
    )
    if kind == "html":
        template = template.replace("<%", "{%").replace("%>", "%}").replace("<<", "{{").replace(">>", "}}")
    (tmp_path / f"handout.{kind}.j2").write_text(template.replace("handout.md", f"handout.{kind}"))
    ours, theirs = render(combination("khapra"), kind), render(combination("khapra"), kind, tmp_path)

    assert theirs.count("MINE") == 1
    assert "step of gradient descent" in ours
    assert "step of gradient descent" not in theirs.replace("One step of gradient descent", "")
    assert theirs.count("Over all paths upwards") == ours.count("Over all paths upwards") > 1


def test_formats_without_a_template_of_the_user_are_ours(tmp_path: Path) -> None:
    content = combination("khapra")

    assert render(content, "md", tmp_path) == render(content, "md")


@pytest.mark.parametrize(
    "attack",
    [
        "<< ''.__class__.__mro__ >>",
        "<< handout.__class__.__init__.__globals__ >>",
        "<< meta.title.__class__ >>",
        '<% include "/etc/passwd" %>',
        '<% include "../../etc/passwd" %>',
        "<% for i in range(10 ** 9) %>x<% endfor %>",
        "<< nothing >>",
        "<< handout.nothing >>",
    ],
)
def test_templates_cannot_leave_the_sandbox(tmp_path: Path, attack: str) -> None:
    with pytest.raises(UsageError, match=r"template"):
        tex(tmp_path, EXTEND + f"<% block lead %>{attack}<% endblock %>")


def test_a_broken_template_is_reported_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"handout\.tex\.j2, line 2"):
        tex(tmp_path, EXTEND + "\n<% block %>")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder of templates at"):
        render(combination("khapra"), "tex", tmp_path / "nowhere")
