"""Questions of other programs in our types: what is kept, and what is said of the rest."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from quizapp.formats.base import Draft, LeftOut
from quizapp.formats.fitting import fit, fit_all
from quizapp.formats.gift.read import read_items as read_gift
from quizapp.formats.interchange import (
    Body,
    Choice,
    Description,
    Essay,
    Gap,
    Gaps,
    Item,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Pair,
    Sequence,
    ShortAnswer,
    Span,
    Text,
    TrueFalse,
    Unsupported,
)

HALF, FULL, NONE = Fraction(1, 2), Fraction(1), Fraction(0)


def _choices(*given: tuple[str, Fraction]) -> tuple[Choice, ...]:
    return tuple(Choice(Text(text), fraction) for text, fraction in given)


def _item(body: Body) -> Item:
    return Item(body, line=3, stem=Text("Which?"))


def _fitted(body: Body) -> Draft:
    draft = fit(_item(body))
    assert isinstance(draft, Draft), draft
    return draft


def _reason(body: Body) -> str:
    left_out = fit(_item(body))
    assert isinstance(left_out, LeftOut), left_out
    return left_out.reason


def _texts(draft: Draft) -> list[tuple[str, bool]]:
    return [(one["text"], one["key"]) for one in draft.raw["options"]]


def test_one_key_among_distractors_is_kept_whole() -> None:
    draft = _fitted(MultipleChoice(_choices(("Rhine", FULL), ("Po", NONE)), is_single=True))

    assert draft.type_name == "single_choice"
    assert _texts(draft) == [("Rhine", True), ("Po", False)]
    assert draft.changes == ()
    assert draft.line == 3


def test_what_an_option_earned_besides_the_key_is_kept_and_what_it_cost_is_said() -> None:
    given = (("Rhine", FULL), ("Po", HALF), ("Don", -HALF))

    draft = _fitted(MultipleChoice(_choices(*given), is_single=True))

    assert [one.get("credit") for one in draft.raw["options"]] == [None, "50", None]
    assert draft.changes == ("“Don” cost 50 %; here it costs nothing.",)


def test_the_option_that_earns_most_becomes_the_key_aloud() -> None:
    draft = _fitted(MultipleChoice(_choices(("a", HALF), ("b", NONE)), is_single=True))

    assert _texts(draft)[0] == ("a", True)
    assert "here it is the key" in draft.changes[0]


def test_any_one_of_several_right_becomes_all_of_them_aloud() -> None:
    given = (("a", FULL), ("b", FULL), ("c", NONE))

    draft = _fitted(MultipleChoice(_choices(*given), is_single=True))

    assert draft.type_name == "multiple_response"
    assert "all of them" in draft.changes[0]


def test_several_keys_with_their_shares_are_kept_whole() -> None:
    third = Fraction(33333, 100_000)
    given = (("a", third), ("b", third), ("c", third), ("d", -third))

    draft = _fitted(MultipleChoice(_choices(*given), is_single=False))

    assert draft.changes == ()
    assert sum(key for _, key in _texts(draft)) == 3


def test_a_wrong_choice_that_cost_nothing_costs_nothing_here() -> None:
    given = (("a", HALF), ("b", HALF), ("c", NONE))

    draft = _fitted(MultipleChoice(_choices(*given), is_single=False))

    assert [one.get("credit") for one in draft.raw["options"]] == [None, None, "0"]
    assert draft.changes == ()


def test_shares_in_few_digits_come_to_everything_and_less_is_said() -> None:
    few = (("a", Fraction(666, 1000)), ("b", Fraction(333, 1000)), ("c", -FULL))
    less = (("a", HALF), ("b", Fraction(1, 5)), ("c", -HALF))

    short = _fitted(MultipleChoice(_choices(*few), is_single=False))
    never = _fitted(MultipleChoice(_choices(*less), is_single=False))

    assert [one.get("credit") for one in short.raw["options"]] == ["66.7", "33.3", "-100"]
    assert short.changes == ()
    assert "credit" not in str(never.raw)
    assert never.changes == ("“b” earned 20 %; here each right option earns 50 %.",)


def test_all_or_nothing_and_order_are_kept() -> None:
    choices = (*_choices(("a", FULL), ("b", NONE)), Choice(Text("c"), NONE, is_fixed=True))

    draft = _fitted(MultipleChoice(choices, is_single=False, all_or_nothing=True))

    assert draft.raw["scoring"] == "all-or-nothing"
    assert [one.get("locked", False) for one in draft.raw["options"]] == [False, False, True]
    assert draft.changes == ()


def test_surplus_and_repeated_options_are_left_out_aloud() -> None:
    given = [("right", FULL), *((f"wrong {n}", NONE) for n in range(11)), ("Wrong 1", NONE)]

    draft = _fitted(MultipleChoice(_choices(*given), is_single=True))

    assert len(draft.raw["options"]) == 10
    assert any("says the same as" in change for change in draft.changes)
    assert any("at most 10" in change for change in draft.changes)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (MultipleChoice(_choices(("a", NONE), ("b", NONE)), True), "None of its options is right"),
        (MultipleChoice(_choices(("a", FULL), ("A", NONE)), True), "say the same"),
        (MultipleChoice(_choices(("a", FULL)), True), "different options"),
        (MultipleChoice(_choices(("a", HALF), ("b", HALF)), False), "All of its options"),
        (ShortAnswer(_choices(("a", HALF))), "full marks"),
        (ShortAnswer(_choices(("*", FULL))), "full marks"),
        (Numerical((Span(None, None, FULL),)), "Any number"),
        (Numerical(()), "No number"),
        (Match((Pair(Text("a"), Text("b")),)), "2 to 10 pairs"),
        (Match((Pair(Text("a"), Text("")),)), "nothing that belongs"),
        (Sequence((Text("a"), Text("b"))), "3 to 10 items"),
        (Description(), "Nothing is asked"),
        (Unsupported("coderunner", "There is no such kind"), "coderunner"),
    ],
)
def test_what_has_no_place_is_left_out_with_the_reason(body: Body, reason: str) -> None:
    assert reason in _reason(body)


def test_two_feedbacks_of_a_statement_become_one_aloud() -> None:
    both = _fitted(TrueFalse(True, Text("yes"), Text("no")))
    one = _fitted(TrueFalse(True, Text("yes")))
    same = _fitted(TrueFalse(True, Text("so"), Text("so")))

    assert both.raw["feedback"] == "yes\n\nno"
    assert "became one" in both.changes[0]
    assert "said true" in one.changes[0]
    assert same.changes == ()


def test_typed_answers_keep_shares_and_feedback_and_lose_stars_and_capitals_aloud() -> None:
    choices = (
        Choice(Text("*iron*"), FULL, Text("Right.")),
        Choice(Text("ste*l"), HALF),
        Choice(Text("—"), FULL),
        Choice(Text("Fe \\* 2"), FULL),
        Choice(Text("*"), NONE, Text("No.")),
    )

    draft = _fitted(ShortAnswer(choices, minds_case=True))

    assert draft.raw["accepted"] == ["iron", "Fe * 2"]
    assert draft.raw["foreseen"] == [
        {"text": "iron", "feedback": "Right."},
        {"text": "stel", "credit": "50", "feedback": ""},
        {"text": "*", "feedback": "No."},
    ]
    assert draft.changes == (
        "Capitals mattered; here they do not.",
        "“*iron*” accepted anything in place of the star; here “iron” is accepted.",
        "“ste*l” accepted anything in place of the star; here “stel” is meant.",
        "“—” has no letters or digits and cannot be accepted here.",
    )


def test_of_answers_that_say_the_same_the_first_counts_aloud() -> None:
    choices = (
        Choice(Text("Rome"), FULL, Text("Yes.")),
        Choice(Text("rome"), HALF, Text("Capitals!")),
        Choice(Text("Bonn"), -HALF),
        Choice(Text("Oslo"), NONE),
    )

    draft = _fitted(ShortAnswer(choices))

    assert draft.raw["foreseen"] == [{"text": "Rome", "feedback": "Yes."}]
    assert draft.changes == (
        "“rome” says the same here as one before it, and was left out.",
        "The feedback for “rome” was left out: “Capitals!”.",
        "“Bonn” cost 50 %; here it costs nothing.",
        "“Oslo” was listed as wrong; here whatever is not right is wrong.",
    )


def test_other_numbers_keep_their_shares_and_feedback() -> None:
    spans = (
        Span(Fraction(1822), Fraction(1822), FULL, Text("Yes."), Fraction(1822)),
        Span(Fraction(1820), Fraction(1824), HALF, Text("Close."), Fraction(1822)),
        Span(Fraction(1822), Fraction(1822), HALF, Text("Late."), Fraction(1822)),
        Span(None, None, NONE, Text("No.")),
    )

    draft = _fitted(Numerical(spans))

    assert draft.raw["foreseen"] == [
        {"text": "1822", "feedback": "Yes."},
        {"text": "1820 to 1824", "credit": "50", "feedback": "Close."},
        {"text": "*", "feedback": "No."},
    ]
    assert draft.changes == (
        "1822 was listed after what says the same, and was left out.",
        "The feedback for 1822 was left out: “Late.”.",
    )


def test_gaps_keep_shares_and_feedback() -> None:
    typed = (Choice(Text("Seine"), FULL, Text("Yes.")), Choice(Text("Oise"), HALF))
    chosen = (Choice(Text("Po"), NONE, Text("In Italy.")), Choice(Text("Rhine"), FULL))
    parts = (
        Text("The "),
        Gap(ShortAnswer(typed)),
        Text(" and the "),
        Gap(MultipleChoice(chosen, is_single=True)),
    )

    draft = _fitted(Gaps(parts))

    assert draft.raw["text"].endswith("The {{Seine}} and the {{Rhine|~Po}}")
    assert draft.raw["foreseen"] == [
        {"gap": 1, "text": "Seine", "feedback": "Yes."},
        {"gap": 1, "text": "Oise", "credit": "50", "feedback": ""},
        {"gap": 2, "text": "Po", "feedback": "In Italy."},
    ]
    assert draft.changes == ()


def test_numbers_keep_tolerance_and_range() -> None:
    around = _fitted(Numerical((Span(Fraction(3), Fraction(5), FULL, number=Fraction(4)),)))
    between = _fitted(Numerical((Span(Fraction(1), Fraction(2), FULL),)))
    units = (("km", FULL), ("kilometres", FULL), ("m", Fraction(1, 1000)))
    measured = _fitted(Numerical((Span(FULL, FULL, FULL, number=FULL),), units))

    assert (around.raw["number"], around.raw["tolerance"], around.changes) == ("4", "1", ())
    assert (between.raw["minimum"], between.raw["number"]) == ("1", "1.5")
    assert "the middle, 1.5" in between.changes[0]
    assert (measured.raw["unit"], measured.raw["units"]) == ("km", ["kilometres"])
    assert "“m”" in measured.changes[0]


def test_pairs_keep_distractors_and_one_spelling() -> None:
    pairs = (("a", "Rome"), ("b", "rome"), ("c", "Oslo"), ("", "Bonn"), ("", "Oslo"))

    draft = _fitted(Match(tuple(Pair(Text(one), Text(two)) for one, two in pairs)))

    assert [pair["right"] for pair in draft.raw["pairs"]] == ["Rome", "Rome", "Oslo"]
    assert draft.raw["distractors"] == ["Bonn"]
    assert len(draft.changes) == 2


def test_gaps_are_written_in_our_notation() -> None:
    parts = (
        Text("<p>The <b>", Markup.HTML),
        Gap(ShortAnswer(_choices(("Seine", FULL), ("{x}", FULL)))),
        Text("</b> and the ", Markup.HTML),
        Gap(MultipleChoice(_choices(("Po", NONE), ("Rhine", FULL)), is_single=True)),
        Text(" {{", Markup.HTML),
        Gap(Numerical((Span(Fraction(6), Fraction(8), FULL, number=Fraction(7)),))),
        Text("</p>", Markup.HTML),
    )

    draft = _fitted(Gaps(parts))

    assert draft.raw["text"].endswith("The {{Seine}} and the {{Rhine|~Po}} { { {{7}}")
    assert [change.split(" ")[0] for change in draft.changes] == [
        "“{x}”",
        "6",
        "Double",
        "Bold",
    ]


def test_ones_own_words_need_a_model_answer() -> None:
    bare = _fitted(Essay())
    told = fit(replace(_item(Essay()), explanation=Text("Because.")))

    assert "write one" in bare.changes[0]
    assert isinstance(told, Draft)
    assert told.raw["answer"] == "Because."
    assert told.changes != ()


def test_what_stands_round_a_question_is_kept_or_said() -> None:
    item = replace(
        _item(TrueFalse(True)),
        key="k",
        name=" A  name ",
        category=("One", "Two"),
        tags=("Long ones!", "ok", "!!!"),
        mark=Fraction(-1),
        penalty=Fraction(1, 4),
        hints=(Text("Look."),),
        notes=("Noted.",),
    )

    draft = fit(item)

    assert isinstance(draft, Draft)
    assert (draft.key, draft.name, draft.topic) == ("k", "A name", ("One", "Two"))
    assert (draft.tags, draft.mark) == (("long-ones", "ok"), 1)
    assert draft.changes == (
        "Noted.",
        "A hint was left out: “Look.”.",
        "A wrong try cost 25% of the marks; here nothing is taken off.",
        "The tag “Long ones!” is written “long-ones”.",
        "The tag “!!!” was left out.",
        "It was worth -1 points; here it is worth 1.",
    )


def test_html_is_kept_as_markdown_and_what_is_lost_is_said() -> None:
    stem = Text(
        '<p>H<sub>2</sub>O, x<sup>a/b</sup> <img src="media:a.png" alt="a map">'
        '<img src="http://x.example/b.png" alt="far"> <a href="media:c.mp3">listen</a></p>'
        "<table><tr><td>1</td></tr></table>",
        Markup.HTML,
    )

    draft = fit(replace(_item(TrueFalse(True)), stem=stem))

    assert isinstance(draft, Draft)
    assert draft.raw["stem"].startswith(
        "H₂O, xa/b ![a map](media:a.png)far ![](media:c.mp3) listen"
    )
    assert [change.removeprefix("In the question, this is lost: ") for change in draft.changes] == [
        "a table (its rows became lines).",
        "a picture or sound that is not in the file (http://x.example/b.png).",
        "superscripts.",
    ]


def test_a_text_without_marks_shows_as_it_is() -> None:
    stem = Text("2*3 < 7\n1. first & _last_")

    draft = fit(replace(_item(TrueFalse(True)), stem=stem))

    assert isinstance(draft, Draft)
    assert draft.raw["stem"] == "2\\*3 \\< 7  \n1\\. first & \\_last\\_"


def test_what_is_true_of_a_whole_file_is_said_once() -> None:
    items = [replace(_item(ShortAnswer(_choices(("a", FULL)))), penalty=FULL) for _ in range(2)]

    reading = fit_all([*items, LeftOut(9, "x", "why")], ("Read as UTF-16.",))

    assert len(reading.drafts) == 2
    assert len(reading.left_out) == 1
    assert len(reading.remarks) == 3


def test_a_monster_is_refused_quickly() -> None:
    given = [(f"option {n}", NONE) for n in range(5_000)]

    assert "500" in _reason(MultipleChoice(_choices(*given), is_single=True))


def test_what_an_option_cost_is_said_where_any_of_several_was_right() -> None:
    (item,), _ = read_gift(b"Which?{=Loire =Seine ~%-25%Rhine}")
    assert isinstance(item, Item)

    draft = fit(item)

    assert isinstance(draft, Draft)
    assert draft.changes == (
        "Any one of several options was right; here all of them are to be chosen.",
        "Choosing “Rhine” cost 25 %; here each wrong option costs 50 %.",
    )
