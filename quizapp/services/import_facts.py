"""The facts that a file of questions states, found in a course or to be made in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from quizapp.bank.text import locate, normalise, occurrences
from quizapp.formats.base import DraftCitation, DraftFact
from quizapp.models import Status
from quizapp.queries.import_ground import Ground, KnownFact
from quizapp.services.facts import EXACT_LIMIT, STATEMENT_LIMIT, slug_of
from quizapp.services.import_differences import becomes_text
from quizapp.services.import_reading import Stateable

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
KEY_LIMIT = 80
_NOTE_LIMIT = 4_000
_SLUG_LIMIT = 60
_TITLE_LIMIT = 200
_NO_TOPIC = "Imported questions"


@dataclass(frozen=True, slots=True)
class PlannedCitation:
    passage_id: int
    start: int
    exact: str


@dataclass(slots=True)
class PlannedFact:
    """A fact to be made, or to be changed.

    :param citations: () leaves those of a known fact as they are.
    :param seen_sha256: of the known fact, "" for a new one. :param notes: what of it changes.
    """

    key: str
    topic_key: str
    statement: str
    note: str = ""
    record: str = ""
    status: Status = Status.DRAFT
    citations: tuple[PlannedCitation, ...] = ()
    is_new: bool = True
    seen_sha256: str = ""
    is_proved: bool = False
    notes: tuple[str, ...] = ()
    #: What the file says of it that cannot be done; told with its first question.
    complaints: tuple[str, ...] = ()


@dataclass(slots=True)
class FactPlan:
    """Facts and topics of one file, gathered question by question.

    :param topic_key: where everything goes, "" where the file says. :param salt: makes keys.
    """

    ground: Ground
    salt: str
    topic_key: str = ""
    facts: dict[str, PlannedFact] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    _by_words: dict[str, str] = field(default_factory=dict)

    def fact_for(self, one: Stateable, known: KnownFact | None) -> PlannedFact | KnownFact:
        """Return the fact that a question tests from now on.

        :param known: that of the question here which the file is about, if there is one.
        """
        stated = one.draft.fact
        if stated is None or not normalise(stated.statement):
            return known or self._own(one)
        key = stated.key if KEY.fullmatch(stated.key) and len(stated.key) <= KEY_LIMIT else ""
        if key in self.facts:
            return self.facts[key]
        if key:
            by_key = self.ground.facts_by_key.get(key)
            known = self.ground.facts[by_key] if by_key is not None else None
        if known is not None:
            return self._changed(one, stated, known)
        words = normalise(stated.statement).casefold()
        if not key and words in self._by_words:
            return self.facts[self._by_words[words]]
        made = self._new(one, stated, key)
        self._by_words[words] = made.key
        return made

    def _own(self, one: Stateable) -> PlannedFact:
        """Return a fact of the question's own: what it asks and what is right."""
        statement = normalise(f"{one.stem} – {one.answer}")
        return self._keep(
            PlannedFact(
                key=self._key(statement, one.origin),
                topic_key=self._topic(one),
                statement=statement[:STATEMENT_LIMIT].rstrip(),
            )
        )

    def _new(self, one: Stateable, stated: DraftFact, key: str) -> PlannedFact:
        citations, complaints = self._citations(stated.citations)
        statement = normalise(stated.statement)[:STATEMENT_LIMIT]
        return self._keep(
            PlannedFact(
                key=key or self._key(statement, statement),
                topic_key=self._topic(one),
                statement=statement,
                note=normalise(stated.note)[:_NOTE_LIMIT],
                record=normalise(stated.record)[:_NOTE_LIMIT],
                citations=citations,
                is_proved=bool(citations),
                complaints=complaints,
            )
        )

    def _changed(
        self, one: Stateable, stated: DraftFact, known: KnownFact
    ) -> PlannedFact | KnownFact:
        """Return a known fact, or what it becomes where the file says otherwise."""
        citations, complaints = self._citations(stated.citations)
        was = {(c.passage_id, c.start) for c in known.citations if not c.is_lost}
        is_cited_anew = bool(citations) and {(c.passage_id, c.start) for c in citations} != was
        is_whole = bool(stated.key)
        becomes = PlannedFact(
            key=known.key,
            topic_key=self._topic(one, known.topic_key),
            statement=normalise(stated.statement)[:STATEMENT_LIMIT],
            note=normalise(stated.note)[:_NOTE_LIMIT] if is_whole else known.note,
            record=normalise(stated.record)[:_NOTE_LIMIT] if is_whole else known.record,
            status=known.status,
            citations=citations if is_cited_anew else (),
            is_new=False,
            seen_sha256=known.sha256,
            is_proved=known.is_proved or is_cited_anew,
            complaints=complaints,
        )
        notes = [
            becomes_text(label, getattr(known, name), getattr(becomes, name))
            for name, label in (
                ("statement", "Fact"),
                ("note", "Note of the fact"),
                ("record", "Record of the fact"),
                ("topic_key", "Topic"),
            )
            if getattr(known, name) != getattr(becomes, name)
        ]
        if is_cited_anew:
            notes.append("The fact is proved by other words of the texts.")
        becomes.notes = tuple(notes)
        return self._keep(becomes) if notes or complaints else known

    def _keep(self, fact: PlannedFact) -> PlannedFact:
        self.facts[fact.key] = fact
        return fact

    def _key(self, words: str, token: str) -> str:
        tail = hashlib.sha256(f"{self.salt} {token}".encode()).hexdigest()[:8]
        return f"{slug_of(words)[:_SLUG_LIMIT].strip('-')}-{tail}"

    def _topic(self, one: Stateable, usual: str = "") -> str:
        """Return the key of the topic that a question's fact goes into."""
        draft = one.draft
        title = " / ".join(draft.topic).strip()[:_TITLE_LIMIT]
        if self.topic_key:
            return usual or self.topic_key
        if not title and not draft.topic_key:
            if usual:
                return usual
            title = _NO_TOPIC
        folded, found = title.casefold(), ""
        for topic in self.ground.topics:
            if draft.topic_key and topic.key == draft.topic_key:
                return topic.key
            if not found and folded and topic.title.casefold() == folded:
                found = topic.key
        if found:
            return found
        for key, planned in self.topics.items():
            if planned.casefold() == folded:
                return key
        stated = draft.topic_key if KEY.fullmatch(draft.topic_key) else ""
        key = self._free_topic_key(stated[:KEY_LIMIT] or slug_of(title))
        self.topics[key] = title or draft.topic_key
        return key

    def _free_topic_key(self, key: str) -> str:
        taken = {topic.key for topic in self.ground.topics} | self.topics.keys()
        if key not in taken:
            return key
        return next(f"{key}-{n}" for n in range(2, len(taken) + 3) if f"{key}-{n}" not in taken)

    def _citations(
        self, stated: Sequence[DraftCitation]
    ) -> tuple[tuple[PlannedCitation, ...], tuple[str, ...]]:
        """Return where the words stand in the texts, and what is wrong with the others."""
        found: list[PlannedCitation] = []
        complaints: list[str] = []
        for one in stated:
            passages = self.ground.passages.get(one.passage, [])
            exact = normalise(one.exact)[:EXACT_LIMIT]
            fitting = [p for p in passages if len(occurrences(p.text, exact)) == 1]
            if len(fitting) == 1:
                start, end = locate(fitting[0].text, exact)
                cited = PlannedCitation(fitting[0].id, start, fitting[0].text[start:end])
                found += [cited] if cited not in found else []
            elif not passages:
                complaints.append(f"Not cited: the course has no passage “{one.passage[:80]}”.")
            else:
                complaints.append(
                    f"Not cited: the words “{exact[:80]}” do not stand once in the passage "
                    f"“{one.passage[:80]}”."
                )
        return tuple(found), tuple(complaints)
