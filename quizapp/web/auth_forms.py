"""The forms for coming in; what they hold is checked by the services."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField, StringField

from quizapp.web.forms import Form


class EmailAddressField(EmailField):
    def __init__(self, label: str = "Email", **kwargs: object) -> None:
        shown = {"autocomplete": "username", "inputmode": "email", "required": True}
        super().__init__(label, render_kw={**shown, "maxlength": 254}, **kwargs)


def new_password_field(label: str) -> PasswordField:
    """Return the field for a password to be chosen."""
    return PasswordField(
        label,
        description="At least 10 characters. A short sentence works well.",
        render_kw={"autocomplete": "new-password", "required": True, "maxlength": 200},
    )


class SignUpForm(Form):
    email = EmailAddressField()
    password = new_password_field("Password")
    name = StringField(
        "Name (optional)",
        description="As your class knows you. Your instructors see it.",
        render_kw={"autocomplete": "name", "maxlength": 100},
    )
    timezone = HiddenField(render_kw={"data-timezone": True})


class SignInForm(Form):
    email = EmailAddressField()
    password = PasswordField(
        "Password", render_kw={"autocomplete": "current-password", "required": True}
    )


class ForgotForm(Form):
    email = EmailAddressField()


class ResetForm(Form):
    password = new_password_field("New password")
