"""What a fit may have found: better weights than those in force, and worse ones."""

from __future__ import annotations

from dataclasses import replace

from quizapp.memory.fitting import Fit
from quizapp.memory.latency import Choice, Quartiles
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.recalibration import Recalibration
from quizapp.services.memory_fits import Learnt

FITTED = tuple(0.9 * weight for weight in DEFAULT_WEIGHTS)
BETTER = Fit(FITTED, trials=300, held_out=150, loss_in_force=0.4, loss_fitted=0.3)
WORSE = replace(BETTER, loss_fitted=0.5)
LEARNT = Learnt(
    reviews=400,
    trials=300,
    fit=BETTER,
    choice=Choice(600, 500, 0.4, 0.3),
    is_timed=True,
    quartiles={"short_text": Quartiles(2_000, 9_000)},
    correction=Recalibration(intercept=-0.25, trials=300),
)
