// The grammar of .synth files, edition 1, for tree-sitter; the language's own is dsl/synth.lark, and tests compare the two
// on every spec of the tree. It accepts a little more: an editor colours what is half typed.
//
// A keyword is one only where the grammar has room for it, as there: that is what `word` does. Line ends count inside
// braces and nowhere else; src/scanner.c reads them, and the texts of templates, whose tags are left flat: each is whole
// by itself, so that one that is missing recolours nothing.
/// <reference types="tree-sitter-cli/dsl" />

const LEVEL = { conditional: 1, or: 2, and: 3, not: 4, comparison: 5, range: 6, sum: 7, product: 8, sign: 9, postfix: 10 };

const commaList = rule => optional(seq(rule, repeat(seq(',', rule)), optional(',')));
const chain = (level, operator, $) =>
  prec.left(level, seq(field('left', $._expression), field('operator', operator), field('right', $._expression)));

module.exports = grammar({
  name: 'synth',
  word: $ => $.name,
  extras: $ => [/\s/, $.comment, $.doc_comment],
  externals: $ => [
    $._newline, $.percent, $.template_text, $.marker, $._tag_start, $.raw_tag, $._template_end, $._recovering,
  ],
  supertypes: $ => [$._expression, $._declaration],
  inline: $ => [$._separator],

  rules: {
    file: $ => seq(repeat($._newline), optional(seq($._declaration, repeat(seq(repeat1($._newline), $._declaration)),
      repeat($._newline)))),

    // --- declarations ---
    _declaration: $ => choice($.edition, $.import, $.param, $.const, $.enum, $.record, $.input, $.personas, $.criteria,
      $.model, $.prompt, $.judge, $.dataset, $.mix, $.test),
    edition: $ => seq('edition', $.integer),
    import: $ => seq('from', field('path', $.string), 'import', field('name', $.name), repeat(seq(',', field('name', $.name)))),
    param: $ => seq('param', field('name', $.name), ':', field('type', $._type), '=', $._expression),
    const: $ => seq('const', field('name', $.name), '=', $._expression),
    enum: $ => seq('enum', field('name', $.name), field('body', alias($._members, $.body))),
    _members: $ => entries($, field('member', $.name)),
    record: $ => seq('record', field('name', $.name), field('body', alias($._fields, $.body))),
    _fields: $ => entries($, $.field),
    field: $ => seq(field('name', $.name), ':', field('type', $._type), optional(seq('=', $._expression)),
      optional(seq('where', $._expression))),
    input: $ => seq('input', field('name', $.name), ':', field('type', $._type), '=', $._expression, optional($.settings)),
    personas: $ => seq('personas', field('name', $.name), '=', $._expression, optional($.settings)),
    criteria: $ => seq('criteria', field('name', $.name), optional($.signature), field('body', alias($._criteria, $.body))),
    _criteria: $ => lines($, $.criterion),
    criterion: $ => seq($.string, optional($.weight), optional($.when)),
    weight: $ => seq('weight', choice($.number, $.integer)),
    model: $ => seq('model', field('name', $.name), $.settings),
    prompt: $ => seq('prompt', field('name', $.name), $.signature, $.template),
    judge: $ => seq('judge', field('name', $.name), $.signature, '->', choice($._type, $.scale), 'by',
      field('model', $.name), $.template, optional(field('body', alias($._judge_body, $.body)))),
    scale: $ => seq($.integer, '..', $.integer),
    _judge_body: $ => entries($, choice($.setting, $.point)),
    point: $ => seq(optional(choice('+', '-')), $.integer, $.string),
    signature: $ => seq('(', commaList($.parameter), ')'),
    parameter: $ => seq(field('name', $.name), ':', field('type', $._type), optional(seq('=', $._expression))),
    mix: $ => seq('mix', field('name', $.name), $.object),
    dataset: $ => seq('dataset', field('name', $.name), field('body', alias($._dataset_body, $.body))),
    _dataset_body: $ => lines($, $._dataset_statement),
    test: $ => seq('test', field('title', $.string), optional(seq('of', field('dataset', $.name))),
      field('body', alias($._test_body, $.body))),
    _test_body: $ => lines($, $._test_statement),

    // --- statements ---
    _dataset_statement: $ => choice($.set, $.each, $.draw, $.let, $.gen, $.run, $.require, $.filter, $.dedup,
      $.decontaminate, $.flag, $.select, $.loop, $.emit, $.audit),
    _loop_statement: $ => choice($.let, $.gen, $.run, $.require, $.filter, $.draw, $.next, $.until),
    _test_statement: $ => choice($.given, $.mock, $.expect),
    set: $ => seq(field('name', $.name), '=', $._expression, optional(seq('per', $._expression))),
    each: $ => seq('each', field('name', $.name), choice('from', 'in'), $._expression),
    draw: $ => seq('draw', field('name', $.name), '~', $._expression),
    let: $ => seq('let', field('name', $.name), optional(seq(':', field('type', $._type))), '=', $._expression),
    gen: $ => seq('gen', field('name', $.name), ':', field('type', $._type), optional(seq('=', $._expression)),
      optional($.with), optional(seq('times', $._expression)), optional($.settings), optional($.template), repeat($.for),
      optional($.when)),
    with: $ => seq('with', field('model', $.name)),
    for: $ => seq('for', field('name', $.name), repeat(seq(',', field('name', $.name))), 'in', $._expression),
    when: $ => seq('when', $._expression),
    run: $ => seq('run', field('name', $.name), '=', $._expression, optional($.settings), repeat($.for), optional($.when)),
    require: $ => seq('require', $._expression, optional(seq('else', choice('drop',
      seq('retry', $.integer, optional(seq('from', field('from', $.name)))))))),
    filter: $ => seq('filter', $._expression),
    dedup: $ => seq('dedup', $._expression, 'by', $._expression),
    decontaminate: $ => seq('decontaminate', $._expression, 'against', $._expression, 'by', $._expression),
    flag: $ => seq('flag', $._expression, $.when),
    select: $ => seq('select', $._expression, 'by', $._expression, optional(seq('apart', $._expression, 'by', $._expression))),
    loop: $ => seq('loop', field('name', $.name), 'in', $._expression, optional(seq('carry', $.carry,
      repeat(seq(',', $.carry)))), field('body', alias($._loop_body, $.body))),
    _loop_body: $ => lines($, $._loop_statement),
    carry: $ => seq(field('name', $.name), ':', field('type', $._type), '=', $._expression),
    next: $ => seq('next', field('name', $.name), '=', $._expression),
    until: $ => seq('until', $._expression),
    emit: $ => seq('emit', optional('atomic'), optional(field('kind', $.name)), optional(seq('as', field('name', $.name))),
      optional(seq('split', 'by', $._expression)), repeat($.for), field('body', alias($._columns, $.body))),
    _columns: $ => entries($, choice($.setting, $.spread, alias($.quoted_entry, $.entry))),
    spread: $ => seq('...', $._expression),
    quoted_entry: $ => seq(field('key', $.string), ':', $._expression),
    audit: $ => seq('audit', $._expression),
    given: $ => seq('given', field('name', $.name), '=', $._expression),
    mock: $ => seq('mock', field('name', $.name), '=', $._expression),
    expect: $ => seq('expect', choice('kept', seq('dropped', 'by', $._expression), seq('that', $._expression))),

    // --- parts ---
    settings: $ => entries($, $.setting),
    setting: $ => seq(field('name', $.name), '=', $._expression),
    object: $ => entries($, $.entry),
    entry: $ => seq(field('key', choice($.name, $.string)), ':', $._expression),
    _separator: $ => choice(seq(',', repeat($._newline)), repeat1($._newline)),

    // --- types ---
    _type: $ => choice($.optional_type, $._union),
    optional_type: $ => seq($._union, '?'),
    _union: $ => choice($.union_type, $._member),
    union_type: $ => seq($._member, repeat1(seq('|', $._member))),
    _member: $ => choice($.string, $._plain_type),
    _plain_type: $ => choice(alias($.name, $.type_name), $.list_type, $.applied_type, $.grouped_type),
    list_type: $ => seq($._plain_type, '[', optional($._expression), ']'),
    applied_type: $ => seq($._plain_type, '(', $._expression, ')'),
    grouped_type: $ => seq('(', $._type, ')'),

    // --- expressions ---
    _expression: $ => choice($.conditional, $.binary, $.negation, $.range, $.unary, $.attribute, $.call, $.index, $.name,
      $.string, $.integer, $.number, $.quantity, $.percent, $.boolean, $.null, $.parenthesised, $.list, $.object,
      $.weighted),
    conditional: $ => prec.right(LEVEL.conditional, seq('if', $._expression, 'then', $._expression, 'else', $._expression)),
    binary: $ => choice(
      chain(LEVEL.or, 'or', $),
      chain(LEVEL.and, 'and', $),
      chain(LEVEL.comparison, choice('==', '!=', '<=', '>=', '<', '>', 'in', seq('not', 'in')), $),
      chain(LEVEL.sum, choice('+', '-'), $),
      chain(LEVEL.product, choice('*', '/', '%'), $),
    ),
    negation: $ => prec(LEVEL.not, seq('not', $._expression)),
    range: $ => prec.left(LEVEL.range, seq($._expression, '..', optional($._expression))),
    unary: $ => prec(LEVEL.sign, seq(choice('+', '-'), $._expression)),
    attribute: $ => prec(LEVEL.postfix, seq($._expression, '.', field('name', $.name))),
    call: $ => prec(LEVEL.postfix, seq(field('function', $._expression), $.arguments)),
    index: $ => prec(LEVEL.postfix, seq($._expression, '[', $._expression, ']')),
    arguments: $ => seq('(', commaList(choice($._expression, $.argument)), ')'),
    argument: $ => seq(field('name', $.name), '=', $._expression),
    boolean: _ => choice('true', 'false'),
    null: _ => 'null',
    parenthesised: $ => seq('(', $._expression, ')'),
    list: $ => seq('[', commaList($._expression), ']'),
    weighted: $ => seq('weighted', $.object),

    // --- templates ---
    template: $ => seq('"""', repeat(choice($.template_text, $.hole, $.tag, $.raw_tag, $.template_comment, $.marker)),
      alias($._template_end, '"""')),
    hole: $ => seq(choice('{{', '{{-'), $._expression, repeat($.pipe), choice('}}', '-}}')),
    pipe: $ => seq('|', field('function', $.name), optional($.arguments)),
    tag: $ => seq(alias($._tag_start, '{%'), choice(
      seq(choice('if', 'elif'), $._expression), seq('for', field('name', $.name), 'in', $._expression),
      'else', 'endif', 'endfor'), choice('%}', '-%}')),
    template_comment: _ => token(seq('{#', /([^#]|#+[^#}])*/, /#+\}/)),

    // --- terminals ---
    name: _ => /[A-Za-z_][A-Za-z0-9_]*/,
    string: _ => token(seq('"', /(\\[^\n]|[^"\\\n])*/, '"')),
    integer: _ => /\d[\d_]*/,
    number: _ => /\d[\d_]*\.\d+/,
    quantity: _ => /\d[\d_]*(\.\d+)?(ms|s|min|h|KB|MB|GB)/,
    comment: _ => token(seq('#', /[^\n]*/)),
    doc_comment: _ => token(prec(1, seq('##', /[^\n]*/))),
  },
});

// Statements on lines of their own.
function lines($, rule) {
  return seq('{', repeat($._newline), optional(seq(rule, repeat(seq(repeat1($._newline), rule)), repeat($._newline))), '}');
}

// Elements with commas or line ends between them.
function entries($, rule) {
  return seq('{', repeat($._newline), optional(seq(rule, repeat(seq($._separator, rule)), optional($._separator))), '}');
}
