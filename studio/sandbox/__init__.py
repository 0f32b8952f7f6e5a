"""Gemini's REST protocol served locally: no key, no network, no cost.

    body → protocol → checks → signatures → script → painter → answer

Beside that path stand folders: `files`, `batches` and `interactions` for what the service keeps, `scenarios` for what
can go wrong, `inspector` for the page at /, and `painter`, which knows nothing of the service.

`service.create_app` is the ASGI app, `python -m studio.sandbox` serves it on loopback. It refuses what the real service
refuses, with the same status and text, and everything it paints says that it is not Gemini's work.
"""
