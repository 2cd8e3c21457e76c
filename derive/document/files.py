"""Reading text files, with faults that say what to do."""

from __future__ import annotations

from pathlib import Path

from derive.errors import InputError
from derive.files import read_bytes
from derive.source import Source, Span
from derive.visible import escaped

BOM = b"\xef\xbb\xbf"


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, line breaks as they are.

    Raises: UsageError if there is no such file or it cannot be opened; InputError if it is not UTF-8 text.
    """
    return decode(read_bytes(path), str(path))


def marked_as(path: Path, text: str) -> bytes:
    """Return a text as the bytes of a file, with a byte order mark where the file there has one."""
    mark = BOM if read_bytes(path).startswith(BOM) else b""
    return mark + text.encode()


def decode(data: bytes, name: str) -> str:
    """Return the text of a file that is called so. Raises: InputError if it is not UTF-8 text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{escaped(name)}: the text is UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"line {data.count(bytes([10]), 0, error.start) + 1} is not UTF-8 (byte 0x{data[error.start]:02x})"
        advice = "save it as UTF-8 (for example: iconv -f latin1 -t utf-8)"
        raise InputError(f"{escaped(name)}: {place}; {advice}") from None
    if "\0" in text:
        source = Source(name, text)
        place_of = text.index("\0")
        raise InputError("this is not a text file: it has a NUL character", source, Span(place_of, place_of + 1))
    return text
