"""People as stylised busts, from traits that a record keeps."""
