"""Program to rows to commit to diff: every side effect of synth lives here."""
