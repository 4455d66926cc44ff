"""The instructor's list of questions and the editor, through a browser's eyes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.models import Fact, Question, Revision, Role, Status, Term, TermKind
from quizapp.questions.fields import Kind
from quizapp.questions.registry import TYPES
from tests.support.make import RAW
from tests.web.conftest import csrf_token

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"
WORDS = "codified in Article 146"


@dataclass
class Place:
    """A course with one fact and its people; `base` is where its questions are taught."""

    app: Flask
    client: FlaskClient
    slug: str
    course_id: int
    topic_id: int
    passage_id: int
    fact_id: int
    teacher_id: int
    student_id: int
    stranger_id: int

    @property
    def base(self) -> str:
        return f"/teach/{self.slug}/questions"

    def post(self, url: str, data: dict[str, Any]) -> TestResponse:
        token = csrf_token(self.client.get(f"{self.base}/new").text)
        return self.client.post(url, data=data | {"csrf_token": token})

    def stored(self) -> list[Any]:
        """Return every question with its current content, the oldest first."""
        with self.app.app_context():
            return list(
                db.session.execute(
                    sa.select(Question, Revision.content)
                    .join(Revision, Revision.question_id == Question.id)
                    .where(Revision.number == Question.current_number)
                    .order_by(Question.id)
                )
            )

    def create(self, type_name: str = "single_choice", raw: Any = None, **given: Any) -> int:
        """Store a question through the page; return its id."""
        answer = self.post(f"{self.base}/new", self.form(type_name, raw) | given)
        assert answer.status_code == 303, answer.text
        return int(answer.location.rpartition("/")[2])

    def form(self, type_name: str = "single_choice", raw: Any = None) -> dict[str, Any]:
        """Return what a browser sends for a question on the fact that is there."""
        fields = {"type": type_name, "status": "draft", "fact": str(self.fact_id)}
        return fields | posted(type_name, RAW[type_name] if raw is None else raw)

    def new_fact(self, **given: Any) -> dict[str, Any]:
        return {
            "fact": "new",
            "fact_statement": "It stands in Article 146.",
            "fact_topic": str(self.topic_id),
            "fact_passage": str(self.passage_id),
            "fact_exact": WORDS,
        } | given


def posted(type_name: str, raw: Any) -> dict[str, Any]:
    """Return the form fields in which a browser would send a question's content."""
    sent: dict[str, Any] = {}
    for field in TYPES[type_name].fields:
        name, value = f"content_{field.name}", raw.get(field.name, "")
        if field.kind in (Kind.OPTIONS_ONE, Kind.OPTIONS_MANY):
            for n, option in enumerate(value):
                sent |= {f"{name}-{n}-text": option["text"]}
                sent |= {f"{name}-{n}-feedback": option["feedback"]}
                if option["key"]:
                    one = field.kind is Kind.OPTIONS_ONE
                    sent |= {f"{name}-key": str(n)} if one else {f"{name}-{n}-key": "y"}
                if option.get("locked"):
                    sent |= {f"{name}-{n}-locked": "y"}
        elif field.kind in (Kind.PAIRS, Kind.ITEMS):
            for n, row in enumerate(value):
                sent |= {f"{name}-{n}-{column}": text for column, text in row.items()}
        elif field.kind is Kind.LINES:
            sent[name] = "\r\n".join(value)
        elif field.kind is Kind.TRUTH:
            sent[name] = "true" if value else "false"
        else:
            sent[name] = value
    return sent


@pytest.fixture
def place(app: Flask, client: FlaskClient, stored: Any, sign_in: Any) -> Place:
    """The course, with its instructor signed in."""
    with stored() as make:
        course = make.course(slug="law", title="Law")
        topic, passage = make.topic(course, title="Bases"), make.passage(course)
        fact = make.fact(course, topic, passage)
        teacher, student, stranger = make.user("Jonas Weber"), make.user(), make.user()
        make.enrol(teacher, course, Role.INSTRUCTOR)
        make.enrol(student, course)
        make.enrol(stranger, make.course(), Role.INSTRUCTOR)
        ids = (course.id, topic.id, passage.id, fact.id, teacher.id, student.id, stranger.id)
    sign_in(client, ids[4])
    return Place(app, client, "law", *ids)


def addresses(place: Place, question_id: int) -> list[tuple[str, str]]:
    one = f"{place.base}/{question_id}"
    return [
        ("GET", place.base),
        ("GET", f"{place.base}/new"),
        ("POST", f"{place.base}/new"),
        ("GET", one),
        ("POST", one),
        ("GET", f"{one}/history"),
        ("POST", f"{one}/retire"),
        ("POST", f"{one}/restore"),
        ("POST", f"/teach/{place.slug}/preview"),
    ]


def statuses_for(place: Place, client: FlaskClient, question_id: int, page: str) -> set[int]:
    token = csrf_token(client.get(page).text)
    return {
        client.open(url, method=method, data={"csrf_token": token, **place.form()}).status_code
        for method, url in addresses(place, question_id)
    }


def test_students_are_refused_everything(place: Place, app: Flask, sign_in: Any) -> None:
    question_id, student = place.create(), app.test_client()
    sign_in(student, place.student_id)

    assert statuses_for(place, student, question_id, "/courses") == {403}
    assert len(place.stored()) == 1


def test_instructors_of_other_courses_find_nothing(place: Place, app: Flask, sign_in: Any) -> None:
    question_id, stranger = place.create(), app.test_client()
    sign_in(stranger, place.stranger_id)

    assert statuses_for(place, stranger, question_id, "/courses") == {404}
    assert len(place.stored()) == 1


def test_visitors_are_led_to_sign_in(place: Place, app: Flask) -> None:
    question_id, visitor = place.create(), app.test_client()

    assert statuses_for(place, visitor, question_id, "/sign-in") == {303}


def test_an_admin_may_teach_every_course(place: Place, stored: Any, sign_in: Any) -> None:
    with stored() as make:
        admin = make.user(is_admin=True).id
    visitor = place.app.test_client()
    sign_in(visitor, admin)

    assert visitor.get(place.base).status_code == 200


@pytest.mark.parametrize("type_name", list(TYPES))
def test_the_form_of_every_type_stores_its_example_and_shows_it_again(
    place: Place, type_name: str
) -> None:
    kind = TYPES[type_name]
    raw = kind.dump(kind.example()[0])

    question_id = place.create(type_name, raw)

    ((_, content),) = place.stored()
    assert content == raw
    page = place.client.get(f"{place.base}/{question_id}").text
    place.post(f"{place.base}/{question_id}", resent(page))
    ((question, content),) = place.stored()
    assert (content, question.current_number) == (raw, 1)


def resent(page: str) -> dict[str, Any]:
    """Return what a browser would send if the editor's form were sent as it was opened."""
    form = page.partition('id="question-form"')[2].partition("</form>")[0]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        is_choice = 'type="radio"' in tag or 'type="checkbox"' in tag
        if name and (not is_choice or "checked" in tag):
            sent[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', form, re.S
    ):
        sent[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else ""
    return {name: value for name, value in sent.items() if not name.startswith("preview-")}


def unescape(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
        text = text.replace(entity, sign)
    return text.replace("&amp;", "&")


def test_a_new_fact_is_written_with_the_question(place: Place) -> None:
    place.create(**place.new_fact())

    ((question, _),) = place.stored()
    assert question.fact_id != place.fact_id
    with place.app.app_context():
        statement = db.session.scalar(sa.select(Fact.statement).where(Fact.id == question.fact_id))
    assert statement == "It stands in Article 146."


def test_problems_stand_beside_their_fields_and_what_was_typed_stays(place: Place) -> None:
    form = place.form() | place.new_fact(fact_exact="nowhere in it")
    form |= {"content_stem": "", "content_explanation": "Typed with care."}
    form |= {"content_options-1-text": "", "content_options-1-feedback": "Of nothing."}

    answer = place.post(f"{place.base}/new", form)

    assert answer.status_code == 422
    page = answer.text
    assert "<title>Error: New question" in page
    for words in ("Write the question.", "These words are not in that paragraph"):
        assert page.count(words) >= 2  # in the summary and beside the field
    assert "Option 2: Write the option or remove it." in page
    assert 'aria-describedby="content_options-1-error"' in page
    for typed in ("Typed with care.", "nowhere in it", "It stands in Article 146.", "Of nothing."):
        assert typed in page
    assert place.stored() == []


def test_a_line_with_a_problem_is_named(place: Place) -> None:
    form = place.form("short_text") | {"content_accepted": "Euphrates\n\n–\n"}

    answer = place.post(f"{place.base}/new", form)

    assert answer.status_code == 422
    assert "Line 2: Use letters or digits" in answer.text


def test_an_option_may_be_half_right_and_the_page_then_shows_what_each_earns(place: Place) -> None:
    plain = place.client.get(f"{place.base}/{place.create()}").text
    question_id = place.create(**{"content_options-1-credit": "50", "content_options-shares": "y"})

    page = place.client.get(f"{place.base}/{question_id}").text

    (_, (_, content)) = place.stored()
    assert [option.get("credit") for option in content["options"]] == [None, "50", None]
    assert '<option value="50" selected>50 %</option>' in page
    assert "Counts in part: Article 5, half right" in page
    ticked = re.compile(r'name="content_options-shares"[^>]* checked')
    assert ticked.search(page)
    assert not ticked.search(plain)


def test_what_is_foreseen_of_a_typed_answer_is_kept_and_shown_again(place: Place) -> None:
    row = "content_foreseen-0-"
    given = {f"{row}text": "Tigris", f"{row}credit": "", f"{row}feedback": "That is further east."}
    question_id = place.create("short_text", **given)
    folded = place.client.get(f"{place.base}/new?type=short_text").text

    page = place.client.get(f"{place.base}/{question_id}").text
    refused = place.post(f"{place.base}/new", place.form("short_text") | given | {f"{row}text": ""})

    ((_, content),) = place.stored()
    assert content["foreseen"] == [{"text": "Tigris", "feedback": "That is further east."}]
    assert '<details class="fold extra" open>' in page
    assert "That is further east." in page
    assert '<details class="fold extra"><summary>' in folded
    assert "Answer 1: Write the answer or remove it." in refused.text


def test_rows_left_empty_mean_no_option(place: Place) -> None:
    place.create(**{"content_options-1-text": " ", "content_options-1-feedback": ""})

    ((_, content),) = place.stored()
    assert [option["text"] for option in content["options"]] == ["Article 146", "Article 44"]


@pytest.mark.parametrize(
    ("action", "texts"),
    [
        ("add-row", ["Article 146", "Article 5", "Article 44", ""]),
        ("down-0", ["Article 5", "Article 146", "Article 44"]),
        ("up-2", ["Article 146", "Article 44", "Article 5"]),
        ("up-0", ["Article 146", "Article 5", "Article 44"]),
        ("preview", ["Article 146", "Article 5", "Article 44"]),
        ("nonsense", ["Article 146", "Article 5", "Article 44"]),
    ],
)
def test_the_other_buttons_of_the_form_store_nothing(
    place: Place, action: str, texts: list[str]
) -> None:
    answer = place.post(f"{place.base}/new", place.form() | {"action": action})

    assert answer.status_code == 200
    assert re.findall(r'name="content_options-\d+-text" value="([^"]*)"', answer.text) == texts
    key = texts.index("Article 146")
    assert re.search(rf'name="content_options-key" value="{key}"[^>]* checked', answer.text)
    assert place.stored() == []


def test_a_row_can_be_added_before_anything_is_typed(place: Place) -> None:
    empty = resent(place.client.get(f"{place.base}/new").text)

    answer = place.post(f"{place.base}/new", empty | {"action": "add-row"})

    assert answer.text.count('class="input fb"') == 5


@pytest.mark.parametrize(
    ("type_name", "column", "texts"),
    [("matching", "left", ["Geneva", "Astana"]), ("ordering", "text", None)],
)
def test_pairs_and_items_move_and_grow_without_a_script(
    place: Place, type_name: str, column: str, texts: list[str] | None
) -> None:
    form = place.form(type_name)
    moved = place.post(f"{place.base}/new", form | {"action": "down-0"}).text
    grown = place.post(f"{place.base}/new", form | {"action": "add-row"}).text

    rows = RAW[type_name]["pairs" if type_name == "matching" else "items"]
    names = [row[column] for row in rows]
    found = rf'name="content_\w+-\d+-{column}" value="([^"]*)"'
    assert re.findall(found, moved) == (texts or [names[1], names[0], *names[2:]])
    assert re.findall(found, grown) == [*names, ""]
    assert place.stored() == []


def test_a_problem_with_a_pair_or_an_item_stands_in_its_row(place: Place) -> None:
    pairs = place.form("matching") | {"content_pairs-1-right": ""}
    items = place.form("ordering") | {"content_items-2-text": "The strikes were announced"}

    for form, words in (
        (pairs, "Pair 2: Write what belongs to it, or remove the pair."),
        (items, "Item 3: This says the same as item 1; change it or remove it."),
    ):
        answer = place.post(f"{place.base}/new", form)
        assert answer.status_code == 422
        assert words in answer.text
        assert answer.text.count('aria-invalid="true"') >= 1
    assert place.stored() == []


def test_scoring_and_locks_are_kept(place: Place) -> None:
    options = [{**option, "locked": n == 3} for n, option in enumerate(several())]
    raw = RAW["multiple_response"] | {"options": options, "scoring": "all-or-nothing"}

    question_id = place.create("multiple_response", raw)

    ((_, content),) = place.stored()
    assert content["scoring"] == "all-or-nothing"
    assert [option.get("locked", False) for option in content["options"]] == [False] * 3 + [True]
    page = place.client.get(f"{place.base}/{question_id}").text
    place.post(f"{place.base}/{question_id}", resent(page))
    ((question, again),) = place.stored()
    assert (question.current_number, again) == (1, content)


def several() -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = RAW["multiple_response"]["options"]
    return options


def test_a_question_that_people_mark_says_so(place: Place) -> None:
    page = place.post(f"/teach/{place.slug}/preview", place.form("self_rated")).text

    assert "In a quiz you mark what is written" in page


def test_changing_the_type_there_and_back_loses_nothing(place: Place) -> None:
    there = place.post(f"{place.base}/new", place.form() | {"type": "cloze", "action": "type"})
    sent = resent(there.text) | {"type": "single_choice", "action": "type"}

    back = place.post(f"{place.base}/new", sent)

    assert 'name="content_text"' in there.text
    for option in RAW["single_choice"]["options"]:
        assert f'value="{option["text"]}"' in back.text
        assert f'value="{option["feedback"]}"' in back.text
    assert RAW["single_choice"]["stem"] in back.text


def test_an_edit_makes_a_new_version_and_the_history_shows_both(place: Place) -> None:
    question_id = place.create()

    answer = place.post(
        f"{place.base}/{question_id}",
        place.form() | {"seen": "1", "content_stem": "Which of them?", "status": "ready"},
    )

    assert answer.status_code == 303
    past = place.client.get(f"{place.base}/{question_id}/history").text
    assert "Which of them?" in past
    assert RAW["single_choice"]["stem"] in past
    assert past.count("Jonas Weber") >= 2


def test_the_second_editor_sees_both_and_can_then_save(place: Place) -> None:
    question_id = place.create()
    url = f"{place.base}/{question_id}"
    place.post(url, place.form() | {"seen": "1", "content_stem": "The first editor's?"})
    mine = place.form() | {"seen": "1", "content_stem": "The second editor's?"}

    answer = place.post(url, mine)

    assert answer.status_code == 409
    assert "The first editor" in answer.text
    assert "The second editor" in answer.text
    assert "Stored now: version 2" in answer.text
    sent = resent(answer.text)
    assert sent["seen"] == "2"
    assert place.post(url, sent).status_code == 303
    ((question, content),) = place.stored()
    assert (question.current_number, content["stem"]) == (3, "The second editor's?")


@pytest.mark.parametrize("seen", ["", "x", "-1", "99999999999999999999"])
def test_a_form_without_a_sound_version_is_a_conflict(place: Place, seen: str) -> None:
    question_id = place.create()

    answer = place.post(f"{place.base}/{question_id}", place.form() | {"seen": seen})

    assert answer.status_code == 409


def test_retiring_offers_to_undo_and_undoing_brings_it_back_as_it_was(place: Place) -> None:
    question_id = place.create(status="ready")
    place.client.get(place.base)  # shows what saving left to say

    place.post(f"{place.base}/{question_id}/retire", {})
    ((retired, _),) = place.stored()
    page = place.client.get(place.base).text

    assert retired.status is Status.RETIRED
    assert "Question retired." in page
    assert f'action="{place.base}/{question_id}/restore"' in page
    assert 'name="status" value="ready"' in page
    place.post(f"{place.base}/{question_id}/restore", {"status": "ready"})
    ((restored, _),) = place.stored()
    assert restored.status is Status.READY


def test_a_question_restored_later_is_a_draft(place: Place) -> None:
    question_id = place.create(status="ready")
    place.post(f"{place.base}/{question_id}/retire", {})

    page = place.client.get(f"{place.base}/{question_id}").text
    place.post(f"{place.base}/{question_id}/restore", {})

    assert "Restore as a draft" in page
    ((restored, _),) = place.stored()
    assert restored.status is Status.DRAFT


@pytest.mark.parametrize("type_name", list(TYPES))
def test_the_preview_shows_the_question_its_key_and_its_proof(place: Place, type_name: str) -> None:
    kind = TYPES[type_name]
    answer = place.post(f"/teach/{place.slug}/preview", place.form(type_name))

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert kind.answer(kind.parse(RAW[type_name])).text in answer.text
    assert "<mark>" in answer.text
    assert "Linked to a passage" in answer.text


def test_the_preview_of_an_unfinished_question_says_what_is_missing(place: Place) -> None:
    form = place.form() | place.new_fact(fact_statement="") | {"content_stem": ""}

    answer = place.post(f"/teach/{place.slug}/preview", form)

    assert answer.status_code == 200
    assert "Write the question." in answer.text
    assert f"<mark>{WORDS}</mark>" in answer.text  # the words are found without the statement


def test_the_preview_says_why_the_words_of_a_new_fact_prove_nothing_yet(place: Place) -> None:
    form = place.form() | place.new_fact(fact_exact="of")

    answer = place.post(f"/teach/{place.slug}/preview", form)

    assert "times in that paragraph" in answer.text
    assert "<mark>" not in answer.text


def test_the_preview_shows_no_fact_of_another_course(place: Place, stored: Any) -> None:
    with stored() as make:
        foreign = make.fact(make.course(), statement="A secret of another course.").id

    answer = place.post(f"/teach/{place.slug}/preview", place.form() | {"fact": str(foreign)})

    assert "A secret" not in answer.text
    assert "Link it to the words" in answer.text


def inert(page: str) -> bool:
    return "<script>alert" not in page and "<img" not in page and "alert(1)" in page


def test_what_an_author_types_is_never_run(place: Place) -> None:
    raw = {
        "stem": ATTACK,
        "options": [
            {"text": f"{ATTACK} a", "key": True, "feedback": ATTACK},
            {"text": f"{ATTACK} b", "key": False, "feedback": ATTACK},
        ],
        "explanation": f"{ATTACK} [x](javascript:alert)",
    }
    form = place.form(raw=raw) | place.new_fact(fact_statement=ATTACK) | {"status": "ready"}

    preview = place.post(f"/teach/{place.slug}/preview", form)
    question_id = place.create(**form)

    assert inert(preview.text)
    for url in ("", f"/{question_id}", f"/{question_id}/history", "/new"):
        page = place.client.get(place.base + url).text
        assert inert(page), url
        assert 'href="javascript:' not in page


def test_what_is_searched_for_is_shown_as_text(place: Place) -> None:
    page = place.client.get(place.base, query_string={"q": ATTACK}).text

    assert inert(page)


def test_the_address_filters_the_list(place: Place) -> None:
    place.create(content_stem="Is 100 % right?")
    place.create("cloze", status="ready")

    narrowed = place.client.get(place.base, query_string={"q": "100 %", "type": "single_choice"})
    ready = place.client.get(place.base, query_string={"status": "ready"})
    nothing = place.client.get(place.base, query_string={"q": "no such words"})

    assert "Is 100 % right?" in narrowed.text
    assert "Article ___" not in narrowed.text
    assert "Article ___" in ready.text
    assert "Is 100 % right?" not in ready.text
    assert "No question fits" in nothing.text


def test_tags_are_chips_that_filter(place: Place) -> None:
    place.create(content_stem="With both?", tags="Exam, reißverschluß")
    place.create(content_stem="With a longer one?", tags="exam-2")

    whole = place.client.get(place.base).text
    exam = place.client.get(place.base, query_string={"tag": "exam", "status": "draft"}).text
    other = place.client.get(place.base, query_string={"tag": "reißverschluß"}).text

    assert "<bdi>exam-2</bdi>" in whole
    assert f'href="{place.base}?tag=exam"' in whole
    for page in (exam, other):
        assert "With both?" in page
        assert "With a longer one?" not in page
    assert f'href="{place.base}?status=draft"><span class="sr">Take away: </span>' in exam
    assert '<input type="hidden" name="tag" value="exam">' in exam


@pytest.mark.parametrize(
    "query",
    [
        {"tag": "%"},
        {"tag": '"] OR 1'},
        {"page": "0"},
        {"page": "99999999999999999999"},
        {"page": "x", "topic": "x", "type": "x", "status": "x", "sort": "x"},
        {"q": "\x00"},
        {"q": "x" * 5000},
        {"topic": "99999999999999999999"},
    ],
)
def test_an_address_that_makes_no_sense_still_lists(place: Place, query: dict[str, str]) -> None:
    place.create()

    assert place.client.get(place.base, query_string=query).status_code == 200


def test_a_question_that_is_not_there_is_not_found(place: Place) -> None:
    for question_id in ("999999", "99999999999999999999", "0"):
        assert place.client.get(f"{place.base}/{question_id}").status_code == 404
    assert place.post(f"{place.base}/999999", place.form()).status_code == 404


def test_another_question_on_a_fact_begins_with_that_fact(place: Place) -> None:
    page = place.client.get(f"{place.base}/new?fact={place.fact_id}&type=cloze").text

    assert f'<option selected value="{place.fact_id}">' in page
    assert 'name="content_text"' in page


def test_no_page_asks_the_database_more_for_more_questions(place: Place, statements: Any) -> None:
    first = place.create()

    def counts() -> list[int]:
        made = []
        for url in (place.base, f"{place.base}/new", f"{place.base}/{first}"):
            with statements() as seen:
                place.client.get(url)
            made.append(len(seen))
        return made

    before = counts()
    for _ in range(5):
        place.create(**place.new_fact())
    assert counts() == before
    assert max(before) <= 13  # with its drafts, what waits around it, and questions like it


def test_the_glossary_adds_to_what_is_accepted_but_not_to_the_authors_list(place: Place) -> None:
    with place.app.app_context():
        river = Term(course_id=place.course_id, key="river", kind=TermKind.PLACE, position=0)
        river.name, river.definition = "Euphrates", "A river."
        river.names, river.spellings = ["Euphrates", "the Great River"], []
        db.session.add(river)
        db.session.commit()
    raw = RAW["short_text"] | {"accepted": ["Euphrates"]}

    preview = place.post(f"/teach/{place.slug}/preview", place.form("short_text", raw)).text
    page = place.client.get(f"{place.base}/{place.create('short_text', raw)}").text

    assert "Also accepted: the Great River" in preview
    assert "Also accepted: the Great River" in page
    written = re.search(r'name="content_accepted"[^>]*>([^<]*)<', page)
    assert written
    assert written[1].split() == ["Euphrates"]
    by_hand = RAW["short_text"] | {"accepted": ["Euphrates", "the Great River"]}
    advice = place.post(f"/teach/{place.slug}/preview", place.form("short_text", by_hand)).text
    assert "would be accepted for" in advice


def test_the_editor_warns_of_a_question_that_asks_nearly_the_same(place: Place) -> None:
    def preview(stem: str, **given: str) -> str:
        form = place.form("short_text", RAW["short_text"] | {"stem": stem}) | given
        return place.post(f"/teach/{place.slug}/preview", form).text

    asked = "Which Syrian airbase did Russian bombers use during August?"
    made = place.create("short_text", RAW["short_text"] | {"stem": asked})

    page = preview("Which airbase of Syria did the Russian bombers use during an August?")
    assert "Nearly the same as" not in page  # six of eight words: not alike
    page = preview("Which Syrian airbase did the Russian bombers use during August?")
    assert "Nearly the same as" in page
    assert f'href="{place.base}/{made}"' in page
    assert "Nearly the same as" not in preview(asked, question=str(made))
