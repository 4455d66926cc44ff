"""Questions of ours as a package of QTI 1.2, and as a Common Cartridge."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Many

from quizapp.formats.base import NO_MEDIA, Draft
from quizapp.formats.bundle import used_media
from quizapp.formats.ims_package.written_media import laid, listed, pointed
from quizapp.formats.interchange import Gap, Gaps, ShortAnswer
from quizapp.formats.qti12.document import OUR_TOOL
from quizapp.formats.qti12.written_item import write_item
from quizapp.formats.stating import state
from quizapp.formats.xml_write import HEAD, lines, node, packed, words

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_CARTRIDGE = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_PATH = "questions/questions.xml"
#: Where pictures lie: beside the document, or where cartridges have the files of a course.
_BESIDE, _MEDIA = "questions/media/", "media/"
_SHARES = "What is half right in a gap to type in is wrong there."
_FILE_BASE = "$IMS-CC-FILEBASE$/"


def shares_left_out(draft: Draft) -> tuple[str, ...]:
    """Return what is to be said of answers that are half right in a gap to type in, or ()."""
    body = state(draft).body
    if not isinstance(body, Gaps):
        return ()
    parts = [one.part for one in body.pieces if isinstance(one, Gap)]
    typed = [one for part in parts if isinstance(part, ShortAnswer) for one in part.choices]
    return (_SHARES,) if any(0 < one.fraction < 1 for one in typed) else ()


def write_package(drafts: Many[Draft], title: str, media: Mapping[str, bytes] = NO_MEDIA) -> bytes:
    """Return a package that holds one quiz with all questions, in a section for each topic."""
    names = used_media(drafts, media)
    manifest = node(
        "manifest",
        {"identifier": "questions-manifest", "xmlns": _PACKAGE},
        lines(
            [
                node(
                    "metadata",
                    {},
                    node("schema", {}, "IMS Content"),
                    node("schemaversion", {}, "1.1.3"),
                ),
                node("organizations"),
                node("resources", {}, _resource("imsqti_xmlv1p2", *listed(names, _BESIDE))),
            ]
        ),
    )
    document = pointed(write_document(drafts, title), names, _MEDIA)
    files = {"imsmanifest.xml": HEAD + manifest + "\n", _PATH: document}
    return packed(files, laid(names, media, _BESIDE))


def write_cartridge(
    drafts: Many[Draft], title: str, media: Mapping[str, bytes] = NO_MEDIA
) -> bytes:
    """Return a cartridge that holds the questions as one question bank's quiz."""
    names = used_media(drafts, media)
    general = node(
        "general", {}, node("title", {}, node("string", {}, words(title or "Questions")))
    )
    manifest = node(
        "manifest",
        {"identifier": "questions-manifest", "xmlns": _CARTRIDGE},
        lines(
            [
                node(
                    "metadata",
                    {},
                    node("schema", {}, "IMS Common Cartridge"),
                    node("schemaversion", {}, "1.1.0"),
                    node(
                        "lom", {"xmlns": "http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"}, general
                    ),
                ),
                node("organizations"),
                node("resources", {}, lines(_of_cartridge(names))),
            ]
        ),
    )
    document = pointed(write_document(drafts, title), names, f"{_FILE_BASE}{_MEDIA}")
    files = {"imsmanifest.xml": HEAD + manifest + "\n", _PATH: document}
    return packed(files, laid(names, media, _MEDIA))


def write_document(drafts: Many[Draft], title: str) -> str:
    """Return one document with the questions in their order, in a section for each topic."""
    sections: list[str] = []
    at = 0
    while at < len(drafts):
        end = at
        while end < len(drafts) and drafts[end].topic == drafts[at].topic:
            end += 1
        items = [write_item(state(drafts[i]), i + 1) for i in range(at, end)]
        sections.append(_section(drafts[at].topic, len(sections) + 1, items))
        at = end
    tool = node(
        "qtimetadata",
        {},
        node(
            "qtimetadatafield",
            {},
            node("fieldlabel", {}, OUR_TOOL[0]),
            node("fieldentry", {}, OUR_TOOL[1]),
        ),
    )
    assessment = node(
        "assessment",
        {"ident": "questions", "title": title or "Questions"},
        lines([tool, *sections]),
    )
    return HEAD + node("questestinterop", {"xmlns": _QTI}, lines([assessment])) + "\n"


def _section(topic: tuple[str, ...], number: int, items: Many[str]) -> str:
    inner = lines(items)
    for depth, title in reversed(list(enumerate(topic[1:], start=2))):
        attributes = {"ident": f"section-{number}-{depth}", "title": title}
        inner = lines([node("section", attributes, inner)])
    attributes = {"ident": f"section-{number}"}
    if topic:
        attributes["title"] = topic[0]
    return node("section", attributes, inner)


def _of_cartridge(names: Many[str]) -> list[str]:
    """Return the questions, and each picture as a file of the course that they need."""
    idents = [f"file-{number}" for number in range(1, len(names) + 1)]
    needed = [node("dependency", {"identifierref": ident}) for ident in idents]
    files = [
        node(
            "resource",
            {"identifier": ident, "type": "webcontent", "href": f"{_MEDIA}{name}"},
            *listed([name], _MEDIA),
        )
        for ident, name in zip(idents, names, strict=True)
    ]
    return [_resource("imsqti_xmlv1p2/imscc_xmlv1p1/assessment", *needed), *files]


def _resource(kind: str, *more: str) -> str:
    return node(
        "resource",
        {"identifier": "questions", "type": kind, "href": _PATH},
        node("file", {"href": _PATH}),
        *more,
    )
