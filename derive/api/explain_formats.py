"""Explanations as text, LaTeX, Markdown and HTML, all from the same parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from derive.api.arrays import ArrayDerivation, ArrayDerivative
from derive.api.claims import Judgement, details
from derive.api.explanation import Explanation, Heading, Part
from derive.api.partial import Partial
from derive.api.path_drawing import draw_tree, svg_of, tikz_of
from derive.api.paths import PathSum
from derive.api.worked import Worked

TIKZ_STYLES = r"""\tikzset{
  unit/.style={circle,draw,fill=white,inner sep=1pt,minimum size=9mm,font=\footnotesize},
  path unit/.style={}, edge/.style={draw}, path edge/.style={},
}"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ max-width: 62rem; margin: 2rem auto; padding: 0 1rem; font-family: serif; line-height: 1.5; }}
table {{ margin: .5rem 0; }}
code {{ white-space: pre-wrap; }}
</style>
</head>
<body>
<h1>{heading}</h1>
{body}
</body>
</html>
"""


def text(explanation: Explanation) -> str:
    """Return the explanation for a terminal."""
    blocks = []
    for part in explanation.parts:
        if isinstance(part, Heading):
            blocks.append(f"{part.text}\n{'-' * len(part.text)}")
        else:
            blocks.append(str(part))
    return "\n\n".join(blocks) + "\n"


def tex(explanation: Explanation) -> str:
    """Return a fragment of LaTeX, for a document with amsmath and tikz."""
    blocks = ["% for a document with \\usepackage{amsmath,amssymb,tikz}"]
    if any(isinstance(part, PathSum) for part in explanation.parts):
        blocks.append(TIKZ_STYLES)
    return "\n\n".join([*blocks, *map(_tex_part, explanation.parts)]) + "\n"


def _tex_part(part: Part) -> str:
    match part:
        case Heading(heading):
            return rf"\paragraph{{{heading}}}"
        case Judgement():
            return "\n".join(_tex_verdict(part))
        case PathSum():
            return f"\\begin{{center}}\n{tikz_of(part)}\n\\end{{center}}\n\\[\n{part.latex()}\n\\]"
        case Partial() | ArrayDerivative() | ArrayDerivation() | Worked():
            return f"\\[\n{part.latex()}\n\\]"


def _tex_verdict(judgement: Judgement) -> list[str]:
    from derive.report.escape import tex as escaped

    lines = []
    for link in judgement.links:
        said = "; ".join([link.word, *(detail for detail in details(link) if "derive rule" not in detail)])
        lines.append(f"\\[ {judgement.text_of(link)} \\]\n\\emph{{{escaped(said)}}}")
    return lines


def markdown(explanation: Explanation) -> str:
    """Return Markdown with formulas between dollar signs and the paths as a tree."""
    return "\n\n".join(map(_markdown_part, explanation.parts)) + "\n"


def _markdown_part(part: Part) -> str:
    match part:
        case Heading(heading):
            return f"## {heading}"
        case Judgement():
            return "\n\n".join(_markdown_verdicts(part))
        case PathSum():
            tree = "\n".join(["```text", *draw_tree(part), "```"])
            return f"{tree}\n\n$$\n{part.latex()}\n$$"
        case Worked():
            return f"```text\n{part}\n```"
        case Partial() | ArrayDerivative() | ArrayDerivation():
            return f"$$\n{part.latex()}\n$$"


def _markdown_verdicts(judgement: Judgement) -> list[str]:
    from derive.report.escape import markdown as escaped

    blocks = []
    for link in judgement.links:
        notes = "\n".join(f"- {escaped(detail)}" for detail in details(link))
        blocks.append(f"$${judgement.text_of(link)}$$\n\n**{link.word}**\n\n{notes}".rstrip())
    return blocks


def html(explanation: Explanation) -> str:
    """Return one self-contained page: MathML and SVG, no script."""
    body = "\n".join(map(_html_part, explanation.parts))
    title = escape(explanation.latex)
    return PAGE.format(title=title, heading=_formula(explanation.latex), body=body)


def _html_part(part: Part) -> str:
    if isinstance(part, Heading):
        return f"<h2>{escape(part.text)}</h2>"
    if isinstance(part, PathSum):
        return f"<figure>{svg_of(part)}</figure>{part.table_html()}"
    return part._repr_html_()


def _formula(latex: str) -> str:
    from derive.api.claims import formula_html

    return formula_html(latex)


FORMATS: Mapping[str, Callable[[Explanation], str]] = {"text": text, "tex": tex, "html": html, "md": markdown}
