"""What she can do beside talking: look up, take a request, hand over, and what an owner adds."""

from enterprise_stream.tools.box import ToolBox
from enterprise_stream.tools.implementation import Implementation, Prepared

__all__ = ["Implementation", "Prepared", "ToolBox"]
