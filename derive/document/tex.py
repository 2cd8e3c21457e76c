"""Formulas in LaTeX: `$…$`, `$$…$$`, `\\(…\\)`, `\\[…\\]` and the display environments, also in included files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from derive.document.definitions import aliases, definitions, displays, environments, group_end
from derive.document.directives import Assembler, Directive
from derive.document.files import read_text
from derive.document.guess import is_display
from derive.document.inclusion import Inclusion, Reach, find_file, find_package
from derive.document.marks import (
    PLAIN_ENVIRONMENTS,
    ROW_ENVIRONMENTS,
    Marks,
    Mathematics,
    erase,
    in_dollars,
    trim,
    unwrap,
)
from derive.document.pieces import ModelDirective
from derive.document.tex_comments import comment_directives, without_comments
from derive.errors import DeriveError, InputError
from derive.files import real
from derive.source import Source, Span
from derive.visible import escaped

_DEPTH = 50
_TOKEN = re.compile(
    r"\\begin\s*\{(?P<env>[A-Za-z0-9]+\*?)\}"
    r"|\\(?P<input>input|include|subfile|subfileinclude)(?![A-Za-z@])\s*(?:\{(?P<file>[^{}\n]*)\}|(?P<bare>[^\s{}\\%]+))"
    r"|\\(?:usepackage|RequirePackage)\s*(?:\[[^\]]{0,999}\]\s*)?\{(?P<packages>[^{}]{0,999})\}"
    r"|(?P<bracket>\\[(\[])"
    r"|(?P<macro>\\[A-Za-z]+)"
    r"|(?P<escape>\\[\s\S])"
    r"|(?P<dollars>\$\$?)"
)
_GROUP = re.compile(
    r"\\(?P<change>begin|end)\s*\{(?P<environment>\w*\*?)\}"
    r"|(?P<begin>\{|\\(?:begingroup|bgroup)(?![A-Za-z]))|(?P<end>\}|\\(?:endgroup|egroup)(?![A-Za-z]))|\\."
)
_STOP = re.compile(r"(?<!\\)\\(?:end\s*\{document\}|endinput(?![A-Za-z]))")
_CLOSING = {r"\[": r"\]", "$$": "$$"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A macro that is defined outside of formulas."""

    span: Span


@dataclass(frozen=True, slots=True)
class Group:
    """The beginning or the end of a group, beyond which a definition does not hold."""

    begins: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What the author has named: macros for delimiters, those that display their argument, and environments for
    displays with the number of their arguments."""

    macros: dict[str, str] = field(default_factory=dict)
    displays: set[str] = field(default_factory=set)
    environments: dict[str, int] = field(default_factory=dict)

    def learn(self, text: str, found: list[Span]) -> None:
        """Take up the names that the definitions of a text make."""
        self.macros.update(aliases(text, found))
        self.displays.update(displays(text, found))
        self.environments.update(environments(text, found))


def read_tex(source: Source, path: Path, assembler: Assembler, within: Path | None = None) -> None:
    """Add the formulas, directives and macro definitions of a LaTeX document and its included files to `assembler`.

    Where the document lies in no repository, files below the folder `within` may be included.

    Raises: InputError for a directive that cannot be read, or a file that cannot be included.
    """
    _TexReader(Reach.of(path, within), assembler).read(source, path, ())


@dataclass
class _TexReader:
    reach: Reach
    assembler: Assembler
    seen: set[Path] = field(default_factory=set)
    names: Names = field(default_factory=Names)
    learnt: set[Path] = field(default_factory=set)

    def read(self, source: Source, path: Path, including: tuple[Path, ...]) -> None:
        """Read one file; `including` are the files that brought it here."""
        resolved = real(path)
        self.seen.add(resolved)
        self.assembler.sources.append(source)
        text = without_comments(source.text)
        stop = _STOP.search(text.clean)
        end = stop.start() if stop else len(text.clean)
        found = list(definitions(text.clean, 0, end))
        written = Source(source.name, text.clean)
        items: list[tuple[int, Mathematics | Inclusion | Directive | ModelDirective | Definition | Group]] = []
        self._learn(source, path)
        scanned = list(_scan(erase(text.marked[:end], found), self.names))
        items += [(one.inside.start if isinstance(one, Mathematics) else one.span.start, one) for one in scanned]
        for directive in comment_directives(source, text.comments):
            if directive.span.start < end:
                items.append((directive.span.start, directive))
        mathematics = [one for one in scanned if isinstance(one, Mathematics)]
        clean = Source(source.name, erase(in_dollars(text.clean, mathematics), found))
        formulas = [one.inside for one in mathematics]
        items += _groups(erase(erase(text.marked[:end], found), formulas))
        items += [(span.start, Definition(span)) for span in _outside(found, formulas)]
        depth = len(self.assembler.scopes)
        for _, item in sorted(items, key=lambda pair: pair[0]):
            match item:
                case Mathematics():
                    self.assembler.begin_group()
                    self.assembler.define(written, item.inside, strict=True, formula=True)
                    span = trim(clean.text, item.inside.start, item.inside.end)
                    if clean.excerpt(span).strip(" .,;"):
                        self.assembler.formula(source, clean, unwrap(clean.text, span), item.display)
                    self.assembler.end_group()
                case Definition():
                    self.assembler.define(written, item.span, strict=True)
                case Group() if item.begins:
                    self.assembler.begin_group()
                case Group() if len(self.assembler.scopes) > depth:
                    self.assembler.end_group()
                case Inclusion():
                    self.include(source, path, item, (*including, resolved))
                case ModelDirective():
                    self.assembler.model(item)
                case Directive():
                    self.assembler.directive(source, source, item)

    def _learn(self, source: Source, path: Path) -> None:
        """Take up the names that a file and all that it brings in make: a package may name what a chapter displays."""
        if real(path) in self.learnt:
            return
        self.learnt.add(real(path))
        text = without_comments(source.text).clean
        self.names.learn(text, list(definitions(text)))
        for item in (_inclusion(token) for token in _TOKEN.finditer(text)):
            try:
                for file in self._files(item, path.parent, source) if item is not None else ():
                    self._learn(Source(str(file), read_text(file)), file)
            except DeriveError:
                continue  # what is missing or cannot be read is reported where it is read

    def _files(self, item: Inclusion, folder: Path, source: Source) -> Iterator[Path]:
        """Yield the files within reach that are brought in. Raises: InputError as `find_file` does."""
        if item.package:
            yield from filter(None, (find_package(self.reach, name.strip()) for name in item.name.split(",")))
        else:
            yield find_file(self.reach, folder, item, source)

    def include(self, source: Source, path: Path, item: Inclusion, including: tuple[Path, ...]) -> None:
        """Read a file that is included at a place; a second time nothing is read, as its formulas are already here.

        Raises: InputError at that place if the file is missing, out of reach, or includes itself.
        """
        if item.package:
            self.package(item)
            return
        file = find_file(self.reach, path.parent, item, source)
        resolved = real(file)
        if resolved in including or len(including) > _DEPTH:
            raise InputError(f"{escaped(file)} includes itself; take one \\input away", source, item.span)
        if resolved in self.seen:
            return
        try:
            text = read_text(file)
        except DeriveError as error:
            raise InputError(str(error), source, item.span) from error
        self.read(Source(str(file), text), file, including)

    def package(self, item: Inclusion) -> None:
        """Collect the macros of packages that lie in the document's folder, or above it within reach."""
        for name in item.name.split(","):
            file = find_package(self.reach, name.strip())
            if file is None or real(file) in self.seen:
                continue
            self.seen.add(real(file))
            clean = Source(str(file), without_comments(read_text(file)).clean)
            self.assembler.define(clean, Span(0, len(clean.text)), strict=True)


def _groups(text: str) -> list[tuple[int, Group]]:
    """Return where groups and environments of a text without formulas and definitions begin and end."""
    return [
        (token.start(), Group(token["begin"] is not None or token["change"] == "begin"))
        for token in _GROUP.finditer(text)
        if token["begin"] or token["end"] or (token["change"] and token["environment"] != "document")
    ]


def _outside(spans: Iterable[Span], formulas: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans that do not lie in a formula; both are in order."""
    place = 0
    for span in spans:
        while place < len(formulas) and formulas[place].end <= span.start:
            place += 1
        if place == len(formulas) or span.start < formulas[place].start:
            yield span


def _scan(text: str, names: Names) -> Iterator[Mathematics | Inclusion]:
    """Yield the formulas and inclusions of a text without comments, in order; `names` are macros for delimiters."""
    marks = Marks(text)
    place = 0
    while token := _TOKEN.search(text, place):
        found = _inclusion(token) or _mathematics(marks, token, names)
        place = token.end()
        if found is not None:
            place = found.outer.end if isinstance(found, Mathematics) else place
            yield found


def _inclusion(token: re.Match[str]) -> Inclusion | None:
    if token["input"]:
        return Inclusion(token["file"] or token["bare"] or "", Span(*token.span()))
    return Inclusion(token["packages"], Span(*token.span()), package=True) if token["packages"] else None


def _mathematics(marks: Marks, token: re.Match[str], names: Names) -> Mathematics | None:
    text, start = marks.text, token.end()
    if token["env"] in names.environments:
        return _named_environment(marks, token, names.environments[token["env"]])
    if token["env"]:
        return _environment(marks, token, token["env"], {f"\\end{{{token['env']}}}"})
    if token["macro"]:
        return _abbreviated(marks, token, names)
    if token["bracket"]:
        closing = r"\)" if token["bracket"] == r"\(" else r"\]"
        end = marks.closer(closing, start)
        return None if end is None else Mathematics(Span(token.start(), end + 2), Span(start, end), closing == r"\]")
    if token["dollars"] == "$$":
        end = marks.pair(start)
        if end is None or not is_display(text, start, end, marks.blank_after(start)):
            return None
        return Mathematics(Span(token.start(), end + 2), Span(start, end), True)
    if token["dollars"]:
        end = marks.inline_end(token.start())
        return None if end is None else Mathematics(Span(token.start(), end + 1), Span(start, end), False)
    return None


def _abbreviated(marks: Marks, token: re.Match[str], names: Names) -> Mathematics | None:
    """Read a display between macros of the author's own, as `\\be … \\ee`, or one that is the argument of a macro."""
    if token["macro"] in names.displays:
        opened = re.compile(r"\s*\{").match(marks.text, token.end())
        end = group_end(marks.text, opened.start(), len(marks.text)) if opened else None
        if opened is None or end is None or end > len(marks.text):
            return None
        return Mathematics(Span(token.start(), end), Span(opened.end(), end - 1), True)
    opening = names.macros.get(token["macro"], "")
    environment = re.fullmatch(r"\\begin\s*\{(\w+\*?)\}", opening)
    closing = f"\\end{{{environment[1]}}}" if environment else _CLOSING.get(opening)
    if closing is None:
        return None
    ends = {closing} | {name for name, body in names.macros.items() if body == closing}
    return _environment(marks, token, environment[1] if environment else "displaymath", ends)


def _named_environment(marks: Marks, token: re.Match[str], count: int) -> Mathematics | None:
    """Read a display in an environment of the author's own, without its arguments."""
    closing = f"\\end{{{token['env']}}}"
    end = marks.find(closing, token.end())
    arguments = re.compile(rf"(?:\s*\{{[^{{}}\n]*\}}){{{count}}}").match(marks.text, token.end())
    if end < 0 or arguments is None or arguments.end() > end:
        return None
    return Mathematics(Span(token.start(), end + len(closing)), Span(arguments.end(), end), True)


def _environment(marks: Marks, token: re.Match[str], name: str, ends: set[str]) -> Mathematics | None:
    """Read a display environment; one that is never closed ends with its paragraph, so that it is reported."""
    if name not in ROW_ENVIRONMENTS and name not in PLAIN_ENVIRONMENTS:
        return None
    places = [(place, end) for end in ends if (place := marks.find(end, token.end())) >= 0]
    place, closing = min(places) if places else (marks.blank_after(token.end()), "")
    whole = name in ROW_ENVIRONMENTS
    outer = Span(token.start(), place + len(closing))
    return Mathematics(outer, outer if whole else Span(token.end(), place), name != "math")
