"""The pages around a question: review, drafts, two editors, history, use and discussion."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.db import db
from quizapp.models import Fact, Question, QuestionDraft, Revision, Role, Status
from tests.support.make import RAW, Make
from tests.web.conftest import csrf_token
from tests.web.test_teach_pages import resent

STEM = RAW["single_choice"]["stem"]
WORDS = "codified in Article 146"


class Desk:
    """A course with a ready question by its files, and two instructors."""

    def __init__(self, app: Flask, make: Make) -> None:
        self.app = app
        course = make.course(slug="law", title="Law")
        topic, passage = make.topic(course), make.passage(course)
        fact = make.fact(course, topic, passage)
        question = make.question(fact)
        make.quiz(course, [question])
        jonas, mara = make.user("Jonas Weber"), make.user("Mara Lind")
        for person in (jonas, mara):
            make.enrol(person, course, Role.INSTRUCTOR)
        self.course_id, self.fact_id, self.question_id = course.id, fact.id, question.id
        self.topic_id, self.passage_id = topic.id, passage.id
        self.jonas_id, self.mara_id = jonas.id, mara.id
        self.base = "/teach/law/questions"
        self.one = f"{self.base}/{question.id}"


@pytest.fixture
def desk(app: Flask, stored: Callable[[], AbstractContextManager[Make]]) -> Desk:
    with stored() as make:
        return Desk(app, make)


@pytest.fixture
def jonas(desk: Desk, app: Flask, sign_in: Any) -> FlaskClient:
    client = app.test_client()
    sign_in(client, desk.jonas_id)
    return client


@pytest.fixture
def mara(desk: Desk, app: Flask, sign_in: Any) -> FlaskClient:
    client = app.test_client()
    sign_in(client, desk.mara_id)
    return client


def send(client: FlaskClient, url: str, data: dict[str, Any]) -> Any:
    token = csrf_token(client.get("/teach/law/reviewing").text)
    return client.post(url, data=data | {"csrf_token": token})


def typed(desk: Desk, **given: Any) -> dict[str, Any]:
    """Return what a browser sends for the single choice that is there."""
    sent = {
        "type": "single_choice",
        "status": "ready",
        "fact": str(desk.fact_id),
        "question": str(desk.question_id),
        "seen": "1",
        "content_stem": STEM,
        "content_explanation": RAW["single_choice"].get("explanation", ""),
        "content_options-key": "0",
    }
    for n, option in enumerate(RAW["single_choice"]["options"]):
        sent |= {f"content_options-{n}-text": option["text"]}
        sent |= {f"content_options-{n}-feedback": option["feedback"]}
    return sent | given


def now(desk: Desk) -> Any:
    with desk.app.app_context():
        return db.session.execute(
            sa.select(Question.status, Question.current_number, Question.waivers).where(
                Question.id == desk.question_id
            )
        ).one()


def test_a_question_is_sent_back_and_then_approved_by_somebody_else(
    desk: Desk, jonas: FlaskClient, mara: FlaskClient
) -> None:
    send(jonas, "/teach/law/reviewing", {"by_other": "y"})
    held = send(jonas, desk.one, typed(desk, content_stem="Which one?"))
    send(jonas, desk.one, typed(desk, content_stem="Which one?", action="send"))
    own = jonas.get(desk.one).text

    silent = send(mara, f"{desk.one}/review", {"action": "back", "seen": "2"})
    send(mara, f"{desk.one}/review", {"action": "back", "seen": "2", "comment": "Name the law."})
    back = jonas.get(desk.one).text
    again = typed(desk, content_stem="Which article?", action="send", seen="2")
    send(jonas, desk.one, again)
    too_early = send(mara, f"{desk.one}/review", {"action": "approve", "seen": "2"})
    send(mara, f"{desk.one}/review", {"action": "approve", "seen": "3", "comment": "Good."})

    assert held.status_code == 422
    assert "somebody other than the author approves" in held.text
    assert "Waits for review" in own
    assert 'value="approve"' not in own
    assert silent.status_code == 422
    assert "Say what is to be done" in silent.text
    assert "Name the law." in back
    assert too_early.status_code == 303
    assert now(desk)[:2] == (Status.READY, 3)
    past = jonas.get(f"{desk.one}/history").text
    assert "Approved by <bdi>Mara Lind</bdi>" in past


def test_a_fact_without_a_found_citation_keeps_its_question_from_learners(
    desk: Desk, jonas: FlaskClient
) -> None:
    send(jonas, desk.one, typed(desk, status="draft"))
    with desk.app.app_context():
        db.session.execute(sa.text("UPDATE citation SET lost_at = 1"))
        db.session.commit()

    answer = send(jonas, desk.one, typed(desk))

    assert answer.status_code == 422
    assert "Cite words for it, or mend the lost citation" in answer.text
    assert now(desk).status is Status.DRAFT


def test_what_is_typed_is_kept_and_comes_back_until_it_is_saved_or_discarded(
    desk: Desk, jonas: FlaskClient, mara: FlaskClient
) -> None:
    mine = typed(desk, content_stem="Half a quest", draft="a" * 32, tags="exam")

    kept = send(jonas, "/teach/law/drafts", mine).json
    stale = send(jonas, "/teach/law/drafts", mine | {"draft_at": "5"})
    again = send(jonas, "/teach/law/drafts", mine | {"draft_at": kept["at"], "tags": "exam-2"})
    page = jonas.get(desk.one).text

    assert re.fullmatch(r"\d{1,2}:\d\d", kept["saved"])
    assert stale.status_code == 409
    assert int(again.json["at"]) > int(kept["at"])
    assert "Half a quest" in page
    assert 'value="exam-2"' in page
    assert "Your draft of" in page
    assert "Half a quest" not in mara.get(desk.one).text
    send(jonas, "/teach/law/drafts/discard", {"draft": "a" * 32})
    assert "Half a quest" not in jonas.get(desk.one).text


def test_saving_forgets_the_draft_and_other_drafts_are_listed(
    desk: Desk, jonas: FlaskClient
) -> None:
    new = typed(desk, question="", seen="", content_stem="A second one?", status="draft")
    send(jonas, "/teach/law/drafts", new | {"draft": "b" * 32})
    send(jonas, "/teach/law/drafts", new | {"draft": "c" * 32, "content_stem": "A third one?"})

    listed = jonas.get(f"{desk.base}/new").text
    other = jonas.get(f"{desk.base}/new?draft={'b' * 32}").text
    send(jonas, f"{desk.base}/new", new | {"draft": "b" * 32})

    for key in "bc":
        assert f"draft={key * 32}" in listed
    assert "2 drafts of yours" in listed
    assert "A second one?" in other
    with desk.app.app_context():
        assert list(db.session.scalars(sa.select(QuestionDraft.key))) == ["c" * 32]


@pytest.mark.parametrize(
    "wrong",
    [
        {"draft": ""},
        {"draft": "a" * 32, "content_stem": "x" * 250_000},
        {"draft": "a" * 32, "content_stem": "\0"},
    ],
)
def test_a_draft_that_cannot_be_kept_is_refused_in_words(
    desk: Desk, jonas: FlaskClient, wrong: dict[str, str]
) -> None:
    answer = send(jonas, "/teach/law/drafts", typed(desk) | wrong)

    assert answer.status_code == 422
    assert answer.json["problems"]


def test_two_editors_see_both_and_what_only_one_changed_is_merged(
    desk: Desk, jonas: FlaskClient, mara: FlaskClient
) -> None:
    send(mara, desk.one, typed(desk, content_stem="Mara's?", content_explanation="By Mara."))

    clash = send(jonas, desk.one, typed(desk, content_stem="Jonas's?"))
    form = fields(clash.text)
    theirs = send(jonas, desk.one, form | {"action": "take-theirs-content_stem"})
    mine = send(jonas, desk.one, fields(theirs.text) | {"action": "take-mine-content_stem"})
    saved = send(jonas, desk.one, fields(mine.text) | {"action": "save"})

    assert clash.status_code == 409
    # Enter in a line presses the first button of its form: it must take over nothing.
    first = clash.text[clash.text.index('id="question-form"') :].split("<button", 1)[1]
    assert 'value="preview"' in first.partition(">")[0]
    assert "Taken over already, since only they changed it: Explanation" in clash.text
    assert form["content_explanation"] == "By Mara."
    assert fields(theirs.text)["content_stem"] == "Mara's?"
    assert fields(mine.text)["content_stem"] == "Jonas's?"
    assert "[only theirs: </span>Mara" in clash.text
    assert saved.status_code == 303
    with desk.app.app_context():
        last = db.session.scalar(sa.select(Revision.content).where(Revision.number == 3))
    assert last is not None
    assert (last["stem"], last["explanation"]) == ("Jonas's?", "By Mara.")


def fields(page: str) -> dict[str, Any]:
    """Return what a browser would send if the editor's form were sent as it was opened."""
    return resent(page)


def test_a_history_shows_words_and_brings_an_older_version_back(
    desk: Desk, jonas: FlaskClient
) -> None:
    send(jonas, desk.one, typed(desk, content_stem=f"{STEM} Say it."))

    past = jonas.get(f"{desk.one}/history?from=1&to=2").text
    old = fields(jonas.get(f"{desk.one}?version=1").text)
    send(jonas, desk.one, old)

    assert '<ins><span class="sr">[put in: </span> Say it.<' in past
    assert old["seen"] == "2"
    assert "the same as version 1" in jonas.get(f"{desk.one}/history").text
    assert now(desk).current_number == 3


def test_the_kind_of_an_edit_is_kept_and_a_new_key_leads_to_a_regrade(
    desk: Desk, jonas: FlaskClient
) -> None:
    preview = {"content_options-key": "1"}
    told = send(jonas, "/teach/law/preview", typed(desk) | preview).text
    send(jonas, desk.one, typed(desk) | preview)
    page = jonas.get(desk.one).text

    assert "Another key." in told
    assert f"{desk.one}/regrade?revision=1" in page
    assert ">Key</td>" in jonas.get(f"{desk.one}/history").text


def test_a_rule_is_left_aside_with_a_reason_that_stays_with_the_question(
    desk: Desk, jonas: FlaskClient
) -> None:
    stem = "Which of these is not an article?"
    told = send(jonas, "/teach/law/preview", typed(desk, content_stem=stem)).text
    send(
        jonas,
        desk.one,
        typed(desk, content_stem=stem) | {"waive-negative-stem": "The exception is the point."},
    )

    assert 'name="waive-negative-stem"' in told
    assert now(desk).waivers == [{"rule": "negative-stem", "reason": "The exception is the point."}]
    assert "Left aside, because" in jonas.get(desk.one).text


def test_a_question_is_written_in_one_go_and_its_fact_is_proposed(
    desk: Desk, jonas: FlaskClient
) -> None:
    outline = (
        "Where does it stand?\n* In Article 146 // It says so.\n- In Article 5 // Of nothing.\nSo."
    )
    form = {
        "type": "single_choice",
        "fact": "new",
        "fact_passage": str(desk.passage_id),
        "fact_exact": WORDS,
        "outline": outline,
        "action": "send",
    }

    answer = send(jonas, f"{desk.base}/new", form)

    assert answer.status_code == 303
    with desk.app.app_context():
        question, content, fact = db.session.execute(
            sa.select(Question, Revision.content, Fact)
            .join(Revision, Revision.question_id == Question.id)
            .join(Fact, Fact.id == Question.fact_id)
            .where(Question.id != desk.question_id)
        ).one()
    assert (question.status, fact.topic_id) == (Status.IN_REVIEW, desk.topic_id)
    assert fact.statement == "The aversion is codified in Article 146 of the constitution."
    assert [option["key"] for option in content["options"]] == [True, False]
    assert content["explanation"] == "So."


def test_what_is_said_of_a_question_stands_in_threads(
    desk: Desk, jonas: FlaskClient, mara: FlaskClient
) -> None:
    talk = f"{desk.one}/discussion"
    nothing = send(jonas, talk, {"text": " "})
    send(jonas, talk, {"text": "Is it **too** easy?"})
    thread = re.search(r'name="thread" value="(\d+)"', mara.get(talk).text)
    assert thread
    send(mara, talk, {"text": "No.", "thread": thread[1]})
    open_page = jonas.get(desk.one).text
    send(jonas, talk, {"action": "settle", "thread": thread[1]})
    settled = mara.get(talk).text

    assert nothing.status_code == 422
    assert "Write what you want to say." in nothing.text
    assert '1<span class="sr"> open</span>' in open_page
    assert "<strong>too</strong>" in settled
    assert "Settled by Jonas Weber" in settled
    assert send(jonas, talk, {"text": "x", "thread": "999"}).status_code == 404


def test_where_a_question_is_used(desk: Desk, jonas: FlaskClient) -> None:
    page = jonas.get(f"{desk.one}/use").text

    assert "asks it" in page
    assert "No attempt that was handed in has asked it yet" in page
    assert "No learner has a memory" in page


def test_a_paragraph_leads_to_the_questions_on_it(desk: Desk, jonas: FlaskClient) -> None:
    editor = jonas.get(f"{desk.base}/new").text
    page = jonas.get(f"{desk.base}/on/{desk.passage_id}").text

    assert f"{desk.base}/on/{desk.passage_id}" in editor
    assert f'href="{desk.one}"' in page
    assert jonas.get(f"{desk.base}/on/999").status_code == 404


def test_no_page_of_a_question_asks_more_for_more_that_is_said(
    desk: Desk, jonas: FlaskClient, statements: Any
) -> None:
    pages = ("/history", "/use", "/discussion")

    def counts() -> list[int]:
        made = []
        for page in pages:
            with statements() as seen:
                jonas.get(desk.one + page)
            made.append(len(seen))
        return made

    before = counts()
    for n in range(3):
        send(jonas, f"{desk.one}/discussion", {"text": f"Number {n}"})
        send(jonas, desk.one, typed(desk, content_stem=f"Number {n}?", seen=str(n + 1)))
    assert counts() == before
    assert max(before) <= 12


def test_what_was_typed_when_two_met_is_data_and_nothing_else(
    desk: Desk, jonas: FlaskClient
) -> None:
    for mine in ("[", "[1]", '{"a": 1}', json.dumps([["type", "x"], ["fact", "<script>"]])):
        answer = send(jonas, desk.one, typed(desk, mine=mine, action="preview"))
        assert answer.status_code == 200
        assert '<script>"' not in answer.text
