"""Pages of the ledger of who is where."""
