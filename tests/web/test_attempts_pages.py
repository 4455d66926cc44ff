"""Taking a quiz in a browser, with and without scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import ClassVar

import pytest
import sqlalchemy as sa

from quizapp.db import db
from quizapp.models import Attempt, AttemptState, Response, Review, Revision
from quizapp.questions.registry import GRADABLE
from quizapp.services.attempt_start import start_attempt
from tests.support.samples import SAMPLES

SCRIPT = {"X-Requested-With": "fetch"}
#: Stands in everything that only those who have handed in may read.
CANARY = "zzcanary"


class Taken:
    """An attempt of a signed-in learner; the addresses and forms of its pages."""

    def __init__(self, app, client, attempt_id):
        self.app, self.client, self.id = app, client, attempt_id

    def page(self, n):
        return f"/attempts/{self.id}/{n}"

    def get(self, place, **given):
        return self.client.get(f"/attempts/{self.id}/{place}", **given)

    def send(self, n, go="next", *, headers=None, form=None, **fields):
        """Post the form of question `n`, as the page now holds it, with these fields."""
        html = form or self.get(n).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
        data = hidden | {name.replace("_", "-"): value for name, value in fields.items()}
        if go:
            data["go"] = go
        return self.client.post(self.page(n), data=data, headers=headers)

    def submit(self):
        html = self.get("check").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', html).group(1)
        return self.client.post(f"/attempts/{self.id}/submit", data={"csrf_token": token})

    def rows(self):
        with self.app.app_context():
            found = db.session.execute(
                sa.select(Response.slot, Response.action, Response.content).order_by(
                    Response.slot, Response.seq
                )
            ).all()
            return [(row.slot, row.action.value, row.content) for row in found]

    def stored(self):
        with self.app.app_context():
            return db.session.execute(sa.select(*sa.inspect(Attempt).columns)).one()


def with_canaries():
    """Return content of each type whose hidden parts hold the canary."""
    return {name: SAMPLES[name].hidden(CANARY) for name in GRADABLE}


@pytest.fixture
def begin(app, client, stored, sign_in):
    """Return begin(types, …), which starts an attempt at a quiz with such questions."""

    def act(types=("single_choice", "short_text", "cloze"), *, raw=None, ago=0, **settings):
        with stored() as make:
            course = make.course(slug="syria", title="Syria & Iran")
            topic = make.topic(course, title="The base")
            passage = make.passage(course, text=f"{CANARY} passage. It names bases of any kind.")
            user = make.user(timezone="Asia/Tehran")
            make.enrol(user, course)
            questions = []
            for name in types:
                fact = make.fact(
                    course, topic, passage, statement=f"{CANARY} fact", note=f"{CANARY} note"
                )
                questions.append(make.question(fact, name, (raw or {}).get(name)))
            settings = {"shuffle_options": False, "pass_mark_percent": 60} | settings
            quiz = make.quiz(course, questions, title="Astana & Geneva", settings=settings)
            started = start_attempt(
                make.session,
                actor=make.actor(user),
                quiz_id=quiz.id,
                seed=5,
                now=datetime.now(UTC) - timedelta(seconds=ago),
            )
            user_id = user.id
        sign_in(client, user_id)
        return Taken(app, client, started.attempt_id)

    return act


class TestAQuestion:
    def test_it_shows_the_question_and_where_one_is(self, begin):
        page = begin().get(1).text

        assert "Question 1" in page
        assert "of 3" in page
        assert "Which article bars foreign bases?" in page
        assert "Astana &amp; Geneva" in page
        assert page.count("not answered") == 3

    def test_next_saves_and_leads_on(self, begin):
        taken = begin()

        answer = taken.send(1, choice="0")

        assert (answer.status_code, answer.location) == (303, taken.page(2))
        assert taken.rows() == [(0, "save", {"choice": [0]})]

    @pytest.mark.parametrize(
        ("n", "go", "place"),
        [
            (2, "previous", "1"),
            (1, "previous", "1"),
            (1, "3", "3"),
            (1, "check", "check"),
            (1, "", "1"),
            (1, "nonsense", "1"),
            (1, "9" * 5000, "1"),
        ],
    )
    def test_every_button_saves_and_leads_where_it_says(self, begin, n, go, place):
        taken = begin()
        field = {"choice": "1"} if n == 1 else {"text": "Euphrates"}

        answer = taken.send(n, go, **field)

        assert (answer.status_code, answer.location) == (303, f"/attempts/{taken.id}/{place}")
        assert len(taken.rows()) == 1

    def test_leaving_saves_and_leads_to_the_quiz(self, begin):
        taken = begin()

        answer = taken.send(2, "leave", text="Euphrates")

        assert re.fullmatch(r"/quizzes/\d+", answer.location)
        assert len(taken.rows()) == 1

    def test_what_was_saved_is_filled_in_again(self, begin):
        taken = begin()
        taken.send(1, choice="2")
        taken.send(2, text='"Euphrates" & more')
        taken.send(3, gap_0="146")

        assert re.search(r'value="2"[^>]* checked', taken.get(1).text)
        assert 'value="&#34;Euphrates&#34; &amp; more"' in taken.get(2).text
        assert 'value="146"' in taken.get(3).text
        assert "Saved " in taken.get(1).text

    def test_the_list_of_questions_says_what_is_done(self, begin):
        taken = begin()
        taken.send(1, "flag", choice="2")

        page = taken.get(2).text

        assert page.count(", answered") == 1
        assert page.count(", flagged") == 1

    def test_a_flag_saves_too_and_can_be_taken_off(self, begin):
        taken = begin()

        answer = taken.send(1, "flag", choice="2")
        flagged = taken.get(1).text
        taken.send(1, "unflag", choice="2")

        assert answer.location == taken.page(1)
        assert 'value="unflag" aria-pressed="true"' in flagged
        assert [row[1] for row in taken.rows()] == ["save", "flag", "unflag"]

    def test_an_answer_can_be_cleared(self, begin):
        taken = begin()
        taken.send(1, choice="2")

        taken.send(1, "clear", choice="2")

        assert taken.rows()[-1] == (0, "clear", None)
        assert " checked" not in taken.get(1).text

    def test_enter_presses_next_and_nothing_else(self, begin):
        page = begin().get(2).text

        first = re.search(r'<button[^>]*form="question"[^>]*>|<button[^>]*name="go"[^>]*>', page)
        assert 'value="next"' in first.group()

    def test_the_last_question_leads_to_the_check(self, begin):
        page = begin().get(3).text

        assert 'value="next"' not in page
        assert 'class="btn primary" name="go" value="check"' in page

    @pytest.mark.parametrize("place", ["0", "4", "9" * 30, "-1", "x"])
    def test_there_is_no_such_question(self, begin, place):
        assert begin().get(place).status_code == 404

    def test_a_huge_attempt_number_is_not_found(self, begin):
        assert begin().client.get(f"/attempts/{'9' * 30}/1").status_code == 404

    def test_a_form_without_its_token_is_refused(self, begin):
        taken = begin()

        answer = taken.client.post(taken.page(1), data={"choice": "0", "nonce": "n"})

        assert answer.status_code == 400
        assert taken.rows() == []


class TestRefusals:
    def test_too_long_a_response_stays_typed_and_says_what_to_do(self, begin):
        taken = begin()

        answer = taken.send(2, text="x" * 1001)

        assert answer.status_code == 422
        assert "Shorten this to 1,000 characters" in answer.text
        assert "x" * 1001 in answer.text
        assert "<title>Error: Question 2" in answer.text
        assert taken.rows() == []

    def test_a_malformed_choice_is_refused_on_the_same_page(self, begin):
        answer = begin().send(1, choice="7")

        assert answer.status_code == 422
        assert "Which article bars foreign bases?" in answer.text

    def test_an_enormous_form_is_refused(self, begin):
        taken = begin()

        answer = taken.send(2, text="x" * 2_000_000)

        assert answer.status_code == 413
        assert taken.rows() == []

    def test_a_second_tab_saves_what_was_typed_in_it_and_is_told(self, begin):
        taken = begin()
        second_tab = taken.get(2).text
        taken.send(2, text="Euphrates")

        answer = taken.send(2, form=second_tab, text="Tigris")

        assert answer.status_code == 303
        assert "in another tab too" in taken.get(2).text
        assert [row[2]["text"] for row in taken.rows()] == ["Euphrates", "Tigris"]

    def test_a_second_tab_in_which_nothing_was_chosen_loses_nothing(self, begin):
        taken = begin()
        second_tab = taken.get(2).text
        taken.send(2, text="Euphrates")

        answer = taken.send(2, form=second_tab, text="")

        assert answer.status_code == 303
        assert [row[2]["text"] for row in taken.rows()] == ["Euphrates"]

    def test_an_answer_is_cleared_after_a_script_has_saved_from_the_same_page(self, begin):
        taken = begin()
        taken.send(1, choice="1")
        form = taken.get(1).text
        taken.send(1, form=form, choice="2", turn="1")

        taken.send(1, "clear", form=form, choice="2", turn="2")

        assert taken.rows()[-1] == (0, "clear", None)

    def test_sending_the_same_form_twice_is_one_row(self, begin):
        taken = begin()
        form = taken.get(1).text

        answers = [taken.send(1, "flag", form=form, choice="1") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [303, 303]
        assert len(taken.rows()) == 2


class TestSavingByScript:
    def test_it_says_when_it_saved_in_the_learners_time(self, begin):
        answer = begin().send(1, "", headers=SCRIPT, choice="0")

        assert answer.status_code == 200
        local = datetime.now(UTC) + timedelta(hours=3, minutes=30)
        nearly = {f"{(local - timedelta(minutes=m)):%-H:%M}" for m in (0, 1)}
        assert answer.json["saved"] in nearly

    def test_the_same_page_may_save_again_and_again(self, begin):
        taken = begin()
        form = taken.get(1).text

        answers = [
            taken.send(1, "", headers=SCRIPT, form=form, choice=choice).status_code
            for choice in ("0", "1", "0")
        ]

        assert answers == [200, 200, 200]
        assert [row[2]["choice"] for row in taken.rows()] == [[0], [1], [0]]

    def test_a_refusal_is_no_page(self, begin):
        answer = begin().send(2, "", headers=SCRIPT, text="x" * 1001)

        assert answer.status_code == 422
        assert "Shorten" in answer.json["problems"][0]

    def test_after_the_end_it_names_the_results(self, begin):
        taken = begin()
        form = taken.get(1).text
        taken.submit()

        answer = taken.send(1, "", headers=SCRIPT, form=form, choice="0")

        assert answer.status_code == 200
        assert answer.json == {"results": f"/attempts/{taken.id}/results"}


class TestTime:
    def test_a_limit_is_shown_as_a_timer(self, begin):
        page = begin(time_limit_minutes=10).get(1).text

        assert re.search(r'data-deadline="20[^"]+\+00:00" data-now="20[^"]+\+00:00"', page)
        assert re.search(r"<b data-time>(10:00|9:5\d)</b>", page)
        assert 'data-time-up="question"' in page

    def test_without_a_limit_there_is_none(self, begin):
        assert "data-deadline" not in begin().get(1).text

    def test_in_the_grace_a_form_is_saved_and_handed_in(self, begin):
        taken = begin(time_limit_minutes=1, ago=65)

        answer = taken.send(1, "", choice="0")

        assert answer.location == f"/attempts/{taken.id}/results"
        assert (taken.stored().state, taken.stored().mark) == (AttemptState.SUBMITTED, 1)
        assert "Time is up" in taken.get("results").text

    def test_after_the_grace_a_form_changes_nothing_and_says_so_kindly(self, begin):
        taken = begin(time_limit_minutes=1, ago=91)
        token = re.search(
            r'name="csrf_token" value="([^"]+)"', taken.client.get("/settings/profile").text
        ).group(1)

        # The learner had the page open all along: nobody looked before the form came.
        hidden = {"nonce": "of the open page", "csrf_token": token}
        answer = taken.client.post(taken.page(1), data={**hidden, "choice": "0", "go": "next"})

        assert (answer.status_code, answer.location) == (303, f"/attempts/{taken.id}/results")
        assert taken.rows() == []
        assert "This quiz is handed in" in taken.get("results").text

    @pytest.mark.parametrize("place", ["1", "check", "results"])
    def test_looking_at_an_overdue_attempt_hands_it_in(self, begin, place):
        taken = begin(time_limit_minutes=1, ago=3600)

        answer = taken.get(place, follow_redirects=True)

        assert answer.request.path == f"/attempts/{taken.id}/results"
        assert taken.stored().submitted_at == taken.stored().due_at


class TestChecking:
    def test_it_lists_what_is_open_with_links(self, begin):
        taken = begin()
        taken.send(1, choice="0")
        taken.send(2, "flag")

        page = taken.get("check").text

        assert "1 of 3 questions answered, 1 flagged." in page
        assert page.count("Not answered") == 2
        assert page.count("Flagged") == 1
        assert f'href="{taken.page(2)}"' in page
        assert page.count("btn primary") == 1

    def test_when_all_is_done_it_says_so(self, begin):
        taken = begin(("single_choice",))
        taken.send(1, "check", choice="0")

        assert "All 1 questions" not in taken.get("check").text
        assert "The question is answered." in taken.get("check").text

    def test_resuming_leads_to_what_is_still_to_do(self, begin):
        taken = begin(("single_choice", "single_choice"))
        places = [taken.client.get(f"/attempts/{taken.id}").location]
        for n in (1, 2):
            taken.send(n, choice="0")
            places.append(taken.client.get(f"/attempts/{taken.id}").location)
        taken.submit()
        places.append(taken.client.get(f"/attempts/{taken.id}").location)

        assert places == [f"/attempts/{taken.id}/{place}" for place in (1, 2, "check", "results")]


class TestTheEnd:
    def test_submitting_leads_to_the_results_and_again_to_the_same(self, begin):
        taken = begin()
        taken.send(1, choice="0")
        token = re.search(r'"csrf_token" value="([^"]+)"', taken.get("check").text).group(1)
        first, second = (
            taken.client.post(f"/attempts/{taken.id}/submit", data={"csrf_token": token})
            for _ in range(2)
        )

        assert (first.status_code, first.location) == (303, f"/attempts/{taken.id}/results")
        assert (second.status_code, second.location) == (303, first.location)
        with taken.app.app_context():
            assert len(db.session.scalars(sa.select(Review.id)).all()) == 1

    def test_pages_of_a_submitted_attempt_lead_to_its_results(self, begin):
        taken = begin()
        taken.submit()

        for place in ("1", "check"):
            answer = taken.get(place)
            assert (answer.status_code, answer.location) == (303, f"/attempts/{taken.id}/results")

    def test_results_of_an_open_attempt_lead_back_to_it(self, begin):
        taken = begin()

        answer = taken.get("results", follow_redirects=True)

        assert answer.request.path == taken.page(1)
        assert answer.history[0].status_code == 303

    @pytest.mark.parametrize("place", ["1", "check", "results"])
    def test_someone_elses_attempt_is_not_found(self, begin, stored, sign_in, place):
        taken = begin()
        with stored() as make:
            other = make.user(email="other@example.org").id
        sign_in(taken.client, other)

        assert taken.get(place).status_code == 404

    def test_nobody_submits_for_someone_else(self, begin, stored, sign_in, post):
        taken = begin()
        with stored() as make:
            other = make.user(email="other@example.org").id
        sign_in(taken.client, other)

        answer = post(taken.client, f"/attempts/{taken.id}/submit", on="/settings/profile")

        assert answer.status_code == 404
        assert taken.stored().state is AttemptState.OPEN


class TestResults:
    def test_they_show_the_mark_and_each_answer_with_its_proof(self, begin):
        taken = begin()
        taken.send(1, choice="1")
        taken.send(2, text="Euphrates")
        taken.submit()

        page = taken.get("results?show=all").text

        assert "<b>1</b> of 3 right" in page
        assert "not passed" in page
        assert "Your answer" in page
        assert "Right answer" in page
        assert "That one is about leadership." in page
        assert "<b>Why A.</b>" in page
        assert page.count(f"<mark>{CANARY} passage</mark>") == 3
        assert "The base" in page
        assert page.count("Card due in") == 2

    def test_they_show_the_picture_that_was_asked_about(self, begin):
        name = f"{'0a' * 16}.png"
        asked = f"Which city is it?\n\n![A city by a river](media:{name})"
        taken = begin(("short_text",), raw={"short_text": {"stem": asked, "accepted": ["Mosul"]}})
        taken.submit()

        page = taken.get("results").text
        assert re.search(rf'<img src="/media/{name}" alt="A city by a river"', page)

    def test_they_begin_with_what_was_missed(self, begin):
        taken = begin()
        taken.send(2, "flag", text="Euphrates")
        taken.submit()

        assert re.findall(r'id="q(\d)"', taken.get("results").text) == ["1", "3"]
        assert re.findall(r'id="q(\d)"', taken.get("results?show=flagged").text) == ["2"]
        assert re.findall(r'id="q(\d)"', taken.get("results?show=all").text) == ["1", "2", "3"]
        assert re.findall(r'id="q(\d)"', taken.get("results?show=x").text) == ["1", "3"]

    def test_they_say_what_went_into_the_memory(self, begin):
        taken = begin()
        taken.send(1, choice="1")
        taken.send(2, text="Euphrates")
        taken.submit()

        assert "2 cards added to your review" in taken.get("results").text

    def test_each_attempt_tells_of_its_own_reviews(self, begin, post):
        taken = begin(("single_choice",))
        first = taken.id
        for _ in range(2):
            taken.send(1, choice="1")
            taken.submit()
            last = taken.get("results").text
            quiz = re.search(r'action="(/quizzes/\d+/start)"', last).group(1)
            second = post(taken.client, quiz, on="/settings/profile").location
            taken.id = int(second.split("/")[2])
        taken.id = first

        assert "1 card rated again" in last
        assert "1 card added to your review" in taken.get("results").text

    def test_a_quiz_that_does_not_count_says_nothing_of_cards(self, begin):
        taken = begin(counts_for_memory=False)
        taken.send(1, choice="1")
        taken.submit()

        page = taken.get("results").text
        assert "added to your review" not in page
        assert "Card due" not in page

    def test_part_marks_are_shown_with_two_decimals(self, begin):
        taken = begin(("multiple_response",))
        taken.send(1, choice=["0"])
        taken.submit()

        page = taken.get("results").text
        assert "<b>0.33</b> of 1 points" in page
        assert "Partly right" in page
        assert taken.stored().mark == Fraction(1, 3)

    def test_they_compare_with_the_attempt_before(self, begin, post):
        taken = begin(("single_choice", "single_choice"))
        taken.submit()
        quiz = re.search(r'action="(/quizzes/\d+/start)"', taken.get("results").text).group(1)
        second = post(taken.client, quiz, on="/settings/profile").location
        taken.id = int(second.split("/")[2])
        taken.send(1, choice="0")
        taken.submit()

        page = taken.get("results").text

        assert "1 more than in attempt 1" in page
        assert "50\N{NO-BREAK SPACE}%, and the pass mark is 60\N{NO-BREAK SPACE}%" in page

    def test_a_perfect_attempt_offers_to_try_again_only(self, begin):
        taken = begin(("single_choice",))
        taken.send(1, choice="0")
        taken.submit()

        page = taken.get("results").text
        assert "Go through" not in page
        assert "Try again" in page
        assert re.findall(r'id="q(\d)"', page) == ["1"]

    def test_when_no_attempt_is_left_none_is_offered(self, begin):
        taken = begin(("single_choice",), attempts_allowed=1)
        taken.submit()

        assert "Try again" not in taken.get("results").text


class TestTheKeyStaysHidden:
    #: What a form sends for each type, as `Taken.send` takes it.
    GIVEN: ClassVar = {
        name: {key.replace("-", "_"): values for key, values in SAMPLES[name].other.items()}
        for name in GRADABLE
    }
    UNSEEN: ClassVar = [word for sample in SAMPLES.values() for word in sample.unseen]

    @staticmethod
    def leaks(answer):
        sent = answer.text.lower() + str(answer.headers).lower()
        return any(word.lower() in sent for word in (CANARY, *TestTheKeyStaysHidden.UNSEEN))

    def test_no_page_before_submission_holds_what_belongs_after_it(self, begin):
        taken = begin(tuple(self.GIVEN), raw=with_canaries())
        answers = []
        for n, given in enumerate(self.GIVEN.values(), start=1):
            answers.append(taken.get(n))
            answers.append(taken.send(n, "flag", **given))
            answers.append(taken.send(n, "", headers=SCRIPT, **given))
            answers.append(taken.get(n))
        place = {name: n for n, name in enumerate(self.GIVEN, start=1)}
        answers.append(taken.send(1, choice="77"))
        answers.append(taken.send(place["short_text"], text="x" * 1001))
        answers.append(taken.send(place["ordering"], place_0="2", place_1="2"))
        answers += [taken.get("check"), taken.get("results", follow_redirects=True)]
        answers += [taken.client.get("/quizzes"), taken.client.get(f"/attempts/{taken.id}")]
        answers.append(taken.client.get(taken.send(1, "leave").location))

        assert not [answer.request.path for answer in answers if self.leaks(answer)]
        taken.submit()
        assert self.leaks(taken.get("results?show=all"))

    def test_another_key_makes_the_same_page(self, begin, stored):
        taken = begin(("single_choice",))
        before = self.without_chance(taken.get(1).text)
        with stored() as make:
            revision = make.session.scalars(sa.select(Revision)).one()
            options = revision.content["options"]
            changed = [{**one, "key": place == 2} for place, one in enumerate(options)]
            revision.content = {**revision.content, "options": changed}

        assert self.without_chance(taken.get(1).text) == before

    @staticmethod
    def without_chance(page):
        return re.sub(r'name="(csrf_token|nonce)" value="[^"]*"', r"\1", page)


@pytest.mark.parametrize("place", ["1", "check", "results?show=all"])
def test_a_page_takes_the_same_number_of_statements_for_5_and_30_questions(
    begin, place, statements, stored
):
    taken = begin(("single_choice",) * 30)
    with stored() as make:
        attempt = make.session.scalars(sa.select(Attempt)).one()
        whole, few = attempt.layout, attempt.layout[:5]
    for n in (1, 2, 7):
        taken.send(n, "flag", choice="0")
    if place.startswith("results"):
        taken.submit()
    taken.get(place)

    with statements() as many:
        assert taken.get(place).status_code == 200
    with stored() as make:
        make.session.scalars(sa.select(Attempt)).one().layout = few
    with statements() as fewer:
        assert taken.get(place).status_code == 200

    assert len(whole) == 30
    # What the results show is ruled by the quiz as it is now for this learner: two more,
    # what was said and decided since is a third, and what the gradebook says of it a fourth.
    assert len(many) == len(fewer) <= (12 if place.startswith("results") else 8)
