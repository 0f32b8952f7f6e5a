"""A picture process that does what a broken or captured decoder might: the job's body says what."""

import os
import sys
import time

from studio.errors import PictureRefused
from studio.imaging.child import OPERATIONS, serve
from studio.imaging.wire import Frame


def misbehave(job: Frame) -> Frame:
    match job.body:
        case b"abort":
            os.abort()
        case b"hang":
            time.sleep(600)
        case b"bug":
            raise ZeroDivisionError
        case b"fill memory":
            return Frame(head={}, body=bytes(4_000_000_000))
        case b"false type":
            return Frame(head={"mime_type": "text/html", "width_px": 1, "height_px": 1})
        case b"negative size":
            return Frame(head={"mime_type": "image/png", "width_px": -1, "height_px": 1})
        case b"print":
            sys.stdout.write("noise from a library")
            sys.stdout.flush()
            os.write(1, b"noise from C code")
        case b"environment":
            raise PictureRefused(" ".join(sorted(os.environ)))
        case b"process id":
            raise PictureRefused(str(os.getpid()))
        case _:
            return OPERATIONS["inspect"](job)
    return Frame(head={"mime_type": "image/png", "width_px": 1, "height_px": 1})


if __name__ == "__main__":
    serve({**OPERATIONS, "inspect": misbehave})
