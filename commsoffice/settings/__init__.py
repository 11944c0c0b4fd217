"""One module per place: development, test, production; what they share is in base."""
