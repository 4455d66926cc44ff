"""The content hash."""

from __future__ import annotations

import hashlib

import pytest

from quizapp.bank.digest import digest


def test_the_digest_is_of_canonical_json():
    expected = hashlib.sha256('{"a":["é",true,1],"b":""}'.encode()).hexdigest()

    assert digest({"b": "", "a": ["é", True, 1]}) == expected


def test_the_order_of_keys_does_not_count_and_that_of_lists_does():
    assert digest({"a": 1, "b": {"c": 2, "d": 3}}) == digest({"b": {"d": 3, "c": 2}, "a": 1})
    assert digest({"a": [1, 2]}) != digest({"a": [2, 1]})


def test_what_is_no_json_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        digest({"a": float("nan")})
    with pytest.raises(TypeError):
        digest({"a": {1, 2}})
