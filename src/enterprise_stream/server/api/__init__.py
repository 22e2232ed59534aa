"""The HTTP endpoints: a module for each concern, which lists its `routes`."""
