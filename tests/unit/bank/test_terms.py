"""Finding the terms of a course in its texts, and the ways to write each."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank.terms import Glossary, GlossaryTerm, Spelling
from quizapp.questions.folding import APOSTROPHES, HYPHENS


def term(key, *names, spellings=(), kind="term"):
    return GlossaryTerm(key, kind, names[0], "A definition.", names, tuple(spellings))


def found(text, *names):
    """Return the words of `text` that are taken for a name."""
    return [text[o.start : o.end] for o in Glossary([term("t", *names)]).find(text)]


GLOSSARY = Glossary(
    [
        term("assad", "Bashar al-Assad", "Assad", kind="person"),
        term(
            "islamic-state",
            "Islamic State",
            "IS",
            spellings=[Spelling("ISIS"), Spelling("داعش", "ar")],
        ),
        term("islam", "Islam"),
        term("qaeda", "al-Qaeda", spellings=[Spelling("Al-Qaida"), Spelling("القاعدة", "ar")]),
        term("proxy", "proxy war"),
    ]
)


class TestFindingNames:
    def test_every_occurrence_is_found_in_order(self):
        text = "Assad stayed. The IS lost; Bashar al-Assad and Assad won."

        places = GLOSSARY.find(text)

        assert [(text[p.start : p.end], p.key) for p in places] == [
            ("Assad", "assad"),
            ("IS", "islamic-state"),
            ("Bashar al-Assad", "assad"),
            ("Assad", "assad"),
        ]

    def test_of_two_names_that_begin_together_the_longer_is_found(self):
        text = "The Islamic State claimed to speak for Islam."

        assert [text[o.start : o.end] for o in GLOSSARY.find(text)] == ["Islamic State", "Islam"]

    @pytest.mark.parametrize(
        "text",
        [
            "What this is",
            "This Is it",
            "ISIS",
            "IS2",
            "hIS",
            "IS_",
            "an ISbn",
            "IŚ",
            "IS\u0301",
            "2IS",
        ],
    )
    def test_a_name_is_no_part_of_a_word_and_keeps_its_capitals(self, text):
        assert GLOSSARY.find(text) == ()

    @pytest.mark.parametrize(
        "text",
        ["IS", "(IS)", "“IS”", "IS-held", "anti-IS", "the IS.", "IS,", "IS/AQ", "'IS'", "‘IS’"],
    )
    def test_punctuation_and_hyphens_end_a_word(self, text):
        assert found(text, "IS") == ["IS"]

    @pytest.mark.parametrize("mark", APOSTROPHES)
    def test_a_genitive_is_part_of_no_name_and_hides_none(self, mark):
        assert found(f"Assad{mark}s army", "Assad") == ["Assad"]

    @pytest.mark.parametrize("mark", [*APOSTROPHES, ""])
    def test_any_apostrophe_or_none_fits(self, mark):
        assert found(f"the Kata{mark}ib fought", "Kata'ib") == [f"Kata{mark}ib"]
        assert found(f"the Kata{mark}ib fought", "Kataʾib") == [f"Kata{mark}ib"]

    @pytest.mark.parametrize("mark", [*HYPHENS, " ", "\n", "\u00a0", "  "])
    def test_any_hyphen_or_space_fits(self, mark):
        assert found(f"of al{mark}Qaeda there", "al-Qaeda") == [f"al{mark}Qaeda"]
        assert found(f"of al{mark}Qaeda there", "al Qaeda") == [f"al{mark}Qaeda"]

    @pytest.mark.parametrize("text", ["Kata'ib", "Kata’sib", "the Da'Kata", "Kataʿs2"])
    def test_an_apostrophe_within_a_word_does_not_end_it(self, text):
        assert found(text, "Kata") == []

    def test_one_letter_and_an_apostrophe_may_come_before(self):
        assert found("l'Iran et d’Iran", "Iran") == ["Iran", "Iran"]

    def test_capitals_count_only_in_a_name_that_has_any(self):
        assert found("A Proxy War, a PROXY WAR, a proxy war", "proxy war") == [
            "Proxy War",
            "PROXY WAR",
            "proxy war",
        ]
        assert found("the islamic state", "Islamic State") == []

    def test_a_name_may_begin_a_sentence(self):
        assert found("Al-Qaeda grew; al-Qaeda shrank; AL-QAEDA", "al-Qaeda") == [
            "Al-Qaeda",
            "al-Qaeda",
        ]

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("قال بشار الأسد اليوم", "بشار الأسد"),
            ("«داعش»، داعش.", "داعش"),
            ("در سپاه پاسداران بود", "سپاه پاسداران"),
            ("Башар Асад сказал", "Башар Асад"),
            ("в Сирии", "Сирии"),
        ],
    )
    def test_other_scripts_have_words_too(self, text, name):
        assert set(found(text, name)) == {name}

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("والسعودية", "السعودية"),
            ("داعشي", "داعش"),
            ("داعشَ", "داعش"),
            ("کرد\u200cها", "کرد"),
            ("Сирийский", "Сирий"),
        ],
    )
    def test_parts_of_words_are_no_names_in_other_scripts(self, text, name):
        assert found(text, name) == []

    def test_the_first_of_two_terms_owns_a_name_of_both(self):
        glossary = Glossary([term("one", "Quds"), term("two", "Quds")])

        assert [o.key for o in glossary.find("Quds")] == ["one"]

    def test_a_spelling_is_never_looked_for(self):
        assert GLOSSARY.find("ISIS and داعش and Al-Qaida") == ()

    def test_signs_in_a_name_are_no_expression(self):
        assert found("the (a.b)* and axb", "a.b") == ["a.b"]

    def test_no_terms_find_nothing(self):
        assert Glossary().find("Assad") == ()
        assert Glossary([term("t", "…")]).find("… and so on") == ()

    @given(st.text(alphabet="Asad'’ -IS.is\nаб", max_size=60))
    def test_places_lie_apart_within_the_text_and_name_a_term(self, text):
        at = 0

        for place in GLOSSARY.find(text):
            assert at <= place.start < place.end <= len(text)
            assert place.key in {term.key for term in GLOSSARY.terms}
            at = place.end

    def test_a_long_text_takes_no_time_to_speak_of(self):
        glossary = Glossary(term(f"t{n}", f"al-Name {n}", f"name{n}") for n in range(500))
        text = "al-Name 499 and the al-Name " * 700

        started = time.perf_counter()
        places = glossary.find(text)

        assert len(places) == 700
        assert time.perf_counter() - started < 2


class TestSpellings:
    def test_a_name_gives_the_other_names_and_spellings(self):
        assert GLOSSARY.spellings("Islamic State") == ("IS", "ISIS", "داعش")

    def test_a_spelling_gives_the_names_and_other_spellings(self):
        assert GLOSSARY.spellings("ISIS") == ("Islamic State", "IS", "داعش")

    @pytest.mark.parametrize("text", ["the islamic state", "ISLAMIC-STATE", "Islamicstate"])
    def test_texts_are_compared_as_in_grading(self, text):
        assert GLOSSARY.spellings(text) == ("IS", "ISIS", "داعش")

    @pytest.mark.parametrize("text", ["", "…", "state", "Islamic State of Iraq"])
    def test_what_names_no_term_gives_nothing(self, text):
        assert GLOSSARY.spellings(text) == ()

    def test_what_is_graded_alike_is_given_once(self):
        glossary = Glossary(
            [term("t", "Kata'ib", "Kataib", spellings=[Spelling("Kitaib"), Spelling("KITA’IB")])]
        )

        assert glossary.spellings("kataib") == ("Kitaib",)

    def test_terms_keep_their_order(self):
        assert [term.key for term in GLOSSARY.terms][:2] == ["assad", "islamic-state"]
