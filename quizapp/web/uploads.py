"""Which requests may be as large as a file, and whose."""

from __future__ import annotations

from flask import Flask, current_app, request

from quizapp.config import Settings
from quizapp.web.viewer import viewer

_UPLOADS = ("anki.upload", "question_imports.upload")


def allow_uploads(app: Flask) -> None:
    """Let whoever has an account send a file where files are taken; nothing else may be as large.

    Before the form's token is looked for, since that reads the form.
    """

    @app.before_request
    def allow() -> None:
        if request.endpoint in _UPLOADS and viewer().is_signed_in and not viewer().is_guest:
            request.max_content_length = settings().import_bytes


def settings() -> Settings:
    """Return the settings that the application was made with."""
    found: Settings = current_app.extensions["quizapp.settings"]
    return found
