"""Small files of the kinds that people upload."""

from __future__ import annotations

import io
import struct

from PIL import Image


def picture_bytes(kind: str = "PNG", size: tuple[int, int] = (40, 20), shade: int = 120) -> bytes:
    """Return a picture of one colour, as Pillow names its kind."""
    kept = io.BytesIO()
    Image.new("RGB", size, (shade, 60, 200)).save(kept, kind)
    return kept.getvalue()


def sound_bytes(seconds: float = 0.1) -> bytes:
    """Return silence as a WAV file."""
    samples = b"\x80" * int(8_000 * seconds)
    described = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8_000, 8_000, 1, 8)
    body = b"WAVE" + described + struct.pack("<4sI", b"data", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body
