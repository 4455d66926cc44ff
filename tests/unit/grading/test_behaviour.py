"""What a slot earns under each behaviour."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.grading.behaviour import CERTAINTIES, Logged, most_share, settle
from quizapp.grading.settings import Behaviour, QuizSettings
from quizapp.questions.base import Grade

#: A response is the fraction that it earns.
RIGHT, HALF, WRONG = Fraction(1), Fraction(1, 2), Fraction(0)
RESPONSES = st.sampled_from([RIGHT, HALF, Fraction(1, 3), WRONG])


def quiz(behaviour: Behaviour, **settings: int) -> QuizSettings:
    return QuizSettings(behaviour=behaviour, **settings)


def share(settings: QuizSettings, logged: Logged, *, is_submitted: bool = True) -> Fraction:
    return settle(settings, logged, Grade, is_submitted=is_submitted).share


class TestDeferred:
    def test_the_response_saved_last_counts(self) -> None:
        settled = settle(quiz(Behaviour.DEFERRED), Logged(HALF), Grade, is_submitted=True)

        assert (settled.response, settled.share, settled.most) == (HALF, HALF, 1)
        assert (settled.tries, settled.is_final, settled.first) == ((), False, Grade(HALF))

    def test_an_empty_slot_earns_nothing_and_tells_the_memory_nothing(self) -> None:
        settled = settle(quiz(Behaviour.DEFERRED), Logged(None), Grade, is_submitted=True)

        assert (settled.response, settled.grade, settled.share, settled.first) == (
            None,
            None,
            0,
            None,
        )


class TestImmediate:
    def test_what_was_checked_stands(self) -> None:
        settled = settle(
            quiz(Behaviour.IMMEDIATE), Logged(RIGHT, (WRONG,)), Grade, is_submitted=True
        )

        assert (settled.response, settled.share, settled.is_final) == (WRONG, 0, True)

    def test_what_was_saved_and_not_checked_counts_at_the_end(self) -> None:
        settled = settle(quiz(Behaviour.IMMEDIATE), Logged(RIGHT), Grade, is_submitted=True)

        assert (settled.share, settled.is_checked, settled.tries_left) == (1, False, 1)


class TestPractice:
    SETTINGS = quiz(Behaviour.PRACTICE, tries=3, penalty_percent=25)

    @pytest.mark.parametrize(
        ("tried", "earned", "tries_left"),
        [
            ((RIGHT,), RIGHT, 0),
            ((WRONG, RIGHT), Fraction(3, 4), 0),
            ((WRONG, WRONG, RIGHT), HALF, 0),
            ((WRONG, WRONG, WRONG), WRONG, 0),
            ((HALF, WRONG), HALF, 1),
            ((HALF, HALF), HALF, 1),
            ((), WRONG, 3),
        ],
    )
    def test_each_try_but_the_first_costs_and_the_best_counts(
        self, tried: tuple[Fraction, ...], earned: Fraction, tries_left: int
    ) -> None:
        latest = tried[-1] if tried else None

        settled = settle(self.SETTINGS, Logged(latest, tried), Grade, is_submitted=False)

        assert (settled.share, settled.tries_left) == (earned, tries_left)
        assert settled.is_final is (bool(tried) and not tries_left)

    def test_what_was_saved_after_a_try_is_a_try_at_the_end(self) -> None:
        logged = Logged(RIGHT, (WRONG,))

        assert share(self.SETTINGS, logged, is_submitted=False) == 0
        assert share(self.SETTINGS, logged) == Fraction(3, 4)

    def test_the_memory_hears_of_the_first_try(self) -> None:
        settled = settle(self.SETTINGS, Logged(RIGHT, (WRONG, RIGHT)), Grade, is_submitted=True)

        assert settled.first == Grade(WRONG)

    @given(st.lists(RESPONSES, max_size=6), st.integers(1, 10), st.integers(0, 100))
    def test_trying_again_never_costs_what_was_earned(
        self, tried: list[Fraction], tries: int, penalty: int
    ) -> None:
        settings = quiz(Behaviour.PRACTICE, tries=tries, penalty_percent=penalty)
        earned = [
            share(settings, Logged(None, tuple(tried[:count])), is_submitted=False)
            for count in range(len(tried) + 1)
        ]

        assert earned == sorted(earned)
        assert all(0 <= one <= 1 for one in earned)


class TestCertainty:
    SETTINGS = quiz(Behaviour.CERTAINTY)

    @pytest.mark.parametrize(
        ("certainty", "right", "wrong"), [(None, 1, 0), (1, 1, 0), (2, 2, -2), (3, 3, -6)]
    )
    def test_the_mark_depends_on_how_sure_one_was(
        self, certainty: int | None, right: int, wrong: int
    ) -> None:
        assert share(self.SETTINGS, Logged(RIGHT, certainty=certainty)) == right
        assert share(self.SETTINGS, Logged(WRONG, certainty=certainty)) == wrong
        assert share(self.SETTINGS, Logged(HALF, certainty=certainty)) == Fraction(right, 2)

    def test_an_empty_slot_costs_nothing_however_sure(self) -> None:
        assert share(self.SETTINGS, Logged(None, certainty=3)) == 0

    def test_honest_certainty_earns_most(self) -> None:
        # Where the levels cross: 2/3 and 4/5, as the scheme's author derives them.
        for percent in range(101):
            chance = Fraction(percent, 100)
            expected = {
                certainty: chance * share(self.SETTINGS, Logged(RIGHT, certainty=certainty))
                + (1 - chance) * share(self.SETTINGS, Logged(WRONG, certainty=certainty))
                for certainty in CERTAINTIES
            }
            best = max(expected.values())
            honest = 1 if chance <= Fraction(2, 3) else 2 if chance <= Fraction(4, 5) else 3
            assert expected[honest] == best


@given(
    st.sampled_from(Behaviour),
    st.none() | RESPONSES,
    st.lists(RESPONSES, max_size=5),
    st.sampled_from([None, *CERTAINTIES]),
)
def test_no_log_earns_more_than_there_is(
    behaviour: Behaviour, latest: Fraction | None, tried: list[Fraction], certainty: int | None
) -> None:
    settings = quiz(behaviour)

    settled = settle(settings, Logged(latest, tuple(tried), certainty), Grade, is_submitted=True)

    assert settled.most == most_share(settings)
    assert -6 <= settled.share <= settled.most
    assert (settled.response is None) == (settled.grade is None)
