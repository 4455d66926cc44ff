"""Scores of QTI are found by running the file's own rules, or the question is left out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from quizapp.formats.interchange import MultipleChoice, Unsupported
from quizapp.formats.qti2.item import read_item as read_item_2
from quizapp.formats.qti12.item import read_item as read_item_12
from quizapp.formats.weighing import CannotHold, weigh_alone, weigh_together
from quizapp.formats.xml_tree import parse_xml

F = Fraction


def test_options_are_worth_what_choosing_them_alone_earns() -> None:
    points = {"a": F(4), "b": F(2), "c": F(-8)}

    assert weigh_alone(lambda chosen: sum((points[one] for one in chosen), F(0)), list("abc")) == [
        1,
        F(1, 2),
        -1,
    ]


def test_a_sum_is_found_behind_a_floor_of_nothing() -> None:
    points = {"a": F(1), "b": F(1), "c": F(-1)}

    def score(chosen: object) -> Fraction:
        return max(F(0), sum((points[one] for one in chosen), F(0)))  # type: ignore[attr-defined]

    assert weigh_together(score, list("abc"), {"a", "b"}) == ([F(1, 2), F(1, 2), F(-1, 2)], False)


def test_only_the_exact_set_is_told_apart_from_a_sum() -> None:
    fractions, whole = weigh_together(
        lambda chosen: F(int(set(chosen) == {"a", "b"})), list("abc"), {"a", "b"}
    )

    assert whole
    assert fractions == [F(1, 2), F(1, 2), 0]


def test_points_for_combinations_are_refused() -> None:
    with pytest.raises(CannotHold):
        weigh_together(lambda chosen: F(len(set(chosen)) ** 2), list("abc"), {"a", "b"})


def test_an_item_with_endless_conditions_is_left_out_instead_of_taking_long() -> None:
    options = "".join(f'<response_label ident="o{n}"/>' for n in range(400))
    conditions = "".join(
        f'<respcondition><conditionvar><varequal respident="R">o{n}</varequal></conditionvar>'
        '<setvar action="Add">1</setvar></respcondition>'
        for n in range(400)
    )
    item = (
        '<item ident="i"><presentation><response_lid ident="R" rcardinality="Multiple">'
        f"<render_choice>{options}</render_choice></response_lid></presentation>"
        f"<resprocessing>{conditions}</resprocessing></item>"
    )

    body = read_item_12(parse_xml(item.encode()), ()).body

    assert isinstance(body, Unsupported)
    assert "so many conditions" in body.reason


def test_feedback_that_nothing_here_holds_is_named() -> None:
    item = (
        '<item ident="i"><presentation><material><mattext>Say it.</mattext></material>'
        '<response_str ident="R"><render_fib/></response_str></presentation><resprocessing>'
        '<respcondition><conditionvar><varequal respident="R">a</varequal></conditionvar>'
        '<setvar>1</setvar><displayfeedback linkrefid="right"/></respcondition></resprocessing>'
        '<itemfeedback ident="right"><material><mattext>Yes.</mattext></material></itemfeedback>'
        '<itemfeedback ident="general_fb"><material><mattext>All hear this.</mattext></material>'
        '</itemfeedback><itemfeedback ident="never"><material><mattext>Nobody does.</mattext>'
        "</material></itemfeedback></item>"
    )

    read = read_item_12(parse_xml(item.encode()), ())

    assert read.notes == ("A feedback was left out: “Nobody does.”.",)
    assert read.explanation.text == "All hear this."


@pytest.mark.parametrize(
    ("rule", "fractions"),
    [
        ("<match><variable identifier='R'/><correct identifier='R'/></match>", [1, 0]),
        ("<not><match><variable identifier='R'/><correct identifier='R'/></match></not>", [0, 1]),
        (
            "<member><variable identifier='R'/><multiple><baseValue>a</baseValue>"
            "<baseValue>b</baseValue></multiple></member>",
            [1, 1],
        ),
        ("<and><isNull><variable identifier='R'/></isNull></and>", [0, 0]),
        ("<gt><variable identifier='SCORE'/><baseValue>1</baseValue></gt>", [0, 0]),
    ],
)
def test_rules_of_an_items_own_are_run(rule: str, fractions: list[int]) -> None:
    item = (
        '<assessmentItem identifier="i" title=""><responseDeclaration identifier="R" '
        'cardinality="single" baseType="identifier"><correctResponse><value>a</value>'
        '</correctResponse></responseDeclaration><itemBody><choiceInteraction maxChoices="1" '
        'responseIdentifier="R"><simpleChoice identifier="a">A</simpleChoice>'
        '<simpleChoice identifier="b">B</simpleChoice></choiceInteraction></itemBody>'
        f"<responseProcessing><responseCondition><responseIf>{rule}"
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue>'
        "</setOutcomeValue></responseIf></responseCondition></responseProcessing></assessmentItem>"
    )

    body = read_item_2(parse_xml(item.encode())).body

    assert isinstance(body, MultipleChoice)
    assert [choice.fraction for choice in body.choices] == fractions
