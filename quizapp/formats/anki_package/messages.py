"""The few fields that are needed of Anki's stored messages, which are in protobuf's encoding.

An encoding of numbered fields, documented by its makers; a library would bring a compiler's
output for messages that we do not have.
"""

from __future__ import annotations

from collections.abc import Mapping

_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_LONGEST_VARINT = 10


def fields(message: bytes) -> Mapping[int, int | bytes]:
    """Return the numbers and texts of a message by their field; of repeated ones the last.

    :raises ValueError: it is damaged.
    """
    found: dict[int, int | bytes] = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            found[number], at = _varint(message, at)
        elif kind in (_EIGHT, _FOUR):
            at += 8 if kind == _EIGHT else 4
        elif kind == _BYTES:
            length, at = _varint(message, at)
            found[number] = message[at : at + length]
            at += length
        else:
            raise ValueError(f"a field of an unknown kind: {kind}")
    if at != len(message):
        raise ValueError("a message that ends in the middle of a field")
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at a place, and where it ends."""
    value = 0
    for position, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * position
        if byte < 0x80:
            return value, at + position + 1
    raise ValueError("a number without an end")
