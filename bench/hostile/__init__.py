"""Ten thousand hostile inputs against a real server, while other guests talk."""
