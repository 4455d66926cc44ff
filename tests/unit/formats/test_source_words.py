"""The check word by word of QTI files finds what a reading lost, whatever it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from bench.fitted_words import lost_in_fitting
from bench.foreign_outcomes import Outcome
from bench.foreign_qti import check_words
from quizapp.formats.base import Draft
from quizapp.formats.fitting import fit
from quizapp.formats.gathered import Gathered
from quizapp.formats.gift.read import read_items as read_gift
from quizapp.formats.interchange import NOTHING, Item, MultipleChoice, ShortAnswer, Text
from quizapp.formats.qti2.format import Qti2Format
from quizapp.formats.qti12.format import Qti12Format

_OLD = """<questestinterop><assessment title="Rivers of France"><section ident="s">
<item ident="q1" title="The longest"><itemmetadata><qtimetadata>
<qtimetadatafield><fieldlabel>question_type</fieldlabel>
<fieldentry>multiple_choice_question</fieldentry></qtimetadatafield>
<qtimetadatafield><fieldlabel>points_possible</fieldlabel>
<fieldentry>2.5</fieldentry></qtimetadatafield>
<qtimetadatafield><fieldlabel>keywords</fieldlabel>
<fieldentry>rivers,length</fieldentry></qtimetadatafield>
<qtimetadatafield><fieldlabel>difficulty</fieldlabel>
<fieldentry>rather hard</fieldentry></qtimetadatafield>
</qtimetadata></itemmetadata>
<presentation><material><mattext texttype="text/html">&lt;p&gt;Which &lt;b&gt;is longest&lt;/b&gt;?
&lt;img src="map.png" alt="A map"&gt;&lt;/p&gt;</mattext></material>
<response_lid ident="r" rcardinality="Single"><render_choice shuffle="No">
<response_label ident="a"><material><mattext>The Loire</mattext></material></response_label>
<response_label ident="b" lock="Yes">
<material><mattext>The Seine</mattext></material></response_label>
<response_label ident="c"><material><mattext>The Rhône</mattext></material></response_label>
</render_choice></response_lid></presentation>
<resprocessing><outcomes><decvar varname="SCORE" maxvalue="100"/></outcomes>
<respcondition continue="Yes"><conditionvar><varequal respident="r">b</varequal></conditionvar>
<displayfeedback feedbacktype="Response" linkrefid="b_fb"/></respcondition>
<respcondition><conditionvar><varequal respident="r">a</varequal></conditionvar>
<setvar action="Set" varname="SCORE">100</setvar></respcondition>
<respcondition><conditionvar><varequal respident="r">c</varequal></conditionvar>
<setvar action="Set" varname="SCORE">50</setvar></respcondition></resprocessing>
<itemfeedback ident="b_fb">
<material><mattext>It runs through Paris</mattext></material></itemfeedback>
</item></section></assessment></questestinterop>"""
_NEW = """<assessmentItem identifier="q1" title="Typed" adaptive="false" timeDependent="false">
<responseDeclaration identifier="R" cardinality="single" baseType="string">
<correctResponse><value>Loire</value></correctResponse>
<mapping><mapEntry mapKey="Loire" mappedValue="2" caseSensitive="true"/>
<mapEntry mapKey="Ligeris" mappedValue="1"/></mapping></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody><p>Name the longest.</p><p><textEntryInteraction responseIdentifier="R"
patternMask="[A-Z].*"/></p></itemBody>
<responseProcessing template="map_response"/></assessmentItem>"""

#: The options of the first question as they would be if none could be half right.
_SHARELESS = [
    {"text": "The Loire", "key": True, "feedback": ""},
    {"text": "The Seine", "key": False, "feedback": "It runs through Paris"},
    {"text": "The Rhône", "key": False, "feedback": ""},
]

Change = Callable[[Item], Item]


def _lost(form: Qti12Format | Qti2Format, file: str, change: Change) -> list[str]:
    """Return the roles of what the check misses in a reading after a change to it."""
    found = form.gathered(file.encode())
    items = tuple(change(one) for one in found.items if isinstance(one, Item))
    outcome = Outcome()
    check_words(outcome, file.encode(), Gathered(items, found.remarks))
    return [one.what for one in outcome.silent]


def _option(number: int, **fields: object) -> Change:
    def change(item: Item) -> Item:
        body = item.body
        assert isinstance(body, MultipleChoice | ShortAnswer)
        choices = list(body.choices)
        choices[number] = replace(choices[number], **fields)  # type: ignore[arg-type]
        return replace(item, body=replace(body, choices=tuple(choices)))

    return change


def _body(**fields: object) -> Change:
    return lambda item: replace(item, body=replace(item.body, **fields))  # type: ignore[type-var]


@pytest.mark.parametrize("file", [_OLD, _NEW], ids=["QTI 1.2", "QTI 2"])
def test_a_faithful_reading_loses_nothing(file: str) -> None:
    form = Qti12Format() if file is _OLD else Qti2Format()

    assert _lost(form, file, lambda item: item) == []


@pytest.mark.parametrize(
    ("change", "role"),
    [
        (lambda item: replace(item, stem=Text("Which is longest?")), "asked"),
        (lambda item: replace(item, stem=Text("Which is longest? A map")), "address"),
        (lambda item: replace(item, name=""), "name"),
        (lambda item: replace(item, key="q2"), "key"),
        (lambda item: replace(item, mark=Fraction(2)), "mark"),
        (lambda item: replace(item, tags=("rivers",)), "tag"),
        (lambda item: replace(item, notes=()), "said"),
        (lambda item: replace(item, category=()), "name"),
        (_option(1, text=Text("Seine")), "option"),
        (_option(1, feedback=NOTHING), "told"),
        (_option(1, feedback=Text("It runs through")), "told"),
        (_option(1, is_fixed=False), "fixed"),
        (_option(0, fraction=Fraction(0)), "right"),
        (_option(2, fraction=Fraction(1, 4)), "share"),
        (_body(shuffles=True), "shuffles"),
    ],
)
def test_each_thing_that_a_reading_of_qti_12_lost_is_found(change: Change, role: str) -> None:
    assert role in _lost(Qti12Format(), _OLD, change)


@pytest.mark.parametrize(
    ("change", "role"),
    [
        (lambda item: replace(item, stem=Text("Name the")), "asked"),
        (lambda item: replace(item, mark=Fraction(1)), "mark"),
        (lambda item: replace(item, notes=()), "said"),
        (_body(minds_case=False), "case"),
        (_option(1, text=Text("Liger")), "typed"),
    ],
)
def test_each_thing_that_a_reading_of_qti_2_lost_is_found(change: Change, role: str) -> None:
    assert role in _lost(Qti2Format(), _NEW, change)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"raw": {"stem": "Which is?"}}, "stem"),
        ({"mark": Fraction(1)}, "mark"),
        ({"tags": ("rivers",)}, "tag"),
        ({"name": ""}, "name"),
        ({"changes": ()}, "note"),
        ({"raw": {"options": _SHARELESS}}, "share"),
    ],
)
def test_what_a_question_of_ours_lost_of_a_reading_is_found(
    fields: dict[str, object], part: str
) -> None:
    item = Qti12Format().gathered(_OLD.encode()).items[0]
    assert isinstance(item, Item)
    draft = fit(item)
    assert isinstance(draft, Draft)
    raw = {**draft.raw, **fields.get("raw", {})}  # type: ignore[dict-item]

    whole = lost_in_fitting(item, draft)
    spoilt = lost_in_fitting(item, replace(draft, **{**fields, "raw": raw}))  # type: ignore[arg-type]

    assert whole == []
    assert part in [one.partition(":")[0] for one in spoilt]


@pytest.mark.parametrize(
    ("question", "spoilt", "said"),
    [
        ("{=Paris ~%50%Lyon ~Nice}", {"credit": "25"}, "share: 50 for Lyon"),
        ("{~%75%Paris ~%25%Lyon ~%-25%Nice}", {"credit": None}, "share: 25 for Nice"),
        ("{=Paris =%50%Lutetia =%0%Lyon#No.}", {"foreseen": []}, "share: 50 for Lutetia"),
        ("{#=7:0 =%50%7:3}", {"foreseen": []}, "share: 50 for a number"),
    ],
)
def test_a_share_that_a_question_of_ours_holds_otherwise_is_found(
    question: str, spoilt: dict[str, Any], said: str
) -> None:
    (item,), _ = read_gift(f"Which?{question}".encode())
    assert isinstance(item, Item)
    draft = fit(item)
    assert isinstance(draft, Draft)
    raw = {**draft.raw, **spoilt}
    if "credit" in raw:
        credit = raw.pop("credit")
        # As many of them as there are; None for what is usual.
        raw["options"] = [
            {name: value for name, value in one.items() if name != "credit"}
            | ({"credit": credit} if credit and "credit" in one else {})
            for one in raw["options"]
        ]

    assert lost_in_fitting(item, draft) == []
    assert said in lost_in_fitting(item, replace(draft, raw=raw))
