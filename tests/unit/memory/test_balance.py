"""Choosing among the days that chance may give."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.memory.balance import Load, choose
from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import given_days, preview
from quizapp.memory.settings import EVERY_DAY, MemorySettings
from quizapp.memory.state import MemoryState, Phase, Rating

USUAL = MemorySettings()
MONDAY = date(2026, 3, 2)
NO_SUNDAY = (100, 100, 100, 100, 100, 100, 0)
HALF_SUNDAY = (100, 100, 100, 100, 100, 100, 50)
CHANCES = [n / 1000 for n in range(1000)]
counts_made = st.dictionaries(
    st.integers(1, 60).map(lambda n: MONDAY + timedelta(days=n)), st.integers(0, 500), max_size=40
)


def _picked(low, high, counts, easy_days=EVERY_DAY):
    """Return how often each number of days is picked by a thousand even chances."""
    due_counts = {MONDAY + timedelta(days=n): count for n, count in counts.items()}
    load = Load(MONDAY, due_counts, easy_days)
    return Counter(choose(low, high, load=load, chance=chance) for chance in CHANCES)


class TestChoose:
    def test_prefers_days_on_which_less_is_due(self):
        picked = _picked(8, 12, {8: 10, 9: 10, 10: 1, 11: 10, 12: 10})

        assert picked[10] > 700
        assert set(picked) == {8, 9, 10, 11, 12}

    def test_prefers_the_sooner_of_days_with_the_same_count(self):
        picked = _picked(8, 16, dict.fromkeys(range(8, 17), 3))

        assert [picked[n] for n in range(8, 17)] == sorted(picked.values(), reverse=True)
        assert picked[8] > picked[16]

    def test_a_day_of_rest_is_avoided_even_when_nothing_is_due_on_it(self):
        # 2 March 2026 is a Monday: six and thirteen days on are Sundays.
        busy = {n: 40 for n in range(4, 16) if n not in (6, 13)}

        assert not _picked(4, 15, busy, NO_SUNDAY).keys() & {6, 13}

    def test_a_day_of_rest_is_taken_where_there_is_no_other(self):
        assert set(_picked(6, 6, {}, NO_SUNDAY)) == {6}

    def test_a_half_day_fills_to_half_of_what_the_others_carry(self):
        counts = Counter()
        for round_ in range(1400):
            chance = CHANCES[round_ * 617 % 1000]
            due_counts = {MONDAY + timedelta(days=n): count for n, count in counts.items()}
            load = Load(MONDAY, due_counts, HALF_SUNDAY)
            counts[choose(2, 8, load=load, chance=chance)] += 1

        usual = (counts.total() - counts[6]) / 6
        assert counts[6] / usual == pytest.approx(0.5, abs=0.05)

    @given(st.integers(1, 60), st.integers(0, 20), counts_made, st.floats(0, 1, exclude_max=True))
    def test_stays_within_what_chance_may_give(self, low, width, counts, chance):
        load = Load(MONDAY, counts, HALF_SUNDAY)

        assert low <= choose(low, low + width, load=load, chance=chance) <= low + width

    @pytest.mark.parametrize(
        "due_counts", [{MONDAY: -1}, {MONDAY: 1.5}, {MONDAY: True}, {"2026-03-02": 1}]
    )
    def test_a_wrong_count_is_refused(self, due_counts):
        with pytest.raises(Invalid):
            Load(MONDAY, due_counts, EVERY_DAY)


class TestInTheScheduler:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    clock = LearnerClock("Asia/Tehran", 4)

    def _offered(self, stability, due_counts, seed, settings=USUAL):
        last = self.now - timedelta(days=stability)
        state = MemoryState(Phase.REVIEW, None, float(stability), 5.0, self.now, last, 4, 0)
        offered = preview(
            state,
            now=self.now,
            clock=self.clock,
            settings=settings,
            seed=seed,
            due_counts=due_counts,
        )
        return {rating: given_days(after, self.clock) for rating, after in offered.items()}

    def _busy_but_for(self, free, upto=120):
        days = (MONDAY + timedelta(days=n) for n in range(upto) if n != free)
        return dict.fromkeys(days, 50)

    def test_goes_to_the_free_day(self):
        usual = {self._offered(6, {}, seed)[Rating.GOOD] for seed in range(200)}
        free = sorted(usual)[len(usual) // 2]

        picked = Counter(
            self._offered(6, self._busy_but_for(free), seed)[Rating.GOOD] for seed in range(200)
        )

        assert picked[free] > 190

    def test_intervals_over_ninety_days_are_left_to_chance(self):
        balanced = [self._offered(300, self._busy_but_for(40, 3000), n) for n in range(50)]

        assert balanced == [self._offered(300, None, n) for n in range(50)]

    @pytest.mark.parametrize("settings", [{"load_balance": False}, {"fuzz": False}])
    def test_is_off_when_it_or_chance_is_turned_off(self, settings):
        settings = MemorySettings(**settings)

        for seed in range(30):
            busy = self._offered(6, self._busy_but_for(18), seed, settings)
            assert busy == self._offered(6, None, seed, settings)
