"""The home page, one module per reader: what each role opens the portal for."""
