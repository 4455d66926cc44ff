"""The exam date and the target recall, in a browser."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.db import db
from quizapp.jobs import planning
from quizapp.jobs.handlers import plan_exams
from quizapp.jobs.worker import do_one
from quizapp.models import Exam, Fact, Job, MemoryRules, Status
from quizapp.queries.exams import ExamView
from quizapp.services import exams
from quizapp.services.exams import Outlook
from quizapp.services.jobs import JobName
from quizapp.web.exam_words import Prospect, Words

TODAY = date(2026, 11, 22)
SPACE = "\u00a0"


@pytest.fixture
def signed_in(client, sign_in, stored):
    with stored() as make:
        course = make.course(slug="syria", title="Syria & Iran")
        topic = make.topic(course)
        for _ in range(4):
            make.question(make.fact(course, topic))
        user = make.user()
        make.enrol(user, course)
        user_id = user.id
    sign_in(client, user_id)
    return client


@pytest.fixture
def plan(app):
    """Have the worker do what setting a date left it."""

    def work():
        while do_one(app):
            pass

    return work


def form(**given):
    # The learner's day begins at four.
    day = (datetime.now(UTC) - timedelta(hours=4)).date() + timedelta(days=20)
    return {"day": day.isoformat(), "minutes": "15", "target": "90"} | given


def outlook(**given):
    values = {
        "days": (0, 10, 20),
        "studied": (0.2, 0.6, 0.92),
        "unstudied": (0.2, 0.15, 0.1),
        "low": 0.89,
        "high": 0.95,
        "needed": 13.2,
        "facts": 40,
        "unmet": 10,
        "today": 6,
        "prices": (0.1,),
    }
    return Outlook(**values | given)


def words(target=0.9, minutes=15, **given):
    exam = ExamView(TODAY + timedelta(days=20), target, minutes, TODAY, None)
    return Words(Prospect(exam, TODAY), outlook(**given))


class TestExam:
    def test_it_is_found_from_the_day_and_from_the_settings(self, signed_in):
        for page in ("/today", "/settings/study"):
            assert 'href="/exam' in signed_in.get(page).text

    def test_while_its_plan_is_made_the_page_looks_again_until_told_not_to(self, signed_in, post):
        answer = post(signed_in, "/exam", form(), on="/exam")

        shown = signed_in.get(answer.location)
        assert "Your plan is being made" in shown.text
        assert shown.headers["Refresh"] == "2"
        assert "Change the date" not in shown.text  # what is typed there would be lost
        told = signed_in.get("/exam?still=1")
        assert "Refresh" not in told.headers
        assert "Change the date" in told.text

    def test_without_cards_there_is_nothing_to_plan_and_nothing_to_wait_for(
        self, app, signed_in, post
    ):
        post(signed_in, "/exam", form(), on="/exam")
        with app.app_context():
            db.session.execute(sa.update(Fact).values(status=Status.RETIRED))
            db.session.commit()

        shown = signed_in.get("/exam")

        assert "Nothing to plan yet" in shown.text
        assert "Refresh" not in shown.headers

    def test_setting_it_reckons_nothing_while_others_wait(self, signed_in, post, monkeypatch):
        monkeypatch.setattr(exams, "reckon_plan", None)
        monkeypatch.setattr(exams.exam, "plan", None)

        assert post(signed_in, "/exam", form(), on="/exam").status_code == 303

    def test_it_is_set_and_shown_and_the_day_follows_it(self, signed_in, post, plan):
        answer = post(signed_in, "/exam", form(), on="/exam")
        plan()

        page = signed_in.get(answer.location).text
        assert answer.status_code == 303
        assert "in 20 days" in page
        assert "View as a table" in page
        assert "Today&#39;s plan: 4 cards" in page
        assert "plan for your exam" in signed_in.get("/today").text
        assert signed_in.get("/review").status_code == 200

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"day": "2020-01-01"}, "Choose a day from tomorrow on."),
            ({"day": "soon"}, "Enter a date, like 2027-03-31."),
            ({"minutes": ""}, "Enter a whole number from 1 to 240."),
            ({"minutes": "9999"}, "Choose from 1 to 240 minutes a day."),
            ({"target": "20"}, "Choose a target from 50 to 99 %."),
        ],
    )
    def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(
        self, signed_in, post, given, said
    ):
        answer = post(signed_in, "/exam", form(**given), on="/exam")

        assert answer.status_code == 422
        assert said in answer.text
        assert "<title>Error:" in answer.text

    def test_a_date_that_was_removed_is_set_again_by_one_press(self, signed_in, post):
        post(signed_in, "/exam", form(minutes="33"), on="/exam")

        answer = post(signed_in, "/exam/remove", {}, on="/exam")

        page = signed_in.get(answer.location).text
        assert "Set it again" in page
        assert 'value="33"' in page
        assert f'value="{form()["day"]}"' in page

    def test_after_the_day_the_page_says_so(self, app, signed_in, post):
        post(signed_in, "/exam", form(), on="/exam")
        with app.app_context():
            db.session.execute(sa.update(Exam).values(day=date(2026, 1, 5)))
            db.session.commit()

        page = signed_in.get("/exam").text

        assert "Your exam was on 5 January 2026" in page
        assert "plan for your exam" not in signed_in.get("/today").text

    def test_the_job_plans_the_days_that_have_begun(self, app, signed_in, post, plan):
        post(signed_in, "/exam", form(), on="/exam")
        plan()
        with app.app_context():
            db.session.execute(sa.update(Exam).values(planned_on=date(2026, 1, 5)))
            db.session.commit()
            assert "Reckoned on 5 January 2026" in signed_in.get("/exam").text

            plan_exams(app.extensions["quizapp.settings"], {})

        assert "Reckoned on" not in signed_in.get("/exam").text

    def test_many_days_that_begin_at_once_let_other_jobs_in_between(
        self, app, signed_in, post, monkeypatch
    ):
        post(signed_in, "/exam", form(), on="/exam")
        monkeypatch.setattr(planning, "AT_ONCE", 0)

        with app.app_context():
            plan_exams(app.extensions["quizapp.settings"], {})
            left = db.session.scalars(
                sa.select(Job.run_after).where(Job.name == JobName.PLAN_EXAMS)
            ).all()

        assert [at <= datetime.now(UTC) for at in left] == [True]

    def test_it_takes_at_most_five_statements(self, signed_in, post, statements, plan):
        post(signed_in, "/exam", form(), on="/exam")
        plan()

        with statements() as seen:
            signed_in.get("/exam")

        assert len(seen) <= 5, seen


class TestWords:
    def test_on_course(self):
        said = words()

        assert said.heading == "You are on course"
        assert f"recall 92{SPACE}% of the course" in said.finding
        assert said.advice == f"Your target of 90{SPACE}% needs about that much. Keep going."

    def test_more_time_than_needed(self):
        assert words(needed=4.2).advice.startswith("About 5 minutes a day would be enough")

    def test_too_little_time(self):
        said = words(target=0.97, needed=21.5)

        assert said.heading == "There is not enough time"
        assert said.advice == f"Your target of 97{SPACE}% needs about 22 minutes a day."

    def test_too_late(self):
        said = words(target=0.94, needed=None)

        assert said.heading == "It will be close"
        assert f"94{SPACE}% is out of reach by then" in said.advice

    def test_the_chart_ends_with_the_exam(self):
        chart = words().chart

        assert chart.title == f"92{SPACE}% with the plan, 10{SPACE}% without"
        assert chart.rows[-1] == ("12 Dec", f"92.0{SPACE}%", f"10.0{SPACE}%")


class TestRetention:
    def test_the_slider_stands_at_what_is_aimed_for(self, signed_in):
        page = signed_in.get("/settings/retention").text

        assert 'value="90"' in page
        assert "This is what you aim for now." in page
        assert "Least work for each fact" in page

    def test_without_a_script_another_percent_is_an_address(self, signed_in):
        page = signed_in.get("/settings/retention?percent=80").text

        assert 'value="80"' in page
        assert f"Aim for 80{SPACE}%" in page

    def test_a_part_of_the_page_answers_a_move(self, signed_in):
        part = signed_in.get("/settings/retention/load?percent=95").text

        assert "<html" not in part
        assert "Minutes a day" in part
        assert f"95{SPACE}%" in part

    @pytest.mark.parametrize("percent", ["", "12", "98", "x", "-1", "99999999999999999999"])
    def test_what_makes_no_sense_is_what_is_held(self, signed_in, percent):
        page = signed_in.get(f"/settings/retention?percent={percent}").text

        assert "This is what you aim for now." in page

    def test_it_is_saved_as_rules_and_nothing_else_changes(self, app, signed_in, post):
        answer = post(signed_in, "/settings/retention", {"percent": "84"}, on="/settings/retention")

        assert answer.status_code == 303
        with app.app_context():
            (kept,) = db.session.scalars(sa.select(MemoryRules.settings)).all()
        assert (kept["desired_retention"], kept["new_per_day"]) == (0.84, 10)
        assert 'value="84"' in signed_in.get("/settings/retention").text

    def test_a_wrong_percent_is_refused(self, app, signed_in, post):
        post(signed_in, "/settings/retention", {"percent": "99"}, on="/settings/retention")

        with app.app_context():
            assert db.session.scalars(sa.select(MemoryRules)).all() == []
        assert "Choose a recall from 70 to 97 %." in signed_in.get("/settings/retention").text

    def test_a_move_takes_at_most_six_statements(self, signed_in, statements):
        with statements() as seen:
            signed_in.get("/settings/retention/load?percent=95")

        assert len(seen) <= 6, seen
