"""Which facts a practice asks, and in which form."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.grading.practice import (
    BAND,
    MAX_LENGTH,
    TITLE_LIMIT,
    Choice,
    Prospect,
    distance,
    draw,
    pick_forms,
    title,
)
from quizapp.grading.settings import Behaviour
from quizapp.memory.state import MemoryState, Phase

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
LOW, HIGH = BAND
RECALLS = st.one_of(st.none(), st.floats(0, 1), st.sampled_from([LOW, HIGH, 0.7, 1.0]))


@st.composite
def prospects_of(draw_from):
    recalls = draw_from(st.lists(RECALLS, max_size=40))
    return [Prospect(number, number % 3, recall=recall) for number, recall in enumerate(recalls)]


def remembered(stability: float, reps: int) -> MemoryState:
    return MemoryState(Phase.REVIEW, None, stability, 5.0, NOON, NOON, reps, 0)


def ids(drawn):
    return [one.fact_id for one in drawn]


def rank(one: Prospect) -> tuple[bool, float]:
    return one.is_new, 0.0 if one.recall is None else distance(one.recall)


SEEDS = st.integers(0, 2**63 - 1)
COUNTS = st.integers(1, 50)


class TestTheDraw:
    @given(prospects_of(), COUNTS, SEEDS)
    def test_nothing_left_out_was_nearer_to_the_band(self, prospects, count, seed):
        drawn = draw(prospects, count=count, seed=seed)

        left = [one for one in prospects if one not in drawn]
        assert all(rank(taken) <= rank(other) for taken in drawn for other in left)

    @given(prospects_of(), COUNTS, SEEDS)
    def test_it_goes_from_the_band_outwards_and_ends_with_new_facts(self, prospects, count, seed):
        ranks = [rank(one) for one in draw(prospects, count=count, seed=seed)]

        assert ranks == sorted(ranks)

    @given(prospects_of(), COUNTS, SEEDS)
    def test_each_fact_comes_once_and_as_many_as_there_are(self, prospects, count, seed):
        drawn = ids(draw(prospects, count=count, seed=seed))

        assert len(drawn) == len(set(drawn)) == min(count, len(prospects))

    @given(prospects_of(), COUNTS, SEEDS, st.randoms())
    def test_it_is_repeated_by_its_seed_however_the_facts_are_listed(
        self, prospects, count, seed, chance
    ):
        once = draw(prospects, count=count, seed=seed)
        chance.shuffle(prospects)

        assert draw(prospects, count=count, seed=seed) == once

    @given(prospects_of(), COUNTS, SEEDS, st.frozensets(st.integers(0, 40)))
    def test_facts_asked_just_now_come_after_all_others(self, prospects, count, seed, last):
        drawn = [one.fact_id in last for one in draw(prospects, count=count, seed=seed, last=last)]

        assert drawn == sorted(drawn)
        others = sum(one.fact_id not in last for one in prospects)
        assert drawn.count(False) == min(count, others)

    def test_another_seed_draws_others_of_the_same_rank(self):
        prospects = [Prospect(number, 1, recall=0.7) for number in range(100)]

        assert draw(prospects, count=10, seed=1) != draw(prospects, count=10, seed=2)

    def test_equals_are_drawn_about_as_often(self):
        prospects = [Prospect(number, 1, recall=0.7) for number in range(5)]

        drawn = Counter(
            fact for seed in range(2000) for fact in ids(draw(prospects, count=2, seed=seed))
        )

        assert all(700 < drawn[fact] < 900 for fact in range(5))

    def test_the_ends_of_the_band_belong_to_it(self):
        recalls = {1: 0.5999, 2: 0.60, 3: 0.85, 4: 0.8501}
        prospects = [Prospect(fact, 1, recall=recall) for fact, recall in recalls.items()]

        assert [one.fact_id for one in prospects if one.is_in_band] == [2, 3]

    def test_what_is_fresh_comes_before_what_is_far_gone_if_it_is_nearer(self):
        prospects = [Prospect(1, 1), Prospect(2, 1, recall=0.2), Prospect(3, 1, recall=1.0)]

        assert ids(draw(prospects, count=3, seed=4)) == [3, 2, 1]


class TestTheForm:
    AVAILABLE = {7: {1: [11], 2: [12], 3: [13]}}

    @pytest.mark.parametrize(
        ("state", "question"),
        [(None, 11), (remembered(1, 3), 11), (remembered(5, 3), 12), (remembered(40, 3), 13)],
    )
    def test_it_grows_with_the_memory(self, state, question):
        given_state = {} if state is None else {"state": state, "recall": 0.7}
        prospect = Prospect(7, 1, **given_state)

        (picked,) = pick_forms([prospect], self.AVAILABLE)

        assert (picked.question_id, picked.fact_id, picked.max_mark) == (question, 7, 1)

    def test_a_fact_without_a_question_is_refused(self):
        with pytest.raises(Invalid):
            pick_forms([Prospect(8, 1)], self.AVAILABLE)


class TestTheChoice:
    @pytest.mark.parametrize("length", [0, -1, MAX_LENGTH + 1, 10**9])
    def test_a_length_out_of_range_is_refused(self, length):
        with pytest.raises(Invalid) as refused:
            Choice(length=length)

        assert refused.value.problems[0].path == "length"

    @pytest.mark.parametrize("behaviour", Behaviour)
    def test_the_attempt_runs_as_chosen_and_counts_for_the_memory(self, behaviour):
        settings = Choice(behaviour=behaviour).settings

        assert settings.behaviour is behaviour
        assert settings.counts_for_memory
        assert settings.time_limit_minutes is None


class TestTheTitle:
    def test_it_names_the_topics(self):
        assert title(["Aleppo", "Astana"]) == "Practice: Aleppo, Astana"
        assert title([]) == "Practice: all topics"

    def test_what_does_not_fit_is_counted(self):
        titles = [f"A topic with a rather long name {number}" for number in range(10)]

        assert title(titles).endswith("name 3, A topic with a rather long name 4 and 5 more")

    @given(st.lists(st.text(min_size=1, max_size=TITLE_LIMIT), max_size=20))
    def test_it_always_fits(self, titles):
        assert len(title(titles)) <= TITLE_LIMIT
