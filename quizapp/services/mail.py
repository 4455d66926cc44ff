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
    """One mail to one address, as plain text and, if there is `html`, as that too.

    :param stop: the address that stops letters of this kind, for the button of mail programs.
    :param key: the same for the same letter: programs show one that comes twice once.
    :raises Invalid: the address or the subject would add headers of its own.
    """

    to: str
    subject: str
    body: str
    html: str = ""
    stop: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        for path in ("to", "subject", "stop", "key"):
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


def confirmation_letter(*, email: str, token: str, days: int, site: str) -> Letter:
    """Return the letter that asks whether weekly letters are wanted at an address."""
    body = (
        "Hello,\n\n"
        "someone, probably you, asked Footnote to write to this address once a week: what was\n"
        "learnt, and what comes next. Confirm within "
        f"{days} days that you want these letters:\n\n"
        f"{site}letters/confirm/{token}\n\n"
        "If it was not you, do nothing: no other letter comes.\n"
    )
    return Letter(email, "Do you want a weekly letter from Footnote?", body)


def deletion_letter(*, email: str, days: int, site: str) -> Letter:
    """Return the letter that tells somebody that their account is going to be deleted."""
    body = (
        "Hello,\n\n"
        "someone, probably you, asked for your Footnote account to be deleted.\n"
        f"That happens in {days} days. Until then you can keep it: sign in and press\n"
        "“Keep my account” here:\n\n"
        f"{site}settings/data\n\n"
        "If it was not you, do so now, and choose a new password:\n\n"
        f"{site}forgot\n"
    )
    return Letter(email, "Your Footnote account will be deleted", body)


def deleted_letter(*, email: str) -> Letter:
    """Return the last letter to somebody whose account is gone."""
    body = (
        "Hello,\n\n"
        "your Footnote account is deleted, as you asked, with all that was kept in it.\n"
        "This address is not kept either: this is the last letter.\n"
    )
    return Letter(email, "Your Footnote account is deleted", body)


def address_letter(*, email: str, token: str, hours: int, site: str) -> Letter:
    """Return the letter that asks the mailbox of a new address whether it is the right one."""
    body = (
        "Hello,\n\n"
        "someone, probably you, wants to use this address for a Footnote account.\n"
        f"Say yes within {hours} hours; the link works once:\n\n"
        f"{site}new-address/{token}\n\n"
        "If it was not you, do nothing: your address is not used.\n"
    )
    return Letter(email, "Use this address for Footnote?", body)


def taken_letter(*, email: str, site: str) -> Letter:
    """Return the letter to an address that has an account already."""
    body = (
        "Hello,\n\n"
        "someone, probably you, wants to use this address for a Footnote account, but it\n"
        "has an account of its own, so nothing was changed. Sign in to that one:\n\n"
        f"{site}sign-in\n"
    )
    return Letter(email, "This address has a Footnote account", body)


def old_address_letter(*, email: str, is_done: bool, site: str) -> Letter:
    """Return the letter to the old address: another one is asked for, or is used by now."""
    if is_done:
        subject = "Your Footnote address was changed"
        what = "your Footnote account uses another address from now on.\n"
        then = f"If it was not you, write to whoever runs the site at once:\n\n{site}privacy\n"
    else:
        subject = "Another address for your Footnote account?"
        what = "someone, probably you, wants to use another address for your account.\n"
        then = (
            "If it was not you, choose a new password now. Nothing is changed then:\n\n"
            f"{site}forgot\n"
        )
    return Letter(email, subject, f"Hello,\n\n{what}{then}")


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
