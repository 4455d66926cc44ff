"""Every corner of Moodle XML that its own reader knows, on a file of ours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import pytest

from quizapp.errors import Invalid
from quizapp.formats.base import LeftOut
from quizapp.formats.interchange import (
    Description,
    Essay,
    Gap,
    Gaps,
    Item,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    Text,
    TrueFalse,
    Unsupported,
)
from quizapp.formats.moodle_xml.read import read_items

FOUND, REMARKS, MEDIA = read_items(Path("tests/golden/formats/corners.xml").read_bytes())
Body = TypeVar("Body")


def _item(stem: str) -> Item:
    return next(one for one in FOUND if isinstance(one, Item) and stem in one.stem.text)


def _body(kind: type[Body]) -> Body:
    return next(one.body for one in FOUND if isinstance(one, Item) and isinstance(one.body, kind))


def test_nothing_of_the_file_is_missing() -> None:
    assert len(FOUND) == 14
    assert [one.line for one in FOUND][:2] == [8, 31]


def test_a_category_is_the_topic_of_what_follows_and_its_description_is_said_to_be_lost() -> None:
    assert {one.category for one in FOUND if isinstance(one, Item)} == {("Rivers", "Loire/Rhône")}
    assert "The descriptions of categories are not kept." in REMARKS


def test_what_stands_round_a_question_is_kept() -> None:
    item = _item("flow west")

    assert (item.name, item.key) == ("Mouths & ends", "west & out")
    assert (item.mark, item.penalty) == (Fraction(5, 2), Fraction(1, 4))
    assert item.tags == ("rivers", "Long ones")
    assert [hint.text for hint in item.hints] == ["Look at the map."]
    assert item.explanation == Text("Both end in\nthe Atlantic.", Markup.MOODLE)
    assert item.notes == (
        "The feedback for a right response was left out: “Well done.”.",
        "It was hidden in Moodle.",
    )


def test_a_picture_comes_along_under_a_name_that_texts_point_at() -> None:
    assert 'src="media:map-of-rivers.png"' in _item("flow west").stem.text
    assert MEDIA["map-of-rivers.png"].startswith(b"GIF89a")


def test_options_keep_fractions_formats_and_feedback() -> None:
    body = _body(MultipleChoice)

    assert (body.is_single, body.shuffles) == (False, False)
    assert [(one.text, round(float(one.fraction), 3)) for one in body.choices] == [
        (Text("Loire", Markup.HTML), 0.5),
        (Text("*Garonne*", Markup.MARKDOWN), 0.5),
        (Text("Rhône <south>"), -0.333),
    ]
    assert body.choices[0].feedback.text == "Yes."


def test_a_statement_in_other_words_is_true_first() -> None:
    assert _body(TrueFalse) == TrueFalse(
        False, Text("Taste it.", Markup.HTML), Text("", Markup.HTML)
    )


def test_typed_answers_keep_weights_stars_and_capitals() -> None:
    body = _body(ShortAnswer)

    assert body.minds_case
    assert [(one.text.text, one.fraction) for one in body.choices] == [
        ("Danube", 1),
        ("Don*", Fraction(1, 2)),
        ("*", 0),
    ]


def test_numbers_keep_tolerance_units_and_what_a_unit_cost() -> None:
    item = _item("How long")

    assert isinstance(item.body, Numerical)
    assert [(one.low, one.high) for one in item.body.spans] == [(2840, 2860), (None, None)]
    assert item.body.units == (("km", 1), ("m", 1000))
    assert item.notes == ("A wrong or missing unit cost 10%; here it costs nothing.",)


def test_pairs_and_what_belongs_to_none() -> None:
    body = _body(Match)

    assert not body.shuffles
    assert [(one.left.text, one.right.text) for one in body.pairs] == [
        ("<i>Seine</i>", "Paris"),
        ("Thames", "London"),
        ("", "Rome"),
    ]


def test_an_essay_keeps_what_markers_are_told() -> None:
    item = _item("bend")

    assert isinstance(item.body, Essay)
    assert item.body.model.text == "<p>Water wears the outer bank.</p>"
    assert len(item.notes) == 2


def test_a_text_asks_in_its_gaps_and_is_worth_what_they_are() -> None:
    body = _body(Gaps)
    gaps = [piece for piece in body.pieces if isinstance(piece, Gap)]

    assert [gap.weight for gap in gaps] == [1, 2, 1]
    chosen, typed, number = (gap.part for gap in gaps)
    assert isinstance(chosen, MultipleChoice)
    assert [one.text.text for one in chosen.choices] == ["Seine", "Loire"]
    assert isinstance(typed, ShortAnswer)
    assert typed.minds_case
    assert typed.choices[1].feedback.text == "Once~long ago"
    assert isinstance(number, Numerical)
    assert (number.spans[0].low, number.spans[0].high) == (772, 782)
    item = next(one for one in FOUND if isinstance(one, Item) and one.body is body)
    assert item.mark == 4


def test_lists_of_words_become_lists_in_the_gaps() -> None:
    body = next(
        one.body
        for one in FOUND
        if isinstance(one, Item) and isinstance(one.body, Gaps) and one.mark == 1
    )
    parts = [piece.part for piece in body.pieces if isinstance(piece, Gap)]

    assert [
        [(one.text.text, one.fraction) for one in part.choices]
        for part in parts
        if isinstance(part, MultipleChoice)
    ] == [[("Seine", 1), ("Loire", 0)], [("Paris", 1)]]


def test_an_order_says_how_it_was_shown_and_graded_otherwise() -> None:
    item = _item("north to south")

    assert isinstance(item.body, Sequence)
    assert [text.text for text in item.body.texts] == ["Oslo", "Rome", "Cairo"]
    assert len(item.notes) == 2


def test_what_we_do_not_have_is_kept_with_the_reason() -> None:
    assert isinstance(_item("Read the map").body, Description)
    calculated, other = _item("{a}").body, _item("program").body
    assert isinstance(calculated, Unsupported)
    assert "formula" in calculated.reason
    assert other == Unsupported("coderunner", "This kind of question does not exist here")


def test_what_makes_no_sense_is_left_out_with_line_and_reason() -> None:
    left_out = {one.line: one.reason for one in FOUND if isinstance(one, LeftOut)}

    assert len(left_out) == 2
    assert any("Nothing is asked" in reason for reason in left_out.values())
    assert any("“110”" in reason for reason in left_out.values())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<quiz><question></quiz>", "line 1"),
        (b"<html/>", "no Moodle XML"),
        (b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>', "entities"),
        (b"<quiz>" + b"<a>" * 100 + b"</a>" * 100 + b"</quiz>", "deep"),
        (b"\x00\x01", "line 1"),
        (b"", "no element"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_items(data)

    assert reason in str(caught.value)


def test_two_pictures_of_one_name_are_kept_apart() -> None:
    question = (
        '<question type="essay"><questiontext format="html">'
        '<text>&lt;img src="@@PLUGINFILE@@/a.png"&gt;</text>'
        '<file name="a.png" encoding="base64">{}</file></questiontext></question>'
    )
    data = f"<quiz>{question.format('AAAA')}{question.format('BBBB')}</quiz>".encode()

    found, _, media = read_items(data)

    assert len(media) == 2
    stems = [one.stem.text for one in found if isinstance(one, Item)]
    assert len(set(stems)) == 2


_ADDRESSES = [
    '<IMG SRC="@@PLUGINFILE@@/a%20b%28%26%29.png">',
    "<img src=@@PLUGINFILE@@/a%20b(%26).png>",
    '<img alt="x > y" src="@@PLUGINFILE@@/a b(&amp;).png">',
    '<img src="@@PLUGINFILE@@/a%20b%28%26%29.png?forcedownload=1">',
]


@pytest.mark.parametrize("shown", _ADDRESSES)
def test_a_file_is_found_however_its_address_is_written(shown: str) -> None:
    file = '<file name="a b(&amp;).png" path="/" encoding="base64">QUJD</file>'
    text = f"<text><![CDATA[Where? {shown}]]></text>"
    data = (
        f'<quiz><question type="essay"><questiontext format="html">{text}{file}</questiontext>'
        "</question></quiz>"
    )

    found, _, media = read_items(data.encode())

    assert media == {"a-b-.png": b"ABC"}
    assert isinstance(found[0], Item)
    assert "media:a-b-.png" in found[0].stem.text
    assert found[0].notes == ()


def test_files_that_no_text_shows_are_named() -> None:
    file = '<file name="%s" path="/" encoding="base64">QUJD</file>'
    data = (
        '<quiz><question type="essay"><questiontext format="html"><text>Why?</text>'
        f"{file % 'idle.png'}</questiontext><responsetemplate><text></text>{file % 'far.mp3'}"
        "</responsetemplate></question></quiz>"
    )

    found, _, media = read_items(data.encode())

    assert media == {}
    assert isinstance(found[0], Item)
    assert found[0].notes == (
        "The file “idle.png” was left out: no text shows it.",
        "The file “far.mp3” was left out: no text shows it.",
    )


def test_a_picture_in_the_text_itself_is_kept() -> None:
    text = "<![CDATA[<p>Where? <img alt='map' src='data:image/png;base64,QUJD'></p>]]>"
    data = (
        f'<quiz><question type="essay"><questiontext format="html"><text>{text}</text>'
        "</questiontext></question></quiz>"
    )

    found, _, media = read_items(data.encode())

    ((name, kept),) = media.items()
    assert kept == b"ABC"
    assert isinstance(found[0], Item)
    assert found[0].stem.text == f'<p>Where? <img src="media:{name}" alt="map"></p>'
