"""Retake's front door: settings → gemini client → store → ConversationManager → Blocks → launch."""

import sys
from collections.abc import Sequence
from pathlib import Path

from studio.errors import SettingsError, StoreError
from studio.options import parse_options
from studio.settings import drop_unusable_proxies, load_settings


def main(arguments: Sequence[str]) -> int:
    """Run the studio until it is stopped; the exit status is 2 when it cannot start, with one line per reason."""
    try:
        settings = load_settings(home=Path(__file__).resolve().parent, options=parse_options(arguments))
        drop_unusable_proxies()
        # The rest takes seconds to import, so a wrong option or setting is answered before it.
        from studio.launch import bind, serve, start_logging
        from studio.logs import Secrets
        from studio.store.folder import prepare_folder

        listener = bind(settings)
        prepare_folder(settings.data_dir)
        secrets = Secrets(settings.secrets)
        log = start_logging(settings, secrets)
        from studio.wiring import build_app

        serve(build_app(settings, secrets), settings, listener, log=log)
    except (SettingsError, StoreError) as error:
        sys.stderr.write(f"Retake cannot start.\n{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
