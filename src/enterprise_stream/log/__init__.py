"""The session log: what a session has told its guest, kept so that it can be told again."""
