"""What is read and written over, and what never is."""

from __future__ import annotations

import os
import resource
import signal
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from derive.errors import UsageError
from derive.files import LARGEST, is_small_file, read_bytes, write_whole


@contextmanager
def alarmed(seconds: int = 5) -> Iterator[None]:
    """End a test that waits for somebody to write into a pipe."""

    def ring(*_: object) -> None:
        raise TimeoutError("it waits")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as here:
        here.bind(str(path))


ODD = {
    "a pipe": os.mkfifo,
    "a socket": _socket,
    "a directory": Path.mkdir,
    "a link to a pipe": lambda path: (os.mkfifo(f"{path}.pipe"), path.symlink_to(f"{path}.pipe")),
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("gone"),
    "too large": lambda path: (path.touch(), os.truncate(path, LARGEST + 1)),
}


@pytest.fixture(params=list(ODD))
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    ODD[request.param](tmp_path / "odd.md")  # type: ignore[operator]
    return tmp_path / "odd.md"


def test_what_is_no_file_is_neither_waited_for_nor_read(odd: Path) -> None:
    with alarmed(), pytest.raises(UsageError, match=r"odd\.md: .") as caught:
        read_bytes(odd)
    assert "\n" not in str(caught.value)
    assert not is_small_file(odd)


def test_a_file_that_claims_to_be_empty_is_read_up_to_the_cap() -> None:
    endless = Path("/proc/self/status")
    if not endless.exists():
        pytest.skip("there is no /proc")
    with pytest.raises(UsageError, match="larger"):
        read_bytes(endless, 10)


def test_names_are_escaped_in_faults(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_bytes(tmp_path / "a\n::error::b\x1b[31m.md")
    assert str(caught.value).startswith(f"{tmp_path}/a\\n::error::b\\x1b[31m.md: there is no such file")


@pytest.mark.parametrize("kind", [name for name in ODD if name not in ("too large", "a link to nothing")])
def test_nothing_odd_is_written_over(tmp_path: Path, kind: str) -> None:
    odd = tmp_path / "odd.md"
    ODD[kind](odd)  # type: ignore[operator]
    before = odd.lstat()
    with alarmed(), pytest.raises(UsageError, match=r"cannot write .*odd\.md: "):
        write_whole(odd, "report")
    assert odd.lstat() == before


def test_the_mode_of_a_file_is_kept_and_a_new_one_has_the_usual(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.touch(0o640)
    write_whole(old, "report")
    assert (old.read_text(), stat.S_IMODE(old.stat().st_mode)) == ("report", 0o640)
    mask = os.umask(0o027)
    try:
        write_whole(new, "report")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_a_file_that_is_read_is_not_written_over_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "lecture.md").write_text("text")
    os.link(tmp_path / "lecture.md", tmp_path / "hard")
    (tmp_path / "soft").symlink_to("lecture.md")
    for name in ("lecture.md", "hard", "soft", "../" + tmp_path.name + "/lecture.md"):
        with pytest.raises(UsageError, match="files that this run reads"):
            write_whole(tmp_path / name, "report", [tmp_path / "lecture.md"])
    assert (tmp_path / "lecture.md").read_text() == "text"


def test_a_link_is_followed_within_its_folder_only(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "today").write_text("before")
    (tmp_path / "reports" / "latest").symlink_to("today")
    write_whole(tmp_path / "reports" / "latest", "after")
    assert (tmp_path / "reports" / "latest").is_symlink()
    assert (tmp_path / "reports" / "today").read_text() == "after"

    (tmp_path / "profile").write_text("mine")
    (tmp_path / "reports" / "trap").symlink_to("../profile")
    (tmp_path / "reports" / "new").symlink_to("../not yet there")
    for name in ("trap", "new"):
        with pytest.raises(UsageError, match=r"symbolic link to .*; name the file itself"):
            write_whole(tmp_path / "reports" / name, "report")
    assert (tmp_path / "profile").read_text() == "mine"
    assert not (tmp_path / "not yet there").exists()


def test_a_link_of_somebody_else_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / "link").symlink_to("target")
    try:
        os.lchown(tmp_path / "link", 12345, 12345)
    except PermissionError:
        pytest.skip("only root gives files away")
    with pytest.raises(UsageError, match="symbolic link"):
        write_whole(tmp_path / "link", "report")
    assert (tmp_path / "target").read_text() == "mine"


def test_a_disk_that_is_full_is_one_clear_line_and_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("before")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(UsageError) as caught:
            write_whole(tmp_path / "report", "x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(caught.value) == f"cannot write {tmp_path}/report: File too large"
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("report", "before")]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("before")
    with pytest.raises(UsageError):
        write_whole(target, "half \ud800")
    assert target.read_text() == "before"
    write_whole(target, "after")
    assert target.read_text() == "after"
    assert os.listdir(tmp_path) == ["report.json"]
