"""python -m studio.sandbox: serve the sandbox on loopback."""

import sys

from studio.sandbox.server import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
