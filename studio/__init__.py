"""Retake: a conversational image studio for Google's Gemini image models.

prompt → turn → request → (gemini) → response → version → cost

Each arrow is a file beside this one. Files here are values and rules; the folders are edges to the outside world.
"""
