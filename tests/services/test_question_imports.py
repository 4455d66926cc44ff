"""Files of questions: planned, applied as a whole, taken back as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid
from quizapp.formats.base import Draft, DraftCitation, DraftFact, Reading
from quizapp.formats.registry import FORMATS
from quizapp.models import (
    Citation,
    Course,
    DuplicateSearch,
    Fact,
    ItemTally,
    Media,
    Passage,
    Question,
    QuestionFigure,
    QuestionImportRow,
    QuestionOrigin,
    QuestionPair,
    QuestionReview,
    QuizCount,
    ReviewStep,
    Revision,
    Status,
    Topic,
)
from quizapp.policy import Actor
from quizapp.queries.duplicates import alike_questions, duplicates
from quizapp.queries.library import course_cards
from quizapp.queries.question_export import ExportChoice, exported_drafts, losses_of
from quizapp.queries.question_filters import QuestionFilter
from quizapp.queries.questions import list_questions
from quizapp.services.authoring import Written, revise_question
from quizapp.services.import_planning import plan_import
from quizapp.services.import_reading import media_of
from quizapp.services.import_rows import Plan, WantedQuestions
from quizapp.services.import_undoing import Undone, undo_import
from quizapp.services.import_writing import apply_import
from quizapp.services.item_figures import due_quizzes
from quizapp.services.question_imports import (
    ask_question_import,
    store_plan,
    take_up_import,
)
from tests.support.files import picture_bytes
from tests.support.make import NOON, Make

CSV = """id,question,a,b,c,correct,topic,tags
q1,Which article bars foreign bases?,Article 146,Article 5,,A,Bases,law
,Two of these led the talks?,Russia,Iran,Jordan,"A,B",Talks,
q3,No key here,One,Two,,,Bases,
"""


@dataclass(slots=True)
class Desk:
    """An instructor at a course, who imports files."""

    session: Session
    make: Make
    course: Course
    actor: Actor
    minutes: int = 0

    def plan(self, text: str, name: str = "file.csv", form: str = "csv") -> int:
        """Store the plan of a file; return the id of the import."""
        found = self._plan(FORMATS[form].read(text.encode()), name, form)
        return found[0]

    def _plan(self, reading: Reading, name: str, form: str) -> tuple[int, Plan]:
        wanted = WantedQuestions(f"file-{self.now}", name, form)
        keys: Any = {"actor": self.actor, "course_id": self.course.id}
        import_id = ask_question_import(self.session, **keys, wanted=wanted, now=self.now)
        importing = take_up_import(self.session, import_id=import_id)
        assert importing is not None
        plan = plan_import(
            self.session,
            course_id=self.course.id,
            reading=reading,
            wanted=wanted,
        )
        store_plan(self.session, importing=importing, plan=plan)
        return import_id, plan

    @property
    def now(self) -> Any:
        self.minutes += 1
        return NOON + timedelta(minutes=self.minutes)

    def apply(self, import_id: int) -> None:
        keys: Any = {"actor": self.actor, "course_id": self.course.id, "import_id": import_id}
        apply_import(self.session, **keys, now=self.now)
        self.session.expire_all()

    def bring(self, text: str, name: str = "file.csv", form: str = "csv") -> int:
        import_id = self.plan(text, name, form)
        self.apply(import_id)
        return import_id

    def undo(self, import_id: int) -> Undone:
        keys: Any = {"actor": self.actor, "course_id": self.course.id, "import_id": import_id}
        undone = undo_import(self.session, **keys, now=self.now)
        self.session.expire_all()
        return undone

    def outcomes(self, import_id: int) -> list[str]:
        found = sa.select(QuestionImportRow.outcome).where(QuestionImportRow.import_id == import_id)
        rows = self.session.scalars(found.order_by(QuestionImportRow.position))
        return [one.value for one in rows]

    def notes(self, import_id: int) -> list[str]:
        found = sa.select(QuestionImportRow.notes).where(QuestionImportRow.import_id == import_id)
        rows = self.session.scalars(found.order_by(QuestionImportRow.position))
        return [note for notes in rows for note in notes]

    def found(self, words: str) -> tuple[Any, ...]:
        wanted = QuestionFilter(text=words)
        keys: Any = {"actor": self.actor, "course_id": self.course.id}
        return list_questions(self.session, **keys, wanted=wanted).rows

    def questions(self) -> list[Question]:
        found = sa.select(Question).where(Question.course_id == self.course.id)
        return list(self.session.scalars(found.order_by(Question.id)))

    def export(self, form: str = "json_lines") -> str:
        keys: Any = {"actor": self.actor, "course_id": self.course.id}
        drafts = exported_drafts(self.session, **keys, choice=ExportChoice())
        return FORMATS[form].write(drafts, title="A course").data.decode()

    def state(self) -> list[Any]:
        """Return all of the course that an import may change."""
        course = self.course.id
        return [
            self.session.execute(found).all()
            for found in (
                sa.select(Question.id, Question.key, Question.status, Question.stem, Question.tags)
                .add_columns(Question.fact_id, Question.type)
                .where(Question.course_id == course)
                .order_by(Question.id),
                sa.select(Fact.id, Fact.key, Fact.statement, Fact.note, Fact.status, Fact.topic_id)
                .where(Fact.course_id == course)
                .order_by(Fact.id),
                sa.select(Topic.id, Topic.title)
                .where(Topic.course_id == course)
                .order_by(Topic.id),
                sa.select(Citation.fact_id, Citation.passage_id, Citation.start, Citation.exact)
                .join(Fact, Fact.id == Citation.fact_id)
                .where(Fact.course_id == course)
                .order_by(Citation.fact_id, Citation.position),
                sa.select(QuestionOrigin.key, QuestionOrigin.sha256)
                .where(QuestionOrigin.course_id == course)
                .order_by(QuestionOrigin.key),
                sa.select(Revision.type, Revision.content)
                .join(Question, Question.id == Revision.question_id)
                .where(Question.course_id == course, Revision.number == Question.current_number)
                .order_by(Question.id),
            )
        ]


@pytest.fixture
def desk(session: Session, make: Make) -> Desk:
    course = make.course()
    return Desk(session, make, course, make.instructor(course))


class TestPlanning:
    def test_says_of_each_question_what_would_become_of_it_and_writes_none(
        self, desk: Desk
    ) -> None:
        import_id = desk.plan(CSV)

        assert desk.outcomes(import_id) == ["new", "new", "left_out"]
        assert "which option is right" in desk.notes(import_id)[-1]
        assert desk.questions() == []

    def test_the_same_question_twice_in_a_file_is_taken_once(self, desk: Desk) -> None:
        import_id = desk.plan("question,answer\nWho?,Me\nWho?,Me\n")

        assert desk.outcomes(import_id) == ["new", "left_out"]
        assert "line 2" in desk.notes(import_id)[-1]


class TestApplying:
    def test_makes_drafts_with_facts_of_their_own_and_missing_topics(self, desk: Desk) -> None:
        desk.bring(CSV)

        first, second = desk.questions()
        assert (first.status, first.key, first.tags) == (Status.DRAFT, "q1", ["law"])
        assert second.type == "multiple_response"
        fact = desk.session.get_one(Fact, first.fact_id)
        assert fact.statement == "Which article bars foreign bases? – Article 146"
        assert fact.status is Status.DRAFT
        assert desk.session.get_one(Topic, fact.topic_id).title == "Bases"
        revision = desk.session.scalars(sa.select(Revision)).first()
        assert revision is not None
        assert revision.author_id == desk.actor.id

    def test_the_same_file_again_doubles_nothing(self, desk: Desk) -> None:
        desk.bring(CSV)

        again = desk.plan(CSV, name="another name.csv")

        assert desk.outcomes(again) == ["unchanged", "unchanged", "left_out"]

    def test_a_file_that_says_otherwise_makes_a_new_revision(self, desk: Desk) -> None:
        desk.bring(CSV)

        import_id = desk.bring(CSV.replace("Article 5", "Article 44"))

        assert desk.outcomes(import_id) == ["changed", "unchanged", "left_out"]
        assert desk.notes(import_id)[0] == "Option 2: “Article 5” becomes “Article 44”."
        assert [one.current_number for one in desk.questions()] == [2, 1]

    def test_what_was_edited_here_stays_until_the_file_says_otherwise(self, desk: Desk) -> None:
        desk.bring(CSV)
        question = desk.questions()[1]
        raw = {
            "stem": "Edited?",
            "options": [{"text": "a", "key": True}, {"text": "b", "key": False}],
        }
        written = Written("multiple_response", raw, question.fact_id, Status.DRAFT)
        keys: Any = {"actor": desk.actor, "course_id": desk.course.id, "question_id": question.id}
        revise_question(desk.session, **keys, written=written, seen=1, now=desk.now)

        same, other = desk.plan(CSV), desk.plan(CSV.replace("Jordan", "Egypt"))

        assert desk.outcomes(same)[1] == "unchanged"
        assert "the edit stays" in desk.notes(same)[0]
        # Without an id, another wording is another question.
        assert desk.outcomes(other)[1] == "new"

    def test_a_plan_is_stale_once_a_question_of_it_was_edited(self, desk: Desk) -> None:
        desk.bring(CSV)
        import_id = desk.plan(CSV.replace("Article 5", "Article 44"))
        question = desk.questions()[0]
        question.updated_at = desk.now
        desk.session.flush()
        before = desk.state()

        with pytest.raises(Conflict, match="has changed since"):
            desk.apply(import_id)

        desk.session.expire_all()
        assert desk.state() == before

    def test_a_plan_is_stale_once_the_same_file_was_applied(self, desk: Desk) -> None:
        first, second = desk.plan(CSV), desk.plan(CSV)
        desk.apply(first)

        with pytest.raises(Conflict, match="has changed since"):
            desk.apply(second)

    def test_is_not_applied_twice(self, desk: Desk) -> None:
        import_id = desk.bring(CSV)

        with pytest.raises(Conflict, match="gone on meanwhile"):
            desk.apply(import_id)


class TestFacts:
    def test_a_question_whose_fact_is_proved_may_be_ready(self, desk: Desk) -> None:
        passage = desk.make.passage(desk.course)
        text = (
            "question,answer,status,fact,passage,quote\n"
            f"Which?,146,ready,Article 146 bars bases.,{passage.key},Article 146\n"
            f"What?,it,ready,It bars them.,{passage.key},words that are not there\n"
        )

        import_id = desk.bring(text)

        assert [one.status for one in desk.questions()] == [Status.READY, Status.DRAFT]
        assert any("do not stand once" in note for note in desk.notes(import_id))
        assert any("no source proves" in note for note in desk.notes(import_id))
        cited = desk.session.scalars(sa.select(Citation)).one()
        assert cited.exact == "Article 146"
        assert desk.session.get_one(Fact, cited.fact_id).status is Status.READY

    def test_one_whose_fact_is_not_proved_cannot_be_made_ready_by_hand(self, desk: Desk) -> None:
        desk.bring("question,answer\nWho?,Me\n")
        (question,) = desk.questions()
        raw = {"stem": "Who?", "accepted": ["Me"]}
        written = Written("short_text", raw, question.fact_id, Status.READY)
        keys: Any = {"actor": desk.actor, "course_id": desk.course.id, "question_id": question.id}

        with pytest.raises(Invalid, match="Nothing proves the fact"):
            revise_question(desk.session, **keys, written=written, seen=1, now=desk.now)

    def test_a_fact_changed_in_a_text_editor_keeps_its_identity(self, desk: Desk) -> None:
        fact = desk.make.fact(desk.course, statement="It is so.")
        question = desk.make.question(fact)
        text = desk.export("bank_yaml").replace("It is so.", "It was so.")

        import_id = desk.bring(text.replace("Article 5", "Article 6"), form="bank_yaml")

        assert desk.outcomes(import_id) == ["changed"]
        assert "Fact: “It is so.” becomes “It was so.”." in desk.notes(import_id)
        (same,) = desk.questions()
        assert (same.id, same.fact_id, same.current_number) == (question.id, fact.id, 2)
        assert desk.session.get_one(Fact, fact.id).statement == "It was so."


class TestUndoing:
    def test_the_course_is_what_it_was(self, desk: Desk) -> None:
        passage = desk.make.passage(desk.course)
        fact = desk.make.fact(desk.course)
        desk.make.question(fact)
        desk.bring(CSV)
        exported = desk.export().replace("Article 146", "Article 147")
        before = desk.state()

        import_id = desk.bring(exported + _line(passage.key), form="json_lines")
        undone = desk.undo(import_id)

        assert "changed" in desk.outcomes(import_id)
        assert "new" in desk.outcomes(import_id)
        assert (undone.taken_out, undone.retired, undone.kept) == (1, 0, 0)
        assert undone.restored > 0
        assert desk.state() == before

    def test_a_new_question_that_is_used_is_retired(self, desk: Desk) -> None:
        import_id = desk.bring(CSV)
        used, _ = desk.questions()
        desk.make.quiz(desk.course, [used])

        undone = desk.undo(import_id)

        assert (undone.taken_out, undone.retired) == (1, 1)
        assert [(one.id, one.status) for one in desk.questions()] == [(used.id, Status.RETIRED)]

    def test_what_was_edited_since_stays(self, desk: Desk) -> None:
        desk.bring(CSV)
        import_id = desk.bring(CSV.replace("Article 5", "Article 44"))
        question = desk.questions()[0]
        question.updated_at = desk.now
        desk.session.flush()

        assert desk.undo(import_id).kept == 1
        assert desk.questions()[0].current_number == 2

    def test_afterwards_the_file_can_be_imported_again(self, desk: Desk) -> None:
        desk.undo(desk.bring(CSV))

        again = desk.bring(CSV)

        assert desk.outcomes(again) == ["new", "new", "left_out"]
        assert len(desk.questions()) == 2

    def test_is_not_done_twice(self, desk: Desk) -> None:
        import_id = desk.bring(CSV)
        desk.undo(import_id)

        with pytest.raises(Conflict):
            desk.undo(import_id)


class TestExporting:
    @pytest.mark.parametrize("form", [one.name for one in FORMATS.values() if one.is_whole])
    def test_a_course_comes_back_unchanged_from_a_lossless_file(
        self, desk: Desk, form: str
    ) -> None:
        fill(desk)

        again = desk.plan(desk.export(form), form=form)

        assert set(desk.outcomes(again)) == {"unchanged"}

    @pytest.mark.parametrize("form", [one.name for one in FORMATS.values() if one.is_whole])
    def test_another_course_gets_the_same_keys_and_facts(self, desk: Desk, form: str) -> None:
        fill(desk)
        text = desk.export(form)
        course = desk.make.course()
        other = Desk(desk.session, desk.make, course, desk.make.instructor(course), 100)

        other.bring(text, form=form)

        assert [one.key for one in other.questions()] == [one.key for one in desk.questions()]
        said = [FORMATS[form].read(one.export(form).encode()).drafts for one in (desk, other)]
        assert [d.raw for d in said[0]] == [d.raw for d in said[1]]
        assert [d.fact and d.fact.key for d in said[0]] == [d.fact and d.fact.key for d in said[1]]

    def test_losses_are_told_once_with_the_questions_they_are_about(self, desk: Desk) -> None:
        fill(desk)
        keys: Any = {"actor": desk.actor, "course_id": desk.course.id}
        drafts = exported_drafts(desk.session, **keys, choice=ExportChoice())

        losses = losses_of(FORMATS["json_lines"], drafts)

        assert (losses.written, losses.left_out, losses.changed) == (len(drafts), (), ())


def fill(desk: Desk) -> None:
    """Store a question of every type, with facts that are proved."""
    fact = desk.make.fact(desk.course, note="A note.")
    for name in ("single_choice", "true_false", "numeric", "cloze", "matching", "ordering"):
        desk.make.question(fact, name)
    desk.make.question(desk.make.fact(desk.course), "self_rated", tags=["one", "two"])


def _line(passage: str) -> str:
    return (
        '{"footnote": 1, "type": "true_false", "content": {"stem": "It is so.", "key": true}, '
        '"topic": ["A new topic"], "status": "ready", "fact": {"statement": "So it is.", '
        f'"citations": [{{"passage": "{passage}", "exact": "bases of any kind"}}]}}}}\n'
    )


class TestAfterwards:
    def test_what_came_in_is_found_by_its_words_and_what_was_undone_is_not(
        self, desk: Desk
    ) -> None:
        import_id = desk.bring("question,answer\nWho built the Rialto?,Antonio da Ponte\n")
        found = desk.found("rialto")

        desk.undo(import_id)

        assert [row.stem for row in found] == ["Who built the Rialto?"]
        assert desk.found("rialto") == ()

    def test_nothing_is_said_to_be_like_what_was_undone(self, desk: Desk) -> None:
        stem = "Which architect built the Rialto bridge in Venice?"
        import_id = desk.bring(f"question,answer\n{stem},Antonio da Ponte\n")
        [made] = desk.questions()
        kept = desk.make.question(desk.make.fact(desk.course), type_name="cloze")
        given: Any = {"course_id": desk.course.id}
        looked = DuplicateSearch(**given, asked_at=NOON, ended_at=NOON, questions=2)
        pair = QuestionPair(**given, first_id=made.id, second_id=kept.id, is_same=True)
        desk.session.add_all([looked, pair])
        desk.session.flush()
        typed: Any = {**given, "type_name": "short_text", "stem": stem, "besides": None}
        assert [one.id for one in alike_questions(desk.session, **typed)] == [made.id]

        desk.undo(import_id)

        assert alike_questions(desk.session, **typed) == ()
        shown = duplicates(desk.session, actor=desk.actor, **given, page=1)
        assert shown.pairs == ()

    def test_figures_are_due_of_quizzes_that_asked_what_is_undone(self, desk: Desk) -> None:
        import_id = desk.bring("question,answer\nWho built the Rialto?,Antonio da Ponte\n")
        [made] = desk.questions()
        asking, other = (desk.make.quiz(desk.course, []) for _ in range(2))
        [revision] = desk.session.scalars(
            sa.select(Revision).where(Revision.question_id == made.id)
        )
        tally = ItemTally(quiz_id=asking.id, revision_id=revision.id, cohort=1, kind=1)
        tally.value = tally.band = tally.amount = tally.most = 0
        tally.n = 12
        desk.session.add(tally)
        for quiz in (asking, other):
            desk.session.add(QuizCount(quiz_id=quiz.id, changed=3, figured=3))
        desk.session.flush()
        before = list(due_quizzes(desk.session))

        desk.undo(import_id)

        assert (before, list(due_quizzes(desk.session))) == ([], [asking.id])
        [figure] = desk.session.scalars(sa.select(QuestionFigure))
        assert (figure.question_id, figure.course_id != desk.course.id) == (made.id, True)

    def test_no_address_that_somebody_chose_keeps_undoing_off(self, desk: Desk) -> None:
        import_id = desk.bring(CSV)
        desk.make.course(slug=f"undone-import-{import_id}")

        assert desk.undo(import_id).taken_out > 0

    def test_what_undoing_took_out_is_no_course_of_anybody(self, desk: Desk) -> None:
        desk.undo(desk.bring("question,answer\nWho?,Me\n"))
        admin = Actor(id=desk.make.user(is_admin=True).id, name="Ida", is_admin=True)

        cards = course_cards(desk.session, actor=admin)

        assert [card.slug for card in cards] == [desk.course.slug]

    def test_where_another_instructor_approves_questions_go_into_review(self, desk: Desk) -> None:
        passage = desk.make.passage(desk.course, text="The Rialto is a bridge.")
        desk.course.review_by_other = True
        desk.session.flush()
        fact = DraftFact(
            "The Rialto is a bridge.",
            citations=(DraftCitation(passage.key, "The Rialto is a bridge."),),
        )
        raw = {"stem": "What is the Rialto?", "accepted": ["a bridge"], "explanation": ""}
        draft = Draft(1, "short_text", raw, status="ready", fact=fact)

        import_id, _ = desk._plan(Reading((draft,)), "file.jsonl", "json_lines")
        desk.apply(import_id)

        (question,) = desk.questions()
        assert question.status is Status.IN_REVIEW
        assert any("review" in note for note in desk.notes(import_id))
        steps = desk.session.scalars(sa.select(QuestionReview.step))
        assert list(steps) == [ReviewStep.SENT]

    def test_pictures_come_along_and_what_is_none_is_said(self, desk: Desk) -> None:
        raw = {"stem": "![a map](media:m.png) ![b](media:b.png)", "accepted": ["x"]}
        draft = Draft(1, "short_text", raw | {"explanation": ""})
        reading = Reading((draft,), media={"m.png": picture_bytes(), "b.png": b"no picture"})

        import_id, plan = desk._plan(reading, "file.jsonl", "json_lines")
        keys: Any = {"actor": desk.actor, "course_id": desk.course.id, "import_id": import_id}
        apply_import(desk.session, **keys, now=desk.now, media=media_of(reading))

        kept = desk.session.scalars(sa.select(Media)).one()
        content = desk.session.scalars(sa.select(Revision.content)).one()
        assert plan.media == 1
        assert content["stem"] == f"![a map](media:{kept.digest}.png) [b]"
        assert kept.title == "m.png"
        assert any("“b.png”. It is no PNG" in note for note in desk.notes(import_id))

    def test_a_picture_that_this_course_has_not_is_said(self, desk: Desk) -> None:
        name = f"{'0' * 32}.png"
        raw = {"stem": f"![a map](media:{name})", "accepted": ["x"], "explanation": ""}

        import_id, _ = desk._plan(Reading((Draft(1, "short_text", raw),)), "f.jsonl", "json_lines")
        desk.apply(import_id)

        assert desk.session.scalars(sa.select(Revision.content)).one()["stem"] == "[a map]"
        assert any("It is not in the file." in note for note in desk.notes(import_id))

    def test_pictures_whose_file_is_gone_are_not_applied(self, desk: Desk) -> None:
        draft = Draft(1, "short_text", {"stem": "![a](media:m.png)", "accepted": ["x"]})
        reading = Reading((draft,), media={"m.png": picture_bytes()})
        import_id, _ = desk._plan(reading, "file.jsonl", "json_lines")

        with pytest.raises(Conflict):
            desk.apply(import_id)

    def test_a_ready_question_with_another_fact_needs_its_proof(self, desk: Desk) -> None:
        question = desk.make.question(desk.make.fact(desk.course), "short_text")
        content = desk.session.scalars(sa.select(Revision.content)).one()
        fact = DraftFact("Something that no passage says.", key="another-fact")
        draft = Draft(1, "short_text", content, key=question.key, status="ready", fact=fact)

        import_id, _ = desk._plan(Reading((draft,)), "file.jsonl", "json_lines")
        desk.apply(import_id)

        (stored,) = desk.questions()
        assert stored.status is Status.DRAFT
        assert any("no source proves" in note for note in desk.notes(import_id))

    @pytest.mark.parametrize("then", ["deleted", "edited"])
    def test_undoing_cites_what_the_passages_still_say(self, desk: Desk, then: str) -> None:
        old = desk.make.passage(desk.course, text="The Rialto is a bridge.")
        new = desk.make.passage(desk.course, text="The Rialto spans a canal.")
        fact = desk.make.fact(desk.course, passage=old, statement="It is a bridge.")
        question = desk.make.question(fact, "short_text")
        content = desk.session.scalars(sa.select(Revision.content)).one()
        cited = (DraftCitation(new.key, "The Rialto spans a canal"),)
        said = DraftFact("It spans a canal.", key=fact.key, citations=cited)
        draft = Draft(1, "short_text", content, key=question.key, fact=said)
        import_id, _ = desk._plan(Reading((draft,)), "file.jsonl", "json_lines")
        desk.apply(import_id)
        if then == "deleted":
            desk.session.execute(sa.delete(Passage).where(Passage.id == old.id))
        else:
            change = sa.update(Passage).where(Passage.id == old.id)
            desk.session.execute(change.values(text="Venice has many bridges."))

        desk.undo(import_id)

        lost = list(desk.session.scalars(sa.select(Citation.lost_at)))
        assert len(lost) == (0 if then == "deleted" else 1)
        assert all(lost)
        assert desk.session.scalars(sa.select(Fact.statement)).one() == "It is a bridge."
