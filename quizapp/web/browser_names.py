"""What a browser is called, for somebody to know theirs by."""

from __future__ import annotations

import re

_PROGRAMS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\bOPR/|\bOpera\b"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"Chrome/|\bCriOS/|\bChromium/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Windows", r"\bWindows\b"),
    ("Mac", r"\bMacintosh\b|\bMac OS X\b"),
    ("Linux", r"\bLinux\b|\bX11\b"),
)


def browser_name(user_agent: str) -> str:
    """Return a few words such as "Firefox on Windows", or "" where nothing is known.

    Nothing else of what the browser says is kept: no versions, which would tell people apart.
    """
    program, system = _first(_PROGRAMS, user_agent), _first(_SYSTEMS, user_agent)
    return " on ".join(word for word in (program, system) if word)


def _first(names: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for name, pattern in names if re.search(pattern, text)), "")
