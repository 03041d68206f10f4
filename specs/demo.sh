#!/usr/bin/env bash
# The story of README.md, live: plan and build a dataset, edit one prompt, build again, and see what changed and why.
# Works on a copy of the spec in build/demo, with its own store, so that every run starts afresh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/.venv/bin:$PATH"
rm -rf build/demo
mkdir -p build/demo
cp -r specs/python_qa.synth specs/inputs specs/fixtures build/demo/
cd build/demo
touch synth.toml

say() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
show() { say "$@"; "$@"; }

show synth plan python_qa.synth
show synth build python_qa.synth
say "sed -i 's/one or two sentences/one short sentence/' python_qa.synth"
sed -i.before 's/one or two sentences/one short sentence/' python_qa.synth
rm python_qa.synth.before
show synth plan python_qa.synth
show synth build python_qa.synth
show synth diff --limit 3
