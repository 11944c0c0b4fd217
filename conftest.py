"""Wires what holds for every test, wherever pytest starts: the network is shut, and skipping may be forbidden."""

pytest_plugins = ["tests.network_guard", "tests.skip_guard"]
