"""What the charts of progress say: findings no stronger than chance allows, figures in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from quizapp.memory.queue import Counts
from quizapp.memory.settings import MemorySettings
from quizapp.queries.calibration import Band, Calibration
from quizapp.queries.history import History, Totals
from quizapp.queries.known_facts import Standing
from quizapp.queries.known_text import FactNow, KnownSection, KnownSpan, KnownText, Piece
from quizapp.queries.known_text import known_text as text_of
from quizapp.queries.periods import Period, Stretch
from quizapp.queries.progress import ProgressView
from quizapp.queries.queue_counts import Waiting
from quizapp.queries.quiz_history import PastAttempt
from quizapp.web import known_text, memory_charts, progress_charts, study_charts
from quizapp.web.progress_words import figures, topics_finding
from quizapp.web.wording import THEY

NEW = FactNow()
TODAY = date(2026, 11, 22)
WAITING = Waiting(
    counts=Counts(),
    settings=MemorySettings(),
    unmet=0,
    reviewed=0,
    recalled=0,
    milliseconds=0,
    next_due_at=None,
    last_step_id=0,
    undone_step_id=0,
)


def view(
    now: Standing, then: Standing | None, days: Mapping[int, Totals] | None = None
) -> ProgressView:
    """Return a page with memories now and a month ago, and what was done so many days ago."""
    past = {TODAY - timedelta(days=age): totals for age, totals in (days or {}).items()}
    return ProgressView(
        today=TODAY,
        period=Period.QUARTER,
        waiting=WAITING,
        history=History(TODAY, past),
        past=(),
        hours=(),
        calibration=told(),
        forecast=(),
        topics=(),
        standing=now,
        then=then,
        texts=(),
        hardest=(),
        suspended=(),
        attempts=(),
        exam=None,
    )


@pytest.mark.parametrize(
    ("now", "then", "known", "life"),
    [
        (Standing(9, 5, (35.0,)), None, "should last 3 weeks or more", "until recall falls to 90"),
        (Standing(9, 5, (35.0,)), Standing(4, 3, (14.0,)), "2 more than", "up from 14 days a"),
        (Standing(9, 5, (35.0,)), Standing(9, 6, (60.0,)), "1 fewer than", "down from 9 weeks a"),
        (
            Standing(9, 5, (35.0,)),
            Standing(9, 5, (35.2,)),
            "as many as",
            "until recall falls to 90",
        ),
        (Standing(9, 5, (35.0,)), Standing(9, 5, ()), "as many as", "until recall falls to 90"),
    ],
)
def test_figures_are_compared_with_a_month_ago(
    now: Standing, then: Standing | None, known: str, life: str
) -> None:
    _, well, lasting, _ = figures(view(now, then))

    assert well.note.startswith(known)
    assert lasting.note.replace("\u00a0", " ").startswith(life)


def test_recall_is_compared_with_the_month_before_where_that_can_be_said() -> None:
    lately, before, few = Totals(50, 50, 46), Totals(40, 40, 32), Totals(19, 19, 19)
    now = Standing(9, 5, ())

    notes = [
        figures(view(now, None, days))[0].note
        for days in (
            {0: lately, 29: lately, 30: before},
            {0: lately, 59: few},
            {0: lately, 60: before},
        )
    ]

    assert notes[0] == "2 points over target, 80\u00a0% the month before"
    assert notes[1] == notes[2] == "2 points over target"


def told(*bands: tuple[float, int, int]) -> Calibration:
    """Return what came of predictions: (predicted, tested, recalled) for each band."""
    return Calibration(tuple(Band(p - 0.02, p + 0.03, n, k, p) for p, n, k in bands), brier=0.08)


@pytest.mark.parametrize(
    ("found", "title", "score"),
    [
        (told((0.9, 500, 452)), "You recall about what was predicted", "very good: 0 points"),
        (told((0.9, 2_000, 1_740)), "You recall a little less than was predicted", "good: 3 p"),
        (told((0.9, 2_000, 1_600)), "You recall less than was predicted", "fair: 10 points"),
        (told((0.7, 400, 390)), "You recall more than was predicted", "poor: 28 points"),
    ],
)
def test_predictions_are_judged_within_the_margin_of_error(
    found: Calibration, title: str, score: str
) -> None:
    chart = memory_charts.calibration(found)

    assert chart.title == title
    assert f"The score is {score}" in chart.finding


def test_of_a_band_with_few_reviews_the_numbers_are_told_but_no_dot_is_drawn() -> None:
    chart = memory_charts.calibration(told((0.6, 4, 1), (0.9, 200, 180)))

    assert [row[-1] for row in chart.rows] == ["4", "200"]
    assert chart.drawing.count("<circle") == 1


def hours(**given: tuple[int, int]) -> list[Totals]:
    """Return the hours of a day: _8=(100, 90) is a hundred tests at eight, 90 recalled."""
    day = [Totals()] * 24
    for name, (tested, recalled) in given.items():
        day[int(name[1:])] = Totals(tested, tested, recalled, 0)
    return day


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (hours(_8=(3, 2)), "There are too few to say"),
        (hours(_8=(30, 27)), "There are too few at other times of the day to say"),
        (hours(_8=(30, 27), _19=(30, 25)), "You recall about as much at any time of the day."),
        (
            hours(_8=(300, 285), _23=(200, 150), _2=(100, 75)),
            "You recall more in the morning (95\u00a0%) than at night (75\u00a0%).",
        ),
    ],
)
def test_a_time_of_day_is_called_better_only_where_it_certainly_is(
    day: Sequence[Totals], words: str
) -> None:
    assert words in memory_charts.hours(day).finding


def test_the_busiest_hour_is_named_across_midnight() -> None:
    few, enough = (memory_charts.hours(hours(_23=(n, n))).title for n in (19, 20))

    assert few == "Too few reviews yet to say when you review most"
    assert enough == "You review most between 23:00 and 0:00"


def test_the_usual_week_leaves_out_this_one_and_weeks_without_a_review() -> None:
    minutes = (0, 10, 0, 30, 2)
    past = [
        Stretch(date(2026, 1, 1) + timedelta(days=7 * n), Totals(spent, 0, 0, spent * 60_000))
        for n, spent in enumerate(minutes)
    ]

    chart = progress_charts.time_spent(past, Period.MONTH)

    assert chart.title == "You give your cards about 20 min a week"
    assert "42 min in five weeks. Weeks begin on Monday" in chart.finding
    assert [row[1] for row in chart.rows] == ["0.0", "10.0", "0.0", "30.0", "2.0"]


@pytest.mark.parametrize(
    ("period", "span"),
    [(Period.MONTH, "in five weeks"), (Period.QUARTER, "in 13 weeks"), (Period.ALL, "in all")],
)
def test_time_of_one_week_is_said_of_the_period_that_the_page_looks_at(
    period: Period, span: str
) -> None:
    past = [Stretch(TODAY, Totals(9, 0, 0, 12 * 60_000))]

    chart = progress_charts.time_spent(past, period)

    assert chart.title == f"You have given your cards 12 min {span}"
    assert "12 min" not in chart.finding


def test_too_little_time_to_draw_is_the_first_only_of_all_time() -> None:
    lately, ever = (
        progress_charts.little_time(40_000, one, who=THEY) for one in (Period.YEAR, Period.ALL)
    )

    assert lately == (
        "This shows how long they spend on their cards, where that is a minute or more."
        " 40 s in a year."
    )
    assert ever == (
        "From the first minute on, this shows how long they spend on their cards. 40 s so far."
    )


def attempts(*changes: int | None, **given: Any) -> list[PastAttempt]:
    """Return attempts at a quiz of four marks, the newest first; each change is in marks."""
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    values: dict[str, Any] = {"mark": Fraction(3)} | given
    return [
        PastAttempt(
            attempt_id=n,
            quiz_id=1,
            title="Bases",
            submitted_at=at - timedelta(days=n),
            max_mark=Fraction(4),
            change=None if change is None else Fraction(change),
            **values,
        )
        for n, change in enumerate(changes)
    ]


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ((None,), "You scored 75\u00a0% in your first quiz"),
        ((None, None), "You score 75\u00a0% in quizzes on average"),
        ((1, None), "The quiz you repeated went better than before"),
        ((0, None), "The quiz you repeated went no better than before"),
        ((1, -1, 2, None), "2 of 3 times that you repeated a quiz, it went better"),
    ],
)
def test_quizzes_are_compared_with_the_same_quiz_before(
    changes: tuple[int | None, ...], title: str
) -> None:
    chart = progress_charts.quizzes(attempts(*changes), None)

    assert chart is not None
    assert chart.title == title
    assert len(chart.rows) == len(changes)


@pytest.mark.parametrize(
    ("past", "since"),
    [
        (attempts(None, None), date(2026, 11, 20)),
        ([*attempts(None), *attempts(None, mark=None)], None),
        (attempts(None, is_practice=True), None),
    ],
)
def test_the_only_quiz_that_is_drawn_is_called_the_first_only_if_it_is(
    past: Sequence[PastAttempt], since: date | None
) -> None:
    chart = progress_charts.quizzes(past, since)

    assert chart is not None
    assert chart.title == "You scored 75\u00a0% in “Bases”"


def test_marks_that_are_not_shown_are_not_drawn() -> None:
    assert progress_charts.quizzes(attempts(None, None, mark=None), None) is None


def test_a_mark_that_answers_are_missing_from_is_not_drawn() -> None:
    past = [*attempts(None, mark=Fraction(0), waits=1), *attempts(None)]

    chart = progress_charts.quizzes(past, None)

    assert chart is not None
    assert [row[2:] for row in chart.rows] == [("3 of 4", "75.0\u00a0%")]
    assert progress_charts.quizzes(past[:1], None) is None


def test_quizzes_before_the_period_are_left_out() -> None:
    chart = progress_charts.quizzes(attempts(None, None, None), date(2026, 11, 19))

    assert chart is not None
    assert [row[1] for row in chart.rows] == ["19 Nov", "20 Nov"]


@pytest.mark.parametrize(
    ("fact", "cls"),
    [
        (NEW, "f-grey"),
        (FactNow(0.0, is_met=True), "h1"),
        (FactNow(0.699, is_met=True), "h1"),
        (FactNow(0.7, is_met=True), "h2"),
        (FactNow(0.899, is_met=True), "h2"),
        (FactNow(0.9, is_met=True), "h4"),
    ],
)
def test_words_are_the_darker_the_likelier_they_are_recalled(fact: FactNow, cls: str) -> None:
    assert known_text.shade(fact) == cls


def text(*sections: tuple[str, Sequence[FactNow]]) -> KnownText:
    rows = tuple(
        KnownSection(heading, (Piece(f"p{n}", f"P{n}", 200, tuple(facts)),), tuple(facts))
        for n, (heading, facts) in enumerate(sections)
    )
    facts = [fact for _, some in sections for fact in some]
    return KnownText(7, "Reader", rows, tuple(facts))


def test_a_strip_names_the_section_that_was_begun_and_is_known_least(app: Flask) -> None:
    high, low = FactNow(0.95, is_met=True), FactNow(0.4, is_met=True)
    found = text(("Bases", [high, high]), ("Borders", [low, NEW]), ("Later", [NEW, NEW]))

    with app.test_request_context():
        (strip,) = known_text.strips([found])

    assert strip.title == "You would recall about 38\u00a0% of this text now"
    assert strip.finding.endswith("Least of all you know “Borders”, 20\u00a0%.")
    assert [row.cells[0].words for row in strip.rows] == [
        "2 cards, 2 met, 95\u00a0% recalled now",
        "2 cards, 1 met, 20\u00a0% recalled now",
        "2 cards, not met yet",
    ]


def test_the_reader_says_of_each_section_and_paragraph_what_is_known() -> None:
    high, low = FactNow(0.9, is_met=True), FactNow(0.4, is_met=True)
    found = text(("Bases", [high, high]), ("Borders", [low, NEW]), ("Later", [NEW]), ("Note", []))

    heat = known_text.reader_heat(found)

    assert heat.title == "You would recall about 44\u00a0% of this text now"
    assert heat.finding.endswith("Least of all you know “Borders”, 20\u00a0%.")
    assert "2 90\u00a0% or more, 1 less, 2 not met yet" in heat.shares
    told = [
        "90\u00a0% recalled now",
        "1 of 2 met, 20\u00a0% recalled now",
        "not met yet",
        "no cards",
    ]
    assert [section.heat.words for section in heat.sections] == told
    passages = [passage for section in heat.sections for passage in section.passages]
    assert [passage and passage.words for passage in passages] == [*told[:3], None]


def test_a_section_counts_a_card_once_on_however_many_paragraphs_it_rests(app: Flask) -> None:
    """New card 1 rests on both paragraphs of “Bases”, card 2 on one; 3 and 4 on “Borders”."""
    high, low = FactNow(0.9, is_met=True), FactNow(0.4, is_met=True)
    facts = {1: NEW, 2: high, 3: low, 4: low}
    about = {"length": 9, "source_id": 7, "title": "Reader"}
    rows = [
        SimpleNamespace(id=n, key=f"p{n}", heading=heading, locator=f"P{n}", **about)
        for n, heading in enumerate(("Bases", "Bases", "Borders"))
    ]
    cited = {
        n: [SimpleNamespace(fact_id=one, start=0, end=4, lost_at=None) for one in some]
        for n, some in enumerate(((1, 2), (1,), (3, 4)))
    }

    found = text_of(rows, cited, facts)

    assert found is not None
    heat = known_text.reader_heat(found)
    with app.test_request_context():
        (strip,) = known_text.strips([found])
    assert [section.heat.words for section in heat.sections] == [
        "1 of 2 met, 45\u00a0% recalled now",
        "40\u00a0% recalled now",
    ]
    assert "not met yet: 1<" in heat.sections[0].heat.drawing
    for said in (heat.finding, strip.finding):
        assert said.endswith("Least of all you know “Borders”, 40\u00a0%.")


def test_words_lie_in_the_strip_where_they_lie_in_their_paragraph() -> None:
    low = FactNow(0.4, is_met=True)
    piece = Piece("p1", "P1", 200, (low,), (KnownSpan(50, 150, low),))
    found = KnownText(7, "Reader", (KnownSection("Bases", (piece,), (low,)),), (low,))

    (drawn,) = known_text.reader_heat(found).sections[0].passages

    assert drawn is not None
    assert '<rect class="h1" width="100%" y="25%" height="50%"/>' in drawn.drawing


def test_texts_are_told_apart_by_name_where_there_are_several(app: Flask) -> None:
    with app.test_request_context():
        titles = [strip.title for strip in known_text.strips([text(("A", [NEW]))] * 2)]

    assert titles == ["You have not started on Reader yet"] * 2


def test_an_instructor_reads_of_the_student_and_not_of_themselves(app: Flask) -> None:
    past = [Stretch(TODAY - timedelta(days=7 * n), Totals(40, 40, 20, 60_000)) for n in (1, 0)]
    found = view(Standing(9, 5, (35.0,)), None, {0: Totals(40, 40, 20, 60_000)})
    with app.test_request_context():
        (strip,) = known_text.strips([text(("A", [NEW]), ("B", [NEW]))], who=THEY)
    drawn = [
        progress_charts.recall(past, Period.QUARTER, 0.9, who=THEY),
        progress_charts.time_spent(past, Period.ALL, who=THEY),
        progress_charts.quizzes(attempts(None, Fraction(1)), None, who=THEY),
        memory_charts.calibration(told((0.9, 200, 100)), who=THEY),
        memory_charts.hours([Totals(9, 9, 9, 0)] * 24, who=THEY),
        study_charts.year(found.history, titled=True, who=THEY),
        study_charts.year(History(TODAY, {}), titled=True, who=THEY),
        study_charts.lives((35.0,), 35.0, who=THEY),
        strip,
    ]

    said = [f"{one.title} {one.finding}" for one in drawn if one]
    said += [topics_finding(found, who=THEY), *(one.note for one in figures(found, who=THEY))]

    assert [words for words in said if re.search(r"\byour?\b", words, re.IGNORECASE)] == []
    assert "They remember less than they aimed for" in said[0]


def test_a_year_without_reviews_counts_no_streak() -> None:
    chart = study_charts.year(History(TODAY, {}), titled=True)

    assert chart.title == "No reviews in the last 365 days"
    assert "treak" not in chart.finding
