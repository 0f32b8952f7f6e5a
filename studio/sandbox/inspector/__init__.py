"""The page at /: the last calls part by part, for whoever is debugging a client."""
