"""From an instruction to a plan: what is to change in the scene, and which filters follow."""
