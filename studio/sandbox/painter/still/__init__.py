"""Things on a table, before a backdrop or in a room: modelled, arranged, lit."""
