"""Files that may be anybody's: only regular ones up to a size are read, and files are written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from derive.errors import UsageError
from derive.visible import escaped

LARGEST = 32 << 20
"""Bytes of a file that is still read: a book has less than two million letters, a notebook with pictures some more."""
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bytes(path: Path, largest: int = LARGEST, flags: int = 0) -> bytes:
    """Return the content of a regular file; pipes and devices are not waited for. `flags` are further ones of open.

    Raises: UsageError if there is no such file, it is none, or has more than `largest` bytes.
    """
    try:
        handle = os.open(path, _FLAGS | flags)
        with os.fdopen(handle, "rb") as stream:
            kind = os.fstat(handle)
            if not stat.S_ISREG(kind.st_mode):
                raise UsageError(f"{escaped(path)}: {_what(kind.st_mode)}")
            data = stream.read(largest + 1)
    except FileNotFoundError:
        raise UsageError(f"{escaped(path)}: there is no such file; check the path") from None
    except IsADirectoryError:
        raise UsageError(f"{escaped(path)}: {_what(stat.S_IFDIR)}") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{escaped(path)}: cannot be opened: {reason(error)}") from None
    if len(data) > largest:
        raise UsageError(f"{escaped(path)}: larger than {largest >> 20} MiB; split it")
    return data


def is_small_file(path: Path) -> bool:
    """Whether a path leads to a regular file that `read_bytes` would read."""
    try:
        kind = path.stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(kind.st_mode) and kind.st_size <= LARGEST


def write_whole(file: Path, content: str | bytes, spare: Iterable[Path] = ()) -> None:
    """Write a file beside its place and move it there, so that nobody ever reads half of it; its mode is kept.

    Raises: UsageError if it cannot be written, is among the files to `spare`, or is something else than a regular
    file; a symbolic link is followed only if it is the user's own and does not lead out of its folder.
    """
    try:
        data = content.encode() if isinstance(content, str) else content
        target = _target(file)
        mode = _mode(target, spare)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            os.chmod(name, mode)
            os.replace(name, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except UsageError as fault:
        raise UsageError(f"cannot write {escaped(file)}: {fault}") from None
    except (OSError, ValueError) as fault:
        raise UsageError(f"cannot write {escaped(file)}: {reason(fault)}") from fault


def real(path: Path) -> Path:
    """Return an absolute path with symbolic links followed as far as they lead, be it in circles."""
    return Path(os.path.realpath(path))


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it. Raises: UsageError if that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as fault:
        raise UsageError(f"cannot make the folder {escaped(folder)}: {reason(fault)}") from fault


def reason(fault: BaseException) -> str:
    """Return what the system says of a fault, in one line."""
    return escaped(getattr(fault, "strerror", None) or fault)


def _target(file: Path) -> Path:
    """Return the file that a path stands for. Raises: UsageError for a link that is not to be followed."""
    if not file.is_symlink():
        return file
    target = real(file)
    if is_foreign(file.lstat()) or not target.is_relative_to(real(file.parent)):
        raise UsageError(f"it is a symbolic link to {escaped(target)}; name the file itself")
    return target


def _mode(target: Path, spare: Iterable[Path]) -> int:
    """Return the mode that a file is to have. Raises: UsageError where it must not be written over."""
    try:
        kind = target.stat()
    except FileNotFoundError:
        return 0o666 & ~_umask()
    if not stat.S_ISREG(kind.st_mode):
        raise UsageError(_what(kind.st_mode))
    for other in spare:
        with suppress(OSError, ValueError):
            if os.path.samestat(kind, other.stat()):
                raise UsageError("it is one of the files that this run reads")
    return stat.S_IMODE(kind.st_mode)


def is_foreign(kind: os.stat_result) -> bool:
    """Whether a file belongs to somebody else, as far as the system knows of owners."""
    return hasattr(os, "geteuid") and kind.st_uid != os.geteuid()


def _what(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "this is a directory; name the files in it"
    kind = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
    return f"this is {kind}, not a file"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
