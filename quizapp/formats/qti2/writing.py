"""Questions of ours as a package of QTI 2.1: a file for each, a test, and the list of them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Many

from quizapp.formats.base import NO_MEDIA, Draft
from quizapp.formats.bundle import used_media
from quizapp.formats.ims_package.written_media import laid, listed, pointed, shown_in
from quizapp.formats.interchange import Item
from quizapp.formats.qti2.plan import OUR_TOOL
from quizapp.formats.qti2.written_item import ITEM_NAMESPACE, write_item
from quizapp.formats.stating import state
from quizapp.formats.xml_write import HEAD, lines, node, packed, words

_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
_METADATA = "http://ltsc.ieee.org/xsd/LOM"
_TEST = "test.xml"
#: Where pictures lie, and where that is for an item.
_MEDIA, _FROM_ITEM = "media/", "../media/"


def write_package(drafts: Many[Draft], title: str, media: Mapping[str, bytes] = NO_MEDIA) -> bytes:
    """Return a package with the questions in their order, in a section for each topic."""
    items = [state(draft) for draft in drafts]
    names = used_media(drafts, media)
    documents = [HEAD + write_item(item, n) + "\n" for n, item in enumerate(items, start=1)]
    shown = [shown_in(document, names) for document in documents]
    files = {"imsmanifest.xml": _manifest(items, title, shown), _TEST: _test(items, title)}
    for number, document in enumerate(documents, start=1):
        files[_path(number)] = pointed(document, names, _FROM_ITEM)
    return packed(files, laid(names, media, _MEDIA))


def _path(number: int) -> str:
    return f"items/item-{number}.xml"


def _manifest(items: Many[Item], title: str, shown: Many[Many[str]]) -> str:
    resources = [
        node(
            "resource",
            {"identifier": "test", "type": "imsqti_test_xmlv2p1", "href": _TEST},
            node("file", {"href": _TEST}),
            *(
                node("dependency", {"identifierref": f"item-{number}"})
                for number in range(1, len(items) + 1)
            ),
        )
    ]
    resources += [_resource(item, n, shown[n - 1]) for n, item in enumerate(items, start=1)]
    manifest = node(
        "manifest",
        {"identifier": "questions-manifest", "xmlns": _PACKAGE},
        lines(
            [
                node(
                    "metadata",
                    {},
                    node("schema", {}, "QTIv2.1 Package"),
                    node("schemaversion", {}, "1.0.0"),
                    _lom("general", node("title", {}, node("string", {}, words(title)))),
                ),
                node("organizations"),
                node("resources", {}, lines(resources)),
            ]
        ),
    )
    return HEAD + manifest + "\n"


def _resource(item: Item, number: int, shown: Many[str]) -> str:
    keywords = [node("keyword", {}, node("string", {}, words(tag))) for tag in item.tags]
    return node(
        "resource",
        {
            "identifier": f"item-{number}",
            "type": "imsqti_item_xmlv2p1",
            "href": _path(number),
        },
        node("metadata", {}, _lom("general", *keywords)) if keywords else "",
        node("file", {"href": _path(number)}),
        *listed(shown, _MEDIA),
    )


def _lom(name: str, *inner: str) -> str:
    return node("lom", {"xmlns": _METADATA}, node(name, {}, *inner))


def _test(items: Many[Item], title: str) -> str:
    sections: list[str] = []
    at = 0
    while at < len(items):
        end = at
        while end < len(items) and items[end].category == items[at].category:
            end += 1
        sections.append(_section(items[at].category, len(sections) + 1, range(at + 1, end + 1)))
        at = end
    part = node(
        "testPart",
        {
            "identifier": "part",
            "navigationMode": "nonlinear",
            "submissionMode": "simultaneous",
        },
        lines(sections),
    )
    test = node(
        "assessmentTest",
        {
            "xmlns": ITEM_NAMESPACE,
            "identifier": "test",
            "title": title,
            "toolName": OUR_TOOL,
            "toolVersion": "1",
        },
        lines([part]),
    )
    return HEAD + test + "\n"


def _section(topic: tuple[str, ...], number: int, numbers: range) -> str:
    inner = lines(
        node("assessmentItemRef", {"identifier": f"item-{one}", "href": _path(one)})
        for one in numbers
    )
    for depth, title in reversed(list(enumerate(topic or ("",), start=1))):
        attributes = {"identifier": f"section-{number}-{depth}", "title": title, "visible": "true"}
        written = node("assessmentSection", attributes, inner)
        inner = lines([written])
    return written
