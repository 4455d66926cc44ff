"""Random histories of one attempt, told through the real pages and checked after every step."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from werkzeug.test import TestResponse

from quizapp.grading.disclosure import Shown
from quizapp.models import to_millis
from tests.property.ledger import NOTHING, Ledger, Row, Said
from tests.property.page import Form, read_form
from tests.property.palette import CHOICES, form
from tests.property.rules import Needs
from tests.property.teaching import Teaching
from tests.property.world import QUIZZES, World, may_see, may_see_after, secrets_in

#: Milliseconds from now, from the deadline, and from the end of the grace.
_JUMPS = (
    *(("now", 1_000), ("now", 290_000), ("now", 7_300_000)),
    *(("due", -1), ("due", 0), ("due", 1), ("due", 15_000)),
    *(("grace", 0), ("grace", 1)),
)
_GO = ("flag", "unflag", "clear", "grade", "grade", "previous", "leave", "3")
_HOW = ("auto", "auto", "auto", "grade", "next", "check")
_TABS = st.sampled_from((0, 0, 0, 1, 1, 1, 2))
#: Most happens in one slot, where it can collide.
_NUMBERS = st.sampled_from((0, 0, 0, 0, 1, 2, 3))
_RESULTS = "/results?show=all"
_PLACES = (_RESULTS, _RESULTS, "first", "/check", "", "/2", "quiz")
_DONE = st.sampled_from((True, True, False))
_ANY = st.integers(0, 19)


@dataclass
class Page:
    """A question's page in a tab, with what is filled in now.

    :param shown: what it showed when it was loaded.
    """

    book: Ledger
    number: int
    form: Form
    shown: Said
    said: Said
    has_script: bool
    turn: int = 0


@dataclass(frozen=True)
class Request:
    """What a page sends; sent again, it is the same."""

    page: Page
    turn: int
    said: Said
    go: str
    by_script: bool


@dataclass
class Tab:
    """A tab: its page, those it can go back to, and the number it was led to."""

    page: Page | None = None
    before: list[Page] = field(default_factory=list)
    next: int | None = None


class Histories(Teaching):
    """One learner with three tabs, an instructor, and the clock."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    @initialize(
        quiz=st.integers(0, len(QUIZZES) - 1), first=st.integers(0, 3), script=st.integers(0, 7)
    )
    def begin(self, quiz: int, first: int, script: int) -> None:
        self.world.reset(quiz)
        self.begin_to_teach(quiz)
        self.first = first
        self.address = f"/quizzes/{self.world.quiz_ids[quiz]}"
        self.scripts = [bool(script >> tab & 1) for tab in range(3)]
        self.tabs = [Tab() for _ in range(3)]
        self.sent: list[Request] = []
        self.slow: list[Request] = []
        self.books = [self.world.ledger(self.world.attempt_ids[quiz], self.rules_now)]
        # Half of the time a second tab is as old as the first.
        for tab in range(1 + (script > 3)):
            self._load(tab, 0)

    @property
    def book(self) -> Ledger:
        return self.books[-1]

    # What the learner does.

    @rule(tab=_TABS, choice=st.integers(0, 5), sure=st.integers(0, 3), how=st.sampled_from(_HOW))
    def answer(self, tab: int, choice: int, sure: int, how: str) -> None:
        self.step()
        if page := self._page(tab):
            self._fill(page, choice, sure)
            if how == "next" and page.book.settings.behaviour.checks:
                how = "grade"
            self._send(tab, page, how)

    @rule(tab=_TABS, choice=st.integers(0, 5))
    def change_mind(self, tab: int, choice: int) -> None:
        """Answer and stay on the page."""
        self.answer(tab, choice, 0, "auto")

    @rule(tab=_TABS, go=st.sampled_from(_GO))
    def press(self, tab: int, go: str) -> None:
        self.step()
        if page := self._page(tab):
            self._send(tab, page, go)

    @rule(tab=_TABS, number=_NUMBERS)
    def open(self, tab: int, number: int) -> None:
        self.step()
        self._load(tab, number)

    @rule(tab=_TABS)
    def go_back(self, tab: int) -> None:
        """Return to the page before, as the browser kept it."""
        self.step()
        if self.tabs[tab].before:
            self.tabs[tab].page, self.tabs[tab].next = self.tabs[tab].before.pop(), None

    @rule(which=_ANY)
    def send_again(self, which: int) -> None:
        self.step()
        if self.sent:
            self._deliver(self.sent[-1 - which % len(self.sent)])

    @rule(tab=_TABS, choice=st.integers(0, 5), sure=st.integers(0, 3))
    def answer_slowly(self, tab: int, choice: int, sure: int) -> None:
        """Answer, and let the request stay on its way."""
        self.step()
        page = self._page(tab)
        if page and page.has_script:
            self._fill(page, choice, sure)
            page.turn += 1
            self.slow.append(Request(page, page.turn, page.said, "", by_script=True))

    @rule(which=_ANY)
    def arrive(self, which: int) -> None:
        self.step()
        if self.slow:
            self._deliver(self.slow.pop(which % len(self.slow)))

    @rule(where=st.sampled_from(_PLACES))
    def look(self, where: str) -> None:
        self.step()
        if where == "quiz":
            self.look_at_quiz()
        elif where == "first":
            self._look_at(self.books[0], _RESULTS)
        else:
            self._look_at(self.book, where)

    @rule(how=st.sampled_from(("submit", "submit", "job")))
    def end(self, how: str) -> None:
        """Hand in, or let the worker look for what is overdue."""
        self.step()
        if how == "submit":
            self.hand_in(self.book)
        else:
            self.world.run_job()
            for book in self.books:
                book.look(self.world.clock.now)

    @rule(code=st.sampled_from(("as asked", "as asked", "none", "wrong")), is_done=_DONE)
    def start(self, code: str, is_done: bool) -> None:
        """Begin once more, or go on with what is open."""
        self.step()
        if is_done:
            self.hand_in(self.book)
        self._start(code)

    # What happens around.

    @rule(jump=st.sampled_from(_JUMPS))
    def wait(self, jump: tuple[str, int]) -> None:
        self.step()
        since, milliseconds = jump
        now, due = self.world.clock.now, self.book.due_at
        start = now if since == "now" or due is None else due
        if since == "grace":
            start += timedelta(seconds=self.book.settings.grace_seconds)
        self.world.clock.now = max(now, start + timedelta(milliseconds=milliseconds))

    # How it is done.

    def _page(self, tab: int) -> Page | None:
        """Return the page of a tab, loaded if there is none."""
        found = self.tabs[tab]
        if found.page is None or found.next is not None:
            self._load(tab, self.first if found.next is None else found.next)
        return found.page

    def _load(self, tab: int, number: int) -> None:
        found, book = self.tabs[tab], self.book
        number = (self.first + number) % len(book.slots) if found.next is None else number
        found.next = None
        reply = self.world.get(f"/attempts/{book.attempt_id}/{number + 1}")
        book.look(self.world.clock.now)
        if found.page:
            found.before.append(found.page)
        if not book.is_open:
            found.page = None
            assert reply.status_code == 303, _said(reply)
            assert reply.headers["Location"].endswith("/results")
            return
        assert reply.status_code == 200, _said(reply)
        self._keep_secrets(reply, number)
        assert ("data-timer" in reply.text) == bool(book.due_at and book.shows_countdown)
        slot, read = book.slots[number], read_form(reply.text)
        if book.is_final(slot):
            found.page = None
            if read is None:
                return
        assert read is not None, "an open question has no form"
        if not book.is_final(slot):
            filled = _values(book, number, (slot.said[0], None))
            expected = {name: values for name, values in filled.items() if any(values)}
            assert {**read.fields, "certainty": []} == {**expected, "certainty": []}
            assert read.seen == slot.last[0]
        found.page = Page(book, number, read, slot.said, slot.said, self.scripts[tab])

    def _fill(self, page: Page, choice: int, sure: int) -> None:
        slot = page.book.slots[page.number]
        choices = CHOICES[slot.kind]
        content = choices[choice % len(choices)].stored if choice else None
        is_asked = page.book.settings.behaviour == "certainty"
        page.said = (content, sure or page.said[1] if is_asked else None)

    def _send(self, tab: int, page: Page, go: str) -> None:
        by_script = go == "auto" and page.has_script
        if page.has_script:
            page.turn += 1
        if go == "next" and page.number + 1 == len(page.book.slots):
            go = "check"  # as the button says on the last page
        request = Request(page, page.turn, page.said, "" if go == "auto" else go, by_script)
        self.sent.append(request)
        leads_to = self._deliver(request)
        if not by_script:
            self.tabs[tab].next = leads_to

    def _deliver(self, request: Request) -> int | None:
        """Send a request and hold its answer against the ledger; return where it leads."""
        page, book, now = request.page, request.page.book, self.world.clock.now
        values = {
            **_values(book, page.number, request.said),
            "nonce": page.form.nonce,
            "turn": str(request.turn),
            "seen": str(page.form.seen),
            "go": request.go,
        }
        address = f"/attempts/{book.attempt_id}/{page.number + 1}"
        reply = self.world.post(address, values, by_script=request.by_script)
        book.look(now)
        is_taken = book.is_open
        if not is_taken:
            self.world.counts["too late"] += 1
        else:
            self._take(request)
            if book.is_due(now):
                book.submit(now)
        self._count_rows(book)
        if request.by_script:
            # A script that comes after the end is told where the results are.
            assert reply.status_code == 200, _said(reply)
            expected = {"saved", "final"} if book.is_open else {"results"}
            if is_taken and not book.is_open:
                expected.add("saved")
            assert expected & set(json.loads(reply.text)), _said(reply)
            return None
        assert reply.status_code == 303, _said(reply)
        place = reply.headers["Location"].rpartition("/")[2]
        if not book.is_open:
            assert place == "results"
            return None
        number = _lead(page.number, request.go)
        if number is None:
            if request.go == "leave":
                self.look_at_quiz()
            assert place == ("check" if request.go == "check" else self.address.rpartition("/")[2])
        else:
            assert place == str(number + 1)
        return number

    def _take(self, request: Request) -> None:
        page, name = request.page, request.page.form.nonce
        action = {"clear": "cleared", "grade": "check"}.get(request.go, "save")
        said = NOTHING if action == "cleared" else request.said
        row = Row(action, name, request.turn, said)
        became = page.book.say(page.number, row, page.form.seen, page.shown)
        self.world.counts[became] += 1
        if request.go in ("flag", "unflag"):
            page.book.flag(page.number, replace(row, action=request.go, said=NOTHING))

    def _start(self, code: str) -> None:
        rules, now = self.rules_now, self.world.clock.now
        self.book.look(now)
        was_open = self.book.is_open
        fields = {
            "as asked": {"access_code": rules.access_code} if rules.access_code else {},
            "none": {},
            "wrong": {"access_code": "loquat"},
        }[code]
        reply = self.world.post(f"{self.address}/start", fields)
        place = reply.headers.get("Location", "")
        if was_open:
            self.world.counts["start: gone on with"] += 1
            assert reply.status_code == 303, _said(reply)
            assert place.endswith(f"/attempts/{self.book.attempt_id}")
        elif not rules.may_start(now, number=len(self.books) + 1, askable=len(self.askable)):
            self.world.counts["start: refused"] += 1
            assert (reply.status_code, place) == (303, self.address), _said(reply)
        elif rules.access_code not in ("", fields.get("access_code")):
            self.world.counts["start: wrong code" if fields else "start: no code"] += 1
            if fields:
                assert reply.status_code == 422, _said(reply)
            else:  # a button without a field: it is asked for where it leads
                assert (reply.status_code, place) == (303, self.address), _said(reply)
        else:
            assert reply.status_code == 303, _said(reply)
            self._begin_book(place)

    def _begin_book(self, place: str) -> None:
        number = int(place.split("/")[2])
        assert number not in {book.attempt_id for book in self.books}
        rules = self.rules_now
        book = self.world.ledger(number, rules)
        self.books.append(book)
        self.world.counts["start: with the code" if rules.access_code else "start: free"] += 1
        is_moved = book.due_at != replace(rules, needs=Needs(), own=None, group=None).due_at(
            self.world.clock.now
        )
        self.world.counts["deadline moved by what is granted"] += is_moved
        self.world.counts["no countdown"] += not book.shows_countdown
        asked = [(one.id, self.versions[one.id]) for one in self.askable]
        found = [(slot.question_id, slot.version) for slot in book.slots]
        if rules.settings.shuffle_questions:
            asked, found = sorted(asked), sorted(found)
        assert found == asked, "it asks something else"

    def hand_in(self, book: Ledger) -> None:
        reply = self.world.post(f"/attempts/{book.attempt_id}/submit", {})
        assert reply.status_code == 303, _said(reply)
        assert reply.headers["Location"].endswith("/results")
        book.submit(self.world.clock.now)

    def look_at_quiz(self) -> None:
        reply = self.world.get(self.address)
        self.book.look(self.world.clock.now)
        assert reply.status_code == 200, _said(reply)
        self._keep_secrets(reply, None)
        self.world.counts["quiz page, withdrawn"] += not self.rules_now.is_given

    def _look_at(self, book: Ledger, where: str) -> None:
        reply = self.world.get(f"/attempts/{book.attempt_id}{where}")
        book.look(self.world.clock.now)
        if where == "/2":
            assert reply.status_code == (200 if book.is_open else 303), _said(reply)
            self._keep_secrets(reply, 1)
            return
        is_there = where == ("/check" if book.is_open else _RESULTS)
        assert reply.status_code == (200 if is_there else 303), _said(reply)
        if book.is_open or not is_there:
            self._keep_secrets(reply, None)
            return
        shown = self.rules_now.shown_after(self.world.clock.now)
        allowed = may_see_after(shown)
        told = secrets_in(reply.text) - allowed
        assert not told, f"told early in the results: {told}"
        self.world.counts["results with secrets" if "k" not in allowed else "results"] += 1

    def _keep_secrets(self, reply: TestResponse, number: int | None) -> None:
        allowed: set[str] = set()
        if number is not None and self.book.is_open:
            slot, book = self.book.slots[number], self.book
            allowed = may_see(
                book.settings.behaviour,
                self.rules_now.settings.disclosure.during,
                is_checked=bool(slot.checked),
                is_final=book.is_final(slot),
            )
        told = secrets_in(reply.text) - allowed
        assert not told, f"told early: {told}"

    def _count_rows(self, book: Ledger) -> None:
        [(count,)] = self._rows("SELECT count(*) FROM response WHERE attempt_id = ?", book)
        assert count == sum(len(slot.rows) for slot in book.slots)

    def _rows(self, statement: str, book: Ledger) -> list[Any]:
        return self.world.audit.execute(statement, [book.attempt_id]).fetchall()

    def teardown(self) -> None:
        """Hand everything in and look at what is stored of it."""
        if sys.exc_info()[0] is not None:
            return  # it has failed already; say that
        for book in self.books:
            if book.is_open:
                self.hand_in(book)
            self._audit(book)
        self._look_for_the_key()
        if self.held:
            self.take_back(self.held[-1])
        differences = self.world.differences()
        self.world.counts["differences"] += len(differences)
        assert not differences
        self.world.counts["histories"] += 1

    def _look_for_the_key(self) -> None:
        """Look at results that hide the key where something could tell it early.

        That is the reason of a regrade; and the quiz's own closing, where it closes later for
        the learner.
        """
        rules, clock = self.rules_now, self.world.clock
        closes_at = rules.settings.closes_at
        is_later = closes_at is not None and rules.closes_at != closes_at
        if Shown.RIGHT_ANSWER in rules.shown_after(clock.now) or not (self.held or is_later):
            return
        if closes_at and is_later:
            clock.now = max(clock.now, closes_at)
            self.world.counts["results, closed for others"] += 1
        self._look_at(self.books[0], _RESULTS)

    def _audit(self, book: Ledger) -> None:
        [(state, at, mark, most, due)] = self._rows(
            "SELECT state, submitted_at, mark, max_mark, due_at FROM attempt WHERE id = ?", book
        )
        # Whatever was changed since, the deadline is that of the beginning.
        assert due == (to_millis(book.due_at) if book.due_at else None)
        assert book.submitted_at
        assert (state, at) == ("submitted", to_millis(book.submitted_at))
        assert (Fraction(mark), Fraction(most)) == book.mark(self.decided)
        log = self._rows(
            "SELECT slot, action, content, certainty FROM response WHERE attempt_id = ?"
            " ORDER BY slot, seq",
            book,
        )
        stored = [
            (slot, action, json.loads(said) if said else None, sure)
            for slot, action, said, sure in log
        ]
        assert stored == [
            (number, row.action, *row.said)
            for number, slot in enumerate(book.slots)
            for row in slot.rows
        ]
        reviews = self.world.audit.execute(
            "SELECT nonce FROM review WHERE nonce LIKE ?", [f"quiz-{book.attempt_id}-%"]
        ).fetchall()
        expected = book.rated() if book.settings.counts_for_memory else 0
        assert len(reviews) == len(set(reviews)) == expected


def _values(book: Ledger, number: int, said: Said) -> dict[str, list[str]]:
    """Return the fields that say a response to a question of an attempt."""
    slot, (content, certainty) = book.slots[number], said
    sure = {} if certainty is None else {"certainty": [str(certainty)]}
    return {**form(slot.kind, slot.version, content, slot.order), **sure}


def _lead(number: int, go: str) -> int | None:
    """Return the number of the question that a button leads to, or None for another page."""
    if go in ("check", "leave"):
        return None
    return {"next": number + 1, "previous": max(0, number - 1), "3": 2}.get(go, number)


def _said(reply: TestResponse) -> str:
    return f"{reply.status}: {reply.text[:2000]}"
