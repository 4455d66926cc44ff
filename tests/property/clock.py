"""One clock for every entry point, set by hand."""

from __future__ import annotations

import datetime as real
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LAYERS = ("quizapp.web.", "quizapp.jobs.")


class Clock:
    """What the views and jobs of this process take for the time, while `installed`."""

    def __init__(self, now: real.datetime) -> None:
        self.now = now

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let this clock stand where entry points ask for the time.

        Only they do: services take `now` as an argument.
        """
        modules = [module for name, module in sys.modules.items() if name.startswith(_LAYERS)]
        clocked = [one for one in modules if getattr(one, "datetime", None) is real.datetime]
        assert len(clocked) > 5, "entry points no longer import datetime: set their clock elsewhere"
        kind = _datetime_of(self)
        for module in clocked:
            module.datetime = kind  # type: ignore[attr-defined]
        try:
            yield
        finally:
            for module in clocked:
                module.datetime = real.datetime  # type: ignore[attr-defined]


def _datetime_of(clock: Clock) -> type[real.datetime]:
    """Return `datetime.datetime`, but for what it says the time is."""

    class Kind(type):
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, real.datetime)

    class Clocked(real.datetime, metaclass=Kind):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> Any:
            return clock.now.astimezone(tz)

    return Clocked
