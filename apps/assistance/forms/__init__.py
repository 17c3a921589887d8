"""Forms of the assistance desk, one file per noun."""
