"""Rules of the craft of asking, as far as a program can see: advice, never a condition."""
