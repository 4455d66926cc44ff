"""What the page of progress tells of texts, hard facts, periods and the month before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.state import NEW_STATE
from quizapp.models import Citation, Memory, Origin, Passage, Review, Status
from quizapp.queries.history import History, Recall, Totals
from quizapp.queries.known_facts import Standing
from quizapp.queries.known_text import FactNow, KnownText, known_texts
from quizapp.queries.periods import Period, period_named, stretches
from quizapp.queries.progress import ProgressView, progress_view
from quizapp.queries.reader import source_page
from quizapp.services.memory_acts import reset_fact, suspend_fact
from tests.support.desk import Desk
from tests.support.make import Make

TODAY = date(2026, 3, 4)


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def view_of(desk: Desk, period: Period = Period.QUARTER) -> ProgressView:
    return progress_view(
        desk.session, learner=desk.actor, course_id=desk.course.id, now=desk.now, period=period
    )


def texts_of(desk: Desk, facts: dict[int, FactNow]) -> tuple[KnownText, ...]:
    return known_texts(desk.session, course_id=desk.course.id, facts=facts)


def add_passages(desk: Desk, text: str, *keys: str) -> None:
    """Add paragraphs to the text that the desk's facts rest on, after its first."""
    desk.session.add_all(
        Passage(
            source_id=desk.passage.source_id,
            key=key,
            position=desk.passage.position + n,
            heading=desk.passage.heading,
            locator=key,
            text=text,
            note="",
        )
        for n, key in enumerate(keys, start=1)
    )
    desk.session.flush()


def days(**ages: int) -> History:
    """Return a history with so many reviews on days so long ago: _3=5 is five, three days ago."""
    past = {TODAY - timedelta(days=int(age[1:])): Totals(n) for age, n in ages.items()}
    return History(TODAY, past)


@pytest.mark.parametrize("name", ["month", "3-months", "year", "all"])
def test_a_period_is_known_by_its_name_in_the_address(name: str) -> None:
    assert period_named(name).value == name


@pytest.mark.parametrize("name", [None, "", "decade", "MONTH"])
def test_any_other_name_is_the_usual_period(name: str | None) -> None:
    assert period_named(name) is Period.QUARTER


def test_a_month_is_told_in_five_weeks_from_monday() -> None:
    # 4 March 2026 is a Wednesday; 30 days before it a Monday, 31 days before it a Sunday.
    found = stretches(days(_0=1, _2=2, _3=4, _30=8, _31=16), Period.MONTH)

    assert [stretch.first for stretch in found] == [
        date(2026, 2, 2),
        date(2026, 2, 9),
        date(2026, 2, 16),
        date(2026, 2, 23),
        date(2026, 3, 2),
    ]
    assert [stretch.totals.reviews for stretch in found] == [8, 0, 0, 4, 3]
    assert Period.MONTH.first_day(TODAY) == found[0].first


def test_a_year_is_told_by_months_and_its_first_is_cut_where_the_year_begins() -> None:
    # A year of 365 days up to 4 March 2026 begins on 5 March 2025.
    found = stretches(days(_0=1, _4=2, _364=4, _365=8), Period.YEAR)

    assert (found[0].first, found[-1].first) == (date(2025, 3, 1), date(2026, 3, 1))
    assert [stretch.totals.reviews for stretch in found] == [4, *[0] * 10, 2, 1]


def test_everything_begins_with_the_first_month_of_it() -> None:
    found = stretches(days(_0=1, _800=4), Period.ALL)

    assert found[0].first == date(2023, 12, 1)
    assert (found[0].totals.reviews, len(found)) == (4, 28)


def test_without_a_review_everything_is_this_month() -> None:
    (only,) = stretches(days(), Period.ALL)

    assert (only.first, only.totals.reviews) == (date(2026, 3, 1), 0)


def test_a_month_ago_memories_were_as_the_first_review_since_found_them(desk: Desk) -> None:
    grown, still, fresh = (desk.fact() for _ in range(3))
    for fact in (grown, still):
        desk.rate(fact, 4, now=desk.now - timedelta(days=90))
    then = desk.session.scalar(sa.select(Memory.stability).where(Memory.fact_id == grown.id))
    desk.rate(grown, 4, now=desk.now - timedelta(days=20))
    desk.rate(grown, 3, now=desk.now - timedelta(days=1))
    desk.rate(fresh, 4, now=desk.now - timedelta(days=2))

    view = view_of(desk)

    # Rated Easy at first sight, a memory should last a week or so: not known well yet.
    assert then is not None
    assert then < 21
    assert view.then == Standing(met=2, known_well=0, stabilities=(then, then))
    assert (view.standing.met, view.standing.known_well) == (3, 1)


def test_what_was_begun_again_since_was_known_a_month_ago(desk: Desk) -> None:
    """Its memory is blank, and what it was is told by what happened to it first."""
    untouched, asked, again = (desk.fact() for _ in range(3))
    for fact in (untouched, asked, again):
        desk.rate(fact, 4, now=desk.now - timedelta(days=90))
    then = desk.session.scalar(sa.select(Memory.stability).where(Memory.fact_id == asked.id))
    desk.rate(asked, 4, now=desk.now - timedelta(days=20))
    whose = {"actor": desk.actor, "course_id": desk.course.id}
    for fact in (untouched, asked, again):
        reset_fact(desk.session, **whose, fact_id=fact.id, now=desk.now - timedelta(days=10))
    desk.rate(again, 1, now=desk.now - timedelta(days=5))

    view = view_of(desk)

    assert then is not None
    assert view.then == Standing(met=3, known_well=0, stabilities=(then, then, then))
    assert view.standing.met == 1


def test_what_a_package_brought_since_has_no_month_before(desk: Desk) -> None:
    """Its reviews do not tell what they found, so the page must not call the facts new then."""
    lately, long_ago = desk.fact(), desk.fact()
    for fact, days in ((lately, 90), (long_ago, 90), (lately, 20)):
        desk.rate(fact, 4, now=desk.now - timedelta(days=days))
    assert view_of(desk).then is not None

    _as_of_a_package(desk)

    assert view_of(desk).then is None


def test_tests_of_another_program_count_in_their_topic_as_in_the_course(desk: Desk) -> None:
    fact = desk.fact()
    for days, rating in ((90, 4), (20, 3), (3, 1)):
        desk.rate(fact, rating, now=desk.now - timedelta(days=days))
    _as_of_a_package(desk)

    view = view_of(desk)

    assert [topic.topic.recall for topic in view.topics] == [Recall(tested=2, recalled=1)]
    assert view.history.lately.recall == Recall(tested=2, recalled=1)


def _as_of_a_package(desk: Desk) -> None:
    """Let all reviews be as `services.package_storage` writes them."""
    values = {"origin": Origin.IMPORT, "before": NEW_STATE.to_json(), "predicted": None}
    desk.session.execute(sa.update(Review).values(values))


def test_the_page_knows_its_period_and_the_year_whatever_the_period(desk: Desk) -> None:
    fact = desk.fact()
    for days in (500, 60, 2):
        desk.rate(fact, 4, now=desk.now - timedelta(days=days))

    views = [view_of(desk, period) for period in Period]

    assert [view.totals.reviews for view in views] == [1, 2, 2, 3]
    assert [sum(hour.reviews for hour in view.hours) for view in views] == [1, 2, 2, 3]
    assert [view.history.reviews for view in views] == [2] * len(views)


def test_who_began_since_has_no_month_before(desk: Desk) -> None:
    desk.rate(desk.fact(), 4, now=desk.now - timedelta(days=20))

    assert view_of(desk).then is None


def test_the_hardest_facts_are_those_forgotten_most_often(desk: Desk) -> None:
    facts = [desk.fact(statement=f"Fact {n}.") for n in range(4)]
    for fact, lapses in zip(facts, (2, 5, 1, 7), strict=True):
        desk.rate(fact, 4, now=desk.now - timedelta(days=9))
        desk.session.execute(
            sa.update(Memory).where(Memory.fact_id == fact.id).values(lapses=lapses)
        )
    suspend_fact(
        desk.session,
        actor=desk.actor,
        course_id=desk.course.id,
        fact_id=facts[3].id,
        now=desk.now,
    )

    hard = view_of(desk).hardest

    assert [(fact.statement, fact.lapses) for fact in hard] == [("Fact 1.", 5), ("Fact 0.", 2)]
    assert hard[0].citation is not None
    assert hard[0].citation.key == desk.passage.key


def test_a_text_is_told_paragraph_by_paragraph(desk: Desk) -> None:
    add_passages(desk, "Nobody cites this.", "later")
    known, new = desk.fact(), desk.fact()
    facts = {known.id: FactNow(0.8, is_met=True), new.id: FactNow()}

    (text,) = texts_of(desk, facts)

    assert (text.recall, text.has_started) == (pytest.approx(0.4), True)
    first, last = text.pieces
    assert (first.key, first.met, first.recall) == (desk.passage.key, 1, pytest.approx(0.4))
    assert [(span.start, span.fact.recall) for span in first.spans] == [(0, 0.8), (0, 0.0)]
    assert (last.key, last.length, last.recall, last.facts) == ("later", 18, None, ())


def test_a_fact_counts_once_however_often_a_text_is_cited(desk: Desk) -> None:
    fact = desk.fact()
    desk.session.add(
        Citation(fact_id=fact.id, position=1, passage_id=desk.passage.id, start=4, end=9, exact="x")
    )
    desk.session.flush()

    (text,) = texts_of(desk, {fact.id: FactNow(0.6, is_met=True), desk.fact().id: FactNow()})

    assert text.recall == pytest.approx(0.3)
    assert len(text.pieces[0].facts) == 2
    assert len(text.pieces[0].spans) == 3


def test_lost_words_are_not_drawn_but_their_fact_counts(desk: Desk) -> None:
    fact = desk.fact()
    desk.session.execute(sa.update(Citation).values(lost_at=desk.now))

    (text,) = texts_of(desk, {fact.id: FactNow(0.6, is_met=True)})

    assert (text.pieces[0].spans, text.recall) == ((), pytest.approx(0.6))


def test_a_text_that_no_card_rests_on_is_left_out(desk: Desk) -> None:
    desk.fact(status=Status.RETIRED)

    assert view_of(desk).texts == ()


def test_of_a_long_text_neighbours_are_taken_together(desk: Desk) -> None:
    add_passages(desk, "Words.", *(f"k{n}" for n in range(1, 300)))

    (text,) = texts_of(desk, {desk.fact().id: FactNow()})

    assert len(text.pieces) == 150
    assert text.pieces[1].locator == "k2–k3"
    assert text.pieces[1].length == 12


def test_the_page_tells_of_the_course_alone(desk: Desk, make: Make) -> None:
    other = make.course()
    make.enrol(make.user(), other)
    make.question(make.fact(other))
    desk.fact()

    view = view_of(desk)

    assert view.facts == 1
    assert [text.source_id for text in view.texts] == [desk.passage.source_id]


def test_the_reader_and_the_page_of_progress_tell_the_same_of_a_text(desk: Desk) -> None:
    known, weak, _ = (desk.fact() for _ in range(3))
    desk.rate(known, 4, now=desk.now)
    desk.rate(weak, 3, now=desk.now - timedelta(days=40))

    page = source_page(
        desk.session, actor=desk.actor, source_id=desk.passage.source_id, now=desk.now
    )

    (text,) = view_of(desk).texts
    assert page.known == text
    assert sorted((fact.recall, fact.is_met) for fact in text.facts)[0] == (0.0, False)
    assert sorted((fact.recall, fact.is_met) for fact in text.facts)[-1] == (1.0, True)
