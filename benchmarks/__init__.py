"""Measurements and learning, run by hand; nothing here is part of the program."""
