"""Events on their way out, and who may follow which channel."""
