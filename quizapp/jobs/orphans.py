"""A process whose parent was killed must end too, or it goes on serving beside the next start."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

_CHECK_SECONDS = 0.5


def when_orphaned(action: Callable[[], object]) -> None:
    """Call `action` once, from a thread of its own, when the present parent is gone."""
    threading.Thread(target=_watch, args=(os.getppid(), action), daemon=True).start()


def _watch(parent: int, action: Callable[[], object]) -> None:
    while os.getppid() == parent:
        time.sleep(_CHECK_SECONDS)
    action()
