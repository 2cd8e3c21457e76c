"""Repairs of slopes and powers: g for g′, a slope that is missing or taken at the wrong place, a square."""

from __future__ import annotations

from collections.abc import Iterator

from derive.reader.syntax import Accent, Additive, Font, Group, Node, Number
from derive.repairs.editor import Candidate, Editor, followed
from derive.repairs.shapes import SCALAR
from derive.repairs.vocabulary import Vocabulary


def slopes(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    for node in editor.nodes:
        if node.primes and node.sub is None:
            yield editor.edited("D207", (node.span, editor.text_of(node.base)))
        if (node.symbol or node.word) and editor.text_of(node) in vocabulary.functions:
            yield editor.edited("D207", (node.span, f"{editor.text_of(node)}'"))
    types, own = editor.types, editor.types.whole(editor.node)
    for function in vocabulary.functions:
        for name in vocabulary.names:
            slope, shape = f"{function}'({name})", vocabulary.shape(name)
            if types.may_be_left(shape):
                yield Candidate("D207", rf"{followed(editor)} \odot {slope}", ("*", (slope,)))
            if own is None or shape is None or types.is_left(own.times(shape)):
                yield Candidate("D207", f"{followed(editor)} {slope}")
        for node in editor.nodes:
            if isinstance(node, Group) and node.opening == "(" and not isinstance(node.body, Additive):
                for name in vocabulary.names:
                    if types.allow(types.of(node), vocabulary.shape(name)):
                        yield editor.edited("D207", (node.span, f"({name})"))


def lost_slopes(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """The slope as a factor: at an entry, at what a function stands at already, or written by its output."""
    before, entries = followed(editor), vocabulary.entries if editor.types.may_be_left(SCALAR) else ()
    arguments = [editor.text_of(n) for n in editor.nodes if isinstance(n, Group) and n.opening == "("]
    for function in vocabulary.functions:
        for argument in dict.fromkeys((*(f"({entry})" for entry in entries), *arguments)):
            slope = f"{function}'{argument}"
            yield Candidate("D207", f"{before} {slope}", ("*", (slope,)))
    for name in (name for name in vocabulary.names if editor.types.may_be_left(vocabulary.shape(name))):
        yield Candidate("D207", rf"{before} \odot {name} \odot (1 - {name})", ("*", (name, f"1 - {name}")))
        yield Candidate("D207", rf"{before} \odot (1 - {name} \odot {name})", ("*", (rf"1 - {name} \odot {name}",)))
    for entry in entries:
        yield Candidate("D207", f"{before} {entry} (1 - {entry})", ("*", (entry, f"1 - {entry}")))
        yield Candidate("D207", f"{before} (1 - {entry}^2)", ("*", (f"1 - {entry}^2",)))


def powers(editor: Editor, vocabulary: Vocabulary) -> Iterator[Candidate]:
    """A power one higher or lower, a square that is missing, by the name, the brackets or the norm it belongs to."""
    bases = [node.base for node in editor.values if node.scripted]
    for node in editor.values:
        text = editor.text_of(node)
        if isinstance(node.sup, Number):
            yield editor.edited("D215", (node.span, editor.below(node)))
            if node.sup.text.isdecimal():
                for exponent in (int(node.sup.text) - 1, int(node.sup.text) + 1):
                    yield editor.edited("D215", (node.sup.span, str(exponent)))
        elif node not in bases and _can_be_squared(node):
            shape = vocabulary.shape(text)
            if shape in (None, SCALAR):
                yield editor.edited("D215", (node.span, f"{text}^2"))
            if shape != SCALAR and _is_name(node) and not _is_scalar_name(node):
                yield editor.edited("D215", (node.span, rf"{text} \odot {text}"))


def _can_be_squared(node: Node) -> bool:
    if node.scripted:
        return node.sup is None and not node.primes
    if isinstance(node, Group):
        return node.opening != "{" and not (node.opening == "(" and not isinstance(node.body, Additive))
    return _is_name(node)


def _is_name(node: Node) -> bool:
    return node.scripted or node.letter != "" or isinstance(node, Accent | Font)


def _is_scalar_name(node: Node) -> bool:
    """Whether a name has an index of its own, so that its square is a plain one."""
    return node.scripted and isinstance(node.base, Group)
