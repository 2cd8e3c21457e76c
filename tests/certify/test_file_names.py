"""Names: of files, no two of which are one, and of identifiers, none of which Rocq or the library has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from certify_subjects import subjects

from derive.certify.collect import file_names
from derive.certify.names import Names

NAMES = {
    "a number that another name ends with": (["x 3", "x 3", "x 3 2"], ["x_3", "x_3_2", "x_3_2_2"]),
    "the other way round": (["x 3 2", "x 3", "x 3"], ["x_3_2", "x_3", "x_3_3"]),
    "capitals": (["Notes 1", "notes 1"], ["Notes_1", "notes_1_2"]),
    "signs": (["a-b", "a.b", "*", ""], ["a_b", "a_b_2", "x", "x_2"]),
}


@pytest.mark.parametrize(("names", "files"), NAMES.values(), ids=NAMES)
def test_no_two_certificates_are_one_file(names: list[str], files: list[str]) -> None:
    one = subjects()["biases"]

    assert file_names([replace(one, name=name) for name in names]) == files


def test_a_name_of_a_file_is_not_too_long_for_a_disk() -> None:
    one = subjects()["biases"]
    one_name, other = file_names([replace(one, name="a" * 300), replace(one, name="a" * 299 + "b")])

    assert max(len(one_name), len(other)) < 200
    assert one_name != other


@pytest.mark.parametrize("word", ["by", "mod", "exists", "zero", "abs", "consistent", "sumZ"])
def test_an_identifier_is_no_word_of_rocq_or_of_the_library(word: str) -> None:
    assert Names().of("size", word) == f"{word}1"
