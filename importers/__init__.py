"""Files of others turned into drafts and a report; no input or output but the file."""
