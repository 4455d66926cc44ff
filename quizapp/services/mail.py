"""Letters: what they say. Sending them is `jobs/mail.py`.

No letter holds a name: anybody may sign up with somebody else's address and, as the name,
whatever they want us to tell them. Nor does one hold a course's title that could lead anywhere.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.errors import Invalid, Problem
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.resets import Reset


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address, plain text.

    :raises Invalid: the address or the subject would add headers of its own.
    """

    to: str
    subject: str
    body: str

    def __post_init__(self) -> None:
        for path in ("to", "subject"):
            text = getattr(self, path)
            if not text.isprintable():
                raise Invalid([Problem(path, "A mail header may not hold a line break.")])
        if not self.to or any(c in self.to for c in ' ,;<>"'):
            raise Invalid([Problem("to", "Write to exactly one address.")])


def post_letter(session: Session, *, letter: Letter, now: datetime) -> None:
    """Have the worker send a letter once this transaction is committed."""
    enqueue(session, name=JobName.SEND_MAIL, payload=asdict(letter), now=now)


def reset_letter(reset: Reset, *, site: str) -> Letter:
    """Return the letter with the link for a new password.

    :param site: the address of this site, with a slash at the end.
    """
    body = (
        "Hello,\n\n"
        "someone, probably you, asked for a new password for Footnote.\n"
        "Choose it here within 30 minutes; the link works once:\n\n"
        f"{site}reset/{reset.token}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n"
    )
    return Letter(reset.email, "Choose a new password for Footnote", body)


def changed_letter(*, email: str, site: str) -> Letter:
    """Return the letter that tells the owner of an account that its password changed."""
    body = (
        "Hello,\n\n"
        "the password of your Footnote account was changed just now, and all other\n"
        "browsers were signed out.\n\n"
        "If it was not you, choose a new one at once:\n\n"
        f"{site}forgot\n"
    )
    return Letter(email, "Your Footnote password was changed", body)


def invitation_letter(*, email: str, course: str, token: str, days: int, site: str) -> Letter:
    """Return the letter that asks somebody into a course, with the link that is theirs alone.

    :param course: its title; left out where it could be an address.
    """
    named = f"“{course}” on Footnote" if is_plain_title(course) else "a course on Footnote"
    body = (
        "Hello,\n\n"
        f"an instructor invites you to {named}.\n"
        f"See who teaches it, and accept or decline, within {days} days:\n\n"
        f"{site}invited/{token}\n\n"
        "The link is for you alone and works once. If you do not know what this is about,\n"
        "do nothing: you are in no course unless you accept.\n"
    )
    return Letter(email, "An invitation to a course on Footnote", body)


def class_message_letter(*, email: str, course: str, slug: str, site: str) -> Letter:
    """Return the letter that tells a student that an instructor wrote to them.

    :param course: its title; left out where it could be an address.
    """
    named = f"“{course}” on Footnote" if is_plain_title(course) else "your course on Footnote"
    body = (
        "Hello,\n\n"
        f"an instructor of {named} wrote to you.\n"
        "Read it here:\n\n"
        f"{site}today?course={slug}\n\n"
        "You get this letter because you are in the course. Whoever leaves it gets no more.\n"
    )
    return Letter(email, "A message from your instructor on Footnote", body)


def is_plain_title(title: str) -> bool:
    """Return whether nothing in a title can be read as an address or pressed as a link."""
    words = title.split()
    inside = any(sign in word.rstrip(".,:!?") for word in words for sign in "./@\\:")
    return title.isprintable() and len(title) <= 120 and not inside
