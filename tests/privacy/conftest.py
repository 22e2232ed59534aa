"""Databases of each kind, with people in them."""

from tests.projection.conftest import store

__all__ = ["store"]
