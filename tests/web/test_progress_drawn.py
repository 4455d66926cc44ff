"""Every chart of the page of progress shows the numbers that stand in its table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from flask.testing import FlaskClient

from quizapp.models import (
    Attempt,
    AttemptState,
    Course,
    Exam,
    Fact,
    Memory,
    PredictionTotal,
    QuarterTotal,
)
from tests.support.drawn import Figure, ends, figures, number
from tests.support.make import Make

Stored = Callable[[], AbstractContextManager[Make]]
NOW = datetime.now(UTC)
WEEK = timedelta(days=7)
#: What a mark may be off by: half a percent of its chart, which is less than a pixel.
CLOSE = 0.005
#: Phase, days of stability, days since the last review, lapses.
MEMORIES = [
    ("review", 0.6, 1, 0),
    ("review", 5.0, 4, 3),
    ("review", 30.0, 9, 0),
    ("review", 30.0, 60, 2),
    ("review", 400.0, 3, 0),
    ("relearning", 2.0, 0, 5),
]


@pytest.fixture
def page(client: FlaskClient, stored: Stored, sign_in: Callable[[FlaskClient, int], str]) -> str:
    """The page of a learner of whom everything is known that it can draw."""
    with stored() as make:
        course = make.course()
        user = make.user(day_start_hour=0)
        make.enrol(user, course)
        add_memories(make, course, user.id)
        add_totals(make, course, user.id)
        add_quizzes(make, course, user.id)
        add_exam(make, course, user.id)
        user_id = user.id
    sign_in(client, user_id)
    return client.get("/progress?period=month").text


def add_memories(make: Make, course: Course, learner_id: int) -> None:
    topics = [make.topic(course, title=title) for title in ("Bases", "Borders")]
    text = make.passage(course, "The first sentence is cited. The second one is not. " * 9)
    facts: list[Fact] = []
    for n in range(8):
        fact = make.fact(course, topics[n % 2], text)
        make.question(fact)
        facts.append(fact)
    for fact, (phase, stability, age, lapses) in zip(facts, MEMORIES, strict=False):
        make.session.add(
            Memory(
                learner_id=learner_id,
                fact_id=fact.id,
                course_id=course.id,
                phase=phase,
                step=0 if phase == "relearning" else None,
                stability=stability,
                difficulty=5.0,
                due_at=NOW + timedelta(days=stability / 2),
                last_review_at=NOW - timedelta(days=age),
                reps=4,
                lapses=lapses,
                buried_until=None,
                seen=4,
            )
        )


def add_totals(make: Make, course: Course, learner_id: int) -> None:
    """Add three sittings and what was foretold in them."""
    mine = {"learner_id": learner_id, "course_id": course.id}
    noon = NOW.replace(hour=12, minute=0, second=0, microsecond=0)
    for weeks, hours, tested, recalled in ((1, 0, 40, 37), (2, 5, 30, 24), (4, -4, 50, 43)):
        at = noon - weeks * WEEK + timedelta(hours=hours)
        make.session.add(
            QuarterTotal(
                **mine,
                quarter=int(at.timestamp()) // 900,
                reviews=tested + 7,
                tested=tested,
                recalled=recalled,
                introduced=3,
                milliseconds=tested * 12_345,
            )
        )
    for band, tested, recalled in ((19, 70, 66), (17, 42, 36), (12, 8, 3)):
        make.session.add(
            PredictionTotal(
                **mine,
                week=int(NOW.timestamp()) // 604_800,
                band=band,
                tested=tested,
                recalled=recalled,
                predicted=tested * (band * 50_000 + 31_000),
                squared_error=tested * 80_000_000_000,
            )
        )


def add_quizzes(make: Make, course: Course, learner_id: int) -> None:
    quiz = make.quiz(course, title="Bases")
    for number_, mark in enumerate((Fraction(3, 2), Fraction(1), Fraction(3)), start=1):
        at = NOW - timedelta(days=9 - number_)
        make.session.add(
            Attempt(
                learner_id=learner_id,
                id=number_,
                quiz_id=quiz.id,
                number=number_,
                state=AttemptState.SUBMITTED,
                seed=1,
                layout=[],
                settings={},
                started_at=at,
                due_at=None,
                submitted_at=at,
                mark=mark,
                max_mark=Fraction(3),
            )
        )


def add_exam(make: Make, course: Course, learner_id: int) -> None:
    outlook = {
        "days": [0, 10, 20],
        "studied": [0.42, 0.71, 0.883],
        "unstudied": [0.42, 0.36, 0.31],
        "low": 0.8,
        "high": 0.95,
        "needed": 12.0,
        "facts": 8,
        "unmet": 2,
        "today": 3,
        "prices": [],
    }
    make.session.add(
        Exam(
            learner_id=learner_id,
            course_id=course.id,
            day=NOW.date() + timedelta(days=20),
            target=0.9,
            minutes=10,
            set_at=NOW,
            planned_on=NOW.date(),
            facts=[],
            outlook=outlook,
        )
    )


def known(numbers: list[float | None]) -> list[float]:
    return [value for value in numbers if value is not None]


def same(drawn: list[float], told: list[float], off: float) -> None:
    assert drawn == pytest.approx(told, abs=off)
    assert any(told)


def check_recall(chart: Figure) -> None:
    same(chart.dots(), known(chart.numbers("Recalled")), CLOSE)
    margins = [found for cell in chart.column("95 % margin") if (found := ends(cell))]
    low, high = [list(side) for side in zip(*margins, strict=True)]
    # A week alone has no band to be drawn; a band goes along its top and back along its foot.
    for points in chart.path("band"):
        half = len(points) // 2
        assert all(any(abs(one - told) < 0.01 for told in high) for one in points[:half])
        assert all(any(abs(one - told) < 0.01 for told in low) for one in points[half:])


def check_forecast(chart: Figure) -> None:
    for cls, name in (("f-ink", "Due"), ("f-grey", "New")):
        told = [value for value in known(chart.numbers(name)) if value]
        same(chart.bars(cls), told, 0.1)


def check_calendar(chart: Figure) -> None:
    by_month: Counter[str] = Counter()
    for title in chart.titles("rect", "h"):
        when, count = title.split(": ")
        _, _, month, year = when.split(" ")
        by_month[f"{month} {year}"] += int(number(count) or 0)
    told = dict(zip(chart.column("Month"), chart.numbers("Reviews"), strict=True))
    assert {month: n for month, n in by_month.items() if n} == told


def check_topics(chart: Figure) -> None:
    names = chart.head[1:-1]
    bars = [one for one in chart.root.iter("svg") if one.get("class") == "segs"]
    assert len(bars) == len(chart.rows) == 2
    for bar, row in zip(bars, chart.rows, strict=True):
        parts = dict("".join(mark.itertext()).split(": ") for mark in bar)
        widths = [float((mark.get("width") or "").rstrip("%")) for mark in bar]
        assert {name: parts.get(name, "0") for name in names} == dict(
            zip(names, row[1:-1], strict=True)
        )
        shares = [int(n) / sum(map(int, parts.values())) * 100 for n in parts.values()]
        assert widths == pytest.approx(shares, abs=0.5)


def check_text(chart: Figure) -> None:
    cells = list(chart.root.iter("li"))
    pieces = [cell for cell in cells if cell.find("a") is not None]
    assert len(pieces) == len(chart.rows) == 1
    for piece, row in zip(pieces, chart.rows, strict=True):
        marks = Counter(mark.get("class") for mark in piece.iter("rect"))
        shades = [marks[cls] for cls in ("h4", "h2", "h1", "f-grey")]
        assert [int(cell) for cell in row[2:6]] == shades
        words = "".join(piece.itertext())
        assert int(row[1]) == sum(shades)
        assert row[1] in words
        assert row[-1] in words


def check_lives(chart: Figure) -> None:
    told = [value for value in known(chart.numbers("Cards")) if value]
    same(chart.bars("f-ink"), told, 0.05)


def check_calibration(chart: Figure) -> None:
    same(chart.dots("sc"), known(chart.numbers("Recalled")), CLOSE)
    margins = [ends(cell) for cell in chart.column("95 % margin")]
    foot = min(known([number(text) for text in ticks(chart)]))
    for drawn, told in zip(chart.whiskers(), margins, strict=True):
        assert told is not None
        assert drawn == pytest.approx((max(told[0], foot), told[1]), abs=0.01)
    places = [float((dot.get("cx") or "").rstrip("%")) for dot in chart.marks("circle", "sc")]
    told_places = [
        (value - foot) / (1 - foot) * 100 for value in known(chart.numbers("On average"))
    ]
    assert places == pytest.approx(told_places, abs=0.2)


def ticks(chart: Figure) -> list[str]:
    axis = next(one for one in chart.root.iter("svg") if one.get("width") == "48")
    return ["".join(text.itertext()) for text in axis.iter("text")]


def check_time(chart: Figure) -> None:
    told = [value for value in known(chart.numbers("Minutes")) if value]
    same(chart.bars("f-ink"), told, 0.1)


def check_hours(chart: Figure) -> None:
    told = [value for value in known(chart.numbers("Reviews")) if value]
    same(chart.bars("f-ink"), told, 0.3)
    assert [title.partition(":")[0] for title in chart.titles("rect", "f-ink")] == ["8", "12", "17"]


def check_quizzes(chart: Figure) -> None:
    same(chart.bars("f-ink"), known(chart.numbers("Score")), CLOSE)


def check_exam(chart: Figure) -> None:
    same(chart.dots(), known(chart.numbers("With the plan")), CLOSE)
    same(chart.path("ln dash")[0], known(chart.numbers("Without further study")), CLOSE)


CHECKS: dict[str, Callable[[Figure], None]] = {
    "ret": check_recall,
    "fc": check_forecast,
    "cal": check_calendar,
    "mast": check_topics,
    "text": check_text,
    "life": check_lives,
    "calibration": check_calibration,
    "time": check_time,
    "hours": check_hours,
    "quizzes": check_quizzes,
    "exam": check_exam,
}


def test_every_chart_shows_the_numbers_of_its_table(page: str) -> None:
    charts = {re.sub(r"-\d+$", "", name): chart for name, chart in figures(page).items()}

    # A chart that nobody compares is none to trust: a new one needs a check here.
    assert charts.keys() == CHECKS.keys()
    assert page.count('<figure class="chart"') == len(charts)
    for name, chart in charts.items():
        CHECKS[name](chart)


def test_the_figures_on_top_are_those_of_the_charts(page: str) -> None:
    # 37 + 24 + 43 of 120 recalled; three memories should last 21 days or more.
    assert 'Remembered, 30 days</dt><dd class="v">87\u00a0%' in page
    assert re.search(r'Known well</dt><dd class="v">3 ', page)


def test_the_period_stands_in_the_address_and_is_marked(client: FlaskClient, page: str) -> None:
    chosen = re.findall(r'href="([^"]*)" aria-current="true">(\w+)</a>', page)

    assert ("/progress?period=month", "Month") in chosen
    for address, unit in (("/progress", "Week of"), ("/progress?period=all", "Month")):
        charts = figures(client.get(address).text)
        assert charts["ret"].head[0] == charts["time"].head[0] == unit
