"""Questions of ours as a package of QTI 2.1 or 3.0: a file for each, a test, and their list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass

from quizapp.formats.base import NO_MEDIA, Draft
from quizapp.formats.bundle import used_media
from quizapp.formats.ims_package.written_media import laid, listed, pointed, shown_in
from quizapp.formats.interchange import Item
from quizapp.formats.qti2.plan import OUR_TOOL
from quizapp.formats.qti2.version3 import in_names_of_3
from quizapp.formats.qti2.written_item import ITEM_NAMESPACE, write_item
from quizapp.formats.stating import state
from quizapp.formats.xml_write import HEAD, lines, node, packed, words

_METADATA = "http://ltsc.ieee.org/xsd/LOM"
_TEST = "test.xml"
#: Where pictures lie, and where that is for an item.
_MEDIA, _FROM_ITEM = "media/", "../media/"


@dataclass(frozen=True, slots=True)
class Version:
    """How a version of QTI names things. :param kind: the end of the kinds of its resources.

    :param documents: turns a document of 2.1 into one of this version.
    """

    kind: str
    package: str
    schema: tuple[str, str]
    documents: Callable[[str], str]


VERSION_2_1 = Version(
    "xmlv2p1",
    "http://www.imsglobal.org/xsd/imscp_v1p1",
    ("QTIv2.1 Package", "1.0.0"),
    lambda document: document,
)
VERSION_3_0 = Version(
    "xmlv3p0",
    "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    ("QTI Package", "3.0.0"),
    in_names_of_3,
)


def write_package(
    drafts: Many[Draft],
    title: str,
    media: Mapping[str, bytes] = NO_MEDIA,
    version: Version = VERSION_2_1,
) -> bytes:
    """Return a package with the questions in their order, in a section for each topic."""
    items = [state(draft) for draft in drafts]
    names = used_media(drafts, media)
    written = (HEAD + write_item(item, n) + "\n" for n, item in enumerate(items, start=1))
    documents = [version.documents(document) for document in written]
    shown = [shown_in(document, names) for document in documents]
    files = {
        "imsmanifest.xml": _manifest(items, title, shown, version),
        _TEST: version.documents(_test(items, title)),
    }
    for number, document in enumerate(documents, start=1):
        files[_path(number)] = pointed(document, names, _FROM_ITEM)
    return packed(files, laid(names, media, _MEDIA))


def _path(number: int) -> str:
    return f"items/item-{number}.xml"


def _manifest(items: Many[Item], title: str, shown: Many[Many[str]], version: Version) -> str:
    schema, number_of_schema = version.schema
    resources = [
        node(
            "resource",
            {"identifier": "test", "type": f"imsqti_test_{version.kind}", "href": _TEST},
            node("file", {"href": _TEST}),
            *(
                node("dependency", {"identifierref": f"item-{number}"})
                for number in range(1, len(items) + 1)
            ),
        )
    ]
    resources += [
        _resource(item, n, shown[n - 1], version) for n, item in enumerate(items, start=1)
    ]
    manifest = node(
        "manifest",
        {"identifier": "questions-manifest", "xmlns": version.package},
        lines(
            [
                node(
                    "metadata",
                    {},
                    node("schema", {}, schema),
                    node("schemaversion", {}, number_of_schema),
                    _lom("general", node("title", {}, node("string", {}, words(title)))),
                ),
                node("organizations"),
                node("resources", {}, lines(resources)),
            ]
        ),
    )
    return HEAD + manifest + "\n"


def _resource(item: Item, number: int, shown: Many[str], version: Version) -> str:
    keywords = [node("keyword", {}, node("string", {}, words(tag))) for tag in item.tags]
    return node(
        "resource",
        {
            "identifier": f"item-{number}",
            "type": f"imsqti_item_{version.kind}",
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
