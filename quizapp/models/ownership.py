"""Whose the rows of each table are, and what becomes of them when an account is deleted.

Every table stands here, so that none is forgotten: a test fails for one that does not. Copies of
one's own data and the deletion of accounts both go by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of rows that have to do with a person whose account is deleted."""

    GOES = "goes"
    UNNAMED = "unnamed"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Held:
    """What one table holds of a person.

    :param about: in words, for that person. :param owner: the column that says whose a row is;
        its rows go with the account. :param names: columns that name somebody beside; they
        become NULL. :param address: a column with an email address; rows with the person's go.
    :param wrote: the one of `names` that says who wrote a row: it is in the person's copy.
    :param secret: columns that nobody gets a copy of.
    """

    about: str
    owner: str | None = None
    names: tuple[str, ...] = ()
    address: str | None = None
    wrote: str | None = None
    secret: tuple[str, ...] = ()

    @property
    def fate(self) -> Fate:
        if self.owner or self.address:
            return Fate.GOES
        return Fate.UNNAMED if self.names else Fate.STAYS

    @property
    def is_copied(self) -> bool:
        """Whether a person's copy of their data holds rows of it."""
        return bool(self.owner or self.address or self.wrote)


def _own(about: str, *, secret: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Held:
    return Held(about, owner="learner_id", names=names, secret=secret)


def _users(about: str, *, secret: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Held:
    return Held(about, owner="user_id", names=names, secret=secret)


_NOBODYS = Held("Part of a course, and says nothing of a person.")
_COUNTS = Held("Counts over everybody who took a quiz.")

HELD: Mapping[str, Held] = {
    "user_account": Held("Your account.", owner="id", secret=("password_hash",)),
    "user_session": _users("Browsers that are signed in.", secret=("token_hash",)),
    "password_reset": _users("A link for a new password, if you asked.", secret=("token_hash",)),
    "email_change": _users("Another address that you asked for.", secret=("token_hash",)),
    "account_deletion": _users("That you asked for your account to be deleted."),
    "data_export": _own("Copies of data that you asked for.", secret=("file", "place")),
    "enrolment": _users("The courses that you are in."),
    "former_member": _users("Courses that you were in.", names=("removed_by",)),
    "invitation": Held(
        "Invitations to courses, sent to your address.",
        names=("accepted_by",),
        address="email",
        secret=("token_hash",),
    ),
    "group_member": _own("The groups that you are in."),
    "accommodation": _own("What you have in every quiz of a course.", names=("set_by",)),
    "learner_override": _own("What you have in one quiz."),
    "memory": _own("What you remember of each fact now, and when it is due."),
    "review": _own("Each rating of a card."),
    "memory_act": _own("What you did to cards beside rating them."),
    "memory_rules": _own("The settings by which your cards were scheduled."),
    "memory_fit": _own("What was learnt from your reviews about your memory."),
    "quarter_total": _own("What you did in each quarter of an hour."),
    "prediction_total": _own("What was predicted of your recall, and what came true."),
    "pause": _own("Days on which you wanted to be asked nothing."),
    "exam": _own("The date that you study for."),
    "daily_goal": _own("What you want to do on a day."),
    "weekly_letter": _own("Whether you want weekly letters, and where.", secret=("token_hash",)),
    "calendar_feed": _own("That a calendar reads your dates.", secret=("token_hash", "uid")),
    "course_standing": _own("How you stand in a course, as its instructors see it."),
    "topic_standing": _own("The same of each topic."),
    "received_message": _own("Messages from instructors that you got."),
    "class_message": Held(
        "Messages that you wrote to a class.", names=("author_id",), wrote="author_id"
    ),
    "package_import": _own("Packages from Anki that you brought.", secret=("file",)),
    # The order of options in a question is no secret any more once its results are shown.
    "attempt": _own("Your attempts at quizzes.", secret=("seed",)),
    "response": _own("Each answer as it was saved.", secret=("nonce",)),
    "challenge": _own("What you doubted of a question.", names=("answered_by",)),
    "marking": _own("What people gave for your answers.", names=("made_by",)),
    "mark_change": _own("Marks that were corrected later."),
    "mark_entry": _own("Marks, excuses and comments by hand.", names=("made_by",)),
    "saved_view": _users("Lists of questions that you kept."),
    "question_draft": _users("Questions that you began to write."),
    "revision": Held("Questions as you wrote them.", names=("author_id",), wrote="author_id"),
    "question_text": Held("Words that questions are found by.", names=("author_id",)),
    "question_comment": Held(
        "What you said of questions.", names=("author_id", "resolved_by"), wrote="author_id"
    ),
    "question_review": Held(
        "Your steps in the review of questions.", names=("actor_id",), wrote="actor_id"
    ),
    "bulk_act": Held("Changes to many questions.", names=("actor_id",), wrote="actor_id"),
    "question_import": Held(
        "Files of questions that you brought.",
        names=("author_id",),
        wrote="author_id",
        secret=("file", "holding_id"),
    ),
    "regrade": Held(
        "Your decisions about wrong keys.", names=("made_by", "undone_by"), wrote="made_by"
    ),
    "course_copy": Held("Courses that you copied.", names=("actor_id",), wrote="actor_id"),
    # Their payloads and errors may hold an address; `services.erasure_traces` looks.
    "job": Held("Work that waits; what is about a person goes."),
    # Their buckets are digests of addresses and numbers; those of a person go likewise.
    "rate_limit": Held("How often something was tried; what is about a person goes."),
    "class_report": Held("Figures over everybody in a course."),
    "quiz_total": _COUNTS,
    "item_tally": _COUNTS,
    "quiz_count": _COUNTS,
    "item_figure": _COUNTS,
    "question_figure": _COUNTS,
    "departed_total": _COUNTS,
    "departed_tally": _COUNTS,
    "course": _NOBODYS,
    "topic": _NOBODYS,
    "source": _NOBODYS,
    "passage": _NOBODYS,
    "fact": _NOBODYS,
    "citation": _NOBODYS,
    "term": _NOBODYS,
    "media": _NOBODYS,
    "media_bytes": _NOBODYS,
    "question": _NOBODYS,
    "quiz": _NOBODYS,
    "slot": _NOBODYS,
    "student_group": _NOBODYS,
    "group_override": _NOBODYS,
    "join_code": _NOBODYS,
    "bulk_change": _NOBODYS,
    "duplicate_search": _NOBODYS,
    "question_pair": _NOBODYS,
    "stem_word": _NOBODYS,
    "question_import_row": _NOBODYS,
    "question_import_fact": _NOBODYS,
    "question_origin": _NOBODYS,
}
