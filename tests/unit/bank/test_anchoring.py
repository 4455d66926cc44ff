"""Cited words are found again where they are, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quizapp import paths
from quizapp.bank.anchoring import Anchor, anchor_at, find_again, follow
from quizapp.bank.load import read_bank
from quizapp.bank.text import locate, normalise

#: Few words, so that they repeat; marks of several kinds among them.
WORDS = st.sampled_from(["the", "base", "was", "Iran", "2016", "открыто", "قاعدة", "left"])
TEXTS = st.lists(WORDS, min_size=1, max_size=24)
ANY_TEXT = st.lists(
    st.sampled_from(["the", "base", "Iran,", "it.", "“so”", "al-Asad", "é", "e\u0301", ".", "ب"]),
    min_size=1,
    max_size=24,
)


def cite(text: str, exact: str, nth: int = 0) -> Anchor:
    """Return the anchor of the nth place where the words stand."""
    starts = [found.start() for found in re.finditer(re.escape(exact), text)]
    return anchor_at(text, starts[nth], starts[nth] + len(exact))


def moved_to(text: str, exact: str, new: str, nth: int = 0) -> int | None:
    """Return where follow() finds the words of `text` in `new`."""
    found = follow(cite(text, exact, nth), text, new)
    assert found is None or new[slice(*found)] == exact
    return found[0] if found else None


def shipped() -> Iterator[tuple[str, list[Anchor]]]:
    """Yield the text of every passage that is shipped, with its citations."""
    for course in read_bank(paths.QUESTION_BANK).courses:
        for passage in course.passages:
            exact = [
                citation.exact
                for fact in course.facts
                for citation in fact.citations
                if citation.passage == passage.key
            ]
            text = passage.text
            yield text, [anchor_at(text, *locate(text, words)) for words in exact]


def without(text: str, start: int, end: int) -> str:
    return normalise(f"{text[:start]} {text[end:]}" if end < len(text) else text[:start])


@pytest.mark.parametrize("word", [r"\w+", r"\S+"], ids=["words", "words with their marks"])
def test_a_word_removed_from_a_shipped_passage_flags_what_covered_it_and_nothing_else(
    word: str,
) -> None:
    tried = flagged = 0
    for text, anchors in shipped():
        for removed in re.finditer(word, text):
            new = without(text, *removed.span())
            for anchor in anchors:
                is_covered = anchor.start < removed.end() and removed.start() < anchor.end
                found = follow(anchor, text, new)
                assert (found is None) is is_covered, (removed[0], anchor.exact)
                assert found is None or new[slice(*found)] == anchor.exact
                flagged += found is None
            tried += 1

    assert tried > 500
    assert flagged > 400


def test_a_word_put_back_into_a_shipped_passage_heals_every_citation() -> None:
    for text, anchors in shipped():
        for removed in re.finditer(r"\w+", text):
            new = without(text, *removed.span())
            for anchor in anchors:
                if follow(anchor, text, new) is None:
                    assert find_again(anchor, new, text) == (anchor.start, anchor.end)


@pytest.mark.parametrize(
    ("exact", "new", "start"),
    [
        ("Article 146", "The old stance is codified in Article 146 of the law.", 30),
        ("Article 146", "It is codified in Article 146 of the law, they say.", 18),
        ("stance is codified", "The stance is codified, in Article 146 of the law.", 4),
        ("stance is codified", "The stance was codified in Article 146 of the law.", None),
        ("codified in", "The stance is codified-in Article 146 of the law.", None),
        ("The stance", "Stance is codified in Article 146 of the law.", None),
        ("of the law.", "The stance is codified in Article 146 of the law", None),
        ("of the law", "The stance is codified in Article 146 of the laws.", None),
        ("Article 146", "", None),
        ("Article 146", "Something else, about Article 146, was written in its place.", None),
        # Moved with its sentence, and with what stood before it alone.
        ("Article 146", "Read on: it is codified in Article 146 of the law. The stance!", 27),
        ("Article 146", "So the stance is codified in Article 146, says the reader.", 29),
    ],
)
def test_words_are_followed_through_an_edit(exact: str, new: str, start: int | None) -> None:
    assert moved_to("The stance is codified in Article 146 of the law.", exact, new) == start


def test_a_sentence_that_moves_takes_its_citation_along() -> None:
    first, second = (
        "In August Iran opened the Nojeh base.",
        "Members of parliament asked who had allowed it.",
    )
    text, new = f"{first} {second} It was short.", f"{second} {first} It was short."

    assert moved_to(text, "the Nojeh base", new) == new.index("the Nojeh base")
    assert moved_to(text, "Members of parliament", new) == 0


def test_words_that_stand_elsewhere_too_do_not_take_the_place_of_those_removed() -> None:
    one = "In 2016 the strikes began, and the base was lent to Russia for a week."
    other = "Later that year the forces left, and the base was lent to nobody at all."
    text = f"{one} {other}"

    assert moved_to(text, "the base was lent to", other) is None
    assert moved_to(text, "the base was lent to", one, nth=1) is None
    assert moved_to(text, "the base was lent to", other, nth=1) == other.index("the base")
    for nth, gone in ((0, text.replace("was lent", "is lent", 1)), (1, one + " Later that year.")):
        assert moved_to(text, "the base was lent to", gone, nth=nth) is None


def test_a_removed_sentence_is_not_taken_for_the_next_one_that_begins_alike() -> None:
    text = "The base was used by bombers. The base was left within days."

    assert moved_to(text, "The base", "The base was left within days.") is None
    assert moved_to(text, "The base", "The base was left within days.", nth=1) == 0
    assert moved_to(text, "The base", "The base was used by bombers.", nth=1) is None


def test_a_list_that_loses_a_member_keeps_the_comma_of_another() -> None:
    text = "They were Russia, Iran, Turkey, and others."

    assert moved_to(text, "Russia, Iran,", "They were Russia, Iran, and others.") == 10
    assert moved_to(text, "Turkey,", "They were Russia, Iran, and others.") is None


def test_which_of_two_equal_runs_of_words_went_is_for_people_to_say() -> None:
    head, tail = "Later that year", "once more and for good"
    text = f"{head} the base was lent to them and then the base was lent to them {tail}"
    new = f"{head} the base was lent to them {tail}"

    assert moved_to(text, "the base was lent", new, nth=0) is None
    assert moved_to(text, "the base was lent", new, nth=1) is None
    assert moved_to(text, "Later that year", new) == 0
    assert moved_to(text, "once more", new) == new.index("once more")


def test_one_of_two_equal_words_side_by_side_is_as_good_as_the_other() -> None:
    text, new = "They say that that base was lent.", "They say that base was lent."

    assert moved_to(text, "say that", new) == 5
    assert moved_to(text, "that base", new, nth=0) == 9
    assert moved_to(text, "that that", new) is None


def test_a_sentence_put_before_one_that_begins_alike_moves_the_citation() -> None:
    old, new = "The base was left.", "The base was used. The base was left."

    assert moved_to(old, "The base", new) == 19


def test_a_passage_written_anew_keeps_nothing_by_accident() -> None:
    text = "In 2016 the bombers flew from Nojeh, which angered many in Tehran."
    new = "In 2016 a treaty was signed that nobody had read before it was put to a vote in Tehran."

    assert moved_to(text, "In 2016", new) is None
    assert moved_to(text, "in Tehran", new) is None


def test_two_edits_at_once_leave_what_stands_between_them() -> None:
    text = "On Tuesday the ministry said that bombers had flown from Nojeh to strike targets."
    new = "On Monday the ministry said that bombers had flown from Nojeh to hit targets."

    assert moved_to(text, "had flown from Nojeh", new) == new.index("had flown")
    assert moved_to(text, "Tuesday the ministry", new) is None


def test_a_part_of_a_word_is_not_cited_words() -> None:
    text, new = "They took part in it for years.", "They took a party in it for years."

    assert moved_to(text, "part", new) is None


def test_a_citation_may_cut_a_word_where_a_script_has_no_spaces() -> None:
    text = "俄罗斯使用伊朗基地。 议会提出抗议。"

    assert moved_to(text, "伊朗基地", f"八月，{text}") == 8
    assert moved_to(text, "伊朗基地", text.replace("俄罗斯", "他们")) is None


def test_lost_words_come_back_only_between_what_stood_around_them() -> None:
    text = "The forces left in 2016, and the base was closed. In the end the forces left in 2016."
    anchor = cite(text, "left in 2016", nth=1)
    gone = text.replace("the forces left in 2016", "nobody stayed")

    assert follow(anchor, text, gone) is None
    assert find_again(anchor, gone, gone + " It was over.") is None
    assert find_again(anchor, gone, text) == (anchor.start, anchor.end)


def test_lost_words_do_not_take_a_place_that_was_there_when_they_were_lost() -> None:
    quote = "and so the forces left in 2016, with all that they had brought."
    text = f"The first went home, {quote} The second went home, {quote}"
    anchor = cite(text, "the forces left", nth=0)
    gone = text.replace("the forces left", "they left", 1)

    assert follow(anchor, text, gone) is None
    assert find_again(anchor, gone, gone + " It was over.") is None
    assert find_again(anchor, gone, text) == (anchor.start, anchor.end)


def test_an_anchor_that_does_not_fit_its_text_is_treated_as_lost() -> None:
    text = "The stance is codified in Article 146 of the law."

    assert follow(Anchor(0, 3, "the"), text, text) is None
    assert follow(Anchor(0, 0, ""), text, text) is None
    assert follow(Anchor(0, 9_999, "The stance"), text, text) is None


@given(ANY_TEXT, st.data())
def test_an_unchanged_text_keeps_every_citation(words: list[str], data: st.DataObject) -> None:
    text = normalise(" ".join(words))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assume(text[start:end].strip())

    assert follow(anchor_at(text, start, end), text, text) == (start, end)


@given(ANY_TEXT, ANY_TEXT, st.data())
def test_a_citation_never_ends_at_other_words(
    old: list[str], new: list[str], data: st.DataObject
) -> None:
    text, changed = normalise(" ".join(old)), normalise(" ".join(new))
    start = data.draw(st.integers(0, len(text) - 1))
    anchor = anchor_at(text, start, data.draw(st.integers(start + 1, len(text))))

    for found in (follow(anchor, text, changed), find_again(anchor, text, changed)):
        assert found is None or changed[slice(*found)] == anchor.exact


def span_of(words: list[str], first: int, last: int) -> tuple[int, int]:
    """Return where the words `first` to `last`, excluded, stand in the text of `words`."""
    start = len(" ".join(words[:first])) + (first > 0)
    return start, start + len(" ".join(words[first:last]))


def has_other_readings(old: list[str], new: list[str]) -> bool:
    """Return whether adding or removing other words would have made `new` of `old` too."""
    longer, shorter = (old, new) if len(old) > len(new) else (new, old)
    size = len(longer) - len(shorter)
    return sum(longer[:at] + longer[at + size :] == shorter for at in range(len(shorter) + 1)) > 1


@given(TEXTS, TEXTS | st.just([]), st.data())
def test_a_citation_that_one_edit_does_not_touch_keeps_its_words(
    words: list[str], put: list[str], data: st.DataObject
) -> None:
    low = data.draw(st.integers(0, len(words)))
    high = data.draw(st.integers(low, len(words)))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    assume(last <= low or high <= first)
    new = words[:low] + put + words[high:]
    # Beyond that, a text counts as written anew: what it begins with proves nothing.
    assume(2 * (len(words) - (high - low)) >= min(len(words), len(new)))
    # Where more than one word was repeated or unrepeated, nobody can say which of them it was.
    assume(abs(len(words) - len(new)) < 2 or not has_other_readings(words, new))
    text, changed = " ".join(words), " ".join(new)

    found = follow(anchor_at(text, *span_of(words, first, last)), text, changed)

    assert found is not None


@given(TEXTS, st.data())
def test_the_removal_of_a_cited_word_flags_the_citation(
    words: list[str], data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    gone = data.draw(st.integers(first, last - 1))
    # The exception: of two equal words side by side, a text cannot say which one went.
    at = 0
    for _, group in groupby(words):
        size = len(list(group))
        assume(not (at <= gone < at + size and size > 1))
        at += size
    text, changed = " ".join(words), " ".join(words[:gone] + words[gone + 1 :])

    assert follow(anchor_at(text, *span_of(words, first, last)), text, changed) is None


@given(st.permutations([f"w{n}" for n in range(12)]), TEXTS, TEXTS, st.data())
def test_a_deleted_place_never_becomes_the_other_place_of_the_same_words(
    around: list[str], quote: list[str], beside: list[str], data: st.DataObject
) -> None:
    # Both places stand between words of their own; the second shares what follows it, at most.
    head, middle, tail = around[:4], around[4:8], around[8:]
    shared = data.draw(st.sampled_from([[], beside]))
    words = head + quote + shared + middle + quote + shared + tail
    assume(" ".join(words).count(" ".join(quote)) == 2)
    low = data.draw(st.integers(0, len(head)))
    high = data.draw(st.integers(len(head) + len(quote), len(head + quote + shared + middle)))
    text, changed = " ".join(words), " ".join(words[:low] + words[high:])
    anchor = anchor_at(text, *span_of(words, len(head), len(head) + len(quote)))

    assert follow(anchor, text, changed) is None
    assert find_again(anchor, changed, f"{changed} z") is None


@given(TEXTS, st.data())
def test_a_removed_word_that_is_put_back_heals_what_it_flagged(
    words: list[str], data: st.DataObject
) -> None:
    # Words of their own around the cited ones: nothing else can be meant.
    quote = ["Shahid", "Nojeh", "near", "Hamadan"]
    at = data.draw(st.integers(0, len(words)))
    whole = words[:at] + quote + words[at:]
    gone = data.draw(st.integers(at, at + 3))
    text, changed = " ".join(whole), " ".join(whole[:gone] + whole[gone + 1 :])
    anchor = anchor_at(text, *span_of(whole, at, at + 4))
    assume(len(words) >= 3)

    assert follow(anchor, text, changed) is None
    assert find_again(anchor, changed, text) == (anchor.start, anchor.end)
