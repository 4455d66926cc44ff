"""The end of an account: nothing names the person any more, and nobody else loses anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, NotFound
from quizapp.models import (
    AccountDeletion,
    Attempt,
    Base,
    ClassMessage,
    Course,
    DepartedTally,
    Enrolment,
    Fact,
    ItemTally,
    Job,
    Passage,
    Question,
    QuestionComment,
    QuizTotal,
    RateLimit,
    ReceivedMessage,
    Review,
    Revision,
    Role,
    SavedView,
    User,
)
from quizapp.models.ownership import HELD, Fate
from quizapp.services import account_deletions, erasure
from quizapp.services.account_deletions import (
    GRACE,
    Leaving,
    ask_deletion,
    begin_deletion,
    keep_account,
    resume_deletions,
)
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.join_codes import Whose, join_by_code, make_code
from quizapp.services.limits import SIGN_IN_ACCOUNT, count_against
from quizapp.services.package_imports import Wanted, ask_import, make_course, take_up
from quizapp.services.recount import recount, store_recount
from quizapp.services.sessions import open_session
from tests.support.filled import EMAIL, NAME, NEIGHBOUR, PERSON, Filled, counted, places_naming
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting

SAID = f"{NAME} ({EMAIL.upper()}) asked for this."
#: What is no note between people: texts of courses and their quizzes, and what machines wrote.
CONTENTS = {
    *("attempt", "bulk_act", "bulk_change", "citation", "course", "fact", "join_code", "media"),
    *("media_bytes", "passage", "question", "question_draft", "question_import_fact"),
    *("question_import_row", "question_origin", "question_text", "quiz", "rate_limit", "revision"),
    *("source", "student_group", "term", "topic", "user_account"),
}
MACHINES = {"email", "error", "file", "format", "origin", "sha256", "site", "token_hash"}


def notes() -> dict[str, dict[str, Any]]:
    """Return for each table the columns in which people can write about people, with a note."""
    found: dict[str, dict[str, Any]] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            kind = column.type
            if not isinstance(kind, sa.String) or isinstance(kind, sa.Enum):
                continue
            is_long = kind.length is None or kind.length >= 100
            if is_long and table.name not in CONTENTS and column.name not in MACHINES:
                found.setdefault(table.name, {})[column.name] = SAID
    return found


def erase(session: Session, leaving: Leaving) -> int:
    """Do what the job does; return in how many steps."""
    steps = 1
    while erasure.erase_some(session, leaving=leaving, now=NOON):
        steps += 1
    erasure.finish_erasure(session, leaving=leaving)
    session.expire_all()
    return steps


def asked_to_go(session: Session, user_id: int, *, keeps_statistics: bool = False) -> None:
    """Let a deletion be due now."""
    row = AccountDeletion(user_id=user_id, keeps_statistics=keeps_statistics, courses=[])
    row.asked_at = row.due_at = NOON
    session.add(row)
    session.flush()


def leave(session: Session, user_id: int, *, keeps_statistics: bool = False) -> None:
    """Delete an account at once."""
    asked_to_go(session, user_id, keeps_statistics=keeps_statistics)
    leaving = begin_deletion(session, user_id=user_id, now=NOON)
    assert leaving is not None
    erase(session, leaving)


class TestTheRegistry:
    def test_every_table_says_what_becomes_of_its_rows(self) -> None:
        assert set(HELD) == set(Base.metadata.tables), "say so in models/ownership.py"

    def test_what_it_says_is_what_the_database_does(self) -> None:
        """Columns that point at people: rows of an owner go with them, other names become NULL."""
        for table in Base.metadata.sorted_tables:
            goes, becomes_null = set(), set()
            for column in table.c:
                for key in column.foreign_keys:
                    if key.column.table.name in ("user_account", "attempt"):
                        kept = {"CASCADE": goes, "SET NULL": becomes_null}[str(key.ondelete)]
                        kept.add(column.name)
            held = HELD[table.name]

            assert becomes_null == set(held.names), table.name
            assert goes - {"attempt_id"} == {held.owner} - {None, "id"}, table.name
            stays = not goes and not becomes_null and not held.owner
            assert (held.fate is Fate.STAYS) == stays, table.name


class TestEverything:
    @pytest.fixture
    def filled(self, session: Session) -> Filled:
        given = notes()
        known = {"mark_entry", "class_message", "learner_override", "marking", "regrade"}
        assert known < set(given), "and whatever else people write"
        given |= {
            "slot": {"draw": None},
            "saved_view": {"query": f"q=war&author={PERSON}&sort=stem"},
            "job": {"payload": {"to": EMAIL, "subject": "Hello", "body": ""}},
            # One unfinished import would be the person's alone; this course has others in it.
            "package_import": {"is_comparison": True},
            "account_deletion": {"due_at": NOON, "courses": []},
            "course": {"hidden_since": None},
        }
        filled = Filled(session, given)
        filled.fill()
        theirs = sa.update(Base.metadata.tables["invitation"])
        session.execute(theirs.where(sa.text(f"id = {self.first(filled)}")).values(email=EMAIL))
        return filled

    @staticmethod
    def first(filled: Filled) -> int:
        return int(filled.keys["invitation", PERSON]["id"])

    def test_no_column_of_any_row_names_the_person(self, session: Session, filled: Filled) -> None:
        # Of what stays there is more then.
        session.execute(sa.update(AccountDeletion).values(keeps_statistics=True))
        count_against(session, limit=SIGN_IN_ACCOUNT, subject=EMAIL, now=NOON)
        enqueue(session, name=JobName.FIT_MEMORY, payload={"learner_id": PERSON}, now=NOON)
        words = (NAME, EMAIL, str(PERSON))
        named = {place.partition(".")[0] for place in places_naming(session, *words)}
        fates = {table for table, held in HELD.items() if held.fate is not Fate.STAYS}
        assert named >= fates, "the person stands in every table that has to do with people"
        before = counted(session)
        assert all(before.values()), "a table without a row proves nothing"

        leaving = begin_deletion(session, user_id=PERSON, now=NOON)
        assert leaving is not None
        erase(session, leaving)

        assert places_naming(session, *words) == []
        hashed = RateLimit.bucket == SIGN_IN_ACCOUNT.bucket(EMAIL)
        assert session.scalar(sa.select(RateLimit.count).where(hashed)) is None

    def test_the_neighbour_loses_nothing_and_what_was_written_stays(
        self, session: Session, filled: Filled
    ) -> None:
        own = {
            table: Base.metadata.tables[table].c[held.owner] == NEIGHBOUR
            for table, held in HELD.items()
            if held.owner
        }
        before = {table: self.rows(session, table, where) for table, where in own.items()}
        leaving = begin_deletion(session, user_id=PERSON, now=NOON)
        assert leaving is not None

        erase(session, leaving)

        assert {table: self.rows(session, table, where) for table, where in own.items()} == before
        assert all(before.values())
        stays = [table for table, held in HELD.items() if held.fate is not Fate.GOES]
        left = counted(session)
        for table in {*stays} - {"job", "rate_limit"}:
            assert left[table] == 2, table
        revision = session.get_one(Revision, filled.keys["revision", NEIGHBOUR]["id"])
        assert revision.author_id is None
        texts = session.scalars(sa.select(QuestionComment.text)).all()
        assert set(texts) == {"[name removed] ([name removed]) asked for this."}
        (query,) = session.scalars(sa.select(SavedView.query))
        assert query == "q=war&sort=stem"

    @staticmethod
    def rows(session: Session, table: str, where: sa.ColumnElement[bool]) -> int:
        found = sa.select(sa.func.count()).select_from(Base.metadata.tables[table]).where(where)
        return session.scalar(found) or 0


class TestMessagesToAClass:
    @pytest.mark.parametrize(("others", "whom"), [(0, "[name removed]"), (1, "All students")])
    def test_one_that_only_they_got_says_no_more_whom_it_was_for(
        self, session: Session, make: Make, others: int, whom: str
    ) -> None:
        course = make.course()
        person, *neighbours = (make.learner(course) for _ in range(1 + others))
        said = "All students" if others else "Amara"  # no full name, and of another time
        message = {"course_id": course.id, "whom": said, "text": "Well done.", "sent_at": NOON}
        number = session.scalar(sa.insert(ClassMessage).values(message).returning(ClassMessage.id))
        for one in (person, *neighbours):
            session.execute(sa.insert(ReceivedMessage).values(message_id=number, learner_id=one.id))

        leave(session, person.id)

        assert session.scalars(sa.select(ClassMessage.whom)).all() == [whom]


@pytest.fixture
def sitting(session: Session, make: Make) -> Sitting:
    return Sitting(session, make, NOON)


class TestStatistics:
    @staticmethod
    def crowd(sitting: Sitting, make: Make, others: int) -> Any:
        quiz = sitting.quiz("single_choice", "true_false")
        learners = [sitting.actor, *(make.learner(sitting.course) for _ in range(others))]
        for actor in learners:
            sitting.start(quiz, actor=actor)
            sitting.save(0, choice="1", actor=actor, nonce=f"by-{actor.id}")
            sitting.submit(actor=actor)
        return quiz

    @staticmethod
    def told(session: Session, quiz: Any) -> tuple[int, int]:
        attempts = sa.select(sa.func.sum(QuizTotal.n)).where(QuizTotal.quiz_id == quiz.id)
        items = sa.select(sa.func.sum(ItemTally.n)).where(ItemTally.quiz_id == quiz.id)
        return int(session.scalar(attempts) or 0), int(session.scalar(items) or 0)

    @staticmethod
    def wrong(session: Session) -> list[Any]:
        return [one for last in list(recount(session))[-1:] for one in last.differences]

    def test_with_everything_they_are_those_of_the_others(
        self, session: Session, make: Make, sitting: Sitting
    ) -> None:
        quiz = self.crowd(sitting, make, others=5)
        _, items = self.told(session, quiz)

        leave(session, sitting.actor.id)

        attempts, left = self.told(session, quiz)
        assert attempts == 5
        assert left * 6 == items * 5, "all six answered alike"
        assert self.wrong(session) == []

    def test_where_they_stay_they_are_what_they_were(
        self, session: Session, make: Make, sitting: Sitting
    ) -> None:
        quiz = self.crowd(sitting, make, others=5)
        before = self.told(session, quiz)

        leave(session, sitting.actor.id, keeps_statistics=True)

        assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 5
        assert self.told(session, quiz) == before
        assert self.wrong(session) == []

    def test_a_recount_brings_back_what_people_left(
        self, session: Session, make: Make, sitting: Sitting
    ) -> None:
        quiz = self.crowd(sitting, make, others=5)
        before = self.told(session, quiz)
        leave(session, sitting.actor.id, keeps_statistics=True)
        session.execute(sa.update(ItemTally).values(n=ItemTally.n + 1))

        store_recount(session, self.wrong(session), now=NOON)

        assert self.told(session, quiz) == before

    def test_with_fewer_than_five_others_nothing_of_one_person_stays(
        self, session: Session, make: Make, sitting: Sitting
    ) -> None:
        quiz = self.crowd(sitting, make, others=4)

        leave(session, sitting.actor.id, keeps_statistics=True)

        assert self.told(session, quiz)[0] == 4
        assert session.scalar(sa.select(sa.func.count()).select_from(DepartedTally)) == 0

    @pytest.mark.parametrize(("keeps_statistics", "said"), [(True, 1), (False, 0)])
    def test_a_challenge_stays_as_a_comment_that_nobody_signed_or_goes(
        self, session: Session, make: Make, sitting: Sitting, keeps_statistics: bool, said: int
    ) -> None:
        quiz = self.crowd(sitting, make, others=0)
        (attempt_id,) = session.scalars(sa.select(Attempt.id).where(Attempt.quiz_id == quiz.id))
        make.challenge(sitting.actor, attempt_id, sitting.questions[0])

        leave(session, sitting.actor.id, keeps_statistics=keeps_statistics)

        comments = session.scalars(sa.select(QuestionComment)).all()
        assert len(comments) == said
        for comment in comments:
            assert comment.text == "A student's challenge: The passage says something else."
            assert comment.author_id is None


def test_a_name_is_struck_out_in_capitals_of_any_language(session: Session, make: Make) -> None:
    course = make.course()
    question, person = make.question(make.fact(course)), make.learner(course, name="Łucja Żó_ć")
    said = {
        "ŁUCJA ŻÓ_Ć, 100 %": "[name removed], 100 %",
        "As łucja ŻÓ_ć said": "As [name removed] said",
        "Łucja Żółć and łucja": "Łucja Żółć and łucja",
    }
    for text in said:
        session.add(QuestionComment(question_id=question.id, text=text, at=NOON))
    session.flush()

    leave(session, person.id)

    texts = session.scalars(sa.select(QuestionComment.text).order_by(QuestionComment.id))
    assert texts.all() == list(said.values())


class TestCourses:
    def test_what_somebody_made_for_themselves_says_nothing_any_more(
        self, session: Session, make: Make
    ) -> None:
        course = make.course(is_public=False, title="Amara's own deck")
        # Somebody made one at each address that could be chosen.
        for slug in (f"deleted-{course.id}", f"undone-account-{course.id}"):
            make.course(slug=slug)
        make.question(make.fact(course))
        person = make.instructor(course)

        leave(session, person.id)

        session.expire_all()
        assert (course.title, course.slug) == ("", f"undone.account.{course.id}")
        assert course.hidden_since is not None
        assert course.emptied_at is not None
        for words in (Question.stem, Fact.statement, Passage.text):
            assert set(session.scalars(sa.select(words))) == {""}
        assert session.scalars(sa.select(Revision.content)).all() == [{}]

    def test_nobody_joins_such_a_course_once_it_has_begun(
        self, session: Session, make: Make
    ) -> None:
        course = make.course(is_public=False, title="Amara's own deck")
        person, friend = make.instructor(course), make.actor(make.user())
        code = make_code(session, actor=person, whose=Whose(course.id), now=NOON)
        asked_to_go(session, person.id)

        begin_deletion(session, user_id=person.id, now=NOON)

        with pytest.raises(NotFound):
            join_by_code(session, actor=friend, code=code, now=NOON)

    @pytest.mark.parametrize("is_gone", [False, True])
    def test_a_course_that_somebody_else_is_or_was_in_stays(
        self, session: Session, make: Make, is_gone: bool
    ) -> None:
        course = make.course(is_public=False, title="A shared course")
        question = make.question(make.fact(course))
        student, person = make.learner(course), make.instructor(course)
        if is_gone:
            enrolled = sa.delete(Enrolment).where(Enrolment.user_id == student.id)
            former = Base.metadata.tables["former_member"]
            left = {"role": Role.STUDENT, "joined_at": NOON, "left_at": NOON}
            session.execute(
                sa.insert(former).values(user_id=student.id, course_id=course.id, **left)
            )
            session.execute(enrolled)

        leave(session, person.id)

        assert (course.title, course.hidden_since) == ("A shared course", None)
        assert session.get(Question, question.id).stem  # type: ignore[union-attr]
        assert session.scalars(sa.select(Enrolment.user_id)).all() == [student.id] * (not is_gone)

    def test_an_import_that_is_going_on_ends_and_leaves_no_course(
        self, session: Session, make: Make
    ) -> None:
        person = make.actor(make.user())
        import_id = ask_import(session, actor=person, wanted=Wanted("f", "deck.apkg"), now=NOON)
        running = take_up(session, import_id=import_id)
        assert running is not None
        made = make_course(session, running=running, title="Deck", topics=["A"], now=NOON)

        leave(session, person.id)

        assert take_up(session, import_id=import_id) is None
        session.expire_all()
        assert session.get(Course, made).title == ""  # type: ignore[union-attr]


class TestAsking:
    @pytest.fixture
    def ask(self, session: Session) -> Callable[..., Any]:
        def act(actor: Any, **given: Any) -> Any:
            values = {"keeps_statistics": False, "token": "", "now": NOON} | given
            return ask_deletion(session, actor=actor, **values)

        return act

    def test_there_are_two_weeks_to_change_ones_mind(
        self, session: Session, make: Make, ask: Callable[..., Any]
    ) -> None:
        person = make.actor(make.user())
        here, elsewhere = (open_session(session, user_id=person.id, now=NOON) for _ in "ab")

        due_at = ask(person, token=here)

        assert due_at == NOON + timedelta(days=14) == NOON + GRACE
        (job,) = session.scalars(sa.select(Job))
        assert (job.name, job.payload) == ("delete_account", {"user_id": person.id})
        assert job.run_after == due_at
        sessions = Base.metadata.tables["user_session"]
        assert len(session.execute(sa.select(sessions)).all()) == 1, f"{elsewhere} ended"
        early = NOON + timedelta(days=13, hours=23)
        assert begin_deletion(session, user_id=person.id, now=early) is None

    def test_it_can_be_taken_back_until_it_begins(
        self, session: Session, make: Make, ask: Callable[..., Any]
    ) -> None:
        person = make.actor(make.user())
        ask(person)

        keep_account(session, actor=person)

        assert begin_deletion(session, user_id=person.id, now=NOON + GRACE) is None
        again = ask(person, now=NOON + timedelta(days=1))
        assert begin_deletion(session, user_id=person.id, now=NOON + GRACE) is None
        assert begin_deletion(session, user_id=person.id, now=again) is not None
        with pytest.raises(Conflict, match="being deleted already"):
            keep_account(session, actor=person)
        session.expire_all()
        assert session.get(User, person.id).is_disabled  # type: ignore[union-attr]

    def test_a_guest_is_gone_at_once(
        self, session: Session, make: Make, ask: Callable[..., Any]
    ) -> None:
        guest = make.actor(make.user(name="Guest", email=None, is_guest=True))

        due_at = ask(guest)
        leaving = begin_deletion(session, user_id=guest.id, now=NOON)

        assert due_at == NOON
        assert leaving is not None
        erase(session, leaving)
        assert session.get(User, guest.id) is None

    def test_whoever_alone_runs_the_site_stays(
        self, session: Session, make: Make, ask: Callable[..., Any]
    ) -> None:
        first, second = (make.actor(make.user(is_admin=True)) for _ in "ab")
        ask(first)

        with pytest.raises(Forbidden, match="only one who runs this site"):
            ask(second)

        keep_account(session, actor=first)
        assert ask(second) is not None

    def test_who_has_become_the_only_admin_meanwhile_waits_for_another(
        self, session: Session, make: Make, ask: Callable[..., Any]
    ) -> None:
        person, other = (make.user(is_admin=True) for _ in "ab")
        due_at = ask(make.actor(person))
        other.is_disabled = True
        session.flush()

        assert begin_deletion(session, user_id=person.id, now=due_at) is None

        other.is_disabled = False
        session.flush()
        assert begin_deletion(session, user_id=person.id, now=due_at) is None
        later = due_at + timedelta(days=1)
        assert begin_deletion(session, user_id=person.id, now=later) is not None

    def test_what_no_job_does_any_more_is_asked_for_again(
        self, session: Session, make: Make, ask: Callable[..., Any]
    ) -> None:
        due_at = ask(make.actor(make.user()))
        session.execute(sa.delete(Job))

        resume_deletions(session, now=due_at + timedelta(minutes=59))
        assert session.scalars(sa.select(Job)).all() == []
        resume_deletions(session, now=due_at + timedelta(minutes=61))

        assert [job.name for job in session.scalars(sa.select(Job))] == ["delete_account"]
        resume_deletions(session, now=due_at + timedelta(hours=3))
        assert len(session.scalars(sa.select(Job)).all()) == 1, "that one goes on"

    def test_much_goes_in_small_steps(
        self, session: Session, make: Make, sitting: Sitting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(erasure, "BATCH", 1)
        quiz = sitting.quiz("single_choice", "true_false", "short_text")
        sitting.start(quiz)
        for slot in range(3):
            sitting.answer_rightly(slot)
        sitting.submit()
        assert session.scalar(sa.select(sa.func.count()).select_from(Review)) == 3
        account_deletions.ask_deletion(
            session, actor=sitting.actor, keeps_statistics=False, token="", now=NOON
        )
        leaving = begin_deletion(session, user_id=sitting.actor.id, now=NOON + GRACE)
        assert leaving is not None

        steps = erase(session, leaving)

        # The attempt, three reviews, three memories, the rules, the day, the enrolment.
        assert steps >= 10
        assert session.get(User, sitting.actor.id) is None
