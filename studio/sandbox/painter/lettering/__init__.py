"""Words set exactly: fonts, scripts, lines, and where they stand in a picture."""
