"""Batches: many requests handed in at once, answered in the background at half the price."""
