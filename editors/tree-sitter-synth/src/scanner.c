// What a regular expression cannot say: line ends, which count only where the grammar has room for one; `50%`, but not the
// `50 %` of a remainder or of a tag's `%}`; and the texts of templates, with their markers and what is raw in them.
#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <string.h>

enum Token { NEWLINE, PERCENT, TEXT, MARKER, TAG_START, RAW_TAG, TEMPLATE_END, RECOVERING };

// In a tag `%}` closes it; between {% raw %} and {% endraw %} all is text; a text ends before a marker.
typedef struct {
  char in_tag, in_raw, at_marker;
} State;

static bool give(TSLexer *lexer, enum Token token) {
  lexer->result_symbol = token;
  return true;
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r'; }
static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static void blanks(TSLexer *lexer) {
  while (is_blank(lexer->lookahead)) lexer->advance(lexer, false);
}

// The word that stands here; of a longer one as much as no keyword has.
static void word(TSLexer *lexer, char *found, unsigned size) {
  unsigned length = 0;
  while (is_letter(lexer->lookahead) || is_digit(lexer->lookahead)) {
    if (length + 1 < size) found[length++] = (char)lexer->lookahead;
    lexer->advance(lexer, false);
  }
  found[length] = 0;
}

static bool ends_line(TSLexer *lexer) {
  blanks(lexer);
  return lexer->lookahead == '\n' || lexer->lookahead == '"' || lexer->eof(lexer);
}

// Whether `@…` here is a marker: one of the words, alone on its line but for what it takes.
static bool is_marker(TSLexer *lexer) {
  char found[12];
  lexer->advance(lexer, false);
  word(lexer, found, sizeof found);
  if (!strcmp(found, "chat")) return is_blank(lexer->lookahead);
  if (!strcmp(found, "open")) {
    blanks(lexer);
    word(lexer, found, sizeof found);
    return (!strcmp(found, "assistant") || !strcmp(found, "user")) && ends_line(lexer);
  }
  return (!strcmp(found, "system") || !strcmp(found, "user") || !strcmp(found, "assistant")) && ends_line(lexer);
}

static bool marker(TSLexer *lexer) {
  char found[12];
  lexer->advance(lexer, false);
  word(lexer, found, sizeof found);
  lexer->mark_end(lexer);
  if (!strcmp(found, "open")) {
    blanks(lexer);
    word(lexer, found, sizeof found);
    lexer->mark_end(lexer);
  }
  return give(lexer, MARKER);
}

// Behind `{%`: whether the tag is `{% raw %}`, or the one that ends it. Marks where a tag's opening ends.
static bool is_raw(TSLexer *lexer, const char *wanted, bool mark) {
  char found[12];
  if (lexer->lookahead == '-') lexer->advance(lexer, false);
  if (mark) lexer->mark_end(lexer);
  while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') lexer->advance(lexer, false);
  word(lexer, found, sizeof found);
  if (strcmp(found, wanted)) return false;
  while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') lexer->advance(lexer, false);
  if (lexer->lookahead == '-') lexer->advance(lexer, false);
  if (lexer->lookahead != '%') return false;
  lexer->advance(lexer, false);
  if (lexer->lookahead != '}') return false;
  lexer->advance(lexer, false);
  return true;
}

static bool raw_tag(TSLexer *lexer, State *state, bool in_raw) {
  lexer->mark_end(lexer);
  state->in_raw = in_raw;
  return give(lexer, RAW_TAG);
}

enum Brace { PLAIN, ENDS_TEXT, GIVEN, OTHERS };

// At a `{`, where `any` says whether text stands before it.
static enum Brace brace(TSLexer *lexer, State *state, bool any) {
  lexer->advance(lexer, false);
  int32_t second = lexer->lookahead;
  if (second != '%') return state->in_raw || (second != '{' && second != '#') ? PLAIN : any ? ENDS_TEXT : OTHERS;
  lexer->advance(lexer, false);
  if (state->in_raw) {
    if (!is_raw(lexer, "endraw", false)) return PLAIN;
    if (any) return ENDS_TEXT;
    raw_tag(lexer, state, false);
    return GIVEN;
  }
  if (any) return ENDS_TEXT;
  if (is_raw(lexer, "raw", true)) {
    raw_tag(lexer, state, true);
  } else {
    state->in_tag = true;
    give(lexer, TAG_START);
  }
  return GIVEN;
}

// Quotes are text up to two; of three and more the last three close the template.
static bool closes(TSLexer *lexer) {
  int quotes = 0;
  while (lexer->lookahead == '"' && quotes < 3) lexer->advance(lexer, false), quotes++;
  return quotes == 3;
}

static bool closed(TSLexer *lexer, State *state) {
  while (lexer->lookahead == '"') lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  memset(state, 0, sizeof *state);
  return give(lexer, TEMPLATE_END);
}

// The text up to the next hole, tag, comment or marker, or to the end of the template; or what stands here instead.
static bool template(TSLexer *lexer, State *state) {
  state->in_tag = false;
  for (bool any = false;; any = true) {
    lexer->mark_end(lexer);
    if (lexer->eof(lexer)) return any && give(lexer, TEXT);
    if (lexer->lookahead == '"') {
      if (closes(lexer)) return any ? give(lexer, TEXT) : closed(lexer, state);
    } else if (lexer->lookahead == '{') {
      enum Brace found = brace(lexer, state, any);
      if (found == ENDS_TEXT) return give(lexer, TEXT);
      if (found != PLAIN) return found == GIVEN;
    } else if (lexer->lookahead == '\n') {
      lexer->advance(lexer, false);
      blanks(lexer);
      lexer->mark_end(lexer);
      if (lexer->lookahead == '@' && !state->in_raw && is_marker(lexer)) {
        state->at_marker = true;
        return give(lexer, TEXT);
      }
    } else {
      lexer->advance(lexer, false);
    }
  }
}

static bool newline(TSLexer *lexer) {
  while (is_blank(lexer->lookahead)) lexer->advance(lexer, true);
  if (lexer->lookahead != '\n') return false;
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  return give(lexer, NEWLINE);
}

static bool percent(TSLexer *lexer, const State *state) {
  while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') lexer->advance(lexer, true);
  if (!is_digit(lexer->lookahead)) return false;
  while (is_digit(lexer->lookahead) || lexer->lookahead == '_') lexer->advance(lexer, false);
  if (lexer->lookahead == '.') {
    lexer->advance(lexer, false);
    if (!is_digit(lexer->lookahead)) return false;
    while (is_digit(lexer->lookahead)) lexer->advance(lexer, false);
  }
  if (lexer->lookahead != '%') return false;
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  int32_t next = lexer->lookahead;
  bool remainder = is_letter(next) || is_digit(next) || next == '(' || (state->in_tag && next == '}');
  return !remainder && give(lexer, PERCENT);
}

bool tree_sitter_synth_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  State *state = payload;
  if (valid[RECOVERING]) return newline(lexer);
  if (valid[MARKER] && state->at_marker) {
    state->at_marker = false;
    return marker(lexer);
  }
  if (valid[TEXT]) return template(lexer, state);
  if (valid[NEWLINE] && newline(lexer)) return true;
  return valid[PERCENT] && percent(lexer, state);
}

void *tree_sitter_synth_external_scanner_create(void) { return ts_calloc(1, sizeof(State)); }

void tree_sitter_synth_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_synth_external_scanner_serialize(void *payload, char *buffer) {
  memcpy(buffer, payload, sizeof(State));
  return sizeof(State);
}

void tree_sitter_synth_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  memset(payload, 0, sizeof(State));
  if (length == sizeof(State)) memcpy(payload, buffer, length);
}
