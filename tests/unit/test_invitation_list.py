"""Lists of addresses as people paste them."""

from __future__ import annotations

import time

import pytest

from quizapp.errors import Invalid
from quizapp.services.invitation_list import read_list
from quizapp.services.list_table import text_of_file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amara@example.org", [("amara@example.org", "")]),
        ("  Amara@Example.ORG  ", [("amara@example.org", "")]),
        ("Amara Osei <amara@example.org>", [("amara@example.org", "Amara Osei")]),
        ('"Osei, Amara" <amara@example.org>', [("amara@example.org", "Osei, Amara")]),
        ("Osei, Amara <amara@example.org>", [("amara@example.org", "Osei Amara")]),
        ("<amara@example.org>", [("amara@example.org", "")]),
        ("Ada < mailto:ada@x.org >", [("ada@x.org", "Ada")]),
        ("mailto:amara@example.org", [("amara@example.org", "")]),
        ("a@x.org, b@x.org;c@x.org", [("a@x.org", ""), ("b@x.org", ""), ("c@x.org", "")]),
        ("a@x.org b@x.org", [("a@x.org", ""), ("b@x.org", "")]),
        ("Ada <a@x.org>; Ben <b@x.org>", [("a@x.org", "Ada"), ("b@x.org", "Ben")]),
        ("Ada <a@x.org>, b@x.org", [("a@x.org", "Ada"), ("b@x.org", "")]),
        ("Amara\tOsei\tamara@example.org", [("amara@example.org", "Amara Osei")]),
        ("amara@example.org\tAmara Osei", [("amara@example.org", "Amara Osei")]),
        ("a@x.org\r\nb@x.org\n\n , ;\n", [("a@x.org", ""), ("b@x.org", "")]),
        ("\ufeffa@x.org", [("a@x.org", "")]),
        ("a@x.org.", [("a@x.org", "")]),
    ],
)
def test_an_address_is_read_however_it_is_written(
    text: str, expected: list[tuple[str, str]]
) -> None:
    read = read_list(text)

    assert [(one.email, one.name) for one in read.listed] == expected
    assert read.bad == ()


def test_what_is_no_address_is_told_with_its_line_and_the_rest_is_read() -> None:
    read = read_list("Name\tEmail\na@x.org\nb@nowhere\nÄ@x.org, c@x.org\nBen Larsen\n")

    assert [(one.email, one.line) for one in read.listed] == [("a@x.org", 2), ("c@x.org", 4)]
    assert [(bad.line, bad.text) for bad in read.bad] == [
        (3, "b@nowhere"),
        (4, "Ä@x.org"),
        (5, "Ben Larsen"),
    ]
    assert read.bad[0].message == "This is no email address one can write to."
    assert read.bad[2].message == "No email address is on this line."


def test_who_is_named_again_is_listed_once() -> None:
    read = read_list("a@x.org\nA@X.org\nb@x.org\nAda <a@x.org>")

    assert [one.email for one in read.listed] == ["a@x.org", "b@x.org"]
    assert [(one.email, one.line) for one in read.doubled] == [("a@x.org", 2), ("a@x.org", 4)]


@pytest.mark.parametrize("text", ['"' * 5000, "<" * 5000, "@" * 5000, '"a@' * 3000, "<@" * 3000])
def test_a_line_of_nothing_but_signs_is_read_at_once(text: str) -> None:
    read = read_list(text)

    assert read.listed == ()
    assert read.bad


@pytest.mark.parametrize("line", ["a@x.org <{}x", 'a@x.org "{}x', "<{}@<{}"])
def test_a_line_of_nothing_but_blanks_is_read_at_once(line: str) -> None:
    began = time.process_time()

    read_list(line.replace("{}", " " * 90_000))

    assert time.process_time() - began < 1


def test_a_line_that_names_the_columns_makes_a_table_with_sections() -> None:
    rows = ['"Okafor, Ada";ADA@x.org;Morning', "Ben;b@x.org;", "Cy;c@x.org", ";d@x.org;" + "x" * 81]

    read = read_list("\n".join(["Student;E-Mail;Group", *rows]))

    assert [(one.email, one.name, one.section, one.line) for one in read.listed] == [
        ("ada@x.org", "Okafor, Ada", "Morning", 2),
        ("b@x.org", "Ben", "", 3),
        ("c@x.org", "Cy", "", 4),
    ]
    assert [bad.line for bad in read.bad] == [5]
    assert "Shorten the section's name" in read.bad[0].message
    assert read.head == "Student;E-Mail;Group"


def test_first_and_last_names_come_together_and_other_columns_are_left_out() -> None:
    read = read_list("ID\tLast name\tFirst name\tEmail\n7\tOkafor\tAda\ta@x.org")

    assert [(one.name, one.section) for one in read.listed] == [("Ada Okafor", "")]


def test_what_comes_back_of_a_table_to_be_mended_keeps_its_columns() -> None:
    read = read_list("\tEmail\tSection\n\tnobody\tEvening\n7\tb@x\tMorning\n8\t\tc@x\n")
    back = [read.head, *(bad.text for bad in read.bad)]

    mended = read_list("\n".join(back).replace("nobody", "a@x.org").replace("@x\t", "@x.org\t"))

    assert back == ["\tEmail\tSection", "\tnobody\tEvening", "7\tb@x\tMorning", "8\t\tc@x"]
    assert [(one.email, one.name, one.section) for one in mended.listed] == [
        ("a@x.org", "", "Evening"),
        ("b@x.org", "", "Morning"),
    ]


def test_no_name_and_no_section_of_a_table_is_lost_by_how_it_is_written() -> None:
    rows = ["\u0958mar,a@x.org,\u0958 1", "A\x07da,b@x.org,Eve\x07ning", "Cy,c\x07@x.org,Evening"]

    read = read_list("\n".join(["Name,Email,Section", *rows]))

    assert [(one.email, one.name, one.section) for one in read.listed] == [
        ("a@x.org", "\u0915\u093cmar", "\u0915\u093c 1"),  # as Unicode writes the letter now
        ("b@x.org", "Ada", "Evening"),
    ]
    assert [bad.text for bad in read.bad] == [rows[2]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'Email,Name\na@x.org,Ada\nb@x.org,"Ben\n', "Line 3: A quotation mark is opened here"),
        (b"a@x.org\n" * 2_001, "The file has 2,001 rows. Split it: a list has at most 500."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place_and_what_to_do(
    data: bytes, message: str
) -> None:
    with pytest.raises(Invalid) as caught:
        text_of_file(data)

    (problem,) = caught.value.problems
    assert problem.path == "file"
    assert problem.message.startswith(message)
