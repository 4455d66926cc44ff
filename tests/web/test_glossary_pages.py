"""Names that pages explain: where they are linked, and where they must not be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from quizapp.models import Role, TermKind
from tests.support.make import RAW
from tests.web.conftest import csrf_token

TEXT = "Forces crossed the Euphrates near Deir ez-Zor. The Euphrates is wide."
ATTACK = "<script>alert(1)</script>"
POPOVER = re.compile(r'<div id="term-([\w-]+)" class="pop term-pop" popover')


@dataclass(frozen=True)
class Course:
    """A course with two terms; its one question names both, and so does its feedback."""

    source_id: int
    fact_id: int
    quiz_id: int
    question_id: int
    student_id: int
    teacher_id: int


@pytest.fixture
def course(stored: Any) -> Course:
    with stored() as make:
        course = make.course(slug="rivers", title="Rivers")
        make.term(
            course,
            "Euphrates",
            key="euphrates",
            definition="A long river.",
            spellings=[{"text": "الفرات", "language": "ar"}, {"text": "Furat", "language": ""}],
        )
        make.term(course, "Deir ez-Zor", key="deir", definition="A city.")
        make.term(course, "Zeid", key="zeid", kind=TermKind.PERSON, definition="Nobody asks him.")
        passage = make.passage(course, TEXT, key="p5", locator="P5", note="On the Euphrates.")
        fact = make.fact(
            course, None, passage, note="So says Deir ez-Zor.", statement="They crossed."
        )
        options = [
            {"text": "Euphrates", "key": True, "feedback": "The Euphrates, near Deir ez-Zor."},
            {"text": "Deir ez-Zor", "key": False, "feedback": "A city, Zeid says."},
        ]
        raw = RAW["single_choice"] | {
            "stem": "Was it the Euphrates at Deir ez-Zor?",
            "options": options,
            "explanation": "It was the *Euphrates*.",
        }
        question = make.question(fact, raw=raw)
        quiz = make.quiz(course, [question])
        student, teacher = make.user(), make.user()
        make.enrol(student, course)
        make.enrol(teacher, course, Role.INSTRUCTOR)
        return Course(passage.source_id, fact.id, quiz.id, question.id, student.id, teacher.id)


def linked(html: str) -> list[str]:
    """Return the keys of the terms that are buttons, in their order."""
    return re.findall(r'<label class="term">.*?popovertarget="term-([\w-]+)"', html)


def explained(html: str) -> list[str]:
    return POPOVER.findall(html)


def without_answer(page: str) -> str:
    """Return a card's page without the elements that show with the answer."""
    start = page.find('<div class="answer-side">')
    if start < 0:
        return page
    depth, at = 0, start
    for tag in re.finditer(r"<(/?)div\b", page[start:]):
        depth += -1 if tag[1] else 1
        if depth == 0:
            at = start + tag.end()
            break
    return without_answer(page[:start] + page[at:])


def test_a_text_explains_each_name_once_a_paragraph_and_once_a_page(
    client: FlaskClient, course: Course
) -> None:
    page = client.get(f"/sources/{course.source_id}").text

    assert linked(page) == ["euphrates", "deir"]
    assert explained(page) == ["euphrates", "deir"]
    assert "A long river." in page
    assert '<span lang="ar" dir="rtl">الفرات</span>' in page
    assert "Furat" not in page
    assert '/courses/rivers/glossary#term-deir"' in page


def test_before_the_answer_a_card_explains_no_name(
    client: FlaskClient, course: Course, sign_in: Any
) -> None:
    sign_in(client, course.student_id)

    page = client.get("/review").text
    front = without_answer(page)

    assert "Was it the Euphrates at Deir ez-Zor?" in front
    assert (linked(front), explained(front)) == ([], [])
    assert "A long river." not in front
    assert set(explained(page)) == {"euphrates", "deir"}
    assert linked(page) == ["euphrates", "euphrates", "deir", "deir"]


def test_a_question_of_a_quiz_explains_nothing_and_its_results_do(
    client: FlaskClient, course: Course, sign_in: Any, post: Any
) -> None:
    sign_in(client, course.student_id)
    started = post(client, f"/quizzes/{course.quiz_id}/start", on=f"/quizzes/{course.quiz_id}")
    attempt = "/".join(started.location.split("/")[:3])
    before = [
        client.get(url).text
        for url in (f"{attempt}/1", f"{attempt}/check", f"/quizzes/{course.quiz_id}")
    ]
    post(client, f"{attempt}/submit", on=f"{attempt}/check")

    page = client.get(f"{attempt}/results").text

    for html in before:
        assert "term-pop" not in html
        assert 'class="term"' not in html
        assert "A long river." not in html
    assert sorted(explained(page)) == ["deir", "euphrates"]
    told = [
        option.split("data-feedback")
        for option in re.findall(r'<li class="opt.*?</li>', page, re.DOTALL)
        if "data-feedback" in option
    ]
    assert [(linked(words), linked(feedback)) for words, feedback in told] == [
        ([], ["euphrates", "deir"])
    ]


def test_the_editor_explains_names_on_the_answer_side_alone(
    client: FlaskClient, course: Course, sign_in: Any
) -> None:
    sign_in(client, course.teacher_id)
    address = f"/teach/rivers/questions/{course.question_id}"

    page = client.get(address).text
    faces, answer = page[page.index('id="preview"') :].split('class="answer-side')

    assert "Was it the Euphrates" in faces
    assert linked(faces) == []
    assert "euphrates" in linked(answer)
    assert "euphrates" in explained(answer)
    preview = client.post(
        "/teach/rivers/preview", data={"type": "single_choice", "csrf_token": csrf_token(page)}
    )
    assert preview.status_code == 200


def test_the_words_of_a_fact_are_marked_where_a_card_leads(
    client: FlaskClient, course: Course, sign_in: Any
) -> None:
    sign_in(client, course.student_id)
    card = client.get("/review").text
    address = f"/sources/{course.source_id}?fact={course.fact_id}"

    page = client.get(address).text

    assert f'href="{address}#p5"' in card
    assert page.count('id="p5"') == 1
    assert '<mark id="p5">Forces crossed' in page
    assert "They crossed." in page
    assert f'href="/sources/{course.source_id}#p5">Clear' in page
    assert "/review?course=rivers&amp;topic=" in page


@pytest.mark.parametrize("fact", ["0", "-1", "x", "999", "99999999999999999999", "1%00", ""])
def test_what_is_no_fact_of_the_text_marks_nothing(
    client: FlaskClient, course: Course, fact: str
) -> None:
    answer = client.get(f"/sources/{course.source_id}?fact={fact}")

    assert answer.status_code == 200
    assert "<mark" not in answer.text
    assert 'id="p5"' in answer.text


def test_a_visitor_is_not_told_what_the_words_prove(client: FlaskClient, course: Course) -> None:
    page = client.get(f"/sources/{course.source_id}?fact={course.fact_id}").text

    assert "<mark" in page
    assert "They crossed." not in page


def test_an_instructor_gets_from_a_paragraph_to_its_questions(
    client: FlaskClient, course: Course, sign_in: Any
) -> None:
    sign_in(client, course.teacher_id)

    page = client.get(f"/sources/{course.source_id}").text

    assert f'href="/teach/rivers/questions/{course.question_id}"' in page


def test_the_glossary_lists_terms_with_what_they_mean_and_where_they_stand(
    client: FlaskClient, course: Course
) -> None:
    page = client.get("/courses/rivers/glossary").text

    for words in ("People", "Places", "A long river.", "Arabic", "Nobody asks him."):
        assert words in page
    assert 'id="term-deir"' in page
    assert f'href="/sources/{course.source_id}#p5"' in page
    assert "/courses/rivers/glossary" in client.get("/courses/rivers").text


def test_kinds_and_searches_are_links_and_a_form_that_keep_one_another(
    client: FlaskClient, course: Course
) -> None:
    page = client.get("/courses/rivers/glossary?kind=place&q=river").text

    assert 'id="term-euphrates"' in page
    assert 'id="term-deir"' not in page
    assert "1 term for" in page
    assert 'name="kind" value="place"' in page
    assert 'value="river"' in page
    assert 'href="/courses/rivers/glossary?q=river"' in page
    assert "No term fits" in client.get("/courses/rivers/glossary?q=qqqq").text


@pytest.mark.parametrize("query", ["kind=rubbish", "q=%00", "q=" + "x" * 5000, "q=%3Cscript%3E"])
def test_any_search_is_answered(client: FlaskClient, course: Course, query: str) -> None:
    answer = client.get(f"/courses/rivers/glossary?{query}")

    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_a_course_without_terms_says_so_and_is_not_led_to_them(
    client: FlaskClient, stored: Any
) -> None:
    with stored() as make:
        make.course(slug="bare")

    assert "No glossary yet" in client.get("/courses/bare/glossary").text
    assert "/glossary" not in client.get("/courses/bare").text


def test_what_stands_in_a_term_is_never_run(client: FlaskClient, stored: Any) -> None:
    with stored() as make:
        course = make.course(slug="bad")
        make.term(
            course,
            f"Oder {ATTACK}",
            definition=ATTACK,
            spellings=[{"text": ATTACK, "language": "ru"}],
        )
        passage = make.passage(course, f"By the Oder {ATTACK} it is.")
        source_id = passage.source_id

    for url in ("/courses/bad/glossary", f"/sources/{source_id}"):
        page = client.get(url).text
        assert ATTACK not in page
        assert "&lt;script&gt;" in page


def test_known_terms_cost_no_page_a_statement(
    client: FlaskClient, course: Course, sign_in: Any, statements: Any
) -> None:
    sign_in(client, course.student_id)
    urls = (f"/sources/{course.source_id}", "/review", "/courses/rivers/glossary")

    def count(url: str) -> int:
        with statements() as seen:
            client.get(url)
        return sum("FROM term" in statement for statement in seen)

    assert sum(count(url) for url in urls) == 1
    assert [count(url) for url in urls] == [0, 0, 0]
