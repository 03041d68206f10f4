"""What runs inside the sandbox. It imports the standard library and its own neighbours, nothing else of synth."""
