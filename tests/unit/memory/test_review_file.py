"""Reviews from CSV: read in full, or refused with the line and what to do."""

import pytest

from quizapp.errors import Invalid
from quizapp.memory.history import PastReview
from quizapp.memory.review_file import read_reviews

HEADER = "fact,at,rating,duration_ms"
GOOD = "water,2026-03-02T18:00:00+01:00,3,4000"


def read(*lines, **settings):
    return read_reviews([f"{line}\n" for line in lines], name="log.csv", **settings)


def problems(*lines, **settings):
    with pytest.raises(Invalid) as caught:
        read(*lines, **settings)
    return [(problem.path, problem.message) for problem in caught.value.problems]


def days(history):
    return [review.day for review in history.reviews]


def test_rows_become_answers_in_order_of_time():
    found = read(HEADER, "fire,1772557200000,1,", GOOD, "water,1772643600000,4,0")

    (history,) = found.values()
    first = history.reviews[0].day
    assert list(history.reviews) == [
        PastReview(0, first, 3, 4_000),
        PastReview(1, first + 1, 1, 0),
        PastReview(0, first + 2, 4, 0),
    ]


def test_columns_of_other_programs_are_known_in_any_order():
    found = read("Review_Rating,card_id,review_time,review_duration", "3,9,1772557200000,70")

    assert [(one.rating, one.duration_ms) for one in found[""].reviews] == [(3, 70)]


def test_each_learner_has_a_history():
    found = read("learner,fact,at,rating", "ann,1,1000,3", "bob,1,2000,1", "ann,1,3000,4")

    assert {name: len(one.reviews) for name, one in found.items()} == {"ann": 2, "bob": 1}


def test_days_are_those_of_the_learner():
    # 08:30 and 13:30 UTC: 01:30 and 06:30 in Vancouver (UTC−7), a night apart.
    rows = ("1,2026-07-02T08:30:00Z,3", "1,2026-07-02T13:30:00Z,3")

    assert len(set(days(read("fact,at,rating", *rows)[""]))) == 1
    vancouver = days(read("fact,at,rating", *rows, zone="America/Vancouver")[""])
    assert vancouver[1] - vancouver[0] == 1
    assert (
        len(
            set(days(read("fact,at,rating", *rows, zone="America/Vancouver", day_start_hour=0)[""]))
        )
        == 1
    )


def test_a_row_may_name_its_own_zone_and_start_of_the_day():
    found = read(
        "fact,at,rating,timezone,day_start_hour",
        "1,2026-07-02T08:30:00Z,3,America/Vancouver,4",
        "1,2026-07-02T08:30:01Z,3,,",
    )

    assert days(found[""])[1] - days(found[""])[0] == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("water,1000,5,", "A rating is 1, 2, 3 or 4, not “5”."),
        ("water,1000,,", "A rating is 1, 2, 3 or 4, not “”."),
        ("water,1000,３,", "A rating is 1, 2, 3 or 4, not “３”."),
        (",1000,3,", "Name the fact or card."),
        ("water,1000,3", "3 cells under 4 columns. Check the commas."),
        ("water,1000,3,-1", "“-1” is no duration. Give whole milliseconds, or nothing."),
        ("water,1000,3,1.5", "“1.5” is no duration. Give whole milliseconds, or nothing."),
        (
            "water,1000,3,99999999999",
            "“99999999999” is no duration. Give whole milliseconds, or nothing.",
        ),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(row, message):
    assert problems(HEADER, GOOD, row) == [("log.csv:3:", message)]


@pytest.mark.parametrize(
    "at",
    [
        "",
        "yesterday",
        "2026-03-02T18:00:00",
        "2026-02-30T18:00:00Z",
        "1" * 30,
        "--1",
        "-99999999999999",
    ],
)
def test_a_time_that_is_none_or_has_no_offset_is_refused(at):
    ((path, message),) = problems(HEADER, f"water,{at},3,")

    assert path == "log.csv:2:"
    assert message.startswith(f"“{at}” is no time. Give milliseconds since 1970, or ISO 8601")


@pytest.mark.parametrize(
    ("zone", "hour", "message"),
    [
        ("Europe/Atlantis", "4", "There is no time zone “Europe/Atlantis”"),
        ("UTC", "24", "Choose a full hour"),
        ("UTC", "noon", "A day starts at a full hour from 0 to 23."),
    ],
)
def test_a_wrong_zone_or_hour_is_refused(zone, hour, message):
    ((path, told),) = problems("fact,at,rating,timezone,day_start_hour", f"1,1000,3,{zone},{hour}")

    assert path == "log.csv:2:"
    assert told.startswith(message)


def test_the_same_review_twice_is_refused():
    assert problems(HEADER, GOOD, "fire,1000,3,", GOOD) == [
        ("log.csv:4:", "This is the review of line 2 again. Remove one.")
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("fact,at", "The column “rating” is missing."),
        ("fact,at,rating,note", "There is no column “note”."),
        ("fact,card,at,rating", "Two columns mean “fact”."),
        ("", "The column “fact” is missing."),
    ],
)
def test_wrong_columns_are_refused(header, message):
    found = problems(header, "1,1000,3,4")

    assert found[0][0] == "log.csv:1:"
    assert found[0][1].startswith(message)


def test_a_file_without_reviews_is_refused():
    assert problems(HEADER) == [
        ("log.csv:1:", "There are no reviews below the names of the columns.")
    ]


def test_quotes_that_do_not_close_are_refused_with_their_line():
    ((path, message),) = problems(HEADER, GOOD, 'wa"ter,1000,3,', '"fire,1000,3,')

    assert path == "log.csv:4:"
    assert message.startswith("This is not CSV")


def test_of_many_wrong_rows_the_first_twenty_are_told_and_the_rest_counted():
    found = problems(HEADER, *(f"water,{n},9," for n in range(50)))

    assert len(found) == 21
    assert found[0][0] == "log.csv:2:"
    assert found[-1] == ("log.csv:", "30 more rows are wrong.")
