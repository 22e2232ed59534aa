"""What she can do beside talking: look up, take a request, hand over, and what an owner adds."""
