"""What a package's notes become: a course of the learner's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath

from sqlalchemy.orm import Session

from quizapp.formats.anki_package.cards import Made, Unmade, make
from quizapp.formats.anki_package.collection import Collection
from quizapp.formats.anki_package.notes import BURIED, Answer, Card, CardType, Note
from quizapp.formats.anki_package.scheduling import Kept, memory_of, rated
from quizapp.formats.anki_package.schemas import PARTS
from quizapp.formats.report import Part, Tally
from quizapp.memory.days import LearnerClock
from quizapp.memory.settings import MemorySettings
from quizapp.models import to_millis
from quizapp.policy import Actor
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.package_imports import topics_of
from quizapp.questions.registry import TYPES
from quizapp.services.memory_rules import keep_rules
from quizapp.services.package_imports import Running, make_course, note_total
from quizapp.services.package_storage import Place, ReadyCard, store_cards

#: Passages of so many notes form one text; more would be a long page to read.
NOTES_A_TEXT = 1_000
_DEEPER = " › "
_DAY = timedelta(days=1)
_UNTITLED = "Imported cards"


@dataclass(frozen=True, slots=True)
class PackageCourse:
    """A course that is being filled."""

    running: Running
    collection: Collection
    place: Place
    settings: MemorySettings
    title: str

    def read(self, notes: Sequence[Note], *, now: datetime) -> list[ReadyCard]:
        """Return the cards of a batch of notes and count what became of them; nothing is stored."""
        return [ready for note in notes for ready in self._ready(note, now)]

    def store(
        self, session: Session, cards: Sequence[ReadyCard], *, done: int, now: datetime
    ) -> None:
        """Store the cards of a batch.

        :param done: how many notes of the package were stored before.
        """
        text = done // NOTES_A_TEXT
        is_all = self.running.total <= NOTES_A_TEXT
        part = "" if is_all else f", from note {text * NOTES_A_TEXT + 1:,}"
        source = {
            "key": f"package-{text + 1}",
            "title": f"{self.title}{part}",
            "note": f"Made of the cards in {self.running.name}.",
        }
        store_cards(session, place=self.place, source=source, cards=cards, first=done + 1, now=now)

    def _ready(self, note: Note, now: datetime) -> Iterator[ReadyCard]:
        """Yield the cards of a note that can be stored."""
        tally = self.running.tally
        if self.collection.is_repeated(note):
            tally.add(Part.LEFT_OUT, "Notes that are there twice", example=note.fields[0])
            return
        tally.add(Part.KEPT, "Notes")
        for card in note.cards:
            made = make(note, card)
            if isinstance(made, Unmade):
                tally.add(
                    Part.LEFT_OUT,
                    f"Cards: {made.reason[0].lower()}{made.reason[1:]}",
                    example=made.text,
                )
                continue
            _count_made(tally, made)
            answers = self._answers(note, card, now)
            kept = self._kept(card, answers, made)
            position = card.due if card.type == CardType.NEW else 0
            deck = card.deck if card.deck in self.place.topics else next(iter(self.place.topics))
            yield ReadyCard(made, deck, position, kept, answers)
        if not note.cards:
            tally.add(Part.LEFT_OUT, "Notes without a card", example=" ".join(note.fields))

    def _kept(self, card: Card, answers: tuple[Answer, ...], made: Made) -> Kept | None:
        tally = self.running.tally
        try:
            kept = memory_of(
                card,
                answers,
                calendar=self.collection.calendar,
                clock=self.place.clock,
                settings=self.settings,
            )
        except ValueError:
            tally.add(Part.LEFT_OUT, "Schedules that make no sense", example=made.stem)
            return None
        if kept.state.stability is not None:
            tally.add(Part.KEPT, "Schedules, each with its day and its memory")
        tally.add(Part.KEPT, "Cards put aside (suspended)", int(kept.is_suspended))
        if kept.is_estimated:
            what = "Memories worked out from interval and ease, as they were scheduled without FSRS"
            tally.add(Part.CHANGED, what, example=made.stem)
        if card.queue in BURIED:
            tally.add(Part.CHANGED, "Cards put off until the next day: they are back", 1)
        return kept

    def _answers(self, note: Note, card: Card, now: datetime) -> tuple[Answer, ...]:
        logged = note.answers.get(card.id, ())
        latest = to_millis(now)
        answers = tuple(one for one in rated(logged) if one.id <= latest)
        self.running.tally.add(Part.KEPT, "Reviews", len(answers))
        what = "Entries of the review log that rated nothing: moved by hand, or to come"
        self.running.tally.add(Part.LEFT_OUT, what, len(logged) - len(answers))
        return answers


def prepare_course(
    session: Session, *, running: Running, actor: Actor, collection: Collection, now: datetime
) -> PackageCourse:
    """Return the course to fill, or to go on filling; the first time it is made."""
    decks = collection.deck_names or ("",)
    root = _root(decks)
    title = running.title or root or PurePath(running.name).stem or _UNTITLED
    course_id, total = running.course_id, running.total
    if course_id is None:
        total = collection.counts().notes
        note_total(session, running=running, total=total)
        names = [_topic(name, root) or title for name in decks]
        course_id = make_course(session, running=running, title=title, topics=names, now=now)
        keep_rules(session, actor=actor, course_id=course_id, now=now)
    topics = topics_of(session, course_id)
    rules = rules_in_force(session, learner_id=actor.id, course_id=course_id)
    place = Place(
        import_id=running.id,
        learner_id=actor.id,
        course_id=course_id,
        topics={name: topics[f"deck-{n}"] for n, name in enumerate(decks, 1)},
        rules=rules.number,
        clock=LearnerClock(rules.zone, rules.day_start_hour),
    )
    running = replace(running, course_id=course_id, total=total)
    return PackageCourse(running, collection, place, rules.settings, title)


def _count_made(tally: Tally, made: Made) -> None:
    label = TYPES[made.type_name].label.lower()
    tally.add(Part.KEPT, f"Cards as questions of the type “{label}”")
    tally.add(Part.LEFT_OUT, "Pictures and sounds", made.media, example=made.stem)
    if made.is_plainer:
        tally.add(Part.CHANGED, "Gaps that became a question and its answer", example=made.stem)


def _root(decks: Sequence[str]) -> str:
    """Return the deck that holds all the others, or ""."""
    roots = {name.split(PARTS)[0] for name in decks}
    return roots.pop() if len(roots) == 1 else ""


def _topic(deck: str, root: str) -> str:
    """Return the title of a deck's topic: its name within what holds them all."""
    parts = deck.split(PARTS)
    return _DEEPER.join(part for part in (parts[1:] if root else parts) if part)
