"""What files and their names hold, made harmless for a terminal and for the log of a continuous integration.

Control characters, and those that turn the direction of writing, are shown instead of sent; a line that a CI server
would take for a command (`::error::`, `##vso[…]`) does not begin as one.
"""

from __future__ import annotations

import re

_TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_HIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_TURNING}]")
_COMMAND = re.compile(r"^(\s*):(?=:)|#(?=#(?:\[|vso\[))", re.MULTILINE)


def escaped(text: object) -> str:
    r"""Return a text on one line, with what cannot be seen as an escape: a line break is shown as `\n`."""
    return _HIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), str(text))


def escaped_lines(text: str) -> str:
    """Return a text whose line breaks and tabs are its own, with all else that cannot be seen as an escape."""
    return re.sub(r"[^\n\t]+", lambda match: escaped(match[0]), text)


def pictured(line: str) -> str:
    """Return a line of a document with one sign for each that cannot be seen, so that carets below it stay in place."""
    return _HIDDEN.sub(_picture, line.rstrip("\r"))


def inert(text: str) -> str:
    """Return a whole output in which no line is a command to a CI server."""
    return _COMMAND.sub(lambda match: f"{match[1] or ''}\\x{ord(match[0][-1]):02x}", text)


def _picture(match: re.Match[str]) -> str:
    char = match[0]
    if char == "\t":
        return char
    if ord(char) < 0x20:
        return chr(0x2400 + ord(char))
    return "\u2421" if char == "\x7f" else "\ufffd"
