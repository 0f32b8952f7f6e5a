"""Python imports this by itself in every child whose PYTHONPATH starts with this folder."""

import network_guard  # type: ignore[import-not-found]  # beside this file, which is on no other path

network_guard.forbid_the_network()
