"""Open country, cities, and what stands in them."""
