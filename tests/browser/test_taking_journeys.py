"""Taking a quiz under each behaviour, by keyboard alone, without scripts and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

from quizapp.models import Attempt as AttemptRow
from quizapp.models import User
from tests.support.asked import store_quiz
from tests.support.axe import sideways, violations
from tests.support.browser import DESKTOP_WIDTH, PHONE_WIDTH
from tests.support.journeys import Attempt, Person
from tests.support.make import RAW
from tests.support.server import LiveServer

TITLE = "A quiz with rules"
QUESTIONS = {name: RAW[name] for name in ("single_choice", "short_text", "multiple_response")}

pytestmark = pytest.mark.browser
Begin = Callable[..., tuple[Page, Attempt, Person]]


@pytest.fixture
def begin(
    open_page: Callable[..., Page], live_server: LiveServer, join: Callable[[Page], Person]
) -> Begin:
    """Return begin(javascript=…, **settings): someone new on the first question of such a quiz."""

    def act(
        *, javascript: bool = True, starts: bool = True, refusals: bool = False, **settings: Any
    ) -> tuple[Page, Attempt, Person]:
        page = open_page(javascript=javascript, reduced_motion=True, refusals=refusals)
        page.on("dialog", lambda dialog: dialog.accept())
        person, words = join(page), uuid4().hex
        rules = {"shuffle_options": False, **settings}
        store_quiz(live_server, person.email, TITLE, QUESTIONS, words=words, **rules)
        quiz = Attempt(page)
        if starts:
            quiz.start(TITLE, course=words[:12])
        return page, quiz, person

    return act


@contextmanager
def database(server: LiveServer) -> Iterator[Session]:
    # The server and its worker write too: as patient as a browser's test is with a page.
    waiting = {"timeout": 20}
    path = server.folder / "quizapp.sqlite3"
    engine = sa.create_engine(f"sqlite:///{path}", connect_args=waiting)
    with Session(engine) as session, session.begin():
        # What is read and then written in a deferred transaction fails at once, however patient,
        # if the server writes in between.
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
    engine.dispose()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this accessible name or value has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText"
        )
        if name in (found or ""):
            return
    raise AssertionError(f"no {name!r} by Tab")


class TestByKeyboard:
    def test_a_question_is_checked_at_once(self, begin: Begin) -> None:
        page, quiz, _ = begin(behaviour="immediate")

        page.keyboard.press("b")
        expect(quiz.saved).to_be_visible()
        page.keyboard.press("k")

        expect(page.locator("#q1")).to_contain_text("Right answer")
        expect(page.locator("#q1 mark")).to_be_visible()
        expect(quiz.in_palette(1)).to_have_accessible_name(re.compile("wrong"))
        page.keyboard.press("Enter")
        quiz.expect_question(2)

    def test_practice_gives_hints_and_another_try(self, begin: Begin) -> None:
        page, _, _ = begin(behaviour="practice")

        for key, hints in (("b", 0), ("c", 1)):
            page.keyboard.press(key)
            page.keyboard.press("k")
            expect(page.locator("#so-far")).to_contain_text("Not right yet")
            expect(page.locator(".hint-card blockquote")).to_have_count(hints)
        page.keyboard.press("a")
        page.keyboard.press("k")

        expect(page.locator("#q1")).to_contain_text("0.5 of 1 points")

    def test_how_sure_one_is(self, begin: Begin) -> None:
        page, quiz, _ = begin(behaviour="certainty")

        page.keyboard.press("a")
        tab_to(page, "Not sure")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_label("Certain")).to_be_checked()
        expect(quiz.saved).to_be_visible()
        page.reload()
        expect(page.get_by_label("Certain")).to_be_checked()
        quiz.hand_in()

        page.goto(page.url + "?show=all")
        expect(page.locator("#q1")).to_contain_text("Right and certain: +3")


class TestWithoutScripts:
    def test_a_question_is_checked_at_once(self, begin: Begin) -> None:
        page, quiz, _ = begin(javascript=False, behaviour="immediate")
        quiz.press("Check this answer")
        expect(page.get_by_text("Give an answer first")).to_be_visible()

        page.locator(".opt").nth(1).click()
        quiz.press("Check this answer")

        expect(page.locator("#q1")).to_contain_text("Right answer")
        quiz.press("Next")
        quiz.expect_question(2)
        quiz.hand_in()
        expect(page.locator(".score")).to_contain_text("0 of 3")

    def test_practice_gives_hints_and_another_try(self, begin: Begin) -> None:
        page, quiz, _ = begin(javascript=False, behaviour="practice", tries=2)

        page.locator(".opt").nth(1).click()
        quiz.press("Check this answer")
        expect(page.locator(".hint-card")).to_be_visible()
        page.locator(".opt").nth(0).click()
        quiz.press("Check this answer")

        expect(page.locator("#q1")).to_contain_text("0.75 of 1 points")

    def test_how_sure_one_is(self, begin: Begin) -> None:
        page, quiz, _ = begin(javascript=False, behaviour="certainty")
        page.locator(".opt").nth(1).click()
        page.get_by_label("Fairly sure").check()
        quiz.press("Next")
        quiz.press("Previous")
        expect(page.get_by_label("Fairly sure")).to_be_checked()

        quiz.hand_in()

        expect(page.locator(".score")).to_contain_text("−2 of 9")

    def test_what_went_to_the_memory_is_taken_back(self, begin: Begin) -> None:
        page, quiz, _ = begin(javascript=False)
        quiz.answer()
        quiz.hand_in()

        page.get_by_role("button", name="Undo").click()

        expect(page.get_by_text("1 card is as before this quiz.")).to_be_visible()
        expect(page.get_by_role("button", name="Undo")).to_have_count(0)


class TestTheAnswerStays:
    def test_without_a_network_it_waits_and_is_sent(self, begin: Begin) -> None:
        page, quiz, _ = begin(refusals=True)
        quiz.press("Next")
        quiz.expect_question(2)
        page.context.set_offline(True)

        quiz.fields.first.fill("Euphrates")
        quiz.fields.first.blur()
        expect(page.get_by_text("You are offline.")).to_be_visible()
        quiz.press("Next")
        quiz.expect_question(2)
        expect(quiz.fields.first).to_have_value("Euphrates")
        page.context.set_offline(False)

        expect(quiz.saved).to_be_visible()
        quiz.press("Next")
        quiz.expect_question(3)
        quiz.press("Previous")
        expect(quiz.fields.first).to_have_value("Euphrates")

    def test_what_was_typed_before_the_scripts_came_is_saved(self, begin: Begin) -> None:
        page, quiz, _ = begin()
        late: list[Route] = []
        page.route("**/js/autosave.js*", lambda route: late.append(route))  # noqa: PLW0108
        page.goto(page.url.removesuffix("1") + "2", wait_until="commit")
        quiz.fields.first.fill("Euphrates")
        quiz.fields.first.blur()

        late[0].continue_()

        expect(quiz.saved).to_be_visible()
        other = page.context.new_page()
        other.goto(page.url)
        expect(Attempt(other).fields.first).to_have_value("Euphrates")

    def test_when_it_was_saved_is_told_by_the_server_alone(self, begin: Begin) -> None:
        page, quiz, _ = begin()
        page.clock.set_fixed_time("2001-01-01T03:04:00Z")  # a computer whose clock is wrong

        quiz.options.first.check(force=True)

        expect(quiz.saved).to_be_visible()
        said = quiz.saved.inner_text()
        page.reload()
        expect(quiz.saved).to_have_text(said)

    def test_it_outlives_a_reload_that_came_before_the_network(self, begin: Begin) -> None:
        page, quiz, _ = begin(refusals=True)
        quiz.press("Next")
        quiz.expect_question(2)
        page.route(
            "**/attempts/*/2",
            lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
        )
        quiz.fields.first.fill("Euphrates")
        quiz.fields.first.blur()
        expect(page.get_by_text("Not saved. Retrying…")).to_be_visible()

        page.reload()
        expect(quiz.fields.first).to_have_value("Euphrates")
        page.unroute("**/attempts/*/2")
        page.reload()

        expect(quiz.saved).to_be_visible()
        expect(quiz.fields.first).to_have_value("Euphrates")
        assert page.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('draft'))") == []
        page.context.clear_cookies(name="nothing")
        other = page.context.new_page()
        other.goto(page.url)
        expect(Attempt(other).fields.first).to_have_value("Euphrates")

    def test_it_is_sent_from_another_page_of_the_same_tab(self, begin: Begin) -> None:
        page, _quiz, _ = begin(refusals=True)
        first = page.url
        page.route(
            "**/attempts/*/1",
            lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
        )
        page.locator(".opt").nth(2).click()
        expect(page.get_by_text("Not saved. Retrying…")).to_be_visible()
        page.unroute("**/attempts/*/1")

        with page.expect_response(
            lambda reply: reply.request.method == "POST" and reply.url == first
        ) as sent:
            page.goto(first.removesuffix("1") + "2")

        assert sent.value.status == 200
        other = page.context.new_page()
        other.goto(first)
        expect(Attempt(other).options.nth(2)).to_be_checked()

    def test_a_later_answer_of_another_tab_is_not_overwritten_by_a_lost_one(
        self, begin: Begin
    ) -> None:
        page, quiz, _ = begin(refusals=True)
        # The answer arrives, its acknowledgement does not.
        page.route(
            "**/attempts/*/1",
            lambda route: (
                (route.fetch(), route.abort())
                if route.request.method == "POST"
                else route.continue_()
            ),
        )
        page.locator(".opt").nth(1).click()
        expect(page.get_by_text("Not saved. Retrying…")).to_be_visible()
        other = page.context.new_page()
        other.goto(page.url)
        other.locator(".opt").nth(2).click()
        expect(Attempt(other).saved).to_be_visible()
        page.unroute("**/attempts/*/1")

        page.reload()

        expect(quiz.options.nth(2)).to_be_checked()
        other.reload()
        expect(Attempt(other).options.nth(2)).to_be_checked()

    def test_signing_out_forgets_what_was_not_sent(self, begin: Begin) -> None:
        page, _, _ = begin(refusals=True)
        page.route(
            "**/attempts/*/1",
            lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
        )
        page.locator(".opt").nth(2).click()
        expect(page.get_by_text("Not saved. Retrying…")).to_be_visible()
        page.goto("/today")
        drafts = "Object.keys(sessionStorage).filter(k => k.startsWith('draft')).length"
        assert page.evaluate(drafts) == 1

        page.locator("details.menu > summary").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(re.compile(r"/$"))

        assert page.evaluate(drafts) == 0

    def test_what_is_too_long_says_so_and_stays(self, begin: Begin) -> None:
        page, quiz, _ = begin(refusals=True)
        quiz.press("Next")
        quiz.expect_question(2)
        quiz.fields.first.evaluate("one => one.removeAttribute('maxlength')")

        quiz.fields.first.fill("x" * 1001)
        quiz.fields.first.blur()

        expect(page.get_by_text("Not saved. Shorten this to 1,000 characters")).to_be_visible()

    def test_a_page_left_open_is_told_that_the_quiz_is_handed_in(self, begin: Begin) -> None:
        page, quiz, _ = begin(refusals=True)
        stale = page.context.new_page()
        stale.goto(page.url)
        quiz.hand_in()

        stale.locator(".opt").nth(1).click()

        expect(stale.get_by_text("This quiz is handed in.")).to_be_visible()
        stale.get_by_role("link", name="See the results").click()
        expect(stale.get_by_role("heading", name="Your answers")).to_be_visible()

    def test_clearing_after_the_page_has_saved_by_itself_clears(self, begin: Begin) -> None:
        page, quiz, _ = begin(refusals=True)
        page.locator(".opt").nth(1).click()
        expect(quiz.saved).to_be_visible()
        page.reload()
        page.locator(".opt").nth(2).click()
        expect(quiz.saved).to_be_visible()

        quiz.press("Clear my answer")

        expect(page.locator(".opt input:checked")).to_have_count(0)
        page.reload()
        expect(page.locator(".opt input:checked")).to_have_count(0)


class TestTime:
    def due_in(self, server: LiveServer, person: Person, seconds: float) -> None:
        """Let the attempt end so soon."""
        with database(server) as session:
            learner = session.scalars(sa.select(User.id).where(User.email == person.email)).one()
            due_at = datetime.now(UTC) + timedelta(seconds=seconds)
            session.execute(
                sa.update(AttemptRow)
                .where(AttemptRow.learner_id == learner)
                .values(due_at=due_at, started_at=due_at - timedelta(minutes=10))
            )

    @pytest.mark.parametrize(("left", "said"), [(301, "5 minutes left"), (61, "1 minute left")])
    def test_it_says_what_is_left_once(
        self, begin: Begin, live_server: LiveServer, left: int, said: str
    ) -> None:
        page, quiz, person = begin(time_limit_minutes=10)
        self.due_in(live_server, person, left)
        page.reload()

        expect(page.get_by_text(said)).to_be_visible()
        quiz.press("Next")
        quiz.expect_question(2)
        page.wait_for_timeout(1200)

        expect(page.get_by_text(said)).to_have_count(0)

    def test_what_fell_between_two_pages_is_said_by_the_next(
        self, begin: Begin, live_server: LiveServer
    ) -> None:
        page, _, person = begin(time_limit_minutes=10)
        self.due_in(live_server, person, 290)

        page.reload()

        expect(page.get_by_text("5 minutes left", exact=True)).to_be_visible()

    def test_it_never_says_that_more_is_left_than_there_is(
        self, begin: Begin, live_server: LiveServer
    ) -> None:
        page, _, person = begin(time_limit_minutes=2)
        expect(page.locator(".timer-said")).to_have_text("")

        self.due_in(live_server, person, 200)
        page.reload()

        expect(page.get_by_text("Less than 5 minutes left")).to_be_visible()

    def test_when_it_is_up_the_page_hands_itself_in(
        self, begin: Begin, live_server: LiveServer
    ) -> None:
        page, _quiz, person = begin(time_limit_minutes=10)
        self.due_in(live_server, person, 3)
        page.reload()
        page.locator(".opt").nth(0).click()

        expect(page.get_by_text("Time is up. Your answers were handed in")).to_be_visible()

        expect(page.locator(".score")).to_contain_text("1 of 3")

    def test_without_a_network_it_waits_for_it(self, begin: Begin, live_server: LiveServer) -> None:
        page, quiz, person = begin(time_limit_minutes=10, refusals=True)
        self.due_in(live_server, person, 3)
        page.reload()
        page.context.set_offline(True)
        page.locator(".opt").nth(0).click()
        expect(page.locator("[data-time]")).to_have_text("0:00")
        quiz.expect_question(1)

        page.context.set_offline(False)

        # The grace is not over: what waited still counts.
        expect(page.get_by_role("heading", name="Your answers")).to_be_visible()
        expect(page.locator(".score")).to_contain_text("1 of 3")


STATES = {
    "immediate": {"behaviour": "immediate"},
    "practice": {"behaviour": "practice"},
    "certainty": {"behaviour": "certainty", "time_limit_minutes": 10},
    "nothing shown": {"disclosure": {"after_submit": ["response", "feedback"]}},
    "key alone": {"disclosure": {"after_submit": ["right_answer"]}},
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_read_by_everyone(begin: Begin, state: str) -> None:
    page, quiz, _ = begin(starts=False, **STATES[state])
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = violations(page)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": PHONE_WIDTH, "height": 900})
        found[f"{name}, dark on a phone"] = violations(page)
        page.set_viewport_size({"width": 320, "height": 900})
        found[f"{name}, narrow"] = sideways(page)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": DESKTOP_WIDTH, "height": 900})

    page.goto("/quizzes")
    page.get_by_role("heading", name=TITLE).get_by_role("link").click()
    look("start")
    page.get_by_role("button", name="Start").click()
    for number in range(1, 4):
        quiz.expect_question(number)
        quiz.answer()
        if page.get_by_role("button", name="Check this answer").count():
            quiz.press("Check this answer")
            expect(page.locator("#so-far, .answer").first).to_be_visible()
        look(f"question {number}")
        quiz.press("Next" if number < 3 else "Check")
    look("check")
    page.get_by_role("button", name="Submit answers").click()
    page.goto(page.url + "?show=all")
    look("results")

    assert {name: faults for name, faults in found.items() if faults} == {}
