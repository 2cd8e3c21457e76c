"""[tool.derive] and derive.toml: what is read, what is refused and with which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.config import Config, find_config, load_config
from derive.errors import UsageError

EVERYTHING = """
[tool.derive]
models = { "lectures/04*.md" = "khapra", "lectures/**" = "models/own.toml", "*.tex" = "nielsen" }
select = ["D1", "D201"]
ignore = ["D211"]
exclude = ["drafts/**"]
strict = true
time-limit = 5
jobs = 2
baseline = "known.json"
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(EVERYTHING)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "own.toml").write_text("name = 'own'")
    return tmp_path


def test_every_setting_is_read(course: Path) -> None:
    config = load_config(course / "pyproject.toml")

    assert config is not None
    assert (config.select, config.ignore) == (("D1", "D201"), ("D211",))
    assert (config.strict, config.time_limit, config.jobs) == (True, 5.0, 2)
    assert config.baseline == course / "known.json"


@pytest.mark.parametrize(
    ("document", "model"),
    [
        ("lectures/04-backprop.md", "khapra"),
        ("lectures/05.md", "own.toml"),
        ("lectures/deep/06.md", "own.toml"),
        ("elsewhere/notes.tex", "nielsen"),
        ("04-backprop.md", None),
    ],
)
def test_the_first_pattern_that_matches_names_the_model(course: Path, document: str, model: str | None) -> None:
    found = find_config(course).model_for(course / document)

    assert (found and Path(found).name) == model


def test_a_model_file_is_found_from_the_folder_of_the_configuration(course: Path) -> None:
    assert find_config(course).model_for(course / "lectures/05.md") == str(course / "models/own.toml")


def test_a_document_outside_the_folder_of_the_configuration_has_no_model(course: Path) -> None:
    assert find_config(course).model_for(course.parent / "notes.tex") is None


def test_excluded_documents(course: Path) -> None:
    config = find_config(course)
    assert config.excludes(course / "drafts" / "a" / "b.md")
    assert not config.excludes(course / "lectures" / "drafts.md")


def test_the_nearest_file_counts_and_derive_toml_needs_no_table(course: Path) -> None:
    (course / "part").mkdir()
    (course / "part" / "derive.toml").write_text("jobs = 7\n")
    assert find_config(course / "part").jobs == 7
    assert find_config(course).jobs == 2


def test_a_pyproject_without_the_table_is_passed_over(course: Path) -> None:
    (course / "part").mkdir()
    (course / "part" / "pyproject.toml").write_text("[tool.other]\n")
    assert find_config(course / "part").jobs == 2


def test_nothing_found_means_nothing_set(tmp_path: Path) -> None:
    assert find_config(tmp_path) == Config(tmp_path.resolve())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("job = 2", "unknown setting 'job'; did you mean 'jobs'?"),
        ("zzz = 2", "unknown setting 'zzz'; known are baseline, exclude"),
        ("jobs = 0", "jobs must be at least 1, not 0"),
        ("jobs = true", "jobs must be a number of processes, not True"),
        ("strict = 1", "strict must be true or false, not 1"),
        ("time-limit = -1", "time-limit must be a positive number of seconds, not -1"),
        ("time-limit = 1e308", "time-limit must be at most 86400 seconds, not 1e+308"),
        ("time-limit = inf", "time-limit must be at most 86400 seconds, not inf"),
        ("time-limit = nan", "time-limit must be a positive number of seconds, not nan"),
        ("models = { 'a' = '../x.toml' }", "models '../x.toml' leads out of the folder of the settings"),
        ("models = { 'a' = '/etc/passwd' }", "models '/etc/passwd' leads out of the folder of the settings"),
        ('models = { "a" = "x\\u0000" }', "leads out of the folder of the settings"),
        ("baseline = '../known.json'", "baseline '../known.json' leads out of the folder of the settings"),
        ("baseline = '/dev/zero'", "baseline '/dev/zero' leads out of the folder of the settings"),
        ("x = " + "[" * 200_000, "cannot read the configuration"),
        ("time-limit = 'x'", "time-limit must be a number of seconds, not 'x'"),
        ("select = 'D1'", "select must be a list of strings, not 'D1'"),
        ("select = [1]", "select must be a list of strings, not [1]"),
        ("ignore = ['E5']", "ignore: no code begins with 'E5'"),
        ("ignore = ['']", "ignore: no code begins with ''"),
        ("models = { 'a' = 1 }", "models must give a model for each pattern"),
        ("jobs = ", "cannot read the configuration"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "derive.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config(file)
    assert complaint in str(caught.value)
    assert "derive.toml" in str(caught.value)


@pytest.mark.parametrize("setting", ["models = { '*.md' = 'trap.toml' }", "baseline = 'trap.toml'"])
def test_a_link_does_not_lead_a_setting_out_of_its_folder(tmp_path: Path, setting: str) -> None:
    (tmp_path / "secret.toml").write_text("key = 'secret'")
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "trap.toml").symlink_to("../secret.toml")
    (tmp_path / "course" / "derive.toml").write_text(setting)
    with pytest.raises(UsageError, match="leads out of the folder") as caught:
        find_config(tmp_path / "course")
    assert "secret" not in str(caught.value)


def test_settings_that_are_themselves_a_link_out_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text("password = 'secret'")
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "derive.toml").symlink_to("../secret.toml")
    with pytest.raises(UsageError, match="leads out of the folder") as caught:
        find_config(tmp_path / "course")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["tool = 1", "tool = []", "[tool]\nderive = 1", "[[tool.derive]]"])
def test_a_pyproject_with_another_kind_of_table_sets_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert load_config(tmp_path / "pyproject.toml") is None
