"""The log of a server that did not start in; why, and the mend, out. And how far a starting one has come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

CAUSES: tuple[tuple[str, str, str], ...] = (
    (
        r"CUDA out of memory|OutOfMemoryError|Not enough memory|out of memory|Try to increase --mem-fraction-static",
        "the device's memory is too small for the weights and the cache",
        "another `mem_fraction` (less leaves room for other programs, more makes room for the cache), a smaller "
        "`context`, `tp` over more devices, or a smaller model",
    ),
    (
        r"[Aa]ddress already in use|[Pp]ort \d+ is already in use|Port is already in use",
        "its port is taken",
        "stop what listens there, or take another one: `--port N`",
    ),
    (
        r"No accelerator|No CUDA GPUs are available|Found no NVIDIA driver|CUDA driver .*(insufficient|not found)"
        r"|Torch not compiled with CUDA",
        "there is no GPU that it can use",
        'see `nvidia-smi`; to try it without one: `device = "cpu"` under [engines.NAME.start]',
    ),
    (
        r"unrecognized arguments: .*|error: argument .*|the following arguments are required: .*",
        "it does not know an argument",
        "take it out of `flags`: `python -m sglang.launch_server --help` lists what this version knows",
    ),
    (
        r"GatedRepoError|gated repo|401 Client Error|Access to model .* is restricted",
        "the hub does not hand the model out to everybody",
        "ask for access on the model's page, and set HF_TOKEN in the environment",
    ),
    (
        r"couldn't find them in the cached files|is not a valid model identifier|RepositoryNotFoundError"
        r"|Repo id must be|does not appear to have a file named|couldn't connect to|No such file .*config",
        "the model was not found",
        "`model_path` is a folder with config.json, seen from the project's folder, or a name of the Hugging Face hub",
    ),
    (
        r"(No module named|Failed to import|cannot import name).*(sgl[_-]kernel|sglang[_-]kernel|flashinfer)"
        r"|sgl_kernel.*(undefined symbol|\.so|not found)|libnuma",
        "its kernels are missing, or made for another GPU or another PyTorch",
        "install SGLang anew in a folder of its own, and libnuma1 where that is missing",
    ),
    (
        r"(model type|architecture) .*not recogni[sz]e|does not recognize this architecture|"
        r"Model architectures? .*not supported|cannot import name .* from 'transformers",
        "this SGLang, or its transformers, does not know the model",
        "a newer SGLang, which brings the transformers that it wants: install it anew rather than that alone",
    ),
    (
        r"attention backends? .*deterministic inference",
        "this attention backend keeps no seeds",
        'leave `deterministic` out, or take flashinfer, fa3 or triton: `flags = ["--attention-backend", "triton"]`',
    ),
    (
        r"No module named '?[\w.]+'?",
        "a package that it needs is missing",
        "install SGLang anew in a folder of its own",
    ),
)
STEPS: tuple[tuple[str, str], ...] = (
    (r"ready to roll|Uvicorn running on", "ready to answer"),
    (r"Capture .*graph", "capturing graphs"),
    (r"KV Cache is allocated|Memory pool end", "with its cache allocated"),
    (r"Load weight end", "with its weights loaded"),
    (r"Load weight begin|Loading .*shards", "loading weights"),
    (r"Init torch distributed", "preparing devices"),
    (r"server_args=", "reading the model's configuration"),
    (r"Fetching \d+ files|Downloading", "downloading the model"),
)
_ERROR = re.compile(r"Error|Exception|error:|Traceback|Killed|CRITICAL", re.I)


def cause(lines: Sequence[str]) -> tuple[str, str]:
    """What the last lines that match say: why, and the mend; two empty texts for what nobody knows yet.

    An optional part that a server goes without is told the same way as one that it needs, so only what follows the
    last traceback counts where there is one.
    """
    text = "\n".join(_last_part(lines))
    for pattern, why, mend in CAUSES:
        found = re.search(pattern, text)
        if found:
            said = found.group().strip()
            return (f"{why} ({said[:80]})" if said.startswith(("No module", "unrecognized")) else why), mend
    return "", ""


def _last_part(lines: Sequence[str]) -> Sequence[str]:
    starts = [at for at, line in enumerate(lines) if "Traceback (most recent call last)" in line]
    return lines[starts[0] :] if starts else lines[-40:]


def tail(lines: Sequence[str], most: int = 4) -> list[str]:
    """The last lines that say something is wrong; the last lines where none does."""
    told = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith(("File ", "^", "~"))]
    wrong = [line for line in told if _ERROR.search(line)]
    return [line[:200] for line in dict.fromkeys((wrong or told)[-most:])]


def step(lines: Iterable[str]) -> str:
    """How far it has come, in words; empty before it has said anything that is known."""
    text = "\n".join(lines)
    return next((words for pattern, words in STEPS if re.search(pattern, text)), "")
