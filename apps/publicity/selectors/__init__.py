"""Reads of the publicity desk: what waits, what appeared, whose items were taken."""
