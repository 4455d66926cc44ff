"""Checking, trying again, saying how sure one is: a question's page under each behaviour."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import Memory, QuarterTotal, Review
from quizapp.questions.registry import GRADABLE
from tests.support.make import RAW
from tests.support.taken import SCRIPT, Taken, take

TEXT = "It names bases of any kind. Article 146 is repeated. Nothing else is said here."
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def begin(client: Any, stored: Any, sign_in: Any) -> Callable[..., Taken]:
    def act(*names: str, **settings: Any) -> Taken:
        names = names or ("single_choice", "short_text", "multiple_response")
        return take(
            client, stored, sign_in, [(name, None) for name in names], text=TEXT, **settings
        )

    return act


class TestImmediate:
    def test_a_checked_question_shows_its_outcome_in_place_of_its_fields(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(behaviour="immediate")
        before = taken.get(1).text

        answer = taken.send(1, "grade", choice="1")

        assert (answer.status_code, answer.location) == (303, f"/attempts/{taken.id}/1")
        page = taken.get(1).text
        assert "Check this answer" in before
        assert "Check this answer" not in page
        assert 'name="choice"' not in page
        assert "data-autosave" not in page
        assert "That one is about leadership." in page
        assert "<mark>It names bases of any kind</mark>" in page
        assert "<b>Why A.</b>" in page
        assert "0 of 1 points" in page

    def test_the_list_of_questions_tells_how_each_did(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="immediate")
        taken.send(1, "grade", choice="0")
        taken.send(2, "grade", text="Tigris")
        taken.send(3, "grade", choice=["0"])

        page = taken.get(2).text

        for verdict in (", right<", ", wrong<", ", partly right<"):
            assert page.count(verdict) == 1
        assert taken.get("check").text.count("Partly right") == 1

    def test_what_is_sent_after_that_is_refused_kindly(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="immediate")
        form = taken.get(1).text
        taken.send(1, "grade", form=form, choice="1")

        script = taken.send(1, "", form=form, headers=SCRIPT, choice="0")
        again = taken.send(1, "grade", form=form, choice="0")
        cleared = taken.send(1, "clear", form=form, choice="0")

        assert (script.status_code, list(script.json)) == (200, ["final"])
        assert [again.status_code, cleared.status_code] == [303, 303]
        assert "checked already" in taken.get(1).text
        assert [row[1] for row in taken.rows()] == ["check"]

    def test_a_checked_question_can_be_flagged_and_left(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="immediate")
        taken.send(1, "grade", choice="1")

        taken.send(1, "flag")
        answer = taken.send(1, "next")

        assert answer.location == f"/attempts/{taken.id}/2"
        assert [row[1] for row in taken.rows()] == ["check", "flag"]
        assert "You flagged this" in taken.get(1).text

    def test_nothing_to_check_is_said(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="immediate")

        answer = taken.send(1, "grade")

        assert answer.status_code == 303
        assert "Give an answer first" in taken.get(1).text
        assert taken.rows() == []

    def test_what_was_not_checked_counts_when_handed_in(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="immediate")
        taken.send(1, "grade", choice="0")
        taken.send(2, text="Euphrates")

        taken.submit()

        assert taken.mark() == 2

    def test_too_long_a_response_is_not_checked(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="immediate")

        answer = taken.send(2, "grade", text="x" * 1001)

        assert answer.status_code == 422
        assert "x" * 1001 in answer.text
        assert taken.rows() == []


class TestPractice:
    def test_it_says_how_many_tries_there_are_and_what_they_cost(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(behaviour="practice", tries=3)

        pages = [taken.get(1).text]
        for choice in ("1", "2"):
            taken.send(1, "grade", choice=choice)
            pages.append(taken.get(1).text)

        assert "Try 1 of 3, each further try costs 25&nbsp;%." in pages[0]
        assert "Try 2 of 3, each further try costs 25&nbsp;%." in pages[1]
        assert "2 tries left; the next one can earn 75&nbsp;% of the points" in pages[1]
        assert "Try 3 of 3, the last one." in pages[2]

    def test_hints_say_where_to_read_and_then_leave_out_the_proof_and_the_key(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(behaviour="practice", tries=3)

        pages = [taken.get(1).text]
        for choice in ("1", "2"):
            taken.send(1, "grade", choice=choice)
            pages.append(taken.get(1).text)

        first, second = (
            re.findall(r'aria-label="Hint">.*?</section>', page, re.DOTALL) for page in pages[1:]
        )
        assert "Hint" not in pages[0]
        assert "Course reader, Article 146, P" in first[0]
        assert 'target="_blank"' in first[0]
        assert "blockquote" not in first[0]
        assert "Nothing else is said here." in second[0]
        assert "is repeated" in second[0]
        assert second[0].count("words left out") == 2
        assert "bases of any kind" not in second[0]
        assert "Article 146 is" not in second[0]

    def test_a_right_try_shows_the_whole_and_what_it_earned(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(behaviour="practice")
        taken.send(1, "grade", choice="1")
        taken.send(1, "grade", choice="0")

        page = taken.get(1).text

        assert "0.75 of 1 points" in page
        assert f"Try 1 wrong, try 2 right (−25{NBSP}%)." in page
        assert "<mark>" in page
        assert 'name="choice"' not in page

    def test_the_last_try_ends_it(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="practice", tries=2)
        for choice in ("1", "2"):
            taken.send(1, "grade", choice=choice)

        page = taken.get(1).text

        assert "0 of 1 points" in page
        assert "Check this answer" not in page

    def test_the_same_answer_again_is_no_second_try(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="practice", tries=2)
        for _ in range(3):
            taken.send(1, "grade", choice="1")

        page = taken.get(1).text

        assert "You have tried that answer already" in page
        assert "1 try left" in page

    def test_a_partly_right_try_says_so(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="practice")
        taken.send(3, "grade", choice=["0"])

        assert "Partly right." in taken.get(3).text

    def test_without_passages_there_is_no_hint(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="practice", disclosure={"during": ["response", "marks"]})
        taken.send(1, "grade", choice="1")
        taken.send(1, "grade", choice="2")

        page = taken.get(1).text

        assert "Not right yet" in page
        assert "Hint" not in page

    def test_the_results_list_the_tries(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="practice")
        taken.send(1, "grade", choice="1")
        taken.send(1, "grade", choice="0")
        taken.submit()

        page = taken.get("results?show=all").text

        assert taken.mark() == Fraction(3, 4)
        assert f"Try 1 wrong, try 2 right (−25{NBSP}%)." in page


class TestCertainty:
    def test_it_asks_how_sure_and_says_what_each_earns_and_costs(
        self, begin: Callable[..., Taken]
    ) -> None:
        page = begin(behaviour="certainty").get(1).text

        words = re.sub(r"<[^>]+>", " ", page)
        assert "How sure are you?" in page
        for stake in ("Right +1, wrong 0", "Right +2, wrong −2", "Right +3, wrong −6"):
            assert stake in words
        assert "Check this answer" not in page

    def test_what_was_said_is_kept_and_shown_again(self, begin: Callable[..., Taken]) -> None:
        taken = begin(behaviour="certainty")

        answer = taken.send(1, "", headers=SCRIPT, choice="0", certainty="2")

        assert answer.status_code == 200
        assert re.search(r'name="certainty" value="2" checked', taken.get(1).text)
        assert taken.rows() == [(0, "save", {"choice": [0]}, 2)]

    def test_it_stays_said_on_a_page_that_was_refused(self, begin: Callable[..., Taken]) -> None:
        answer = begin(behaviour="certainty").send(2, text="x" * 1001, certainty="3")

        assert answer.status_code == 422
        assert re.search(r'name="certainty" value="3" checked', answer.text)

    def test_the_results_explain_what_it_earned_and_show_what_is_below_nothing(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(behaviour="certainty")
        taken.send(1, choice="0", certainty="3")
        taken.send(2, text="Tigris", certainty="3")
        taken.send(3, choice=["0"], certainty="2")
        taken.submit()

        page = taken.get("results?show=all").text

        assert "Right and certain: +3" in page
        assert "Wrong and certain: −6" in page
        assert "Partly right and fairly sure: +0.67 of +2" in page
        assert "<b>−2.33</b> of 9 points" in page
        assert f"−26{NBSP}%" in page
        assert 'value="0" max="100"' in page


class TestNothingCanHurt:
    @pytest.mark.parametrize("go", ["next", "grade", "flag", "clear", "check", "leave", ""])
    def test_a_stale_tab_is_led_to_the_results(self, begin: Callable[..., Taken], go: str) -> None:
        taken = begin(behaviour="immediate")
        form = taken.get(1).text
        taken.submit()

        answer = taken.send(1, go, form=form, choice="0")

        assert (answer.status_code, answer.location) == (303, f"/attempts/{taken.id}/results")
        page = taken.get("results").text
        assert "This quiz is handed in" in page
        assert taken.rows() == []

    def test_a_script_that_comes_too_late_is_told_where_the_results_are(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin()
        form = taken.get(2).text
        taken.submit()

        answer = taken.send(2, "", form=form, headers=SCRIPT, text="x" * 1001)

        assert answer.status_code == 200
        assert answer.json == {"results": f"/attempts/{taken.id}/results"}

    def test_a_script_in_the_grace_is_saved_and_told_the_same(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(time_limit_minutes=1, ago=70)

        answer = taken.send(1, "", headers=SCRIPT, choice="0")

        assert answer.json == {"results": f"/attempts/{taken.id}/results"}
        assert taken.mark() == 1


class TestBeforeHandingIn:
    def test_what_was_checked_for_the_last_time_is_not_offered_to_be_changed(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(behaviour="immediate")
        taken.send(1, "grade", choice="1")
        taken.send(2, text="Tigris")

        page = taken.client.get(f"/attempts/{taken.id}/check").text

        assert re.findall(r">(Look at|Change|Answer)<span", page) == ["Look at", "Change", "Answer"]

    def test_a_wrong_try_with_more_to_come_is_offered_to_be_changed(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(behaviour="practice", tries=2)
        taken.send(1, "grade", choice="1")

        page = taken.client.get(f"/attempts/{taken.id}/check").text

        assert re.search(r">Change<span class=\"sr\"> question 1<", page)

    def test_a_check_that_shows_nothing_says_that_it_was_taken(
        self, begin: Callable[..., Taken]
    ) -> None:
        taken = begin(behaviour="immediate", disclosure={"during": []})
        taken.send(1, "grade", choice="1")

        assert "Checked. Your answer stays as it is" in taken.get(1).text
        assert "Checked. Your answer" not in taken.get(2).text


class TestHowLong:
    @pytest.mark.parametrize(
        ("limit", "said"),
        [
            (6, "We tell you at 5 minutes and at 1 minute."),
            (5, "We tell you at 1 minute."),
            (1, "What you have saved then is handed in."),
        ],
    )
    def test_only_what_comes_is_announced(
        self, begin: Callable[..., Taken], limit: int, said: str
    ) -> None:
        assert said in html.unescape(begin(time_limit_minutes=limit).get(1).text)

    def test_a_quiz_that_closes_sooner_does_not_promise_its_whole_limit(
        self, begin: Callable[..., Taken]
    ) -> None:
        closes = datetime.now(UTC) + timedelta(minutes=20)
        taken = begin(time_limit_minutes=45, closes_at=closes.isoformat())

        page = taken.get(1).text

        assert "You have 45 minutes" not in page
        assert re.search(r"You have until \d", page)


class TestNoCountdown:
    def test_the_deadline_is_named_in_words(self, begin: Callable[..., Taken]) -> None:
        taken = begin(time_limit_minutes=10, allowance={"hides_countdown": True})

        page = taken.get(1).text

        assert 'role="timer"' not in page
        assert "Hide time" not in page
        assert re.search(r"You have 10 minutes, until \d+ \w+, \d+:\d\d\.", page)
        assert "We tell you" not in page
        # The page still hands itself in when the time is up.
        assert "data-silent" in page

    def test_extra_time_is_in_what_the_page_says(self, begin: Callable[..., Taken]) -> None:
        taken = begin(time_limit_minutes=30, allowance={"time_factor": Fraction(3, 2)})

        assert "You have 45 minutes, until" in taken.get(1).text


class TestUndo:
    def memory(self, taken: Taken) -> tuple[list[Any], list[Any]]:
        with taken.stored() as make:
            columns = [c for c in sa.inspect(Memory).columns if c.key != "seen"]
            rows = make.session.execute(sa.select(*columns).order_by(Memory.fact_id))
            totals = make.session.execute(
                sa.select(*sa.inspect(QuarterTotal).columns).where(QuarterTotal.reviews > 0)
            )
            return [tuple(row) for row in rows], [tuple(row) for row in totals]

    def test_it_takes_back_exactly_what_the_attempt_did(self, begin: Callable[..., Taken]) -> None:
        taken = begin()
        before = self.memory(taken)
        taken.send(1, choice="1")
        taken.send(2, text="Euphrates")
        taken.submit()
        assert self.memory(taken) != before
        assert "2 cards added to your review" in taken.get("results").text

        answer = taken.post("undo")

        assert (answer.status_code, answer.location) == (303, f"/attempts/{taken.id}/results")
        assert self.memory(taken) == before
        page = taken.get("results").text
        assert "2 cards are as before this quiz." in page
        assert "added to your review" not in page
        assert taken.mark() == 1

    def test_a_second_time_changes_nothing(self, begin: Callable[..., Taken]) -> None:
        taken = begin()
        taken.send(1, choice="1")
        taken.submit()
        taken.post("undo")
        before = self.memory(taken)

        answer = taken.post("undo", page="results")

        assert answer.status_code == 303
        assert self.memory(taken) == before
        assert "nothing left to take back" in taken.get("results").text

    def test_a_card_that_was_rated_since_stays(self, begin: Callable[..., Taken]) -> None:
        taken = begin()
        taken.send(1, choice="1")
        taken.send(2, text="Euphrates")
        taken.submit()
        with taken.stored() as make:
            review = make.session.scalars(sa.select(Review).order_by(Review.fact_id)).first()
            memory = make.session.scalars(
                sa.select(Memory).where(Memory.fact_id == review.fact_id)
            ).one()
            memory.reps += 1
            memory.last_review_at = memory.due_at

        taken.post("undo")

        page = taken.get("results").text
        assert "1 card is as before this quiz." in page
        assert "1 card has been rated since, so its rating stays." in page
        assert "You have reviewed it since, so this stays." in page
        assert "Undo" not in page


def test_attempts_are_compared_and_the_one_that_counts_is_marked(
    begin: Callable[..., Taken], post: Callable[..., Any]
) -> None:
    taken = begin("single_choice", "single_choice", counting="first")
    first = taken.id
    taken.submit()
    start = f"/quizzes/{taken.quiz_id}/start"
    again = post(taken.client, start, on="/settings/profile").location
    taken.id = int(again.split("/")[2])
    taken.send(1, choice="0")
    taken.submit()

    page, quiz = taken.get("results").text, taken.client.get(f"/quizzes/{taken.quiz_id}").text
    taken.rule(counting="average")
    average = taken.get("results").text

    assert f"The first attempt counts. It is attempt 1, with 0 of 2 (0{NBSP}%)." in page
    assert f'href="/attempts/{first}/results"' in page
    assert page.count("Counts</span>") == 2  # the chip, and the head of its column
    assert quiz.count("Counts</span>") == 1
    assert f"The average of all attempts counts. It is 0.5 of 2 (25{NBSP}%)." in average


@pytest.mark.parametrize("behaviour", ["immediate", "practice", "certainty"])
def test_every_type_can_be_asked_under_every_behaviour(
    client: Any, stored: Any, sign_in: Any, behaviour: str
) -> None:
    questions = [(name, RAW.get(name)) for name in GRADABLE]
    taken = take(client, stored, sign_in, questions, behaviour=behaviour)
    given = {"choice": "0", "text": "x", "gap-0": "x", "match-0": "0", "place-0": "1"}

    for n in range(1, len(questions) + 1):
        form = taken.get(n).text
        fields = {name: value for name, value in given.items() if f'name="{name}"' in form}
        if "true_false" in questions[n - 1]:
            fields = {"choice": "false"}
        assert taken.send(n, "grade", form=form, certainty="2", **fields).status_code == 303
        assert taken.get(n).status_code == 200
    taken.submit()

    assert taken.get("results?show=all").status_code == 200


@pytest.mark.parametrize("behaviour", ["immediate", "practice"])
@pytest.mark.parametrize("place", ["1", "check"])
def test_a_page_takes_the_same_number_of_statements_however_many_were_checked(
    begin: Callable[..., Taken], statements: Callable[..., Any], behaviour: str, place: str
) -> None:
    taken = begin(*["single_choice"] * 12, behaviour=behaviour)
    taken.send(1, "grade", choice="1")
    taken.send(1, "grade", choice="2")
    taken.get(place)
    with statements() as few:
        assert taken.get(place).status_code == 200
    for n in range(2, 13):
        taken.send(n, "grade", choice="1")

    with statements() as many:
        assert taken.get(place).status_code == 200

    assert len(many) == len(few) <= 8


def test_a_printed_result_says_of_which_quiz_and_whose_it_is(begin: Callable[..., Taken]) -> None:
    taken = begin()
    taken.submit()

    page = taken.get("results").text

    assert re.search(r'<p class="print-only"><b>[^<]+</b>, attempt 1, [^<]+</p>', page)
    assert "data-print>" in page
    assert "js/print" in page
