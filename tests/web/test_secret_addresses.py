"""Addresses that are keys are named where it is said how to keep them out of a proxy's log."""

from __future__ import annotations

from flask import Flask

from tests.support.repository import ROOT


def test_every_address_with_a_secret_is_named_for_who_runs_a_proxy(
    unstarted_app: Flask,
) -> None:
    rules = [str(rule) for rule in unstarted_app.url_map.iter_rules()]
    keys = {rule.split("<token>")[0] for rule in rules if "<token>" in rule}
    told = (ROOT / "SECURITY.md").read_text(encoding="utf-8")

    assert "/calendar/" in keys
    assert sorted(key for key in keys if f"`{key}`" not in told) == []
    assert sorted(key for key in keys if key.strip("/") not in told.split("```")[1]) == []
