"""Puts engines together as the settings want them; `app` and the commands stand on it."""
