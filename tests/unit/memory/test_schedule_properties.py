"""What holds for every memory, setting, chance and load."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import DEFAULT_WEIGHTS, outcomes, recall_after
from quizapp.memory.replay import Event, replay
from quizapp.memory.scheduler import balanced_days, given_days, preview, repeat, review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)
TODAY = NOW.date()
PASSING = (Rating.HARD, Rating.GOOD, Rating.EASY)

clocks = st.builds(
    LearnerClock,
    st.sampled_from(["Europe/London", "Africa/Cairo", "Asia/Kathmandu", "America/New_York"]),
    st.integers(0, 23),
)
limits = st.tuples(st.integers(1, 40), st.integers(1, 400)).map(sorted)
easy_days_made = st.tuples(*[st.sampled_from([0, 50, 100])] * 6, st.just(100))
due_counts_made = st.none() | st.dictionaries(
    st.integers(0, 100).map(lambda n: TODAY + timedelta(days=n)), st.integers(0, 99), max_size=60
)


@st.composite
def settings_made(draw):
    minimum, maximum = draw(limits)
    return MemorySettings(
        desired_retention=draw(st.sampled_from([0.7, 0.8, 0.9, 0.95, 0.97])),
        learning_steps=draw(st.sampled_from([(), (60,), (60, 600), (60, 600, 3600)])),
        relearning_steps=draw(st.sampled_from([(), (600,), (600, 1200)])),
        minimum_interval_days=minimum,
        maximum_interval_days=maximum,
        weights=draw(st.sampled_from([None, (*DEFAULT_WEIGHTS[:-1], 0.5)])),
        fuzz=draw(st.booleans()),
        load_balance=draw(st.booleans()),
        easy_days=draw(easy_days_made),
    )


@st.composite
def states(draw, phase=None):
    phase = phase or draw(st.sampled_from([Phase.LEARNING, Phase.REVIEW, Phase.RELEARNING]))
    last = NOW - timedelta(hours=draw(st.integers(0, 10_000)))
    return MemoryState(
        phase,
        None if phase is Phase.REVIEW else draw(st.integers(0, 3)),
        draw(st.floats(0.001, 3_000)),
        draw(st.floats(1, 10)),
        last + timedelta(hours=draw(st.integers(1, 10_000))),
        last,
        draw(st.integers(1, 1000)),
        draw(st.integers(0, 100)),
    )


any_state = states() | st.just(NEW_STATE)
rules = st.fixed_dictionaries(
    {
        "now": st.just(NOW),
        "clock": clocks,
        "settings": settings_made(),
        "seed": st.integers(0, 2**40),
        "due_counts": due_counts_made,
    }
)


@given(states(Phase.REVIEW), rules)
def test_passing_ratings_are_days_apart_up_to_the_longest_interval(state, rules):
    offered = preview(state, **rules)

    days = [given_days(offered[rating], rules["clock"]) for rating in PASSING]
    longest = rules["settings"].maximum_interval_days
    assert all(a < b or a == b == longest for a, b in pairwise(days))


@given(any_state, rules)
@example(
    MemoryState(Phase.LEARNING, 0, 13.0, 1.0, NOW - timedelta(1), NOW - timedelta(1, 3600), 1, 0),
    {
        "now": NOW,
        "clock": LearnerClock("Asia/Kathmandu", 17),
        "settings": MemorySettings(
            desired_retention=0.7,
            learning_steps=(),
            relearning_steps=(),
            maximum_interval_days=8,
            weights=(*DEFAULT_WEIGHTS[:-1], 0.5),
            easy_days=(0, 0, 0, 0, 0, 0, 100),
        ),
        "seed": 243,
        "due_counts": {},
    },
)
def test_easy_is_the_longest_wherever_one_starts(state, rules):
    offered = preview(state, **rules)

    easy = given_days(offered[Rating.EASY], rules["clock"])
    others = [given_days(offered[r], rules["clock"]) or 0 for r in (Rating.HARD, Rating.GOOD)]
    assert easy > max(others) or easy == rules["settings"].maximum_interval_days


@given(any_state, rules)
def test_a_better_rating_never_gives_fewer_days(state, rules):
    offered = preview(state, **rules)

    days = [given_days(offered[rating], rules["clock"]) or 0 for rating in Rating]
    again, *passing = days
    assert passing == sorted(passing)
    assert again <= max(passing[1:])


@given(any_state, rules)
def test_days_stay_within_the_limits(state, rules):
    low = rules["settings"].minimum_interval_days
    high = rules["settings"].maximum_interval_days

    for after in preview(state, **rules).values():
        days = given_days(after, rules["clock"])
        assert days is None or low <= days <= high


@given(any_state, rules)
def test_what_a_button_shows_is_what_it_gives(state, rules):
    offered = preview(state, **rules)

    assert offered == {rating: review(state, rating, **rules) for rating in Rating}


@given(any_state, rules, due_counts_made)
def test_what_was_shown_is_given_though_what_is_due_has_changed(state, rules, later_counts):
    shown = preview(state, **rules)
    later = rules | {"due_counts": later_counts}

    for rating, after in shown.items():
        promised = given_days(after, rules["clock"])
        if promised is not None:
            assert review(state, rating, promised=promised, **later) == after


@given(
    st.floats(0.01, 2_000),
    st.floats(1.001, 3),
    st.floats(1, 10),
    st.integers(0, 2**40),
    st.booleans(),
)
def test_a_stabler_memory_never_waits_less(stability, factor, difficulty, seed, fuzz):
    # Of the same age, in steps: in review an interval also looks to the one before it.
    clock = LearnerClock("UTC", 4)
    last = NOW - timedelta(days=20)
    made = [
        MemoryState(Phase.RELEARNING, 0, s, difficulty, NOW, last, 5, 1)
        for s in (stability, stability * factor)
    ]
    waits = []
    for state in made:
        raw = outcomes(state, elapsed_days=20, retention=0.9, weights=None)[Rating.GOOD].interval
        offered = preview(
            state, now=NOW, clock=clock, settings=MemorySettings(fuzz=fuzz), seed=seed
        )
        waits.append((raw, given_days(offered[Rating.GOOD], clock)))

    # What the model wants decides, and it need not grow with stability in a memory long overdue.
    (raw, days), (stabler_raw, stabler_days) = waits
    assert days <= stabler_days or stabler_raw < raw


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(Rating),
            st.timedeltas(timedelta(hours=-3), timedelta(days=90)),
            st.integers(0, 2**40),
            st.none() | st.floats(0.01, 1),
        ),
        max_size=15,
    ),
    clocks,
    settings_made(),
    st.booleans(),
)
def test_a_replay_of_the_log_is_exact_with_chance_and_balance(history, clock, chosen, shown_early):
    live, now, log, due = NEW_STATE, NOW, [], Counter()
    for number, (rating, gap, seed, chance) in enumerate(history):
        now += gap
        known = None if rating is Rating.EASY else chance
        rules = {"now": now, "clock": clock, "settings": chosen, "seed": seed, "known": known}
        promised = None
        if shown_early:
            promised = given_days(preview(live, **rules, due_counts=due)[rating], clock)
            due[now.date() + timedelta(days=number)] += 40
        live = review(live, rating, **rules, due_counts=due, promised=promised)
        # Others that are due, of which the log knows nothing.
        due.update({now.date() + timedelta(days=n): n * 7 % 5 for n in range(60)})
        at = MemoryState.from_json(live.to_json()).last_review_at
        days = given_days(live, clock)
        log.append(Event(rating, at, seed, clock, chosen, days=days, known=known))

    assert replay(log) == live


@given(
    states(),
    settings_made(),
    st.integers(0, 2**40),
    due_counts_made.filter(bool),
    st.none() | st.floats(0.01, 1),
)
# Good is a pause, and yet Easy is above the days that it would have got.
@example(
    MemoryState(Phase.LEARNING, 0, 1.0, 1.0, NOW + timedelta(hours=1), NOW, reps=1, lapses=0),
    MemorySettings(
        desired_retention=0.95,
        learning_steps=(),
        minimum_interval_days=3,
        maximum_interval_days=5,
        easy_days=(0, 0, 0, 0, 0, 0, 100),
    ),
    1,
    {TODAY + timedelta(days=3): 1},
    None,
)
def test_what_is_due_on_other_days_than_the_balanced_ones_does_not_matter(
    state, chosen, seed, due, known
):
    rules = {"now": NOW, "clock": LearnerClock("UTC", 4), "settings": chosen, "known": known}
    offered = preview(state, **rules, seed=seed, due_counts=due)

    for rating in (None, *Rating):
        days = balanced_days(state, **rules, rating=rating)
        told = {day: due[day] for day in due if days and days[0] <= day <= days[1]}
        within = preview(state, **rules, seed=seed, due_counts=told if days else None)
        for each in Rating if rating is None else (rating,):
            if days or rating is None:
                assert within[each] == offered[each]


@given(states(Phase.REVIEW), clocks, st.floats(0.01, 0.99))
def test_what_may_be_a_guess_counts_for_less(state, clock, known):
    rules = {"now": NOW, "clock": clock, "settings": MemorySettings(fuzz=False), "seed": 1}

    sure = preview(state, **rules)
    guessed = preview(state, **rules, known=known)

    assert guessed[Rating.AGAIN] == sure[Rating.AGAIN]
    for rating in (Rating.HARD, Rating.GOOD):
        assert sure[Rating.AGAIN].stability <= guessed[rating].stability <= sure[rating].stability
        assert guessed[rating].due_at <= sure[rating].due_at


class TestTheBoundary:
    clock = LearnerClock("UTC", 4)
    plain = MemorySettings(fuzz=False)

    def _known(self):
        last = NOW - timedelta(days=10)
        return MemoryState(Phase.REVIEW, None, 10.0, 5.0, NOW, last, 4, 0)

    def _review(self, rating=Rating.GOOD, **changes):
        rules = {"now": NOW, "clock": self.clock, "settings": self.plain, "seed": 1} | changes
        return review(self._known(), rating, **rules)

    @pytest.mark.parametrize("rating", [0, 5, True, 3.0, "3", None])
    def test_what_is_no_rating_is_refused(self, rating):
        with pytest.raises(Invalid) as caught:
            self._review(rating)

        assert caught.value.problems[0].path == "rating"

    def test_what_may_be_a_guess_is_never_easy(self):
        with pytest.raises(Invalid) as caught:
            self._review(Rating.EASY, known=0.9)

        assert caught.value.problems[0].path == "rating"

    @pytest.mark.parametrize("changes", [{"fuzz": False}, {"load_balance": False}])
    def test_without_chance_or_balance_no_day_matters(self, changes):
        rules = {"now": NOW, "clock": self.clock, "settings": MemorySettings(**changes)}

        assert balanced_days(self._known(), **rules) is None

    @pytest.mark.parametrize("days", [-1, 0, 1, 10_000, True, 28.0])
    def test_a_promise_that_chance_could_not_give_is_refused(self, days):
        with pytest.raises(Invalid) as caught:
            self._review(promised=days)

        assert caught.value.problems[0].path == "promised"

    def test_without_chance_only_the_one_interval_may_have_been_promised(self):
        after = self._review()
        days = given_days(after, self.clock)

        assert self._review(promised=days) == after
        with pytest.raises(Invalid):
            self._review(promised=days + 1)

    def test_a_pause_promises_no_days(self):
        with pytest.raises(Invalid):
            self._review(Rating.AGAIN, promised=1)

    @pytest.mark.parametrize("days", [0, -1, 36_501, True, 2.0])
    def test_a_log_that_tells_no_interval_is_refused(self, days):
        with pytest.raises(Invalid):
            repeat(
                self._known(),
                Rating.GOOD,
                days=days,
                now=NOW,
                clock=self.clock,
                settings=self.plain,
            )

    def test_a_wrong_count_is_refused(self):
        with pytest.raises(Invalid):
            self._review(due_counts={TODAY: -1})

    @pytest.mark.parametrize("year", [1, 1969, 9000, 9999])
    def test_a_clock_gone_wrong_is_refused(self, year):
        with pytest.raises(ValueError, match=str(year)):
            self._review(now=NOW.replace(year=year))

    @pytest.mark.parametrize("retention", [0, 1, 1.2, -0.5, float("nan")])
    def test_the_model_is_asked_for_no_retention_that_it_would_take_silently(self, retention):
        with pytest.raises(ValueError, match="retention"):
            outcomes(self._known(), elapsed_days=1, retention=retention, weights=None)

    @pytest.mark.parametrize("days", [-1, 1.5, True])
    def test_the_model_counts_whole_days(self, days):
        with pytest.raises(ValueError, match="counted"):
            outcomes(self._known(), elapsed_days=days, retention=0.9, weights=None)

    @pytest.mark.parametrize(("days", "stability"), [(-1, 1), (1, 0), (1, float("nan"))])
    def test_recall_has_an_age_and_a_stability(self, days, stability):
        with pytest.raises(ValueError, match="stable"):
            recall_after(days, stability, None)


def test_settings_decide_and_not_what_was_set_before():
    # A step that is gone, a limit that came: the next answer follows the settings of its day.
    clock = LearnerClock("UTC", 4)
    state = MemoryState(Phase.RELEARNING, 3, 50.0, 5.0, NOW, NOW, 9, 2)
    tight = replace(MemorySettings(), maximum_interval_days=5, minimum_interval_days=5)

    offered = preview(state, now=NOW, clock=clock, settings=tight, seed=1)

    assert given_days(offered[Rating.GOOD], clock) == given_days(offered[Rating.EASY], clock) == 5
