"""The form of the quiz editor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)

from quizapp.errors import Invalid
from quizapp.grading.settings import CODE_LIMIT, QuizSettings
from quizapp.queries.teach_quizzes import PickFilter, StoredQuiz
from quizapp.questions.reading import clean
from quizapp.questions.registry import TYPES
from quizapp.services.quizzes import TITLE_LIMIT, WrittenQuiz
from quizapp.web.forms import Form
from quizapp.web.quiz_rows import (
    BandsField,
    MatrixField,
    MomentField,
    SlotRow,
    SlotsField,
    id_of,
    number_of,
)
from quizapp.web.teach_quiz_words import BEHAVIOURS, COUNTINGS

_NUMBERS = (
    *("time_limit_minutes", "attempts_allowed", "pass_mark_percent"),
    *("grace_seconds", "tries", "penalty_percent"),
)
_TIMES = ("opens_at", "closes_at")
_CHOICES = ("counting", "behaviour")
_TRUTHS = ("shuffle_questions", "shuffle_options", "counts_for_memory")
#: What stands under "More".
MORE = (
    *("grace_seconds", "counting", "behaviour", "tries", "penalty_percent", "shuffle_questions"),
    *("shuffle_options", "disclosure", "counts_for_memory", "pass_mark_percent", "access_code"),
    "bands",
)
_ROW = re.compile(r"(up|down|remove|add|band)-([0-9]{1,10})")
_LONGEST_SEARCH = 200


def _number(label: str, description: str) -> Any:
    kwargs = {"inputmode": "numeric", "maxlength": "9", "autocomplete": "off"}
    field: Any = StringField(label, description=description, render_kw=kwargs)
    return field


def _time(label: str, description: str) -> Any:
    field: Any = MomentField(label, description=description, render_kw={"type": "datetime-local"})
    return field


class QuizForm(Form):
    """Everything that a quiz is, with the search for questions."""

    title = StringField("Title", render_kw={"maxlength": TITLE_LIMIT, "required": True})
    summary = TextAreaField(
        "Introduction (optional)",
        description="What students read before they start. Markdown.",
        render_kw={"rows": 3},
    )
    time_limit_minutes = _number("Time limit, minutes", "Empty: no limit.")
    opens_at = _time("Opens", "Nobody can start before. Empty: open at once.")
    closes_at = _time(
        "Closes", "Nobody can start after, and what is open is handed in. Empty: never."
    )
    attempts_allowed = _number("Attempts allowed", "Empty: any number.")

    behaviour = RadioField(
        "When students hear how they did",
        choices=[SelectChoice(one.value, words[0]) for one, words in BEHAVIOURS.items()],
        validate_choice=False,
    )
    tries = _number("Tries", "How often one question may be checked. Only in practice.")
    penalty_percent = _number(
        "Penalty, percent", "What each try after the first costs of the marks. Only in practice."
    )
    counting = SelectField(
        "Which attempt counts",
        choices=[SelectChoice(one.value, words) for one, words in COUNTINGS.items()],
        description="When a student has made several.",
        validate_choice=False,
    )
    pass_mark_percent = _number("Pass mark, percent", "Empty: there is no passing or failing.")
    grace_seconds = _number(
        "Grace, seconds", "How long after the time is up an answer on its way still counts."
    )
    shuffle_questions = BooleanField(
        "Shuffle the questions", description="Another order in each attempt."
    )
    shuffle_options = BooleanField(
        "Shuffle the options", description="Another order of choices in each attempt."
    )
    counts_for_memory = BooleanField(
        "Counts for memory",
        description="Each answer counts as a review of its card when the attempt is handed in.",
    )
    access_code = StringField(
        "Access code (optional)",
        description="Students have to enter it to start. Tell it to those who are in the room.",
        render_kw={"maxlength": CODE_LIMIT, "autocomplete": "off"},
    )
    disclosure = MatrixField("What students may see, and when")
    bands = BandsField(
        "Feedback by result",
        description="What a student reads beside the result; the highest percentage that it "
        "reaches is used. Markdown.",
    )
    slots = SlotsField("Questions", name="slot")
    seen = HiddenField()

    find = StringField("Search questions")
    find_topic = SelectField("Topic", validate_choice=False)
    find_type = SelectField("Type", validate_choice=False)
    found = HiddenField()
    find_page = HiddenField()

    @property
    def written(self) -> WrittenQuiz:
        """Return what was typed, for the services."""
        fields: Any = self._fields
        settings: dict[str, Any] = {name: number_of(fields[name].data) for name in _NUMBERS}
        settings |= {name: fields[name].stated for name in _TIMES}
        settings |= {name: fields[name].data or "" for name in _CHOICES}
        settings |= {name: bool(fields[name].data) for name in _TRUTHS}
        settings |= {"disclosure": self.disclosure.data, "bands": self.bands.stated}
        return WrittenQuiz(
            title=self.title.data or "",
            summary=self.summary.data or "",
            settings=settings,
            slots=tuple(row.written for row in self.slots.rows),
            access_code=self.access_code.data or "",
        )

    @property
    def wanted(self) -> PickFilter:
        """Return what to look for among the questions."""
        text, _ = clean((self.find.data or "")[:_LONGEST_SEARCH], _LONGEST_SEARCH)
        kind = self.find_type.data or ""
        return PickFilter(
            text=text,
            topic_id=id_of(self.find_topic.data),
            type_name=kind if kind in TYPES else "",
            page=max(1, id_of(self.find_page.data) or 1),
        )

    @property
    def asks_otherwise(self) -> bool:
        """Return whether the search differs from the one whose results are shown."""
        return self.found.data is not None and (self.find.data or "").strip() != self.found.data

    @property
    def has_more_errors(self) -> bool:
        """Return whether something under "More" is wrong."""
        return any(self._fields[name].errors for name in MORE)

    def offer(self, topics: Any) -> None:
        """Fill the menus of the search."""
        self.find_topic.choices = [
            SelectChoice("", "All topics"),
            *(SelectChoice(str(topic.id), topic.title) for topic in topics),
        ]
        self.find_type.choices = [
            SelectChoice("", "All types"),
            *(SelectChoice(name, kind.label) for name, kind in TYPES.items()),
        ]

    def attach(self, error: Invalid) -> None:
        """Show each problem beside the field, or in the row, that it is about."""
        for problem in error.problems:
            name, _, rest = problem.path.removeprefix("settings.").partition(".")
            message = problem.message
            if name == "slots":
                self.slots.note(rest, message)
            elif name == "bands":
                self.bands.note(rest, message)
            elif (field := self._fields.get(name)) is None:
                self.form_errors.append(message)
            else:
                if isinstance(field, MomentField) and not field.is_readable:
                    message = "Give a date and a time, such as 2030-01-31 09:00."
                if problem.path.startswith("settings."):
                    # Said in the summary too, where many alike could be meant.
                    message = f"{field.label.text}: {message}"
                field.errors = [*field.errors, message]


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button of the form asks for.

    :param is_saving: to store what is in the form. :param opens_more: the page shows what
        stands under "More" again.
    """

    is_saving: bool = False
    publishes: bool = False
    opens_more: bool = False


def press(form: QuizForm, action: str) -> Pressed:
    """Do what a button asks for, other than saving, to what is in the form.

    Enter in a field presses "enter": it searches where the search was changed, or else saves.
    """
    if action in ("save", "publish"):
        return Pressed(is_saving=True, publishes=action == "publish")
    if action == "enter" and not form.asks_otherwise:
        return Pressed(is_saving=True)
    if action in ("enter", "find"):
        form.find_page.data = "1"
    elif action == "add-draw":
        form.slots.add(SlotRow())
    elif action == "add-band":
        form.bands.spare = 2
    elif action.startswith("page-"):
        form.find_page.data = action.removeprefix("page-")
    elif move := _ROW.fullmatch(action):
        _change_rows(form, move[1], id_of(move[2]) or 0)
    return Pressed(opens_more="band" in action)


def _change_rows(form: QuizForm, what: str, number: int) -> None:
    if what == "add":
        if number not in form.slots.question_ids:
            form.slots.add(SlotRow(question_id=number))
    elif what == "remove":
        form.slots.remove(number)
    elif what == "band":
        form.bands.remove(number)
    else:
        form.slots.move(number, -1 if what == "up" else 1)


def posted_form() -> QuizForm:
    """Return the form as it was sent."""
    return QuizForm()


def blank_form() -> QuizForm:
    """Return the form of a quiz with the usual settings and nothing in it."""
    return QuizForm(formdata=None, data=_shown(QuizSettings()))


def filled_form(stored: StoredQuiz) -> QuizForm:
    """Return the form that shows a stored quiz."""
    data = _shown(stored.settings) | {
        "title": stored.title,
        "summary": stored.summary,
        "access_code": stored.access_code,
        "slots": stored.slots,
        "seen": str(stored.edited),
    }
    return QuizForm(formdata=None, data=data)


def _shown(settings: QuizSettings) -> dict[str, Any]:
    """Return what each field is given to show the settings."""
    values: dict[str, Any] = {
        name: "" if getattr(settings, name) is None else str(getattr(settings, name))
        for name in _NUMBERS
    }
    values |= {name: getattr(settings, name) for name in _TIMES}
    values |= {name: getattr(settings, name).value for name in _CHOICES}
    values |= {name: getattr(settings, name) for name in _TRUTHS}
    return values | {"disclosure": settings.disclosure, "bands": settings.bands}
