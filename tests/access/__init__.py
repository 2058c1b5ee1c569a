"""Who may open which page: the decided table, and a small world to try it in."""
