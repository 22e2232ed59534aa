"""Examples that can be run; the tests run them too."""
