"""Calls as the database keeps them, folded from what sessions tell."""

from enterprise_stream.server.projection.projector import Projector
from enterprise_stream.server.projection.upkeep import Upkeep
from enterprise_stream.server.projection.words import Wording

__all__ = ["Projector", "Upkeep", "Wording"]
