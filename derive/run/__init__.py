"""Checking many documents: which files, in which processes, what is known already."""
