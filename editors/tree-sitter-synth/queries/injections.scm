((comment) @injection.content
  (#set! injection.language "comment"))

((call
  function: [(name) @_function (attribute name: (name) @_function)]
  (arguments (string) @injection.content .))
  (#match? @_function "^(matches|find)$")
  (#set! injection.language "regex"))
