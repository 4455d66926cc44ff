"""Every kind of page the site has, and how to reach it: for checks that hold everywhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from playwright.sync_api import Page, expect
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from quizapp.services.stop_links import stop_token
from tests.support.journeys import COURSE, Card
from tests.support.make import NOON
from tests.support.packages import BY_ANKI
from tests.support.sqlite import rows
from tests.support.visitor import Seen, Visitor

LETTER_SECONDS = 20
TIMED_QUIZ = "The whole course"
OPEN_QUIZ = "Airbase and Article 146"
OWN_WORDS = "In your own words"


@dataclass(frozen=True, slots=True)
class Place:
    """A page. `address` may name what `prepare` made, as {quiz}; `act` does the rest by hand."""

    name: str
    role: str
    address: str
    act: Callable[[Page], None] | None = None

    def visit(self, page: Page, made: Mapping[str, str]) -> None:
        """Show the place in the page of someone of its role."""
        page.goto(self.address.format_map(made))
        if self.act:
            self.act(page)


def prepare(
    guest: Visitor, student: Visitor, instructor: Visitor, admin: Visitor, *, email: str
) -> dict[str, str]:
    """Let the learners learn a little; return what addresses are made of.

    :param email: of an account, for which a link to set a new password is made.
    """
    guest.send(guest.open("/review").form("/review/grade"), {"rating": "3"})
    for rating in "4312":
        form = student.open("/review").form("/review/grade")
        student.send(form, {"rating": rating})
    card = student.open("/review").form("/review/answer")
    answered = student.submit(card, {"unsure": "1"}).url
    finished = _start(student, OPEN_QUIZ)
    for number in range(1, 6):
        _answer(student, finished, number)
    check = student.open(f"/attempts/{finished}/check")
    student.submit(check.form("/submit"))
    results = student.open(f"/attempts/{finished}/results?show=all")
    doubt = {"text": "The passage says something else, I think."}
    student.submit(results.form(f"/{finished}/1/challenge"), doubt)
    student.submit(student.open("/practise").form("/practise"))
    going = _start(student, TIMED_QUIZ)
    _answer(student, going, 1)
    course = student.open(f"/courses/{COURSE}")
    questions = instructor.open(f"/teach/{COURSE}/questions")
    regrade = instructor.open(f"/teach/{COURSE}/challenges").link("/regrade?")
    return {
        **_own_words(student, instructor),
        "course": COURSE,
        "answered": answered,
        "regraded": regrade,
        "regrade": _regrade(instructor, regrade, _quiz(student, TIMED_QUIZ)),
        "quiz": _quiz(student, OPEN_QUIZ),
        "finished": finished,
        "going": going,
        "source": _number(course, "/sources/"),
        "unmet": _number(student.open("/progress/cards?show=new"), "/cards/"),
        "fact": _fact(student.open(f"/attempts/{finished}/results")),
        "question": _number(questions, f"/teach/{COURSE}/questions/"),
        "reset": _reset_token(Visitor(student.server), email),
        "letters": _letters_token(student),
        "stop": _stop_token(student),
        "passage": _number(instructor.open(f"/teach/{COURSE}/texts"), f"/teach/{COURSE}/texts/"),
        "import_id": _compared(student),
        "data_copy": _own_copy(student),
        "plan": _planned(instructor),
        "copy": _copied(instructor),
        **_taught(instructor),
        "reviewed": _reviewed(instructor),
        "job": _lasting_job(admin),
    }


def _lasting_job(admin: Visitor) -> str:
    """Return the number of a job that waits for its hour, and is there meanwhile."""
    [(number,)] = rows(admin.server.folder, "SELECT id FROM job WHERE name = 'purge_expired'")
    return str(number)


def _compared(student: Visitor) -> str:
    """Let the student compare a package with the course; return the number of the import."""
    package = FileStorage(BytesIO(BY_ANKI.read_bytes()), filename="deck.apkg")
    return _uploaded(student, "/anki", {"course": COURSE, "package": package})


def _own_copy(student: Visitor) -> str:
    """Let the student have a copy of their data made; return its number."""
    asked = student.submit(student.open("/settings/data").form("/settings/data/copies"))
    return asked.url.rpartition("/")[2]


def _copied(instructor: Visitor) -> str:
    """Let the instructor copy the course and take the copy back; return the copy's number."""
    address = f"/teach/{COURSE}/copy"
    made = instructor.submit(instructor.open(address).form(address), {"title": "Next year"})
    settings = instructor.open("/teach/next-year/settings")
    instructor.submit(settings.form("/copy/undo"))
    return made.url.rpartition("/")[2]


def _planned(instructor: Visitor) -> str:
    """Let the instructor look at what a file of questions would do; return the import's number."""
    # A plan stores nothing but itself.
    rows = b"question,a,b,correct\nWhich?,This,That,A\nNo key,One,Two,\n"
    table = FileStorage(BytesIO(rows), filename="q.csv")
    return _uploaded(instructor, f"/teach/{COURSE}/import", {"file": table})


def _uploaded(visitor: Visitor, address: str, values: dict[str, Any]) -> str:
    """Send a file; return the number at the end of the address that it leads to."""
    fields = visitor.open(address).form("").fields
    boundary, body = encode_multipart({"csrf_token": fields["csrf_token"][0], **values})
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.request("POST", address, body, kind).headers["location"].rpartition("/")[2]


def _own_words(student: Visitor, instructor: Visitor) -> dict[str, str]:
    """Let the instructor ask for answers in own words, and the student hand two of them in."""
    base = f"/teach/{COURSE}"
    questions = instructor.open(f"{base}/questions?type=self_rated")
    slot = {"slot-0-question": _number(questions, f"{base}/questions/"), "slot-0-mark": "2"}
    form = instructor.open(f"{base}/quizzes/new").form(f"{base}/quizzes/new")
    instructor.submit(form, {"title": OWN_WORDS, "action": "publish", **slot})
    for _ in range(2):
        essay = _start(student, OWN_WORDS)
        address = f"/attempts/{essay}/1"
        student.send(student.open(address).form(address), {"text": "It was so.\n\nI think."})
        student.submit(student.open(f"/attempts/{essay}/check").form("/submit"))
    queue = instructor.open(f"{base}/marking")
    to_mark = instructor.open(queue.link(f"{base}/marking/")).url
    return {
        "essay": essay,
        "essay_to_write": _start(student, OWN_WORDS),
        "to_mark": to_mark,
        "to_mark_first": to_mark.rpartition("/")[0],
    }


def _reviewed(instructor: Visitor) -> str:
    """Let the instructor change a question, send it for review and say something of it."""
    base = f"/teach/{COURSE}/questions"
    number = _number(instructor.open(f"{base}?type=true_false"), f"{base}/")
    one = f"{base}/{number}"
    words = {"content_explanation": "The passage says so, and nothing else.", "status": "in_review"}
    instructor.send(instructor.open(one).form(one), words)
    for text in ("Is this true of the whole text?", "It is; I looked it up."):
        talk = instructor.open(f"{one}/discussion").form(f"{one}/discussion")
        instructor.send(talk, {"text": text})
    return number


def _regrade(instructor: Visitor, address: str, quiz: str) -> str:
    """Decide something that changes no mark: in a quiz that did not ask the question."""
    stated = {"fix": "drop", "quiz": quiz, "reason": "The text was edited after the quiz."}
    plan = instructor.submit(instructor.open(address).form("/regrade"), stated)
    regrades = instructor.submit(plan.form("/regrade"), {"action": "apply"})
    return regrades.link("/regrades/").split("/")[-2]


def _reset_token(visitor: Visitor, email: str) -> str:
    """Ask for a link to set a new password; return the token in it, once the letter is logged."""
    visitor.send(visitor.open("/forgot").form("/forgot"), {"email": email})
    return _token_in_letter(visitor, "/reset/")


def _letters_token(student: Visitor) -> str:
    """Let the student want weekly letters; return the token of the link that confirms them."""
    goals = student.open("/settings/goals")
    student.send(goals.form("/settings/goals/letters"), {"weekday": "0"})
    return _token_in_letter(student, "/letters/confirm/")


def _token_in_letter(visitor: Visitor, address: str) -> str:
    for _ in range(LETTER_SECONDS * 10):
        if found := re.search(address + r"([\w-]+)", visitor.server.log):
            return found[1]
        time.sleep(0.1)
    raise LookupError(f"no letter with {address} within {LETTER_SECONDS} seconds")


def _stop_token(visitor: Visitor) -> str:
    """Return the token of a link that would stop nobody's letters."""
    secret = (visitor.server.folder / "secret-key").read_text(encoding="ascii").strip()
    return stop_token(secret, learner_id=0, since=NOON)


def _taught(instructor: Visitor) -> dict[str, str]:
    """Let the instructor give a student more time, make a group, and make an exception for both."""
    base = f"/teach/{COURSE}"
    person = _number(instructor.open(f"{base}/people"), f"{base}/people/")
    form = instructor.open(f"{base}/people/{person}").form(f"{base}/people/{person}")
    instructor.send(form, {"extra_attempts": "1", "reason": "A letter of May"})
    made = instructor.submit(
        instructor.open(f"{base}/people").form(f"{base}/groups"), {"name": "Second sitting"}
    )
    group = made.url.rpartition("/")[2]
    links = instructor.open(f"{base}/quizzes").links
    taught = [n for link in links if (n := link.removeprefix(f"{base}/quizzes/")).isdigit()][-1]
    for whom in (f"students/{person}", f"groups/{group}"):
        one = f"{base}/quizzes/{taught}/exceptions/{whom}"
        instructor.send(
            instructor.open(one).form(one), {"time_limit_minutes": "90", "reason": "Was ill"}
        )
    codes = instructor.open(f"{base}/join-codes")
    instructor.send(codes.form("/join-codes"), {"act": "make"})
    people = instructor.open(f"{base}/people")
    code = re.search(r"/join/(\w{8})", people.reply.text)
    assert code, "no join code on the page of people"
    lists = instructor.open(f"{base}/invitations/new")
    instructor.send(
        lists.form("/invitations/new"), {"action": "send", "addresses": "somebody@example.org"}
    )
    return {"person": person, "group": group, "taught": taught, "code": code[1]}


def _number(page: Seen, address: str) -> str:
    """Return the number that follows `address` in a link of the page."""
    for link in page.links:
        number = link.partition("#")[0].removeprefix(address)
        if number.isdigit():
            return number
    raise LookupError(f"no link from {page.url} to {address}…")


def _fact(results: Seen) -> str:
    """Return the number of a fact whose words the page leads to."""
    for link in results.links:
        if "?fact=" in link:
            return link.partition("?fact=")[2].partition("#")[0]
    raise LookupError(f"no link from {results.url} to the words of a fact")


def _quiz(student: Visitor, title: str) -> str:
    """Return the number in the address of the quiz with this title."""
    index = student.open(f"/quizzes?course={COURSE}")
    for link in index.links:
        number = link.removeprefix("/quizzes/")
        if number.isdigit() and title in student.open(link).reply.text:
            return number
    raise LookupError(f"no quiz {title!r} at {index.url}")


def _start(student: Visitor, title: str) -> str:
    """Start an attempt and return its number."""
    page: Seen = student.open(f"/quizzes/{_quiz(student, title)}")
    return student.submit(page.form("/start")).url.split("/")[2]


def _answer(student: Visitor, attempt: str, number: int) -> None:
    """Give some response to one question of an attempt."""
    address = f"/attempts/{attempt}/{number}"
    form = student.open(address).form(address)
    for name, values in form.offered.items():
        form.fields[name] = values[:1]
    for name in form.fields:
        if name == "text" or name.startswith("gap-"):
            form.fields[name] = ["something else"]
    student.send(form)


def _answer_card(page: Page) -> None:
    page.get_by_role("button", name="Not sure").click()
    expect(page.get_by_text("Counted as")).to_be_visible()


def _flip(page: Page) -> None:
    Card(page).show.click()
    expect(Card(page).answer).to_be_visible()


def _send_empty(page: Page) -> None:
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _send_no_number(page: Page) -> None:
    page.get_by_label("The other number").fill("")
    page.get_by_role("button", name="Start another practice").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _send_no_package(page: Page) -> None:
    page.get_by_role("button", name="Import").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _send_no_questions(page: Page) -> None:
    page.get_by_role("button", name="See what it would do").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _check_export(page: Page) -> None:
    page.select_option("[name=format]", "csv")
    page.get_by_role("button", name="See what it holds").click()
    expect(page.get_by_role("button", name=re.compile("^Download "))).to_be_visible()


def _compare_package(page: Page) -> None:
    # A comparison stores nothing but its report; a worker makes it, and the page looks again.
    page.set_input_files("[name=package]", BY_ANKI)
    page.select_option("[name=course]", COURSE)
    page.get_by_role("button", name="Import").click()
    report = page.get_by_role("heading", name="Compared", level=1)
    expect(report).to_be_visible(timeout=1_000 * LETTER_SECONDS)


def _aim_for_nothing(page: Page) -> None:
    page.get_by_label("A number of cards").check()
    page.get_by_label("How many").fill("")
    page.get_by_role("button", name="Save the goal").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _make_calendar(page: Page) -> None:
    page.get_by_text(re.compile("New address|Make an address")).first.click()
    if (again := page.get_by_role("button", name="Make a new address")).is_visible():
        again.click()
    expect(page.get_by_label("Address for calendars")).to_be_visible()


def _save_no_days(page: Page) -> None:
    page.get_by_label("Ask freely from (days)").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _say_nothing(page: Page) -> None:
    page.get_by_role("button", name="Add the comment").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _save_empty(page: Page) -> None:
    page.get_by_role("button", name="Save question").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _save_late(page: Page) -> None:
    # As in a tab that was opened before the question had a version.
    page.locator("[name=seen]").evaluate("one => { one.value = '0'; }")
    page.get_by_role("button", name="Save question").click()
    expect(page.get_by_text("Someone else saved this question")).to_be_visible()


def _save_no_words(page: Page) -> None:
    page.get_by_label("Text", exact=True).fill("Look at www.example.org.")
    page.get_by_role("button", name="Save text").click()


def _save_no_text(page: Page) -> None:
    page.get_by_label("Text", exact=True).fill("")
    page.get_by_role("button", name="Save paragraph").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _check_other_text(page: Page) -> None:
    page.get_by_label("Text", exact=True).fill("Quite other matters.")
    page.get_by_role("button", name="Check the citations").click()
    expect(page.get_by_role("heading", name="What saving would do")).to_be_visible()


def _send_short(page: Page) -> None:
    page.get_by_text("Something wrong with this question?").first.click()
    page.get_by_label("What is wrong, and why?").locator("visible=true").fill("No.")
    page.get_by_role("button", name=re.compile(r"^Send\b")).locator("visible=true").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _answer_nothing(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Send the answer")).click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _mark_too_high(page: Page) -> None:
    page.get_by_label("Or exact points").fill("7")
    page.get_by_role("button", name="Save and next").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _state_nothing(page: Page) -> None:
    page.get_by_role("button", name="See what would change").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _look_at_changes(page: Page) -> None:
    page.get_by_label("Give everybody full marks").check()
    page.get_by_label("Why?").fill("The question can be read in two ways.")
    page.get_by_role("button", name="See what would change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would change")


def _open_folded(page: Page) -> None:
    page.locator("main details").evaluate_all("all => all.forEach((one) => { one.open = true })")


def _publish_empty(page: Page) -> None:
    page.get_by_role("button", name="Add a draw").click()
    page.get_by_label("Draw of row 1").fill("none")
    page.locator("details.more > summary").click()
    page.get_by_label("Tries", exact=True).fill("none")
    page.get_by_role("button", name="Save and open to students").first.click()
    expect(page.locator("[data-error-summary]")).to_be_visible()


def _ask_to_delete(page: Page) -> None:
    page.locator("summary", has_text="Delete group").click()
    expect(page.get_by_role("heading", name="Delete “")).to_be_visible()


def _plan_invitations(page: Page) -> None:
    page.get_by_label("Email addresses").fill("Ada <ada@example.org>\nnobody")
    page.get_by_role("button", name="See who would be invited").click()
    expect(page.get_by_role("heading", name="1 email")).to_be_visible()


def _open_menu(page: Page) -> None:
    page.locator("details.menu > summary").click()


def _open_term(page: Page) -> None:
    page.locator("main label.term:visible").first.click()
    expect(page.locator(".term-pop:popover-open")).to_be_visible()


def _flip_and_open_term(page: Page) -> None:
    _flip(page)
    _open_term(page)


def _unfold_cards(page: Page) -> None:
    page.locator(".cards-here summary").first.click()
    expect(page.locator(".cards-sheet").first).to_be_visible()


def _open_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def _ask_for_link(page: Page) -> None:
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")


def _leave(page: Page) -> None:
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leave without an account?")


def _no_points(page: Page) -> None:
    page.get_by_label("A mark by hand").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()


EVERYONE, GUEST, STUDENT, INSTRUCTOR = "everyone", "guest", "student", "instructor"
ADMIN = "admin"
ROLES = (EVERYONE, GUEST, STUDENT, INSTRUCTOR, ADMIN)
_TERMS = "/courses/{course}/glossary"
_TEACH = "/teach/{course}/questions"
_QUIZZES = "/teach/{course}/quizzes"
PLACES = (
    Place("landing", EVERYONE, "/"),
    Place("try", EVERYONE, "/try"),
    Place("sign-up", EVERYONE, "/sign-up"),
    Place("sign-up with errors", EVERYONE, "/sign-up", _send_empty),
    Place("sign-in", EVERYONE, "/sign-in"),
    Place("sign-in with errors", EVERYONE, "/sign-in", _send_empty),
    Place("forgotten password", EVERYONE, "/forgot"),
    Place("a link of a letter that is over", EVERYONE, "/letters/confirm"),
    Place("weekly letters to confirm", EVERYONE, "/letters/confirm/{letters}"),
    Place("weekly letters to stop", EVERYONE, "/letters/stop/{stop}"),
    Place("look into your mail", EVERYONE, "/forgot", _ask_for_link),
    Place("link no longer works", EVERYONE, "/reset"),
    Place("no link to a new address", EVERYONE, "/new-address"),
    Place("new password", EVERYONE, "/reset/{reset}"),
    Place("new password with errors", EVERYONE, "/reset/{reset}", _send_empty),
    Place("courses", EVERYONE, "/courses"),
    Place("course", EVERYONE, "/courses/{course}"),
    Place("text", EVERYONE, "/sources/{source}"),
    Place("text with a name explained", EVERYONE, "/sources/{source}", _open_term),
    Place("text at the words of a fact", EVERYONE, "/sources/{source}?fact={fact}"),
    Place("join a course", EVERYONE, "/join"),
    Place("a course to join", EVERYONE, "/join/{code}"),
    Place("a wrong join code", EVERYONE, "/join/nonsense"),
    Place("an invitation that is over", EVERYONE, "/invited"),
    Place("glossary", EVERYONE, "/courses/{course}/glossary"),
    Place("glossary, a kind and a term", EVERYONE, _TERMS + "?kind=place#term-deir-ez-zor"),
    Place("glossary, nothing fits", EVERYONE, _TERMS + "?q=qqqq"),
    Place("help", EVERYONE, "/help"),
    Place("keys", EVERYONE, "/help/keyboard"),
    Place("accessibility", EVERYONE, "/accessibility"),
    Place("privacy", EVERYONE, "/privacy"),
    Place("not found", EVERYONE, "/no-such-page"),
    Place("a guest's day", GUEST, "/today"),
    Place("a guest's settings", GUEST, "/settings/profile"),
    Place("a guest's sign-up", GUEST, "/sign-up"),
    Place("a guest's sign-in", GUEST, "/sign-in"),
    Place("a guest who leaves", GUEST, "/today", _leave),
    Place("quizzes not taken yet", GUEST, "/quizzes"),
    Place("nothing done yet", GUEST, "/progress"),
    Place("practise", GUEST, "/practise"),
    Place("today", STUDENT, "/today"),
    Place("account menu", STUDENT, "/today", _open_menu),
    Place("card, question", STUDENT, "/review"),
    Place("card, answer", STUDENT, "/review", _flip),
    Place("card, a name explained", STUDENT, "/review", _flip_and_open_term),
    Place("card, answered", STUDENT, "/review", _answer_card),
    Place("a card answered before", STUDENT, "{answered}"),
    Place("keys of the review", STUDENT, "/review", _open_keys),
    Place("review done", STUDENT, "/review/done"),
    Place("quizzes", STUDENT, "/quizzes"),
    Place("quiz", STUDENT, "/quizzes/{quiz}"),
    Place("own marks", STUDENT, "/grades"),
    Place("quiz question", STUDENT, "/attempts/{going}/1"),
    Place("another quiz question", STUDENT, "/attempts/{going}/2"),
    Place("check before handing in", STUDENT, "/attempts/{going}/check"),
    Place("results, missed", STUDENT, "/attempts/{finished}/results"),
    Place("results, all", STUDENT, "/attempts/{finished}/results?show=all"),
    Place("challenge too short", STUDENT, "/attempts/{finished}/results?show=all", _send_short),
    Place("practise, one open", STUDENT, "/practise"),
    Place("practise with errors", STUDENT, "/practise?length=7", _send_no_number),
    Place("practise another", STUDENT, "/practise?topic=aleppo&ask=1"),
    Place("question to answer in own words", STUDENT, "/attempts/{essay_to_write}/1"),
    Place("results that wait to be marked", STUDENT, "/attempts/{essay}/results"),
    Place("progress", STUDENT, "/progress"),
    Place("cards", STUDENT, "/progress/cards?sort=recall"),
    Place("cards, none fits", STUDENT, "/progress/cards?show=leeches&q=qqqq"),
    Place("card", STUDENT, "/cards/{fact}"),
    Place("card never met", STUDENT, "/cards/{unmet}"),
    Place("profile", STUDENT, "/settings/profile"),
    Place("study settings", STUDENT, "/settings/study"),
    Place("learning settings", STUDENT, "/settings/learning"),
    Place("target recall", STUDENT, "/settings/retention?percent=86"),
    Place("exam date", STUDENT, "/exam"),
    Place("goals and reminders", STUDENT, "/settings/goals"),
    Place("a goal with errors", STUDENT, "/settings/goals", _aim_for_nothing),
    Place("an address for calendars", STUDENT, "/settings/goals", _make_calendar),
    Place("schedule settings", STUDENT, "/settings/scheduling"),
    Place("cards to and from Anki", STUDENT, "/anki"),
    Place("no package", STUDENT, "/anki", _send_no_package),
    Place("a comparison", STUDENT, "/anki/imports/{import_id}?still=1"),
    Place("a package compared", STUDENT, "/anki", _compare_package),
    Place("sign-in settings", STUDENT, "/settings/sign-in"),
    Place("password settings", STUDENT, "/settings/password"),
    Place("another address", STUDENT, "/settings/email", _send_empty),
    Place("signed-in browsers", STUDENT, "/settings/browsers"),
    Place("one's own data", STUDENT, "/settings/data", _open_folded),
    Place("a copy of one's data", STUDENT, "/settings/data/copies/{data_copy}?still=1"),
    Place("the end of the account", STUDENT, "/settings/data/delete", _send_empty),
    Place("own course", STUDENT, "/courses/{course}", _open_folded),
    Place("own text", STUDENT, "/sources/{source}"),
    Place("own text at the words of a fact", STUDENT, "/sources/{source}?fact={fact}"),
    Place("own text with cards", STUDENT, "/sources/{source}", _unfold_cards),
    Place("forbidden", STUDENT, _TEACH),
    Place("questions", INSTRUCTOR, _TEACH),
    Place("no question fits", INSTRUCTOR, _TEACH + "?q=qqqq"),
    Place("duplicates", INSTRUCTOR, _TEACH + "/duplicates"),
    Place("new question", INSTRUCTOR, _TEACH + "/new"),
    Place("new question with errors", INSTRUCTOR, _TEACH + "/new", _save_empty),
    Place("new gap text", INSTRUCTOR, _TEACH + "/new?type=cloze"),
    Place("new statement", INSTRUCTOR, _TEACH + "/new?type=true_false"),
    Place("question", INSTRUCTOR, _TEACH + "/{question}"),
    Place("question that somebody else saved", INSTRUCTOR, _TEACH + "/{question}", _save_late),
    Place("question as it was", INSTRUCTOR, _TEACH + "/{reviewed}?version=1"),
    Place("question in review", INSTRUCTOR, _TEACH + "/{reviewed}"),
    Place("history", INSTRUCTOR, _TEACH + "/{reviewed}/history"),
    Place("where a question is used", INSTRUCTOR, _TEACH + "/{question}/use"),
    Place("discussion", INSTRUCTOR, _TEACH + "/{reviewed}/discussion"),
    Place("comment with errors", INSTRUCTOR, _TEACH + "/{reviewed}/discussion", _say_nothing),
    Place("what a paragraph proves", INSTRUCTOR, _TEACH + "/on/{passage}"),
    Place("who approves questions", INSTRUCTOR, "/teach/{course}/reviewing"),
    Place("forms of questions", INSTRUCTOR, "/teach/{course}/forms"),
    Place("forms with errors", INSTRUCTOR, "/teach/{course}/forms", _save_no_days),
    Place("pictures and sounds, none", INSTRUCTOR, "/teach/{course}/media"),
    Place("import", INSTRUCTOR, "/teach/{course}/import"),
    Place("import without a file", INSTRUCTOR, "/teach/{course}/import", _send_no_questions),
    Place("plan of an import", INSTRUCTOR, "/teach/{course}/imports/{plan}"),
    Place("export", INSTRUCTOR, "/teach/{course}/export"),
    Place("export of a course", INSTRUCTOR, "/teach/{course}/export/course"),
    Place("what an export holds", INSTRUCTOR, "/teach/{course}/export", _check_export),
    Place("new course", INSTRUCTOR, "/courses/new"),
    Place("new course with errors", INSTRUCTOR, "/courses/new", _send_empty),
    Place("settings of a course", INSTRUCTOR, "/teach/{course}/settings"),
    Place("copy of a course", INSTRUCTOR, "/teach/{course}/copy"),
    Place("copy that was taken back", INSTRUCTOR, "/teach/{course}/copies/{copy}"),
    Place("texts", INSTRUCTOR, "/teach/{course}/texts"),
    Place("paragraph", INSTRUCTOR, "/teach/{course}/texts/{passage}"),
    Place("paragraph with errors", INSTRUCTOR, "/teach/{course}/texts/{passage}", _save_no_text),
    Place("paragraph, checked", INSTRUCTOR, "/teach/{course}/texts/{passage}", _check_other_text),
    Place("new text", INSTRUCTOR, "/teach/{course}/texts/new"),
    Place("new text with errors", INSTRUCTOR, "/teach/{course}/texts/new", _save_no_words),
    Place("what a text is", INSTRUCTOR, "/teach/{course}/texts/sources/{source}"),
    Place("no citations to check", INSTRUCTOR, "/teach/{course}/citations"),
    Place("marking", INSTRUCTOR, "/teach/{course}/marking"),
    Place("answer to mark", INSTRUCTOR, "{to_mark}"),
    Place("answer to mark, with its name", INSTRUCTOR, "{to_mark}?names=1"),
    Place("answer to mark, with errors", INSTRUCTOR, "{to_mark}", _mark_too_high),
    Place("first answer to mark", INSTRUCTOR, "{to_mark_first}"),
    Place("challenges", INSTRUCTOR, "/teach/{course}/challenges"),
    Place("challenge", INSTRUCTOR, "/teach/{course}/challenges/{finished}/0"),
    Place("no answer", INSTRUCTOR, "/teach/{course}/challenges/{finished}/0", _answer_nothing),
    Place("regrade", INSTRUCTOR, "{regraded}"),
    Place("regrade with errors", INSTRUCTOR, "{regraded}", _state_nothing),
    Place("what a regrade changes", INSTRUCTOR, "{regraded}", _look_at_changes),
    Place("regrades", INSTRUCTOR, "/teach/{course}/regrades"),
    Place("undo a regrade", INSTRUCTOR, "/teach/{course}/regrades/{regrade}/undo"),
    Place("analyses", INSTRUCTOR, "/teach/{course}/analysis"),
    Place("analysis, not enough", INSTRUCTOR, _QUIZZES + "/{quiz}/analysis"),
    Place("analysis of a question", INSTRUCTOR, _TEACH + "/{question}/analysis"),
    Place("taught quizzes", INSTRUCTOR, _QUIZZES),
    Place("new quiz", INSTRUCTOR, _QUIZZES + "/new", _open_folded),
    Place("new quiz with errors", INSTRUCTOR, _QUIZZES + "/new", _publish_empty),
    Place("quiz editor", INSTRUCTOR, _QUIZZES + "/{taught}", _open_folded),
    Place("quiz preview", INSTRUCTOR, _QUIZZES + "/{taught}/preview"),
    Place("exceptions", INSTRUCTOR, _QUIZZES + "/{taught}/exceptions"),
    Place(
        "exception of a student",
        INSTRUCTOR,
        _QUIZZES + "/{taught}/exceptions/students/{person}",
    ),
    Place("exception of a group", INSTRUCTOR, _QUIZZES + "/{taught}/exceptions/groups/{group}"),
    Place("background work", ADMIN, "/admin/jobs"),
    Place("throwing a job away", ADMIN, "/admin/jobs/{job}/throw-away"),
    Place("gradebook", INSTRUCTOR, "/teach/{course}/grades"),
    Place("marks of a student", INSTRUCTOR, "/teach/{course}/grades/{person}"),
    Place("one mark", INSTRUCTOR, "/teach/{course}/grades/{person}/{quiz}"),
    Place("one mark with errors", INSTRUCTOR, "/teach/{course}/grades/{person}/{quiz}", _no_points),
    Place("class", INSTRUCTOR, "/teach/{course}/class?sort=waiting"),
    Place("class, nobody found", INSTRUCTOR, "/teach/{course}/class?q=qqqq"),
    Place("student's progress", INSTRUCTOR, "/teach/{course}/class/{person}"),
    Place("message to a student", INSTRUCTOR, "/teach/{course}/class/message?to=student-{person}"),
    Place("message with errors", INSTRUCTOR, "/teach/{course}/class/message", _send_empty),
    Place("messages", INSTRUCTOR, "/teach/{course}/class/messages"),
    Place("people", INSTRUCTOR, "/teach/{course}/people"),
    Place("nobody found", INSTRUCTOR, "/teach/{course}/people?q=qqqq"),
    Place("person", INSTRUCTOR, "/teach/{course}/people/{person}"),
    Place("group", INSTRUCTOR, "/teach/{course}/groups/{group}"),
    Place("membership", INSTRUCTOR, "/teach/{course}/people/{person}/membership", _open_folded),
    Place("join codes", INSTRUCTOR, "/teach/{course}/join-codes", _open_folded),
    Place("a join code for the wall", INSTRUCTOR, "/teach/{course}/join-codes/sheet"),
    Place("invitations", INSTRUCTOR, "/teach/{course}/invitations"),
    Place(
        "a plan of invitations", INSTRUCTOR, "/teach/{course}/invitations/new", _plan_invitations
    ),
    Place("archiving", INSTRUCTOR, "/teach/{course}/archive"),
    Place("deleting a group", INSTRUCTOR, "/teach/{course}/groups/{group}", _ask_to_delete),
)
