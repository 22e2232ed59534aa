"""Helpers for tests of this package and of what is built with it."""
