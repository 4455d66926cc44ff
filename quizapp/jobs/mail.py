"""Sending letters."""

from __future__ import annotations

import logging
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from quizapp.config import Settings
from quizapp.errors import Invalid, Problem
from quizapp.services.mail import Letter

_TIMEOUT_SECONDS = 20
#: A line of a header may have 998 characters; an address that is folded no program can follow.
_UNFOLDED = SMTP.clone(max_line_length=900)
_PORTS = {"smtp": 25, "smtps": 465}

_log = logging.getLogger(__name__)


def deliver(settings: Settings, letter: Letter) -> None:
    """Send a letter by the configured server; without one, in development, write it to the log.

    :raises Invalid: there is no server and this is production, where letters hold secrets.
    :raises OSError: the server cannot be reached or refused the letter; later may help.
    """
    if settings.smtp_url:
        _send(urlsplit(settings.smtp_url), message(letter, sender=settings.mail_from))
    elif settings.is_production:
        raise Invalid([Problem("QUIZAPP_SMTP_URL", "is not set, so no mail can be sent.")])
    else:
        _log.warning("mail to %s: %s\n\n%s", letter.to, letter.subject, letter.body)


def message(letter: Letter, *, sender: str) -> EmailMessage:
    """Return the letter as it goes over the wire.

    One that may be stopped says how to mail programs (RFC 2369, RFC 8058: a single request, which
    has to be safe from others' eyes).
    """
    made = EmailMessage(policy=_UNFOLDED)
    made["From"] = sender
    made["To"] = letter.to
    made["Subject"] = letter.subject
    made["Auto-Submitted"] = "auto-generated"
    if letter.key:
        made["Message-ID"] = f"<{letter.key}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    if letter.stop:
        made["List-Unsubscribe"] = f"<{letter.stop}>"
        if letter.stop.startswith("https://"):
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # Every server takes this encoding; eight bits would need one that says so.
    made.set_content(letter.body, cte="quoted-printable")
    if letter.html:
        made.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return made


def _send(server: SplitResult, letter: EmailMessage) -> None:
    host, port = server.hostname or "localhost", server.port or _PORTS[server.scheme]
    with _connection(server.scheme, host, port) as connection:
        if server.username:
            connection.login(unquote(server.username), unquote(server.password or ""))
        connection.send_message(letter)


def _connection(scheme: str, host: str, port: int) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_SECONDS, context=context)
    connection = smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection
