"""Input of the daily desk, one module per noun."""
