"""A course made from another: what comes along, what stays behind, and that nobody waits."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.formats.media import read_media
from quizapp.formats.registry import FORMATS
from quizapp.grading.settings import QuizSettings
from quizapp.models import (
    Attempt,
    Citation,
    CopyState,
    Course,
    CourseCopy,
    Enrolment,
    Fact,
    Invitation,
    Job,
    JobState,
    Media,
    MediaBytes,
    Memory,
    Passage,
    Question,
    QuestionComment,
    QuestionOrigin,
    QuestionPair,
    QuestionReview,
    QuestionText,
    Quiz,
    Revision,
    Role,
    Slot,
    Source,
    Status,
    Term,
    Topic,
    User,
)
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.joining import invited_by
from quizapp.queries.library import course_cards
from quizapp.queries.question_export import ExportChoice, exported_drafts
from quizapp.queries.question_filters import QuestionFilter
from quizapp.queries.questions import list_questions
from quizapp.services.archiving import archive_course
from quizapp.services.attempt_start import start_attempt
from quizapp.services.course_copies import (
    WrittenCopy,
    ask_copy,
    copy_later,
    copy_some,
    fail_copy,
    finish_copy,
    give_up_copies,
    lacking,
    make_copy,
    take_up_copy,
    undo_copy,
)
from quizapp.services.courses import WrittenCourse, check_course, create_course
from quizapp.services.enrolments import leave_course
from quizapp.services.invitation_links import accept, make_letter
from quizapp.services.invitations import Wanted, invite
from quizapp.services.join_codes import Whose, join_by_code, make_code
from quizapp.services.media import keep_media
from quizapp.services.question_comments import add_comment
from tests.support.files import picture_bytes
from tests.support.make import NOON, Make

WANTED = WrittenCopy(WrittenCourse("Syria, next year", "syria-2027", language="en"))
OPENS = datetime(2026, 3, 20, 8, 0, tzinfo=UTC)  # nine in Berlin, before the clocks change


class Copied:
    """A course with one of everything, and its copy."""

    def __init__(self, session: Session, make: Make) -> None:
        self.session, self.make = session, make
        self.course = course = make.course(
            title="Syria",
            form_policy={"is_mixed": True},
            review_by_other=True,
            bank_sha256="a" * 64,
        )
        self.actor = make.instructor(course)
        self.topic = make.topic(course, key="law")
        self.passage = make.passage(course, key="p1", bank_sha256="b" * 64)
        self.fact = make.fact(course, self.topic, self.passage, key="article", bank_sha256="c" * 64)
        self.question = make.question(
            self.fact,
            key="which-article",
            tags=["exam"],
            waivers=[{"rule": "negative-stem", "reason": "It is the point."}],
            current_number=2,
            bank_sha256="d" * 64,
        )
        first = session.scalars(sa.select(Revision.content)).one()
        make.revision(self.question, {**first, "stem": "Which article is it?"}, number=2)
        self.waiting = make.question(
            make.fact(course, self.topic, self.passage, key="bases"),
            key="which-bases",
            status=Status.IN_REVIEW,
        )
        self.quiz = make.quiz(
            course,
            [self.question],
            [{"count": 1, "topics": [self.topic.id], "tags": ["exam"]}],
            key="exam",
            settings=QuizSettings(opens_at=OPENS, time_limit_minutes=45).dump(),
            access_code="euphrates",
            bank_sha256="e" * 64,
        )
        make.term(course, key="euphrates")
        self.picture = read_media(picture_bytes())
        files = [("a map", self.picture)]
        keep_media(session, actor=self.actor, course_id=course.id, files=files, now=NOON)
        session.add_all(
            [
                QuestionOrigin(
                    course_id=course.id, key="q-1", question_id=self.question.id, sha256="f" * 64
                ),
                QuestionPair(
                    first_id=self.question.id,
                    second_id=self.waiting.id,
                    course_id=course.id,
                    is_same=False,
                    is_distinct=True,
                ),
            ]
        )
        session.flush()

    def me(self) -> Actor:
        """Return the instructor with the roles they have by now."""
        return self.make.actor(self.session.get_one(User, self.actor.id))

    def copy(self, written: WrittenCopy = WANTED) -> Course:
        copy_id = make_copy(
            self.session, actor=self.actor, course_id=self.course.id, written=written, now=NOON
        )
        return self.made(copy_id)

    def made(self, copy_id: int) -> Course:
        found = sa.select(Course).join(CourseCopy, CourseCopy.course_id == Course.id)
        return self.session.scalars(
            found.where(CourseCopy.id == copy_id).execution_options(populate_existing=True)
        ).one()

    def of(self, model: Any, course: Course) -> Any:
        """Return the one row of a model that belongs to a course."""
        return self.session.scalars(sa.select(model).where(model.course_id == course.id)).one()

    def named(self, model: Any, course: Course, key: str) -> Any:
        found = sa.select(model).where(model.course_id == course.id, model.key == key)
        return self.session.scalars(found).one()


@pytest.fixture
def copied(session: Session, make: Make) -> Copied:
    return Copied(session, make)


class TestWhatComesAlong:
    def test_the_course_is_private_and_taught_by_who_made_it(self, copied: Copied) -> None:
        new = copied.copy()

        assert (new.title, new.slug, new.is_public) == ("Syria, next year", "syria-2027", False)
        assert new.hidden_since is None
        assert (new.form_policy, new.review_by_other) == ({"is_mixed": True}, True)
        assert new.glossary_sha256 == copied.course.glossary_sha256 != ""
        member = copied.of(Enrolment, new)
        assert (member.user_id, member.role) == (copied.actor.id, Role.INSTRUCTOR)

    def test_texts_and_facts_are_proved_by_the_same_words_of_the_copy(self, copied: Copied) -> None:
        new = copied.copy()

        fact = copied.named(Fact, new, "article")
        citation = copied.session.scalars(
            sa.select(Citation).where(Citation.fact_id == fact.id)
        ).one()
        passage = copied.session.get(Passage, citation.passage_id)
        source = copied.session.get(Source, passage.source_id)
        assert source.course_id == new.id
        assert passage.id != copied.passage.id
        assert passage.text[citation.start : citation.end] == citation.exact
        assert copied.session.get(Topic, fact.topic_id).course_id == new.id
        assert copied.named(Term, new, "euphrates").name == "Euphrates"

    def test_a_question_begins_anew_with_what_it_says_now(self, copied: Copied) -> None:
        new = copied.copy()

        question = copied.named(Question, new, "which-article")
        (revision,) = copied.session.scalars(
            sa.select(Revision).where(Revision.question_id == question.id)
        ).all()
        assert (question.current_number, revision.number) == (1, 1)
        assert revision.content["stem"] == "Which article is it?"
        assert question.fact_id == copied.named(Fact, new, "article").id
        assert question.tags == ["exam"]
        assert question.waivers == [{"rule": "negative-stem", "reason": "It is the point."}]
        assert question.status is Status.READY

    def test_what_waits_for_review_waits_here_as_well(self, copied: Copied) -> None:
        new = copied.copy()

        question = copied.named(Question, new, "which-bases")
        sent = copied.session.scalars(
            sa.select(QuestionReview).where(QuestionReview.question_id == question.id)
        ).one()
        assert question.status is Status.IN_REVIEW
        assert (sent.step.value, sent.actor_id, sent.number) == ("sent", copied.actor.id, 1)

    def test_files_know_it_by_the_same_names_and_it_is_found_by_its_words(
        self, copied: Copied
    ) -> None:
        new = copied.copy()

        question = copied.named(Question, new, "which-article")
        origin = copied.of(QuestionOrigin, new)
        assert (origin.key, origin.question_id) == ("q-1", question.id)
        index = copied.session.scalars(
            sa.select(QuestionText.text).where(QuestionText.question_id == question.id)
        ).one()
        assert f"#{question.id} " in index
        pair = copied.of(QuestionPair, new)
        assert {pair.first_id, pair.second_id} == {
            question.id,
            copied.named(Question, new, "which-bases").id,
        }
        assert pair.is_distinct

    def test_it_exports_as_the_same_file(self, copied: Copied) -> None:
        new = copied.copy()

        files = [
            FORMATS["bank_yaml"].write(
                exported_drafts(
                    copied.session, actor=copied.me(), course_id=course.id, choice=ExportChoice()
                ),
                title="x",
            )
            for course in (copied.course, new)
        ]

        assert files[0].data == files[1].data
        assert b"which-article" in files[0].data

    def test_quizzes_ask_the_questions_of_the_copy(self, copied: Copied) -> None:
        new = copied.copy()

        quiz = copied.of(Quiz, new)
        fixed, drawn = copied.session.scalars(
            sa.select(Slot).where(Slot.quiz_id == quiz.id).order_by(Slot.position)
        ).all()
        assert fixed.question_id == copied.named(Question, new, "which-article").id
        assert drawn.draw == {
            "count": 1,
            "topics": [copied.named(Topic, new, "law").id],
            "tags": ["exam"],
        }
        assert (fixed.max_mark, quiz.access_code) == (Fraction(1), "euphrates")
        assert quiz.settings["time_limit_minutes"] == 45

    def test_pictures_are_shown_without_being_doubled(self, copied: Copied) -> None:
        new = copied.copy()

        assert copied.of(Media, new).digest == copied.picture.digest
        assert copied.session.scalar(sa.select(sa.func.count()).select_from(MediaBytes)) == 1

    def test_no_file_of_the_bank_has_a_say_in_it(self, copied: Copied) -> None:
        new = copied.copy()

        for model in (Fact, Question, Quiz):
            stated = sa.select(model.bank_sha256).where(model.course_id == new.id)
            assert set(copied.session.scalars(stated)) == {None}
        texts = sa.select(Passage.bank_sha256).join(Source).where(Source.course_id == new.id)
        assert set(copied.session.scalars(texts)) == {None}
        assert new.bank_sha256 == "made here"


class TestDates:
    def test_are_left_out_and_the_quiz_waits_as_a_draft(self, copied: Copied) -> None:
        quiz = copied.of(Quiz, copied.copy())

        assert "opens_at" not in quiz.settings
        assert quiz.status is Status.DRAFT

    def test_move_by_days_at_the_same_time_of_day(self, copied: Copied) -> None:
        copied.session.execute(sa.text("UPDATE user_account SET timezone = 'Europe/Berlin'"))
        copied.actor = copied.me()

        quiz = copied.of(Quiz, copied.copy(WrittenCopy(WANTED.course, shift_days=14)))

        # 3 April: the clocks have changed, and nine in Berlin is seven.
        assert quiz.settings["opens_at"] == "2026-04-03T07:00:00+00:00"
        assert quiz.status is Status.READY

    def test_that_are_lost_on_the_way_make_a_draft_too(self, copied: Copied) -> None:
        last = QuizSettings(opens_at=OPENS, closes_at=OPENS.replace(year=2199))
        copied.quiz.settings = last.dump()
        copied.session.flush()

        new = copied.copy(WrittenCopy(WANTED.course, shift_days=365))

        quiz = copied.of(Quiz, new)
        assert quiz.settings["opens_at"] == "2027-03-20T08:00:00+00:00"
        assert "closes_at" not in quiz.settings
        assert quiz.status is Status.DRAFT
        assert copied.session.scalars(sa.select(CourseCopy.report)).one()["undated"] == 1


class TestWhatStaysBehind:
    def test_nothing_of_people_comes_along(self, copied: Copied) -> None:
        learner = copied.make.learner(copied.course)
        start(copied, learner, copied.course, copied.question)
        add_comment(
            copied.session,
            actor=copied.actor,
            course_id=copied.course.id,
            question_id=copied.question.id,
            text="Is that so?",
            parent_id=None,
            now=NOON,
        )
        tables = (Attempt, Memory, QuestionComment)
        before = [_total(copied.session, one) for one in tables]

        new = copied.copy()

        assert [_total(copied.session, one) for one in tables] == before
        assert copied.of(Enrolment, new).user_id == copied.actor.id


def start(copied: Copied, actor: Actor, course: Course, question: Question) -> None:
    """Let somebody begin a quiz that asks one question."""
    quiz = copied.make.quiz(course, [question])
    start_attempt(copied.session, actor=actor, quiz_id=quiz.id, seed=1, now=NOON)


def _total(session: Session, model: Any) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


class TestBatches:
    def start(self, copied: Copied) -> Any:
        copy_id = ask_copy(
            copied.session,
            actor=copied.actor,
            course_id=copied.course.id,
            written=WANTED,
            now=NOON,
        )
        return take_up_copy(copied.session, copy_id=copy_id)

    def step(self, copied: Copied, copying: Any, most: int = 1) -> int:
        act, ids, left = lacking(copied.session, copying_=copying)
        if act is not None:
            keys = {"copying_": copying, "act": act, "now": NOON}
            copy_some(copied.session, **keys, ids=ids[:most], done=copying.total - left + most)
        return left

    def test_one_after_the_other_until_nothing_is_lacking(self, copied: Copied) -> None:
        copying = self.start(copied)

        left = [self.step(copied, copying) for _ in range(6)]

        assert copying.total == 5  # a paragraph, two facts, two questions
        assert left == [5, 4, 3, 2, 1, 0]

    def test_until_it_is_whole_it_is_nobodys(self, copied: Copied) -> None:
        copying = self.start(copied)
        self.step(copied, copying)
        admin = copied.make.actor(copied.make.user(is_admin=True))

        titles = [one.title for one in course_cards(copied.session, actor=admin)]

        assert titles == ["Syria"]

    def test_what_is_edited_meanwhile_is_never_half_in_it(self, copied: Copied) -> None:
        copying = self.start(copied)
        while self.step(copied, copying):
            pass
        copied.passage.text = f"As is known, {copied.passage.text}"
        citations = sa.select(Citation).where(Citation.passage_id == copied.passage.id)
        for citation in copied.session.scalars(citations):
            citation.start, citation.end = citation.start + 13, citation.end + 13
        late = copied.make.question(copied.make.fact(copied.course, key="late"), key="late")
        copied.session.add(
            Slot(quiz_id=copied.quiz.id, position=2, max_mark=Fraction(1), question_id=late.id)
        )
        copied.session.flush()

        finish_copy(copied.session, copying_=copying, zone="UTC", now=NOON)

        new = copied.made(copying.id)
        fact = copied.named(Fact, new, "article")
        citation = copied.session.scalars(
            sa.select(Citation).where(Citation.fact_id == fact.id)
        ).one()
        text = copied.session.get(Passage, citation.passage_id).text
        assert text[citation.start : citation.end] == citation.exact
        asked = sa.select(Slot.question_id).where(Slot.quiz_id == copied.of(Quiz, new).id)
        assert copied.named(Question, new, "late").id in set(copied.session.scalars(asked))

    def test_texts_and_topics_that_are_added_meanwhile_come_along(self, copied: Copied) -> None:
        copying = self.start(copied)
        make, course = copied.make, copied.course
        make.question(make.fact(course, key="late"), key="late")  # with a text and a topic

        left = [self.step(copied, copying, most=10) for _ in range(4)]

        assert left == [8, 6, 3, 0]
        fact = copied.named(Fact, copied.made(copying.id), "late")
        assert fact.course_id != course.id

    def test_paragraphs_stand_where_they_stand_in_the_original_by_then(
        self, copied: Copied
    ) -> None:
        make, source_id = copied.make, copied.passage.source_id
        gone = make.passage(copied.course, key="gone", position=copied.passage.position + 1)
        last = make.passage(copied.course, key="last", position=copied.passage.position + 2)
        gone.source_id = last.source_id = source_id
        copied.session.flush()
        copying = self.start(copied)
        while self.step(copied, copying):
            pass
        middle = make.passage(copied.course, key="middle", position=last.position)
        middle.source_id, last.position = source_id, last.position + 1
        last.heading, last.locator, last.note = "Article 147", "P147", "Moved."
        copied.session.delete(gone)
        copied.session.flush()

        finish_copy(copied.session, copying_=copying, zone="UTC", now=NOON)

        columns = (Passage.key, Passage.position, Passage.heading, Passage.locator, Passage.note)
        key = copied.session.get_one(Source, source_id).key
        stated = sa.select(*columns).join(Source).where(Source.key == key)
        places = [
            copied.session.execute(
                stated.where(Source.course_id == course_id).order_by(Passage.position, Passage.id)
            ).all()
            for course_id in (copied.course.id, copied.made(copying.id).id)
        ]
        assert places[0] == places[1]
        assert [row.key for row in places[1]] == ["p1", "middle", "last"]

    def test_a_worker_that_was_followed_by_another_writes_nothing_more(
        self, copied: Copied
    ) -> None:
        first = self.start(copied)
        take_up_copy(copied.session, copy_id=first.id)

        with pytest.raises(Conflict):
            self.step(copied, first)

    def test_nothing_is_called_whole_whose_original_is_gone(self, copied: Copied) -> None:
        copying = self.start(copied)
        self.step(copied, copying)
        copied.session.execute(
            sa.update(CourseCopy).where(CourseCopy.id == copying.id).values(source_id=None)
        )

        with pytest.raises(Conflict):
            finish_copy(copied.session, copying_=copying, zone="UTC", now=NOON)

        assert copied.made(copying.id).hidden_since is not None

    def test_one_that_no_job_goes_on_with_fails(self, copied: Copied) -> None:
        copying = self.start(copied)
        copy_later(copied.session, copy_id=copying.id, now=NOON)

        def state() -> CopyState:
            give_up_copies(copied.session, now=NOON)
            return copied.session.scalars(sa.select(CourseCopy.state)).one()

        assert state() is CopyState.COPYING
        copied.session.execute(sa.update(Job).values(state=JobState.FAILED))
        assert state() is CopyState.FAILED
        assert copied.copy().slug == "syria-2027"

    def test_one_that_fails_frees_its_address(self, copied: Copied) -> None:
        copying = self.start(copied)
        self.step(copied, copying)

        fail_copy(copied.session, copy_id=copying.id, reason="No.", now=NOON)

        assert copied.made(copying.id).hidden_since == NOON
        assert copied.copy().slug == "syria-2027"


class TestAsking:
    def test_every_problem_is_named_at_its_field(self, copied: Copied) -> None:
        copied.make.course(slug="taken")
        refused = [
            (WrittenCourse(" ", "fine"), None, ["title"]),
            (WrittenCourse("A", "Ä!"), None, ["slug"]),
            (WrittenCourse("A", "new"), None, ["slug"]),
            (WrittenCourse("A", "taken"), None, ["slug"]),
            (WrittenCourse("A", "fine", language="klingon?"), None, ["language"]),
            (WrittenCourse("", "taken"), 4_000, ["title", "slug", "shift_days"]),
        ]
        for course, days, paths in refused:
            with pytest.raises(Invalid) as error:
                copied.copy(WrittenCopy(course, days))

            assert [one.path for one in error.value.problems] == paths

    def test_without_an_address_the_title_gives_one(self, copied: Copied) -> None:
        assert copied.copy(WrittenCopy(WrittenCourse("Syrien, März"))).slug == "syrien-marz"

    def test_only_who_teaches_a_course_copies_it(self, copied: Copied) -> None:
        others: list[tuple[Actor, type[Exception]]] = [
            (copied.make.learner(copied.course), Forbidden),
            (copied.make.instructor(copied.make.course()), NotFound),
        ]
        for actor, error in others:
            copied.actor = actor
            with pytest.raises(error):
                copied.copy()


class TestTakingItBack:
    def undo(self, copied: Copied, new: Course) -> int | None:
        return undo_copy(copied.session, actor=copied.me(), course_id=new.id, now=NOON)

    def test_leads_back_to_the_original_and_leaves_it_alone(self, copied: Copied) -> None:
        new = copied.copy()

        source_id = self.undo(copied, new)

        assert source_id == copied.course.id
        copied.session.refresh(new)
        assert new.hidden_since == NOON
        assert (
            copied.session.scalars(sa.select(Enrolment).where(Enrolment.course_id == new.id)).all()
            == []
        )
        page = list_questions(
            copied.session,
            actor=copied.actor,
            course_id=copied.course.id,
            wanted=QuestionFilter(),
        )
        assert page.total.number == 2

    def test_leads_nowhere_where_the_original_is_gone_or_taught_by_others(
        self, copied: Copied
    ) -> None:
        middle = copied.copy()
        first, copied.course = copied.course, middle
        copied.actor = copied.me()
        last = copied.copy(WrittenCopy(WrittenCourse("Last", "last")))
        self.undo(copied, middle)
        assert self.undo(copied, last) is None

        copied.course = first
        other = copied.copy()
        removed = sa.delete(Enrolment).where(Enrolment.course_id == first.id)
        copied.session.execute(removed)
        assert self.undo(copied, other) is None

    def test_cannot_be_kept_off_by_an_address_that_somebody_chose(self, copied: Copied) -> None:
        new = copied.copy()
        copied.session.execute(sa.update(CourseCopy).values(id=7))
        for taken in ("undone-copy-7", "undone-import-7"):
            written = WrittenCourse("Mine", taken)
            create_course(copied.session, actor=copied.me(), written=written, now=NOON)

        assert self.undo(copied, new) == copied.course.id

        copied.session.refresh(new)
        assert "." in new.slug  # neither here nor in the bank's files is that an address
        with pytest.raises(Invalid):
            check_course(copied.session, actor=copied.me(), written=WrittenCourse("Mine", new.slug))

    def test_not_once_somebody_else_is_in_it_or_has_learnt(self, copied: Copied) -> None:
        new = copied.copy()
        learner = copied.make.learner(new)

        with pytest.raises(Conflict):
            self.undo(copied, new)

        copied.session.execute(sa.delete(Enrolment).where(Enrolment.user_id == learner.id))
        question = copied.named(Question, new, "which-article")
        start(copied, copied.me(), new, question)
        with pytest.raises(Conflict):
            self.undo(copied, new)

    def test_not_once_somebody_was_in_it_who_may_have_learnt(self, copied: Copied) -> None:
        new = copied.copy()
        learner = copied.make.learner(new)
        leave_course(copied.session, actor=learner, slug=new.slug, now=NOON)

        with pytest.raises(Conflict):
            self.undo(copied, new)

    def test_then_neither_code_nor_letter_lets_anybody_in(self, copied: Copied) -> None:
        new = copied.copy()
        keys: dict[str, Any] = {"actor": copied.me(), "now": NOON}
        code = make_code(copied.session, whose=Whose(new.id), **keys)
        invite(copied.session, course_id=new.id, wanted=Wanted("a@x.org\nb@x.org"), site="", **keys)
        first, second = copied.session.scalars(sa.select(Invitation.id).order_by(Invitation.id))
        letter = make_letter(copied.session, invitation_id=first, site="", now=NOON)
        assert letter is not None
        token = letter.body.partition("invited/")[2].split()[0]

        self.undo(copied, new)

        newcomer = copied.make.actor(copied.make.user())
        with pytest.raises(NotFound):
            join_by_code(copied.session, actor=newcomer, code=code, now=NOON)
        with pytest.raises(NotFound):
            accept(copied.session, actor=newcomer, token=token, now=NOON)
        assert invited_by(copied.session, token=token, now=NOON) is None
        assert make_letter(copied.session, invitation_id=second, site="", now=NOON) is None
        assert (
            copied.session.scalar(sa.select(sa.func.count()).where(Enrolment.course_id == new.id))
            == 0
        )

    def test_an_archived_copy_is_brought_back_first(self, copied: Copied) -> None:
        new = copied.copy()
        archive_course(copied.session, actor=copied.me(), course_id=new.id, now=NOON)

        actor = actor_for_id(copied.session, copied.actor.id)
        assert actor is not None
        with pytest.raises(Forbidden, match="archived"):
            undo_copy(copied.session, actor=actor, course_id=new.id, now=NOON)

    def test_a_course_that_is_no_copy_stays(self, copied: Copied) -> None:
        with pytest.raises(NotFound):
            self.undo(copied, copied.course)
