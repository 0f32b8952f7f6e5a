"""The record: conversations, turns, the ledger of attempts and versions in a database, and bytes named by their digest.

    folder → lock → database (migrated) → SqlStore
                  → blobs

`conversations.py` is the way in; `reading.py`, `editing.py` and `turns.py` are its transactions, and `ledger.py` is the
arithmetic of its money.
"""
