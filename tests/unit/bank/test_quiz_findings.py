"""What can be wrong in a quiz, each at its line."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime

import pytest

from quizapp.bank.schema import BankDraw, BankSettings
from quizapp.grading.disclosure import EVERYTHING, Shown
from quizapp.grading.settings import Band, QuizSettings

FILE = "quizzes.yaml"

#: what the file says, what it is made to say, a mark in the line of the finding, its words
ERRORS = {
    "draw without a count": (
        ", count: 1",
        "",
        "{draw: ",
        'a draw needs "count"; add it',
    ),
    "draw from what is no key": (
        "[mouths]",
        "[true]",
        "[true]",
        '"topics" must list keys, not true or false',
    ),
    "unknown key in a slot": (
        "choice, mark: 1",
        "choice, marks: 1",
        "marks: 1",
        'unknown key "marks" in a slot; did you mean "mark"?',
    ),
    "unknown question in a slot": (
        "question: spring-choice",
        "question: spring-chioce",
        "spring-chioce",
        'which is unknown; did you mean "spring-choice"?',
    ),
    "draft in a slot": (
        "question: spring-choice",
        "question: mouth-draft",
        "mouth-draft",
        "which is a draft; set its status to ready",
    ),
    "same question twice in a quiz": (
        "      - {draw:",
        "      - {question: spring-choice}\n      - {draw:",
        "{question: spring-choice}",
        'asks question "spring-choice" twice, first in line 11',
    ),
    "unknown topic in a draw": (
        "[mouths]",
        "[mouth]",
        "[mouth]",
        'draws from the unknown topic "mouth"; did you mean "mouths"?',
    ),
    "draw of more than there is": (
        "count: 1",
        "count: 2",
        "count: 2",
        "draws 2 from mouths, where the slots before it leave 1 fact with ready questions",
    ),
    "draw of nothing": (
        "count: 1",
        "count: 0",
        "count: 0",
        '"count" must be a whole number from 1 to',
    ),
    "draw from no topic": (
        "[mouths]",
        "[]",
        "[]",
        '"topics" is empty',
    ),
    "draw from a topic twice": (
        "[mouths]",
        "[mouths, mouths]",
        "[mouths, mouths]",
        '"mouths" is listed twice',
    ),
    "empty quiz": (
        (
            "    slots:\n"
            "      - {question: spring-choice, mark: 1}\n"
            "      - {draw: {topics: [mouths], count: 1}, mark: 0.5}\n"
        ),
        "    slots: []\n",
        "slots: []",
        '"slots" is empty; list at least one',
    ),
    "slot that asks nothing": (
        "{question: spring-choice, mark: 1}",
        "{mark: 1}",
        "{mark: 1}",
        'either "question" or "draw"; give exactly one',
    ),
    "slot that asks both ways": (
        "{draw:",
        "{question: spring-cloze, draw:",
        "draw:",
        'either "question" or "draw"',
    ),
    "mark of nought": (
        "mark: 1}",
        "mark: 0}",
        "mark: 0}",
        '"mark" must be a number above 0',
    ),
    "mark below nought": (
        "mark: 0.5",
        "mark: -0.5",
        "mark: -0.5",
        '"mark" must be a number above 0',
    ),
    "mark that is no number": (
        "mark: 0.5",
        "mark: half",
        "mark: half",
        '"mark" must be a number above 0',
    ),
    "time limit of nought": (
        "minutes: 2",
        "minutes: 0",
        "minutes: 0",
        '"time_limit_minutes" must be a whole number from 1 to 600 minutes',
    ),
    "time limit of days": (
        "minutes: 2",
        "minutes: 601",
        "minutes: 601",
        "from 1 to 600 minutes",
    ),
    "pass mark above all": (
        "percent: 60",
        "percent: 101",
        "percent: 101",
        "from 0 to 100 percent",
    ),
    "setting that is no truth": (
        "options: true",
        "options: yes",
        "options: yes",
        '"shuffle_options" must be true or false',
    ),
    "unknown behaviour": (
        "options: true",
        "options: true\n      behaviour: exam",
        "behaviour: exam",
        '"behaviour" must be deferred, immediate, practice or certainty',
    ),
    "unknown way of counting": (
        "options: true",
        "options: true\n      counting: best",
        "counting: best",
        '"counting" must be highest, last, first or average',
    ),
    "too many tries": (
        "options: true",
        "options: true\n      tries: 11",
        "tries: 11",
        '"tries" must be a whole number from 1 to 10',
    ),
    "penalty above all": (
        "options: true",
        "options: true\n      penalty_percent: 101",
        "penalty_percent: 101",
        "from 0 to 100 percent",
    ),
    "no attempt at all": (
        "options: true",
        "options: true\n      attempts_allowed: 0",
        "attempts_allowed: 0",
        '"attempts_allowed" must be a whole number from 1 to 1000',
    ),
    "unknown type in a draw": (
        "topics: [mouths], count: 1",
        "types: [short_txt], count: 1",
        "short_txt",
        'draws the type "short_txt", which no quiz can ask; did you mean "short_text"?',
    ),
    "tag that is none in a draw": (
        "topics: [mouths], count: 1",
        "tags: [A b], count: 1",
        "A b",
        '"A b" cannot be a tag',
    ),
    "draw by a tag that too few have": (
        "topics: [mouths], count: 1",
        "tags: [hard], count: 1",
        "tags: [hard]",
        "draws 1 from hard, where the slots before it leave 0 facts with ready questions",
    ),
    "draw of more than the whole course": (
        "topics: [mouths], count: 1",
        "count: 9",
        "count: 9",
        "draws 9 from the whole course, where the slots before it leave 1 fact with ready",
    ),
    "time without its zone": (
        "pass_mark_percent: 60",
        "closes_at: 2030-01-31T09:00",
        "closes_at",
        '"closes_at": give a date and a time with its zone, such as 2030-01-31T09:00+01:00',
    ),
    "closing before opening": (
        "pass_mark_percent: 60",
        "opens_at: 2030-02-01T09:00Z\n      closes_at: 2030-01-31T09:00Z",
        "closes_at",
        '"closes_at": close the quiz after it opens',
    ),
    "unknown moment": (
        "pass_mark_percent: 60",
        "disclosure:\n        before: [marks]",
        "before",
        '"disclosure": remove this; the moments are during, after_submit, after_close',
    ),
    "unknown thing to see": (
        "pass_mark_percent: 60",
        "disclosure:\n        during: [answer]",
        "during",
        '"disclosure": list any of response, right_answer, feedback, passage, marks',
    ),
    "band without a text": (
        "pass_mark_percent: 60",
        "bands:\n        - from_percent: 10",
        "from_percent",
        '"bands": write what learners read, at most 2,000 characters',
    ),
    "band with more than it can have": (
        "pass_mark_percent: 60",
        "bands:\n        - {from_percent: 10, text: Good, colour: red}",
        "colour",
        'unknown key "colour" in a band',
    ),
    "grace of an hour": (
        "pass_mark_percent: 60",
        "grace_seconds: 3600",
        "grace_seconds",
        '"grace_seconds" must be a whole number from 0 to 600 seconds',
    ),
    "settings that are no map": (
        (
            "    settings:\n"
            "      time_limit_minutes: 2\n"
            "      pass_mark_percent: 60\n"
            "      shuffle_options: true\n"
            "      counts_for_memory: false\n"
        ),
        "    settings: none\n",
        "settings: none",
        "the settings of a quiz must be a map",
    ),
}


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS.keys())
def test_a_slip_in_a_quiz_is_an_error_at_its_line(bank, case):
    old, new, marker, words = case
    bank.change(FILE, old, new)

    error = bank.error_saying(words)

    assert error.file == f"question_bank/rivers/{FILE}"
    assert error.line == bank.line(FILE, marker)


def test_a_quiz_may_leave_marks_and_memory_to_the_usual(bank):
    bank.change(FILE, ", mark: 1}", "}")
    bank.change(FILE, "      counts_for_memory: false\n", "")

    (quiz,) = bank.check().courses[0].quizzes

    assert quiz.slots[0].mark == 1
    assert quiz.settings.counts_for_memory


@pytest.fixture
def own_words(bank):
    """The bank with a question on the mouth that a person marks."""
    text = "{key: own-words, fact: alder-mouth, type: self_rated, stem: Why?, answer: It is so.}"
    bank.path("questions/words.yaml").write_text(f"questions: [{text}]", encoding="utf-8")
    return bank


def test_a_slot_may_ask_what_a_person_marks(own_words):
    own_words.change(FILE, "question: spring-choice", "question: own-words")
    own_words.change(FILE, "topics: [mouths]", "topics: [springs]")

    assert not own_words.check().errors


def test_a_draw_counts_what_a_person_marks_where_it_names_the_type(own_words):
    assert not own_words.check().errors
    text = own_words.path("questions/places.yaml").read_text(encoding="utf-8")
    own_words.path("questions/places.yaml").write_text(
        text[: text.index("  - key: mouth-text")], encoding="utf-8"
    )

    assert own_words.error_saying("draws 1 from mouths, where the slots before it leave 0 facts")
    own_words.change(FILE, "topics: [mouths]", "topics: [mouths], types: [self_rated]")
    assert not own_words.check().errors


def test_two_questions_on_one_fact_fill_one_place_of_a_draw(bank):
    bank.change(FILE, "count: 1", "count: 2")

    error = bank.error_saying("leave 1 fact with ready questions, and an attempt asks every fact")

    assert error.line == bank.line(FILE, "count: 2")


def test_two_slots_may_not_ask_about_one_fact(bank):
    bank.change(FILE, "      - {draw:", "      - {question: spring-cloze}\n      - {draw:")

    error = bank.error_saying(
        'question "spring-cloze" on the fact "alder-spring", which "spring-choice" in line 11'
    )

    assert error.line == bank.line(FILE, "spring-cloze")


def test_a_draw_makes_room_for_a_later_one_where_it_can(bank):
    bank.change(
        FILE, "{question: spring-choice, mark: 1}", "{draw: {topics: [mouths, springs], count: 1}}"
    )

    assert not bank.check().errors


def test_a_quiz_may_state_every_setting(bank):
    bank.change(
        FILE,
        "      counts_for_memory: false\n",
        "      attempts_allowed: 3\n      shuffle_questions: true\n      counting: last\n"
        "      behaviour: practice\n      tries: 2\n      penalty_percent: 50\n",
    )

    (quiz,) = bank.check().courses[0].quizzes

    assert quiz.settings == BankSettings(2, 60, True, True, 3, True, "last", "practice", 2, 50)


def test_a_quiz_may_state_times_what_is_shown_and_feedback_by_result(bank):
    bank.change(
        FILE,
        "      pass_mark_percent: 60\n",
        "      grace_seconds: 5\n      opens_at: 2030-01-31T09:00+01:00\n"
        "      closes_at: 2030-01-31T18:00+01:00\n"
        "      disclosure: {during: [], after_submit: [marks, response]}\n"
        "      bands:\n        - {from_percent: 0, text: Read on.}\n"
        "        - {from_percent: 60, text: Well done.}\n",
    )
    bank.change(FILE, "    settings:\n", "    access_code: door 7\n    settings:\n")

    (quiz,) = bank.check().courses[0].quizzes
    settings = QuizSettings.parse(asdict(quiz.settings))

    assert quiz.access_code == "door 7"
    assert settings.grace_seconds == 5
    assert settings.opens_at == datetime(2030, 1, 31, 8, tzinfo=UTC)
    assert settings.closes_at == datetime(2030, 1, 31, 17, tzinfo=UTC)
    assert settings.disclosure.during == frozenset()
    assert settings.disclosure.after_submit == {Shown.MARKS, Shown.RESPONSE}
    assert settings.disclosure.after_close == EVERYTHING
    assert settings.bands == (Band(60, "Well done."), Band(0, "Read on."))


def test_a_file_can_state_every_setting_that_a_quiz_has():
    """But for what belongs to a person."""
    of_a_person = {"time_factor", "shows_countdown"}

    stated = {one.name for one in fields(BankSettings)}

    assert stated == {one.name for one in fields(QuizSettings)} - of_a_person


def test_a_draw_may_go_by_types_and_tags(bank):
    bank.change("questions/places.yaml", "key: mouth-text", "key: mouth-text\n    tags: [hard]")
    bank.change(FILE, "topics: [mouths], count: 1", "tags: [hard], types: [short_text], count: 1")

    report = bank.check()

    assert not report.errors
    assert report.courses[0].quizzes[0].slots[1].draw == BankDraw((), 1, ("short_text",), ("hard",))


def test_a_question_has_tags_that_can_be_asked_for(bank):
    bank.change("questions/places.yaml", "key: mouth-text", "key: mouth-text\n    tags: [A.b]")

    error = bank.error_saying('"A.b" cannot be a tag')

    assert error.line == bank.line("questions/places.yaml", "A.b")
