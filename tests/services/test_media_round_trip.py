"""A course goes out with its pictures, and comes back with the same ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid
from quizapp.formats.media import read_media
from quizapp.formats.registry import FORMATS
from quizapp.models import ImportOutcome, Media, MediaBytes, Question, Revision
from quizapp.policy import Actor
from quizapp.queries.exported_media import exported_media, require_room
from quizapp.queries.question_export import ExportChoice, exported_drafts, losses_of
from quizapp.services.import_planning import media_in, plan_file
from quizapp.services.import_rows import WantedQuestions
from quizapp.services.import_writing import apply_import
from quizapp.services.media import keep_media
from quizapp.services.question_imports import (
    ask_question_import,
    store_plan,
    take_up_import,
)
from tests.support.files import picture_bytes, sound_bytes
from tests.support.make import NOON, Make

_PICTURE, _SOUND = read_media(picture_bytes()), read_media(sound_bytes())
STEM = f"Which river? ![the Nile](media:{_PICTURE.name})"
TOLD = f"Hear it: ![the word](media:{_SOUND.name})"


def _course(session: Session, make: Make) -> tuple[Any, Actor]:
    course = make.course()
    files = [("nile.png", _PICTURE), ("nile.wav", _SOUND)]
    actor = Actor(id=0, name="The site", is_admin=True)
    keep_media(session, actor=actor, course_id=course.id, files=files, now=NOON)
    raw = {"stem": STEM, "key": True, "feedback": "", "explanation": TOLD}
    make.question(make.fact(course), "true_false", raw)
    session.flush()
    return course, actor


def _written(session: Session, actor: Actor, course: Any, name: str) -> Any:
    drafts = exported_drafts(session, actor=actor, course_id=course.id, choice=ExportChoice())
    media = exported_media(session, course_id=course.id, drafts=drafts)
    return FORMATS[name].write(drafts, title=course.title, media=media)


@pytest.mark.parametrize("name", ["bank_yaml", "moodle-xml", "qti2"])
def test_pictures_go_out_and_come_back_by_their_content(
    session: Session, make: Make, name: str
) -> None:
    course, actor = _course(session, make)
    written = _written(session, actor, course, name)
    wanted = WantedQuestions("a-file", f"course{written.suffix}", name)

    here = plan_file(session, course_id=course.id, wanted=wanted, data=written.data)
    other = make.course()
    keys: Any = {"actor": actor, "course_id": other.id}
    import_id = ask_question_import(session, **keys, wanted=wanted, now=NOON)
    importing = take_up_import(session, import_id=import_id)
    assert importing is not None
    plan = plan_file(session, course_id=other.id, wanted=wanted, data=written.data)
    store_plan(session, importing=importing, plan=plan)
    media, later = media_in(wanted, written.data), NOON + timedelta(minutes=1)
    apply_import(session, **keys, import_id=import_id, now=later, media=media)

    of_other = (
        sa.select(Media.digest, MediaBytes.data)
        .join(MediaBytes, MediaBytes.digest == Media.digest)
        .where(Media.course_id == other.id)
    )
    kept = {row.digest: bytes(row.data) for row in session.execute(of_other)}
    content = session.scalars(
        sa.select(Revision.content).join(Question).where(Question.course_id == other.id)
    ).one()
    assert [row.outcome for row in here.rows] == [ImportOutcome.UNCHANGED]
    assert kept == {_PICTURE.digest: picture_bytes(), _SOUND.digest: sound_bytes()}
    assert (content["stem"], content["explanation"]) == (STEM, TOLD)


def test_a_picture_that_is_gone_is_named_before_the_file_is_made(
    session: Session, make: Make
) -> None:
    course, actor = _course(session, make)
    session.execute(sa.delete(Media).where(Media.digest == _SOUND.digest))

    drafts = exported_drafts(session, actor=actor, course_id=course.id, choice=ExportChoice())
    media = exported_media(session, course_id=course.id, drafts=drafts)
    losses = losses_of(FORMATS["bank_yaml"], drafts, media.gone)

    assert media.gone == {_SOUND.name}
    assert [line.what for line in losses.changed] == [
        "It shows a picture or sound that this course does not have any more."
    ]


def test_too_large_a_file_is_refused_before_it_is_made(
    session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, actor = _course(session, make)
    drafts = exported_drafts(session, actor=actor, course_id=course.id, choice=ExportChoice())
    media = exported_media(session, course_id=course.id, drafts=drafts)
    monkeypatch.setattr(type(FORMATS["moodle-xml"]), "most_media", 100)

    require_room(FORMATS["gift"], media)
    with pytest.raises(Invalid, match="Choose fewer questions"):
        require_room(FORMATS["moodle-xml"], media)
