"""The embedded stack behind `make run` and `make test`. It imports no room, and no room imports it."""
