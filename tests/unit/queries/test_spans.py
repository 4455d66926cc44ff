"""Cutting a passage where it is cited."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quizapp.queries.spans import Segment, Span, cut

EDGES = st.integers(min_value=0, max_value=30)


def test_a_text_that_nothing_cites_is_one_run() -> None:
    assert cut("Whole.", []) == (Segment("Whole."),)


def test_an_empty_text_has_no_runs() -> None:
    assert cut("", [Span(0, 4)]) == ()


def test_overlapping_spans_are_counted_where_they_overlap() -> None:
    assert cut("abcdef", [Span(0, 4), Span(2, 6)]) == (
        Segment("ab", 1),
        Segment("cd", 2),
        Segment("ef", 1),
    )


def test_neighbouring_spans_make_one_run() -> None:
    assert cut("abcd", [Span(0, 2), Span(2, 4)]) == (Segment("abcd", 1),)


def test_a_span_beyond_the_end_is_cut_off() -> None:
    assert cut("ab", [Span(1, 9)]) == (Segment("a"), Segment("b", 1))


@given(st.text(max_size=25), st.lists(st.tuples(EDGES, EDGES), max_size=6))
def test_the_runs_joined_are_the_text_and_count_the_spans(
    text: str, edges: list[tuple[int, int]]
) -> None:
    spans = [Span(min(pair), max(pair)) for pair in edges]

    runs = cut(text, spans)

    assert "".join(run.text for run in runs) == text
    counts = [run.cited for run in runs for _ in run.text]
    assert counts == [sum(s.start <= at < s.end for s in spans) for at in range(len(text))]


def test_the_words_of_the_fact_in_question_are_told_apart() -> None:
    assert cut("abcdef", [Span(0, 4)], [Span(2, 6)]) == (
        Segment("ab", 1),
        Segment("cd", 1, is_marked=True),
        Segment("ef", 0, is_marked=True),
    )
