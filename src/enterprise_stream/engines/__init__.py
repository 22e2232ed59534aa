"""Engines behind the ports, one module or folder per vendor or local model; imported by `app` and tests only."""
