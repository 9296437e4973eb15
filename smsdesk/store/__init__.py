"""SQLite, and nothing but SQLite: the message log and what belongs to it."""
