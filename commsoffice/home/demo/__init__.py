"""The demo office: the fictional municipality Valle de Amatista. Everything in it is invented."""
