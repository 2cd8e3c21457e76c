"""The models of a document: the text's own, what a directive adds to it, and the way back through a model file."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.document.document import read_document
from derive.errors import ModelError, UsageError
from derive.findings import FileReport
from derive.lecture.stated import best_bundled, load_model, model_at

LECTURE = r"""# Two layers

Let $x \in \mathbb{R}^n$, $A \in \mathbb{R}^{m \times n}$ and $w \in \mathbb{R}^m$. With the logistic function $s$ we
compute $u = A x$, $v = s(u)$ and the loss $E = \frac{1}{2} (w^T v - t)^2$ for a real number $t$.

$$\nabla_w E = (w^T v - t) v$$

$$\nabla_u E = (w^T v - t) w \odot v \odot (1 - v)$$

$$\nabla_u E = (w^T v - t) w$$
"""
CLAIMS = ["proved", "proved", "refuted"]


def written(folder: Path, text: str) -> Path:
    path = folder / "lecture.md"
    path.write_text(text, encoding="utf-8")
    return path


def checked(path: Path, model: str | None = None) -> FileReport:
    return check_document(path, CheckOptions(model=model))


def test_a_text_is_judged_in_the_network_that_it_states(tmp_path: Path) -> None:
    report = checked(written(tmp_path, LECTURE))

    assert [finding.verdict for finding in report.findings][-3:] == CLAIMS
    assert report.network is not None
    assert (report.network.origin, report.network.lines) == ("document", ((3, 4),))


def test_the_model_file_of_a_text_gives_its_claims_the_same_verdicts(tmp_path: Path) -> None:
    lecture = written(tmp_path, LECTURE)
    model = tmp_path / "model.toml"
    model.write_text(model_at(lecture).toml, encoding="utf-8")

    again = checked(lecture, str(model))

    assert [finding.verdict for finding in again.findings][-3:] == CLAIMS
    assert again.network is not None
    assert again.network.origin == "command line"


def test_a_lecture_is_a_model_of_another_one(tmp_path: Path) -> None:
    lecture = written(tmp_path, LECTURE)
    other = tmp_path / "other.md"
    other.write_text(r"$\nabla_w E = (w^T v - t) v$", encoding="utf-8")

    assert [finding.verdict for finding in checked(other, str(lecture)).findings] == ["proved"]
    assert load_model(str(lecture)).forward[0] == "u = A x"


def test_a_directive_adds_to_the_text(tmp_path: Path) -> None:
    text = LECTURE.replace("With the logistic function $s$ we", "Now we")
    assert [finding.verdict for finding in checked(written(tmp_path, text)).findings][-3:] == ["not-understood"] * 3

    added = '<!-- derive:model\nuse = "document"\n[functions]\ns = "sigmoid"\n-->\n\n' + text

    assert [finding.verdict for finding in checked(written(tmp_path, added)).findings][-3:] == CLAIMS


def test_what_cannot_be_added_is_a_fault_at_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, '<!-- derive:model use = "document"\nname = "mine" -->\n\n$x = 1$\n')

    with pytest.raises(ModelError, match='"name" cannot be added'):
        checked(path)


def test_several_models_are_told_apart_by_a_line(tmp_path: Path) -> None:
    two = '<!-- derive:model use = "khapra" -->\n\n$x$\n\n<!-- derive:model use = "nielsen" -->\n'
    path = written(tmp_path, two)

    with pytest.raises(UsageError, match="has 2 models, from lines 1, 5"):
        model_at(path)
    assert 'name = "nielsen"' in model_at(path, 7).toml
    assert 'name = "khapra"' in model_at(path, 3).toml


def test_a_text_that_states_nothing_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="its text states no network"):
        model_at(written(tmp_path, "Nothing."))


def test_the_bundled_model_that_knows_the_names_is_suggested(tmp_path: Path) -> None:
    text = r"$\nabla_{a_L} \mathcal{L}(\theta) = \hat{y} - y$ and $\frac{\partial q}{\partial r} = 1$"
    path = written(tmp_path, text)

    assert best_bundled(read_document(path).formulas) == ("khapra", 1, 2)
    assert "--model khapra reads 1 of 2" in checked(path).findings[0].message


def test_shapes_that_only_letters_say_refute_nothing(tmp_path: Path) -> None:
    text = r"""Let $z = M q$ and $E = \frac{1}{2} \|z\|^2$.

$$\nabla_q E = M^T z$$

$$\nabla_q E = M z$$
"""
    report = checked(written(tmp_path, text))

    assert [finding.verdict for finding in report.findings][-2:] == ["proved", "not-understood"]


PARTS = r"""
$z = W x$ and $E = \frac{1}{2} \|z - t\|^2$ with $W \in \mathbb{R}^{m \times n}$,
$x \in \mathbb{R}^n$, $z, t \in \mathbb{R}^m$.

<!-- derive:model
forward = ['q = w r', 'C = q^2']
-->

$$ \frac{dC}{dw} = 2 q r $$

<!-- derive:model end -->

$$ \nabla_W E = (z - t) x^T $$

$$ \frac{dC}{dw} = 2 q r $$
"""


def test_behind_the_end_of_a_model_the_text_says_which_network_it_is() -> None:
    report = check_document(Path("notes.md"), CheckOptions(), text=PARTS)

    verdicts = [finding.verdict for finding in report.findings if "d" in finding.latex or "nabla" in finding.latex]
    assert verdicts[-3:] == ["proved", "proved", "not-understood"]


def test_before_the_first_model_the_text_says_which_network_it_is() -> None:
    text = PARTS.replace("<!--", "\n$$ \\nabla_W E = (t - z) x^T $$\n\n<!--", 1)
    report = check_document(Path("notes.md"), CheckOptions(), text=text)

    assert [finding.code for finding in report.findings if finding.verdict == "refuted"] == ["D201"]
    assert len(report.stated) == 1


def test_behind_the_end_of_a_model_the_given_one_holds_again(tmp_path: Path) -> None:
    given = tmp_path / "given.toml"
    given.write_text("forward = ['u = v s', 'F = u^2']\n")
    text = PARTS.replace(r"\nabla_W E = (z - t) x^T", r"\frac{dF}{dv} = 2 u s")

    report = check_document(Path("notes.md"), CheckOptions(model=str(given)), text=text)

    assert [finding.verdict for finding in report.findings][-3:] == ["proved", "proved", "not-understood"]


def test_the_model_at_a_line_ends_where_the_document_says(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text(PARTS)
    assert "z = W x" in model_at(file, 2).toml
    assert "q = w r" in model_at(file, 8).toml
    assert "z = W x" in model_at(file, 12).toml
    file.write_text(PARTS[PARTS.index("<!--") :])
    with pytest.raises(UsageError, match="no model is in force at line 10"):
        model_at(file, 10)
