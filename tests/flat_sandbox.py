"""python -m tests.flat_sandbox: the sandbox whose pictures are one colour, and cost no time."""

import sys

from studio.sandbox.server import main
from tests.sandbox_fixture import flat_painting

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], paint=flat_painting))
