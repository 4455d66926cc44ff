"""Common Cartridge: the quizzes and question banks of a whole course."""
