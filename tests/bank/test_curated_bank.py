"""The question bank that is shipped: it has no errors and holds what it should."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from quizapp.bank.check import Report, check, format_counts
from quizapp.bank.craft.wording import says
from quizapp.bank.schema import BankCourse, BankFact, BankQuestion, BankSource
from quizapp.bank.text import locate, web_address
from quizapp.paths import QUESTION_BANK
from quizapp.questions.base import Recall
from quizapp.questions.folding import fold
from quizapp.questions.registry import TYPES


@pytest.fixture(scope="module")
def report() -> Report:
    return check(QUESTION_BANK)


@pytest.fixture(scope="module")
def course(report: Report) -> BankCourse:
    (only,) = report.courses
    return only


def keys_of(course: BankCourse) -> Iterator[tuple[BankQuestion, str]]:
    """Yield every ready question with everything that counts as right, in words."""
    for question in course.questions:
        if question.is_ready:
            answer = TYPES[question.type].answer(question.content)
            yield question, " / ".join((answer.text, *answer.also))


def texts(value: object, field: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in a value of the bank, with "Class.field" of where it stands."""
    if isinstance(value, str):
        yield field, value
    elif is_dataclass(value):
        for one in fields(value):
            yield from texts(getattr(value, one.name), f"{type(value).__name__}.{one.name}")
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from texts(inner, field)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner, field)


def test_it_has_no_errors_and_no_warning_that_is_not_waived(report):
    assert [str(finding) for finding in report.findings] == []


def test_waivers_are_few(report):
    assert len(report.waived) <= 10, [str(one.finding) for one in report.waived]


def test_it_is_large_enough_to_learn_from(report, course):
    assert report.counts.courses == 1, format_counts(report.counts)
    assert report.counts.passages == 8
    assert report.counts.facts >= 85
    assert report.counts.questions >= 200
    assert report.counts.quizzes >= 5
    assert len({fact.topic for fact in course.facts}) == 8


def test_a_fact_is_both_recognised_and_recalled_unless_that_is_waived(report, course):
    waived = {
        (one.finding.file, one.finding.line)
        for one in report.waived
        if one.finding.rule in ("one-form-only", "no-recall-form", "no-recognition-form")
    }
    for fact in course.facts:
        forms = {TYPES[q.type].recall for q in course.questions if q.fact == fact.key}
        is_both = Recall.RECOGNITION in forms and len(forms) > 1

        assert is_both or (fact.where.file, fact.where.line) in waived, fact.key


def test_every_fact_says_on_which_words_its_reading_rests(course):
    assert [fact.key for fact in course.facts if not fact.evidence] == []


def test_the_heading_of_the_text_is_there_to_be_read_and_not_to_be_tested(course):
    heading = course.passages[0]

    assert heading.key == "p0"
    assert heading.key not in {c.passage for fact in course.facts for c in fact.citations}


def test_the_final_draws_twenty_questions_in_twenty_five_minutes(course):
    final = next(quiz for quiz in course.quizzes if quiz.key == "final")

    assert sum(slot.draw.count for slot in final.slots if slot.draw) == 20
    assert {topic for slot in final.slots if slot.draw for topic in slot.draw.topics} == {
        topic.key for topic in course.topics
    }
    assert final.settings.time_limit_minutes == 25


def test_no_quiz_gives_one_question_away_in_another(course):
    questions = {question.key: question for question in course.questions}
    for quiz in course.quizzes:
        asked = [questions[slot.question] for slot in quiz.slots if slot.question]
        typed = [q for q in asked if q.type in ("short_text", "cloze")]
        for question in typed:
            answer = TYPES[question.type].answer(question.content)
            keys = (*answer.also, answer.text) if question.type == "short_text" else answer.also
            others = [TYPES[o.type].stem(o.content) for o in asked if o is not question]
            for key in keys:
                assert not [o for o in others if len(key) > 3 and says(fold(o), fold(key))], key


def test_every_question_type_is_used(course):
    assert {question.type for question in course.questions} == set(TYPES)


def test_every_fact_can_be_asked_and_proved(course):
    passages = {passage.key: passage.text for passage in course.passages}
    asked = {question.fact for question in course.questions if question.is_ready}

    assert {fact.key for fact in course.facts} == asked
    for fact in course.facts:
        assert fact.citations, fact.key
        for citation in fact.citations:
            start, end = locate(passages[citation.passage], citation.exact)
            assert passages[citation.passage][start:end] == citation.exact


def test_web_addresses_stand_only_in_records_and_licences(course):
    allowed = {f"{BankFact.__name__}.record", f"{BankSource.__name__}.licence"}

    found = {(field, web_address(text)) for field, text in texts(course)}

    assert [pair for pair in found if pair[1] and pair[0] not in allowed] == []


def test_an_outside_record_says_where_it_was_read(course):
    for fact in course.facts:
        if fact.record:
            assert fact.note, f"{fact.where}: a record without a note on what differs"


@pytest.mark.parametrize("words", ["146", "Soleimani"])
def test_a_question_has_this_in_its_key(course, words):
    found = [question.key for question, key in keys_of(course) if words in key]

    assert found


def test_a_question_has_the_parties_of_astana_as_its_keys(course):
    found = [
        question.key
        for question, key in keys_of(course)
        if all(party in key for party in ("Russia", "Iran", "Turkey"))
    ]

    assert found


SCRIPTS = {"ar": "ARABIC", "fa": "ARABIC", "ru": "CYRILLIC", "tr": "LATIN", "": "LATIN"}
#: Letters that the other of the two languages writes.
FOREIGN = {"ar": "یکپچگژ", "fa": "يكىة"}


def test_the_glossary_explains_who_and_what_the_texts_name(report, course):
    kinds = [term.stated.kind for term in course.terms]

    assert report.counts.terms >= 40
    assert set(kinds) == {"person", "organisation", "place", "term"}
    assert all(term.stated.definition.endswith(".") for term in course.terms)
    found = {o.key for p in course.passages for o in course.glossary().find(p.text)}
    assert len(found) >= 35


def test_every_spelling_is_in_the_letters_of_its_language(course):
    for term in course.terms:
        for spelling in term.stated.spellings:
            names = {unicodedata.name(c).split()[0] for c in spelling.text if c.isalpha()}
            assert names <= {SCRIPTS[spelling.language]}, spelling
            assert not set(spelling.text) & set(FOREIGN.get(spelling.language, "")), spelling


def typed(course: BankCourse, key: str, text: str) -> bool:
    question = next(question for question in course.questions if question.key == key)
    kind = TYPES[question.type]
    content = kind.with_spellings(question.content, course.glossary().spellings)
    return kind.grade(content, kind.load_response(content, {"text": text})).is_right


@pytest.mark.parametrize(
    ("key", "text", "is_right"),
    [
        ("besieged-by-is-typed", "داعش", True),
        ("besieged-by-is-typed", "isil", True),
        ("besieged-by-is-typed", "Islam", False),
        ("irgc-presence-typed", "IRGC", True),
        ("pmu-name-typed", "PMU", False),  # the question asks what the letters stand for
        ("three-iraqi-groups-typed", "Hezbollah", False),
        ("three-iraqi-groups-typed-kataib", "Hezbollah", False),
        ("operations-room-parties-typed", "Kata'ib Hezbollah", False),
        ("astana-leaders-typed", "Türkiye", True),
        ("airbase-name-typed", "Hamedan air-base", True),
        ("airbase-name-typed", "Hmeimim", False),
    ],
)
def test_the_glossary_makes_right_what_is_and_nothing_else(course, key, text, is_right):
    assert typed(course, key, text) is is_right


@pytest.mark.parametrize(
    "text", ["coalition", "alliance", "truce", "Ankara", "Hamadan", "Badr Hezbollah"]
)
def test_what_only_stands_in_for_a_name_is_no_spelling_of_it(course, text):
    assert course.glossary().spellings(text) == ()


def test_content_survives_the_way_into_the_database_and_back(course):
    find = course.glossary().spellings
    for question in course.questions:
        question_type = TYPES[question.type]

        content = question_type.with_spellings(question.content, find)
        stored = json.loads(json.dumps(question_type.dump(content)))

        assert question_type.parse(stored) == content, question.key
