"""Work for after the commit: `python -m quizapp.jobs` runs a worker until it is told to stop."""
