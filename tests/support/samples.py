"""A question of every type, as the tests need one; this is all they ask of a new type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A question of one type.

    :param raw: valid content in plain words, as bank files state it.
    :param right: what a form sends for full marks, where nothing is shuffled.
    :param other: what a form sends that earns less.
    :param hidden: makes content in which every text that nobody may see before answering holds
        the given word.
    :param moved: makes, of the raw content of the type's own `example`, content with another
        key and every visible word the same.
    :param unseen: further words of `hidden` that nobody may see before answering.
    """

    raw: Raw
    right: Mapping[str, list[str]]
    other: Mapping[str, list[str]]
    hidden: Callable[[str], Raw]
    moved: Callable[[Raw], Raw]
    unseen: tuple[str, ...] = ()


def _options(*given: tuple[str, bool, str]) -> list[Raw]:
    return [{"text": text, "key": is_key, "feedback": told} for text, is_key, told in given]


def _turned(raw: Raw, rows: str, column: str) -> Raw:
    """Return the content with what stands in one column of its rows moved up by one."""
    cells = [row[column] for row in raw[rows]]
    cells = cells[1:] + cells[:1]
    return raw | {rows: [r | {column: c} for r, c in zip(raw[rows], cells, strict=True)]}


def _hidden_options(word: str) -> Raw:
    told = f"{word} feedback"
    options = _options(("Alpha", True, told), ("Beta", False, told), ("Gamma", False, told))
    return {"stem": "Which?", "options": options, "explanation": f"{word} explanation"}


SAMPLES: Mapping[str, Sample] = {
    "single_choice": Sample(
        raw={
            "stem": "Which article bars foreign bases?",
            "options": _options(
                ("Article 146", True, "It names bases of any kind."),
                ("Article 5", False, "That one is about leadership."),
                ("Article 44", False, "That one is about the economy."),
            ),
            "explanation": "The reader names the article.",
        },
        right={"choice": ["0"]},
        other={"choice": ["1"]},
        hidden=_hidden_options,
        moved=lambda raw: _turned(raw, "options", "key"),
    ),
    "multiple_response": Sample(
        raw={
            "stem": "Which states led the Astana process?",
            "options": _options(
                ("Russia", True, ""),
                ("Iran", True, ""),
                ("Turkey", True, ""),
                ("Jordan", False, "Jordan is not named."),
            ),
            "explanation": "",
        },
        right={"choice": ["0", "1", "2"]},
        other={"choice": ["1"]},
        hidden=_hidden_options,
        moved=lambda raw: _turned(raw, "options", "key"),
    ),
    "true_false": Sample(
        raw={
            "stem": "The base was Shahid Nojeh.",
            "key": True,
            "feedback": "",
            "explanation": "",
        },
        right={"choice": ["true"]},
        other={"choice": ["false"]},
        hidden=lambda word: {
            "stem": "It is so.",
            "key": True,
            "feedback": f"{word} reason",
            "explanation": f"{word} explanation",
        },
        moved=lambda raw: raw | {"key": not raw["key"]},
    ),
    "short_text": Sample(
        raw={
            "stem": "Which river runs past the oil fields?",
            "accepted": ["Euphrates", "al-Furat"],
            "explanation": "",
        },
        right={"text": ["Euphrates"]},
        other={"text": ["x"]},
        hidden=lambda word: {
            "stem": "Which river?",
            "accepted": [f"{word} key", f"{word} also"],
            "foreseen": [{"text": f"{word} half", "credit": "50", "feedback": f"{word} near"}],
            "explanation": f"{word} explanation",
        },
        moved=lambda raw: raw | {"accepted": ["something else"]},
    ),
    "numeric": Sample(
        raw={
            "stem": "Within how many days did the forces leave?",
            "number": "7",
            "tolerance": "",
            "minimum": "",
            "maximum": "",
            "unit": "days",
            "units": ["day"],
            "accepted": ["a week"],
            "explanation": "",
        },
        right={"text": ["a week"]},
        other={"text": ["8"]},
        hidden=lambda word: {
            "stem": "How many?",
            "number": "7204419583",
            "unit": "days",
            "units": [word],
            "accepted": [f"{word} words"],
            "foreseen": [{"text": f"{word} half", "credit": "50", "feedback": f"{word} near"}],
            "explanation": f"{word} explanation",
        },
        moved=lambda raw: raw | {"number": "12345", "accepted": ["something else"]},
        unseen=("7204419583",),
    ),
    "cloze": Sample(
        raw={"text": "Article {{146}} of the constitution.", "explanation": ""},
        right={"gap-0": ["146"]},
        other={"gap-0": ["x"]},
        hidden=lambda word: {
            "text": f"It is {{{{{word} gap|{word} variant::a hint}}}}.",
            "foreseen": [{"text": f"{word} half", "credit": "50", "feedback": f"{word} near"}],
            "explanation": f"{word} explanation",
        },
        moved=lambda raw: (
            raw
            | {
                "text": raw["text"]
                .replace("Lima", "Oslo")
                .replace("Peru", "Mali")
                .replace("Pacific|~Atlantic", "Atlantic|~Pacific")
            }
        ),
    ),
    "matching": Sample(
        raw={
            "stem": "Who led which process?",
            "pairs": [
                {"left": "Astana", "right": "Russia, Iran and Turkey", "feedback": "Three states."},
                {"left": "Geneva", "right": "United Nations", "feedback": ""},
            ],
            "distractors": ["European Union"],
            "explanation": "",
        },
        right={"match-0": ["1"], "match-1": ["2"]},
        other={"match-0": ["2"]},
        hidden=lambda word: {
            "stem": "Which to which?",
            "pairs": [
                {"left": "Alpha", "right": "One", "feedback": f"{word} pair"},
                {"left": "Beta", "right": "Two", "feedback": f"{word} pair"},
            ],
            "distractors": ["Three"],
            "explanation": f"{word} explanation",
        },
        moved=lambda raw: _turned(raw, "pairs", "right"),
    ),
    "ordering": Sample(
        raw={
            "stem": "Put these in the order of their dates.",
            "items": [
                {"text": "The strikes were announced", "feedback": "16 August 2016"},
                {"text": "Eastern Aleppo was retaken", "feedback": "December 2016"},
                {"text": "The first Astana talks", "feedback": "23 January 2017"},
            ],
            "explanation": "",
        },
        right={"place-0": ["2"], "place-1": ["3"], "place-2": ["1"]},
        other={"place-0": ["3"], "place-2": ["1"]},
        hidden=lambda word: {
            "stem": "In which order?",
            "items": [
                {"text": text, "feedback": f"{word} place"} for text in ("Gamma", "Alpha", "Beta")
            ],
            "explanation": f"{word} explanation",
        },
        moved=lambda raw: raw | {"items": raw["items"][1:] + raw["items"][:1]},
    ),
    "self_rated": Sample(
        raw={
            "stem": "Why was there a backlash?",
            "answer": "The operations had been advertised openly.",
            "explanation": "",
        },
        right={"text": ["The operations had been advertised."]},
        other={"text": ["No idea."]},
        hidden=lambda word: {
            "stem": "Why?",
            "answer": f"{word} answer",
            "explanation": f"{word} explanation",
        },
        moved=lambda raw: raw | {"answer": "Something else."},
    ),
}
