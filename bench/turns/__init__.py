"""End of turn: cut-offs against delay, for our policy and for simpler ones."""
