"""Pictures given with the prompt, brought together."""
