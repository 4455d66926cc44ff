"""Looking up stems that are nearly the same by few of their words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank.craft.duplicates import stem_words

ASKED = "Which Syrian airbase did Russian bombers use during August?"


@pytest.mark.parametrize(
    ("other", "is_like"),
    [
        ("Which Syrian airbase did the Russian bombers use during an August?", True),
        ("During August, which Syrian airbases did Russian bombers use?", True),
        ("Which Iranian airbase did Russian bombers use during August?", False),
        ("Which Syrian airbase did Russian bombers use during 3 weeks of August?", False),
    ],
)
def test_stems_are_alike_by_the_rule_of_the_checker(other: str, *, is_like: bool) -> None:
    one, two = stem_words("short_text", ASKED), stem_words("short_text", other)

    assert one.is_like(two) is is_like
    if is_like:
        assert set(one.prefix) & set(two.prefix)


def test_a_stem_of_another_type_shares_no_prefix() -> None:
    of_types = [stem_words(name, ASKED).prefix for name in ("short_text", "cloze")]

    assert not set(of_types[0]) & set(of_types[1])


def test_prefixes_never_change_for_they_are_stored() -> None:
    assert stem_words("short_text", "Which airbase?").prefix == (1775850370716542690,)


WORDS = [f"word{chr(97 + n)}{'x' * (n % 7)}" for n in range(14)]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(WORDS), min_size=1), st.sets(st.sampled_from(WORDS), max_size=2))
def test_what_is_alike_is_found_by_its_prefix_and_size(kept: set[str], other: set[str]) -> None:
    one, two = (stem_words("cloze", " ".join(sorted(some))) for some in (kept, kept ^ other))
    # By hand: 85 % of all their words in common.
    if kept ^ other and len(kept & (kept ^ other)) >= 0.85 * len(kept | other):
        assert one.is_like(two)
        assert set(one.prefix) & set(two.prefix)
        least, largest = one.sizes()
        assert least <= two.size <= largest
