"""An engine's settings in; a running server of SGLang out, with its log, and the way to stop it."""
