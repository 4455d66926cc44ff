"""Hints: where to read, and then what stands there without what proves the fact."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.queries.hints import hints
from quizapp.queries.passages import CitedPassage
from quizapp.questions.registry import TYPES
from tests.support.make import RAW


def cited(text: str, exact: str, passage_id: int = 1) -> CitedPassage:
    start = text.index(exact)
    return CitedPassage(
        passage_id=passage_id,
        source_id=7,
        source_title="Reader",
        key=f"p{passage_id}",
        locator=f"P{passage_id}",
        heading="Heading",
        before=text[:start],
        exact=exact,
        after=text[start + len(exact) :],
        note="a note that tells",
    )


def pieces(text: str, *exact: str, name: str = "short_text", raw: Any = None) -> tuple[str, ...]:
    kind = TYPES[name]
    content = kind.parse(raw or RAW[name])
    (hint,) = hints([cited(text, one) for one in exact], kind, content, wrong_tries=2)
    return hint.pieces


@pytest.mark.parametrize(("wrong_tries", "places", "words"), [(0, 0, 0), (1, 2, 0), (5, 2, 2)])
def test_the_place_comes_first_and_its_words_second(
    wrong_tries: int, places: int, words: int
) -> None:
    kind = TYPES["short_text"]
    citations = [cited("One. Two.", "Two", 1), cited("Three. Four.", "Four", 2)]

    found = hints(citations, kind, kind.parse(RAW["short_text"]), wrong_tries=wrong_tries)

    assert len(found) == places
    assert sum(bool(hint.pieces) for hint in found) == words


def test_the_words_that_prove_the_fact_are_left_out() -> None:
    assert pieces("It began. The proof is here. It ended.", "The proof is here") == (
        "It began. ",
        ". It ended.",
    )


def test_several_citations_of_one_paragraph_are_left_out_together() -> None:
    assert pieces("A b c d e f.", "b c", "c d", "f") == ("A ", " e ", ".")


def test_a_citation_at_the_beginning_leaves_a_gap_there() -> None:
    assert pieces("The proof. The rest.", "The proof") == ("", ". The rest.")


def test_the_key_is_left_out_wherever_it_stands() -> None:
    text = "The EUPHRATES flows. By the al-Furat it is proved. Euphratesia is another."

    assert pieces(text, "it is proved") == (
        "The ",
        " flows. By the ",
        " ",
        ". Euphratesia is another.",
    )


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("single_choice", "Article 146"),
        ("multiple_response", "Turkey"),
        ("cloze", "146"),
        ("numeric", "a week"),
        ("matching", "United Nations"),
    ],
)
def test_so_it_is_for_every_type(name: str, key: str) -> None:
    found = pieces(f"Here {key} stands alone. The proof is elsewhere.", "The proof", name=name)

    assert key not in " ".join(found)


def test_no_citation_gives_no_hint() -> None:
    kind = TYPES["short_text"]

    assert hints([], kind, kind.parse(RAW["short_text"]), wrong_tries=3) == ()
