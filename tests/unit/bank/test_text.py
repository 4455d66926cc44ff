"""Passage text, citations in it, and web addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank.text import locate, nearest, normalise, occurrences, suggestion, web_address

PASSAGE = "The Alder ends in a delta of seven arms; the widest arm is silted."


def test_normalised_text_has_single_spaces_and_composed_characters():
    assert normalise("  Zu\u0308rich\n\n lies\tby\u00a0water. ") == "Zürich lies by water."


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


def test_a_citation_lies_where_its_words_are():
    start, end = locate(PASSAGE, "a delta of\n  seven arms")

    assert PASSAGE[start:end] == "a delta of seven arms"


def test_positions_count_code_points():
    assert locate("𝄞 é key", "key") == (4, 7)


@given(before=st.text("ab é𝄞", max_size=20), after=st.text("ab é𝄞", max_size=20))
def test_words_that_are_there_once_are_found(before, after):
    text = normalise(f"{before}XYZ{after}")

    start, end = locate(text, "XYZ")

    assert text[start:end] == "XYZ"


@pytest.mark.parametrize("exact", ["eight arms", "arm", "", "  "])
def test_words_that_are_not_there_once_have_no_place(exact):
    with pytest.raises(ValueError, match="not once"):
        locate(PASSAGE, exact)


def test_overlapping_occurrences_count():
    assert occurrences("banana", "ana") == [1, 3]


def test_the_nearest_words_are_offered():
    assert nearest(PASSAGE, "the widest arms are silted") == "the widest arm is silted."


def test_nothing_is_offered_when_nothing_is_like_it():
    assert nearest(PASSAGE, "quixotic zeppelins") == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://example.org/a?b=1.", "https://example.org/a?b=1"),
        ("see HTTP://EXAMPLE.org", "HTTP://EXAMPLE.org"),
        ("(www.example.net)", "www.example.net"),
        ("at example.com, said", "example.com"),
        ("on news.example.co.uk/x", "news.example.co.uk/x"),
        ("See e.g. the U.S. position at 9.30 a.m. in Dr.Who style.", ""),
        ("the end.Info about it", "end.Info"),
        ("Vol.7.no.3", ""),
    ],
)
def test_web_addresses_are_seen(text, address):
    assert web_address(text) == address


def test_a_similar_word_is_suggested_and_no_other():
    assert suggestion("titel", ["key", "title"]) == '; did you mean "title"?'
    assert suggestion("zzz", ["key", "title"]) == ""


def test_the_nearest_words_may_be_a_little_longer_or_shorter() -> None:
    text = "Bombers flew from the old Nojeh base, and parliament objected."

    assert nearest(text, "flew from the Nojeh base", slack=1) == "flew from the old Nojeh base,"
    assert nearest(text, "and then parliament objected", slack=1) == "and parliament objected."


def test_the_nearest_words_of_a_long_text_are_found_by_the_words_they_share() -> None:
    around = " ".join(f"word{n}" for n in range(2_000))
    text = f"{around} bombers flew from the old base near Hamadan that week {around}"
    exact = "the bombers flew from the base near Hamadan all that week"

    assert nearest(text, exact, slack=2) == "bombers flew from the old base near Hamadan that week"
