"""Retrieval over the business's knowledge file: the brain that needs no key and is no language model."""

from enterprise_stream.engines.retrieval.engine import NAME, RetrievalBrain
from enterprise_stream.engines.retrieval.facts import RetrievalFacts
from enterprise_stream.engines.retrieval.state import Booking, DialogueState

__all__ = ["NAME", "Booking", "DialogueState", "RetrievalBrain", "RetrievalFacts"]
