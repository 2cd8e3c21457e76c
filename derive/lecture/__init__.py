"""A lecture as its own model: what the text declares, collected into the lines of a model file."""
