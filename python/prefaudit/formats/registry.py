"""All formats, and which of them a sample is in."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from prefaudit.errors import FormatError
from prefaudit.formats.ab import Ab
from prefaudit.formats.alpaca_farm import AlpacaFarm
from prefaudit.formats.answer_lists import AnswerLists
from prefaudit.formats.arena_33k import Arena33k
from prefaudit.formats.arena_55k import Arena55k
from prefaudit.formats.arena_100k import Arena100k
from prefaudit.formats.argilla import Argilla
from prefaudit.formats.diagnosis import diagnose
from prefaudit.formats.generic import Generic
from prefaudit.formats.helpsteer import HelpSteer
from prefaudit.formats.helpsteer2_preference import HelpSteer2Preference
from prefaudit.formats.helpsteer3 import HelpSteer3
from prefaudit.formats.hh_rlhf import HhRlhf
from prefaudit.formats.label_studio import LabelStudio
from prefaudit.formats.llama_factory import LlamaFactory
from prefaudit.formats.llama_factory_v1 import LlamaFactoryV1
from prefaudit.formats.llmfao import Llmfao
from prefaudit.formats.ms_swift import MsSwift
from prefaudit.formats.mt_bench_human import MtBenchHuman
from prefaudit.formats.nectar import Nectar
from prefaudit.formats.oasst_messages import OasstMessages
from prefaudit.formats.oasst_trees import OasstTrees
from prefaudit.formats.orca_dpo import OrcaDpo
from prefaudit.formats.pandalm import PandaLm
from prefaudit.formats.pku_saferlhf import PkuSafeRlhf
from prefaudit.formats.prd import Prd
from prefaudit.formats.reward_bench import RewardBench
from prefaudit.formats.shp import Shp
from prefaudit.formats.stack_exchange_paired import StackExchangePaired
from prefaudit.formats.stack_exchange_preferences import StackExchangePreferences
from prefaudit.formats.summarize_feedback import SummarizeFeedback
from prefaudit.formats.trl import Trl
from prefaudit.formats.tulu_human_eval import TuluHumanEval
from prefaudit.formats.ultrafeedback import UltraFeedback
from prefaudit.formats.ultrafeedback_binarized import UltraFeedbackBinarized
from prefaudit.formats.webgpt import WebGpt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.metadata import EntryPoint

    from prefaudit.formats.base import Format
    from prefaudit.sources.base import Sample

#: The built-in formats.
FORMATS: tuple[type[Format], ...] = (
    Ab,
    AlpacaFarm,
    AnswerLists,
    Arena33k,
    Arena55k,
    Arena100k,
    Argilla,
    Generic,
    HelpSteer,
    HelpSteer2Preference,
    HelpSteer3,
    HhRlhf,
    LabelStudio,
    LlamaFactory,
    LlamaFactoryV1,
    Llmfao,
    MsSwift,
    MtBenchHuman,
    Nectar,
    OasstMessages,
    OasstTrees,
    OrcaDpo,
    PandaLm,
    PkuSafeRlhf,
    Prd,
    RewardBench,
    Shp,
    StackExchangePaired,
    StackExchangePreferences,
    SummarizeFeedback,
    Trl,
    TuluHumanEval,
    UltraFeedback,
    UltraFeedbackBinarized,
    WebGpt,
)

_GROUP = "prefaudit.formats"


def formats() -> dict[str, type[Format]]:
    """All formats by name: the built-in ones, then those of installed packages.

    Raises:
        FormatError: if one of those cannot be imported.
    """
    return {layout.name: layout for layout in (*FORMATS, *map(_installed, entry_points(group=_GROUP)))}


def _installed(entry: EntryPoint) -> type[Format]:
    try:
        layout: type[Format] = entry.load()
    except Exception as error:  # the code of others
        package = entry.dist.name if entry.dist else "unknown"
        msg = (
            f"the format '{entry.name}' of the package {package} cannot be loaded ({type(error).__name__}: {error}):"
            " update the package or uninstall it"
        )
        raise FormatError(msg) from error
    return layout


def format_class(name: str) -> type[Format]:
    """The format called `name`.

    Raises:
        FormatError: if there is none; the message has the closest one.
    """
    known = formats()
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
        msg = f"there is no format '{name}'; {hint}"
        raise FormatError(msg)
    return known[name]


def choose_format(sample: Sample, name: str | None = None, options: Mapping[str, Any] | None = None) -> Format:
    """The format called `name`, or the one that the sample is in.

    Raises:
        FormatError: if there is no such format, its columns are missing, or none fits, or several; or if it does not
            have one of the `options`.
    """
    known = formats()
    fitting = _most_specific(
        [layout for layout in known.values() if _has_columns(layout, sample) and layout.fits(sample)]
    )
    if name is not None:
        return _named(format_class(name), sample, fitting)(sample, **options or {})
    if not fitting:
        raise FormatError(diagnose(sample))
    if len(fitting) > 1:
        names = " and ".join(f"'{layout.name}'" for layout in fitting)
        msg = f"the rows fit {names}: say which one is meant (--format NAME, format=...)"
        raise FormatError(msg)
    return fitting[0](sample, **options or {})


def _most_specific(fitting: list[type[Format]]) -> list[type[Format]]:
    less = {name for layout in fitting for name in layout.supersedes}
    return [layout for layout in fitting if layout.name not in less]


def _named(wanted: type[Format], sample: Sample, fitting: list[type[Format]]) -> type[Format]:
    if not _has_columns(wanted, sample):
        missing = ", ".join(f"'{column}'" for column in wanted.needs if column not in sample.columns)
        would = f"format '{fitting[0].name}' would fit" if fitting else diagnose(sample)
        msg = f"format '{wanted.name}' needs the column {missing}, and the columns are {sample.listed()}; {would}"
        raise FormatError(msg)
    return wanted


def _has_columns(layout: type[Format], sample: Sample) -> bool:
    return all(column in sample.columns for column in layout.needs)
