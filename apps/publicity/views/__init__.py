"""Pages of the publicity desk, one file per noun."""
