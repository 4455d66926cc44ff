"""What a glossary lets learners type besides what the author accepts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.questions.registry import TYPES
from quizapp.questions.spellings import MAX_SPELLINGS, further, listed_by_hand, told

GROUPS = (
    ("Islamic State", "IS", "ISIS", "Daesh", "داعش"),
    ("Kata'ib Hezbollah", "Kitaib Hizbullah"),
    ("Moscow", "Moskva", "Москва"),
    ("Soleimani", "Qasem Soleimani", "Suleimani"),
    ("Turkey", "Türkiye", "Turkei"),
)
SHORT, GAPS = TYPES["short_text"], TYPES["cloze"]
#: Near to one another on purpose: what is a slip of one may be the other.
WORDS = [form for group in GROUPS for form in group] + ["Suleimano", "Moskwa", "Moscov", "ISIL", ""]


def find(text: str) -> tuple[str, ...]:
    for group in GROUPS:
        if text.casefold() in {form.casefold() for form in group}:
            return tuple(form for form in group if form.casefold() != text.casefold())
    return ()


def short(*accepted: str, stem: str = "Who besieged the city?") -> Any:
    return SHORT.with_spellings(SHORT.parse({"stem": stem, "accepted": list(accepted)}), find)


def gaps(text: str) -> Any:
    return GAPS.with_spellings(GAPS.parse({"text": text}), find)


class TestTypedAnswers:
    @pytest.mark.parametrize(
        "typed", ["Islamic State", "the islamic state", "Daesh", "داعش", "ISIS"]
    )
    def test_every_form_of_the_term_is_right(self, typed):
        grade = SHORT.grade(short("IS"), typed)

        assert (grade.fraction, grade.parts[0].state) == (1, "right")

    def test_a_slip_in_a_further_spelling_is_one(self):
        (part,) = SHORT.parts(short("Moscow"), "Moskvaa")

        assert (part.state, part.expected) == ("slip", "Moskva")

    def test_a_further_spelling_is_no_slip_of_an_accepted_one(self):
        assert SHORT.parts(short("Soleimani"), "Suleimani")[0].state == "right"

    def test_another_term_is_still_wrong(self):
        assert SHORT.grade(short("IS"), "Moscow").is_wrong

    def test_the_author_still_sees_what_the_author_wrote(self):
        content = short("IS", "the group")

        assert content.accepted == ("IS", "the group")
        assert SHORT.dump(content)["accepted"] == ["IS", "the group"]
        assert SHORT.dump(content)["spellings"] == ["Islamic State", "ISIS", "Daesh", "داعش"]

    def test_a_few_short_latin_ones_are_told_with_the_answer(self):
        answer = SHORT.answer(short("IS", "the group"))

        assert (answer.text, answer.also) == ("IS", ("the group", "Islamic State", "ISIS", "Daesh"))
        assert told(["Москва", "x" * 31, "b", "c", "d", "e"]) == ("b", "c", "d")

    @pytest.mark.parametrize(
        "stem", ["Who is Soleimani?", "What is Suleimani’s first name?", "What of QASEM SOLEIMANI?"]
    )
    def test_a_question_that_names_the_term_asks_for_one_form_of_it(self, stem):
        assert short("Qasem Soleimani", stem=stem).spellings == ()

    def test_what_names_no_term_gives_nothing(self):
        content = short("Homs")

        assert content.spellings == ()
        assert "spellings" not in SHORT.dump(content)

    def test_they_are_worked_out_anew_each_time(self):
        content = short("IS")

        assert SHORT.with_spellings(content, lambda _: ()).spellings == ()
        assert SHORT.with_spellings(content, find) == content


class TestGaps:
    def test_a_gap_to_type_into_has_further_spellings(self):
        content = gaps("They met {{Moscow}} in spring.")

        assert GAPS.grade(content, ("Москва",)).is_right
        assert GAPS.dump(content)["text"] == "They met {{Moscow}} in spring."
        assert GAPS.answer(content).also == ()

    def test_a_gap_to_choose_for_has_none(self):
        content = gaps("The city of {{Moscow|~Homs}} and the group {{IS|~Nusra}} met.")

        assert [blank.spellings for blank in content.blanks] == [(), ()]
        assert "spellings" not in GAPS.dump(content)

    def test_what_is_right_in_another_gap_is_not_right_in_this_one(self):
        content = gaps("First {{IS}}, later {{Daesh}}, was its name.")

        assert [part.state for part in GAPS.parts(content, ("Daesh", "IS"))] == ["wrong", "wrong"]
        assert [part.state for part in GAPS.parts(content, ("ISIS", "ISIS"))] == ["right", "right"]

    def test_a_spelling_of_another_gap_is_no_slip_of_a_spelling_of_this_one(self):
        def similar(text: str) -> tuple[str, ...]:
            return {"Alpha": ("Marwanid",), "Beta": ("Marwanit",)}.get(text, ())

        content = GAPS.with_spellings(
            GAPS.parse({"text": "Not {{Alpha}} but {{Beta}} won."}), similar
        )

        assert GAPS.parts(content, ("Marwanit", ""))[0].state == "wrong"
        assert GAPS.parts(content, ("Marwanix", ""))[0].state == "slip"

    def test_a_gap_in_a_text_that_names_its_term_has_none(self):
        assert gaps("The IS, or {{Daesh}}, lost.").blanks[0].spellings == ()
        assert gaps("The group {{Daesh::not Islamic State}} lost.").blanks[0].spellings == ()
        assert gaps("{{Homs|~IS}} fell, said {{Daesh}} of it.").blanks[1].spellings == ()

    def test_the_width_does_not_tell_them(self):
        text = "In the city of {{IS}} they met."

        assert GAPS.public(gaps(text)) == GAPS.public(GAPS.parse({"text": text}))


class TestReading:
    @pytest.mark.parametrize(
        ("kind", "raw"),
        [
            (SHORT, {"stem": "Who?", "accepted": ["IS"], "spellings": ["ISIS", "داعش"]}),
            (
                GAPS,
                {
                    "text": "A {{IS}} b {{x|~y}} c {{Moscow}}.",
                    "explanation": "",
                    "spellings": [["ISIS"], [], []],
                },
            ),
        ],
        ids=["short_text", "cloze"],
    )
    def test_what_is_stored_is_read_back(self, kind, raw):
        content = kind.parse(raw)

        assert kind.dump(content)["spellings"] == raw["spellings"]
        assert kind.parse(kind.dump(content)) == content
        assert hash(content) == hash(kind.parse(raw))

    @pytest.mark.parametrize(
        ("kind", "spellings", "path"),
        [
            (SHORT, "ISIS", "spellings"),
            (SHORT, [""], "spellings.0"),
            (SHORT, [7], "spellings.0"),
            (SHORT, ["x" * 1_001], "spellings.0"),
            (SHORT, [f"x{n}" for n in range(MAX_SPELLINGS + 1)], "spellings"),
            (GAPS, {"0": ["ISIS"]}, "spellings"),
            (GAPS, [["ISIS"]], "spellings"),
            (GAPS, ["ISIS", []], "spellings.0"),
            (GAPS, [["x" * 201], []], "spellings.0.0"),
            (GAPS, [[], ["Homs"]], "spellings.1"),
        ],
    )
    def test_what_cannot_be_spellings_is_refused(self, kind, spellings, path):
        raw = {"stem": "Who?", "accepted": ["IS"]}
        if kind is GAPS:
            raw = {"text": "The {{IS}} in {{Moscow|~Homs}} lost."}

        with pytest.raises(Invalid) as raised:
            kind.parse(raw | {"spellings": spellings})

        assert [problem.path for problem in raised.value.problems] == [path]


class TestListsByHand:
    def test_what_an_earlier_text_gives_is_listed_by_hand(self):
        accepted = ["IS", "ISIS", "the caliphate", "DAESH", "Moscow", "Moskva"]

        assert listed_by_hand(accepted, find, said="Who?") == ("ISIS", "DAESH", "Moskva")

    def test_what_the_question_names_or_another_gap_accepts_is_not(self):
        assert listed_by_hand(["IS", "ISIS"], find, said="What is Daesh?") == ()
        assert listed_by_hand(["IS", "ISIS"], find, said="Who?", elsewhere=["isis"]) == ()

    @given(st.lists(st.sampled_from(WORDS[:-1]), min_size=1, unique=True), st.sampled_from(WORDS))
    def test_leaving_them_out_changes_nothing_that_is_right(self, accepted, said):
        listed = listed_by_hand(accepted, find, said=said)
        left = [text for text in accepted if text not in listed]

        before = {*accepted, *further(accepted, find, said=said)}

        assert {text.casefold() for text in (*left, *further(left, find, said=said))} == {
            text.casefold() for text in before
        }


GAP = st.lists(st.sampled_from(WORDS[:-1]), min_size=1, max_size=3, unique=True)


@given(st.lists(GAP, min_size=1, max_size=3), st.data())
def test_nothing_right_becomes_wrong_in_any_gap(rows: list[list[str]], data: st.DataObject) -> None:
    text = "So it was: " + ", ".join("{{" + "|".join(row) + "}}" for row in rows)
    plain = GAPS.parse({"text": text})
    typed = tuple(data.draw(st.sampled_from(WORDS)) for _ in rows)

    before = GAPS.parts(plain, typed)
    after = GAPS.parts(GAPS.with_spellings(plain, find), typed)

    assert all(b.fraction <= a.fraction for b, a in zip(before, after, strict=True))


@given(GAP, st.sampled_from(WORDS[:-1]))
def test_nothing_right_becomes_wrong_in_a_typed_answer(accepted: list[str], typed: str) -> None:
    plain = SHORT.parse({"stem": "Who?", "accepted": accepted})

    assert (
        SHORT.grade(plain, typed).fraction
        <= SHORT.grade(SHORT.with_spellings(plain, find), typed).fraction
    )
