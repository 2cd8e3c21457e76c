"""Where a text defines macros: `\\newcommand{\\R}{\\mathbb R}`, `\\def\\R{…}`, `\\DeclareMathOperator`, …"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.document.marks import PLAIN_ENVIRONMENTS, ROW_ENVIRONMENTS
from derive.source import Span

_COMMAND = re.compile(
    r"(?<!\\)\\(?:(?P<new>(?:re|provide)?newcommand|providecommand|DeclareRobustCommand|newenvironment|renewenvironment"
    r"|DeclareMathOperator|DeclarePairedDelimiter|(?:New|Renew|Provide|Declare)DocumentCommand)\*?"
    r"|(?:(?:long|global)\s*\\)?(?P<def>[gex]?def|let))(?![A-Za-z])"
)
_TOKEN = re.compile(r"\\.|[{}]", re.DOTALL)
_NAME = re.compile(r"\s*(?:\{\s*(?:\\[A-Za-z@]+|\\.|[A-Za-z0-9]+\*?)\s*\}|\\[A-Za-z@]+|\\.)", re.DOTALL)
_OPTIONS = re.compile(r"\s*\[[^\]\n]{0,500}\]")
_PARAMETERS = re.compile(r"[^{}\\\n]*")
_LET = re.compile(r"\s*=?\s*(?:\\[A-Za-z@]+|\S)")
_ALIAS = re.compile(r"\\(?:begin|end)\s*\{\w+\*?\}|\\[\[\]]|\$\$")
_ONE_ARGUMENT = re.compile(
    r"\\\w+\*?\s*\{?\s*(?P<name>\\[A-Za-z]+)\s*\}?\s*(?:\[1\]|#1)\s*\{\s*"
    r"(?P<open>\\begin\s*\{\w+\*?\}|\\\[|\$\$)\s*#1\s*(?P<close>\\end\s*\{\w+\*?\}|\\\]|\$\$)\s*\}"
)
_DEFINED = re.compile(_COMMAND.pattern + r"\s*\{?\s*(?P<name>\\[A-Za-z@]+)")
GROUP = re.compile(r"(?P<begin>\{|\\(?:begin|bgroup))|(?P<end>\}|\\(?:end|egroup))|\\.", re.DOTALL)
"""What begins or ends a group: braces and environments."""
_ENVIRONMENT = re.compile(r"\\(?:re)?newenvironment\*?\s*\{(?P<name>\w+\*?)\}(?:\s*\[(?P<count>\d)\])?")
_BODIES = {"newenvironment": 2, "renewenvironment": 2, "DeclarePairedDelimiter": 2}


def definitions(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """Yield the span of every macro definition of text[start:end] in order; one that is cut short is left out."""
    end = len(text) if end is None else end
    unclosed = False
    while match := _COMMAND.search(text, start, end):
        stop = None if unclosed else _definition_end(text, match, end)
        # After a brace that never closes every later one would search to the end again.
        unclosed = unclosed or stop == end + 1
        if stop is not None and stop <= end:
            yield Span(match.start(), stop)
            start = stop
        else:
            start = match.end()


def aliases(text: str, spans: list[Span]) -> dict[str, str]:
    """Return the macros that stand for a delimiter, as in `\\newcommand{\\be}{\\begin{equation}}`."""
    found = {}
    for span in spans:
        match = re.fullmatch(r"\\\w+\*?\s*\{?\s*(\\[A-Za-z]+)\s*\}?\s*\{\s*(.*?)\s*\}", text[span.start : span.end])
        if match and _ALIAS.fullmatch(match[2]):
            found[match[1]] = match[2]
    return found


def displays(text: str, spans: list[Span]) -> set[str]:
    """Return the macros that only display their argument: `\\newcommand{\\show}[1]{\\begin{align} #1 \\end{align}}`."""
    found = set()
    for span in spans:
        match = _ONE_ARGUMENT.fullmatch(text, span.start, span.end)
        name = re.search(r"\w+\*?", match["open"].removeprefix(r"\begin")) if match else None
        if match and (name is None or name[0] in ROW_ENVIRONMENTS | PLAIN_ENVIRONMENTS):
            found.add(match["name"])
    return found


def environments(text: str, spans: list[Span]) -> dict[str, int]:
    """Return the environments that only set a display, \\newenvironment{eq}{\\begin{align}}{\\end{align}}, with the
    number of their arguments."""
    found = {}
    for span in spans:
        match = _ENVIRONMENT.match(text, span.start, span.end)
        begun = re.findall(r"\\begin\s*\{(\w+\*?)\}", text[match.end() : span.end]) if match else []
        if match and len(begun) == 1 and begun[0] in ROW_ENVIRONMENTS | PLAIN_ENVIRONMENTS:
            found[match["name"]] = int(match["count"] or 0)
    return found


def used_elsewhere(text: str, formula: Span, definition: Span) -> str:
    """Return the name that a definition inside a formula gives, where it also stands where the definition does not
    reach, before it or behind the group that it is in; "" otherwise."""
    match = _DEFINED.match(text, definition.start, definition.end)
    if match is None:
        return ""
    reach, depth = formula.end, 0
    for sign in GROUP.finditer(text, definition.end, formula.end):
        depth += (sign["begin"] is not None) - (sign["end"] is not None)
        if depth < 0:
            reach = sign.start()
            break
    use = re.compile(re.escape(match["name"]) + r"(?![A-Za-z@])")
    outside = use.search(text, formula.start, definition.start) or use.search(text, reach, formula.end)
    return match["name"] if outside else ""


def _definition_end(text: str, command: re.Match[str], end: int) -> int | None:
    """Return where a definition ends, None if it is none, or end + 1 if a brace is not closed."""
    name = _NAME.match(text, command.end(), end)
    if name is None:
        return None
    place = name.end()
    if command["def"] == "let":
        let = _LET.match(text, place, end)
        return let.end() if let else None
    if command["def"]:
        parameters = _PARAMETERS.match(text, place, end)
        return group_end(text, parameters.end() if parameters else place, end)
    while option := _OPTIONS.match(text, place, end):
        place = option.end()
    count = 2 if "DocumentCommand" in command["new"] else _BODIES.get(command["new"], 1)
    for _ in range(count):
        stop = group_end(text, place, end)
        if stop is None or stop > end:
            return stop
        place = stop
    return place


def group_end(text: str, place: int, end: int) -> int | None:
    """Return the offset after the group (or the single token) at a place; end + 1 if it is not closed."""
    while place < end and text[place].isspace():
        place += 1
    if place >= end:
        return None
    if text[place] != "{":
        token = re.compile(r"\\[A-Za-z]+|\\.|[^\\}]", re.DOTALL).match(text, place, end)
        return token.end() if token else None
    depth = 0
    for match in _TOKEN.finditer(text, place, end):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return end + 1
