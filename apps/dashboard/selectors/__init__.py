"""Reads across all desks for the pages that show them together."""
