"""The form of the question editor: what every question has, beside the fields of its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField

from quizapp.errors import Invalid
from quizapp.models import Status
from quizapp.queries.authoring import Material, StoredQuestion
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import split_tags
from quizapp.services.question_check import Written
from quizapp.services.facts import NewFact
from quizapp.web.fields import PREFIX, form_for, note, read, shown
from quizapp.web.forms import Form
from quizapp.web.rows import RowsField

NEW = "new"
#: The largest id that both databases take.
LARGEST_ID = 2**31 - 1
_STATUSES = {
    Status.DRAFT: "Draft: only instructors see it",
    Status.READY: "Ready: learners are asked it",
    Status.RETIRED: "Retired: nobody is asked it",
}


def id_of(text: str | None) -> int | None:
    """Return the id that a form or an address gave, or None for what cannot be one."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 10:
        return None
    return int(text) if int(text) <= LARGEST_ID else None


class QuestionForm(Form):
    """Base of every question's form; `form_for` adds the fields of the type."""

    type = SelectField(
        "Type",
        choices=[SelectChoice(kind.name, kind.label) for kind in TYPES.values()],
        validate_choice=False,
    )
    status = SelectField("Status", validate_choice=False)
    tags = StringField(
        "Tags (optional)",
        description="Words to sort questions by, with commas between; quizzes can draw by them.",
    )
    seen = HiddenField()
    seen_at = HiddenField()  # a change of status, fact or tags makes no new version
    fact = SelectField(
        "Fact",
        description="What learners will remember. Several questions may test one fact.",
        validate_choice=False,
    )
    fact_statement = TextAreaField(
        "New fact", description="One sentence worth remembering.", render_kw={"rows": 2}
    )
    fact_topic = SelectField("Topic", validate_choice=False)
    fact_passage = SelectField("Paragraph", validate_choice=False)
    fact_exact = TextAreaField(
        "Exact words", description="The words that prove it, as they stand.", render_kw={"rows": 2}
    )

    #: What was typed for fields that the present type does not have; kept while it changes.
    carried: tuple[tuple[str, str], ...] = ()

    def offer(self, material: Material, *, stored: StoredQuestion | None) -> None:
        """Fill the menus with what the course has."""
        self.fact.choices = [
            SelectChoice(NEW, "Write a new fact"),
            *(SelectChoice(str(f.id), f.statement, optgroup=f.topic) for f in material.facts),
        ]
        nothing = SelectChoice("", "Choose …")
        self.fact_topic.choices = [
            nothing,
            *(SelectChoice(str(topic.id), topic.title) for topic in material.topics),
        ]
        self.fact_passage.choices = [
            nothing,
            *(SelectChoice(str(p.id), f"{p.locator} {p.heading}") for p in material.passages),
        ]
        is_retired = stored is not None and stored.status is Status.RETIRED
        self.status.choices = [
            SelectChoice(status.value, words)
            for status, words in _STATUSES.items()
            if status is not Status.RETIRED or is_retired
        ]

    @property
    def fact_id(self) -> int | None:
        """Return the id of the fact that was chosen; None for a new one."""
        return id_of(self.fact.data)

    @property
    def written(self) -> Written:
        """Return what was typed, for the services."""
        kind = TYPES[self.type.data]
        raw = {
            field.name: read(field.kind, self._fields[PREFIX + field.name]) for field in kind.fields
        }
        stated = NewFact(
            statement=self.fact_statement.data or "",
            topic_id=id_of(self.fact_topic.data),
            passage_id=id_of(self.fact_passage.data),
            exact=self.fact_exact.data or "",
        )
        is_new = self.fact.data in (NEW, None, "")
        return Written(
            kind.name,
            raw,
            stated if is_new else self.fact_id,
            _status(self.status.data),
            tuple(split_tags(self.tags.data or "")),
        )

    def attach(self, error: Invalid) -> None:
        """Show each problem beside the field, or the row of options, that it is about."""
        kinds = {field.name: field.kind for field in TYPES[self.type.data].fields}
        for problem in error.problems:
            part, _, rest = problem.path.partition(".")
            name, _, place = rest.partition(".")
            if part == "content" and name in kinds:
                note(kinds[name], self._fields[PREFIX + name], place, problem.message)
            elif (field := self._fields.get("_".join(filter(None, (part, rest))))) is not None:
                field.errors = [*field.errors, problem.message]
            else:
                self.form_errors.append(problem.message)

    @property
    def rows(self) -> RowsField | None:
        """Return the field of rows, if the type has one; no type has two."""
        return next((field for field in self if isinstance(field, RowsField)), None)


def posted_form(posted: Mapping[str, str]) -> QuestionForm:
    """Return the form as it was sent, in the shape of the type that it names."""
    name = posted.get("type", "")
    form: Any = form_for(name if name in TYPES else next(iter(TYPES)), QuestionForm)()
    if name not in TYPES:
        form.type.data = next(iter(TYPES))
    own = tuple(field.name for field in form)
    form.carried = tuple(
        (key, value)
        for key, value in posted.items()
        if key.startswith(PREFIX) and key not in own and not key.startswith(_row_names(form))
    )
    return form  # type: ignore[no-any-return]


def blank_form(type_name: str, *, fact_id: int | None = None) -> QuestionForm:
    """Return an empty form for a type; an unknown one gives the first."""
    name = type_name if type_name in TYPES else next(iter(TYPES))
    data = {"type": name, "fact": str(fact_id or NEW), "status": Status.DRAFT.value}
    return _form(name, data)


def filled_form(stored: StoredQuestion) -> QuestionForm:
    """Return the form that shows a stored question."""
    kind = TYPES[stored.type]
    data = {
        PREFIX + field.name: shown(field.kind, stored.content.get(field.name))
        for field in kind.fields
    }
    data |= {
        "type": stored.type,
        "status": stored.status.value,
        "seen": str(stored.number),
        "seen_at": stored.updated_at.isoformat(),
        "fact": str(stored.fact_id),
        "tags": ", ".join(stored.tags),
    }
    return _form(stored.type, data)


def _form(type_name: str, data: dict[str, Any]) -> QuestionForm:
    form: Any = form_for(type_name, QuestionForm)(formdata=None, data=data)
    return form  # type: ignore[no-any-return]


def _row_names(form: QuestionForm) -> tuple[str, ...]:
    """Return how the names of the rows begin, or what no name begins with."""
    return (f"{form.rows.name}-",) if form.rows is not None else ("\0",)


def _status(text: str | None) -> Status:
    try:
        return Status(text or "")
    except ValueError:
        return Status.DRAFT
