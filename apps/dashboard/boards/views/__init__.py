"""The pages of the boards."""
