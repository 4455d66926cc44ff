"""What the server has acknowledged outlives its sudden death, and is stored once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from threading import Event

import pytest

from tests.support.server import LiveServer
from tests.support.sqlite import rows
from tests.support.visitor import PageForm, Unanswered, Visitor

ROUNDS = 3
#: Each client does so much in each round before the server is killed under it.
STEPS = 8
PATIENCE_SECONDS = 20
QUESTIONS = 10  # in the first quiz of the course
AGAIN = "1"  # a card rated so comes back within minutes: there is always a next one
DONE = 303

pytestmark = pytest.mark.slow


@dataclass
class Client:
    """Someone who sends one form after the other; knows which were acknowledged.

    :param sent: every form sent, in order; :param unanswered: the one whose answer never came.
    """

    visitor: Visitor
    sent: list[PageForm] = field(default_factory=list)
    unanswered: PageForm | None = None

    def begin(self) -> None:
        """Become a guest."""
        page = self.visitor.open("/try")
        assert self.visitor.send(page.form("/try")).status == DONE

    def next_form(self) -> PageForm:
        """Return the next form to send, filled in."""
        raise NotImplementedError

    def work(self, warm: Event) -> None:
        """Send forms until the server is gone; set `warm` after enough, while one is on its way."""
        enough = len(self.sent) + STEPS
        try:
            while True:
                form = self.next_form()
                if len(self.sent) >= enough:
                    self.visitor.after_sending = warm.set
                self.send(form)
        except Unanswered:
            self.visitor.after_sending = lambda: None

    def send(self, form: PageForm) -> None:
        self.unanswered = form
        status = self.visitor.send(form).status
        assert status == DONE, f"{form.action} gave {status}"
        self.sent.append(form)
        self.unanswered = None

    def send_again(self) -> None:
        """Send what was not answered, and what was answered last, as an unsure client would."""
        if self.unanswered:
            self.send(self.unanswered)
        assert self.visitor.send(self.sent[-1]).status == DONE


class Reviewer(Client):
    """Rates one card after the other."""

    def next_form(self) -> PageForm:
        form = self.visitor.open("/review").form("/review/grade")
        form.fields["rating"] = [AGAIN]
        return form

    def check(self, folder: Path) -> None:
        nonces = [form.fields["nonce"][0] for form in self.sent]
        learner = _learner_of(folder, nonces[0])
        stored = rows(folder, "SELECT nonce FROM review WHERE learner_id = ?", [learner])
        assert Counter(nonce for (nonce,) in stored) == Counter(nonces)
        # The memory and the totals were written with the log, or not at all.
        [(reps,)] = rows(folder, "SELECT sum(reps) FROM memory WHERE learner_id = ?", [learner])
        [(total,)] = rows(
            folder, "SELECT sum(reviews) FROM quarter_total WHERE learner_id = ?", [learner]
        )
        assert (reps, total) == (len(nonces), len(nonces))


class QuizTaker(Client):
    """Changes the responses of one attempt over and over."""

    def begin(self) -> None:
        super().begin()
        quiz = self.visitor.open(self.visitor.open("/quizzes").link("/quizzes/"))
        question = self.visitor.submit(quiz.form("/start"))
        self.attempt = int(question.url.split("/")[2])
        self.numbers = cycle(range(1, 1 + QUESTIONS))

    def next_form(self) -> PageForm:
        form = self._form(next(self.numbers))
        for name, values in form.offered.items():
            others = [value for value in values if value not in form.fields.get(name, [])]
            form.fields[name] = others[:1]
        for name in form.fields:
            if name == "text" or name.startswith("gap-"):
                form.fields[name] = [f"Take {len(self.sent)}"]
        return form

    def check(self, folder: Path) -> None:
        stored = rows(
            folder,
            "SELECT slot, count(*) FROM response WHERE attempt_id = ? AND action = 'save'"
            " GROUP BY slot",
            [self.attempt],
        )
        sent = Counter(_slot(form) for form in self.sent)
        assert {slot + 1: number for slot, number in stored} == sent
        last = {_slot(form): form for form in self.sent}
        for number, form in last.items():
            assert _given(self._form(number)) == _given(form)

    def _form(self, number: int) -> PageForm:
        address = f"/attempts/{self.attempt}/{number}"
        return self.visitor.open(address).form(address)


def test_what_was_acknowledged_outlives_a_kill_and_is_stored_once(tmp_path: Path) -> None:
    server = LiveServer(tmp_path)
    server.initialise()
    server.start()
    try:
        clients = [Reviewer(Visitor(server)), Reviewer(Visitor(server)), QuizTaker(Visitor(server))]
        for client in clients:
            client.begin()
        unanswered = 0
        for _ in range(ROUNDS):
            kill_while_they_work(server, clients)
            unanswered += sum(client.unanswered is not None for client in clients)
            server.start()
            for client in clients:
                client.send_again()
                client.check(tmp_path)
        assert unanswered, "the server was never killed with a request on its way"
    finally:
        server.kill9()


def kill_while_they_work(server: LiveServer, clients: list[Client]) -> None:
    warm = [Event() for _ in clients]
    with ThreadPoolExecutor(len(clients)) as pool:
        working = [
            pool.submit(client.work, ready) for client, ready in zip(clients, warm, strict=True)
        ]
        try:
            for ready in warm:
                assert ready.wait(PATIENCE_SECONDS), "a client did not get on"
        finally:
            server.kill9()
        for future in working:
            future.result()


def _learner_of(folder: Path, nonce: str) -> int:
    [(learner,)] = rows(folder, "SELECT learner_id FROM review WHERE nonce = ?", [nonce])
    return int(learner)


def _slot(form: PageForm) -> int:
    return int(form.action.split("?")[0].split("/")[3])


def _given(form: PageForm) -> dict[str, list[str]]:
    return {
        name: values
        for name, values in form.fields.items()
        if name in ("choice", "text") or name.startswith("gap-")
    }
