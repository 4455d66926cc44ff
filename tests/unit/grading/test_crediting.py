"""From a response to what the memory is told of it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from quizapp.grading.crediting import reply_for
from quizapp.memory.credit import Came, Credit, Reply, credit_for
from quizapp.memory.state import Rating
from quizapp.questions.base import Grade
from quizapp.questions.registry import TYPES
from tests.support.samples import SAMPLES

CHOICE = TYPES["single_choice"], TYPES["single_choice"].parse(SAMPLES["single_choice"].raw)
TYPED = TYPES["short_text"], TYPES["short_text"].parse(SAMPLES["short_text"].raw)


def given(asked, **posted):
    kind, content = asked
    return kind.grade(content, kind.parse_response(content, posted))


@pytest.mark.parametrize(
    ("text", "came"),
    [("Euphrates", Came.RIGHT), ("Euphratis", Came.SLIP), ("Tigris", Came.WRONG)],
)
def test_what_was_typed_is_right_a_slip_or_wrong(text, came):
    assert reply_for(*TYPED, given(TYPED, text=[text])) == Reply(came)


def test_nothing_given_is_skipped_and_not_sure_is_said():
    assert reply_for(*TYPED, None).came is Came.SKIPPED
    assert reply_for(*TYPED, None, is_unsure=True).came is Came.NOT_SURE


def test_part_of_it_is_partly_right():
    assert reply_for(*CHOICE, Grade(Fraction(1, 2))).came is Came.PARTLY


@pytest.mark.parametrize(
    ("certainty", "rating", "is_discounted"),
    [
        (None, Rating.GOOD, True),
        (1, Rating.HARD, True),
        (2, Rating.GOOD, True),
        (3, Rating.GOOD, False),
    ],
)
def test_certainty_tells_how_far_a_right_choice_is_believed(certainty, rating, is_discounted):
    reply = reply_for(*CHOICE, given(CHOICE, choice=["0"]), certainty=certainty)

    credit = credit_for(reply, recall=0.5)

    assert credit.rating is rating
    assert credit.known == (pytest.approx(0.75) if is_discounted else 1)


def test_a_certain_mistake_is_a_mistake():
    reply = reply_for(*CHOICE, given(CHOICE, choice=["1"]), certainty=3)

    assert credit_for(reply, recall=0.9) == Credit(Rating.AGAIN)


@pytest.mark.parametrize(
    ("name", "raw", "chance"),
    [
        ("single_choice", {}, Fraction(1, 3)),
        ("true_false", {}, Fraction(1, 2)),
        ("short_text", {}, 0),
        ("cloze", {}, 0),
        ("cloze", {"text": "{{a|~b}} and {{c|~d|~e}}."}, Fraction(1, 6)),
        ("multiple_response", {}, Fraction(1, 15)),  # 16 ways to tick four boxes, but for none
        ("matching", {}, Fraction(1, 9)),  # one of three for each of two
        ("ordering", {}, Fraction(1, 6)),  # three things stand in six orders
    ],
)
def test_the_chance_of_guessing_all_of_it(name, raw, chance):
    kind = TYPES[name]

    assert kind.guess_chance(kind.parse(SAMPLES[name].raw | raw)) == chance


@pytest.mark.parametrize("name", sorted(TYPES))
def test_guessing_all_of_it_is_never_certain(name):
    kind = TYPES[name]

    assert 0 <= kind.guess_chance(kind.parse(SAMPLES[name].raw)) < 1
