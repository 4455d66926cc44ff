"""One card of a learner: what its page is told, moving its day, and the list of cards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.forms import FormPolicy
from quizapp.memory.state import Phase
from quizapp.models import ActKind, Fact, MemoryAct, Status
from quizapp.queries.card_history import PAGE_SIZE, PastAct, PastAnswer
from quizapp.queries.card_list import CardFilter, CardList, Order, Which, list_cards
from quizapp.queries.card_page import CardPage, card_page
from quizapp.queries.form_policy import form_policy, forms_there
from quizapp.services.form_policy import set_form_policy
from quizapp.services.memory_acts import (
    bury_fact,
    move_due_date,
    reset_fact,
    suspend_fact,
)
from quizapp.services.memory_replay import replay
from tests.support.desk import Desk, statements_of
from tests.support.make import NOON, Make

DAY = timedelta(days=1)


@pytest.fixture
def desk(session: Session, make: Make) -> Desk:
    return Desk(session, make, NOON)


def learn(desk: Desk, fact: Fact, ratings: str = "44") -> None:
    """Rate a fact on days that follow each other, from the desk's now on."""
    for rating in ratings:
        desk.rate(fact, int(rating))
        desk.now += DAY


def own(desk: Desk, fact: Fact) -> dict[str, Any]:
    return {
        "actor": desk.actor,
        "course_id": desk.course.id,
        "fact_id": fact.id,
        "now": desk.now,
    }


def today(desk: Desk) -> date:
    return LearnerClock(desk.actor.timezone, desk.actor.day_start_hour).day_of(desk.now)


def page(desk: Desk, fact: Fact, **given: Any) -> CardPage:
    return card_page(desk.session, **own(desk, fact), **given)


def cards(desk: Desk, **wanted: Any) -> CardList:
    return list_cards(
        desk.session,
        actor=desk.actor,
        course_id=desk.course.id,
        wanted=CardFilter(**wanted),
        now=desk.now,
    )


def differences(session: Session) -> int:
    return sum(len(done.differences) for done in replay(session))


def test_a_moved_card_is_due_on_that_day_and_replays_to_the_same(desk: Desk) -> None:
    fact = desk.fact()
    learn(desk, fact)
    before = desk.memory(fact)

    move_due_date(desk.session, **own(desk, fact), day=today(desk) + 30 * DAY)

    after = desk.memory(fact)
    clock = LearnerClock(desk.actor.timezone, desk.actor.day_start_hour)
    assert after.due_at == clock.start_of(today(desk) + 30 * DAY)
    assert (after.stability, after.reps) == (before.stability, before.reps)
    assert differences(desk.session) == 0
    assert page(desk, fact).moved is ActKind.MOVE


def test_moving_is_undone_and_done_again_to_the_same_moment(desk: Desk) -> None:
    fact = desk.fact()
    learn(desk, fact)
    was = desk.memory(fact).due_at
    move_due_date(desk.session, **own(desk, fact), day=today(desk))
    moved = desk.memory(fact).due_at

    desk.undo()
    undone, moved_by = desk.memory(fact).due_at, page(desk, fact).moved
    desk.redo()

    assert (undone, moved_by, desk.memory(fact).due_at) == (was, None, moved)
    assert differences(desk.session) == 0


def test_reviews_go_on_from_a_moved_card_and_replay_agrees(desk: Desk) -> None:
    fact = desk.fact()
    learn(desk, fact)
    move_due_date(desk.session, **own(desk, fact), day=today(desk))
    learn(desk, fact, "3")
    suspend_fact(desk.session, **own(desk, fact))
    move_due_date(desk.session, **own(desk, fact), day=today(desk) + DAY)

    assert differences(desk.session) == 0
    assert desk.memory(fact).is_suspended
    desk.undo()
    assert page(desk, fact).moved is None


@pytest.mark.parametrize("ahead", [-1, 36_501])
def test_a_day_that_is_over_or_too_far_is_refused(desk: Desk, ahead: int) -> None:
    fact = desk.fact()
    learn(desk, fact)

    with pytest.raises(Invalid, match="today or a later day"):
        move_due_date(desk.session, **own(desk, fact), day=today(desk) + ahead * DAY)


def test_the_day_is_counted_by_the_learners_clock(desk: Desk, make: Make) -> None:
    """At three in the morning the day before still goes on."""
    fact = desk.fact()
    learn(desk, fact)
    desk.now = desk.now.replace(hour=3)

    move_due_date(desk.session, **own(desk, fact), day=desk.now.date() - DAY)

    assert desk.memory(fact).due_at <= desk.now


def test_only_a_met_card_past_its_steps_can_be_moved(desk: Desk) -> None:
    unmet, in_steps = desk.fact(), desk.fact()
    desk.rate(in_steps, 1)

    with pytest.raises(Invalid, match="first steps"):
        move_due_date(desk.session, **own(desk, in_steps), day=today(desk))
    with pytest.raises(NotFound):
        move_due_date(desk.session, **own(desk, unmet), day=today(desk))
    assert desk.session.scalar(sa.select(sa.func.count()).select_from(MemoryAct)) == 0


def test_the_page_tells_reviews_and_acts_newest_first_with_what_was_undone(desk: Desk) -> None:
    fact = desk.fact("single_choice", "cloze")
    learn(desk, fact, "144")
    desk.undo()
    suspend_fact(desk.session, **own(desk, fact))

    shown = page(desk, fact)

    act, *answers = shown.history.entries
    assert isinstance(act, PastAct)
    assert act.kind is ActKind.SUSPEND
    assert [one.is_undone for one in answers] == [True, False, False]
    assert [one.rating for one in answers if isinstance(one, PastAnswer)] == [4, 4, 1]
    assert len(shown.looks) == 2
    assert [one.recall for one in shown.questions] == [1, 2]
    assert shown.undo_id == act.id
    assert shown.citations


def test_a_long_history_is_paged_without_gaps(desk: Desk) -> None:
    fact = desk.fact()
    learn(desk, fact, "3" * (PAGE_SIZE + 3))

    first = page(desk, fact).history
    rest = page(desk, fact, before=first.older).history

    ids = [one.id for one in first.entries + rest.entries]
    assert (len(first.entries), len(rest.entries), rest.older) == (PAGE_SIZE, 3, None)
    assert ids == sorted(set(ids), reverse=True)


def test_the_page_takes_as_many_statements_for_a_long_history_as_for_a_short(desk: Desk) -> None:
    short, long = desk.fact(), desk.fact()
    learn(desk, short, "3")
    learn(desk, long, "3" * 25)
    counts = []
    for fact in (short, long):
        with statements_of(desk.session) as seen:
            page(desk, fact)
        counts.append(len(seen))

    assert counts == [7, 7]


def test_nobody_sees_a_card_of_another_course_or_a_draft_never_met(desk: Desk, make: Make) -> None:
    elsewhere = make.fact(make.course())
    draft = desk.fact(status=Status.DRAFT)

    for fact in (elsewhere, draft):
        with pytest.raises(NotFound):
            page(desk, fact)


def test_another_learners_reviews_are_on_no_page(desk: Desk, make: Make) -> None:
    fact = desk.fact()
    learn(desk, fact)
    desk.actor = make.learner(desk.course)

    shown = page(desk, fact)

    assert not shown.history.entries
    assert shown.memory.state.phase is Phase.NEW


def test_cards_are_listed_by_kind_and_counted(desk: Desk) -> None:
    new, due, aside, leech = (desk.fact() for _ in range(4))
    learn(desk, due)
    learn(desk, aside)
    suspend_fact(desk.session, **own(desk, aside))
    desk.choose(leech_threshold=2)
    for _ in range(2):
        learn(desk, leech, "4")
        desk.now += 20 * DAY
        learn(desk, leech, "13")
    desk.now += 300 * DAY

    found = {which: [card.fact_id for card in cards(desk, which=which).rows] for which in Which}

    assert found == {
        Which.ALL: [new.id, due.id, aside.id, leech.id],
        Which.DUE: [due.id, leech.id],
        Which.LEECHES: [leech.id],
        Which.ASIDE: [aside.id],
        Which.NEW: [new.id],
    }
    assert cards(desk).counts == {which: len(ids) for which, ids in found.items()}


def test_the_order_by_recall_is_that_of_the_chances_shown(desk: Desk) -> None:
    for ratings in ("3", "4", "33", "344", "1", "43"):
        fact = desk.fact()
        desk.now = NOON
        learn(desk, fact, ratings)
    desk.fact()
    desk.now = NOON + 40 * DAY

    shown = [card.recall for card in cards(desk, order=Order.RECALL).rows]

    assert shown[-1] is None
    assert shown[:-1] == sorted(shown[:-1])  # type: ignore[type-var]


def test_words_are_searched_as_they_are_typed(desk: Desk) -> None:
    wanted = desk.fact(statement="The treaty gave 100% of it to Iran.")
    desk.fact(statement="The treaty gave 100 of them.")

    assert [card.fact_id for card in cards(desk, text="100% OF").rows] == [wanted.id]
    assert cards(desk, text="100% OF").counts[Which.NEW] == 1


def test_a_page_beyond_the_last_is_the_last(desk: Desk) -> None:
    for _ in range(26):
        desk.fact()

    found = cards(desk, page=99)

    assert (found.page, found.pages, len(found.rows)) == (2, 2, 1)


def test_a_reset_card_is_new_and_keeps_its_history(desk: Desk) -> None:
    fact = desk.fact()
    learn(desk, fact)
    reset_fact(desk.session, **own(desk, fact))

    shown = page(desk, fact)

    assert (shown.recall, shown.looks, len(shown.history.entries)) == (None, (), 3)
    assert [card.fact_id for card in cards(desk, which=Which.NEW).rows] == [fact.id]


def test_a_card_put_off_is_not_due(desk: Desk) -> None:
    fact = desk.fact()
    learn(desk, fact)
    desk.now += 300 * DAY
    bury_fact(desk.session, **own(desk, fact))

    assert cards(desk, which=Which.DUE).total == 0
    assert page(desk, fact).is_put_off(desk.now)


def test_a_course_says_which_form_its_cards_ask(desk: Desk, make: Make) -> None:
    desk.fact("single_choice", "cloze", "short_text")
    teacher = make.instructor(desk.course)
    usual = desk.look().card
    mixed = FormPolicy(is_mixed=True, rotates=False)

    set_form_policy(desk.session, actor=teacher, course_id=desk.course.id, policy=mixed)

    assert form_policy(desk.session, desk.course.id) == mixed
    assert usual is not None
    asked = []
    for _ in range(3):
        card = desk.look().card
        assert card is not None
        asked.append(card.type_name)
        desk.rate(card.fact_id, 1)
        desk.now += timedelta(minutes=2)
    assert asked == ["single_choice", "cloze", "short_text"]
    set_form_policy(desk.session, actor=teacher, course_id=desk.course.id, policy=FormPolicy())
    assert form_policy(desk.session, desk.course.id) == FormPolicy()


def test_the_forms_of_a_course_are_counted_by_what_can_ask(desk: Desk, make: Make) -> None:
    desk.fact("single_choice", "cloze")
    desk.fact("single_choice", "true_false")
    desk.fact("short_text", status=Status.RETIRED)

    teacher = make.instructor(desk.course)
    found = forms_there(desk.session, actor=teacher, course_id=desk.course.id)

    assert found == {(1, 2): 1, (1,): 1}
