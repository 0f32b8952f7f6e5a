"""Intake of untrusted pictures and thumbnails: bytes → checked, stripped or converted bytes. No file is touched.

`worker.ImagingWorker` is the door for the rest of the studio; it runs `intake` and `thumbnail` in a child process.
"""
