"""A word of the language in; how it is written and what it does, out. For hover and completion.

Functions and methods stand in `compiler.functions`, with their own docs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.prelude import TOOLS as _TOOLS


@dataclass(frozen=True, slots=True)
class Word:
    """`form` is code, `doc` a sentence or two."""

    form: str
    doc: str


KEYWORDS: Mapping[str, Word] = {
    # declarations
    "edition": Word("edition 1", "The edition of the language: the first declaration of a file."),
    "from": Word('from "x.synth" import a, b', "Names of another file, or the source that an axis goes through."),
    "import": Word('from "x.synth" import a, b', "The names that are taken from the other file."),
    "param": Word("param n: int = 3", "A value that `-p n=100` or a profile sets."),
    "const": Word('const rules = lines("rules.txt")', "A value that is known before any row."),
    "enum": Word("enum Level { low, high }", "A closed choice of texts, with a name."),
    "record": Word("record Answer { text: str where words(text) in 15..120 }", "Typed fields, with what must hold."),
    "input": Word('input pages: Page = parquet("p/*.parquet") { key = id }', "The rows that a dataset is made from."),
    "personas": Word('personas readers = jsonl("r.jsonl") { key = id }', "A source of personas."),
    "criteria": Word('criteria asks(page: Page) { "…" weight 2 when cond }', "A pool that subsets are drawn from."),
    "model": Word("model coder { temperature = 0.7 }", "A role and the settings that its calls have by default."),
    "prompt": Word('prompt ask(page: Page) """…"""', "A template with typed arguments: messages to a model."),
    "judge": Word('judge fits(t: str) -> bool by critic """…"""', "A question about a value, which a model answers."),
    "dataset": Word("dataset tickets { … }", "Statements that make rows, in the order they stand."),
    "mix": Word("mix train { tickets: 50%, real: 50% }", "The largest total that meets every share."),
    "test": Word('test "…" of tickets { … }', "What must hold, tried without a model."),
    # statements of a dataset
    "each": Word("each page from pages", "An axis: one candidate for each row of a source, or value of a range."),
    "draw": Word("draw tone ~ weighted { formal: 70%, casual: 30% }", "A value drawn by the row's own seed."),
    "let": Word("let y = expr", "A name for a value."),
    "gen": Word("gen x: T = ask(…) with writer { … }", "A call of a model; `T` is what one call returns."),
    "run": Word("run r = pytest(code, tests) { timeout = 10s }", "A tool in the sandbox."),
    "require": Word("require cond else retry 2 from x", "What must hold; else the gen is asked again, then dropped."),
    "filter": Word("filter cond", "Drops the candidate where the condition is false."),
    "dedup": Word("dedup x by minhash(0.8)", "Drops what is too like a candidate that was kept before it."),
    "decontaminate": Word("decontaminate x against benchmark.text by ngram(13)", "Drops what overlaps a test set."),
    "flag": Word("flag x when cond", "Keeps the row, and marks it for a person."),
    "select": Word("select 6_000 by score apart x by meaning(0.9)", "The best rows of the whole result."),
    "loop": Word("loop i in 1..3 carry s: T = e { … next s = … }", "Rounds, of which each sees the last one's values."),
    "next": Word("next s = expr", "What the carried name is from here on; `s.previous` is what it was."),
    "until": Word("until cond", "Ends the loop where it stands."),
    "emit": Word("emit sft as name split by x { … }", "A row of a table: its key, and what is listed."),
    "audit": Word("audit cond", "A gate over the whole result: a build that fails it never reaches the branch."),
    # statements of a test
    "given": Word("given page = { … }", "Sets an axis, a draw, a parameter, or the rows of a source."),
    "mock": Word('mock note = "…"', "Answers for a gen, a run or a judge; a list answers in order."),
    "expect": Word("expect kept", "What must come of the row: `kept`, `dropped by x`, or `that` a condition holds."),
    "kept": Word("expect kept", "The row passed every statement."),
    "dropped": Word("expect dropped by x", "The row was dropped by a condition with this name in it."),
    "that": Word("expect that cond", "A condition over the row's values."),
    "of": Word('test "…" of tickets', "The dataset that is tested."),
    # clauses
    "with": Word("with writer", "The role that is asked; a profile binds it to a model."),
    "times": Word("times 4", "So many samples of one question: the value is a list."),
    "for": Word("for x in xs", "One call, or row, for each element of a list."),
    "in": Word("x in 2..3", "Whether it is one of them; behind `each`, `for` and `loop`, what is gone through."),
    "when": Word("when cond", "Only then; else the value is null."),
    "where": Word("text: str where words(text) < 9", "What every value of the field must fulfil."),
    "else": Word("if a then b else c", "The other value; behind `require`, what is done when it fails."),
    "retry": Word("else retry 2 from x", "How often the gen is asked again before the row is dropped."),
    "drop": Word("else drop", "The row is dropped at once."),
    "by": Word("by critic", "Who judges, what is compared by, or what is ranked by."),
    "against": Word("against benchmark.text", "The texts that must not be overlapped."),
    "apart": Word("apart x by meaning(0.9)", "How far from each other the selected rows must be."),
    "per": Word("target = 500 per product", "So many for each value."),
    "carry": Word("carry s: T = start", "A name that each round of the loop may give a new value."),
    "as": Word("emit as pairs { … }", "The name of the table."),
    "split": Word("split by x", "One table for each value of a closed choice."),
    "atomic": Word("emit atomic { … }", "All rows of a candidate, or none."),
    "weight": Word('"…" weight 2', "How likely the criterion is drawn, next to the others' 1."),
    # expressions
    "weighted": Word("weighted { formal: 70%, casual: 30% }", "A distribution over the keys."),
    "if": Word("if a then b else c", "One of two values."),
    "then": Word("if a then b else c", "The value where the condition holds."),
    "and": Word("a and b", "Whether both hold; null where that depends on null."),
    "or": Word("a or b", "Whether one of them holds; null where that depends on null."),
    "not": Word("not a", "Whether it does not hold."),
    "true": Word("true", "The truth."),
    "false": Word("false", "The other one."),
    "null": Word("null", "No value: what is made from it is null, and as a condition it is false."),
}

SETTINGS: Mapping[str, Word] = {
    "temperature": Word("temperature = 0.7", "How freely tokens are chosen: 0 takes the likeliest. 0 to 5."),
    "top_p": Word("top_p = 0.95", "Only the likeliest tokens that make up this share. Above 0, at most 1."),
    "top_k": Word("top_k = 50", "Only so many of the likeliest tokens."),
    "min_p": Word("min_p = 0.05", "Only tokens at least this likely next to the likeliest. 0 to 1."),
    "max_tokens": Word("max_tokens = 512", "An answer that is longer is cut off, and asked for again."),
    "stop": Word('stop = ["\\n"]', "Texts that end an answer; they are not part of it."),
    "frequency_penalty": Word("frequency_penalty = 0.5", "Less of what the answer has often. -2 to 2."),
    "presence_penalty": Word("presence_penalty = 0.5", "Less of what the answer has at all. -2 to 2."),
    "repetition_penalty": Word("repetition_penalty = 1.1", "Less of what answer or prompt have. 1 changes nothing."),
    "attempts": Word("attempts = 3", "How often an answer that is not of its type is asked for, in all."),
    "salt": Word('salt = "old_name"', "Seeds the calls instead of the name: a renamed gen keeps its answers."),
    "threshold": Word("threshold = 0.5", "How probable yes must be for the verdict to be true."),
    "accuracy": Word("accuracy = 90%", "The share of its own cases that the judge must get right."),
    "within": Word("within = 1", "How far from the expected step a case may be and still be right."),
    "gold": Word('gold = jsonl("gold.jsonl")', "The judge's own cases: a build refuses a judge that fails them."),
    "timeout": Word("timeout = 10s", "How long the tool may run. Needs a unit."),
    "memory": Word("memory = 512MB", "How much memory the tool may have. Needs a unit."),
    "key": Word("key = id", "What names a row: a column of the file; of a dataset, a list of values."),
    "target": Word("target = 5_000", "The first so many candidates that pass every statement."),
    "seed": Word("seed = 0", "What every draw and call is seeded from; `--seed` sets it too."),
    "chunk": Word("chunk = 300", "Cuts a document into pieces of so many words."),
    "overlap": Word("overlap = 30", "How many words two pieces share."),
    "split": Word('split = "train"', "Which part of the dataset on disk is read."),
    "config": Word('config = "main"', "Which configuration of the dataset on disk is read."),
    "atomic": Word("emit atomic { … }", "All rows of a candidate, or none."),
}

TYPES: Mapping[str, Word] = {
    "str": Word("str", "Text."),
    "int": Word("int", "A whole number; it goes where a `float` is wanted."),
    "float": Word("float", "A number."),
    "bool": Word("bool", "True or false."),
    "python": Word("python", "Text that is checked to be Python."),
    "json": Word("json", "Text that is checked to be JSON; `json(schema)`: a value under a JSON Schema of the row."),
    "markdown": Word("markdown", "Text that is checked to be Markdown."),
    "Persona": Word("record Persona { id: str, text: str, role: str? }", "Prints as its text; has the file's columns."),
    "Message": Word("record Message { role: str, content: str }", "One message of a conversation."),
    "points": Word("-> points", "The sum of the judge's questions that were answered yes; `.points` has each."),
    "score": Word("-> score", "A reward model's score."),
}

READERS: Mapping[str, Word] = {
    "jsonl": Word('jsonl("rows.jsonl")', "One JSON object a line."),
    "json": Word('json("rows.json")', "A JSON list of objects."),
    "csv": Word('csv("rows.csv")', "A table with a header; its cells are read as the record's types."),
    "parquet": Word('parquet("part-*.parquet")', "Parquet files, in the order of their paths."),
    "text": Word('text("letters")', "The text files of a folder or a pattern."),
    "markdown": Word('markdown("docs")', "The Markdown files of a folder or a pattern, each piece with its heading."),
    "html": Word('html("docs/*.html")', "Web pages, as the text that a reader sees."),
    "pdf": Word('pdf("papers")', "PDF files, as their text."),
    "hf": Word('hf("folder") { split = "train" }', "A Hugging Face dataset on disk."),
    "sql": Word("sql(\"select … from 'rows.csv'\")", "A query of DuckDB over files."),
    "dataset": Word('dataset("tickets@main")', "A dataset as it is at a commit, a branch or a tag."),
    "python": Word('python("read.py")', "Rows that a program yields, for what no reader reads."),
}

EMITS: Mapping[str, Word] = {
    "sft": Word("emit sft { messages: Message[] }", "Supervised fine-tuning: `messages`, or `prompt` and `response`."),
    "chat": Word("emit chat { messages: Message[] }", "Conversations."),
    "dpo": Word("emit dpo { prompt, chosen: str, rejected: str }", "Pairs of a better and a worse answer."),
    "kto": Word("emit kto { prompt, completion: str, label: bool }", "Answers with a verdict."),
}

COMPARING: Mapping[str, Word] = {
    "exact": Word("by exact", "The same text."),
    "minhash": Word("by minhash(0.8)", "Texts that share at least this much of their words' sequences."),
    "meaning": Word("by meaning(0.9)", "Texts whose embeddings are at least this near."),
    "ngram": Word("by ngram(13)", "Texts that share so many words in a row."),
}

FILTERS: Mapping[str, Word] = {
    "json": Word("x | json", "The value as JSON."),
    "length": Word("x | length", "How many elements or characters."),
    "default": Word('x | default("none")', "What is printed instead of null."),
}

TOOLS: Mapping[str, Word] = {
    "python": Word(_TOOLS["python"].signature, "Runs a script; a second text is its input."),
    "pytest": Word(_TOOLS["pytest"].signature, "Runs tests against a solution: `.passed`, `.failed`, `.errors`."),
    "sql": Word(_TOOLS["sql"].signature, "Runs a query of DuckDB: `.rows`, `.columns`."),
    "command": Word(_TOOLS["command"].signature, "Runs a command with its arguments."),
}

MARKERS: Mapping[str, Word] = {
    "system": Word("@system", "What follows is the system's message."),
    "user": Word("@user", "What follows is a message of the user."),
    "assistant": Word("@assistant", "What follows is a message of the model: an example of an answer."),
    "chat": Word("@chat {{ messages }}", "A whole conversation stands here."),
    "open": Word("@open assistant", "The last message stays open: the model goes on with it."),
    "raw": Word("@raw", "Plain completion: there are no messages."),
}
