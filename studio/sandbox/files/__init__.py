"""Files as the service keeps them for 48 hours: uploaded in pieces, listed, read by requests, then gone."""
