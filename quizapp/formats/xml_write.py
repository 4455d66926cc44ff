"""XML written as text, and packages of it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from html import escape
from io import BytesIO

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
#: What XML cannot hold at all.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Every file of a package has this time, so that the same questions give the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def node(name: str, attributes: Mapping[str, str] | None = None, *inner: str) -> str:
    """Return an element; `inner` is XML already, joined without anything between."""
    written = "".join(f' {key}="{attribute(value)}"' for key, value in (attributes or {}).items())
    body = "".join(inner)
    return f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>"


def words(text: str) -> str:
    """Return a text as it stands in an element."""
    return escape(_NO_XML.sub("", text), quote=False).replace("\r", "&#13;")


def attribute(text: str) -> str:
    """Return a text as it stands in an attribute."""
    escaped = escape(_NO_XML.sub("", text)).replace("&#x27;", "'")
    return escaped.replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")


def lines(elements: Iterable[str]) -> str:
    """Return elements below each other."""
    return "".join(f"\n{one}" for one in elements) + "\n"


def packed(files: Mapping[str, str], media: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """Return a zip of texts by their paths; the same texts give the same bytes.

    :param media: paths and bytes of files that are packed already, and so are stored as they are;
        taken one after the other.
    """
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, _TIME), text.encode(), zipfile.ZIP_DEFLATED)
        for path, data in media:
            archive.writestr(zipfile.ZipInfo(path, _TIME), data, zipfile.ZIP_STORED)
    return out.getvalue()
