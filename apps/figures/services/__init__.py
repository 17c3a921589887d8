"""Writes of the figures: corrections of what was locked."""
