"""Reading what Anki wrote, and what our own writer did."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quizapp.formats.anki_package.archive import unpack
from quizapp.formats.anki_package.cards import Made, Unmade, make
from quizapp.formats.anki_package.collection import opened
from quizapp.formats.anki_package.limits import Limits
from quizapp.formats.anki_package.notes import Answer, Calendar, Card, CardType, Note
from quizapp.formats.anki_package.scheduling import memory_of, schedule_of
from quizapp.formats.anki_package.sides import back, front
from quizapp.formats.anki_package.writer import WrittenAnswer
from quizapp.memory.days import LearnerClock
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase
from quizapp.questions.registry import TYPES
from tests.support.packages import BY_ANKI, DAY_ZERO, collection_of, known_card, package

CLOCK = LearnerClock("Europe/Berlin", 4)
SETTINGS = MemorySettings()


def read(path: Path, tmp_path: Path) -> tuple[list[Note], Calendar]:
    target = tmp_path / "read.sqlite3"
    unpack(path, target, Limits())
    with opened(target, Limits()) as collection:
        return collection.notes(), collection.calendar


@pytest.fixture
def by_anki(tmp_path: Path) -> list[Made | Unmade]:
    notes, _ = read(BY_ANKI, tmp_path)
    return [make(note, card) for note in notes for card in note.cards]


class TestWhatAnkiWrote:
    def test_each_card_becomes_the_question_that_it_is(self, by_anki: list[Made | Unmade]) -> None:
        made = [card for card in by_anki if isinstance(card, Made)]

        assert [(card.type_name, card.stem) for card in made] == [
            ("self_rated", "Where does the Tigris rise?"),
            ("cloze", "The ___ rises in Turkey."),
            ("cloze", "The Euphrates rises in ___."),
            ("self_rated", "A gap of […] kind"),
            ("self_rated", "France"),
            ("self_rated", "Paris"),
            ("short_text", "Capital of Iran?"),
        ]

    def test_html_becomes_markdown(self, by_anki: list[Made | Unmade]) -> None:
        first = by_anki[0]

        assert isinstance(first, Made)
        assert first.content["stem"] == "Where does the *Tigris* rise?"
        assert first.content["answer"] == "In the **Taurus** mountains"
        assert first.tags == ("asia-west", "rivers")

    def test_gaps_keep_key_hint_and_what_stands_below(self, by_anki: list[Made | Unmade]) -> None:
        cloze = by_anki[3]

        assert isinstance(cloze, Made)
        assert cloze.content["text"] == "The Euphrates rises in {{Turkey::country}}."
        assert cloze.content["explanation"] == "Since always."

    def test_the_passage_is_the_note_and_its_answer_is_cited(
        self, by_anki: list[Made | Unmade]
    ) -> None:
        first = by_anki[0]

        assert isinstance(first, Made)
        assert first.passage == "Where does the Tigris rise? — In the Taurus mountains"
        assert first.passage[first.start : first.end] == "In the Taurus mountains"

    def test_a_gap_that_we_cannot_write_becomes_question_and_answer(
        self, by_anki: list[Made | Unmade]
    ) -> None:
        plainer = by_anki[4]

        assert isinstance(plainer, Made)
        assert plainer.is_plainer
        assert plainer.content["answer"] == "A gap of **this|that** kind"

    def test_a_card_of_pictures_alone_is_left_out_and_says_so(
        self, by_anki: list[Made | Unmade]
    ) -> None:
        assert by_anki[1] == Unmade("Its front holds nothing but pictures or sounds.", "Euphrates")

    def test_schedules_and_reviews_are_those_of_the_file(self, tmp_path: Path) -> None:
        notes, calendar = read(BY_ANKI, tmp_path)
        cards = [(card, note.answers.get(card.id, ())) for note in notes for card in note.cards]

        easy, learning, *_ = (
            memory_of(card, answers, calendar=calendar, clock=CLOCK, settings=SETTINGS)
            for card, answers in cards
        )

        assert (easy.state.stability, easy.state.difficulty) == (8.2956, 1.0)
        assert CLOCK.days_between(easy.state.last_review_at, easy.state.due_at) == 9
        assert (learning.state.phase, learning.state.step) == (Phase.LEARNING, 1)
        assert [len(answers) for _, answers in cards] == [1, 1, 0, 0, 0, 0, 0, 0]
        assert [card.queue for card, _ in cards].count(-1) == 1


class TestWhatWeWrote:
    def test_everything_comes_back(self, tmp_path: Path) -> None:
        notes, calendar = read(package(tmp_path / "a.apkg"), tmp_path)
        card, answers = notes[1].cards[0], notes[1].answers[notes[1].cards[0].id]

        made = make(notes[1], card)
        kept = memory_of(card, answers, calendar=calendar, clock=CLOCK, settings=SETTINGS)

        assert isinstance(made, Made)
        assert (made.stem, made.content["answer"]) == ("Question 2?", "Answer **2**")
        assert made.passage[made.start : made.end] == "answer 2"
        assert (kept.state.stability, kept.state.difficulty) == (31.4159, 5.123)
        assert CLOCK.day_of(kept.state.due_at) == DAY_ZERO + timedelta(days=70)
        assert (kept.state.reps, kept.state.lapses, len(answers)) == (3, 1, 3)
        assert kept.state.last_review_at == datetime(2026, 2, 10, 12, 0, 0, 2000, tzinfo=UTC)

    def test_two_answers_of_one_moment_are_both_kept(self, tmp_path: Path) -> None:
        twins = [known_card(1), known_card(1)]
        twins[1] = type(twins[1])("other", *(getattr(twins[1], n) for n in twins[1].__slots__[1:]))

        notes, _ = read(package(tmp_path / "a.apkg", twins), tmp_path)

        assert [len(a) for note in notes for a in note.answers.values()] == [3, 3]


def card(**given: object) -> Card:
    values = {
        "id": 1,
        "ordinal": 0,
        "deck": "D",
        "type": 2,
        "queue": 2,
        "due": 70,
        "interval": 30,
        "factor": 2500,
        "reps": 3,
        "lapses": 1,
        "left": 0,
    }
    return Card(**(values | given))


class TestSchedules:
    def kept(self, one: Card, answers: tuple[Answer, ...] = ()) -> MemoryState:
        calendar = Calendar(DAY_ZERO, 4)
        return memory_of(one, answers, calendar=calendar, clock=CLOCK, settings=SETTINGS).state

    def test_a_card_without_fsrs_is_estimated_from_its_interval(self) -> None:
        state = self.kept(card())

        assert state.stability == pytest.approx(30.0)
        assert CLOCK.day_of(state.last_review_at) == DAY_ZERO + timedelta(days=40)

    @pytest.mark.parametrize(
        ("stability", "difficulty"),
        [(float("nan"), 5.0), (-1.0, 5.0), (1e9, 5.0), (3.0, 0.0), (3.0, 11.0)],
    )
    def test_a_memory_out_of_range_is_estimated_too(
        self, stability: float, difficulty: float
    ) -> None:
        state = self.kept(card(stability=stability, difficulty=difficulty))

        assert state.stability == pytest.approx(30.0)

    @pytest.mark.parametrize(
        "wrong", [{"type": 9}, {"due": 2**60}, {"due": -(10**7)}, {"type": 1, "due": 2**62}]
    )
    def test_a_schedule_that_makes_no_sense_is_refused(self, wrong: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="a card of"):
            self.kept(card(**wrong))

    def test_a_new_card_has_no_memory_whatever_else_it_says(self) -> None:
        assert self.kept(card(type=0, stability=3.0, difficulty=5.0)) == NEW_STATE

    @pytest.mark.parametrize("phase", [Phase.REVIEW, Phase.LEARNING, Phase.RELEARNING])
    def test_there_and_back_is_the_same(self, phase: Phase) -> None:
        now = datetime(2026, 3, 4, 12, tzinfo=UTC)
        due = now + timedelta(seconds=600)
        if phase is Phase.REVIEW:
            due = CLOCK.start_of(CLOCK.day_of(now) + timedelta(days=9))
        step = None if phase is Phase.REVIEW else 0
        state = MemoryState(phase, step, 9.1234, 4.321, due, now, 5, 2)
        calendar = Calendar(DAY_ZERO, 4)

        written = schedule_of(
            state, is_suspended=True, place=1, calendar=calendar, clock=CLOCK, settings=SETTINGS
        )
        back = self.kept(
            card(
                type=int(written.type),
                queue=written.queue,
                due=written.due,
                interval=written.interval,
                left=written.left,
                reps=5,
                lapses=2,
                stability=9.1234,
                difficulty=4.321,
                last_review=int(now.timestamp()),
            )
        )

        assert back == state
        assert written.queue == -1
        assert written.type in list(CardType)


def test_a_card_has_words_for_what_its_package_does_not_hold() -> None:
    kind = TYPES["single_choice"]
    picture, sound = f"media:{'a' * 32}.png", f"media:{'b' * 32}.mp3"
    options = [{"text": f"![a & b]({picture})", "key": True}, {"text": "Elbe", "key": False}]
    raw = {"stem": f"Which ![map]({picture})?", "options": options, "explanation": f"![]({sound})"}
    content = kind.parse(raw)

    assert front(kind, content) == "<p>Which [map]?</p><ul><li>[a &amp; b]</li><li>Elbe</li></ul>"
    assert "/media/" not in back(kind, content)


def test_a_long_log_is_not_held_in_memory_while_a_package_is_written(tmp_path: Path) -> None:
    cards = (replace(known_card(number), answers=_log(number)) for number in range(1, 51))

    tracemalloc.start()
    path = package(tmp_path / "long.apkg", cards)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 1_000_000, f"{most:,} bytes for 10,000 answers"
    with opened_collection(path) as collection:
        ids = [row[0] for row in collection.execute("select id from revlog order by rowid")]
    assert len(ids) == 10_000
    assert ids == sorted(set(ids)), "equal moments were moved on"


def _log(number: int) -> tuple[WrittenAnswer, ...]:
    """Return 200 answers from the last to the first; every second card has the same moments."""
    start = 1_700_000_000_000 + number % 2
    return tuple(
        WrittenAnswer(start + 60_000 * at, 3, 10, 5, 500, 4_000, 1) for at in range(200, 0, -1)
    )


@contextmanager
def opened_collection(path: Path) -> Iterator[sqlite3.Connection]:
    database = path.with_suffix(".read")
    database.write_bytes(collection_of(path))
    with closing(sqlite3.connect(database)) as connection:
        yield connection
