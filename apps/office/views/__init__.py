"""Pages of the office: imports; exports and documents beside them."""
