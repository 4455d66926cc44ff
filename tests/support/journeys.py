"""What people do on the site, in their words; each test of a journey reads as a list of steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

COURSE = "russia-iran-syria"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an account."""

    email: str
    password: str


def demo_people(folder: Path) -> dict[str, Person]:
    """Return the accounts that `quizapp init` made, by role, from the server's data folder."""
    lines = (folder / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
    return {role: Person(email, password) for role, email, password in map(str.split, lines)}


def someone_new() -> Person:
    """Return an address and a password that nobody has used yet."""
    return Person(f"reader-{uuid4().hex[:12]}@example.org", f"quiet harbour {uuid4().hex[:8]}")


def become_guest(page: Page) -> None:
    """Begin on the landing page and end on the first card."""
    page.goto("/")
    page.get_by_role("button", name="Try a card now").first.click()
    expect(Card(page).question).to_be_visible()


def sign_up(page: Page, person: Person) -> None:
    """Make an account from the page that offers it."""
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/today")


class Card:
    """The flashcard of the review page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.question = page.locator("#q")
        self.answer = page.locator(".answer-side .a-big")
        self.evidence = page.locator(".answer-side .passage mark").first
        self.show = page.locator("summary", has_text="Show answer")

    def rating(self, word: str) -> Locator:
        """Return the button Again, Hard, Good or Easy."""
        return self.page.get_by_role("button", name=re.compile(rf"{word}\b"))

    @property
    def nonce(self) -> str:
        """Return what names this showing of a card; another page has another."""
        return self.page.locator("input[name=nonce]").first.get_attribute("value") or ""

    @property
    def fact(self) -> str:
        field = self.page.locator("form[action^='/review/grade'] input[name=fact]")
        return field.get_attribute("value") or ""

    @property
    def left(self) -> int:
        """Return how many cards the bar says are left."""
        return int(self.page.get_by_text(re.compile(r"^\d+ left$")).inner_text().split()[0])

    @property
    def done(self) -> int:
        """Return how many ratings the bar says were given."""
        bar = self.page.get_by_role("progressbar")
        return int((bar.get_attribute("aria-label") or "").split()[0])

    def rate(self, word: str) -> None:
        """Look at the answer, rate it by a click, and wait for what follows."""
        before = self.nonce
        self.show.click()
        expect(self.answer).to_be_visible()
        self.rating(word).click()
        self.wait_for_another(before)

    def wait_for_another(self, nonce: str) -> None:
        """Wait until another showing than this one is on the page."""
        other = self.page.locator(f"input[name=nonce]:not([value='{nonce}'])")
        expect(other.first).to_be_attached()


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """What an instructor types for a question on a new fact."""

    stem: str
    right: str
    wrong: str
    statement: str
    topic: str
    paragraph: str
    exact: str
    feedback: str = ""
    explanation: str = ""


class Editor:
    """The instructor's form for one question."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.preview = page.locator("#preview")
        self.save = page.get_by_role("button", name="Save question")

    def open_new(self) -> None:
        self.page.goto(f"/teach/{COURSE}/questions")
        self.page.get_by_role("link", name="New question").click()

    def fill(self, question: NewQuestion) -> None:
        """Write the question, its new fact and the words that prove it; make it ready."""
        page = self.page
        page.get_by_label("Fact", exact=True).select_option("new")
        page.get_by_label("New fact").fill(question.statement)
        page.get_by_label("Topic").select_option(label=question.topic)
        paragraph = page.get_by_label("Paragraph")
        choice = paragraph.locator("option", has_text=re.compile(rf"^{question.paragraph}\b"))
        paragraph.select_option(choice.get_attribute("value"))
        page.get_by_label("Exact words").fill(question.exact)
        self.stem.fill(question.stem)
        page.get_by_label("Option A", exact=True).fill(question.right)
        page.get_by_label("Option B", exact=True).fill(question.wrong)
        page.get_by_label("Feedback for option A").fill(question.feedback)
        page.get_by_label("Feedback for option B").fill(question.feedback)
        page.get_by_label("Option A is right").check()
        page.get_by_label("Explanation").fill(question.explanation)
        page.get_by_label("Status").select_option("ready")

    @property
    def stem(self) -> Locator:
        return self.page.locator("[name=content_stem]")

    @property
    def version(self) -> int:
        """Return the number of the version that is in the form."""
        return int(self.page.locator("[name=seen]").get_attribute("value") or "0")


class Attempt:
    """The pages of a quiz that is being taken."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heading = page.get_by_role("heading", level=1)
        self.saved = page.locator("[data-saved]", has_text=re.compile(r"Saved \d{1,2}:\d\d"))

    def start(self, title: str, course: str = COURSE) -> None:
        """Begin the quiz with this title from the list of quizzes."""
        self.page.goto(f"/quizzes?course={course}")
        self.page.get_by_role("heading", name=title).get_by_role("link").click()
        self.page.get_by_role("button", name="Start").click()
        self.expect_question(1)

    def expect_question(self, number: int) -> None:
        expect(self.heading).to_have_text(re.compile(rf"^Question {number}\b"))
        self.page.wait_for_load_state()  # its scripts have run

    @property
    def options(self) -> Locator:
        """Return the radio buttons or tick boxes of the question."""
        return self.page.locator(".opt input")

    @property
    def fields(self) -> Locator:
        """Return the fields to type in."""
        return self.page.locator("form#question input[type=text]")

    @property
    def lists(self) -> Locator:
        """Return the lists to choose from."""
        return self.page.locator("form#question select")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def in_palette(self, number: int) -> Locator:
        """Return the button of a question in the list beside the question."""
        return self.page.get_by_role("button", name=re.compile(rf"^Question {number}\b"))

    def answer(self) -> None:
        """Give the first response that the question allows."""
        if self.options.count():
            self.page.locator(".opt").first.click()
        for place in range(self.fields.count()):
            self.fields.nth(place).fill("something else")
        for place in range(self.lists.count()):
            # In an order no position may be given twice; elsewhere any choice will do.
            is_order = self.page.locator("[data-ordering]").count()
            self.lists.nth(place).select_option(index=place + 1 if is_order else 1)

    def hand_in(self) -> None:
        """Go to the last check and submit."""
        self.press("Check answers and finish")
        self.press("Submit answers")
        expect(self.page.get_by_role("heading", name="Your answers")).to_be_visible()


class Paragraph:
    """The instructor's form for one paragraph of the course's text."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.text = page.get_by_label("Text", exact=True)
        self.save = page.get_by_role("button", name="Save paragraph")

    def open(self) -> None:
        self.page.goto(f"/teach/{COURSE}/texts")
        self.page.get_by_role("link", name=re.compile(rf"^{self.name},")).click()
        expect(self.text).to_be_visible()

    def restore(self, text: str) -> None:
        """Make this the text again, whatever a test left, and whatever that loses."""
        self.open()
        self.text.fill(text)
        self.save.click()
        if self.page.get_by_role("alert").count():
            self.page.get_by_role("button", name="Save, and flag").click()
