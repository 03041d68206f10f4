"""What editors need to know of synth, and what writes it."""
