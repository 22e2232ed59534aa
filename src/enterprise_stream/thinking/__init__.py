"""From the guest's words to an answer's text."""
