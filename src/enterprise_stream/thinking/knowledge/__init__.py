"""What the business knows about itself: one readable file, checked, and reloaded while guests talk.

`docs/how-to/knowledge.md` explains the file to its owner.
"""

from enterprise_stream.thinking.knowledge.check import check_knowledge, load_knowledge
from enterprise_stream.thinking.knowledge.model import (
    Business,
    Contact,
    Fact,
    FollowUp,
    Knowledge,
    Lodging,
    Price,
    Privacy,
    Season,
    Texts,
)
from enterprise_stream.thinking.knowledge.problems import Problem, ProblemCode
from enterprise_stream.thinking.knowledge.source import KnowledgeSource
from enterprise_stream.thinking.knowledge.terms import business_terms

__all__ = [
    "Business",
    "Contact",
    "Fact",
    "FollowUp",
    "Knowledge",
    "KnowledgeSource",
    "Lodging",
    "Price",
    "Privacy",
    "Problem",
    "ProblemCode",
    "Season",
    "Texts",
    "business_terms",
    "check_knowledge",
    "load_knowledge",
]
