"""An analysis and a place in a file in; what an editor wants to know about it, out. One question a file.

`occurrences` finds every name of a declaration and what it stands for; `index` keeps that for one analysis, so that a
question looks up and never walks. What names mean was found out by the passes and is in the `Model`: nothing here
resolves a name again. Callers go through `compiler.analysis.Analysis`.
"""
