"""Steps, order, limits, clocks and chance around the model."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.scheduler import preview, retrievability, review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOCK = LearnerClock("Europe/London", 4)
PLAIN = MemorySettings(fuzz=False)
AGAIN, HARD, GOOD, EASY = Rating

clocks = st.builds(
    LearnerClock,
    st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.integers(0, 23),
)
settings_made = st.builds(
    MemorySettings,
    desired_retention=st.floats(0.70, 0.97),
    learning_steps=st.sampled_from([(), (60,), (60, 600), (60, 600, 3600)]),
    relearning_steps=st.sampled_from([(), (600,), (600, 1200)]),
    maximum_interval_days=st.sampled_from([1, 2, 30, 36_500]),
    fuzz=st.booleans(),
)


@st.composite
def known_states(draw, phase=None):
    phase = phase or draw(st.sampled_from([Phase.LEARNING, Phase.REVIEW, Phase.RELEARNING]))
    last = NOW - timedelta(minutes=draw(st.integers(0, 600_000)))
    return MemoryState(
        phase,
        None if phase is Phase.REVIEW else draw(st.integers(0, 3)),
        draw(st.floats(0.001, 36_500)),
        draw(st.floats(1, 10)),
        last + timedelta(minutes=draw(st.integers(1, 600_000))),
        last,
        draw(st.integers(1, 1000)),
        draw(st.integers(0, 100)),
    )


def _in_review(*, stability=10.0, days_ago=10, scheduled=10):
    last = NOW - timedelta(days=days_ago)
    due = CLOCK.start_of(CLOCK.day_of(last) + timedelta(days=scheduled))
    return MemoryState(Phase.REVIEW, None, stability, 5.0, due, last, 4, 1)


def _preview(state, *, now=NOW, clock=CLOCK, settings=PLAIN, seed=0):
    return preview(state, now=now, clock=clock, settings=settings, seed=seed)


def _pauses(state, settings=PLAIN):
    """Return seconds to wait by rating, None where the fact goes into review."""
    return {
        rating: None if after.phase is Phase.REVIEW else (after.due_at - NOW).total_seconds()
        for rating, after in _preview(state, settings=settings).items()
    }


class TestLearningSteps:
    def test_a_new_fact_waits_for_the_steps_and_easy_skips_them(self):
        assert _pauses(NEW_STATE) == {AGAIN: 60, HARD: 330, GOOD: 600, EASY: None}

    def test_hard_on_a_single_step_waits_half_as_long_again(self):
        settings = replace(PLAIN, learning_steps=(600,))

        assert _pauses(NEW_STATE, settings) == {AGAIN: 600, HARD: 900, GOOD: None, EASY: None}

    def test_a_later_step_is_repeated_by_hard_lost_by_again_and_passed_by_good(self):
        settings = replace(PLAIN, learning_steps=(60, 600, 3600))
        at_second = _preview(NEW_STATE, settings=settings)[GOOD]

        offered = _preview(at_second, settings=settings)

        assert at_second.step == 1
        assert {r: s.step for r, s in offered.items()} == {AGAIN: 0, HARD: 1, GOOD: 2, EASY: None}
        assert _pauses(at_second, settings) == {AGAIN: 60, HARD: 600, GOOD: 3600, EASY: None}

    def test_the_last_step_leads_into_review(self):
        at_last = _preview(NEW_STATE)[GOOD]

        graduated = _preview(at_last)[GOOD]

        assert (graduated.phase, graduated.step) == (Phase.REVIEW, None)

    def test_every_answer_in_steps_moves_the_memory_even_on_the_same_day(self):
        met = _preview(NEW_STATE)[AGAIN]

        again = _preview(met)[AGAIN]

        assert again.stability < met.stability
        assert again.difficulty > met.difficulty

    def test_a_step_that_the_settings_lost_counts_as_the_last_one(self):
        at_third = replace(_preview(NEW_STATE)[GOOD], step=2)

        assert _pauses(at_third) == {AGAIN: 60, HARD: 600, GOOD: None, EASY: None}

    def test_an_again_in_steps_is_no_lapse(self):
        assert _preview(_preview(NEW_STATE)[GOOD])[AGAIN].lapses == 0


class TestLapse:
    def test_a_forgotten_fact_relearns_and_is_counted(self):
        after = _preview(_in_review())[AGAIN]

        assert (after.phase, after.step, after.lapses) == (Phase.RELEARNING, 0, 2)
        assert after.due_at == NOW + timedelta(minutes=10)

    def test_relearning_has_steps_of_its_own(self):
        relearning = _preview(_in_review())[AGAIN]

        assert _pauses(relearning) == {AGAIN: 600, HARD: 900, GOOD: None, EASY: None}

    def test_relearning_counts_no_second_lapse(self):
        relearning = _preview(_in_review())[AGAIN]

        assert _preview(relearning)[AGAIN].lapses == relearning.lapses
        assert _preview(relearning)[AGAIN].phase is Phase.RELEARNING

    def test_without_relearning_steps_a_lapse_stays_in_review(self):
        settings = replace(PLAIN, relearning_steps=())
        known = _in_review(stability=200.0, days_ago=200, scheduled=200)

        after = _preview(known, settings=settings)[AGAIN]

        assert (after.phase, after.lapses) == (Phase.REVIEW, 2)
        assert after.due_at > NOW


class TestReviewDays:
    def test_a_review_falls_due_when_its_day_begins(self):
        after = _preview(_in_review())[GOOD]

        day = CLOCK.day_of(after.due_at)
        assert after.due_at == CLOCK.start_of(day)
        assert (day - CLOCK.day_of(NOW)).days == round(after.stability)

    def test_studying_after_midnight_counts_for_the_evening_before(self):
        evening, night = NOW.replace(hour=23), NOW.replace(day=3, hour=3)

        due = [_preview(_in_review(), now=now)[GOOD].due_at for now in (evening, night)]

        assert due[0] == due[1]

    def test_the_elapsed_time_is_counted_in_the_learners_days(self):
        met = replace(_in_review(), last_review_at=NOW.replace(hour=3, minute=59))

        earlier_today = replace(met, last_review_at=NOW.replace(hour=4))

        assert _preview(met)[GOOD].stability > _preview(earlier_today)[GOOD].stability

    def test_fuzz_does_not_undo_growth(self):
        known = _in_review(stability=30.0, days_ago=10, scheduled=40)
        grown = CLOCK.days_between(NOW, _preview(known)[HARD].due_at)

        fuzzed = [_preview(known, settings=MemorySettings(), seed=seed) for seed in range(200)]

        assert grown == 44
        assert min(CLOCK.days_between(NOW, offered[HARD].due_at) for offered in fuzzed) == 41

    def test_a_clock_that_went_back_counts_as_the_same_day(self):
        future = replace(_in_review(), last_review_at=NOW + timedelta(days=50))

        after = _preview(future)

        assert after == {
            rating: replace(state, last_review_at=NOW)
            for rating, state in _preview(replace(future, last_review_at=NOW)).items()
        }

    @given(known_states(Phase.REVIEW), settings_made, clocks, st.integers(0, 2**32))
    def test_ratings_are_strictly_apart_up_to_the_longest_interval(
        self, state, settings, clock, seed
    ):
        offered = _preview(state, clock=clock, settings=settings, seed=seed)

        days = [clock.days_between(NOW, offered[rating].due_at) for rating in (HARD, GOOD, EASY)]
        longest = settings.maximum_interval_days
        assert all(1 <= n <= longest for n in days)
        assert all(a < b or a == b == longest for a, b in pairwise(days))

    @given(known_states(Phase.REVIEW), st.floats(0.70, 0.96))
    def test_a_higher_retention_never_waits_longer(self, state, retention):
        low = _preview(state, settings=replace(PLAIN, desired_retention=retention))
        high = _preview(state, settings=replace(PLAIN, desired_retention=retention + 0.01))

        assert high[GOOD].due_at <= low[GOOD].due_at


class TestPreview:
    @given(known_states() | st.just(NEW_STATE), settings_made, clocks, st.integers())
    def test_every_review_is_what_the_button_promised(self, state, settings, clock, seed):
        given_ = {"now": NOW, "clock": clock, "settings": settings, "seed": seed}

        offered = preview(state, **given_)

        assert list(offered) == list(Rating)
        assert offered == {rating: review(state, rating, **given_) for rating in Rating}

    @given(known_states() | st.just(NEW_STATE), settings_made, clocks, st.integers())
    def test_every_state_has_moved_on(self, state, settings, clock, seed):
        for after in _preview(state, clock=clock, settings=settings, seed=seed).values():
            assert after.reps == state.reps + 1
            assert after.last_review_at == NOW < after.due_at
            assert MemoryState.from_json(after.to_json()) == after

    def test_seeds_spread_facts_that_were_learnt_together(self):
        known = _in_review(stability=60.0, days_ago=60, scheduled=60)

        dues = {_preview(known, settings=MemorySettings(), seed=n)[GOOD].due_at for n in range(99)}

        assert len(dues) > 10

    def test_without_fuzz_the_seed_changes_nothing(self):
        assert _preview(_in_review(), seed=1) == _preview(_in_review(), seed=2)

    def test_the_zone_in_which_now_is_told_changes_nothing(self):
        elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))

        assert _preview(_in_review(), now=elsewhere) == _preview(_in_review())

    def test_a_naive_now_is_refused(self):
        with pytest.raises(ValueError, match="time zone"):
            _preview(NEW_STATE, now=datetime(2026, 3, 2))  # noqa: DTZ001

    @pytest.mark.parametrize("rating", [0, 5, -1])
    def test_an_unknown_rating_is_refused(self, rating):
        with pytest.raises(Invalid) as caught:
            review(NEW_STATE, rating, now=NOW, clock=CLOCK, settings=PLAIN, seed=0)

        assert caught.value.problems[0].path == "rating"


class TestRetrievability:
    def test_is_certain_on_the_day_of_the_review(self):
        assert retrievability(_in_review(days_ago=0), now=NOW, clock=CLOCK) == 1.0

    @pytest.mark.parametrize("weights", [None, (*DEFAULT_WEIGHTS[:-1], 0.5)])
    def test_is_nine_tenths_once_the_stability_has_passed(self, weights):
        known = _in_review(stability=10.0, days_ago=10)

        recall = retrievability(known, now=NOW, clock=CLOCK, weights=weights)

        assert recall == pytest.approx(0.9)

    def test_follows_the_power_curve(self):
        # By hand for a decay of 0.5: f = 0.9^-2 - 1 = 19/81; (1 + 19/81 * 100/10)^-0.5.
        known = _in_review(stability=10.0, days_ago=100)

        recall = retrievability(known, now=NOW, clock=CLOCK, weights=(*DEFAULT_WEIGHTS[:-1], 0.5))

        assert recall == pytest.approx((1 + 190 / 81) ** -0.5)

    def test_is_none_for_a_fact_never_met(self):
        assert retrievability(NEW_STATE, now=NOW, clock=CLOCK) == 0.0

    @given(known_states(), st.integers(0, 2000))
    def test_only_falls_with_time(self, state, days):
        later = NOW + timedelta(days=days)

        recalls = [retrievability(state, now=now, clock=CLOCK) for now in (NOW, later)]

        assert 0 <= recalls[1] <= recalls[0] <= 1

    @given(st.floats(0.70, 0.97), st.floats(30, 3000))
    def test_at_the_interval_of_the_model_it_is_the_desired_retention(self, retention, stability):
        known = _in_review(stability=stability)
        settings = replace(PLAIN, desired_retention=retention)

        after = _preview(known, settings=settings)[GOOD]
        recall = retrievability(after, now=after.due_at, clock=CLOCK)

        assert recall == pytest.approx(retention, abs=0.02)
