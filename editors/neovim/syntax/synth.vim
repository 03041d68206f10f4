" Colours of a spec where no tree-sitter parser is installed: comments, texts, templates, numbers, and the words that
" open a statement. What a name is, the language server says.
if exists('b:current_syntax')
  finish
endif

syntax match synthKeyword /\v(^|\{)\s*\zs<(edition|from|param|const|enum|record|input|personas|criteria|model|prompt|judge)>\ze\s/
syntax match synthKeyword /\v(^|\{)\s*\zs<(dataset|mix|test|each|draw|let|gen|run|require|filter|dedup|decontaminate|flag)>\ze\s/
syntax match synthKeyword /\v(^|\{)\s*\zs<(select|loop|next|until|emit|audit|given|mock|expect)>\ze\s/
syntax match synthKeyword /\v\.@1<!<(import|by|where|weight|when|of|per|in|with|times|for|else|drop|retry|against|apart|carry|atomic|as|split|kept|dropped|that|if|then|and|or|not|weighted)>\ze(\s*[=:])@!/
syntax keyword synthBoolean true false null
syntax match synthFunction /\v<[A-Za-z_]\w*>\ze\(/
syntax match synthNumber /\v<\d[0-9_]*(\.\d+)?(ms|s|min|h|KB|MB|GB|\%)?/
syntax region synthString start=/"/ skip=/\\./ end=/"/ oneline
syntax region synthTemplate start=/"""/ end=/"""/ contains=synthHole,synthTag,synthRemark,synthMarker keepend
syntax region synthHole matchgroup=synthBrace start=/{{-\?/ end=/-\?}}/ contained contains=synthString,synthNumber,synthFunction
syntax region synthTag matchgroup=synthBrace start=/{%-\?/ end=/-\?%}/ contained contains=synthString,synthNumber,synthTagWord
syntax keyword synthTagWord if elif else endif for in endfor raw endraw and or not contained
syntax region synthRemark start=/{#/ end=/#}/ contained
syntax match synthMarker /\v^\s*\@(system|user|assistant|chat|open|raw)>/ contained
syntax match synthComment /#.*$/ contains=@Spell
syntax match synthDoc /^\s*\zs##.*$/ contains=@Spell
syntax sync fromstart

highlight default link synthKeyword Keyword
highlight default link synthBoolean Boolean
highlight default link synthFunction Function
highlight default link synthNumber Number
highlight default link synthString String
highlight default link synthTemplate String
highlight default link synthBrace Delimiter
highlight default link synthTagWord Keyword
highlight default link synthRemark Comment
highlight default link synthMarker PreProc
highlight default link synthComment Comment
highlight default link synthDoc SpecialComment

let b:current_syntax = 'synth'
