; Names first: what stands further down is the more telling.
(name) @variable
(type_name) @type
(comment) @comment
(doc_comment) @comment.documentation

(string) @string
(integer) @number
(number) @number
(quantity) @number
(percent) @number
(boolean) @boolean
(null) @constant.builtin

(template_text) @string
(template "\"\"\"" @string)
(template_comment) @comment
(raw_tag) @comment
(marker) @keyword.directive
(hole ["{{" "{{-" "}}" "-}}"] @punctuation.special)
(tag ["{%" "%}" "-%}"] @punctuation.special)

(field name: (name) @property)
(setting name: (name) @property)
(argument name: (name) @variable.parameter)
(entry key: (name) @property)
(attribute name: (name) @property)
(parameter name: (name) @variable.parameter)
(call function: (name) @function.call)
(call function: (attribute name: (name) @function.method.call))
(pipe function: (name) @function.call)

(record name: (name) @type)
(enum name: (name) @type)
(enum body: (body member: (name) @constant))
(const name: (name) @constant)
(prompt name: (name) @function)
(judge name: (name) @function)
(criteria name: (name) @function)
(dataset name: (name) @module)
(mix name: (name) @module)
(test title: (string) @string.special)
(emit kind: (name) @label)

["edition" "param" "const" "enum" "record" "input" "personas" "criteria" "model" "prompt" "judge" "dataset" "mix" "test"
 "each" "draw" "let" "gen" "run" "require" "filter" "dedup" "decontaminate" "flag" "select" "loop" "next" "until" "emit"
 "audit" "given" "mock" "expect" "atomic" "of" "per" "with" "times" "where" "weight" "as" "split" "by" "against" "apart"
 "carry" "drop" "dropped" "kept" "that" "retry" "weighted" "when"] @keyword
["from" "import"] @keyword.import
["for" "endfor"] @keyword.repeat
["if" "then" "else" "elif" "endif"] @keyword.conditional
["and" "or" "not" "in"] @keyword.operator

["=" "==" "!=" "<" "<=" ">" ">=" "+" "-" "*" "/" "%" ".." "..." "->" "~" "|" "?"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ":" "."] @punctuation.delimiter
