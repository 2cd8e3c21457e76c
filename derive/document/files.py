"""Reading text files, with faults that say what to do."""

from __future__ import annotations

from pathlib import Path

from derive.errors import InputError, UsageError
from derive.source import Source, Span


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, line breaks as they are.

    Raises: UsageError if there is no such file or it cannot be opened; InputError if it is not UTF-8 text.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file; check the path") from None
    except IsADirectoryError:
        raise UsageError(f"{path}: this is a directory; name the files in it") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be opened: {getattr(error, 'strerror', None) or error}") from None
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path}: the text is UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        advice = "save it as UTF-8 (for example: iconv -f latin1 -t utf-8)"
        raise InputError(f"{path}: line {line} is not UTF-8 (byte 0x{data[error.start]:02x}); {advice}") from None
    if "\0" in text:
        source = Source(str(path), text)
        place = text.index("\0")
        raise InputError("this is not a text file: it has a NUL character", source, Span(place, place + 1))
    return text
