"""The pictures and sounds of questions that go into a file: their sizes first, then their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, Problem
from quizapp.formats.base import Draft, Format
from quizapp.formats.media import names_in
from quizapp.models import Media, MediaBytes

_MEGABYTE = 1_048_576


@dataclass(frozen=True, slots=True)
class ExportedMedia(Mapping[str, bytes]):
    """Files by the names that texts use; each is read from the database when it is asked for.

    :param wanted: every name that the questions point at. :param total: bytes of all that is there.
    """

    session: Session
    digests: Mapping[str, str]
    wanted: frozenset[str]
    total: int

    @property
    def gone(self) -> frozenset[str]:
        """Return the names that questions point at and that the course has no file for."""
        return self.wanted - self.digests.keys()

    def __getitem__(self, name: str) -> bytes:
        digest = self.digests[name]
        found = self.session.scalar(sa.select(MediaBytes.data).where(MediaBytes.digest == digest))
        if found is None:
            raise KeyError(name)
        return bytes(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self.digests)

    def __len__(self) -> int:
        return len(self.digests)


def exported_media(session: Session, *, course_id: int, drafts: Sequence[Draft]) -> ExportedMedia:
    """Return the files that questions of a course show; one query, none where they show none."""
    wanted = frozenset(name for draft in drafts for name in names_in(draft.raw))
    if not wanted:
        return ExportedMedia(session, {}, wanted, 0)
    rows = session.execute(
        sa.select(Media.digest, Media.suffix, Media.size).where(Media.course_id == course_id)
    )
    found = {f"{row.digest}.{row.suffix}": row for row in rows}
    held = {name: found[name] for name in sorted(wanted) if name in found}
    digests = {name: row.digest for name, row in held.items()}
    return ExportedMedia(session, digests, wanted, sum(row.size for row in held.values()))


def require_room(form: Format, media: ExportedMedia) -> None:
    """Refuse files that are too large for a format, before it is made.

    :raises Invalid: they are, at the path "".
    """
    if form.most_media and media.total > form.most_media:
        taken, most = media.total / _MEGABYTE, form.most_media // _MEGABYTE
        message = (
            f"The pictures and sounds of these questions take {taken:.0f} MB, and a file of this "
            f"format holds {most} MB. Choose fewer questions, a topic for example."
        )
        raise Invalid([Problem("", message)])
