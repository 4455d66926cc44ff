"""What the reader of a format found, before it is fitted into our types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quizapp.formats.base import LeftOut, Reading
from quizapp.formats.fitting import fit
from quizapp.formats.interchange import Item


@dataclass(frozen=True, slots=True)
class Gathered:
    """Questions in their order, with the parts that are none.

    :param remarks: about the file as a whole. :param media: what texts point at, by name.
    """

    items: tuple[Item | LeftOut, ...]
    remarks: tuple[str, ...] = ()
    media: Mapping[str, bytes] = field(default_factory=dict)

    def reading(self) -> Reading:
        """Return the questions fitted into our types."""
        found = tuple(one if isinstance(one, LeftOut) else fit(one) for one in self.items)
        return Reading(found=found, remarks=self.remarks, media=self.media)
