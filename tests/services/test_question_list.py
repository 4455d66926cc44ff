"""Filters of the list of questions beyond topic, type and status, and the text they search."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid
from quizapp.models import Citation, Course, Question, QuestionFigure, QuestionText, Status
from quizapp.policy import Actor
from quizapp.queries import question_hits, question_orders
from quizapp.queries.list_choices import saved_views
from quizapp.queries.question_filters import Health, Quality, QuestionFilter, Sort
from quizapp.queries.questions import list_questions
from quizapp.services.authoring import Written, create_question, revise_question
from quizapp.services.bulk_acts import Picked
from quizapp.services.saved_views import MOST_VIEWS, forget_view, save_view
from tests.support.make import NOON, RAW, Make


@pytest.fixture
def course(make: Make) -> Course:
    return make.course()


@pytest.fixture
def teacher(make: Make, course: Course) -> Actor:
    return make.instructor(course)


def stems(session: Session, teacher: Actor, course: Course, **wanted: Any) -> list[str]:
    found = list_questions(
        session, actor=teacher, course_id=course.id, wanted=QuestionFilter(**wanted)
    )
    return [row.stem for row in found.rows]


def ask(make: Make, fact: Any, stem: str, **given: Any) -> Any:
    return make.question(fact, raw=RAW["single_choice"] | {"stem": stem}, **given)


@pytest.fixture
def cited(session: Session, make: Make, course: Course) -> None:
    facts = [make.fact(course) for _ in range(3)]
    for fact, stem in zip(facts, ("Found?", "Lost?", "None?"), strict=True):
        ask(make, fact, stem)
    of_lost = Citation.fact_id == facts[1].id
    session.execute(sa.update(Citation).where(of_lost).values(lost_at=NOON))
    session.execute(sa.delete(Citation).where(Citation.fact_id == facts[2].id))


@pytest.mark.usefixtures("cited")
@pytest.mark.parametrize("health", list(Health))
def test_questions_are_listed_by_what_became_of_their_proof(
    session: Session, course: Course, teacher: Actor, health: Health
) -> None:
    assert stems(session, teacher, course, citation=health) == [f"{health.capitalize()}?"]


def test_questions_are_listed_by_who_wrote_them_last(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    fact, colleague = make.fact(course), make.instructor(course)
    ask(make, fact, "From the files?")
    raw = RAW["single_choice"] | {"stem": "By one?", "explanation": "As in Zanzibar."}
    written = Written("single_choice", raw, fact.id, Status.DRAFT)
    given: dict[str, Any] = {"course_id": course.id, "now": NOON}
    asked = create_question(session, actor=teacher, written=written, **given)

    assert stems(session, teacher, course, author_id=teacher.id) == ["By one?"]
    assert stems(session, teacher, course, text="zanzibar") == ["By one?"]
    assert stems(session, teacher, course, author_id=0) == ["From the files?"]

    other = Written(
        "single_choice", raw | {"stem": "By another?", "explanation": ""}, fact.id, Status.DRAFT
    )
    revise_question(session, actor=colleague, question_id=asked, written=other, seen=1, **given)
    assert stems(session, teacher, course, author_id=teacher.id) == []
    assert stems(session, teacher, course, author_id=colleague.id, text="by") == ["By another?"]
    assert stems(session, teacher, course, text="zanzibar") == []


def test_stems_are_sorted_without_case_and_accents(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    fact = make.fact(course)
    for stem in ("zoo?", "Émile?", "apple?", "The border?"):
        ask(make, fact, stem)
    expected = ["apple?", "The border?", "Émile?", "zoo?"]

    assert stems(session, teacher, course, sort=Sort.STEM) == expected
    assert stems(session, teacher, course, sort=Sort.STEM, type_name="single_choice") == expected


@pytest.mark.parametrize(
    "wanted",
    [
        {"text": "which"},
        {"text": "which", "status": Status.DRAFT},
        {"type_name": "single_choice"},
        {"tag": "exam"},
        {"citation": Health.FOUND},
        {"author_id": 0},
    ],
)
@pytest.mark.parametrize("sort", list(Sort))
def test_what_is_too_much_to_gather_is_listed_alike(
    session: Session,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    *,
    course: Course,
    teacher: Actor,
    wanted: dict[str, Any],
    sort: Sort,
) -> None:
    fact = make.fact(course)
    for n, status in enumerate([Status.READY, Status.DRAFT, Status.DRAFT, Status.READY]):
        ask(make, fact, f"Which {'dbca'[n]}?", status=status, tags=["exam"])
    gathered = stems(session, teacher, course, sort=sort, **wanted)
    monkeypatch.setattr(question_hits, "MOST_COUNTED", 1)

    in_order = stems(session, teacher, course, sort=sort, **wanted)

    assert in_order == gathered
    assert len(gathered) == (2 if wanted.get("status") else 4)


def test_a_question_that_goes_takes_its_text_along(
    session: Session, make: Make, course: Course
) -> None:
    question = make.question(make.fact(course))

    session.delete(question)
    session.flush()

    assert session.scalars(sa.select(QuestionText.question_id)).all() == []


def test_views_are_kept_by_name_for_oneself(
    session: Session, make: Make, course: Course, teacher: Actor
) -> None:
    colleague = make.instructor(course)
    given: dict[str, Any] = {"actor": teacher, "course_id": course.id}
    save_view(session, **given, name=" To mend ", query="citation=lost")
    save_view(session, **given, name="To mend", query="citation=none")
    save_view(session, **given, name="Drafts", query="status=draft")

    found = saved_views(session, **given)
    assert [(view.name, view.query) for view in found] == [
        ("Drafts", "status=draft"),
        ("To mend", "citation=none"),
    ]
    forget_view(session, actor=colleague, course_id=course.id, name="Drafts")
    assert len(saved_views(session, **given)) == 2
    forget_view(session, **given, name="Drafts")
    assert len(saved_views(session, **given)) == 1


def test_views_need_a_name_and_end_somewhere(
    session: Session, course: Course, teacher: Actor
) -> None:
    given: dict[str, Any] = {"actor": teacher, "course_id": course.id, "query": ""}
    for name in ("", "x" * 61):
        with pytest.raises(Invalid):
            save_view(session, **given, name=name)
    for n in range(MOST_VIEWS):
        save_view(session, **given, name=f"View {n}")

    with pytest.raises(Invalid, match="Forget one"):
        save_view(session, **given, name="One more")


@pytest.fixture
def figured(session: Session, make: Make, course: Course) -> None:
    """Questions named by how they did: facility in tenths, then what is the matter."""
    fact = make.fact(course)
    known: dict[str, tuple[int, float | None, float | None, int, int]] = {
        "never": (0, None, None, 0, 0),
        "few": (4, None, None, 1, 0),
        "fine": (50, 0.5, 0.4, 2, 0),
        "hard": (40, 0.1, 0.3, 3, 16),
        "easy": (60, 0.9, None, 3, 128),
        "key": (30, 0.3, -0.2, 3, 1 | 256),
    }
    for name, (answers, facility, discrimination, standing, flags) in known.items():
        made = ask(make, fact, f"{name}?")
        session.execute(
            sa.update(QuestionFigure)
            .where(QuestionFigure.question_id == made.id)
            .values(
                answers=answers,
                facility=facility,
                discrimination=discrimination,
                standing=standing,
                flags=flags,
            )
        )


@pytest.mark.usefixtures("figured")
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.HARDEST, "hard key fine easy few never"),
        (Sort.EASIEST, "easy fine key hard few never"),
        (Sort.WEAKEST, "key hard fine easy few never"),
        (Sort.STRONGEST, "fine hard key easy few never"),
        (Sort.FEWEST, "never few key hard fine easy"),
        (Sort.MOST, "easy fine hard key few never"),
    ],
)
@pytest.mark.parametrize("wanted", [{}, {"text": "?"}, {"type_name": "single_choice"}])
def test_questions_are_sorted_by_how_they_did(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    *,
    course: Course,
    teacher: Actor,
    sort: Sort,
    expected: str,
    wanted: dict[str, Any],
) -> None:
    names = [f"{name}?" for name in expected.split()]

    assert stems(session, teacher, course, sort=sort, **wanted) == names

    monkeypatch.setattr(question_hits, "MOST_COUNTED", 4)  # read in order from now on
    monkeypatch.setattr(question_orders, "PAGE_SIZE", 2)
    monkeypatch.setattr(question_hits, "PAGE_SIZE", 2)
    paged = [stems(session, teacher, course, sort=sort, page=page, **wanted) for page in (1, 2)]
    assert paged == [names[:2], names[2:4]]


@pytest.mark.usefixtures("figured")
def test_a_page_may_begin_among_those_without_a_figure(
    session: Session, monkeypatch: pytest.MonkeyPatch, course: Course, teacher: Actor
) -> None:
    monkeypatch.setattr(question_hits, "MOST_COUNTED", 5)
    for size, page, names in (
        (5, 1, ["key?", "hard?", "fine?", "easy?", "few?"]),
        (1, 5, ["few?"]),
    ):
        monkeypatch.setattr(question_orders, "PAGE_SIZE", size)
        monkeypatch.setattr(question_hits, "PAGE_SIZE", size)

        found = stems(session, teacher, course, sort=Sort.WEAKEST, page=page)
        assert sorted(found) == sorted(names)


@pytest.mark.usefixtures("figured")
@pytest.mark.parametrize(
    ("quality", "expected"),
    [
        (Quality.FAILS, "key easy hard"),
        (Quality.KEY, "key"),
        (Quality.HARD, "hard"),
        (Quality.EASY, "easy"),
        (Quality.WEAK, ""),
        (Quality.DRAWS, ""),
        (Quality.DEAD, "key"),
        (Quality.FINE, "fine"),
        (Quality.FEW, "few"),
        (Quality.NEVER, "never"),
    ],
)
def test_questions_are_listed_by_how_they_did(
    session: Session,
    course: Course,
    teacher: Actor,
    quality: Quality,
    expected: str,
) -> None:
    names = [f"{name}?" for name in expected.split()]
    given: dict[str, Any] = {"quality": quality, "sort": Sort.NEWEST}

    assert stems(session, teacher, course, **given) == names
    assert stems(session, teacher, course, **given, text="?", status=Status.READY) == names
    picked = Picked(all_of=QuestionFilter(quality=quality)).conditions(course.id)
    found = session.scalars(sa.select(Question.stem).where(*picked)).all()
    assert sorted(found) == sorted(names)
