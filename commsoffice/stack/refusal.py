"""How the stack says no."""


class Refusal(Exception):
    """A start that cannot go on; its text is one sentence for the person at the console."""
