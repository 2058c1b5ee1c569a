"""What everybody reads, for programs: suppliers as strangers see them, guides and model agreements. What asks for a right may not live here."""
