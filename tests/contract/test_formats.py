"""What every format of questions promises, over all of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.made_drafts import make
from bench.round_trips import fault
from quizapp.errors import Invalid
from quizapp.formats.base import Draft, Format, Reading
from quizapp.formats.losses import canonical
from quizapp.formats.registry import FORMATS, detect
from quizapp.questions.registry import TYPES

READABLE = [one for one in FORMATS.values() if one.can_read]
BOTH = [one for one in READABLE if one.can_write]
_NAME = {"ids": lambda one: one.name}
#: Bytes that are no file of questions, and beginnings of some that are.
ODD = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xff\xfe\x00\xd8",
    b"\x80\x81\x8d",
    b"{",
    b"}{",
    b"::",
    b"::::{",
    b"$CATEGORY:",
    b"{=}",
    b"a{~}",
    b"a{#}",
    b"a{#1..}",
    b"a{>}",
    b"a{=->}",
    b"a{1:MC:}",
    b"{1:NM:=x",
    b"ANSWER: A",
    b"A) \nANSWER: B",
    b"<quiz",
    b"<quiz/>",
    b"<quiz><question/></quiz>",
    b'<quiz><question type="cloze"/></quiz>',
    b'<quiz><question type="multichoice"><answer fraction="x"/></question></quiz>',
    b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>',
    b"PK\x03\x04",
)

#: A plain question of each type, with an explanation and with feedback where files have it.
PLAIN = {
    "single_choice": {
        "stem": "Which river runs through Cairo?",
        "options": [
            {"text": "Nile", "key": True, "feedback": "It reaches the sea at the delta."},
            {"text": "Niger", "key": False, "feedback": "That one runs through Bamako."},
        ],
        "explanation": "The city lies south of its delta.",
    },
    "multiple_response": {
        "stem": "Which are rivers?",
        "options": [
            {"text": "Nile", "key": True, "feedback": ""},
            {"text": "Volga", "key": True, "feedback": ""},
            {"text": "Baikal", "key": False, "feedback": "It is a lake."},
        ],
        "explanation": "Rivers flow.",
    },
    "true_false": {
        "stem": "The Volga reaches the Caspian.",
        "key": True,
        "feedback": "Near Astrakhan.",
        "explanation": "It drains the plain.",
    },
    "short_text": {
        "stem": "Which river runs through Bamako?",
        "accepted": ["Niger", "the Niger"],
        "explanation": "It bends there.",
    },
    "numeric": {"stem": "How many?", "number": "7", "tolerance": "1", "explanation": "A count."},
    "cloze": {"text": "Lima is the capital of {{Peru}}.", "explanation": "Since 1821."},
    "matching": {
        "stem": "Match the cities.",
        "pairs": [
            {"left": "Cairo", "right": "Nile"},
            {"left": "Bamako", "right": "Niger"},
        ],
        "explanation": "Each lies on its river.",
    },
    "ordering": {
        "stem": "Put them in order.",
        "items": [{"text": "one"}, {"text": "two"}, {"text": "three"}],
        "explanation": "They count up.",
    },
    "self_rated": {"stem": "Why?", "answer": "Because of rain.", "explanation": "It floods."},
}
#: What a format has no place for, even so plain; every other one must come back as it was.
NO_PLACE = {
    "aiken": set(PLAIN) - {"single_choice"},
    "gift": {"cloze", "self_rated"},
    "qti2": {"self_rated"},
    "qti3": {"self_rated"},
}

#: Questions in which something is half right, by the types that can say so.
SHARES = {
    "single_choice": {
        "stem": "Which river runs through Cairo?",
        "options": [
            {"text": "The Nile", "key": True, "feedback": ""},
            {"text": "The White Nile", "key": False, "feedback": "Near.", "credit": "50"},
            {"text": "The Niger", "key": False, "feedback": ""},
        ],
    },
    "multiple_response": {
        "stem": "Which are rivers?",
        "options": [
            {"text": "Nile", "key": True, "feedback": "", "credit": "66.66667"},
            {"text": "Volga", "key": True, "feedback": "", "credit": "33.33333"},
            {"text": "Baikal", "key": False, "feedback": "A lake.", "credit": "0"},
            {"text": "Oslo", "key": False, "feedback": "", "credit": "-100"},
        ],
    },
    "short_text": {
        "stem": "Who was born in Bethlehem?",
        "accepted": ["David", "King David"],
        "foreseen": [
            {"text": "King David", "feedback": "Yes, the second king."},
            {"text": "a shepherd", "credit": "33.33333", "feedback": "That he was; who?"},
            {"text": "Saul", "feedback": "He came from Gibeah."},
            {"text": "*", "feedback": "Look at the book of Samuel."},
        ],
    },
    "numeric": {
        "stem": "In which year was Grant born?",
        "number": "1822",
        "foreseen": [
            {"text": "1822", "feedback": "In April."},
            {"text": "1820 to 1824", "credit": "50", "feedback": "Close."},
            {"text": "*", "feedback": "Not near it."},
        ],
    },
    "cloze": {
        "text": "Paris was called {{Lutetia}} once, and lies on the {{Seine|~Marne|~Oise}}.",
        "foreseen": [
            {"gap": 1, "text": "Lutece", "credit": "50", "feedback": "In French."},
            {"gap": 1, "text": "Lugdunum", "feedback": "That is Lyon."},
            {"gap": 2, "text": "Marne", "credit": "25", "feedback": "It ends there."},
            {"gap": 2, "text": "Oise", "feedback": "Downstream."},
        ],
    },
}
#: The formats that cannot hold all of that, and for which types.
NO_SHARES = {
    "aiken": set(SHARES),
    "gift": {"cloze"},
    "qti12": {"short_text", "numeric", "cloze"},
    "qti2": {"short_text", "numeric", "cloze"},
    "qti3": {"short_text", "numeric", "cloze"},
    "common_cartridge": {"short_text", "numeric", "cloze"},
}

#: In Moodle each gap is worth a point.
MARKS = {"cloze": 2}


def _example(type_name: str) -> Draft:
    kind = TYPES[type_name]
    content, _ = kind.example()
    return Draft(
        0,
        type_name,
        kind.dump(content),
        key="river-1",
        name="A name",
        topic=("One", "Two"),
        tags=("one", "two-three"),
    )


def _plain(one: Format, type_name: str) -> Draft:
    raw = PLAIN[type_name]
    if one.name != "aiken":
        return Draft(0, type_name, raw, key="q-1", topic=("Rivers",), tags=("water",))
    # Aiken has stems, options and keys, and nothing beside.
    options = [{**option, "feedback": ""} for option in raw.get("options", ())]
    return Draft(0, type_name, {"stem": raw.get("stem", ""), "options": options})


def _read(one: Format, data: bytes) -> Reading | str:
    """Return what a file holds, or why it is refused."""
    try:
        return one.read(data, filename="file.txt")
    except Invalid as refused:
        return str(refused) or "refused without a word"


@pytest.mark.parametrize("one", BOTH, **_NAME)
@pytest.mark.parametrize("type_name", TYPES)
def test_an_example_comes_back_or_its_loss_is_named(one: Format, type_name: str) -> None:
    draft = _example(type_name)

    assert fault(one, draft) == ""


@pytest.mark.parametrize("one", BOTH, **_NAME)
def test_many_questions_in_a_file_keep_their_order(one: Format) -> None:
    drafts = [_example(type_name) for type_name in TYPES]
    whole = [draft for draft in drafts if one.loss(draft).what == ()]

    found = one.read(one.write(whole, title="All").data).found

    assert [canonical(draft).raw for draft in whole] == [
        canonical(back).raw for back in found if isinstance(back, Draft)
    ]


@pytest.mark.parametrize("one", BOTH, **_NAME)
@pytest.mark.parametrize("type_name", SHARES)
def test_what_is_half_right_comes_back_half_right(one: Format, type_name: str) -> None:
    draft = Draft(
        0, type_name, SHARES[type_name], key="q-1", mark=Fraction(MARKS.get(type_name, 1))
    )
    if type_name in NO_SHARES.get(one.name, ()):
        assert one.loss(draft).what
        return

    (back,) = one.read(one.write([draft], title="Rivers").data).found

    assert isinstance(back, Draft)
    assert back.changes == ()
    assert canonical(back).raw == canonical(draft).raw
    assert one.loss(draft).what == ()


@pytest.mark.parametrize("name", [one.name for one in BOTH if one.name != "aiken"])
def test_a_share_that_is_usual_anyway_is_no_loss(name: str) -> None:
    one = FORMATS[name]
    stated = [("Nile", True, "50"), ("Volga", True, ""), ("Baikal", False, "-50")]
    options = [
        {"text": text, "key": key, "feedback": "", "credit": credit} for text, key, credit in stated
    ]
    draft = Draft(0, "multiple_response", {"stem": "Which are rivers?", "options": options})

    (back,) = one.read(one.write([draft], title="Rivers").data).found

    assert one.loss(draft).what == ()
    assert isinstance(back, Draft)
    assert back.changes == ()
    assert TYPES["multiple_response"].parse(back.raw).keys == {0, 1}


@pytest.mark.parametrize("name", ["qti12", "common_cartridge"])
def test_what_is_half_right_in_a_gap_to_type_in_is_not_made_right(name: str) -> None:
    one = FORMATS[name]
    raw = {
        "text": "Paris was called {{Lutetia}} once, and lies on the {{Seine|~Marne}}.",
        "foreseen": [
            {"gap": 1, "text": "Lutece", "credit": "50"},
            {"gap": 2, "text": "Marne", "credit": "25"},
        ],
    }
    draft = Draft(0, "cloze", raw, key="q-1")

    (back,) = one.read(one.write([draft], title="Towns").data).found

    assert one.loss(draft).what == ("What is half right in a gap to type in is wrong there.",)
    assert isinstance(back, Draft)
    assert back.changes == ()
    assert back.raw["text"] == raw["text"]
    assert back.raw["foreseen"] == [{"gap": 2, "text": "Marne", "credit": "25", "feedback": ""}]


@pytest.mark.parametrize("one", BOTH, **_NAME)
@pytest.mark.parametrize("type_name", PLAIN)
def test_a_plain_question_comes_back_as_it_was(one: Format, type_name: str) -> None:
    # Stated here and not by the format: what it names as lost is compared with nothing else.
    if type_name in NO_PLACE.get(one.name, ()):
        assert one.loss(_plain(one, type_name)).what
        return
    draft = _plain(one, type_name)

    (back,) = one.read(one.write([draft], title="Rivers").data).found

    assert one.loss(draft).what == ()
    assert isinstance(back, Draft)
    assert (back.type_name, canonical(back).raw) == (type_name, canonical(draft).raw)
    about = (draft.key, draft.topic, draft.tags, draft.mark)
    assert (back.key, back.topic, back.tags, back.mark) == about


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32))
@pytest.mark.parametrize("one", BOTH, **_NAME)
@pytest.mark.parametrize("type_name", TYPES)
def test_a_question_made_at_random_comes_back_or_its_loss_is_named(
    one: Format, type_name: str, seed: int
) -> None:
    draft = make(Random(seed), type_name)  # noqa: S311 - no secret

    assert fault(one, draft) == ""


@pytest.mark.parametrize("one", READABLE, **_NAME)
@pytest.mark.parametrize("data", ODD)
def test_any_bytes_are_read_or_refused(one: Format, data: bytes) -> None:
    one.detects(data, "file.txt")

    assert _read(one, data) is not None


@pytest.mark.parametrize("one", BOTH, **_NAME)
def test_a_damaged_file_is_read_or_refused(one: Format) -> None:
    drafts = [replace(_example(type_name), name=type_name) for type_name in TYPES]
    data = one.write(drafts, title="All").data

    for cut in range(0, len(data), max(1, len(data) // 40)):
        for damaged in (data[:cut], data[:cut] + b"\xff{}~" + data[cut + 1 :]):
            assert _read(one, damaged) is not None


@pytest.mark.parametrize("one", BOTH, **_NAME)
def test_a_format_knows_its_own_files(one: Format) -> None:
    drafts = [_example(type_name) for type_name in TYPES]

    found = detect(one.write(drafts, title="All").data, f"questions{one.suffixes[0]}")

    assert found is one


@pytest.mark.parametrize("one", READABLE, **_NAME)
def test_every_draft_that_is_read_is_one_that_its_type_takes(one: Format) -> None:
    random = Random(5)  # noqa: S311 - no secret
    drafts = [make(random, type_name) for type_name in TYPES for _ in range(3)]
    written = [other.write(drafts, title="All").data for other in BOTH]

    for data in written:
        reading = _read(one, data)
        for draft in reading.drafts if isinstance(reading, Reading) else ():
            TYPES[draft.type_name].parse(draft.raw)
