"""Attempts at quizzes under which the server is killed at points of chance."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Event

from tests.support.server import LiveServer
from tests.support.sqlite import rows
from tests.support.visitor import PageForm, Unanswered, Visitor

DONE = 303
QUESTIONS = 10  # in the first quiz of the course
LEARNERS = 5  # at once; each has one attempt open when the server dies
_LONGEST_SECONDS = 1.0
_PATIENCE_SECONDS = 30
#: One press in so many hands the attempt in, so that the end is hit too.
_HAND_IN = 25


@dataclass
class Written:
    """One attempt, and the forms of it that were acknowledged, in order."""

    id: int
    sent: list[PageForm] = field(default_factory=list)
    is_submitted: bool = False


@dataclass
class Learner:
    """Someone who answers one question after the other and hands in now and then.

    :param unanswered: the form whose answer never came.
    """

    visitor: Visitor
    chance: Random
    attempts: list[Written] = field(default_factory=list)
    unanswered: PageForm | None = None

    @property
    def attempt(self) -> Written:
        return self.attempts[-1]

    def join(self) -> None:
        page = self.visitor.open("/try")
        assert self.visitor.send(page.form("/try")).status == DONE
        quiz = self.visitor.open(self.visitor.open("/quizzes").link("/quizzes/"))
        self._start = quiz.form("/start")

    def work(self, begun: Event) -> None:
        """Begin an attempt if none is open, and send forms until the server is gone."""
        try:
            while True:
                if not self.attempts or self.attempt.is_submitted:
                    self._begin()
                self._send(self._next_form())
                begun.set()  # on a slow machine too, each has an answer that may be lost
        except Unanswered:
            return

    def send_again(self) -> None:
        """Send what was not answered, and what was answered last, as an unsure client would."""
        if self.unanswered:
            self._send(self.unanswered)
        if self.attempts and self.attempt.sent:
            assert self.visitor.send(self.attempt.sent[-1]).status == DONE

    def check(self, folder: Path) -> int:
        """Compare every attempt with what was acknowledged; return how many answers there are."""
        for attempt in self.attempts:
            [(state,)] = rows(folder, "SELECT state FROM attempt WHERE id = ?", [attempt.id])
            assert state == ("submitted" if attempt.is_submitted else "open")
            stored = rows(
                folder,
                "SELECT slot, content FROM response WHERE attempt_id = ? ORDER BY slot, seq",
                [attempt.id],
            )
            sent = Counter(_slot(form) for form in attempt.sent)
            assert Counter(slot + 1 for slot, _ in stored) == sent
        last = {_slot(form): form for form in self.attempt.sent}
        if not self.attempt.is_submitted:
            for number, form in last.items():
                assert _given(self._form(number)) == _given(form)
        return sum(len(attempt.sent) for attempt in self.attempts)

    def _begin(self) -> None:
        question = self.visitor.submit(self._start)
        self.attempts.append(Written(int(question.url.split("/")[2])))
        self._numbers = cycle(self.chance.sample(range(1, 1 + QUESTIONS), QUESTIONS))

    def _next_form(self) -> PageForm:
        if self.attempt.sent and not self.chance.randrange(_HAND_IN):
            address = f"/attempts/{self.attempt.id}/check"
            return self.visitor.open(address).form("/submit")
        form = self._form(next(self._numbers))
        for name, values in form.offered.items():
            others = [value for value in values if value not in form.fields.get(name, [])]
            form.fields[name] = [self.chance.choice(others)]
        for name in form.fields:
            if name == "text" or name.startswith("gap-"):
                form.fields[name] = [f"Take {len(self.attempt.sent)}"]
        return form

    def _form(self, number: int) -> PageForm:
        address = f"/attempts/{self.attempt.id}/{number}"
        return self.visitor.open(address).form(address)

    def _send(self, form: PageForm) -> None:
        self.unanswered = form
        reply = self.visitor.send(form)
        assert reply.status == DONE, f"{form.action} gave {reply.status}"
        if form.action.endswith("/submit"):
            self.attempt.is_submitted = True
        else:
            assert "/results" not in reply.headers["location"]
            self.attempt.sent.append(form)
        self.unanswered = None


@dataclass(frozen=True)
class Survived:
    """What was lived through.

    :param open: how many attempts were open when the server died under them.
    :param on_the_way: how many requests had no answer when it died.
    """

    kills: int
    open: int
    attempts: int
    answers: int
    on_the_way: int


def kill_under(folder: Path, attempts: int, *, seed: int) -> Survived:
    """Kill the server under so many open attempts.

    :raises AssertionError: something acknowledged is missing, or is stored twice.
    """
    chance, server = Random(seed), LiveServer(folder)  # noqa: S311
    server.initialise()
    server.start()
    kills = hit = on_the_way = 0
    try:
        learners = [Learner(Visitor(server), Random(seed + n)) for n in range(LEARNERS)]  # noqa: S311
        for learner in learners:
            learner.join()
        while hit < attempts:
            _kill_while_they_work(server, learners, chance.uniform(0, _LONGEST_SECONDS))
            kills += 1
            hit += sum(not learner.attempt.is_submitted for learner in learners)
            on_the_way += sum(learner.unanswered is not None for learner in learners)
            server.start()
            for learner in learners:
                learner.send_again()
                learner.check(folder)
        replayed = server.command("attempts", "replay", "--check")
        assert replayed.returncode == 0, replayed.stdout + replayed.stderr
        answers = sum(learner.check(folder) for learner in learners)
        begun = sum(len(learner.attempts) for learner in learners)
        return Survived(kills, hit, begun, answers, on_the_way)
    finally:
        server.kill9()


def _kill_while_they_work(server: LiveServer, learners: list[Learner], seconds: float) -> None:
    begun = [Event() for _ in learners]
    with ThreadPoolExecutor(len(learners)) as pool:
        working = [
            pool.submit(learner.work, ready) for learner, ready in zip(learners, begun, strict=True)
        ]
        try:
            until = time.monotonic() + _PATIENCE_SECONDS
            for ready, future in zip(begun, working, strict=True):
                while not (ready.wait(0.05) or future.done()):
                    assert time.monotonic() < until, "a learner did not get on"
            time.sleep(seconds)
        finally:
            server.kill9()
        for future in working:
            future.result()


def _slot(form: PageForm) -> int:
    return int(form.action.split("?")[0].split("/")[3])


def _given(form: PageForm) -> dict[str, list[str]]:
    return {
        name: values
        for name, values in form.fields.items()
        if name in ("choice", "text") or name.startswith("gap-")
    }
