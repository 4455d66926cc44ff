"""`python -m quizapp.formats.reader_text NAME`: read a file from standard input, apart.

Programs' files come from anywhere, and their parsers are large: one that takes too long or too
much takes this process along and no other. JSON goes to standard output.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict

from quizapp.errors import Invalid
from quizapp.formats.reader_text.extraction import extract

#: Of address space, the interpreter's own included; and of processor time.
MOST_BYTES = 1_500_000_000
MOST_SECONDS = 30


def main(filename: str) -> None:
    """Write what the file says, or its problem."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        said = asdict(extract(sys.stdin.buffer.read(), filename))
    except Invalid as error:
        said = {"problem": error.problems[0].message}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
