"""Where instructors say how the form of questions grows with a memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, RadioField, SelectChoice
from wtforms.validators import InputRequired

from quizapp.db import db, transaction
from quizapp.errors import Invalid
from quizapp.memory.forms import CUED, FREE, MAXIMUM_DAYS, RANKS, RECOGNITION, FormPolicy, form_of
from quizapp.queries.courses import CourseInfo
from quizapp.queries.form_policy import form_policy, forms_there
from quizapp.services.form_policy import set_form_policy
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor
from quizapp.web.wording import count, percent

bp = blueprint("teach_forms")

#: Memory lives that the preview shows, in days; 0 stands for a card that was never met.
_LIVES = (0, 1, 5, 20, 60)
_GROWS, _MIXED = "grows", "mixed"
_NAMES = {
    RECOGNITION: "Recognise: choose, match, true or false",
    CUED: "Recall with a cue: gaps, putting in order",
    FREE: "Recall freely: type or say it",
}
_WHOLE = f"Enter a whole number of days from 0 to {MAXIMUM_DAYS}."


class _Days(IntegerField):
    """Days, with words for what is no number."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        shown = {"min": 0, "max": MAXIMUM_DAYS, "inputmode": "numeric"}
        super().__init__(label, [InputRequired(_WHOLE)], render_kw=shown, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_WHOLE) from error


class PolicyForm(Form):
    way = RadioField(
        "Which form is asked",
        choices=[
            SelectChoice(
                _GROWS, "It grows with the memory: easy forms first, harder ones as the card lasts"
            ),
            SelectChoice(_MIXED, "All forms take turns from the beginning"),
        ],
        validate_choice=False,
    )
    cued_from_days = _Days(
        "Ask with a cue from (days)",
        description="Once a card should last this long, a gap to fill is asked for "
        "instead of a choice.",
    )
    free_from_days = _Days(
        "Ask freely from (days)",
        description="Once it should last this long, the question alone is asked. "
        "The same number as above leaves the cue out.",
    )
    rotates = BooleanField(
        "Questions of one form take turns",
        description="Without this, each card always asks the first question of its form.",
    )

    @property
    def policy(self) -> FormPolicy:
        """Return what was chosen. :raises Invalid: something is wrong with it."""
        return FormPolicy(
            cued_from_days=self.cued_from_days.data,
            free_from_days=self.free_from_days.data,
            is_mixed=self.way.data == _MIXED,
            rotates=self.rotates.data,
        )


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What is asked of a card that should last so long; shares are of the course's cards."""

    life: str
    forms: tuple[str, ...]


@bp.get("/forms")
@access(Access.INSTRUCTOR)
def edit(course: str) -> ResponseReturnValue:
    """Show how forms grow in the course, and what that means for its cards."""
    taught = taught_course(course)
    policy = form_policy(db.session(), taught.id)
    return _show(taught, _filled(policy), policy)


@bp.post("/forms")
@access(Access.INSTRUCTOR)
def save(course: str) -> ResponseReturnValue:
    """Keep what was chosen, or show what it would mean."""
    taught, form = taught_course(course), PolicyForm()
    if not form.validate():
        return _show(taught, form), 422
    try:
        policy = form.policy
    except Invalid as error:
        form.attach(error)
        return _show(taught, form), 422
    if request.form.get("action") == "preview":
        return _show(taught, form, policy, is_kept=False)
    with transaction() as session:
        set_form_policy(session, actor=actor(), course_id=taught.id, policy=policy)
    flash("Saved. Cards are asked this way from now on.", "good")
    return redirect(url_for("teach_forms.edit", course=taught.slug), 303)


def _filled(policy: FormPolicy) -> PolicyForm:
    return PolicyForm(
        formdata=None,
        way=_MIXED if policy.is_mixed else _GROWS,
        cued_from_days=policy.cued_from_days,
        free_from_days=policy.free_from_days,
        rotates=policy.rotates,
    )


def _show(
    course: CourseInfo,
    form: PolicyForm,
    policy: FormPolicy | None = None,
    *,
    is_kept: bool = True,
) -> str:
    there = forms_there(db.session(), actor=actor(), course_id=course.id) if policy else {}
    return render_template(
        "teach/forms.html",
        course=course,
        form=form,
        is_kept=is_kept,
        names=[_NAMES[rank] for rank in RANKS],
        preview=[_preview(days, policy, there) for days in _LIVES] if policy else (),
        is_mixed=bool(policy and policy.is_mixed),
        facts=sum(there.values()),
    )


def _preview(days: int, policy: FormPolicy, there: Mapping[tuple[int, ...], int]) -> PreviewRow:
    """Return what share of the course's cards would be asked in each form."""
    counts = dict.fromkeys(RANKS, 0.0)
    for ranks, facts in there.items():
        if policy.is_mixed and days:
            for rank in ranks:
                counts[rank] += facts / len(ranks)
        else:
            # Somebody who met it once: what the number of meetings decides shows only when mixed.
            counts[form_of(days or None, int(bool(days)), ranks, policy)] += facts
    facts = sum(there.values())
    shares = tuple(percent(counts[rank] / facts) if counts[rank] else "–" for rank in RANKS)
    return PreviewRow(count(days, "day") if days else "New", shares)
