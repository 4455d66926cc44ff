"""Every format of questions, in the order of the menu."""

from __future__ import annotations

from collections.abc import Mapping

from quizapp.formats.aiken import AikenFormat
from quizapp.formats.bank_yaml.yaml_format import BankYamlFormat
from quizapp.formats.base import Format
from quizapp.formats.cloze_text import ClozeTextFormat
from quizapp.formats.common_cartridge.format import CommonCartridgeFormat
from quizapp.formats.csv_table.csv_files import CsvFormat
from quizapp.formats.csv_table.excel import ExcelFormat
from quizapp.formats.gift import GiftFormat
from quizapp.formats.json_lines.json_format import JsonLinesFormat
from quizapp.formats.missing_word import MissingWordFormat
from quizapp.formats.moodle_xml import MoodleXmlFormat
from quizapp.formats.qti2.format import Qti2Format, Qti3Format
from quizapp.formats.qti12.format import Qti12Format

#: The menu lists them in this order, and `detect` asks them in it.
_ALL: tuple[Format, ...] = (
    BankYamlFormat(),
    ExcelFormat(),
    CsvFormat(),
    JsonLinesFormat(),
    MoodleXmlFormat(),
    Qti12Format(),
    Qti2Format(),
    Qti3Format(),
    CommonCartridgeFormat(),
    ClozeTextFormat(),
    AikenFormat(),
    MissingWordFormat(),
    GiftFormat(),
)

#: Name → format.
FORMATS: Mapping[str, Format] = {one.name: one for one in _ALL}


def detect(data: bytes, filename: str) -> Format | None:
    """Return the first format that a file looks like, or None."""
    readable = (one for one in FORMATS.values() if one.can_read)
    return next((one for one in readable if one.detects(data, filename)), None)
