"""Holding a bank against the text behind its passages: evidence is in it, and no sentence of it
is in the bank."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from quizapp.bank.craft.wording import words
from quizapp.bank.findings import Finding, Where, error
from quizapp.bank.schema import Bank, BankEvidence
from quizapp.bank.text import normalise

#: So many words of the source in a row are a copy.
COPIED_WORDS = 9
MAX_SOURCE_BYTES = 10_000_000


def check_source(bank: Bank, path: Path) -> Iterator[Finding]:
    """Yield evidence that the file at `path` does not hold, and texts that copy it.

    Evidence must stand there character by character, white space apart. A text copies when it
    has `COPIED_WORDS` words in a row with it; case and punctuation do not count.
    """
    where = Where(path.name, 1)
    try:
        if not path.is_file():
            yield error(where, "the source is no ordinary file; name one")
            return
        if path.stat().st_size > MAX_SOURCE_BYTES:
            yield error(where, f"the source is larger than {MAX_SOURCE_BYTES:,} bytes; shorten it")
            return
        source = path.read_text(encoding="utf-8-sig")
    except OSError as failed:
        yield error(where, f"the source cannot be read: {failed.strerror}; check the path")
        return
    except UnicodeDecodeError:
        yield error(where, "the source is not UTF-8; save it in that encoding")
        return
    normal = normalise(source)
    for evidence in _evidence(bank):
        if evidence.words not in normal:
            message = f'the source does not hold "{evidence.words}"; copy the words exactly'
            yield error(evidence.where, message)
    runs = set(_runs(words(normal)))
    for file in bank.files:
        for at, text in file.texts():
            copied = next((run for run in _runs(words(text)) if run in runs), None)
            if copied:
                message = f'"{" ".join(copied)}" is copied from the source; use words of your own'
                yield error(file.where(at), message)


def _evidence(bank: Bank) -> Iterator[BankEvidence]:
    for course in bank.courses:
        for passage in course.passages:
            yield from passage.evidence
        for fact in course.facts:
            yield from fact.evidence


def _runs(found: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(len(found) - COPIED_WORDS + 1):
        yield found[start : start + COPIED_WORDS]
