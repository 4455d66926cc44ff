"""Finding rows by a list of keys of several columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa


def among(key: Sequence[Any], places: Collection[tuple[Any, ...]]) -> sa.ColumnElement[bool]:
    """Return the condition that a key is one of some places, which the key's index finds.

    For a list of pairs alone SQLite reads the whole table, however few they are; for a list of
    what the pairs begin with it searches the index.

    :param key: columns, in the order of the index.
    """
    firsts = sorted({place[0] for place in places})
    return sa.and_(key[0].in_(firsts), sa.tuple_(*key).in_(list(places)))
