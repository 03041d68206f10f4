[(body) (settings) (object) (list) (arguments) (signature) (parenthesised)] @indent.begin
["}" "]" ")"] @indent.end @indent.branch
[(comment) (doc_comment) (template)] @indent.ignore
