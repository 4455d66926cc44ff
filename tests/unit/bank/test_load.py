"""Reading a bank folder into values."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp.bank.load import read_bank
from quizapp.bank.schema import BankDraw, BankSettings
from quizapp.bank.text import locate

TRUTHS = """\
questions:
  - key: delta
    fact: alder-mouth
    type: true_false
    stem: It ends in a delta.
    truth: true
  - key: lake
    fact: alder-mouth
    type: true_false
    stem: It ends in a lake.
    truth: no
"""
RUNS = {
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
    "max_examples": 60,
    "deadline": None,
}
FILES = ["course.yaml", "reader.yaml", "facts/places.yaml", "questions/places.yaml", "quizzes.yaml"]


def test_a_course_is_read_whole(bank):
    read = read_bank(bank.root)

    (course,) = read.courses
    assert read.findings == ()
    assert (course.slug, course.title, course.language) == ("rivers", "Rivers of the valley", "en")
    assert course.summary == "Where the water comes from and where it goes."
    assert [topic.key for topic in course.topics] == ["springs", "mouths"]
    assert (course.sources[0].year, course.sources[0].note) == ("1911", "Shortened.")
    assert [passage.locator for passage in course.passages] == ["P1", "P2"]
    assert course.passages[0].source == "survey"


def test_passages_are_stored_on_one_line_and_citations_lie_in_them(bank):
    (course,) = read_bank(bank.root).courses

    text = course.passages[0].text
    fact = next(fact for fact in course.facts if fact.key == "alder-spring")
    assert text == (
        "The Alder rises in a chalk cave and is cold in every month. Its water is hard."
    )
    start, end = locate(text, fact.citations[0].exact)
    assert text[start:end] == fact.citations[0].exact


def test_facts_come_in_the_order_of_their_topics(bank):
    (course,) = read_bank(bank.root).courses

    assert [fact.key for fact in course.facts] == ["alder-spring", "alder-mouth"]
    assert course.facts[1].record == "The map room, https://example.org/maps"
    assert course.facts[1].where.line == 2


def test_questions_are_parsed_by_their_type(bank):
    (course,) = read_bank(bank.root).courses

    choice = course.questions[0]
    assert (choice.key, choice.fact, choice.status) == ("spring-choice", "alder-spring", "ready")
    assert choice.content.stem == "Where does the Alder rise?"
    assert choice.raw["options"][0] == {"text": "In a chalk cave", "key": True}
    assert [question.is_ready for question in course.questions] == [True] * 4 + [False]


def test_a_quiz_has_settings_and_exact_marks(bank):
    (course,) = read_bank(bank.root).courses

    (quiz,) = course.quizzes
    assert quiz.settings == BankSettings(2, 60, shuffle_options=True, counts_for_memory=False)
    assert [slot.mark for slot in quiz.slots] == [Fraction(1), Fraction(1, 2)]
    assert quiz.slots[0].question == "spring-choice"
    assert quiz.slots[1].draw == BankDraw(("mouths",), 1)


def test_a_quiz_without_settings_has_no_limit_and_counts(bank):
    text = bank.path("quizzes.yaml").read_text(encoding="utf-8")
    start, end = text.index("    settings:"), text.index("    slots:")
    bank.change("quizzes.yaml", text[start:end], "")

    (course,) = read_bank(bank.root).courses

    assert course.quizzes[0].settings == BankSettings(None, None, True, True)


def test_a_question_with_wrong_content_is_kept_without_it(bank):
    bank.change("questions/places.yaml", '[seven, "7"]', "[]")

    read = read_bank(bank.root)

    content = {question.key: question.content for question in read.courses[0].questions}
    assert content["mouth-text"] is None
    assert content["mouth-draft"] is not None
    assert len(read.findings) == 1


def test_whether_a_statement_holds_is_its_truth_because_key_names_the_question(bank):
    bank.path("questions/truths.yaml").write_text(TRUTHS, encoding="utf-8")

    report = bank.check()

    truths = {q.key: q for q in report.courses[0].questions if q.type == "true_false"}
    assert truths["delta"].content.key is True
    assert truths["delta"].raw == {"stem": "It ends in a delta.", "key": True}
    assert truths["lake"].content is None
    assert [str(error) for error in report.errors] == [
        "question_bank/rivers/questions/truths.yaml:11: "
        'question "lake", truth: Say whether the statement is true or false.'
    ]


def test_files_of_a_kind_are_read_by_name(bank):
    more = "questions: [{key: more, fact: alder-mouth, type: short_text, stem: Y, accepted: [x]}]"
    bank.path("questions/arms.yaml").write_text(more, encoding="utf-8")

    (course,) = read_bank(bank.root).courses

    assert course.questions[0].key == "more"
    assert len(course.questions) == 6


@pytest.mark.parametrize("file", FILES)
def test_a_course_with_an_unreadable_file_is_left_out_with_one_finding(bank, file):
    bank.path(file).write_bytes(b"key: [open")

    report = bank.check()

    assert report.courses == ()
    assert [(finding.file, finding.line) for finding in report.findings] == [
        (f"question_bank/rivers/{file}", 1)
    ]


def test_a_folder_in_the_place_of_a_file_is_a_finding(bank):
    bank.path("quizzes.yaml").unlink()
    bank.path("quizzes.yaml").mkdir()

    assert "cannot be read" in bank.only_finding().message


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("quizes.yaml", 'nothing reads this; did you mean "quizzes.yaml"?'),
        ("facts/more.yml", "nothing reads this; "),
        ("facts/deep/more.yaml", "nothing reads this; "),
        ("bibliography.yaml", "a course has course.yaml, reader.yaml"),
    ],
)
def test_a_file_that_nothing_reads_is_an_error(bank, name, words):
    bank.path(name).parent.mkdir(exist_ok=True)
    bank.path(name).write_text("facts: []", encoding="utf-8")

    finding = bank.only_finding()

    assert finding.is_error
    assert finding.file == f"question_bank/rivers/{name}"
    assert words in finding.message


def test_other_files_may_lie_beside_the_course(bank):
    bank.path("README.md").write_text("# Rivers", encoding="utf-8")
    (bank.root / "README.md").write_text("# Bank", encoding="utf-8")
    (bank.root / ".cache").mkdir()

    assert bank.check().findings == ()


def test_a_folder_without_a_course_file_is_an_error(bank):
    bank.path("course.yaml").unlink()

    finding = bank.only_finding()

    assert str(finding) == (
        "question_bank/rivers/course.yaml:1: the folder has no course.yaml; add it"
    )


@pytest.mark.parametrize("name", ["", "absent"])
def test_a_bank_without_courses_is_an_error(tmp_path: Path, name: str):
    read = read_bank(tmp_path / name)

    assert read.courses == ()
    assert "there is no course here" in read.findings[0].message


@settings(**RUNS)
@given(
    file=st.sampled_from(FILES),
    start=st.integers(0, 900),
    length=st.integers(0, 40),
    junk=st.one_of(
        st.binary(max_size=12), st.sampled_from([b"[]", b"{}", b"- ", b": ", b"\n", b"x"])
    ),
)
def test_no_damage_to_a_file_raises(bank, file, start, length, junk):
    path = bank.path(file)
    good = path.read_bytes()
    try:
        path.write_bytes(good[:start] + junk + good[start + length :])

        report = bank.check()
    finally:
        path.write_bytes(good)

    assert all(str(finding) for finding in report.findings)


@settings(**RUNS)
@given(
    file=st.sampled_from(FILES),
    value=st.recursive(
        st.one_of(st.text("ab1-", max_size=4), st.integers(-2, 2), st.booleans()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(
                    ["key", "facts", "questions", "quizzes", "passages", "topics", "slots", "draw",
                     "settings", "citations", "mark", "count", "type", "options", "fact", "exact"]
                ),
                inner,
                max_size=4,
            ),
        ),
        max_leaves=12,
    ),
)  # fmt: skip
def test_no_shape_of_content_raises(bank, file, value):
    path = bank.path(file)
    good = path.read_bytes()
    try:
        path.write_text(_flow(value), encoding="utf-8")

        report = bank.check()
    finally:
        path.write_bytes(good)

    assert report.errors


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool | int) else f'"{value}"'
