"""`<sandra-voice>` on other people's pages."""
