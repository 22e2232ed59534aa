"""From the guest's audio to facts: speech began, it paused, these words, this probability that the turn is over."""
