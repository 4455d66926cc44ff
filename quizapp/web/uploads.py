"""Which requests may be as large as a file, and whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, current_app, request

from quizapp.config import Settings
from quizapp.formats.media import PICTURE_BYTES, SOUND_BYTES
from quizapp.formats.reader_text.kinds import FILE_LIMIT
from quizapp.services.list_table import LIST_BYTES
from quizapp.web.viewer import viewer

#: A form's text may be as long as a text of a course in any script.
_FORM_BYTES = 8 * 1_048_576
#: The form around a file.
_MARGIN = 1024 * 1024

#: What may be kept of pictures and sounds, for people and for their browser's choice of files.
MEDIA_KINDS = (
    f"PNG, JPEG, GIF or WebP, at most {PICTURE_BYTES // 1_048_576} MB; "
    f"MP3, Ogg, WAV or M4A, at most {SOUND_BYTES // 1_048_576} MB."
)
MEDIA_FIELD = {"accept": ".png,.jpg,.jpeg,.gif,.webp,.mp3,.ogg,.wav,.m4a"}


def _of_imports() -> int:
    return settings().import_bytes


def _of_texts() -> int:
    request.max_form_memory_size = _FORM_BYTES
    return FILE_LIMIT + _FORM_BYTES


def _of_media() -> int:
    return max(PICTURE_BYTES, SOUND_BYTES) + _MARGIN


def _of_lists() -> int:
    return LIST_BYTES + _MARGIN


#: How many bytes a request may have, by its endpoint.
_UPLOADS: Mapping[str, Callable[[], int]] = {
    "anki.upload": _of_imports,
    "question_imports.upload": _of_imports,
    "media.upload": _of_media,
    "teach_invitations.invite": _of_lists,
    "teach.question_create": _of_media,
    "teach.question_revise": _of_media,
    "source_texts.create": _of_texts,
    "source_texts.add": _of_texts,
    "source_texts.preview": _of_texts,
}


def allow_uploads(app: Flask) -> None:
    """Let whoever has an account send a file where files are taken; nothing else may be as large.

    Before the form's token is looked for, since that reads the form.
    """

    @app.before_request
    def allow() -> None:
        limit = _UPLOADS.get(request.endpoint or "")
        if limit is not None and viewer().is_signed_in and not viewer().is_guest:
            request.max_content_length = limit()


def settings() -> Settings:
    """Return the settings that the application was made with."""
    found: Settings = current_app.extensions["quizapp.settings"]
    return found
