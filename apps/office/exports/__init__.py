"""What leaves as Excel: the rows of any list, and sheets in the office's own shape."""
