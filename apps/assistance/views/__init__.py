"""Pages of the assistance desk."""
