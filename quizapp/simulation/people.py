"""Who studies in a demo year: a dozen people drawn by hand, and classmates drawn by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

YEAR_DAYS = 365
#: Chance that somebody studies on Monday to Sunday.
_STEADY = (0.95, 0.95, 0.93, 0.94, 0.88, 0.62, 0.7)
_SCHOOLDAYS = (0.85, 0.8, 0.86, 0.78, 0.55, 0.18, 0.4)
_WEEKENDS = (0.15, 0.12, 0.3, 0.15, 0.2, 0.85, 0.9)
_FITFUL = (0.5, 0.4, 0.45, 0.4, 0.25, 0.15, 0.3)
_ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "Africa/Lagos")


@dataclass(frozen=True, slots=True)
class Break:
    """Days without study, both counted from the first day of the year and both in it.

    :param is_told: the learner said so beforehand, so that nothing was expected.
    """

    first: int
    last: int
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One learner.

    :param zone: IANA name. :param week: chance to study on Monday to Sunday.
    :param hour: of the learner's clock at which they usually begin; :param hour_spread: hours.
    :param second_hour: of a second sitting on some days; None for people who sit down once.
    :param minutes: that a usual sitting lasts. :param pace: usual seconds for a card.
    :param strength: how many times as long as the model believes they remember.
    :param retention: that they ask for. :param new_per_day: facts begun in a day at most.
    :param first_day: of the year; :param last_day: after which they never came back.
    :param diligence: chance to take a quiz of the course.
    :param exam_in: days from now to their exam; None for those who set none.
    """

    name: str
    zone: str
    week: tuple[float, ...] = _SCHOOLDAYS
    hour: float = 18.0
    hour_spread: float = 1.2
    second_hour: float | None = None
    minutes: float = 18.0
    pace: float = 6.5
    strength: float = 1.0
    retention: float = 0.9
    new_per_day: int = 3
    first_day: int = 0
    last_day: int = YEAR_DAYS
    breaks: tuple[Break, ...] = ()
    diligence: float = 0.9
    exam_in: int | None = None
    day_start_hour: int = 4

    def is_away(self, day: int) -> bool:
        """Return whether the learner does not study on that day of the year, whatever happens."""
        if not self.first_day <= day <= self.last_day:
            return True
        return any(one.first <= day <= one.last for one in self.breaks)


DOZEN: tuple[Person, ...] = (
    Person(
        "Amara Osei",
        "Europe/Berlin",
        week=_STEADY,
        hour=7.4,
        hour_spread=0.5,
        second_hour=20.5,
        breaks=(Break(128, 141, is_told=True), Break(270, 274)),
        exam_in=62,
    ),
    Person("Bao Nguyen", "Asia/Ho_Chi_Minh", hour=21.5, strength=1.35, pace=4.2, minutes=14),
    Person("Clara Lindqvist", "Europe/Stockholm", week=_STEADY, hour=12.3, retention=0.85),
    # The clock of New York changes twice in the year, and this is somebody of the small hours.
    Person(
        "Daniel Rivera",
        "America/New_York",
        hour=23.4,
        hour_spread=1.1,
        strength=0.85,
        breaks=(Break(30, 37), Break(215, 222)),
        exam_in=62,
    ),
    Person("Efe Demir", "Europe/Istanbul", week=_WEEKENDS, hour=10.5, minutes=45, second_hour=16),
    # Joined in the second half, and hurries.
    Person("Fatima Zahra", "Africa/Casablanca", first_day=240, new_per_day=8, minutes=28, pace=5),
    # Keen for ten weeks, then never seen again.
    Person("George Papadakis", "Europe/Athens", week=_STEADY, last_day=74, new_per_day=6),
    Person("Hana Suzuki", "Asia/Tokyo", week=_STEADY, hour=6.2, strength=1.15),
    # Half an hour beside the full one, all year.
    Person("Ishaan Mehta", "Asia/Kolkata", hour=19.8, strength=0.72, pace=9.5, minutes=24),
    Person(
        "Júlia Pereira",
        "America/Sao_Paulo",
        week=_FITFUL,
        hour=17,
        hour_spread=3,
        minutes=32,
        breaks=(Break(150, 188),),
        diligence=0.55,
    ),
    # Falls behind the plan for an exam that is near.
    Person("Kwame Boateng", "Europe/London", week=_FITFUL, minutes=11, strength=0.8, exam_in=24),
    Person("Lena Hoffmann", "Australia/Sydney", hour=15.5, retention=0.93, exam_in=62, pace=7.5),
)

_FIRST_NAMES_TEXT = """
Adaeze Aiko Alejandro Amina Anders Anjali Anton Arash Beatriz Bilal Bruno Camille Chen Chiara
Dalia Daria David Deniz Elif Emil Emma Esra Farid Felix Freya Gabriel Giulia Hamza Hugo Ibrahim
Ines Ingrid Ivan Jakub Jasmin Joana Jonas Kaito Karim Katya Kofi Laila Leo Lina Luca Malik Maria
Mateo Maya Mehmet Mila Min-jun Nadia Nia Nikolai Noor Oluwaseun Omar Oskar Paula Pedro Priya
Rafael Rania Ravi Rosa Samira Sara Sofia Soren Tariq Thandi Theo Tomas Uma Vera Viktor Wei Yara
Yusuf Zainab Zofia
"""
_LAST_NAMES_TEXT = """
Abebe Adeyemi Ahmed Almeida Andersson Banerjee Bauer Bergman Bianchi Castillo Chanda Chowdhury
Costa Diallo Dubois Eriksen Farouk Fernandes Fischer Fontaine Garcia Gupta Haddad Hansen Hassan
Ito Ivanova Jansen Kaya Khan Kim Kovacs Kowalska Kumar Larsen Lefebvre Lopez Mahmoud Marino Martin
Mbeki Meyer Moreau Mwangi Nakamura Navarro Ndiaye Novak Okafor Oliveira Park Patel Petrov Popescu
Rahman Ricci Rossi Santos Sato Schmidt Sharma Silva Singh Sokolov Tanaka Torres Tran Vargas
Virtanen Wagner Wang Weber Wolf Yilmaz Zhang
"""
_FIRST_NAMES = _FIRST_NAMES_TEXT.split()
_LAST_NAMES = _LAST_NAMES_TEXT.split()


def people(number: int, *, seed: int) -> tuple[Person, ...]:
    """Return so many learners: the dozen first, then classmates; the same ones for one seed."""
    chance = Random(f"people {seed}")  # noqa: S311
    classmates = [_classmate(chance) for _ in range(number - len(DOZEN))]
    return (*DOZEN[:number], *classmates)


def _classmate(chance: Random) -> Person:
    first_day, last_day = _stay(chance)
    name = f"{chance.choice(_FIRST_NAMES)} {chance.choice(_LAST_NAMES)}"
    # One may meet two of the same name in 500; nobody counts on names.
    return Person(
        name,
        chance.choices(_ZONES, weights=(60, 14, 8, 10, 8))[0],
        week=_week(chance),
        hour=chance.gauss(17.5, 3.2) % 24,
        hour_spread=chance.uniform(0.4, 2.5),
        minutes=min(40.0, _around(chance, 10, 0.4)),
        pace=_around(chance, 6.5, 0.25),
        strength=_around(chance, 1.0, 0.25),
        retention=chance.choice((0.85, 0.9, 0.9, 0.9, 0.9, 0.92)),
        new_per_day=chance.choice((2, 3, 4, 5, 8)),
        first_day=first_day,
        last_day=last_day,
        breaks=tuple(_breaks(chance)),
        diligence=chance.betavariate(5, 2),
        exam_in=62 if chance.random() < 0.35 else None,
    )


def _stay(chance: Random) -> tuple[int, int]:
    """Return the first and the last day of somebody in a class: some come late, some give up."""
    first = int(chance.expovariate(1 / 12)) if chance.random() < 0.85 else chance.randrange(60, 300)
    first = min(first, YEAR_DAYS - 20)
    last = YEAR_DAYS
    if chance.random() < 0.18:
        last = min(YEAR_DAYS, first + int(_around(chance, 60, 0.8)))
    return first, last


def _week(chance: Random) -> tuple[float, ...]:
    usual: Sequence[float] = chance.choices(
        (_STEADY, _SCHOOLDAYS, _WEEKENDS, _FITFUL), weights=(2, 5, 1, 4)
    )[0]
    return tuple(min(1.0, max(0.02, day * chance.uniform(0.75, 1.1))) for day in usual)


def _breaks(chance: Random) -> list[Break]:
    # Everybody is off about the turn of the terms, and now and then ill.
    begun = chance.randrange(122, 134)
    breaks = [Break(begun, begun + chance.randrange(6, 16), is_told=chance.random() < 0.3)]
    for _ in range(chance.randrange(3)):
        begun = chance.randrange(YEAR_DAYS)
        breaks.append(Break(begun, begun + chance.randrange(3, 9)))
    return breaks


def _around(chance: Random, middle: float, spread: float) -> float:
    """Return a number whose logarithm is normal, with that median."""
    return middle * math.exp(chance.gauss(0, spread))
