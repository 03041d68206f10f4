"""The job's rows in; `rows.parquet` out, by an aiohttp client as a good engineer writes one by hand.

    python benchmarks/mock/plain.py FOLDER URL chat|generate CONCURRENCY [--uvloop]

No journal, no validation, no provenance, nothing that resumes: one session, so many workers, orjson, one file.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.mock.job import ASK, MAX_TOKENS, RATE, SCHEMA

Row = dict[str, Any]
Ask = Callable[[str, float, bool], Awaitable[str]]
"""(prompt, temperature, whether the answer is the record) → the answer's text."""
_FORMAT = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": SCHEMA, "strict": True}}
_SCHEMA = orjson.dumps(SCHEMA).decode()


def chat(session: aiohttp.ClientSession, url: str) -> Ask:
    async def ask(prompt: str, temperature: float, as_record: bool) -> str:
        body: Row = {"model": "mock", "messages": [{"role": "user", "content": prompt}], "temperature": temperature}
        body["max_tokens"] = MAX_TOKENS
        if as_record:
            body["response_format"] = _FORMAT
        data = await _posted(session, f"{url}/v1/chat/completions", body)
        return str(data["choices"][0]["message"]["content"])

    return ask


def generate(session: aiohttp.ClientSession, url: str) -> Ask:
    """Asks for log-probabilities, as every call of synth does on SGLang: a server's answer is three times as long."""

    async def ask(prompt: str, temperature: float, as_record: bool) -> str:
        sampling: Row = {"temperature": temperature, "max_new_tokens": MAX_TOKENS}
        if as_record:
            sampling["json_schema"] = _SCHEMA
        text = f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
        body = {"text": text, "sampling_params": sampling, "return_logprob": True, "token_ids_logprob": [0]}
        return str((await _posted(session, f"{url}/generate", body))["text"])

    return ask


async def _posted(session: aiohttp.ClientSession, url: str, body: Row) -> Any:
    headers = {"content-type": "application/json"}
    async with session.post(url, data=orjson.dumps(body), headers=headers) as response:
        response.raise_for_status()
        return orjson.loads(await response.read())


async def work(rows: Iterator[Row], ask: Ask, out: list[Row]) -> None:
    for row in rows:
        question = await ask(ASK.format(**row), 0.8, False)
        verdict = orjson.loads(await ask(RATE.format(**row, question=question), 0.7, True))
        out.append({"persona": row["persona"], "topic": row["topic"], "question": question, "verdict": verdict})


async def run(rows: list[Row], url: str, api: str, concurrency: int) -> list[Row]:
    connector, timeout = aiohttp.TCPConnector(limit=concurrency), aiohttp.ClientTimeout(total=600)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        ask = (chat if api == "chat" else generate)(session, url)
        out: list[Row] = []
        rest = iter(rows)
        await asyncio.gather(*(work(rest, ask, out) for _ in range(concurrency)))
    return out


def main() -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder, url, api, concurrency = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    rows = [orjson.loads(line) for line in (folder / "rows.jsonl").read_bytes().splitlines()]
    made = run(rows, url, api, concurrency)
    if "--uvloop" in sys.argv:
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            out = runner.run(made)
    else:
        out = asyncio.run(made)
    pq.write_table(pa.Table.from_pylist(out), folder / "rows.parquet")


if __name__ == "__main__":
    main()
