"""Printed sheets: posters, covers, cards, logos; and abstracts."""
