"""Reading what editors say about an item: rules waived, and words that bear it out."""

from __future__ import annotations

from quizapp.bank.entries import Entry
from quizapp.bank.schema import BankEvidence, BankWaiver
from quizapp.bank.text import normalise

SHORTEST_REASON, LONGEST_REASON = 10, 500
#: So few words of another's text may be quoted to show where a reading comes from.
MOST_EVIDENCE_WORDS = 8
_EVIDENCE_LIMIT = 200


def read_waivers(entry: Entry) -> tuple[BankWaiver, ...]:
    """Return the craft rules waived under "waive", those with a fitting reason."""
    stated = entry.take("waive")
    if stated is None:
        return ()
    if not isinstance(stated, dict) or not stated:
        entry.report("waive", '"waive" must be a map of "rule: reason" lines')
        return ()
    found: list[BankWaiver] = []
    for rule, reason in stated.items():
        path = f"waive.{rule}"
        text = normalise(reason) if isinstance(reason, str) else ""
        if not SHORTEST_REASON <= len(text) <= LONGEST_REASON:
            entry.report(
                path,
                f'say why "{rule}" is waived, in {SHORTEST_REASON} to {LONGEST_REASON} characters',
            )
        else:
            found.append(BankWaiver(rule, text, entry.at(path)))
    return tuple(found)


def read_evidence(entry: Entry) -> tuple[BankEvidence, ...]:
    """Return the fragments under "evidence", each of a few words."""
    stated = entry.take("evidence")
    if stated is None:
        return ()
    if not isinstance(stated, list) or not stated:
        entry.report("evidence", '"evidence" must be a list of a few words each ("- …" lines)')
        return ()
    found: list[BankEvidence] = []
    for index, value in enumerate(stated):
        path = f"evidence.{index}"
        words = normalise(value) if isinstance(value, str) else ""
        if not words:
            entry.report(path, "evidence must be text; put quotes around the words")
        elif len(words.split()) > MOST_EVIDENCE_WORDS or len(words) > _EVIDENCE_LIMIT:
            entry.report(
                path,
                f"evidence of {len(words.split())} words; quote at most {MOST_EVIDENCE_WORDS} "
                f"words and {_EVIDENCE_LIMIT} characters",
            )
        elif words in [one.words for one in found]:
            entry.report(path, f'"{words}" is listed twice; keep one')
        else:
            found.append(BankEvidence(words, entry.at(path)))
    return tuple(found)
