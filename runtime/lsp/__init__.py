"""An editor's messages in; what is known about the specs it holds, out: the language server behind `synth lsp`.

Opening a folder runs nothing of it: no `python(…)` source, no tool, no engine, no call of a model. What does run
something (`synth.preview`, `synth.test`, `synth.plan`) is a command that a person gave, in a process of its own.

    protocol, server     what is registered, and which text a question is about
    documents, positions open texts, and where in them the editor means
    projects, catalog    the project of a file: its configuration, its files, one `Workspace`
    desk                 one thread that answers in order, beside the loop that reads
    checking             diagnostics while one types
    one module a feature each a function of a `View` and the request's parameters
"""
