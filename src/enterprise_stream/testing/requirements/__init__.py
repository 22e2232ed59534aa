"""What attackers and accidents must not do: the requirements, the tests that hold them, and the page that says so."""
