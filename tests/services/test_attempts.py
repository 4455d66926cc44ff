"""Answering: every step is one appended row, whatever is sent twice, late or from two tabs."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.errors import Invalid, NotFound
from quizapp.models import Action, AttemptState, Response
from quizapp.services.attempt_place import Outcome
from quizapp.services.attempts import save_response
from tests.support.apps import make_app
from tests.support.make import NOON, Make
from tests.support.settings import settings_for
from tests.support.sitting import TYPE_NAMES, Sitting


@pytest.fixture
def sitting(session: Session, make: Make, now: datetime) -> Sitting:
    sitting = Sitting(session, make, now)
    sitting.start(sitting.quiz("single_choice", "short_text", time_limit_minutes=10))
    return sitting


class TestSaving:
    def test_a_response_is_appended_as_the_type_stores_it(self, sitting: Sitting) -> None:
        step = sitting.save(0, choice="2")

        assert step.outcome is Outcome.SAVED
        assert (step.state.seen, step.state.saved_at) == (1, sitting.at(1))
        assert sitting.rows() == [(0, 1, Action.SAVE, {"choice": [2]})]

    @pytest.mark.parametrize("type_name", TYPE_NAMES)
    def test_every_type_is_saved_and_graded(
        self, session: Session, make: Make, now: datetime, type_name: str
    ) -> None:
        sitting = Sitting(session, make, now)
        sitting.start(sitting.quiz(type_name, shuffle_options=True))

        sitting.answer_rightly(0)

        assert sitting.marks().points == 1

    def test_the_shown_position_is_kept_as_the_option_that_it_showed(
        self, session: Session, make: Make, now: datetime
    ) -> None:
        sitting = Sitting(session, make, now)
        sitting.start(sitting.quiz("single_choice", shuffle_options=True), seed=3)

        sitting.save(0, choice="0")

        assert sitting.rows()[0].content == {"choice": [sitting.layout()[0].order[0]]}
        assert sitting.layout()[0].order[0] != 0

    def test_the_last_response_counts_and_none_is_overwritten(self, sitting: Sitting) -> None:
        sitting.save(0, choice="0", nonce="a")
        sitting.save(0, choice="1", nonce="b")

        assert [row.content for row in sitting.rows()] == [{"choice": [0]}, {"choice": [1]}]
        assert sitting.marks().points == 0

    def test_what_stands_there_already_is_not_stored_again(self, sitting: Sitting) -> None:
        sitting.save(0, choice="0", nonce="a")

        step = sitting.save(0, choice="0", nonce="b")

        assert step.outcome is Outcome.UNCHANGED
        assert len(sitting.rows()) == 1

    def test_nothing_filled_in_stores_nothing(self, sitting: Sitting) -> None:
        assert sitting.save(1, text="  ").outcome is Outcome.UNCHANGED
        assert sitting.rows() == []

    def test_emptying_a_field_clears_the_response(self, sitting: Sitting) -> None:
        sitting.save(1, text="Euphrates")

        step = sitting.save(1, text="")

        assert not step.state.is_answered
        assert [row.action for row in sitting.rows()] == [Action.SAVE, Action.CLEAR]

    def test_a_response_can_be_cleared_and_given_again(self, sitting: Sitting) -> None:
        sitting.save(0, choice="0")
        assert sitting.clear(0).outcome is Outcome.SAVED
        assert sitting.clear(0).outcome is Outcome.UNCHANGED
        assert sitting.marks().points == 0

        sitting.save(0, choice="0")

        assert sitting.marks().points == 1
        assert [row.action for row in sitting.rows()] == [Action.SAVE, Action.CLEAR, Action.SAVE]

    @pytest.mark.parametrize(
        "posted", [{"choice": "9"}, {"choice": ["0", "1"]}, {"choice": "x" * 5000}]
    )
    def test_a_malformed_response_is_refused_and_leaves_no_trace(
        self, sitting: Sitting, posted: dict[str, str]
    ) -> None:
        with pytest.raises(Invalid):
            sitting.save(0, **posted)

        assert sitting.rows() == []

    def test_a_response_that_is_too_long_is_refused(self, sitting: Sitting) -> None:
        with pytest.raises(Invalid, match="Shorten this"):
            sitting.save(1, text="x" * 1001)

    @pytest.mark.parametrize("slot", [-1, 2, 10**9])
    def test_there_is_no_such_slot(self, sitting: Sitting, slot: int) -> None:
        with pytest.raises(NotFound):
            sitting.save(slot, choice="0")

    def test_someone_elses_attempt_does_not_exist(self, sitting: Sitting, make: Make) -> None:
        with pytest.raises(NotFound):
            sitting.save(0, choice="0", actor=make.learner(sitting.course))


class TestRepeats:
    def test_the_same_request_twice_is_one_row(self, sitting: Sitting) -> None:
        sitting.save(0, choice="1", nonce="page")

        step = sitting.save(0, choice="1", nonce="page")

        assert step.outcome is Outcome.UNCHANGED
        assert len(sitting.rows()) == 1

    def test_one_page_may_change_its_mind_and_change_it_back(self, sitting: Sitting) -> None:
        for choice in ("0", "1", "0"):
            sitting.save(0, choice=choice, nonce="page", seen=0)

        assert [row.content["choice"] for row in sitting.rows()] == [[0], [1], [0]]
        assert sitting.marks().points == 1

    def test_an_old_request_that_arrives_late_changes_nothing(self, sitting: Sitting) -> None:
        sitting.save(0, choice="1", nonce="old page")
        sitting.save(0, choice="0", nonce="new page", seen=1)

        late = sitting.save(0, choice="1", nonce="old page")

        assert late.outcome is Outcome.UNCHANGED
        assert sitting.marks().points == 1

    def test_of_two_requests_that_overtook_each_other_the_later_stands(
        self, sitting: Sitting
    ) -> None:
        sitting.save(0, choice="0", nonce="page", turn=2)

        overtaken = sitting.save(0, choice="1", nonce="page", turn=1)

        assert overtaken.outcome is Outcome.UNCHANGED
        assert sitting.marks().points == 1
        assert sitting.save(0, choice="1", nonce="page", turn=3).outcome is Outcome.SAVED

    @pytest.mark.parametrize("turn", [-1, 10**30])
    def test_a_senseless_turn_does_no_harm(self, sitting: Sitting, turn: int) -> None:
        assert sitting.save(0, choice="0", turn=turn).outcome is Outcome.SAVED

    def test_what_a_stale_tab_says_is_saved_as_a_later_step(self, sitting: Sitting) -> None:
        sitting.save(0, choice="0", nonce="first tab", seen=0)

        step = sitting.save(0, choice="2", nonce="second tab", seen=0)

        assert step.outcome is Outcome.REPLACED
        assert step.state.content == {"choice": [2]}
        assert [row.content for row in sitting.rows()] == [{"choice": [0]}, {"choice": [2]}]

    def test_a_stale_tab_in_which_nothing_was_chosen_changes_nothing(
        self, sitting: Sitting
    ) -> None:
        seen = sitting.save(0, choice="1", nonce="first tab", seen=0).state.seen
        sitting.save(0, choice="0", nonce="second tab", seen=seen)

        step = sitting.save(0, choice="1", nonce="third tab", seen=seen)

        assert step.outcome is Outcome.UNCHANGED
        assert step.state.content == {"choice": [0]}

    def test_an_empty_page_in_another_tab_clears_nothing(self, sitting: Sitting) -> None:
        sitting.save(1, text="Euphrates", nonce="first tab", seen=0)

        sitting.save(1, text="", nonce="second tab", seen=0)

        assert sitting.marks().points == 1

    def test_a_page_that_shows_what_stands_there_may_change_it(self, sitting: Sitting) -> None:
        seen = sitting.save(0, choice="1", nonce="first tab", seen=0).state.seen

        step = sitting.save(0, choice="0", nonce="second tab", seen=seen)

        assert step.outcome is Outcome.SAVED

    def test_flags_do_not_make_a_page_stale(self, sitting: Sitting) -> None:
        sitting.flag(0, nonce="first tab")

        assert sitting.save(0, choice="0", nonce="second tab", seen=0).outcome is Outcome.SAVED

    @pytest.mark.parametrize("nonce", ["", "x" * 65])
    def test_a_form_without_a_sound_nonce_is_refused(self, sitting: Sitting, nonce: str) -> None:
        with pytest.raises(Invalid, match="Load the page again"):
            sitting.save(0, choice="0", nonce=nonce)

    def test_the_nonce_of_one_slot_is_another_in_the_next(self, sitting: Sitting) -> None:
        sitting.save(0, choice="0", nonce="same")

        assert sitting.save(1, text="Euphrates", nonce="same").outcome is Outcome.SAVED


class TestFlags:
    def test_a_flag_is_set_and_taken_off(self, sitting: Sitting) -> None:
        assert sitting.flag(0).state.is_flagged
        assert sitting.flag(0).outcome is Outcome.UNCHANGED
        assert not sitting.flag(0, False).state.is_flagged
        assert [row.action for row in sitting.rows()] == [Action.FLAG, Action.UNFLAG]

    def test_flagging_leaves_the_response_alone(self, sitting: Sitting) -> None:
        sitting.save(0, choice="0")

        step = sitting.flag(0)

        assert step.state.content == {"choice": [0]}
        assert step.state.seen == 1
        assert sitting.marks().points == 1

    def test_an_old_flag_that_arrives_late_changes_nothing(self, sitting: Sitting) -> None:
        sitting.flag(0, nonce="old page")
        sitting.flag(0, False, nonce="new page")

        assert not sitting.flag(0, nonce="old page").state.is_flagged


class TestTheEnd:
    def test_after_submission_nothing_is_taken(self, sitting: Sitting) -> None:
        sitting.save(0, choice="0")
        sitting.submit(after=5)

        steps = [
            sitting.save(0, choice="1", after=6, nonce="late"),
            sitting.clear(0, after=6),
            sitting.flag(0, after=6),
        ]

        assert [step.outcome for step in steps] == [Outcome.HANDED_IN] * 3
        assert len(sitting.rows()) == 1
        assert sitting.stored_mark() == sitting.marks().points == 1

    @pytest.mark.parametrize("after", [600, 600.001, 630])
    def test_until_the_grace_ends_a_response_counts(self, sitting: Sitting, after: float) -> None:
        assert sitting.save(0, choice="0", after=after).outcome is Outcome.SAVED
        assert sitting.attempt().state is AttemptState.OPEN

    def test_after_the_grace_the_attempt_is_handed_in_as_it_was(self, sitting: Sitting) -> None:
        sitting.save(0, choice="0", after=599)

        step = sitting.save(1, text="Euphrates", after=630.001)

        attempt = sitting.attempt()
        assert step.outcome is Outcome.HANDED_IN
        assert attempt.state is AttemptState.SUBMITTED
        assert (attempt.mark, attempt.submitted_at) == (1, attempt.due_at)


def test_two_tabs_that_save_at_once_leave_two_rows_in_order(
    database_url: str, tmp_path: Path
) -> None:
    app = make_app(settings_for(database_url, tmp_path))
    with app.app_context(), db.transaction() as session:
        sitting = Sitting(session, Make(session), NOON)
        sitting.start(sitting.quiz("single_choice"))
    gate = threading.Barrier(4)
    outcomes: list[Outcome] = []

    def save(tab: int) -> None:
        with app.app_context():
            gate.wait(timeout=20)
            with db.transaction() as session:
                step = save_response(
                    session,
                    actor=sitting.actor,
                    attempt_id=sitting.attempt_id,
                    slot=0,
                    posted={"choice": [str(tab % 2)]},
                    nonce=f"tab {tab}",
                    now=NOON,
                )
            outcomes.append(step.outcome)
            db.db.session.remove()

    threads = [threading.Thread(target=save, args=(tab,)) for tab in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    with app.app_context():
        numbers = db.db.session.scalars(sa.select(Response.seq).order_by(Response.seq)).all()
        db.db.session.remove()
        db.db.engine.dispose()
    assert len(outcomes) == 4
    assert list(numbers) == list(range(1, outcomes.count(Outcome.SAVED) + 1))
