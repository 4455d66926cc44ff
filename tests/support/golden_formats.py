"""What reading the golden files of QTI and Common Cartridge gives, as JSON can hold it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from quizapp.errors import Invalid
from quizapp.formats.base import Draft, LeftOut
from quizapp.formats.registry import detect

GOLDEN = Path(__file__).parent.parent / "golden" / "formats"
FOLDERS = ("qti12", "qti2", "common_cartridge")


def reading_of(path: Path) -> dict[str, Any]:
    """Return what is found in a file, or why it is refused."""
    data = path.read_bytes()
    one = detect(data, path.name)
    if one is None:
        return {"refused": "It is no format that is known."}
    try:
        reading = one.read(data, filename=path.name)
    except Invalid as error:
        return {"format": one.name, "refused": str(error)}
    return {
        "format": one.name,
        "found": [_told(found) for found in reading.found],
        "remarks": list(reading.remarks),
        "media": sorted(reading.media),
    }


def _told(found: Draft | LeftOut) -> dict[str, Any]:
    if isinstance(found, LeftOut):
        told = {"line": found.line, "left out": found.reason, "words": found.words}
    else:
        told = {
            "line": found.line,
            "type": found.type_name,
            "raw": dict(found.raw),
            "key": found.key,
            "name": found.name,
            "mark": str(found.mark),
            "topic": list(found.topic),
            "tags": list(found.tags),
            "changes": list(found.changes),
        }
    if found.place:
        told["place"] = found.place
    return told


def main() -> None:
    """Write the readings beside the files, to be looked through."""
    for name in FOLDERS:
        folder = GOLDEN / name
        paths = sorted(path for path in folder.iterdir() if path.name != "expected.json")
        readings = {path.name: reading_of(path) for path in paths}
        text = json.dumps(readings, indent=1, ensure_ascii=False) + "\n"
        (folder / "expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
