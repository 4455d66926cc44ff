"""Reading the file of a text in a process of its own, so that no file can hold up the site."""

from __future__ import annotations

import json
import subprocess
import sys

from quizapp.errors import Invalid, Problem
from quizapp.formats.reader_text.kinds import FIELD, FILE_LIMIT, Extracted

#: How long a file may take; the process itself stops earlier, by the processor's time.
_PATIENCE_SECONDS = 60
_MODULE = "quizapp.formats.reader_text"


def extract_text(data: bytes, filename: str) -> Extracted:
    """Return the text of a file; the ending of its name says what it is.

    :raises Invalid: it cannot be read, or there is no text in it; the problem stands at "file".
    """
    if len(data) > FILE_LIMIT:
        raise _refusal(f"This file is larger than {FILE_LIMIT // 1_048_576} MB. Split it.")
    try:
        done = subprocess.run(  # noqa: S603 – our own module, by the interpreter that runs us
            [sys.executable, "-m", _MODULE, filename],
            input=data,
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _refusal(_TOO_MUCH) from error
    if done.returncode:
        raise _refusal(_TOO_MUCH)
    said = json.loads(done.stdout)
    if "problem" in said:
        raise _refusal(said["problem"])
    return Extracted(said["text"], said["title"], tuple(said["remarks"]))


_TOO_MUCH = "This file takes too long to read. Save it anew, split it, or paste its text."


def _refusal(message: str) -> Invalid:
    return Invalid([Problem(FIELD, message)])
