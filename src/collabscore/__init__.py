"""Score and rank candidates of international cooperation against a declared policy framework."""
