"""Syntax trees as short text, so that a test says on one line what it expects."""

from __future__ import annotations

from derive.reader.parser import parse_expression, parse_formula
from derive.reader.syntax import (
    Accent,
    Additive,
    Annotated,
    BigOperator,
    Cases,
    Dots,
    Empty,
    Evaluated,
    Font,
    Formula,
    Fraction,
    Group,
    Matrix,
    Name,
    Node,
    Number,
    Placeholder,
    Product,
    Relation,
    Root,
    Script,
    Statement,
    Text,
    Tuple,
)
from derive.source import Source, Span


def expression(text: str) -> str:
    return show(parse_expression(Source("test", text)))


def formula(text: str) -> Formula:
    return parse_formula(Source("test", text), Span(0, len(text)))


def statements(text: str) -> list[str]:
    return [statement(found) for found in formula(text).statements]


def statement(found: Statement) -> str:
    """body | condition ; condition # remark (tag)"""
    text = show(found.body)
    text += " | " + " ; ".join(map(show, found.conditions)) if found.conditions else ""
    text += " # " + " ; ".join(map(show, found.remarks)) if found.remarks else ""
    return text + (f" ({found.tag})" if found.tag else "")


def show(node: Node) -> str:
    """Products are <a b>, with the operator before an item; sums {a + b}; lists a, b; scripts a_b^c'."""
    match node:
        case Number(_, text):
            return text
        case Name():
            return _name(node)
        case Text(_, content):
            return f'"{content}"'
        case Font(_, style, body):
            return f"{style}[{show(body)}]"
        case Accent(_, kind, body):
            return f"{kind}[{show(body)}]"
        case Script(_, base, sub, sup, primes):
            return _scripted(show(base), sub, sup) + "'" * primes
        case BigOperator(_, kind, sub, sup):
            return _scripted(f"#{kind}", sub, sup)
        case Placeholder():
            return "□"
        case Empty():
            return "∅"
        case Dots(_, kind):
            return {"h": "…", "v": "⋮", "d": "⋱"}[kind]
        case Group(_, opening, closing, body):
            return f"{opening}{show(body)}{closing}"
        case Tuple(_, items):
            return ", ".join(map(show, items))
        case Product(_, items):
            return "<" + " ".join(item.operator + show(item.node) for item in items) + ">"
        case Additive(_, terms):
            return "{" + " ".join(term.sign + show(term.node) for term in terms) + "}"
        case Fraction(_, numerator, denominator):
            return f"({show(numerator)} over {show(denominator)})"
        case Root(_, body, degree):
            return f"root[{show(body)}]" + (f"^{show(degree)}" if degree else "")
        case Matrix(_, environment, rows):
            return f"{environment}[" + " // ".join(" & ".join(map(show, row)) for row in rows) + "]"
        case Cases(_, rows):
            return "cases[" + " // ".join(_row(*row) for row in rows) + "]"
        case Annotated(_, body, note):
            return f"note[{show(body)}" + (f"; {show(note)}]" if note else "]")
        case Evaluated(_, body, at):
            return f"at[{show(body)}; {show(at)}]"
        case Relation(_, first, links):
            return " ".join([show(first), *(f"{link.operator} {show(link.node)}" for link in links)])
    raise AssertionError(node)


def _name(node: Name) -> str:
    """Return letters inside their fonts and accents: hat[mathbf[y]]; upright ones are @log."""
    text = node.letters
    for style in reversed(node.accents + node.fonts):
        upright = style == "mathrm" and not text.startswith(("\\", "@")) and "[" not in text
        text = f"@{text}" if upright else f"{style}[{text}]"
    return _scripted(text, node.sub, node.sup) + "'" * node.primes


def _scripted(text: str, sub: Node | None, sup: Node | None) -> str:
    below = f"_({show(sub)})" if sub else ""
    above = f"^({show(sup)})" if sup else ""
    return text + below + above


def _row(value: Node, condition: Node | None) -> str:
    return f"{show(value)} if {show(condition)}" if condition else show(value)
