"""Choosing the questions of an attempt."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from quizapp.grading.selection import Candidate, Picked, Place, option_order, question_order, select

ONE = Fraction(1)


def draw(pool: dict[int, int], count: int, mark: Fraction = ONE) -> Place:
    """Return a draw from questions given as {question: fact}."""
    return Place(tuple(Candidate(q, f) for q, f in pool.items()), count, mark)


def fixed(question: int, fact: int) -> Place:
    return Place((Candidate(question, fact),), 1, ONE, is_fixed=True)


def test_fixed_questions_keep_their_order_and_their_points() -> None:
    places = [fixed(3, 30), fixed(1, 10), fixed(2, 20)]

    picked = select(places, seed=7)

    assert picked == (Picked(3, 30, ONE), Picked(1, 10, ONE), Picked(2, 20, ONE))


def test_the_same_seed_draws_the_same() -> None:
    places = [draw({n: n for n in range(100)}, 10)]

    assert select(places, seed=1) == select(places, seed=1)
    assert select(places, seed=1) != select(places, seed=2)


def test_what_the_database_lists_in_another_order_is_drawn_alike() -> None:
    pool = {n: n % 7 for n in range(30)}
    reordered = dict(reversed(pool.items()))

    assert select([draw(pool, 5)], seed=3) == select([draw(reordered, 5)], seed=3)


def test_every_question_is_drawn_about_as_often() -> None:
    pool = {n: n for n in range(5)}

    drawn = Counter(
        one.question_id for seed in range(2000) for one in select([draw(pool, 2)], seed=seed)
    )

    assert all(700 < drawn[question] < 900 for question in pool)


def test_a_fact_with_many_forms_is_not_drawn_more_often() -> None:
    pool = {1: 10, 2: 10, 3: 10, 4: 20}

    facts = Counter(select([draw(pool, 1)], seed=seed)[0].fact_id for seed in range(1000))

    assert 420 < facts[10] < 580


def test_a_pool_that_is_too_small_gives_what_it_has() -> None:
    assert len(select([draw({1: 1, 2: 2}, 5)], seed=1)) == 2


def test_an_empty_pool_gives_nothing() -> None:
    assert select([draw({}, 3)], seed=1) == ()


def test_a_draw_leaves_the_facts_of_fixed_questions_alone_wherever_they_stand() -> None:
    places = [draw({1: 10, 2: 20}, 2), fixed(3, 10)]

    for seed in range(20):
        assert [one.question_id for one in select(places, seed=seed)] == [2, 3]


def test_a_second_fixed_question_on_one_fact_is_left_out() -> None:
    assert [one.question_id for one in select([fixed(1, 10), fixed(2, 10)], seed=1)] == [1]


def test_a_wide_draw_does_not_starve_a_narrow_one_after_it() -> None:
    wide, narrow = draw({1: 1, 2: 2}, 1), draw({1: 1}, 1)

    for seed in range(20):
        assert [one.question_id for one in select([wide, narrow], seed=seed)] == [2, 1]


@st.composite
def quizzes(drawn: st.DrawFn) -> list[Place]:
    forms = st.dictionaries(st.integers(0, 11), st.integers(0, 5), max_size=6)
    places = st.builds(draw, forms, st.integers(1, 3))
    return drawn(st.lists(places, max_size=4))


def most_that_fit(places: list[Place]) -> int:
    """Return the size of the largest choice, by trying every owner for every fact."""
    facts = sorted({c.fact_id for place in places for c in place.candidates})
    best = 0
    for owners in product(range(-1, len(places)), repeat=len(facts)):
        chosen = Counter(owner for owner in owners if owner >= 0)
        possible = all(
            owner < 0 or any(c.fact_id == fact for c in places[owner].candidates)
            for fact, owner in zip(facts, owners, strict=True)
        )
        if possible and all(chosen[index] <= place.count for index, place in enumerate(places)):
            best = max(best, sum(chosen.values()))
    return best


@given(quizzes(), st.integers(0, 1000))
def test_no_fact_is_asked_twice_and_no_place_is_left_empty_needlessly(
    places: list[Place], seed: int
) -> None:
    picked = select(places, seed=seed)

    facts = [one.fact_id for one in picked]
    known = {(c.question_id, c.fact_id) for place in places for c in place.candidates}
    assert len(set(facts)) == len(facts)
    assert {(one.question_id, one.fact_id) for one in picked} <= known
    assert len(picked) == most_that_fit(places)


class TestOptionOrder:
    def test_it_is_a_permutation_that_the_seed_repeats(self) -> None:
        order = option_order(6, seed=5, slot=2)

        assert sorted(order) == list(range(6))
        assert order == option_order(6, seed=5, slot=2)

    def test_slots_of_one_attempt_differ(self) -> None:
        assert len({option_order(6, seed=5, slot=slot) for slot in range(20)}) > 15

    def test_locked_options_keep_their_place(self) -> None:
        orders = {option_order(6, seed=5, slot=slot, locked={0, 5}) for slot in range(20)}

        assert len(orders) > 10
        assert {(order[0], order[5]) for order in orders} == {(0, 5)}

    def test_no_options_have_no_order(self) -> None:
        assert option_order(0, seed=5, slot=0) == ()


def test_what_was_met_before_is_drawn_only_when_nothing_else_is_left() -> None:
    met = {1, 2, 3}
    pool = tuple(Candidate(n, n, is_met=n in met) for n in range(6))

    for seed in range(50):
        few = select([Place(pool, 3, ONE)], seed=seed)
        many = select([Place(pool, 5, ONE)], seed=seed)

        assert {one.question_id for one in few} == {0, 4, 5}
        assert len(many) == 5
        assert {0, 4, 5} < {one.question_id for one in many}


def test_another_form_of_a_fact_is_taken_when_one_was_met() -> None:
    pool = (Candidate(1, 10, is_met=True), Candidate(2, 10))

    assert {select([Place(pool, 1, ONE)], seed=seed)[0].question_id for seed in range(20)} == {2}


def test_a_fixed_question_is_asked_again_and_again() -> None:
    again = Place((Candidate(1, 10, is_met=True),), 1, ONE, is_fixed=True)

    assert select([again], seed=1) == (Picked(1, 10, ONE),)


def test_questions_come_in_an_order_of_chance_that_the_seed_repeats() -> None:
    picked = [Picked(n, n, ONE) for n in range(20)]

    assert question_order(picked, seed=1) == question_order(picked, seed=1)
    assert question_order(picked, seed=1) != tuple(picked)
    assert sorted(question_order(picked, seed=1), key=lambda one: one.fact_id) == picked
