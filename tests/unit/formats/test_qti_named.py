"""What QTI files say beside their questions is named, and what could be read is read."""

from __future__ import annotations

import io
import zipfile

from quizapp.formats.base import Draft, LeftOut
from quizapp.formats.qti2.format import Qti2Format
from quizapp.formats.qti12.format import Qti12Format


def _field(name: str, value: str) -> str:
    return (
        f"<qtimetadatafield><fieldlabel>{name}</fieldlabel>"
        f"<fieldentry>{value}</fieldentry></qtimetadatafield>"
    )


def _label(ident: str, text: str, more: str = "") -> str:
    return (
        f'<response_label ident="{ident}" {more}><material><mattext>{text}</mattext></material>'
        "</response_label>"
    )


def _lid(ident: str, prompt: str, labels: str, more: str = "") -> str:
    return (
        f'<response_lid ident="{ident}" {more}><material><mattext>{prompt}</mattext></material>'
        f"<render_choice>{labels}</render_choice></response_lid>"
    )


def _right(*pairs: tuple[str, str], points: int = 1) -> str:
    tests = "".join(f'<varequal respident="{name}">{value}</varequal>' for name, value in pairs)
    return (
        f"<respcondition><conditionvar>{tests}</conditionvar>"
        f'<setvar action="Add">{points}</setvar></respcondition>'
    )


def _item(kind: str, stem: str, fields: str, scoring: str, more: str = "") -> str:
    meta = f"<itemmetadata><qtimetadata>{kind and _field('question_type', kind)}"
    return (
        f'<item ident="q">{meta}{more}</qtimetadata></itemmetadata><presentation>'
        f"<material><mattext>{stem}</mattext></material>{fields}</presentation>"
        f"<resprocessing><outcomes><decvar/></outcomes>{scoring}</resprocessing></item>"
    )


def _old(inner: str) -> Draft | LeftOut:
    (found,) = Qti12Format().read(f"<questestinterop>{inner}</questestinterop>".encode()).found
    return found


def test_parts_in_groups_are_matched_with_their_group_and_the_rest_is_named() -> None:
    labels = _label("a", "Loire") + _label("b", "Garda") + _label("c", "Etna")
    fields = _lid("r", "River", labels, 'rcardinality="Multiple"')
    fields += _lid("l", "Lake", labels, 'rcardinality="Multiple"')
    scoring = _right(("r", "a")) + _right(("l", "b"))

    found = _old(_item("categorization_question", "Sort.", fields, scoring))

    assert isinstance(found, Draft)
    assert [(one["left"], one["right"]) for one in found.raw["pairs"]] == [
        ("Loire", "River"),
        ("Garda", "Lake"),
    ]
    assert found.changes == (
        "“Etna” belongs to no group and was left out.",
        "The groups became what is matched, part by part.",
    )


def test_a_gap_whose_options_say_the_same_is_typed() -> None:
    fields = _lid("response_x", "x", _label("1", "Loire") + _label("2", "loire"))
    scoring = _right(("response_x", "1"))

    found = _old(_item("", "The [x] flows west.", fields, scoring))

    assert isinstance(found, Draft)
    assert found.raw["text"] == "The {{Loire|loire}} flows west."
    assert found.changes == ("A list in which all options say the same became a place to type in.",)


def test_gaps_that_accept_what_contains_a_text_or_is_near_it_accept_that_text() -> None:
    contains = _label("1", "red", 'scoring_algorithm="TextContainsAnswer" answer_type="openEntry"')
    close = _label("2", "blue", 'scoring_algorithm="TextCloseEnough" levenshtein_distance="1"')
    fields = _lid("response_x", "x", contains) + _lid("response_y", "y", close)
    scoring = _right(("response_x", "1")) + _right(("response_y", "2"))
    kind = "fill_in_multiple_blanks_question"

    found = _old(_item(kind, "[x] and [y]", fields, scoring))

    assert isinstance(found, Draft)
    assert found.raw["text"] == "{{red}} and {{blue}}"
    assert "Texts close to “blue” counted, too (up to 1 wrong letters)" in found.changes[0]
    assert "“*red*” in gap 1 accepted anything in place of the star" in found.changes[1]


def test_a_gap_with_a_pattern_is_left_out_with_its_reason() -> None:
    fields = _lid("response_x", "x", _label("1", "^re+d$", 'scoring_algorithm="TextRegex"'))
    scoring = _right(("response_x", "1"))

    found = _old(_item("fill_in_multiple_blanks_question", "[x]", fields, scoring))

    assert isinstance(found, LeftOut)
    assert "a pattern (a regular expression)" in found.reason


def test_matching_with_one_part_becomes_options() -> None:
    fields = _lid("response_1", "Nile", _label("a", "Egypt") + _label("b", "Peru"))

    found = _old(_item("matching_question", "Match.", fields, _right(("response_1", "a"))))

    assert isinstance(found, Draft)
    assert found.type_name == "single_choice"
    assert found.raw["stem"] == "Match.\n\nNile"
    assert [(one["text"], one["key"]) for one in found.raw["options"]] == [
        ("Egypt", True),
        ("Peru", False),
    ]
    assert len(found.changes) == 1


def test_empty_and_doubled_parts_of_a_matching_are_named() -> None:
    labels = _label("n", "") + _label("a", "Egypt") + _label("b", "Peru")
    names = ("", "Nile", "Nile", "Marañón")
    fields = "".join(_lid(f"r{i}", name, labels) for i, name in enumerate(names))
    scoring = _right(("r0", "n")) + _right(("r1", "a")) + _right(("r2", "a"))
    scoring += _right(("r3", "b"))

    found = _old(_item("matching_question", "Match.", fields, scoring))

    assert isinstance(found, Draft)
    assert [one["left"] for one in found.raw["pairs"]] == ["Nile", "Marañón"]
    assert found.changes == (
        "An empty pair was left out.",
        "“Nile” stood twice among what is matched.",
    )


def test_fields_comments_and_points_of_nothing_are_named() -> None:
    fields = _lid("r", "", _label("a", "Loire") + _label("b", "Danube"))
    more = _field("difficulty", "hard") + _field("points_possible", "0")
    kind = "multiple_choice_question"
    item = _item(kind, "Which?", fields, _right(("r", "a")), more)
    item = item.replace("</item>", "<qticomment>From 1999</qticomment></item>")

    found = _old(item)

    assert isinstance(found, Draft)
    assert found.changes == (
        "The field “difficulty” was left out: “hard”.",
        "A comment was left out: “From 1999”.",
        "It was worth 0 points; here it is worth 1.",
    )


def test_settings_and_texts_around_questions_are_remarks() -> None:
    fields = _lid("r", "", _label("a", "Loire") + _label("b", "Danube"))
    item = _item("multiple_choice_question", "Which?", fields, _right(("r", "a")))
    text = "<presentation_material><flow_mat><material><mattext>Read this.</mattext></material>"
    document = (
        f'<questestinterop><assessment title="T"><qtimetadata>{_field("qmd_timelimit", "60")}'
        f"</qtimetadata><section>{text}</flow_mat></presentation_material>{item}</section>"
        "</assessment></questestinterop>"
    )

    reading = Qti12Format().read(document.encode())

    assert reading.remarks == (
        "Settings of the quiz were passed over: “qmd_timelimit: 60”.",
        "A text before the questions was left out: “Read this.”.",
    )


def _new(declared: str, body: str, more: str = "") -> Draft | LeftOut:
    document = (
        '<assessmentItem identifier="q" title="t" adaptive="false" timeDependent="false">'
        f"{declared}<itemBody>{body}</itemBody>{more}</assessmentItem>"
    )
    (found,) = Qti2Format().read(document.encode()).found
    return found


def test_an_order_that_only_its_map_tells_is_read_and_named() -> None:
    entries = "".join(f'<mapEntry mapKey="{one}" mappedValue="1"/>' for one in "cab")
    declared = (
        '<responseDeclaration identifier="R" cardinality="ordered" baseType="identifier">'
        f'<mapping defaultValue="0">{entries}</mapping></responseDeclaration>'
    )
    shown = "".join(f'<simpleChoice identifier="{one}">{one}!</simpleChoice>' for one in "abc")
    body = f'<orderInteraction responseIdentifier="R"><prompt>Sort.</prompt>{shown}'

    found = _new(declared, f"{body}</orderInteraction>")

    assert isinstance(found, Draft)
    assert [one["text"] for one in found.raw["items"]] == ["c!", "a!", "b!"]
    assert "The file tells no order" in found.changes[0]


def test_limits_of_what_may_be_chosen_or_typed_are_named_and_prompts_are_asked() -> None:
    declared = (
        '<responseDeclaration identifier="R" cardinality="single" baseType="string">'
        "<correctResponse><value>12</value></correctResponse></responseDeclaration>"
    )
    body = (
        '<p>144 / 12?</p><textEntryInteraction responseIdentifier="R" patternMask="[0-9]+" '
        'placeholderText="a number"><prompt>In digits</prompt></textEntryInteraction>'
    )

    found = _new(declared, body)

    assert isinstance(found, Draft)
    assert found.raw["stem"] == "144 / 12?\n\nIn digits"
    assert found.changes == (
        "What is typed had to have the form “[0-9]+”; here it has not.",
        "The words in the empty field were left out: “a number”.",
    )


def test_weights_times_and_texts_of_a_test_are_remarks_and_its_list_is_named() -> None:
    item = (
        '<assessmentItem identifier="q" title="t"><responseDeclaration identifier="R" '
        'cardinality="single" baseType="identifier"><correctResponse><value>a</value>'
        "</correctResponse></responseDeclaration><itemBody><p>Which?</p><choiceInteraction "
        'responseIdentifier="R" maxChoices="1"><simpleChoice identifier="a">Loire</simpleChoice>'
        '<simpleChoice identifier="b">Danube</simpleChoice></choiceInteraction></itemBody>'
        "</assessmentItem>"
    )
    test = (
        '<assessmentTest identifier="t" title="T"><timeLimits maxTime="90"/><testPart '
        'identifier="p"><assessmentSection identifier="s" title="S" visible="true"><rubricBlock '
        'view="candidate"><p>Read well.</p></rubricBlock><assessmentItemRef identifier="i" '
        'href="i.xml"><weight identifier="W" value="2.0"/></assessmentItemRef>'
        "</assessmentSection></testPart></assessmentTest>"
    )
    manifest = (
        '<manifest identifier="m"><resources><resource identifier="i" href="i.xml" '
        'type="imsqti_item_xmlv2p1"><metadata><lom><general><keyword><string>water</string>'
        "</keyword><description><string>For the first year</string></description></general>"
        "</lom></metadata></resource></resources></manifest>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("t.xml", test)
        archive.writestr("i.xml", item)
        archive.writestr("imsmanifest.xml", manifest)

    reading = Qti2Format().read(packed.getvalue())

    assert reading.remarks == (
        "A time limit of 90 seconds was passed over (“T”).",
        "A text before the questions was left out: “Read well.” (“S”).",
        "A question counted 2.0 times; here it counts once (“i”).",
    )
    assert reading.drafts[0].tags == ("water",)
    assert "says of it was left out: “For the first year”" in reading.drafts[0].changes[-1]
