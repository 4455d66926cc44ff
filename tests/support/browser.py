"""A real browser for the tests: Chromium or Chrome, found on this machine, driven by Playwright.

Run as a script, it starts the browser once and prints its path.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Response,
    expect,
    sync_playwright,
)

PHONE_WIDTH = 390
DESKTOP_WIDTH = 1280
#: How long a page may take to become as expected: two browsers and a server share slow machines.
PATIENCE_MS = 20_000
# Tests run as root in containers, and a test browser has nobody to report home to.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: A window of Chromium loads pages for its address bar, at twice its own cost; the tests open
#: one for each visitor. The last list counts, so what Playwright needs to be off is off here too.
_FEATURES_OFF = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "OptimizationHints"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "LensOverlay"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)
#: The shell is the same engine without the windows, which cost a third of a test in a browser.
_NAMES = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome-stable", "google-chrome"),
)
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

expect.set_options(timeout=PATIENCE_MS)


class BrowserNotFound(RuntimeError):
    """There is no browser; the message says how to get one."""


def find_browser() -> Path:
    """Return the path of a browser that starts.

    Looked for in $BROWSER_BIN, on PATH, in macOS's applications and among Playwright's own.

    :raises BrowserNotFound: none of them is there and starts.
    """
    given = os.environ.get("BROWSER_BIN")
    found = (shutil.which(name) for name in _NAMES)
    for path in (given, *found, _MAC):
        if path and _starts(Path(path)):
            return Path(path)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    if _starts(own):
        return own
    raise BrowserNotFound(
        "A browser is needed by the tests and was not found: run `scripts/setup dev`, install "
        "Chromium or Chrome, or set BROWSER_BIN to its path."
    )


def _starts(path: Path) -> bool:
    # Some systems put a script in the browser's place that only says how to install it.
    if not os.access(path, os.X_OK):
        return False
    try:
        asked = subprocess.run(
            [path, "--version"], capture_output=True, timeout=60, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and ("Chrom" in asked.stdout)


@contextmanager
def launched(path: Path) -> Iterator[Browser]:
    """Start the browser without a window; it is closed at the end of the block."""
    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--disable-features={','.join(_FEATURES_OFF)}"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at.

    :param width: of the window, in CSS pixels.
    :param dark: the system asks for dark colours.
    :param javascript: scripts may run.
    :param reduced_motion: the system asks for no animation.
    :param refusals: the test takes the network away, or lets a script be refused: the browser's
        word that something could not be loaded is no complaint.
    """

    width: int = DESKTOP_WIDTH
    dark: bool = False
    javascript: bool = True
    reduced_motion: bool = False
    refusals: bool = False


@dataclass
class Pages:
    """Opens pages, each with cookies of its own, and remembers what went wrong on them.

    Without slots, because Playwright marks the objects whose methods it calls.
    """

    browser: Browser
    base_url: str | None = None
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)
    _navigations: set[str] = field(default_factory=set)

    def open(self, view: View | None = None) -> Page:
        """Return an empty page of a new visitor; addresses may be relative to `base_url`."""
        view = view or View()
        context = self.browser.new_context(
            base_url=self.base_url,
            viewport={"width": view.width, "height": 900},
            color_scheme="dark" if view.dark else "light",
            java_script_enabled=view.javascript,
            reduced_motion="reduce" if view.reduced_motion else "no-preference",
        )
        self._contexts.append(context)
        context.on("console", self._hear_most if view.refusals else self._hear)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("response", self._note_navigation)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        return page

    def close(self) -> None:
        """Close every page and its visitor's cookies."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()

    def unexpected(self) -> list[str]:
        """Return the console errors so far: failed scripts, blocked content, missing files.

        That a page itself answered 404 or 422 is the test's business and is not among them.
        """
        for page in (page for context in self._contexts for page in context.pages):
            # A round trip to the page, after which its earlier messages have arrived.
            with suppress(Error):
                page.evaluate("0")
        return [text for text in self.complaints if text not in self._excused()]

    def _excused(self) -> set[str]:
        return {f"console: {_FAILED_LOAD} at {url}" for url in self._navigations}

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        text = _FAILED_LOAD if message.text.startswith(_FAILED_LOAD) else message.text
        self.complaints.append(f"console: {text} at {message.location['url']}")

    def _hear_most(self, message: ConsoleMessage) -> None:
        if not message.text.startswith(_NOT_LOADED):
            self._hear(message)

    def _note_navigation(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._navigations.add(response.url)


# The browser's own words, followed by the status, for any answer of 400 and above.
_NOT_LOADED = "Failed to load resource: "
_FAILED_LOAD = f"{_NOT_LOADED}the server responded with a status of"


def main() -> None:
    """Print the path of the browser after starting it once; exit with a reason if that fails."""
    try:
        path = find_browser()
        with launched(path):
            print(path)  # noqa: T201
    except BrowserNotFound as error:
        sys.exit(str(error))
    except Exception as error:  # noqa: BLE001  # Playwright raises bare exceptions
        sys.exit(f"The browser, or Playwright's driver for it, cannot be started: {error}")


if __name__ == "__main__":
    main()
