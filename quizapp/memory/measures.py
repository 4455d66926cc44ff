"""How well recall was predicted: log loss, RMSE(bins) and AUC, as srs-benchmark defines them.

Definitions: open-spaced-repetition/srs-benchmark, `utils.py` (`evaluate`, `rmse_matrix`) and
`features/base.py`, as of September 2026. It names sklearn's functions; the formulas are theirs.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from quizapp.memory.history import Trial

#: As sklearn's `log_loss`: a certainty that was wrong costs much, not infinitely much.
_LEAST = sys.float_info.epsilon


@dataclass(frozen=True, slots=True)
class Measures:
    """How well some predictions did.

    :param trials: how many were scored.
    :param log_loss: less is better; 0.69 is what 50 % for everything costs.
    :param rmse_bins: less is better. It can be gamed, so it is never told alone.
    :param auc: more is better, 0.5 is chance; None when all or none were recalled.
    """

    trials: int
    log_loss: float
    rmse_bins: float
    auc: float | None


def measure(trials: Sequence[Trial], predicted: Sequence[float]) -> Measures:
    """Return all three measures of the chances of recall predicted for `trials`.

    :raises ValueError: there is none, or not one prediction for each.
    """
    recalled = [trial.recalled for trial in trials]
    return Measures(
        trials=len(trials),
        log_loss=log_loss(recalled, predicted),
        rmse_bins=rmse_bins(trials, predicted),
        auc=auc(recalled, predicted),
    )


def log_loss(recalled: Sequence[bool], predicted: Sequence[float]) -> float:
    """Return the mean of −ln of the chance that was given to what came.

    :raises ValueError: there is none, or not one prediction for each.
    """
    return math.fsum(losses(recalled, predicted)) / len(recalled)


def losses(recalled: Sequence[bool], predicted: Sequence[float]) -> list[float]:
    """Return the log loss of each prediction.

    :raises ValueError: there is none, or not one prediction for each.
    """
    _require(recalled, predicted)
    return [loss(came, chance) for came, chance in zip(recalled, predicted, strict=True)]


def loss(recalled: bool, predicted: float) -> float:
    """Return the log loss of one prediction."""
    chance = min(max(predicted, _LEAST), 1 - _LEAST)
    return -math.log(chance if recalled else 1 - chance)


def rmse_bins(trials: Sequence[Trial], predicted: Sequence[float]) -> float:
    """Return how far predicted and actual recall lie apart, in bins of like trials.

    The root of the mean over bins, weighted by their size, of (mean predicted − mean
    recalled)². Bins are by `bin_of`.

    :raises ValueError: there is none, or not one prediction for each.
    """
    _require(trials, predicted)
    bins: dict[tuple[float, float, float], tuple[int, float]] = {}
    for trial, chance in zip(trials, predicted, strict=True):
        key = bin_of(trial)
        size, surplus = bins.get(key, (0, 0.0))
        bins[key] = size + 1, surplus + chance - trial.recalled
    # size · (surplus / size)², summed, over the number of all.
    return math.sqrt(math.fsum(s * s / size for size, s in bins.values()) / len(trials))


def bin_of(trial: Trial) -> tuple[float, float, float]:
    """Return the bin of a trial: by interval, number of reviews, lapses, each spaced by logarithm.

    2.48·3.62^⌊log₃.₆₂ days⌋ rounded to hundredths, 1.99·1.89^⌊log₁.₈₉ count⌋ and
    1.65·1.73^⌊log₁.₇₃ lapses⌋ rounded to whole numbers; no lapse is a bin of its own.
    """
    return (
        round(2.48 * 3.62 ** _steps(trial.elapsed_days, 3.62), 2),
        round(1.99 * 1.89 ** _steps(trial.count, 1.89)),
        round(1.65 * 1.73 ** _steps(trial.lapses, 1.73)) if trial.lapses else 0,
    )


def auc(recalled: Sequence[bool], predicted: Sequence[float]) -> float | None:
    """Return the chance that of a recalled and a forgotten trial the recalled was rated higher.

    Equals count half: the rank statistic of Mann and Whitney. None when only one of the two
    came, for which it is not defined.

    :raises ValueError: there is none, or not one prediction for each.
    """
    _require(recalled, predicted)
    positive = sum(recalled)
    negative = len(recalled) - positive
    if not positive or not negative:
        return None
    ranks, before = 0.0, 0
    for _, tied in groupby(sorted(zip(predicted, recalled, strict=True)), key=lambda pair: pair[0]):
        came = [recalled for _, recalled in tied]
        ranks += sum(came) * (before + (len(came) + 1) / 2)
        before += len(came)
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def mean(measured: Iterable[Measures]) -> Measures:
    """Return the plain mean over learners, as the benchmark's tables give; trials are added up.

    :raises ValueError: there is none.
    """
    all_of_them = list(measured)
    if not all_of_them:
        raise ValueError("There is nothing to take the mean of.")
    aucs = [one.auc for one in all_of_them if one.auc is not None]
    return Measures(
        trials=sum(one.trials for one in all_of_them),
        log_loss=math.fsum(one.log_loss for one in all_of_them) / len(all_of_them),
        rmse_bins=math.fsum(one.rmse_bins for one in all_of_them) / len(all_of_them),
        auc=math.fsum(aucs) / len(aucs) if aucs else None,
    )


def _steps(number: int, base: float) -> int:
    return math.floor(math.log(number) / math.log(base))


def _require(given: Sequence[object], predicted: Sequence[float]) -> None:
    if not given or len(given) != len(predicted):
        raise ValueError(f"Give one prediction for each of {len(given)} trials, at least one.")
