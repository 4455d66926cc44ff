"""The statement that is proposed for cited words."""

from __future__ import annotations

import pytest

from quizapp.bank.sentences import LONGEST, propose_statement, sentence_around

TEXT = (
    "It began early. In 2016 Gen. Soleimani of the U.S. list (as told) came to Aleppo. "
    "“Nobody saw him.” Was it so? It ended."
)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Soleimani", "In 2016 Gen. Soleimani of the U.S. list (as told) came to Aleppo."),
        ("It began", "It began early."),
        ("It ended.", "It ended."),
        ("saw", "“Nobody saw him.”"),
        ("early. In 2016", f"It began early. {TEXT[16:81]}"),
        (TEXT, TEXT),
    ],
)
def test_the_sentence_round_cited_words_is_found(words: str, sentence: str) -> None:
    before, _, after = TEXT.partition(words)

    assert sentence_around(before, words, after) == sentence


def test_what_is_too_long_gives_way_to_the_words_and_then_to_the_question() -> None:
    rest, long = "x " * LONGEST, "y" * (LONGEST + 1)

    assert propose_statement(rest, "cited words", rest) == "Cited words"
    assert propose_statement("", long, "", stem="Who?", key="Dehghan") == "Who? Dehghan"
    assert propose_statement("", "", "", stem="Who?", key="Dehghan") == "Who? Dehghan"
    assert propose_statement("", "", "") == ""
