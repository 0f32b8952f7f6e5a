"""From a prompt to a scene: which things, people and places it names, how they are lit and framed."""
