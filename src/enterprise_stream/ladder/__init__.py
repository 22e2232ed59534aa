"""The order in which engines serve: the next one where one before it fails, in one voice."""
