"""Findings between items, and the report as a whole."""

from __future__ import annotations

from quizapp.bank.check import format_counts

COURSE, READER, FACTS = "course.yaml", "reader.yaml", "facts/places.yaml"
QUESTIONS, QUIZZES = "questions/places.yaml", "quizzes.yaml"

SPARE = "key: spring-cloze\n    fact: alder-mouth"
CHOICE = "key: spring-choice\n    fact: alder-mouth"


def test_a_good_bank_has_no_findings(bank):
    report = bank.check()

    assert [str(finding) for finding in report.findings] == []


def test_a_finding_reads_as_file_line_and_what_to_do(bank):
    bank.change(FACTS, "topic: springs", "topic: spring")

    report = bank.check()

    assert str(report.errors[0]) == (
        "question_bank/rivers/facts/places.yaml:10: "
        'fact "alder-spring" names the unknown topic "spring"; did you mean "springs"?'
    )


def test_a_slip_in_one_item_does_not_hide_the_next(bank):
    bank.change(COURSE, "title: Mouths", "titel: Mouths")
    bank.change(READER, "locator: P2", "locater: P2")
    bank.change(QUIZZES, "mark: 0.5", "mark: -1")

    report = bank.check()

    assert [(finding.file.rpartition("/")[2], finding.line) for finding in report.findings] == [
        (COURSE, 11),
        (COURSE, 12),
        (QUIZZES, 12),
        (READER, 11),
    ]


def test_a_fact_without_a_ready_question_is_a_warning(bank):
    bank.change(QUESTIONS, "key: spring-cloze\n    fact: alder-spring", SPARE)
    bank.change(QUESTIONS, "key: spring-choice\n    fact: alder-spring", CHOICE)
    bank.change(QUIZZES, "      - {draw: {topics: [mouths], count: 1}, mark: 0.5}\n", "")

    finding = bank.only_finding()

    assert not finding.is_error
    assert finding.rule == "no-question"
    assert finding.message == 'fact "alder-spring": no ready question tests the fact; write one'
    assert finding.line == bank.line(FACTS, "key: alder-spring")


def test_a_topic_without_facts_is_a_warning(bank):
    bank.change(COURSE, "sources:", "  - key: weirs\n    title: Weirs\nsources:")

    finding = bank.only_finding()

    assert not finding.is_error
    assert finding.message == 'topic "weirs" has no facts; write some or delete it'
    assert finding.line == bank.line(COURSE, "key: weirs")


def test_two_questions_of_a_type_with_one_stem_are_a_warning(bank):
    bank.change(QUESTIONS, "stem: What is silted?", "stem: in how many  arms does the *Alder* end?")
    bank.change(QUESTIONS, "status: draft", "status: ready")
    bank.change(QUESTIONS, "[the widest arm]", '[seven, "7"]\n    explanation: So it is.')

    finding = bank.only_finding()

    assert not finding.is_error
    assert finding.line == bank.line(QUESTIONS, "key: mouth-draft")
    assert 'question "mouth-draft" asks the same as the one at question_bank/' in finding.message
    assert ": near-duplicate-stems: question " in str(finding)


def test_two_types_may_share_a_stem(bank):
    bank.change(QUESTIONS, "stem: What is silted?", "stem: What is true of the widest arm?")
    bank.change(QUESTIONS, "status: draft", "status: ready")
    bank.change(QUESTIONS, "[the widest arm]", "[It is silted]\n    explanation: So it is.")

    assert bank.check().findings == ()


def test_a_draw_counts_on_what_earlier_draws_may_take(bank):
    bank.change(
        QUIZZES,
        "count: 1}, mark: 0.5}",
        "count: 1}}\n      - {draw: {topics: [mouths], count: 1 }}",
    )

    finding = bank.only_finding()

    assert "draws 1 from mouths, where the slots before it leave 0 facts" in finding.message
    assert finding.line == bank.line(QUIZZES, "count: 1 }}")


def test_a_draw_does_not_count_on_a_fact_that_has_a_slot(bank):
    bank.change(QUIZZES, "question: spring-choice", "question: mouth-text")

    assert "leave 0 facts with ready questions" in bank.only_finding().message


def test_warnings_are_no_errors(bank):
    bank.change(COURSE, "sources:", "  - key: weirs\n    title: Weirs\nsources:")

    report = bank.check()

    assert (len(report.errors), len(report.warnings)) == (0, 1)


def test_a_course_without_content_is_an_error_for_each_kind(bank):
    for file in (READER, FACTS, QUESTIONS, QUIZZES):
        bank.path(file).unlink()

    errors = bank.check().errors

    assert [error.message for error in errors] == [
        "the course has no facts; write them in facts/….yaml",
        "the course has no passages; write them in reader.yaml",
        "the course has no questions; write them in questions/….yaml",
    ]
    assert {error.file for error in errors} == {"question_bank/rivers/course.yaml"}


def test_findings_are_ordered_by_file_and_line(bank):
    bank.change(QUESTIONS, "type: multiple_response", "type: many")
    bank.change(READER, "source: survey", "source: other")
    bank.change(COURSE, "language: en", "language: English")

    findings = bank.check().findings

    assert list(findings) == sorted(findings, key=lambda found: (found.file, found.line))
    assert len(findings) == 4


def test_counts_are_said_in_words(bank):
    report = bank.check()

    assert (
        format_counts(report.counts)
        == "1 course, 2 passages, 2 facts, 5 questions, 1 quiz, 0 terms"
    )
