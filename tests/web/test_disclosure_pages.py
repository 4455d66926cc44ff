"""What a learner may see of an attempt, thing by thing and moment by moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from quizapp.grading.disclosure import EVERYTHING, Shown
from quizapp.models import LearnerOverride, User
from tests.support.make import RAW
from tests.support.taken import SCRIPT, Taken, take

WHY = {"explanation": "zzfeedback why"}
QUESTIONS: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("short_text", {"stem": "Which river?", "accepted": ["zzkey"], **WHY}),
    ("cloze", {"text": "Article {{zzkey}} of the constitution.", **WHY}),
    (
        "single_choice",
        {
            **RAW["single_choice"],
            "options": [
                {**one, "feedback": "zzfeedback", "text": one["text"]}
                for one in RAW["single_choice"]["options"]
            ],
            **WHY,
        },
    ),
    ("numeric", {**RAW["numeric"], "number": "31337", "accepted": ["zzkey"], **WHY}),
)
GIVEN: tuple[dict[str, str], ...] = (
    {"text": "zzgiven"},
    {"gap_0": "zzgiven"},
    {"choice": "1"},
    {"text": "zzgiven"},
)
#: What in a page tells each thing. The stem says nothing of them, and nor do words of ours.
TELLS: Mapping[Shown, str] = {
    Shown.RESPONSE: r"zzgiven",
    Shown.RIGHT_ANSWER: r"zzkey|31337|opt static right|Right answer<|Why A",
    Shown.FEEDBACK: r"zzfeedback",
    Shown.PASSAGE: r"zzpassage|zznote",
    Shown.MARKS: r"Missed|Partly right|, wrong<|\d points|\d of \d|Not passed|Card due|Counts<",
}
ONE_LESS = [EVERYTHING - {one} for one in Shown]
ONE_ALONE = [frozenset({one}) for one in Shown]
CELLS = [*ONE_LESS, *ONE_ALONE, EVERYTHING, frozenset[Shown]()]


def name_of(shown: frozenset[Shown]) -> str:
    return "+".join(sorted(shown)) or "nothing"


@pytest.fixture
def begin(client: Any, stored: Any, sign_in: Any) -> Callable[..., Taken]:
    def act(**settings: Any) -> Taken:
        text = "zzpassage proves it. Nothing else is said here."
        rules = {"pass_mark_percent": 60, **settings}
        return take(client, stored, sign_in, QUESTIONS, text=text, note="zznote", **rules)

    return act


def told(sent: str) -> frozenset[Shown]:
    """Return what a page tells."""
    return frozenset(one for one, pattern in TELLS.items() if re.search(pattern, sent))


def everything(answers: list[TestResponse]) -> str:
    return "\n".join(answer.text + str(answer.headers) for answer in answers)


def hides_marks_by_design(shown: frozenset[Shown]) -> frozenset[Shown]:
    """Return what is told when these are shown: comments that tell the key wait for it."""
    if Shown.FEEDBACK in shown and not {Shown.RESPONSE, Shown.RIGHT_ANSWER} & shown:
        return shown - {Shown.FEEDBACK}
    return shown


@pytest.mark.parametrize("shown", CELLS, ids=name_of)
def test_during_an_attempt_a_checked_question_tells_what_is_shown_then(
    begin: Callable[..., Taken], shown: frozenset[Shown]
) -> None:
    disclosure = {"during": sorted(shown), "after_submit": [], "after_close": []}
    taken = begin(behaviour="immediate", disclosure=disclosure)
    sent = []
    for n, given in enumerate(GIVEN, start=1):
        form = taken.get(n).text
        sent.append(taken.send(n, "grade", form=form, **given))
        sent.append(taken.get(n))
        sent.append(taken.send(n, "", form=form, headers=SCRIPT, **given))
    sent += [taken.get("check"), taken.client.get(f"/quizzes/{taken.quiz_id}")]

    # The list of questions counts "4 of 4 questions": that is no mark.
    found = told(everything(sent).replace("4 of 4", "").replace("of 4", ""))

    assert found == hides_marks_by_design(shown)


@pytest.mark.parametrize("moment", ["after_submit", "after_close"])
@pytest.mark.parametrize("shown", CELLS, ids=name_of)
def test_once_handed_in_every_page_tells_what_is_shown_then(
    begin: Callable[..., Taken], shown: frozenset[Shown], moment: str
) -> None:
    others = {"during": sorted(EVERYTHING), "after_submit": [], "after_close": sorted(EVERYTHING)}
    taken = begin(disclosure=others)
    for n, given in enumerate(GIVEN, start=1):
        taken.send(n, **given)
    taken.submit()

    if moment == "after_close":
        past = datetime.now(UTC) - timedelta(seconds=5)
        taken.rule(disclosure={"after_submit": [], moment: sorted(shown)}, closes_at=str(past))
    else:
        taken.rule(disclosure={"after_close": [], moment: sorted(shown)})
    sent = [taken.get(f"results?show={which}") for which in ("all", "missed", "flagged", "")]
    sent += [taken.client.get(page) for page in ("/quizzes", f"/quizzes/{taken.quiz_id}")]
    sent += [taken.client.get(page) for page in ("/today", "/progress")]

    assert all(answer.status_code == 200 for answer in sent)
    assert told(words_about_attempts(sent)) == hides_marks_by_design(shown)


def words_about_attempts(answers: list[TestResponse]) -> str:
    """Return pages without the figures of the memory, which are of cards and not of attempts."""
    *quiz, today, progress = answers
    table = re.search(r'id="part-quizzes">.*?</main>', progress.text, re.DOTALL)
    offers = re.search(r'aria-labelledby="next-t">.*?</section>', today.text, re.DOTALL)
    assert table
    assert offers
    return everything(quiz) + table.group() + offers.group()


@pytest.mark.parametrize("behaviour", ["deferred", "certainty"])
def test_a_quiz_that_checks_nothing_tells_nothing_before_it_is_handed_in(
    begin: Callable[..., Taken], behaviour: str
) -> None:
    taken = begin(behaviour=behaviour)
    sent = []
    for n, given in enumerate(GIVEN, start=1):
        sent.append(taken.send(n, "grade", certainty="3", **given))
        sent.append(taken.send(n, "", headers=SCRIPT, certainty="2", **given))
        sent.append(taken.get(n))
    sent += [taken.get("check"), taken.get("results", follow_redirects=True)]
    sent.append(taken.client.get("/quizzes"))

    # What was typed stands in its field, as it must.
    assert told(everything(sent).replace("4 of 4", "").replace("of 4", "")) == {Shown.RESPONSE}


def test_practice_tells_no_key_while_tries_are_left(begin: Callable[..., Taken]) -> None:
    taken = begin(behaviour="practice", tries=3)
    sent = []
    for n, given in enumerate(GIVEN, start=1):
        for turn in range(2):
            again = {
                name: value if name == "choice" else f"{value} {turn}"
                for name, value in given.items()
            }
            if "choice" in again:
                again["choice"] = str(1 + turn)
            sent.append(taken.send(n, "grade", **again))
            sent.append(taken.get(n))
            sent.append(taken.send(n, "", headers=SCRIPT, **again))
        sent.append(taken.get("check"))

    found = told(everything(sent).replace("of 4", ""))

    assert not found & {Shown.RIGHT_ANSWER, Shown.FEEDBACK, Shown.PASSAGE}
    taken.send(1, "grade", text="zzgiven the last")
    over = taken.get(1).text
    assert told(over) >= {Shown.RIGHT_ANSWER, Shown.FEEDBACK, Shown.PASSAGE}


class TestWhenItIsShown:
    def test_the_results_say_what_comes_later_and_when(self, begin: Callable[..., Taken]) -> None:
        closes = datetime(datetime.now(UTC).year + 1, 12, 3, 14, 30, tzinfo=UTC)
        taken = begin(
            disclosure={"after_submit": ["response"], "after_close": ["response", "marks"]},
            closes_at=str(closes),
        )
        taken.submit()

        page = taken.get("results").text

        # The learner lives in Tehran, three and a half hours ahead.
        assert f"You see the marks after the quiz closes on 3 December {closes.year}, 18:00" in page
        assert "This quiz does not show the right answers, the comments and the passages" in page
        assert "Handed in</h1>" in page

    def test_an_instructor_may_open_results_later(self, begin: Callable[..., Taken]) -> None:
        taken = begin(disclosure={"after_submit": []})
        taken.submit()
        before = taken.get("results").text

        taken.rule(disclosure={})

        assert "Handed in</h1>" in before
        assert "of 4 right" in taken.get("results").text

    def test_what_follows_from_marks_is_hidden_with_them(self, begin: Callable[..., Taken]) -> None:
        bands = [{"from_percent": 0, "text": "**zzband**"}]
        taken = begin(disclosure={"after_submit": ["response", "feedback"]}, bands=bands)
        taken.send(1, text="zzgiven")
        taken.submit()

        page = taken.get("results").text

        assert "zzband" not in page
        assert "By topic" not in page
        assert "you missed" not in page
        assert "show=missed" not in page
        taken.rule(disclosure={})
        assert "<strong>zzband</strong>" in taken.get("results").text

    def test_an_exception_for_the_learner_moves_their_close(
        self, begin: Callable[..., Taken], stored: Any
    ) -> None:
        past = datetime.now(UTC) - timedelta(seconds=5)
        taken = begin(disclosure={"after_submit": []})
        taken.submit()
        taken.rule(closes_at=str(past))
        opened = taken.get("results").text
        with stored() as make:
            make.session.add(
                LearnerOverride(
                    learner_id=make.session.scalars(sa.select(User.id)).one(),
                    quiz_id=taken.quiz_id,
                    closes_at=datetime.now(UTC) + timedelta(days=2),
                    reason="ill",
                    set_at=past,
                )
            )

        assert "of 4 right" in opened
        assert "Handed in</h1>" in taken.get("results").text
        assert "not shown" in taken.client.get("/progress").text
