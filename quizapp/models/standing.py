"""How the students of a course stand, as a job keeps it; and what instructors wrote to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from quizapp.models.base import Base, learner_key


class CourseStanding(Base):
    """How one student stood in one course when they were last looked at: a cache of their logs.

    :param expected: chance of recall summed over the facts, in millionths; `facts` are all that
        can be asked, those `met` and `known_well` among them.
    :param tested: of the last 30 days of the learner's; `recalled` of them were remembered.
    :param waiting: cards that are due; `is_behind`: more than three usual days' work.
    :param last_active_at: the last review or attempt; NULL before the first.
    :param was_active: they also did something in the week before the last seven days.
    :param target: the recall that they aim for.
    :param paused_until: the last day of the pause that they are in.
    :param exam_day: what they study for; `exam_share` of the facts is what they will know on the
        day if they keep to the plan, `exam_target` what they want to.
    :param weeks: Monday of a week → reviews, tested, recalled; the last twelve.
    """

    __tablename__ = "course_standing"
    __table_args__ = (sa.Index(None, "course_id", "as_of"), {"sqlite_with_rowid": False})

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True
    )
    as_of: Mapped[datetime]
    facts: Mapped[int]
    met: Mapped[int]
    known_well: Mapped[int]
    expected: Mapped[int] = mapped_column(sa.BigInteger)
    tested: Mapped[int]
    recalled: Mapped[int]
    waiting: Mapped[int]
    is_behind: Mapped[bool]
    last_active_at: Mapped[datetime | None]
    was_active: Mapped[bool]
    target: Mapped[float]
    paused_until: Mapped[date | None]
    exam_day: Mapped[date | None]
    exam_target: Mapped[float | None]
    exam_share: Mapped[float | None]
    weeks: Mapped[dict[str, Any]]


class TopicStanding(Base):
    """The same of one topic; as `CourseStanding` says."""

    __tablename__ = "topic_standing"
    __table_args__ = (sa.Index(None, "topic_id"), {"sqlite_with_rowid": False})

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    topic_id: Mapped[int] = mapped_column(
        sa.ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True
    )
    facts: Mapped[int]
    met: Mapped[int]
    known_well: Mapped[int]
    expected: Mapped[int] = mapped_column(sa.BigInteger)
    tested: Mapped[int]
    recalled: Mapped[int]


class ClassReport(Base):
    """What the standings of a course add up to, so that its page need not read them all.

    :param figures: what `queries.class_report.Report.dump` gave.
    :param facts_at: when the hardest facts were last looked for; that takes longest.
    """

    __tablename__ = "class_report"

    course_id: Mapped[int] = mapped_column(
        sa.ForeignKey("course.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    as_of: Mapped[datetime]
    facts_at: Mapped[datetime]
    figures: Mapped[dict[str, Any]]


class ClassMessage(Base):
    """What an instructor wrote to students of a course; `whom` says to which, as chosen then."""

    __tablename__ = "class_message"
    __table_args__ = (sa.Index(None, "course_id", "id"), sa.Index(None, "author_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(sa.ForeignKey("course.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user_account.id", ondelete="SET NULL")
    )
    whom: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    sent_at: Mapped[datetime]


class ReceivedMessage(Base):
    """One student whom a message was for. `seen_at`: when they put it away; NULL before."""

    __tablename__ = "received_message"
    __table_args__ = (sa.Index(None, "message_id"), {"sqlite_with_rowid": False})

    learner_id: Mapped[int] = mapped_column(learner_key(), primary_key=True)
    message_id: Mapped[int] = mapped_column(
        sa.ForeignKey("class_message.id", ondelete="CASCADE"), primary_key=True
    )
    seen_at: Mapped[datetime | None]
