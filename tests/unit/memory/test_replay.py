"""Rebuilding a memory from its reviews."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory.days import LearnerClock
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.replay import Event, Moved, replay, told_in
from quizapp.memory.scheduler import review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Rating

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
clocks = st.builds(
    LearnerClock, st.sampled_from(["Europe/London", "Africa/Cairo"]), st.integers(0, 23)
)
settings_made = st.builds(
    MemorySettings,
    desired_retention=st.floats(0.70, 0.97),
    learning_steps=st.sampled_from([(), (60, 600)]),
    relearning_steps=st.sampled_from([(), (600,)]),
)
# Gaps go down to microseconds, which the log does not keep, and back in time.
gaps = st.timedeltas(timedelta(hours=-3), timedelta(days=200))
histories = st.lists(st.tuples(st.sampled_from(Rating), gaps, st.integers(0, 2**40)), max_size=20)


@given(histories, clocks, settings_made)
def test_a_replay_equals_having_reviewed_live(history, clock, settings):
    live, now, log = NEW_STATE, START, []
    for rating, gap, seed in history:
        now += gap
        live = review(live, rating, now=now, clock=clock, settings=settings, seed=seed)
        logged_at = MemoryState.from_json(live.to_json()).last_review_at
        log.append(Event(rating, logged_at, seed, clock, settings))

    assert replay(log) == live


@given(histories, st.integers(0, 20))
def test_a_replay_may_go_on_from_a_state_that_is_trusted(history, cut):
    clock, settings = LearnerClock("UTC", 4), MemorySettings()
    moments = [START + timedelta(days=index) for index in range(len(history))]
    log = [
        Event(rating, at, seed, clock, settings)
        for (rating, _gap, seed), at in zip(history, moments, strict=True)
    ]

    assert replay(log[cut:], start=replay(log[:cut])) == replay(log)


def test_no_reviews_leave_a_new_memory():
    assert replay([]) == NEW_STATE


def test_new_weights_reach_the_reviews_before_a_move_and_leave_its_date():
    fitted = tuple(weight * 1.1 for weight in DEFAULT_WEIGHTS)
    rules = {"clock": LearnerClock("UTC", 4), "settings": MemorySettings(learning_steps=())}
    new_rules = rules | {"settings": MemorySettings(learning_steps=(), weights=fitted)}
    days = (0, 2)
    reviews = [Event(Rating.GOOD, START + timedelta(days=n), 1, days=2, **rules) for n in days]
    anew = [Event(Rating.GOOD, START + timedelta(days=n), 1, days=2, **new_rules) for n in days]
    moved_to = START + timedelta(days=30)
    move = Moved(replay(reviews), moved_to)
    last = Event(Rating.GOOD, moved_to, 1, days=9, **new_rules)

    told = told_in(fitted, replay([*reviews, move]), reviews, NEW_STATE)

    assert told.due_at == moved_to
    assert (told.stability, told.difficulty) == (replay(anew).stability, replay(anew).difficulty)
    assert told.stability != replay(reviews).stability
    assert replay([*reviews, move, last]) == replay([*anew, move, last])
    assert told_in(None, replay(reviews), reviews, NEW_STATE) == replay(reviews)
