"""The small forms around a question: a review of it, a comment on it, a course's rule."""

from __future__ import annotations

from wtforms import BooleanField, TextAreaField

from quizapp.web.forms import Form


class ReviewForm(Form):
    """What a reviewer says to the author."""

    comment = TextAreaField(
        "Comment to the author",
        description="Needed to send it back: what is to be done?",
        render_kw={"rows": 2},
    )


class CommentForm(Form):
    """What an instructor says to the others."""

    text = TextAreaField(
        "Comment",
        description="Instructors of the course read it, students never do.",
        render_kw={"rows": 3},
    )


class ReviewRuleForm(Form):
    """Whether somebody other than the author approves."""

    by_other = BooleanField(
        "Somebody other than the author approves a question before learners are asked it",
        description="Authors send their questions for review. What is ready now stays ready, until "
        "its text is changed.",
    )
