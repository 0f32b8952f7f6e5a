"""What can go wrong, by name: which scenarios are in force, and what each call meets."""
