"""Pictures and sounds come back by their content, in every format that says that it holds them."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest

from quizapp.errors import Invalid
from quizapp.formats.base import Draft, Format, Written
from quizapp.formats.losses import loss_of
from quizapp.formats.media import names_in, read_media
from quizapp.formats.registry import FORMATS, detect
from quizapp.questions.registry import TYPES
from tests.support.files import picture_bytes, sound_bytes

#: Stated by hand: which formats take pictures along, and what their files are then.
HOLDING = {
    "bank_yaml": ".zip",
    "json_lines": ".zip",
    "moodle-xml": ".xml",
    "qti12": ".zip",
    "qti2": ".zip",
    "qti3": ".zip",
    "common_cartridge": ".imscc",
}
#: These hold what is told to who gives a certain answer, with the pictures in it.
TELLING = ("bank_yaml", "json_lines", "moodle-xml")
_WITHOUT = [one for one in FORMATS.values() if one.can_write and one.name not in HOLDING]
_HOLDING = [FORMATS[name] for name in HOLDING]
_IDS = {"ids": lambda one: one.name}

MAP, FACE, WORD = picture_bytes(shade=1), picture_bytes("JPEG", shade=90), sound_bytes()
_MAP, _FACE, _WORD = (read_media(data).name for data in (MAP, FACE, WORD))
FILES = {_MAP: MAP, _FACE: FACE, _WORD: WORD}
DRAFTS = [
    Draft(
        0,
        "single_choice",
        {
            "stem": f"Which river? ![the Nile, a > b & “c”](media:{_MAP})",
            "options": [
                {"text": f"This ![a face](media:{_FACE})", "key": True, "feedback": "Yes."},
                {"text": "That", "key": False, "feedback": f"No: ![](media:{_MAP})"},
            ],
            "explanation": f"Hear it: ![the word Nile](media:{_WORD})",
        },
        key="q-1",
    ),
    Draft(
        0,
        "true_false",
        {
            "stem": f"![Listen](media:{_WORD})",
            "key": True,
            "feedback": "",
            "explanation": f"*Look*:\n\n![map](media:{_MAP})\n\nSo it is.",
        },
        key="q-2",
    ),
    Draft(0, "true_false", {"stem": "No picture.", "key": False}, "q-3"),
]

TOLD = [
    Draft(
        0,
        "short_text",
        {
            "stem": "Which river?",
            "accepted": ["Nile"],
            "foreseen": [
                {"text": "Nile", "feedback": f"Yes: ![map](media:{_MAP})"},
                {"text": "White Nile", "credit": "50", "feedback": f"![face](media:{_FACE}) Near."},
                {"text": "*", "feedback": f"Hear it: ![word](media:{_WORD})"},
            ],
        },
        key="q-1",
    ),
    Draft(
        0,
        "cloze",
        {
            "text": f"![map](media:{_MAP}) Cairo lies on the {{{{Nile|~Niger}}}} in {{{{Egypt}}}}.",
            "foreseen": [
                {"gap": 1, "text": "Niger", "credit": "25", "feedback": f"![f](media:{_FACE})"},
                {"gap": 2, "text": "Sudan", "feedback": f"No, ![word](media:{_WORD}) / *south*."},
            ],
        },
        key="q-2",
        mark=Fraction(2),
    ),
]


@pytest.mark.parametrize("name", TELLING)
def test_pictures_in_what_is_told_to_certain_answers_come_back(name: str) -> None:
    one = FORMATS[name]
    assert [one.loss(draft).what for draft in TOLD] == [(), ()]

    reading = one.read(one.write(TOLD, title="Rivers", media=FILES).data)

    assert [_stored(back) for back in reading.drafts] == [_stored(draft) for draft in TOLD]
    assert dict(reading.media) == FILES


def test_a_loss_says_so_where_a_picture_is_not_in_the_file() -> None:
    class Forgetful(type(FORMATS["json_lines"])):  # type: ignore[misc]
        def write(self, drafts: Sequence[Draft], *, title: str, **_: object) -> Written:
            return super().write(drafts, title=title)  # type: ignore[no-any-return]

    assert loss_of(Forgetful(), DRAFTS[0], ()).what == (
        "Some of its pictures and sounds are not in the file.",
    )


@pytest.mark.parametrize("one", _HOLDING, **_IDS)
def test_the_same_pictures_come_back_in_the_same_places(one: Format) -> None:
    assert [one.loss(draft).what for draft in DRAFTS] == [(), (), ()]

    written = one.write(DRAFTS, title="Rivers", media=FILES)
    reading = one.read(written.data, filename=f"file{written.suffix}")

    assert written.suffix == HOLDING[one.name]
    assert detect(written.data, f"file{written.suffix}") is one
    assert reading.remarks == ()
    assert [back.changes for back in reading.drafts] == [(), (), ()]
    assert [(back.key, _stored(back)) for back in reading.drafts] == [
        (draft.key, _stored(draft)) for draft in DRAFTS
    ]
    assert dict(reading.media) == FILES


@pytest.mark.parametrize("one", _HOLDING, **_IDS)
def test_the_same_questions_and_pictures_give_the_same_file(one: Format) -> None:
    again = dict(reversed(FILES.items()))

    made = [one.write(DRAFTS, title="Rivers", media=media).data for media in (FILES, again)]

    assert made[0] == made[1]


@pytest.mark.parametrize("one", _HOLDING, **_IDS)
def test_only_what_is_shown_is_written(one: Format) -> None:
    other = {f"{'0' * 32}.png": picture_bytes(shade=7)}

    alone = one.write(DRAFTS[2:], title="", media=FILES | other)

    assert alone.data == one.write(DRAFTS[2:], title="").data


@pytest.mark.parametrize("one", _HOLDING, **_IDS)
def test_a_picture_that_is_gone_leaves_the_others_in(one: Format) -> None:
    left = {name: data for name, data in FILES.items() if name != _FACE}

    reading = one.read(one.write(DRAFTS, title="", media=left).data)

    assert dict(reading.media) == left
    assert len(reading.drafts) == 3


@pytest.mark.parametrize("one", _WITHOUT, **_IDS)
def test_formats_without_pictures_say_that_they_stay_behind(one: Format) -> None:
    assert one.most_media == 0
    assert "Its pictures and sounds are named in the file and not in it." in (
        one.loss(DRAFTS[0]).what
    )


def test_moodle_finds_each_file_behind_the_text_that_shows_it() -> None:
    text = FORMATS["moodle-xml"].write(DRAFTS[1:2], title="", media=FILES).data.decode()

    letters = base64.b64encode(WORD).decode()
    assert f'src="@@PLUGINFILE@@/{_WORD}"' in text
    assert f'</text><file name="{_WORD}" path="/" encoding="base64">{letters}</file>' in text
    assert "media:" not in text


def test_packages_list_their_files() -> None:
    cartridge = FORMATS["common_cartridge"].write(DRAFTS[:1], title="", media=FILES).data
    package = FORMATS["qti2"].write(DRAFTS[1:], title="", media=FILES).data

    with zipfile.ZipFile(BytesIO(cartridge)) as files:
        listed = files.read("imsmanifest.xml").decode()
        assert f'type="webcontent" href="media/{_MAP}"><file href="media/{_MAP}"/>' in listed
        assert f"$IMS-CC-FILEBASE$/media/{_MAP}" in files.read("questions/questions.xml").decode()
    with zipfile.ZipFile(BytesIO(package)) as files:
        listed = files.read("imsmanifest.xml").decode()
        item = files.read("items/item-1.xml").decode()
    assert f'<file href="items/item-1.xml"/><file href="media/{_WORD}"/>' in listed
    assert f'<object data="../media/{_WORD}" type="audio/wav">Listen</object>' in item
    assert _FACE not in listed


@pytest.mark.parametrize(("name", "suffix"), [("bank_yaml", ".yaml"), ("json_lines", ".jsonl")])
def test_a_zip_of_ours_that_people_packed_again_is_read(name: str, suffix: str) -> None:
    one = FORMATS[name]
    with zipfile.ZipFile(BytesIO(one.write(DRAFTS, title="", media=FILES).data)) as files:
        text = files.read(f"questions{suffix}").decode().replace(_MAP, "map.png")
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as again:
        again.writestr(f"my course/text{suffix}", text)
        again.writestr(f"__MACOSX/my course/._text{suffix}", "x")
        again.writestr("my course/media/map.png", MAP)
        again.writestr("my course/media/idle.png", FACE)

    reading = one.read(packed.getvalue(), filename="again.zip")

    assert detect(packed.getvalue(), "again.zip") is one
    assert dict(reading.media) == {"map.png": MAP}
    assert names_in(reading.drafts[1].raw) == (_WORD, "map.png")
    assert reading.remarks == ("Left out, as no question shows it: “idle.png”.",)


def test_a_zip_with_two_texts_is_refused() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("a.yaml", "footnote: 1")
        files.writestr("b.yml", "footnote: 1")

    with pytest.raises(Invalid, match="2 files that end"):
        FORMATS["bank_yaml"].read(packed.getvalue())


def _stored(draft: Draft) -> dict[str, Any]:
    kind = TYPES[draft.type_name]
    return kind.dump(kind.parse(draft.raw))
