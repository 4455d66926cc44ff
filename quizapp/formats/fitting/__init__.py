"""Questions of other programs, fitted into our types with every difference named."""

from quizapp.formats.fitting.items import fit, fit_all

__all__ = ["fit", "fit_all"]
