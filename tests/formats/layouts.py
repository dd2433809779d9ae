"""A few rows of each public layout, in exactly its shape, and the pair that the first of them gives."""

from __future__ import annotations

from typing import Any, NamedTuple

Row = dict[str, Any]


class Layout(NamedTuple):
    """Rows in the shape of a layout; what the first pair must hold; how many pairs and ties they make."""

    rows: list[Row]
    first: Row
    pairs: int
    ties: int


def _turns(*texts: str) -> list[Row]:
    return [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(texts)]


def _alpaca(preference: float | None) -> Row:
    texts = {"instruction": "Add.", "input": "1 and 2", "output_1": "3", "output_2": "12"}
    return {**texts, "preference": preference, "annotator": "ann", "dataset": "d"}


def _helpsteer(response: str, helpfulness: int) -> Row:
    rest = {"correctness": 3, "coherence": 4, "complexity": 1, "verbosity": 2}
    return {"prompt": "Why?", "response": response, "helpfulness": helpfulness, **rest}


def _nectar(*ranks: float | None) -> Row:
    answers = [{"answer": f"answer {at}", "model": "m", "rank": rank} for at, rank in enumerate(ranks)]
    return {
        "prompt": "\n\nHuman: Why? \n\nAssistant: ",
        "answers": answers,
        "turns": 1,
        "num_responses": len(ranks),
        "source": ["sharegpt"],
        "good_natured": True,
    }


def _pku(better: int, safer: int) -> Row:
    row: Row = {"prompt": "How?", "prompt_source": "Alpaca", "better_response_id": better, "safer_response_id": safer}
    for at in (0, 1):
        row |= {
            f"response_{at}": f"way {at}",
            f"is_response_{at}_safe": bool(at),
            f"response_{at}_severity_level": 0,
            f"response_{at}_harm_category": {"Violence": False},
            f"response_{at}_sha256": "0",
        }
    return row


def _completion(response: str, overall: float) -> Row:
    aspects = ("instruction_following", "honesty", "truthfulness", "helpfulness")
    return {
        "model": "m",
        "principle": "helpfulness",
        "custom_system_prompt": "",
        "response": response,
        "overall_score": overall,
        "fine-grained_score": 3.0,
        "critique": "",
        "annotations": {name: {"Rating": "3", "Rationale": "", "Type": None} for name in aspects},
    }


def _webgpt(score: float) -> Row:
    row: Row = {"question": {"dataset": "eli5", "id": "q1", "full_text": "Why?"}}
    for at, value in ((0, score), (1, -score)):
        row |= {f"answer_{at}": f"answer {at}", f"score_{at}": value, f"quotes_{at}": {"title": [], "extract": []}}
        row |= {f"tokens_{at}": {"prefix": [], "completion": []}}
    return row


def _helpsteer3(preference: int) -> Row:
    votes = [{"score": preference, "reasoning": "r", "feedback1": "f", "feedback2": "g"}]
    row: Row = {"domain": "code", "language": "python", "context": _turns("Why?"), "response1": "a", "response2": "b"}
    return {**row, "overall_preference": preference, "individual_preference": votes}


def _message(identity: str, parent: str | None, text: str, rank: int | None = None) -> Row:
    role = "prompter" if parent is None else "assistant"
    return {
        "message_id": identity,
        "parent_id": parent,
        "text": text,
        "role": role,
        "lang": "en",
        "rank": rank,
        "deleted": False,
        "created_date": "2023-02-05T14:23:50.983374+00:00",
        "tree_state": "ready_for_export",
    }


def _battle(winner: str, **more: Any) -> Row:
    row: Row = {"question_id": "q", "model_a": "m", "model_b": "n", "winner": winner, "turn": 1, "language": "English"}
    return {**row, "conversation_a": _turns("Why?", "a"), "conversation_b": _turns("Why?", "b"), **more}


_OASST = [_message("1", None, "Why?"), _message("2", "1", "so", 1), _message("3", "1", "because", 0)]
_PLAIN = {"prompt": "Why?", "chosen": "a", "rejected": "b"}
_SHP = {
    "post_id": "p",
    "domain": "askacademia",
    "upvote_ratio": 0.9,
    "history": "Why?",
    "c_root_id_A": "x",
    "c_root_id_B": "y",
    "created_at_utc_A": 1600000000,
    "created_at_utc_B": 1600000100,
    "score_A": 8,
    "score_B": 2,
    "human_ref_A": "a",
    "human_ref_B": "b",
    "labels": 1,
    "seconds_difference": 100.0,
    "score_ratio": 4.0,
}
_TASK = {
    "id": 7,
    "data": {"prompt": "Why?", "answer1": "a", "answer2": "b"},
    "annotations": [
        {"id": 1, "completed_by": 3, "lead_time": 2.5, "created_at": "2024-01-02T03:04:05Z", "was_cancelled": False}
        | {"result": [{"type": "pairwise", "to_name": "answer1,answer2", "value": {"selected": "left"}}]}
    ],
}

LAYOUTS: dict[str, Layout] = {
    "ab": Layout(
        [{"prompt": "Why?", "a": "x", "b": "y", "label": label, "annotator": "me"} for label in ("A", "b", "Tie")],
        {"prompt": "Why?", "chosen": "x", "rejected": "y", "annotator": "me"},
        3,
        1,
    ),
    "answer-lists": Layout([_PLAIN | {"rejected": ["b", "c"]}], {"chosen": "a", "rejected": "b"}, 2, 0),
    "arena-33k": Layout(
        [_battle(winner, judge="j", tstamp=1682351591.1) for winner in ("model_b", "tie (bothbad)")],
        {"prompt": "Why?", "chosen": "b", "annotator": "j", "first_shown": "rejected", "domain": "English"},
        2,
        1,
    ),
    "arena-55k": Layout(
        [
            {
                "id": 1,
                "model_a": "m",
                "model_b": "n",
                "prompt": '["Why?"]',
                "response_a": '["a"]',
                "response_b": '["b"]',
            }
            | {"winner_model_a": 0, "winner_model_b": 1, "winner_tie": 0}
        ],
        {"prompt": "Why?", "chosen": "b", "rejected": "a"},
        1,
        0,
    ),
    "arena-100k": Layout([_battle("model_a", judge_hash="h", tstamp=1.7e9)], {"chosen": "a", "annotator": "h"}, 1, 0),
    "mt-bench-human": Layout(
        [_battle(winner, judge=["gpt-4", "pair-v2"]) for winner in ("model_a", "tie (inconsistent)")],
        {"prompt": "Why?", "chosen": "a", "annotator": "gpt-4, pair-v2", "pair_id": "q/1/m/n"},
        2,
        1,
    ),
    "hh-rlhf": Layout(
        [{side: f"\n\nHuman: Why?\n\nAssistant: {text}" for side, text in (("chosen", "a"), ("rejected", "b"))}],
        {"prompt": "\n\nHuman: Why?\n\nAssistant:", "chosen": " a", "rejected": " b"},
        1,
        0,
    ),
    "argilla": Layout(
        [
            {
                "fields": {"prompt": "Why?", "response-1": "b", "response-2": "a"},
                "responses": [
                    {"user_id": "ann", "values": {"preference": {"value": "response-2"}}, "status": "submitted"},
                    {"user_id": "bob", "values": {"preference": {"value": "response-2"}}, "status": "submitted"},
                ],
            }
        ],
        {"prompt": "Why?", "chosen": "a", "rejected": "b", "annotator": "ann"},
        2,
        0,
    ),
    "label-studio": Layout([_TASK], {"chosen": "a", "annotator": "3", "seconds": 2.5, "first_shown": "chosen"}, 1, 0),
    "llama-factory": Layout(
        [
            {"conversations": [{"from": "human", "value": "Why?"}]}
            | {side: {"from": "gpt", "value": text} for side, text in (("chosen", "a"), ("rejected", "b"))}
        ],
        {"prompt": "Why?", "chosen": "a", "rejected": "b"},
        1,
        0,
    ),
    "llama-factory-v1": Layout(
        [{f"{side}_messages": _turns("Why?", text) for side, text in (("chosen", "a"), ("rejected", "b"))}],
        {"prompt": "Why?", "chosen": "a", "rejected": "b"},
        1,
        0,
    ),
    "ms-swift": Layout([{"messages": _turns("Why?", "a"), "rejected_response": "b"}], {"chosen": "a"}, 1, 0),
    "oasst-messages": Layout(
        _OASST, {"prompt": "Why?", "chosen": "because", "rejected": "so", "strength": 1.0, "pair_id": "2/3"}, 1, 0
    ),
    "oasst-trees": Layout(
        [
            {"message_tree_id": "1", "tree_state": "ready_for_export"}
            | {"prompt": _OASST[0] | {"replies": [one | {"replies": []} for one in _OASST[1:]]}}
        ],
        {"prompt": "Why?", "chosen": "because", "rejected": "so", "domain": "en"},
        1,
        0,
    ),
    "orca-dpo": Layout(
        [{"system": "Be brief.", "question": "Why?", "chosen": "a", "rejected": "b"}],
        {"prompt": "\n\nSystem: Be brief.\n\nHuman: Why?", "chosen": "a", "rejected": "b"},
        1,
        0,
    ),
    "pandalm": Layout(
        [
            {"motivation_app": "app", "cmp_key": "k", "instruction": "Why?", "input": "", "idx": 1}
            | {"response1": "a", "response2": "b", "annotator1": 2, "annotator2": 0, "annotator3": 1}
        ],
        {"prompt": "Why?", "chosen": "b", "annotator": "annotator1", "pair_id": "1", "domain": "app"},
        3,
        1,
    ),
    "prd": Layout(
        [{"question": "Why?", "answer_a": "a", "answer_b": "b", "overall_preference": at} for at in (-1, 1, 0)],
        {"prompt": "Why?", "chosen": "a", "rejected": "b"},
        3,
        1,
    ),
    "shp": Layout([_SHP], {"chosen": "a", "strength": 4.0, "domain": "askacademia", "score_rejected": 2.0}, 1, 0),
    "stack-exchange-preferences": Layout(
        [
            {"qid": 1, "question": "Why?", "date": "2011/02/03", "metadata": ["https://a.example/q"]}
            | {"answers": [{"answer_id": at, "pm_score": at % 2, "text": f"answer {at}"} for at in range(3)]}
        ],
        {"chosen": "answer 1", "rejected": "answer 2", "score_chosen": 1.0, "domain": "a.example"},
        1,
        0,
    ),
    "trl": Layout(
        [{side: _turns("Why?", text) for side, text in (("chosen", "a"), ("rejected", "b"))}],
        {"prompt": "Why?", "chosen": "a", "rejected": "b"},
        1,
        0,
    ),
    "tulu-human-eval": Layout(
        [
            {"prompt": "Why?", "completion_a": "a", "completion_b": "b", "preference": preference}
            | {"instance_id": "i", "model_a": "m", "model_b": "n", "evaluator": "e", "timestamp": "2023-05-17 21:25:40"}
            for preference in ("b-is-slightly-better", "tie")
        ],
        {"chosen": "b", "strength": 1.0, "annotator": "e", "first_shown": "rejected"},
        2,
        1,
    ),
    "alpaca-farm": Layout(
        [_alpaca(1), _alpaca(2), _alpaca(1.5)],
        {
            "prompt": "Add.\n\n1 and 2",
            "chosen": "3",
            "rejected": "12",
            "annotator": "ann",
            "strength": 1.0,
            "domain": "d",
        },
        3,
        1,
    ),
    "helpsteer": Layout(
        [_helpsteer("so", 1), _helpsteer("because", 4)],
        {"prompt": "Why?", "chosen": "because", "rejected": "so", "score_chosen": 4.0, "score_rejected": 1.0},
        1,
        0,
    ),
    "helpsteer2-preference": Layout(
        [
            {"prompt": "Why?", "response_1": "a", "response_2": "b", "preference_strength": at, "split": "train"}
            | {"preference_statement": "s", "preference_elaboration": "e"}
            for at in (-2, 3, 0)
        ],
        {"chosen": "a", "rejected": "b", "strength": 2.0, "split": "train"},
        3,
        1,
    ),
    "helpsteer3": Layout(
        [_helpsteer3(2), _helpsteer3(-1), _helpsteer3(0)],
        {"chosen": "b", "rejected": "a", "strength": 2.0, "domain": "code"},
        3,
        1,
    ),
    "nectar": Layout(
        [_nectar(2, 1, None), _nectar(1, 1)],
        {"chosen": "answer 1", "rejected": "answer 0", "strength": 1.0, "domain": "sharegpt"},
        2,
        1,
    ),
    "pku-saferlhf": Layout(
        [_pku(0, 1), _pku(1, 1)], {"chosen": "way 0", "rejected": "way 1", "domain": "Alpaca"}, 2, 0
    ),
    "reward-bench": Layout(
        [
            {"prompt": "p", "chosen": "a", "chosen_model": "m", "rejected": "b", "rejected_model": "n"}
            | {"subset": "donotanswer", "id": 1}
        ],
        {"prompt": "p", "chosen": "a", "rejected": "b", "domain": "donotanswer"},
        1,
        0,
    ),
    "ultrafeedback": Layout(
        [
            {
                "source": "flan",
                "instruction": "Add.",
                "models": ["m"] * 3,
                "completions": [_completion("3", 8.5), _completion("12", 2.0), _completion("three", 8.5)],
                "correct_answers": ["None"],
                "incorrect_answers": ["None"],
            }
        ],
        {"prompt": "Add.", "chosen": "3", "score_chosen": 8.5, "domain": "flan"},
        -1,
        -1,
    ),
    "ultrafeedback-binarized": Layout(
        [
            {"prompt": "Why?", "prompt_id": "i", "chosen": _turns("Why?", "so"), "rejected": _turns("Why?", "no")}
            | {"messages": _turns("Why?", "so"), "score_chosen": score, "score_rejected": 5.0}
            for score in (8.0, 5.0)
        ],
        {"chosen": "so", "rejected": "no", "score_chosen": 8.0, "prompt_id": "i"},
        2,
        1,
    ),
    "webgpt": Layout(
        [_webgpt(0.5), _webgpt(-1.0), _webgpt(0.0)],
        {"prompt": "Why?", "chosen": "answer 0", "score_chosen": 0.5, "strength": 0.5, "domain": "eli5"},
        3,
        1,
    ),
    "stack-exchange-paired": Layout(
        [{"qid": 1, "question": "Why?", "date": "2016/01/01", "metadata": ["a"], "response_j": "j", "response_k": "k"}],
        {"prompt": "Why?", "chosen": "j", "rejected": "k"},
        1,
        0,
    ),
    "summarize-feedback": Layout(
        [
            {
                "info": {
                    "id": "t3",
                    "post": "A long post.",
                    "title": "T",
                    "subreddit": "r",
                    "site": None,
                    "article": None,
                },
                "summaries": [
                    {"text": "one", "policy": "a", "note": None},
                    {"text": "two", "policy": "b", "note": None},
                ],
                "choice": 1,
                "worker": "w",
                "batch": "b",
                "split": "train",
                "extra": {"confidence": 7},
            }
        ],
        {"chosen": "two", "rejected": "one", "annotator": "w", "split": "train"},
        1,
        0,
    ),
    "generic": Layout([{"prompt": "p", "chosen": "a", "rejected": "b"}], {"chosen": "a", "rejected": "b"}, 1, 0),
}
