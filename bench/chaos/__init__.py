"""Faults at random while guests talk: what is lost, what is said twice, who is stuck, how long a gap is."""
