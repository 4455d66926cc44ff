"""Form fields of several parts: what a quiz asks, its bands of feedback, what is shown when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import Field, StringField

from quizapp.grading.disclosure import EVERYTHING, MOMENTS, Disclosure
from quizapp.grading.settings import MAX_BANDS, Band
from quizapp.queries.teach_quizzes import StoredSlot
from quizapp.questions.tags import split_tags
from quizapp.services.quiz_slots import MOST_SLOTS, WrittenDraw, WrittenSlot
from quizapp.web.rows import moved
from quizapp.web.teach_quiz_words import points
from quizapp.web.viewer import actor

#: The largest id that both databases take.
LARGEST_ID = 2**31 - 1


def id_of(text: str | None) -> int | None:
    """Return the id that a form or an address gave, or None for what cannot be one."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    return int(text) if int(text) <= LARGEST_ID else None


def number_of(text: str | None) -> int | str | None:
    """Return a whole number that was typed; None for nothing, the text for what is no number."""
    text = (text or "").strip()
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) < 10 else text


def moment_of(text: str | None) -> datetime | None:
    """Return the moment that a hidden field holds, or None for what cannot be one."""
    when = _moment(text or "")
    return when if when is not None and when.tzinfo is not None else None


def numbered(formdata: Iterable[str], start: str, end: str) -> list[int]:
    """Return the numbers of the rows that were sent, such as 0 and 2 of "slot-2-kind"."""
    pattern = re.compile(rf"{re.escape(start)}-([0-9]{{1,3}})-{re.escape(end)}")
    return sorted(int(match[1]) for name in formdata if (match := pattern.fullmatch(name)))


class MomentField(StringField):
    """A date and a time as the viewer's clock shows them; `zone` is theirs.

    What it was comes back with the form as `<name>-was`, exact: where a clock shows the same
    time twice in autumn, or the seconds are not shown, a time that was left alone stays.
    """

    zone = "UTC"
    was = ""

    def process_data(self, value: Any) -> None:
        """Show a moment."""
        self.was = value.isoformat() if isinstance(value, datetime) else ""
        self.data = self._shown(value) if isinstance(value, datetime) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Keep what was typed."""
        self.data = (valuelist[0] if valuelist else "").strip()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read what was sent, with what it was before."""
        self.zone = actor().timezone
        super().process(formdata, data, extra_filters)
        if formdata is not None:
            self.was = formdata.get(f"{self.name}-was", "")

    @property
    def stated(self) -> str | None:
        """Return the moment as `QuizSettings.parse` reads it; what is no time, as it was typed."""
        text = self.data or ""
        if not text:
            return None
        before = _moment(self.was)
        if before is not None and before.tzinfo is not None and self._shown(before) == text:
            return self.was
        when = _moment(text)
        if when is None or when.tzinfo is not None:
            return text
        return when.replace(tzinfo=ZoneInfo(self.zone)).isoformat()

    @property
    def is_readable(self) -> bool:
        """Return whether what was typed is a time at all."""
        return not self.data or _moment(self.data) is not None

    def _shown(self, when: datetime) -> str:
        try:
            local = when.astimezone(ZoneInfo(self.zone))
        except OverflowError:
            local = when.astimezone(UTC) if when.year > 1 else when
        return local.strftime("%Y-%m-%dT%H:%M")


def _moment(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
        return when if 1 < when.year < 9999 else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One row of what a quiz asks, as typed; a draw where `question_id` is None."""

    mark: str = "1"
    question_id: int | None = None
    count: str = "1"
    topics: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    tags: str = ""

    @property
    def is_draw(self) -> bool:
        return self.question_id is None

    @property
    def written(self) -> WrittenSlot:
        """Return the row for the services."""
        if not self.is_draw:
            return WrittenSlot(self.mark, self.question_id)
        found = number_of(self.count)
        number = found if isinstance(found, int) else None
        draw = WrittenDraw(number, self.topics, self.types, tuple(split_tags(self.tags)))
        return WrittenSlot(self.mark, draw=draw)


class SlotsField(Field):
    """What a quiz asks, row by row; posted as `slot-0-question`, `slot-0-mark`, …"""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.rows: tuple[SlotRow, ...] = ()
        self.row_errors: dict[int, dict[str, list[str]]] = {}

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the posted rows, or else those of the stored quiz."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        if formdata is not None:
            numbers = numbered(formdata, self.name, "mark")[: MOST_SLOTS + 1]
            self.rows = tuple(self._row(formdata, number) for number in numbers)
        elif data:
            self.rows = tuple(map(_row_of, data))
        self.data = list(self.rows)

    def add(self, row: SlotRow) -> None:
        """Put a row at the end."""
        self.rows = (*self.rows, row)

    def remove(self, place: int) -> None:
        """Take a row out; nothing happens where there is none."""
        self.rows = (*self.rows[:place], *self.rows[place + 1 :])

    def move(self, place: int, by: int) -> None:
        """Let a row change places with its neighbour; nothing happens beyond the ends."""
        self.rows = moved(self.rows, place, by)

    def note(self, place: str, message: str) -> None:
        """Keep a problem for the field of the row it is about ("2.mark") and for the summary."""
        number, _, part = place.partition(".")
        if not number.isdecimal():
            self.errors = [*self.errors, message]
            return
        self.row_errors.setdefault(int(number), {}).setdefault(part, []).append(message)
        self.errors = [*self.errors, f"Row {int(number) + 1}: {message}"]

    @property
    def own_errors(self) -> list[str]:
        """Return the problems that are about no single row."""
        return [message for message in self.errors if not message.startswith("Row ")]

    @property
    def question_ids(self) -> list[int]:
        """Return the ids of the fixed questions."""
        return [row.question_id for row in self.rows if row.question_id is not None]

    def _row(self, formdata: Any, number: int) -> SlotRow:
        start = f"{self.name}-{number}"
        mark, question_id = (
            formdata.get(f"{start}-mark", ""),
            id_of(formdata.get(f"{start}-question")),
        )
        if question_id is not None:
            return SlotRow(mark, question_id)
        topics = (id_of(text) for text in formdata.getlist(f"{start}-topic")[:500])
        return SlotRow(
            mark=mark,
            count=formdata.get(f"{start}-count", ""),
            topics=tuple(topic for topic in topics if topic is not None),
            types=tuple(formdata.getlist(f"{start}-type")[:100]),
            tags=formdata.get(f"{start}-tags", ""),
        )


def _row_of(slot: StoredSlot) -> SlotRow:
    if slot.draw is None:
        return SlotRow(points(slot.mark), slot.question_id)
    draw = slot.draw
    tags = ", ".join(draw.tags)
    return SlotRow(points(slot.mark), None, str(draw.count), draw.topics, draw.types, tags)


@dataclass(frozen=True, slots=True)
class BandRow:
    """One band of feedback, as typed."""

    percent: str = ""
    text: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.percent.strip() and not self.text.strip()


class BandsField(Field):
    """What is said of a mark, from which percentage; posted as `bands-0-percent`, …"""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.rows: tuple[BandRow, ...] = ()
        self.row_errors: dict[int, list[str]] = {}
        self.spare = 1

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the posted rows without empty ones, or else those of the stored quiz."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        if formdata is not None:
            numbers = numbered(formdata, self.name, "text")[: MAX_BANDS + 5]
            rows = (self._row(formdata, number) for number in numbers)
            self.rows = tuple(row for row in rows if not row.is_empty)
        elif data:
            self.rows = tuple(_band_row(band) for band in data)
        self.data = list(self.rows)

    def remove(self, place: int) -> None:
        """Take a row out; nothing happens where there is none."""
        self.rows = (*self.rows[:place], *self.rows[place + 1 :])

    def note(self, place: str, message: str) -> None:
        """Keep a problem for the row it is about and for the summary."""
        number = place.partition(".")[0]
        if number.isdecimal():
            self.row_errors.setdefault(int(number), []).append(message)
            message = f"Band {int(number) + 1}: {message}"
        self.errors = [*self.errors, message]

    @property
    def shown(self) -> list[BandRow]:
        """Return the rows to draw: those filled in, then empty ones."""
        return [*self.rows, *[BandRow()] * self.spare]

    @property
    def stated(self) -> list[Mapping[str, Any]]:
        """Return the bands as `QuizSettings.parse` reads them."""
        return [{"from_percent": number_of(r.percent), "text": r.text} for r in self.rows]

    def _row(self, formdata: Any, number: int) -> BandRow:
        start = f"{self.name}-{number}"
        return BandRow(formdata.get(f"{start}-percent", ""), formdata.get(f"{start}-text", ""))


def _band_row(band: Band) -> BandRow:
    return BandRow(str(band.from_percent), band.text)


class MatrixField(Field):
    """What is shown at which moment; posted as `disclosure-during` = "marks", …"""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the ticks; a form without the matrix shows everything."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        shown: dict[str, Sequence[str]] = dict.fromkeys(MOMENTS, sorted(EVERYTHING))
        if formdata is not None and f"{self.name}-sent" in formdata:
            ticked = {name: formdata.getlist(f"{self.name}-{name}")[:50] for name in MOMENTS}
            shown = {name: sorted(things) for name, things in ticked.items()}
        elif isinstance(data, Disclosure):
            shown = {name: sorted(getattr(data, name)) for name in MOMENTS}
        self.data = {name: list(things) for name, things in shown.items()}
