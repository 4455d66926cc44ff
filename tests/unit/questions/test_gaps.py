"""The notation for gaps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.questions.folding import fold
from quizapp.questions.gaps import Blank, parse_gaps

VISIBLE = st.text("ab é.|:", min_size=1, max_size=8)
KEY = st.text("abcXYZ ", min_size=1, max_size=8).map(str.strip).filter(bool)
HINT = st.just("") | st.just("777")
TYPED = st.builds(Blank, KEY, st.lists(KEY, max_size=3).map(tuple), HINT)
CHOSEN = st.builds(
    lambda texts, hint: Blank(texts[0], (), hint, tuple(texts[1:])),
    st.lists(KEY, min_size=2, max_size=5, unique_by=fold),
    HINT,
)
BLANKS = TYPED | CHOSEN


def written(blank: Blank) -> str:
    hint = f"::{blank.hint}" if blank.hint else ""
    texts = [*blank.accepted, *(f"~{text}" for text in blank.distractors)]
    return f"{{{{{'|'.join(texts)}{hint}}}}}"


def test_pieces_come_in_order() -> None:
    pieces, complaints = parse_gaps("In {{ Astana | Nur-Sultan :: a capital }}, {{2017}}.")

    assert pieces == (
        "In ",
        Blank("Astana", ("Nur-Sultan",), "a capital"),
        ", ",
        Blank("2017"),
        ".",
    )
    assert complaints == ()


@given(st.lists(st.tuples(VISIBLE, BLANKS), min_size=1, max_size=5))
def test_what_is_written_is_read_back(parts: list[tuple[str, Blank]]) -> None:
    text = "word " + "".join(visible + written(blank) for visible, blank in parts)

    pieces, complaints = parse_gaps(text)

    assert complaints == ()
    assert [piece for piece in pieces if isinstance(piece, Blank)] == [blank for _, blank in parts]
    assert "".join(piece if isinstance(piece, str) else written(piece) for piece in pieces) == text


@given(st.text("{}|:~ab ", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    pieces, complaints = parse_gaps(text)

    assert complaints or any(isinstance(piece, Blank) for piece in pieces)
    if not complaints:
        visible = "".join(piece for piece in pieces if isinstance(piece, str))
        assert "{{" not in visible
        assert "}}" not in visible


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no gaps", "Leave at least one gap: put its key in double braces, {{like this}}."),
        ("in {{Astana", "Close the gap at place 4 with }}."),
        ("in Astana}} now", "Open a gap with {{ before the }} at place 10."),
        (
            "a {{b and {{c}} d",
            "Close the gap at place 3 with }} before the one at place 11; "
            "a gap cannot hold another.",
        ),
        ("a {{}}", "In the gap at place 3: write the key first, as in {{key}}."),
        ("a {{|b}}", "In the gap at place 3: write the key first, as in {{key}}."),
        ("a {{b||c}}", "In the gap at place 3: write something after each |, or remove it."),
        ("a {{b::}}", "In the gap at place 3: write a hint after ::, or remove it."),
        ("a {{…}}", "In the gap at place 3: use letters or digits in the key and in each variant."),
        ("a {{{b}}", "In the gap at place 3: remove the extra { or }."),
        (
            "a {{Aleppo::the city of ALEPPO}}",
            "In the gap at place 3: change the hint; it gives the key away.",
        ),
        (
            "a {{" + "b" * 201 + "}}",
            "In the gap at place 3: shorten the key, variants and hint to 200 characters each.",
        ),
        ("a {{b" + "|c" * 51 + "}}", "In the gap at place 3: give at most 50 variants."),
        (
            "a {{~b|c}}",
            "In the gap at place 3: write the key first, and ~ before each wrong choice only.",
        ),
        (
            "a {{b|c|~d}}",
            "In the gap at place 3: put ~ before every choice but the key; only one can be right.",
        ),
        ("a {{b|~}}", "In the gap at place 3: write something after each ~, or remove it."),
        (
            "a {{b|~c|~C}}",
            "In the gap at place 3: change or remove the choice that says the same as another.",
        ),
        (
            "a {{b|~B}}",
            "In the gap at place 3: change or remove the choice that says the same as another.",
        ),
        (
            "a {{b|" + "|".join(f"~c{n}" for n in range(10)) + "}}",
            "In the gap at place 3: give at most 9 wrong choices.",
        ),
        ("{{a}}, {{b}}.", "Write a sentence round the gap."),
        ("a " + "{{b}} " * 21, "Leave at most 20 gaps; there are 21."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, complaint: str) -> None:
    assert parse_gaps(text)[1] == (complaint,)


def test_several_mistakes_are_told_at_once() -> None:
    assert len(parse_gaps("a {{}} b {{c||}} d {{e")[1]) == 3


def test_a_nested_gap_is_refused() -> None:
    first, *_ = parse_gaps("a {{b {{c}} d}}")[1]

    assert first.endswith("a gap cannot hold another.")


def test_a_word_that_only_begins_like_the_key_may_be_in_the_hint() -> None:
    assert parse_gaps("a {{Iran::Iranian}}")[1] == ()


def test_a_gap_to_choose_from_lists_its_choices_by_the_alphabet() -> None:
    (_, blank), _ = parse_gaps("a {{ Rhine | ~ Volga | ~Danube :: a river }}")

    assert blank == Blank("Rhine", (), "a river", ("Volga", "Danube"))
    assert isinstance(blank, Blank)
    assert blank.choices == ("Danube", "Rhine", "Volga")
    assert Blank("Rhine", ("Rhein",)).choices == ()
