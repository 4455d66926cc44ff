"""Which form of question suits a memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.memory.forms import CUED, FREE, RECOGNITION, FormPolicy, choose_form

ALL = {RECOGNITION: [11], CUED: [22], FREE: [33]}


@pytest.mark.parametrize(
    ("stability", "reps", "question"),
    [
        (None, 0, 11),
        (20.0, 0, 11),
        (2.99, 4, 11),
        (3.0, 4, 22),
        (13.99, 4, 22),
        (14.0, 4, 33),
        (900.0, 4, 33),
    ],
)
def test_the_form_grows_with_the_memory(stability, reps, question):
    assert choose_form(stability, reps, ALL) == question


@pytest.mark.parametrize(
    ("stability", "available", "question"),
    [
        (50.0, {RECOGNITION: [11], CUED: [22]}, 22),
        (50.0, {RECOGNITION: [11], CUED: []}, 11),
        (5.0, {RECOGNITION: [11], FREE: [33]}, 11),
        (5.0, {FREE: [33]}, 33),
        (1.0, {CUED: [22], FREE: [33]}, 22),
    ],
)
def test_the_nearest_easier_form_stands_in_and_then_the_nearest_harder(
    stability, available, question
):
    assert choose_form(stability, 3, available) == question


def test_questions_of_one_form_take_turns():
    chosen = [choose_form(1.0, reps, {RECOGNITION: [5, 6, 7]}) for reps in range(1, 5)]

    assert chosen == [6, 7, 5, 6]


@pytest.mark.parametrize("available", [{}, {RECOGNITION: []}])
def test_a_fact_without_questions_is_refused(available):
    with pytest.raises(Invalid, match="no question"):
        choose_form(1.0, 1, available)


@given(
    st.none() | st.floats(0.001, 36_500),
    st.integers(0, 500),
    st.dictionaries(
        st.sampled_from([1, 2, 3]), st.lists(st.integers(), min_size=1, max_size=4), min_size=1
    ),
)
def test_there_is_a_question_whenever_one_exists(stability, reps, available):
    chosen = choose_form(stability, reps, available)

    assert any(chosen in ids for ids in available.values())


@pytest.mark.parametrize(
    ("stability", "question"), [(0.5, 11), (6.9, 11), (7.0, 22), (29.9, 22), (30.0, 33)]
)
def test_a_course_chooses_from_when_on_more_is_asked(stability, question):
    assert choose_form(stability, 3, ALL, FormPolicy(7, 30)) == question


def test_equal_days_leave_the_cue_out():
    asked = [choose_form(days, 3, ALL, FormPolicy(10, 10)) for days in (9.9, 10.0)]

    assert asked == [11, 33]


def test_mixed_forms_take_turns_and_their_questions_too():
    available = {FREE: [33], RECOGNITION: [11, 12], CUED: []}
    mixed = FormPolicy(is_mixed=True)

    assert [choose_form(90.0, reps, available, mixed) for reps in range(5)] == [11, 33, 12, 33, 11]


def test_without_rotation_the_first_question_of_a_form_is_asked():
    policy = FormPolicy(rotates=False)

    assert {choose_form(1.0, reps, {RECOGNITION: [5, 6]}, policy) for reps in range(4)} == {5}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"cued_from_days": -1}, "cued_from_days"),
        ({"free_from_days": 366}, "free_from_days"),
        ({"cued_from_days": True}, "cued_from_days"),
        ({"cued_from_days": 15}, "free_from_days"),
        ({"is_mixed": "yes"}, "is_mixed"),
        ({"rotates": None}, "rotates"),
    ],
)
def test_a_wrong_policy_says_where(given, path):
    with pytest.raises(Invalid) as refused:
        FormPolicy(**given)

    assert [problem.path for problem in refused.value.problems] == [path]


def test_a_policy_is_read_back_as_it_was_written():
    policy = FormPolicy(2, 40, is_mixed=True, rotates=False)

    assert FormPolicy.parse(policy.dump()) == policy
    assert FormPolicy.parse(None) == FormPolicy()
    with pytest.raises(Invalid, match="no such setting"):
        FormPolicy.parse({"ever": 1})
