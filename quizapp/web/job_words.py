"""The words of background work: what a job is for, and what is lost without it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from quizapp.queries.jobs import JobRow

_NOTHING = "Nothing is lost: it is looked for again by itself."
#: Addresses of people and of pages: a page may carry the secret of a link.
_SECRET = re.compile(r"[^\s<>'\"(),;]+@[^\s<>'\"(),;]+|\bhttps?://\S+", re.IGNORECASE)
_HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class JobWords:
    """What a kind of job is for.

    :param lost: what comes of throwing one away. :param is_lasting: it is always there: when it
        is done, the next one waits.
    """

    label: str
    lost: str
    is_lasting: bool = False


WORDS: Mapping[str, JobWords] = {
    "send_mail": JobWords("Send a letter", "The letter is never sent."),
    "send_reset": JobWords(
        "Send a link for a new password",
        "No link is sent. Whoever asked for it can ask again.",
    ),
    "send_invitation": JobWords(
        "Send an invitation", "The letter is not sent. It can be sent again from the invitations."
    ),
    "purge_expired": JobWords("Throw away what is over", _NOTHING, is_lasting=True),
    "close_overdue": JobWords("Hand in quizzes whose time is over", _NOTHING, is_lasting=True),
    "look_for_fits": JobWords("Look whose memory can be learnt from", _NOTHING, is_lasting=True),
    "fit_memory": JobWords(
        "Learn from a learner’s reviews", "The learner goes on with the weights that hold now."
    ),
    "plan_exam": JobWords("Plan the day before an exam", _NOTHING),
    "plan_exams": JobWords("Plan the days before exams", _NOTHING, is_lasting=True),
    "import_package": JobWords(
        "Take in a package of cards", "The import stays as it is; its file can be sent again."
    ),
    "find_duplicates": JobWords(
        "Look for questions that ask the same", "They can be looked for again at any time."
    ),
    "copy_course": JobWords("Copy a course", "The copy is not made, and can be asked for again."),
    "import_questions": JobWords(
        "Read or store a file of questions",
        "The import stays as it is; its file can be sent again.",
    ),
    "figure_items": JobWords("Work out the figures of questions", _NOTHING, is_lasting=True),
    "refresh_standings": JobWords("Work out how classes stand", _NOTHING, is_lasting=True),
    "look_for_letters": JobWords("Look whose weekly letter is due", _NOTHING, is_lasting=True),
    "send_confirmation": JobWords(
        "Ask an address whether letters are wanted",
        "No letter is sent. Whoever wanted it can ask again.",
    ),
    "send_week": JobWords("Send a weekly letter", "This week’s letter is never sent."),
    "export_data": JobWords(
        "Make a copy of somebody’s data", "The copy is not made, and can be asked for again."
    ),
    "delete_account": JobWords("Delete an account", _NOTHING),
    "send_email_change": JobWords(
        "Send a link to a new address", "No link is sent. Whoever asked for it can ask again."
    ),
}


def words_of(name: str) -> JobWords:
    """Return the words of a kind of job; those of one that is not described are its name."""
    usual = JobWords(name.replace("_", " ").capitalize(), "What it was to do is not done.")
    return WORDS.get(name, usual)


def reason(error: str) -> str:
    """Return why a job failed, without anybody's address and without links."""
    return _SECRET.sub(_HIDDEN, error)


def place_of(row: JobRow) -> str:
    """Return the address of what asked for a job, "" where there is none to look at."""
    if not row.slug:
        return ""
    about, course = row.about, row.slug
    if row.name == "copy_course":
        return url_for("teach_course.made", course=course, copy_id=about["copy_id"])
    if row.name == "import_questions":
        return url_for("question_imports.import_page", course=course, import_id=about["import_id"])
    if row.name == "send_invitation":
        return url_for("teach_invitations.index", course=course)
    if row.name == "find_duplicates":
        return url_for("teach_duplicates.index", course=course)
    return url_for("library.course", slug=course)
