"""Settings and where each came from."""

from __future__ import annotations

import pytest

from prefaudit.config import Setting, Settings
from prefaudit.errors import ConfigError

DEFAULTS = {"warn": 0.05, "fail": 0.1, "sampled": False, "size": 20}


def test_what_is_not_set_is_the_default() -> None:
    assert Settings().resolve("length-bias", DEFAULTS)["warn"] == Setting(0.05, "default")


def test_the_command_line_wins_over_the_file() -> None:
    file = Settings.of({"length-bias.warn": 0.02, "length-bias.fail": 0.2}, "a.toml")
    settings = file | Settings.of_command_line(["length-bias.warn=0.03", "length_bias.sampled=true"])
    assert settings.resolve("length-bias", DEFAULTS) == {
        "warn": Setting(0.03, "--set"),
        "fail": Setting(0.2, "a.toml"),
        "sampled": Setting(value=True, origin="--set"),
        "size": Setting(20, "default"),
    }


@pytest.mark.parametrize("value", ["much", "nan", "inf", "-1", "", "5", "true"])
def test_a_threshold_is_a_number_from_0_to_1(value: str) -> None:
    with pytest.raises(ConfigError, match=r"length-bias\.warn"):
        Settings.of_command_line([f"length-bias.warn={value}"]).resolve("length-bias", DEFAULTS)


@pytest.mark.parametrize("value", [0, -3, 2.5, "much", True, None, 10**400])
def test_a_count_is_a_whole_number(value: object) -> None:
    with pytest.raises(ConfigError, match=r"length_bias_size|length-bias\.size"):
        Settings.of_arguments({"length_bias_size": value}).resolve("length-bias", DEFAULTS)


@pytest.mark.parametrize("value", [7, 7.0, "7"])
def test_a_count_is_whole_however_it_is_written(value: float | str) -> None:
    assert Settings.of_arguments({"length_bias_size": value}).resolve("length-bias", DEFAULTS)["size"].value == 7


def test_a_fail_does_not_come_before_the_warn() -> None:
    with pytest.raises(ConfigError, match=r"length-bias\.warn is 0\.2 \(--set\), which is beyond .* 0\.1 \(default\)"):
        Settings.of_command_line(["length-bias.warn=0.2"]).resolve("length-bias", DEFAULTS)
    # Of what is better the more of it there is, the FAIL lies below.
    limits = {"warn": 0.4, "fail": 0.2}
    with pytest.raises(ConfigError, match="set both"):
        Settings.of_arguments({"agreement_fail": 0.5}).resolve("agreement", limits)
    assert Settings.of_arguments({"agreement_fail": 0.4}).resolve("agreement", limits)["fail"].value == 0.4


def test_a_switch_is_true_or_false() -> None:
    with pytest.raises(ConfigError, match="neither true nor false"):
        Settings.of_arguments({"length_bias_sampled": "maybe"}).resolve("length-bias", DEFAULTS)


def test_an_assignment_has_an_equals_sign() -> None:
    with pytest.raises(ConfigError, match="NAME=VALUE"):
        Settings.of_command_line(["length-bias.warn"])


def test_an_unknown_name_is_refused_with_the_closest_one() -> None:
    with pytest.raises(ConfigError, match=r"did you mean length-bias\.warn\?"):
        Settings.of_arguments({"length_bias_wran": 0.1}).refuse_unknown(["length-bias.warn", "length-bias.fail"])


@pytest.mark.parametrize(
    ("name", "hint"),
    [("length-bias.zzzz", "there are length-bias.warn, length-bias.fail$"), ("nonsense.key", "there is no such check")],
)
def test_what_is_close_to_nothing_is_told_what_there_is(name: str, hint: str) -> None:
    with pytest.raises(ConfigError, match=hint):
        Settings.of({name: 1}, "a.toml").refuse_unknown(["length-bias.warn", "length-bias.fail", "identical.warn"])


@pytest.mark.parametrize("name", ["length-bias.wran", "length_bias_wran", "Length-bias.warn"])
def test_an_unknown_name_is_said_as_it_was_written(name: str) -> None:
    for settings in (Settings.of_command_line([f"{name}=1"]), Settings.of({name: 1}, "a.toml")):
        with pytest.raises(ConfigError, match=rf"unknown setting {name} \("):
            settings.refuse_unknown(["length-bias.warn"])
