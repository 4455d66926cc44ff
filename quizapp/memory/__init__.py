"""What a learner remembers of a fact, and when to ask again: rules only, no clock, no chance."""
