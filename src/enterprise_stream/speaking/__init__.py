"""From an answer's text to sound in one voice, and back: how much of it was heard."""
