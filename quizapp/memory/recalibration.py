"""Correcting predicted recall by how past predictions turned out, a step with every trial.

Three coefficients on the log odds of the predicted chance p:

    log odds = intercept + slope · ln(p / (1 − p)) + lift · drift

where drift is a running mean of recalled − predicted over about the last twenty trials: days on
which everything goes well, or nothing does. The coefficients are those of a Bayesian logistic
regression, updated by an extended Kalman filter without forgetting (McCormick et al. 2012,
"Dynamic Logistic Regression and Dynamic Model Averaging for Binary Classification",
Biometrics 68(1), with forgetting factor 1), from a prior that trusts the model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from quizapp.memory.measures import loss

#: Gain (summed log loss saved) from which the correction is used: odds of 20 to 1, ln 20.
_ADOPT_AT = math.log(20)
#: It is used until all that it gained is lost again. More than this is not saved up, so that it
#: stays possible to lose.
_MOST_GAIN = 20.0
#: How much one trial moves the drift.
_DRIFT_RATE = 0.05
#: Variance of each coefficient before anything is known.
_PRIOR = (0.05, 0.05, 0.5)
#: Rounding must not make a variance negative.
_LEAST_VARIANCE = 1e-12
_BOUNDS = ((-1.5, 1.5), (0.5, 2.0), (0.0, 6.0))
#: No correction moves log odds by more than this: 0.90 stays within 0.67 and 0.98.
_MOST_SHIFT = 1.5
#: Chances beyond (about 0.0009 and 0.9991) teach nothing more than this.
_MOST_LOG_ODDS = 7.0


class Spread(NamedTuple):
    """How sure the coefficients are: the upper half of their covariance, by rows."""

    aa: float
    ab: float
    ac: float
    bb: float
    bc: float
    cc: float


_UNKNOWN = Spread(_PRIOR[0], 0.0, 0.0, _PRIOR[1], 0.0, _PRIOR[2])


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What has been learnt about one learner's predictions: thirteen numbers and a flag.

    :param drift: running mean of recalled − predicted, −1 to 1.
    :param gain: log loss that the correction would have saved, summed; at most 20 either way.
    :param is_adopted: the correction helped on past trials, so that it is used.
    :param trials: how many it was learnt from.
    :raises ValueError: a number is out of its bounds.
    """

    intercept: float = 0.0
    slope: float = 1.0
    lift: float = 0.0
    spread: Spread = _UNKNOWN
    drift: float = 0.0
    gain: float = 0.0
    is_adopted: bool = False
    trials: int = 0

    def __post_init__(self) -> None:
        told = (self.intercept, self.slope, self.lift)
        within = all(
            low <= one <= high for one, (low, high) in zip(told, _BOUNDS, strict=True)
        ) and all(0 < one <= most for one, most in zip(_diagonal(self.spread), _PRIOR, strict=True))
        bounded = abs(self.drift) <= 1 and abs(self.gain) <= _MOST_GAIN and self.trials >= 0
        if not (within and bounded and all(map(math.isfinite, self.spread))):
            raise ValueError(f"A recalibration is out of its bounds: {self}.")

    def recall(self, predicted: float) -> float:
        """Return the chance of recall to act on: the predicted one, corrected if that helps.

        :raises ValueError: `predicted` is not within 0 to 1.
        """
        return self.corrected(predicted) if self.is_adopted else _chance(predicted)

    def corrected(self, predicted: float) -> float:
        """Return the corrected chance, adopted or not.

        It rises with `predicted`; 0 and 1, which the model says of new facts and of the same
        day, stay as they are.

        :raises ValueError: `predicted` is not within 0 to 1.
        """
        if _chance(predicted) in (0.0, 1.0):
            return predicted
        odds = _log_odds(predicted)
        shifted = self.intercept + self.slope * odds + self.lift * self.drift
        return _from_log_odds(_clamp(shifted, odds - _MOST_SHIFT, odds + _MOST_SHIFT))

    def after(self, predicted: float, recalled: bool) -> Recalibration:
        """Return what is known after one more trial.

        :param predicted: what the model alone said, before the trial.
        :raises ValueError: `predicted` is not within 0 to 1.
        """
        corrected = self.corrected(predicted)
        gain = self.gain + loss(recalled, predicted) - loss(recalled, corrected)
        coefficients, spread = self._learnt(_log_odds(predicted), corrected, recalled)
        return Recalibration(
            *coefficients,
            spread=spread,
            drift=self.drift + _DRIFT_RATE * (recalled - predicted - self.drift),
            gain=_clamp(gain, -_MOST_GAIN, _MOST_GAIN),
            is_adopted=gain > (0.0 if self.is_adopted else _ADOPT_AT),
            trials=self.trials + 1,
        )

    def _learnt(
        self, odds: float, corrected: float, recalled: bool
    ) -> tuple[tuple[float, float, float], Spread]:
        """Return the coefficients and their spread after a Kalman step."""
        s, d = self.spread, self.drift
        ahead = (
            s.aa + s.ab * odds + s.ac * d,
            s.ab + s.bb * odds + s.bc * d,
            s.ac + s.bc * odds + s.cc * d,
        )
        weight = corrected * (1 - corrected)
        scale = 1 + weight * (ahead[0] + ahead[1] * odds + ahead[2] * d)
        told = (self.intercept, self.slope, self.lift)
        moved = [
            _clamp(one + step * (recalled - corrected) / scale, *bounds)
            for one, step, bounds in zip(told, ahead, _BOUNDS, strict=True)
        ]
        share, (a, b, c) = weight / scale, ahead
        spread = Spread(
            max(s.aa - share * a * a, _LEAST_VARIANCE),
            s.ab - share * a * b,
            s.ac - share * a * c,
            max(s.bb - share * b * b, _LEAST_VARIANCE),
            s.bc - share * b * c,
            max(s.cc - share * c * c, _LEAST_VARIANCE),
        )
        return (moved[0], moved[1], moved[2]), spread

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready mapping that `from_json` reads back exactly."""
        return asdict(self) | {"spread": list(self.spread)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Recalibration:
        """Return what `to_json` wrote.

        :raises ValueError: it is damaged.
        """
        try:
            values = {field.name: stored[field.name] for field in fields(cls)}
            return cls(**values | {"spread": Spread(*values["spread"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"The stored recalibration is damaged: {error!r}.") from error


def learnt_from(
    correction: Recalibration, predicted: Iterable[float], recalled: Iterable[bool]
) -> Recalibration:
    """Return what is known after trials in their order; each was predicted before it was known."""
    for chance, came in zip(predicted, recalled, strict=True):
        correction = correction.after(chance, came)
    return correction


def _diagonal(spread: Spread) -> tuple[float, float, float]:
    return spread.aa, spread.bb, spread.cc


def _chance(number: float) -> float:
    if not 0 <= number <= 1:
        raise ValueError(f"A chance is from 0 to 1, not {number}.")
    return number


def _log_odds(chance: float) -> float:
    if chance in (0.0, 1.0):
        return math.copysign(_MOST_LOG_ODDS, chance - 0.5)
    return _clamp(math.log(chance / (1 - chance)), -_MOST_LOG_ODDS, _MOST_LOG_ODDS)


def _from_log_odds(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def _clamp(number: float, low: float, high: float) -> float:
    return min(max(number, low), high)
