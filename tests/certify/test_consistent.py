"""What a certificate assumes has a model, and the certificate proves that."""

from __future__ import annotations

from pathlib import Path

import pytest
from certify_subjects import compiled, subjects

from derive.certify.certificate import SHOWN, Subject, certify
from derive.certify.collect import subjects_of_document
from derive.certify.rocq import check

MODEL = r"""
<!-- derive:model
forward = [
  'r_i = \log s_i + c_i g(s_i) \quad (1 \le i \le d)',
  'G = \sum_{i=1}^{d} r_i',
]
shapes = ['s, c \in \mathbb{{R}}^d', 'G \in \mathbb{{R}}']
assume = ['{fact}']
[functions]
g = "any"
-->
$$ {formula} $$
"""


def proved(folder: Path, fact: str, formula: str) -> Subject:
    path = folder / "notes.md"
    path.write_text(MODEL.replace("{{", "{").replace("}}", "}").replace("{fact}", fact).replace("{formula}", formula))
    (found,) = subjects_of_document(path, None, 60.0, lambda done, total: None)
    return found


FACTS = {
    "a sum": (
        r"\sum_{i=1}^{d} c_i = 1",
        r"\sum_{i=1}^{d} s_i c_j = s_j \sum_{i=1}^{d} c_i c_j + c_j (\sum_{i=1}^{d} s_i - s_j)",
    ),
    "a sign": ("s_i > 0", "|s_i| = s_i"),
    "one of two": (r"c_i \in \{0, 1\}", "c_i^2 = c_i"),
}


@pytest.mark.parametrize(("fact", "formula"), FACTS.values(), ids=FACTS)
def test_a_forward_pass_is_exhibited(tmp_path: Path, fact: str, formula: str) -> None:
    made = certify(proved(tmp_path, fact, formula), compiled())

    assert (made.status, made.reason) == ("certified", "")
    assert "Theorem consistent : exists" in made.text
    assert "exhibit (network" in made.text


def test_without_facts_there_is_nothing_to_exhibit() -> None:
    text = certify(subjects()["biases"], None).text

    assert "consistent" not in text
    assert SHOWN not in text


def test_where_no_simple_numbers_do_the_file_says_so(tmp_path: Path) -> None:
    text = certify(proved(tmp_path, r"c_i \in \{5, 7\}", "(c_i - 5) (c_i - 7) = 0"), None).text

    assert "Theorem consistent" not in text
    assert SHOWN in text


def test_numbers_that_do_not_meet_the_facts_exhibit_nothing() -> None:
    made = certify(subjects()["softmax + cross-entropy (distribution)"], None)
    text = made.text.replace('if String.eqb (fst p) "y" then 1', 'if String.eqb (fst p) "y" then 2')
    assert text != made.text

    assert check(text, compiled()).reason == "no model of the assumptions."
