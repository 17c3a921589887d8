"""Official documents (公文) as .docx: what they say, how they are laid out, and what proves both."""
