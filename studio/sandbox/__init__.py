"""Gemini's REST protocol served locally: no key, no network, no cost.

    body → protocol → checks → signatures → script → painter → answer

`service.create_app` is the ASGI app, `python -m studio.sandbox` serves it on loopback. It refuses what the real service
refuses, with the same status and text, and everything it paints says that it is not Gemini's work.
"""
