"""Tree to model to plan to program: pure passes over parsed .synth files."""
