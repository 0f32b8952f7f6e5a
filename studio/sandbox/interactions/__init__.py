"""The Interactions API: conversations that the service remembers, in steps."""
