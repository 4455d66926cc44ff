"""Taking one's data along, ending one's account, another address, other browsers: in a browser."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.config import Settings
from quizapp.db import db, transaction
from quizapp.formats.anki_package.archive import unpack
from quizapp.formats.anki_package.collection import opened
from quizapp.formats.anki_package.limits import Limits
from quizapp.jobs import deleting, exporting
from quizapp.jobs.handlers import purge_all
from quizapp.jobs.worker import do_one
from quizapp.models import (
    AccountDeletion,
    Attempt,
    Course,
    DataExport,
    ExportState,
    Job,
    Role,
    User,
    UserSession,
)
from quizapp.services import passwords
from quizapp.services.attempt_start import start_attempt
from quizapp.services.mark_entries import MarkPlace, WrittenMark, write_entry
from quizapp.services.sessions import open_session
from tests.support.make import NOON, Make
from tests.support.marked import hand_in
from tests.web.conftest import csrf_token

Stored = Callable[[], AbstractContextManager[Make]]
GOOD, EMAIL, NEW = "river under the bridge", "amara@example.org", "osei@example.org"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deleting, "PAUSE_SECONDS", 0)


@pytest.fixture
def member(stored: Stored) -> int:
    """A student with a quiz handed in, another one open, and a card rated; a formula for a name."""
    with stored() as make:
        course = make.course(slug="syria", title='=HYPERLINK("http://evil")', is_public=False)
        hashed = passwords.hash_password(GOOD)
        user = make.user(email=EMAIL, name="Amara Osei", password_hash=hashed)
        teacher = make.user(name="Jonas Weber", email="jonas@example.org")
        make.enrol(user, course)
        make.enrol(teacher, course, Role.INSTRUCTOR)
        quiz = make.quiz(course, [make.question(make.fact(course), "short_text")], title="War")
        hand_in(make, make.actor(user), quiz, 0, text="=1+1")
        other = make.quiz(course, [make.question(make.fact(course))], title="Not over")
        start_attempt(make.session, actor=make.actor(user), quiz_id=other.id, seed=1, now=NOON)
        hides = {"disclosure": {"after_submit": []}}
        secret = make.quiz(course, [], title="Secret", settings=hides)
        write_entry(
            make.session,
            actor=make.actor(teacher),
            course_id=course.id,
            place=MarkPlace(user.id, secret.id),
            written=WrittenMark("by_hand", "7", "10", "On paper."),
            seen=0,
            now=NOON,
        )
        return user.id


@pytest.fixture
def signed_in(client: FlaskClient, sign_in: Any, member: int) -> FlaskClient:
    sign_in(client, member)
    return client


@dataclass(frozen=True, slots=True)
class Own:
    """Amara's browser, the worker, and what is stored."""

    app: Flask
    client: FlaskClient
    sends: Callable[..., TestResponse]

    def post(self, url: str, data: Any = None, *, on: str = "", by: Any = None) -> TestResponse:
        return self.sends(by or self.client, url, data, on=on or url)

    def copy(self) -> TestResponse:
        return self.post("/settings/data/copies", on="/settings/data")

    def ask_end(self, **given: str) -> TestResponse:
        form = {"what": "everything", "present": GOOD} | given
        return self.post("/settings/data/delete", form)

    def work(self) -> int:
        """Do all the work that waits; return how many jobs that were."""
        done = 0
        while do_one(self.app):
            done += 1
        return done

    def rows(self, table: Any) -> list[Any]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(table)))

    def emails(self) -> set[str | None]:
        return {user.email for user in self.rows(User)} - {"jonas@example.org"}

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.extensions["quizapp.settings"]
        return found


@pytest.fixture
def own(app: Flask, signed_in: FlaskClient, post: Any) -> Own:
    return Own(app, signed_in, post)


def unpacked(client: FlaskClient, address: str) -> zipfile.ZipFile:
    sent = client.get(f"{address}/file")
    assert sent.status_code == 200
    assert sent.headers["Content-Disposition"].startswith("attachment")
    return zipfile.ZipFile(BytesIO(sent.data))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    data = archive.read(f"tables/{name}.csv")
    assert data.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read UTF-8"
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


class TestACopy:
    @pytest.fixture
    def archive(self, own: Own) -> Iterator[zipfile.ZipFile]:
        asked = own.copy()
        waiting = own.client.get(asked.location)
        assert "Waiting for its turn" in waiting.text
        assert waiting.headers["Refresh"] == "3"
        own.work()
        assert "It is ready" in own.client.get(asked.location).text
        assert "Copy of" in own.client.get("/settings/data").text
        with unpacked(own.client, asked.location) as archive:
            yield archive

    def test_holds_what_is_theirs_twice_and_nobody_elses(self, archive: zipfile.ZipFile) -> None:
        (account,) = table(archive, "user_account")
        (again,) = json.loads(archive.read("json/user_account.json"))
        everything = b"".join(archive.read(name) for name in archive.namelist())

        assert (account["email"], account["name"]) == (EMAIL, "Amara Osei")
        assert (again["email"], again["created_at"]) == (EMAIL, "2026-03-04T12:00:00.000Z")
        assert account["created_at"] == "2026-03-04 12:00:00"
        assert "password_hash" not in account
        assert b"argon2" not in everything
        assert b"jonas@example.org" not in everything
        names = {name.partition("/")[2].partition(".")[0] for name in archive.namelist()}
        assert {"attempt", "response", "enrolment", "review", "memory", "user_session"} <= names
        assert {name for name in archive.namelist() if "token_hash" in name} == set()

    def test_says_in_words_what_was_asked_and_answered(self, archive: zipfile.ZipFile) -> None:
        (attempt,) = json.loads(archive.read("json/attempt.json"))
        (response,) = json.loads(archive.read("json/response.json"))

        assert attempt["quiz"] == "War"
        assert attempt["questions"] == [response["question"]]
        assert response["answer"] == "=1+1"
        # Numbers of rows are longer than a spreadsheet or a program keeps.
        (cells,) = table(archive, "response")
        assert len(attempt["id"]) > 15
        assert (cells["attempt_id"], cells["slot"]) == (f"'{attempt['id']}", "0")
        assert not {"seed", "layout"} & attempt.keys()

    def test_leaves_out_an_attempt_that_is_not_over_and_says_so(
        self, archive: zipfile.ZipFile
    ) -> None:
        words = archive.read("README.txt").decode()

        assert "Not over" not in archive.read("json/attempt.json").decode()
        assert "Not in here yet: 1 of your attempts" in words
        assert "about your marks in 1 of your quizzes, which\ndo not show marks" in words
        assert b"On paper" not in b"".join(archive.read(name) for name in archive.namelist())
        assert "Each rating of a card." in words
        assert 'tick "Import any learning progress"' in words
        assert "an apostrophe before = + - @ at the beginning of a cell or of a line" in words

    def test_has_no_cell_that_a_spreadsheet_takes_for_a_formula(
        self, archive: zipfile.ZipFile
    ) -> None:
        tables = [name for name in archive.namelist() if name.endswith(".csv")]
        cells = [
            cell
            for name in tables
            for row in csv.reader(StringIO(archive.read(name).decode("utf-8-sig"), newline=""))
            for cell in row
        ]

        assert "'=1+1" in cells
        assert '\'=HYPERLINK("http://evil")' in cells
        dangerous = [cell for cell in cells if cell[:1] in set("=+@\t\r")]
        assert dangerous == []
        assert all(cell.lstrip("-").replace(".", "").isdigit() for cell in cells if cell[:1] == "-")

    def test_holds_each_course_as_a_package_with_its_cards(
        self, archive: zipfile.ZipFile, tmp_path: Any
    ) -> None:
        package, database = tmp_path / "syria.apkg", tmp_path / "cards.sqlite3"
        package.write_bytes(archive.read("anki/syria.apkg"))
        limits = Limits(expanded_bytes=10_000_000, notes=1_000)

        unpack(package, database, limits)
        with opened(database, limits, check=True) as collection:
            notes = collection.notes(most=10)

        assert len(notes) == 2


class TestMakingACopy:
    def test_a_long_table_goes_on_in_other_files_and_in_another_job(
        self, own: Own, stored: Stored, member: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("quizapp.jobs.export_parts.ROWS", 2)
        monkeypatch.setattr(exporting, "SLICE_SECONDS", -1)
        with stored() as make:
            for number in range(5):
                open_session(
                    make.session, user_id=member, now=datetime.now(UTC), browser=str(number)
                )
        asked = own.copy()
        before = [one.browser for one in own.rows(UserSession)]

        jobs = 0
        while do_one(own.app):
            jobs += 1
            if jobs == 1:
                assert own.rows(DataExport)[0].done == 1

        assert jobs > 10
        with unpacked(own.client, asked.location) as archive:
            parts = [table(archive, f"user_session{part}") for part in ("", "-2", "-3")]
        assert [len(part) for part in parts] == [2, 2, 2]
        told = [row["browser"] for part in parts for row in part]
        assert sorted(told) == sorted(before)

    def test_one_at_a_time(self, own: Own) -> None:
        own.copy()

        again = own.copy()

        assert again.location == "/settings/data"
        assert "Another copy of yours is being made" in own.client.get("/settings/data").text
        assert len(own.rows(DataExport)) == 1

    def test_it_is_thrown_away_after_a_week_or_before(self, own: Own) -> None:
        settings = own.settings
        for _ in range(2):
            own.copy()
            own.work()
        (newest,) = own.rows(DataExport)
        assert newest.number == 2
        with own.app.app_context(), transaction() as session:
            session.execute(sa.update(DataExport).values(expires_at=datetime.now(UTC)))

        assert own.client.get("/settings/data/copies/2/file").status_code == 404
        with own.app.app_context():
            purge_all(settings, {})

        assert list(settings.exports.iterdir()) == []
        own.copy()
        own.work()
        (last,) = own.rows(DataExport)
        token = csrf_token(own.client.get(f"/settings/data/copies/{last.number}").text)
        dropped = f"/settings/data/copies/{last.number}/drop"
        assert own.client.post(dropped, data={"csrf_token": token}).status_code == 303
        assert list(settings.exports.iterdir()) == []
        assert own.rows(DataExport) == []

    def test_one_that_fails_says_so(self, own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: Any, **_more: Any) -> None:
            raise RuntimeError("broke off")

        monkeypatch.setattr(exporting, "write_part", broken)
        asked = own.copy()
        own.work()

        assert "Something went wrong here" in own.client.get(asked.location).text

    @pytest.mark.parametrize("asks_again", [True, False])
    def test_one_that_no_job_makes_any_more_is_over(self, own: Own, asks_again: bool) -> None:
        first = own.copy().location
        with own.app.app_context(), transaction() as session:
            session.execute(sa.delete(Job))  # an admin threw it away, or each try failed

        if asks_again:
            assert own.copy().location.endswith("/2")
        else:
            with own.app.app_context():
                purge_all(own.settings, {})

        assert "Something went wrong here" in own.client.get(first).text

    def test_a_worker_that_was_overtaken_leaves_the_others_file(
        self, own: Own, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked, pack = own.copy(), exporting._pack
        (job,) = own.rows(Job)

        def slowly(*given: Any) -> int:
            monkeypatch.setattr(exporting, "_pack", pack)
            exporting.export_data(own.settings, job.payload)
            return pack(*given)

        monkeypatch.setattr(exporting, "_pack", slowly)
        own.work()

        with unpacked(own.client, asked.location) as archive:
            assert archive.testzip() is None
        assert len(list(own.settings.exports.iterdir())) == 1

    def test_of_a_course_it_holds_all_but_people(
        self, own: Own, client: FlaskClient, sign_in: Any, stored: Stored, member: int
    ) -> None:
        with stored() as make:
            found = sa.select(User).where(User.name == "Jonas Weber")
            teacher = make.session.scalars(found).one().id
            make.session.execute(sa.update(Course).values(title="Syria"))
        sign_in(client, teacher)
        asked = own.post("/teach/syria/export/course", on="/teach/syria/export/course", by=client)
        own.work()

        with unpacked(client, asked.location) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist())
            questions = archive.read("questions.jsonl").decode().splitlines()
            assert len(table(archive, "question")) == len(questions) == 2
            assert {"json/quiz.json", "tables/passage.csv"} <= set(archive.namelist())
            assert "the course “Syria”" in archive.read("README.txt").decode()
        for word in (b"Amara", b"Jonas", b"=1+1", b"example.org"):
            assert word not in everything


class TestTheEndOfTheAccount:
    @staticmethod
    def pass_time(own: Own) -> None:
        """Let the two weeks be over."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with own.app.app_context(), transaction() as session:
            session.execute(sa.update(AccountDeletion).values(due_at=past))
            session.execute(sa.update(Job).values(run_after=past))

    def test_asks_for_the_password(self, own: Own) -> None:
        answer = own.ask_end(present="another password")

        assert answer.status_code == 422
        assert "This is not your present password." in answer.text
        assert own.rows(AccountDeletion) == []

    def test_says_what_it_does_before(self, own: Own, stored: Stored) -> None:
        with stored() as make:
            user = make.session.scalars(sa.select(User).where(User.email == EMAIL)).one()
            verbs = make.course(title="Verbs", is_public=False)
            shared = make.course(title="Shared", is_public=False)
            make.enrol(user, verbs, Role.INSTRUCTOR)
            make.enrol(user, shared, Role.INSTRUCTOR)
            make.learner(shared)

        page = own.client.get("/settings/data/delete").text

        assert 'The course <b dir="auto">Verbs</b>, which nobody else is in' in page
        assert "Nobody else teaches 1 course." in page
        assert "Shared</a> (1 student)" in page

    def test_can_be_taken_back(self, own: Own) -> None:
        assert own.ask_end().location == "/settings/data"
        assert "Your account will be deleted on" in own.client.get("/settings/data").text

        own.post("/settings/data/keep", on="/settings/data")
        self.pass_time(own)
        own.work()

        assert EMAIL in own.emails()
        assert "Your account will be deleted on" not in own.client.get("/settings/data").text

    def test_comes_after_two_weeks_and_leaves_nobody_behind(
        self, own: Own, caplog: pytest.LogCaptureFixture
    ) -> None:
        own.ask_end()
        (letter,) = [job.payload for job in own.rows(Job) if job.name == "send_mail"]
        assert (letter["to"], "in 14 days" in letter["body"]) == (EMAIL, True)
        own.work()
        assert EMAIL in own.emails()

        self.pass_time(own)
        own.work()

        assert EMAIL not in own.emails()
        assert own.rows(Attempt) == []
        assert own.rows(Job) == []
        assert f"mail to {EMAIL}: Your Footnote account is deleted" in caplog.text
        assert own.client.get("/today").location.startswith("/sign-in")

    def test_takes_copies_along_even_one_that_is_being_made(self, own: Own) -> None:
        settings = own.settings
        own.copy()
        own.work()
        assert len(list(settings.exports.iterdir())) == 1
        own.ask_end()
        own.copy()
        assert [one.state for one in own.rows(DataExport)] == [
            ExportState.DONE,
            ExportState.WAITING,
        ]

        self.pass_time(own)
        with own.app.app_context():
            (user_id,) = [user.id for user in own.rows(User) if user.email == EMAIL]
            deleting.delete_account(settings, {"user_id": user_id})
        own.work()

        assert own.rows(DataExport) == []
        assert list(settings.exports.iterdir()) == []

    def test_goes_on_where_a_worker_stopped(
        self, own: Own, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(deleting, "SLICE_SECONDS", -1)
        own.ask_end()
        self.pass_time(own)

        own.work()

        assert EMAIL not in own.emails()
        assert [job.name for job in own.rows(Job)] == []

    def test_of_a_guest_comes_at_once(self, own: Own) -> None:
        guest, here = own.app.test_client(), "/settings/data/delete"
        own.post("/try", by=guest)
        assert None in own.emails()
        refused = own.post(here, {}, by=guest)
        assert "Tick the box" in refused.text

        sent = own.post(here, {"agreed": "y"}, by=guest)
        own.work()

        assert sent.location == "/"
        assert None not in own.emails()

    def test_is_said_to_whoever_comes_back(self, own: Own) -> None:
        own.ask_end()
        other = own.app.test_client()

        own.post("/sign-in", {"email": EMAIL, "password": GOOD}, by=other)

        assert "Your account will be deleted on" in other.get("/courses").text


class TestAnotherAddress:
    @pytest.fixture
    def link(self, own: Own, caplog: pytest.LogCaptureFixture) -> str:
        form = {"email": NEW.upper(), "present": GOOD}
        asked = own.post("/settings/email", form, on="/settings/email")
        assert asked.status_code == 303
        assert NEW in own.client.get("/settings/email").text
        own.work()
        assert f"mail to {EMAIL}: Another address for your Footnote account?" in caplog.text
        return caplog.text.partition("http://localhost/new-address/")[2].split()[0]

    def test_is_used_once_its_mailbox_says_yes(self, own: Own, link: str, caplog: Any) -> None:
        elsewhere = own.app.test_client()
        assert own.emails() == {EMAIL}
        assert elsewhere.get(f"/new-address/{link}").location == "/new-address"
        assert NEW in elsewhere.get("/new-address").text
        assert own.emails() == {EMAIL}, "looking changes nothing"

        used = own.post("/new-address", on="/new-address", by=elsewhere)
        own.work()

        assert used.location == "/sign-in"
        assert own.emails() == {NEW}
        assert f"mail to {EMAIL}: Your Footnote address was changed" in caplog.text
        elsewhere.get(f"/new-address/{link}")
        assert elsewhere.get("/new-address").status_code == 404

    def test_ends_with_another_password_or_a_change_of_mind(self, own: Own, link: str) -> None:
        form = {"present": GOOD, "password": "bridge over the river"}
        assert own.post("/settings/password", form, on="/settings/password").status_code == 303

        own.client.get(f"/new-address/{link}")
        assert own.client.get("/new-address").status_code == 404

    def test_of_somebody_else_is_not_given_away(self, own: Own, caplog: Any) -> None:
        form = {"email": "jonas@example.org", "present": GOOD}
        asked = own.post("/settings/email", form, on="/settings/email")
        own.work()

        assert asked.status_code == 303, "the page says what it always says"
        assert "mail to jonas@example.org: This address has a Footnote account" in caplog.text
        assert "/new-address/" not in caplog.text

    @pytest.mark.parametrize(
        ("form", "message"),
        [
            ({"email": "nowhere", "present": GOOD}, "Enter an email address with an @"),
            ({"email": EMAIL, "present": GOOD}, "This is your address already."),
            ({"email": NEW, "present": "wrong"}, "This is not your present password."),
        ],
    )
    def test_is_refused_beside_the_field(self, own: Own, form: Any, message: str) -> None:
        answer = own.post("/settings/email", form, on="/settings/email")

        assert answer.status_code == 422
        assert message in answer.text
        assert f'value="{form["email"]}"' in answer.text


class TestBrowsers:
    def test_one_or_all_others_are_signed_out(self, own: Own) -> None:
        others = [own.app.test_client() for _ in range(2)]
        for other in others:
            token = csrf_token(other.get("/sign-in").text)
            form = {"email": EMAIL, "password": GOOD, "csrf_token": token}
            other.post("/sign-in", data=form, headers={"User-Agent": FIREFOX})
        page = own.client.get("/settings/browsers").text
        assert page.count("Firefox on Windows</b>") == 2
        assert page.count("This browser") == 1
        name = page.partition('name="browser" value="')[2].partition('"')[0]

        own.post("/settings/browsers", {"browser": name}, on="/settings/browsers")
        left = [other for other in others if other.get("/today").status_code == 200]
        assert len(left) == 1

        own.post("/settings/browsers", on="/settings/browsers")
        assert left[0].get("/today").location.startswith("/sign-in")
        assert own.client.get("/settings/browsers").status_code == 200
        assert len(own.rows(UserSession)) == 1

    def test_nobody_signs_out_somebody_else(self, own: Own, stored: Stored) -> None:
        with stored() as make:
            open_session(make.session, user_id=make.user().id, now=datetime.now(UTC))
        theirs = next(one.token_hash for one in own.rows(UserSession) if one.user_id > 2)

        own.post("/settings/browsers", {"browser": theirs[:16]}, on="/settings/browsers")

        assert len(own.rows(UserSession)) == 2


class TestTheTabOfSigningIn:
    def test_says_how_one_signs_in_and_leads_to_what_changes_it(self, own: Own) -> None:
        own.post("/settings/email", {"email": NEW, "present": GOOD})

        page = own.client.get("/settings/sign-in").text

        assert f"{EMAIL}; {NEW} has still to say yes" in page
        assert "signed in: 1 browser, this one" in page
        for below in ("email", "password", "browsers"):
            assert f'href="/settings/{below}"' in page

    @pytest.mark.parametrize(
        ("url", "tab", "is_it"),
        [
            ("/settings/sign-in", "/settings/sign-in", "page"),
            ("/settings/email", "/settings/sign-in", "true"),
            ("/settings/password", "/settings/sign-in", "true"),
            ("/settings/browsers", "/settings/sign-in", "true"),
            ("/settings/data/delete", "/settings/data", "true"),
        ],
    )
    def test_is_marked_on_the_pages_below_it(
        self, own: Own, url: str, tab: str, is_it: str
    ) -> None:
        bar = own.client.get(url).text.partition('aria-label="Settings"')[2].partition("</nav>")[0]

        assert f'href="{tab}" aria-current="{is_it}"' in bar
        assert bar.count("aria-current") == 1


@pytest.mark.parametrize(
    ("url", "most"),
    [
        ("/settings/data", 3),
        ("/settings/data/delete", 3),
        ("/settings/sign-in", 3),
        ("/settings/email", 2),
        ("/settings/browsers", 2),
    ],
)
def test_pages_take_few_statements(own: Own, statements: Any, url: str, most: int) -> None:
    with statements() as seen:
        assert own.client.get(url).status_code == 200

    assert len(seen) <= most, "\n".join(seen)
