"""Time zones by their IANA names."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from quizapp.errors import Problem

_AREAS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def zone_names() -> tuple[str, ...]:
    """Return the zones to offer, by name: UTC and places, without the aliases of old systems."""
    return ("UTC", *sorted(name for name in _known() if name.startswith(_AREAS)))


def is_zone(name: str) -> bool:
    """Return whether this is the exact name of a time zone."""
    return name in _known()


def zone_problems(name: str, *, path: str = "timezone") -> list[Problem]:
    """Return what is wrong with the name of a time zone."""
    if is_zone(name):
        return []
    message = "Choose a time zone from the list, named by area and city, like Europe/Lisbon."
    return [Problem(path, message)]
