[(file) (dataset) (test) (loop) (prompt) (judge) (criteria)] @local.scope

(record name: (name) @local.definition.type)
(enum name: (name) @local.definition.type)
(param name: (name) @local.definition.constant)
(const name: (name) @local.definition.constant)
(input name: (name) @local.definition.var)
(personas name: (name) @local.definition.var)
(prompt name: (name) @local.definition.function)
(judge name: (name) @local.definition.function)
(criteria name: (name) @local.definition.function)
(dataset name: (name) @local.definition.var)
(parameter name: (name) @local.definition.parameter)
[(each name: (name) @local.definition.var)
 (draw name: (name) @local.definition.var)
 (let name: (name) @local.definition.var)
 (gen name: (name) @local.definition.var)
 (run name: (name) @local.definition.var)
 (loop name: (name) @local.definition.var)
 (carry name: (name) @local.definition.var)
 (for name: (name) @local.definition.var)
 (tag name: (name) @local.definition.var)]

(name) @local.reference
(type_name) @local.reference
