"""The base of every form: CSRF on, errors attachable by path."""

from __future__ import annotations

from flask_wtf import FlaskForm

from quizapp.errors import Invalid


class Form(FlaskForm):
    """A form whose problems stand beside their fields and whose values stay typed."""

    def attach(self, error: Invalid) -> None:
        """Show each problem beside its field, or above the form if it has none."""
        for problem in error.problems:
            field = self._fields.get(problem.path.split(".")[0])
            if field is None:
                self.form_errors.append(problem.message)
            else:
                field.errors = [*field.errors, problem.message]
