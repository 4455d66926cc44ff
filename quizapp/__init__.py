"""Footnote: quizzes and flashcards in which every answer cites its passage."""
