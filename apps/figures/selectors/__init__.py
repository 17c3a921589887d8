"""Reads of the figures: headline, tables of a day, a unit's days, leaves, corrections."""
