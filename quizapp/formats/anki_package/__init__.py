"""Anki's packages (.apkg, .colpkg): a zip with a SQLite file of notes, cards and reviews.

`archive` unpacks what somebody uploaded within limits, `collection` reads the SQLite file inside,
`templates`, `clozes` and `cards` make questions of notes, `scheduling` turns due dates into ours
and back, and `writer` writes a package.
"""
