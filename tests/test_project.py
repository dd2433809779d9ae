"""Configuration files: where they are looked for, what they may say, and who wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from prefaudit.checks.registry import check_ids
from prefaudit.config import Setting
from prefaudit.errors import ConfigError
from prefaudit.project import Configuration, found_configuration

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, text: str, name: str = "prefaudit.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder / name


def test_all_keys(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        select = ["length-bias", "identical"]
        ignore = ["identical"]
        by = ["domain"]
        format = "shp"
        columns = { prompt = "question" }
        strict = true
        fail_on = "warn"
        require = ["length-bias"]
        [options]
        min_score_ratio = 2
        [length-bias]
        warn = 0.02
        """,
    )
    found = Configuration.of_file(path)
    assert found.checks(check_ids()) == ["length-bias"]
    assert (found.get("by"), found.get("format"), found.get("strict")) == (["domain"], "shp", True)
    assert (found.get("columns"), found.get("options")) == ({"prompt": "question"}, {"min_score_ratio": 2})
    assert (found.get("fail-on"), found.get("require")) == ("warn", ["length-bias"])
    assert found.settings.resolve("length-bias", {"warn": 0.05})["warn"] == Setting(0.02, str(path))


def test_the_command_line_wins_key_by_key(tmp_path: Path) -> None:
    file = Configuration.of_file(
        written(tmp_path, 'format = "shp"\nignore = ["identical"]\n[length-bias]\nwarn = 0.02')
    )
    both = file | Configuration.of_command_line({"format": "trl", "ignore": []}, ["length-bias.fail=0.3"])
    assert both.setting("format") == Setting("trl", "--format")
    assert both.get("ignore") == ["identical"]  # nothing was given
    found = both.settings.resolve("length-bias", {"warn": 0.05, "fail": 0.1})
    assert [setting.value for setting in found.values()] == [0.02, 0.3]


def test_keys_that_are_other_names_for_settings(tmp_path: Path) -> None:
    (tmp_path / "prompts.txt").write_text("Which oak?")
    path = written(tmp_path, 'tokenizer = "gpt2"\nmax_length = 64\ntarget-prompts = "prompts.txt"')
    file = Configuration.of_file(path)

    def cut(configured: Configuration) -> dict[str, Setting]:
        return configured.settings.resolve("truncation-collapse", {"tokenizer": "", "max_length": 512.0})

    assert cut(file) == {"tokenizer": Setting("gpt2", str(path)), "max_length": Setting(64.0, str(path))}
    # A path is looked for beside the file that names it, wherever the command runs.
    target = file.settings.resolve("coverage", {"target_prompts": ""})["target_prompts"]
    assert target == file.setting("target-prompts") == Setting(str(tmp_path / "prompts.txt"), str(path))
    given = {"max-length": 128, "tokenizer": None}
    for assignments in ([], ["truncation-collapse.max_length=32"]):
        both = file | Configuration.of_command_line(given, assignments)
        assert cut(both)["max_length"] == Setting(128.0, "--max-length")
        assert cut(both)["tokenizer"] == Setting("gpt2", str(path))
    table = written(tmp_path, "max-length = 64\n[truncation-collapse]\nmax_length = 32", "other.toml")
    assert cut(Configuration.of_file(table))["max_length"].value == 32.0


def test_the_closest_folder_counts_alone(tmp_path: Path) -> None:
    written(tmp_path, 'format = "shp"\n[length-bias]\nwarn = 0.02')
    inner = tmp_path / "a" / "b"
    written(inner, "strict = true")
    assert found_configuration(inner).get("format") is None
    assert found_configuration(inner).get("strict") is True
    assert found_configuration(tmp_path / "a").get("format") == "shp"


def test_pyproject_counts_with_a_table_and_after_prefaudit_toml(tmp_path: Path) -> None:
    inner = tmp_path / "package"
    written(tmp_path, '[tool.prefaudit]\nformat = "trl"\n[tool.prefaudit.length-bias]\nwarn = 0.02', "pyproject.toml")
    written(inner, "[tool.ruff]\nline-length = 99", "pyproject.toml")
    found = found_configuration(inner)
    assert found.get("format") == "trl"
    assert found.settings.resolve("length-bias", {"warn": 0.05})["warn"].value == 0.02
    written(tmp_path, 'format = "shp"')
    assert found_configuration(inner).get("format") == "shp"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[length-bias", "cannot be read"),
        (b"\xff", "cannot be read"),
        ('formt = "shp"', "did you mean format"),
        ("warn = 1", "there is no key warn"),
        ("select = 3", "select is a list of texts"),
        ("select = [3]", "select is a list of texts"),
        ("columns = 3", "columns is a table"),
        ("strict = 'yes'", "strict is true or false"),
        ("format = 3", "format is text"),
        ("tokenizer = 3", "tokenizer is text"),
        ("max-length = '64'", "max-length is a whole number"),
        ("max-length = true", "max-length is a whole number"),
        ("columns = { prompt = 3 }", "columns is a table of texts"),
        ("fail-on = 'never'", "fail-on is warn or fail, not never"),
    ],
)
def test_files_that_are_refused(content: str | bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "prefaudit.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError, match=message) as caught:
        Configuration.of_file(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Configuration.of_file(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"select": ["length-bais"]}, "--select: there is no check length-bais: did you mean length-bias"),
        ({"ignore": ["x"]}, "--ignore: there is no check x: there are "),
        ({"select": ["identical"], "ignore": ["identical"]}, "no check is left"),
        ({"require": ["fatige"]}, "--require: there is no check fatige: did you mean fatigue"),
        ({"select": ["identical"], "require": ["fatigue"]}, "--require: fatigue does not run"),
    ],
)
def test_checks_that_cannot_run(values: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Configuration.of_command_line(values, []).checks(check_ids())


def test_all_checks_run_where_nothing_is_said() -> None:
    assert Configuration().checks(check_ids()) == check_ids()
