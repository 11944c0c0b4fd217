"""Wires the guard that shuts the network for every test, wherever pytest starts."""

pytest_plugins = ["tests.network_guard"]
