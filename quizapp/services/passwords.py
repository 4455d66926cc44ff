"""Passwords: which may be chosen, how they are kept, how they are compared.

Hashing takes tens of milliseconds on purpose. Call `hash_password` and `is_password` before
a transaction begins: inside one they would hold the write lock for as long.
"""

from __future__ import annotations

import base64
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from quizapp.errors import Invalid, Problem, Unavailable

MINIMUM_LENGTH, MAXIMUM_LENGTH = 10, 200

#: OWASP's Password Storage Cheat Sheet gives this set; it costs 19 MiB and some 70 ms of one core.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: More at once would take every core from the people who are already signed in.
_AT_ONCE = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 5.0

# The most used passwords that are long enough to pass the only other rule.
_COMMON_TEXT = """
0000000000 0123456789 0987654321 1111111111 1122334455 1212121212 1231231231 123123123123
1234512345 1234554321 123456123456 1234567890 12345678900 12345678901 12345678910 123456789123
123456789a 123456789q 1234567891 12345qwert 123qwe123qwe 147258369147 1q2w3e4r5t 1q2w3e4r5t6y
1qaz2wsx3edc 1qaz@wsx3edc 5555555555 6666666666 7777777777 8888888888 9876543210 9999999999
aaaaaaaaaa abc1234567 abcd123456 abcdefghij administrator administrator1 asdfghjkl1 asdfghjkl123
basketball basketball1 changeme123 chocolate1 christopher dragon12345 football123 footballer
hello12345 iloveyou12 iloveyou123 letmein123 letmein1234 liverpool1 manchester myspace123
p@ssw0rd123 passw0rd123 password01 password10 password11 password12 password123 password1234
password12345 password123456 password1! password123! passwordpassword princess123 q1w2e3r4t5
q1w2e3r4t5y6 qazwsxedcrfv qwer123456 qwerty1234 qwerty12345 qwerty123456 qwertyqwerty
qwertyuiop qwertyuiop1 qwertyuiop123 secret12345 sunshine12 sunshine123 superman123
welcome123 welcome1234 welcome2024 welcome2025 welcome2026 zaq12wsxcde3 zxcvbnm123 zxcvbnm1234
"""
_COMMON = frozenset(_COMMON_TEXT.split())


def hash_password(password: str) -> str:
    """Return what is kept of a password: argon2id, with its parameters and salt in the text.

    :raises Unavailable: too many people sign in at this moment.
    """
    with _turn():
        return _HASHER.hash(_normal(password))


def is_password(password: str, kept: str | None) -> bool:
    """Return whether the password is the kept one; takes as long when nothing is kept.

    :param kept: what `hash_password` returned, or None for an unknown account.
    :raises Unavailable: too many people sign in at this moment.
    """
    normal = _normal(password)
    comparable = kept is not None and len(normal) <= MAXIMUM_LENGTH
    with _turn():
        try:
            _HASHER.verify(kept if kept is not None and comparable else _NOBODYS, normal[:200])
        except (VerificationError, InvalidHashError):
            return False
    return comparable


def is_outdated(kept: str) -> bool:
    """Return whether a kept hash was made with other parameters than new ones are."""
    return _HASHER.check_needs_rehash(kept)


def password_problems(password: str, *, email: str, path: str = "password") -> list[Problem]:
    """Return why this password may not be chosen; length and a few known ones, nothing else.

    :param email: the account's folded address; it may not be the password.
    """
    normal = _normal(password)
    if len(normal) < MINIMUM_LENGTH:
        message = f"Use at least {MINIMUM_LENGTH} characters. A short sentence works well."
        return [Problem(path, message)]
    if len(normal) > MAXIMUM_LENGTH:
        return [Problem(path, f"Use at most {MAXIMUM_LENGTH} characters.")]
    folded = normal.casefold()
    if folded in _COMMON:
        message = "This is one of the first passwords that anyone would guess. Choose another."
        return [Problem(path, message)]
    if folded in (email, email.partition("@")[0]):
        return [Problem(path, "Your email address is easy to guess. Choose another password.")]
    return []


def require_password(password: str, *, email: str, path: str) -> None:
    """Pass a password that may be chosen.

    :raises Invalid: it may not, with the reason at `path`.
    """
    if problems := password_problems(password, email=email, path=path):
        raise Invalid(problems)


@contextmanager
def _turn() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise Unavailable("Too many people are signing in right now. Try again in a moment.")
    try:
        yield
    finally:
        _AT_ONCE.release()


def _normal(password: str) -> str:
    # The same letters typed on another keyboard may arrive as other code points.
    return unicodedata.normalize("NFC", password)


def _hash_of_nobody() -> str:
    """Return a well-formed hash at today's parameters that nobody knows a password for."""
    parameters = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    salt = base64.b64encode(bytes(_HASHER.salt_len)).decode().rstrip("=")
    digest = base64.b64encode(bytes(_HASHER.hash_len)).decode().rstrip("=")
    return f"$argon2id$v=19${parameters}${salt}${digest}"


_NOBODYS = _hash_of_nobody()
