"""The form of the question editor: what every question has, beside the fields of its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)

from quizapp.bank.craft.registry import RULES
from quizapp.errors import Invalid
from quizapp.models import Status
from quizapp.queries.authoring import Material, StoredQuestion
from quizapp.questions.edits import EditKind
from quizapp.questions.outline import Outline, read_outline
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import split_tags
from quizapp.services.facts import NewFact
from quizapp.services.question_check import Written
from quizapp.services.waivers import Waiver
from quizapp.web.fields import PREFIX, form_for, note, read, shown
from quizapp.web.forms import Form
from quizapp.web.rows import RowsField
from quizapp.web.uploads import MEDIA_FIELD, MEDIA_KINDS

NEW = "new"
#: The largest id that both databases take.
LARGEST_ID = 2**31 - 1
_STATUSES = {
    Status.DRAFT: "Draft: only instructors see it",
    Status.IN_REVIEW: "In review: waits for an instructor to approve it",
    Status.READY: "Ready: learners are asked it",
    Status.RETIRED: "Retired: nobody is asked it",
}
_EDITS = {
    "": "Work it out from what I change",
    EditKind.TYPO: "A slip put right: nothing else happens",
    EditKind.MEANING: "Other words: open attempts keep the version they began with; memories stay",
    EditKind.KEY: "Another key: the same, and answers given before can be regraded",
}
_WAIVER = "waive-"
#: Of the page, not of the question: what is compared, kept or taken over is without it.
_OF_PAGE = (
    *("csrf_token", "action", "mine", "base", "seen", "seen_at", "draft", "draft_at", "face"),
    *("picture_file", "picture_words", "picture_into"),
)


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
    edit = RadioField(
        "What kind of edit is it?",
        choices=[SelectChoice(str(kind), words) for kind, words in _EDITS.items()],
        validate_choice=False,
    )
    outline = TextAreaField(
        "Write it all at once (optional)",
        description="The question, then one option a line: * before what is right, - before what "
        "is wrong, feedback after //, and %50% before an option that is half right. "
        "More lines explain the key.",
        render_kw={
            "rows": 6,
            "placeholder": "Who …?\n* The right one // Why it is right\n- A wrong one // Why not",
        },
    )
    question = HiddenField()  # its id, "" for a new one
    draft, draft_at = HiddenField(), HiddenField()
    proposed = HiddenField()  # the statement that the page proposed; while it stands, it follows
    base, mine = HiddenField(), HiddenField()  # two editors: where it began, and what was typed
    seen = HiddenField()
    seen_at = HiddenField()  # a change of status, fact or tags makes no new version
    fact = SelectField(
        "Fact",
        description="What learners will remember. Several questions may test one fact.",
        validate_choice=False,
    )
    fact_exact = TextAreaField(
        "Exact words", description="The words that prove it, as they stand.", render_kw={"rows": 2}
    )
    fact_passage = SelectField("Paragraph", validate_choice=False)
    fact_statement = TextAreaField(
        "New fact",
        description="One sentence worth remembering. Left empty, it is the one that you cite.",
        render_kw={"rows": 2},
    )
    fact_topic = SelectField("Topic", validate_choice=False)

    picture_file = FileField("Picture or sound", description=MEDIA_KINDS, render_kw=MEDIA_FIELD)
    picture_words = StringField(
        "What it shows",
        description="Read to those who do not see or hear it. Tell what the question needs, and "
        "not the key.",
    )
    picture_into = SelectField("Where it stands", validate_choice=False)

    #: What was typed for fields that the present type does not have; kept while it changes.
    carried: tuple[tuple[str, str], ...] = ()
    #: Why rules of the craft are left aside, by rule.
    reasons: Mapping[str, str] = MappingProxyType({})

    def offer(
        self, material: Material, *, stored: StoredQuestion | None, by_other: bool = False
    ) -> None:
        """Fill the menus with what the course has.

        :param by_other: nobody makes ready here what they wrote themselves.
        """
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
        now = stored.status if stored is not None else None
        rare = {Status.RETIRED, Status.READY} if by_other else {Status.RETIRED}
        self.status.choices = [
            SelectChoice(status.value, words)
            for status, words in _STATUSES.items()
            if status not in rare or status is now
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
        return Written(
            kind.name,
            raw,
            stated if self.is_new_fact else self.fact_id,
            _status(self.status.data),
            tuple(split_tags(self.tags.data or "")),
            tuple(Waiver(rule, reason) for rule, reason in self.reasons.items()),
            EditKind(self.edit.data) if self.edit.data in set(EditKind) else None,
        )

    @property
    def is_new_fact(self) -> bool:
        return self.fact.data in {NEW, None, ""}

    def propose(self, statement: str, topic_id: int | None) -> None:
        """Fill in what the author left to be proposed."""
        stated = self.fact_statement.data or ""
        if statement and (not stated.strip() or stated == self.proposed.data):
            self.fact_statement.data = self.proposed.data = statement
        if topic_id is not None and not self.fact_topic.data:
            self.fact_topic.data = str(topic_id)

    def put(self, name: str, value: Any) -> None:
        """Give one field of the type a value as it is stored."""
        kinds = {field.name: field.kind for field in TYPES[self.type.data].fields}
        self._fields[PREFIX + name].process(None, shown(kinds[name], value))

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


def posted_form(posted: MultiDict[str, str]) -> QuestionForm:
    """Return the form as it was sent, in the shape of the type that it names."""
    name = posted.get("type", "")
    form: Any = form_for(name if name in TYPES else next(iter(TYPES)), QuestionForm)(posted)
    if name not in TYPES:
        form.type.data = next(iter(TYPES))
    own = tuple(field.name for field in form)
    form.carried = tuple(
        (key, value)
        for key, value in posted.items()
        if key.startswith(PREFIX) and key not in own and not key.startswith(_row_names(form))
    )
    form.reasons = {
        key.removeprefix(_WAIVER): value
        for key, value in posted.items()
        if key.startswith(_WAIVER) and key.removeprefix(_WAIVER) in RULES
    }
    if (form.outline.data or "").strip() and f"{PREFIX}options" in own:
        _unfold(form, read_outline(form.outline.data))
    return form  # type: ignore[no-any-return]


def _unfold(form: QuestionForm, outline: Outline) -> None:
    """Put a question that was written in one go into its fields."""
    form.outline.data = ""
    form.put("stem", outline.stem)
    form.put("options", [asdict(option) for option in outline.options])
    if outline.explanation:
        form.put("explanation", outline.explanation)


def typed_fields(posted: MultiDict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what was typed and chosen, without what belongs to the page that it was sent from."""
    return tuple((name, value) for name, value in posted.items(multi=True) if name not in _OF_PAGE)


def blank_form(type_name: str, *, fact_id: int | None = None) -> QuestionForm:
    """Return an empty form for a type; an unknown one gives the first."""
    name = type_name if type_name in TYPES else next(iter(TYPES))
    data = {"type": name, "fact": str(fact_id or NEW), "status": Status.DRAFT.value}
    return _form(name, data | {"draft": new_draft_key(), "edit": ""})


def filled_form(
    stored: StoredQuestion, revision: tuple[str, Mapping[str, Any]] | None = None
) -> QuestionForm:
    """Return the form that shows a stored question.

    :param revision: the type and content of another revision, to be shown in place of its own.
    """
    type_name, content = revision or (stored.type, stored.content)
    kind = TYPES[type_name]
    data = {
        PREFIX + field.name: shown(field.kind, content.get(field.name)) for field in kind.fields
    }
    data |= {
        "type": type_name,
        "status": stored.status.value,
        "seen": str(stored.number),
        "seen_at": stored.updated_at.isoformat(),
        "fact": str(stored.fact_id),
        "tags": ", ".join(stored.tags),
        "question": str(stored.id),
        "draft": new_draft_key(),
        "edit": "",
    }
    form = _form(type_name, data)
    form.reasons = {waiver["rule"]: waiver["reason"] for waiver in stored.waivers}
    return form


def new_draft_key() -> str:
    """Return a name for what is typed on one page."""
    return uuid4().hex


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
