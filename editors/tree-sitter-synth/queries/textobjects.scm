[(dataset) (prompt) (judge) (test)] @function.outer
(dataset body: (body) @function.inner)
(test body: (body) @function.inner)
(prompt (template) @function.inner)
(judge (template) @function.inner)

[(record) (enum)] @class.outer
(record body: (body) @class.inner)
(enum body: (body) @class.inner)

(parameter) @parameter.outer @parameter.inner
[(argument) (setting) (entry)] @parameter.outer
(argument name: (name) (_) @parameter.inner)
(setting name: (name) (_) @parameter.inner)
(entry key: (_) (_) @parameter.inner)

[(comment) (doc_comment)] @comment.outer
(loop) @loop.outer
(loop body: (body) @loop.inner)
(conditional) @conditional.outer
