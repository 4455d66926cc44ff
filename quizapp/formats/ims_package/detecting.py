"""What a file is, by its first bytes or by the list of a package; quick, and never raising."""

from __future__ import annotations

import re

from quizapp.errors import Invalid
from quizapp.formats.archive import is_zip, read_archive
from quizapp.formats.ims_package.package import manifest_path

_QTI12 = re.compile(rb"<(?:\w+:)?questestinterop[\s>]|<assessment\s[^>]*ident=")
_QTI2 = re.compile(rb"<(?:\w+:)?assessment(?:Item|Test|Section)[\s>]")
_QTI3 = re.compile(rb"<(?:\w+:)?qti-assessment-(?:item|test|section)[\s>]")
_CARTRIDGE = re.compile(
    rb"imscc_xmlv1p\d/(?:assessment|question-bank)|<schema>\s*IMS (?:Thin )?Common Cartridge"
)
_QTI2_RESOURCE = re.compile(
    rb"imsqti_(?:item|test|section)_xmlv2p\d|imsqtiasi_xmlv2p\d|imsqti_v2p\d"
)
_QTI3_RESOURCE = re.compile(
    rb"imsqti_(?:item|test|section)_xmlv3p\d|imsqtiasi_xmlv3p\d|imsqti_v3p\d"
)
_QTI12_RESOURCE = re.compile(rb"imsqti_xmlv1p\d")
#: So many bytes of a document tell what it is.
_HEAD = 20_000
#: So many documents are looked at where the list of a package does not tell.
_MOST = 20


def kind_of(data: bytes) -> str:
    """Return "qti12", "qti2", "qti3" or "common_cartridge", or "" for everything else."""
    if is_zip(data):
        try:
            return _kind_of_package(data)
        except Invalid:
            return ""
    return _kind_of_document(data)


def _kind_of_document(data: bytes) -> str:
    head = data[:_HEAD].replace(b"\x00", b"")
    if _QTI12.search(head):
        return "qti12"
    if _QTI3.search(head):
        return "qti3"
    return "qti2" if _QTI2.search(head) else ""


def _kind_of_package(data: bytes) -> str:
    files = read_archive(data)
    path = manifest_path(files)
    listed = files[path].replace(b"\x00", b"") if path else b""
    if _CARTRIDGE.search(listed):
        return "common_cartridge"
    if _QTI2_RESOURCE.search(listed):
        return "qti2"
    if _QTI3_RESOURCE.search(listed):
        return "qti3"
    if _QTI12_RESOURCE.search(listed):
        return "qti12"
    documents = [name for name in files if name.lower().endswith((".xml", ".qti"))]
    kinds = (_kind_of_document(files[name]) for name in sorted(documents)[:_MOST])
    return next((kind for kind in kinds if kind), "")
