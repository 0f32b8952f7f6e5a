"""Changes made to a finished picture, whoever made it."""
