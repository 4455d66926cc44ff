"""The forms of a course as a whole: a new one, a copy, its settings."""

from __future__ import annotations

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

from quizapp.queries.course_settings import StoredCourse
from quizapp.services.course_copies import MOST_DAYS, WrittenCopy
from quizapp.services.courses import SLUG_LIMIT, SUMMARY_LIMIT, TITLE_LIMIT, WrittenCourse
from quizapp.web.forms import Form
from quizapp.web.languages import language_choices
from quizapp.web.quiz_rows import id_of

_LEAVE, _SHIFT = "leave", "shift"
_CHOOSE = "Choose a language of the list."


def _title() -> StringField:
    return StringField("Title", render_kw={"maxlength": TITLE_LIMIT, "required": True})


def _slug() -> StringField:
    return StringField(
        "Address",
        description="How addresses of the course end: small letters, digits and hyphens. "
        "Empty: made of the title. It cannot be changed later.",
        render_kw={"maxlength": SLUG_LIMIT, "autocapitalize": "none", "spellcheck": "false"},
    )


class SettingsForm(Form):
    """What is said of a course as a whole. :param seen: how often it had been edited."""

    title = _title()
    summary = TextAreaField(
        "Summary",
        description="What the course is about, in a sentence or two.",
        render_kw={"rows": 3, "maxlength": SUMMARY_LIMIT},
    )
    language = SelectField(
        "Language",
        default="en",
        description="Of its questions and facts.",
        invalid_value_message=_CHOOSE,
        invalid_choice_message=_CHOOSE,
        validate_choice=False,
    )
    is_public = BooleanField(
        "Public",
        description="Everybody sees it among the courses, reads its texts and may join. "
        "Otherwise it is for those alone whom its instructors let in.",
    )
    seen = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = language_choices(self.language.data or "en")

    @property
    def written(self) -> WrittenCourse:
        """Return what was typed, unchecked."""
        return WrittenCourse(
            title=self.title.data or "",
            summary=self.summary.data or "",
            language=self.language.data or "",
            is_public=bool(self.is_public.data),
        )


class NewCourseForm(SettingsForm):
    """A course with nothing in it."""

    slug = _slug()

    @property
    def written(self) -> WrittenCourse:
        """Return what was typed, unchecked."""
        return WrittenCourse(
            title=self.title.data or "",
            slug=self.slug.data or "",
            summary=self.summary.data or "",
            language=self.language.data or "",
            is_public=bool(self.is_public.data),
        )


class CopyForm(Form):
    """A course made from another."""

    title = _title()
    slug = _slug()
    dates = RadioField(
        "Dates of quizzes",
        choices=[
            SelectChoice(_LEAVE, "Leave them out; these quizzes wait as drafts for new ones"),
            SelectChoice(_SHIFT, "Move them"),
        ],
        default=_LEAVE,
        validate_choice=False,
    )
    shift_days = StringField(
        "By how many days",
        description="364 days are 52 weeks, so that the days of the week stay.",
        render_kw={"inputmode": "numeric", "maxlength": "5"},
    )

    def wanted(self, *, summary: str, language: str) -> WrittenCopy:
        """Return what was typed, unchecked; what is no number is out of every range."""
        days = id_of((self.shift_days.data or "").strip().replace(",", ""))
        shift = (MOST_DAYS + 1 if days is None else days) if self.dates.data == _SHIFT else None
        course = WrittenCourse(self.title.data or "", self.slug.data or "", summary, language)
        return WrittenCopy(course, shift)


def filled(stored: StoredCourse) -> SettingsForm:
    """Return the form of a course as it is stored."""
    return SettingsForm(
        formdata=None,
        title=stored.title,
        summary=stored.summary,
        language=stored.language,
        is_public=stored.is_public,
        seen=str(stored.edited),
    )
