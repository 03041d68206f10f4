"""A project and a profile in; its journal, its engines and its store, opened once for a command, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import TracebackType
from typing import Any

from compiler import plan
from runtime.config.engines import open_engine
from runtime.config.model import Binding, Profile
from runtime.config.project import Project
from runtime.engines.protocol import Completer, Engine
from runtime.journal import Journal
from runtime.program.stage import Bound
from runtime.scheduler.dispatch import Dispatcher
from runtime.sources import load_facts, save_facts
from runtime.store.open import project_store
from runtime.store.port import Store

CALLS_NOBODY = 128
"""What a dataset without a model has instead: rows that are compared with all before them are so at once."""


@dataclass
class Session(AbstractContextManager["Session"]):
    """Engines are made once for each binding and loaded when first asked. A test hands in `engine` for all roles that
    write or score."""

    project: Project
    profile: Profile
    engine: Engine | None = None
    _engines: dict[Binding, Engine] = field(default_factory=dict)
    _dispatchers: dict[int, Dispatcher] = field(default_factory=dict)

    @cached_property
    def journal(self) -> Journal:
        return Journal.open(self.project.state_dir / "journal")

    @cached_property
    def store(self) -> Store:
        return project_store(self.project)

    @cached_property
    def facts(self) -> dict[str, Any]:
        return load_facts(self.project.state_dir)

    def engine_of(self, role: str) -> Engine:
        binding = self.profile.binding(role)
        if self.engine is not None and binding.kind != "embedding":
            return self.engine
        binding = replace(binding, kind="chat")  # the same weights serve every kind
        if binding not in self._engines:
            self._engines[binding] = open_engine(self.project.config, binding)
        return self._engines[binding]

    def dispatcher(self, engine: Engine) -> Dispatcher:
        """One for an engine, however many roles and datasets ask it: what they send waits in one order."""
        if id(engine) not in self._dispatchers:
            self._dispatchers[id(engine)] = Dispatcher(engine)
        return self._dispatchers[id(engine)]

    def identities(self, dataset: plan.DatasetPlan) -> dict[str, str]:
        """The weights behind each role that the dataset calls; a reward model's are asked for something else."""
        return {item.role: self._identity(item.role) for item in dataset.models}

    def _identity(self, role: str) -> str:
        identity = self.engine_of(role).identity
        return f"{identity} (reward)" if self._is_reward(role) else identity

    def _is_reward(self, role: str) -> bool:
        """An engine that serves no reward models is asked for a probability instead, as for any role."""
        return self.profile.binding(role).kind == "reward" and self.engine_of(role).capabilities.reward

    def roles(self, dataset: plan.DatasetPlan, completer: Callable[[Dispatcher], Completer]) -> Mapping[str, Bound]:
        """Each role with a backend whose calls go through `completer`."""
        from runtime.engines.asking import Backend

        backends: dict[int, Backend] = {}
        bound = {}
        for item in dataset.models:
            engine = self.engine_of(item.role)
            backend = backends.setdefault(id(engine), Backend(engine, completer(self.dispatcher(engine))))
            reward = self._is_reward(item.role)
            bound[item.role] = Bound(item.role, engine.identity, backend, item.settings, reward)
        return bound

    def concurrency(self, dataset: plan.DatasetPlan) -> int:
        engines = {id(engine): engine for engine in (self.engine_of(item.role) for item in dataset.models)}
        return max((engine.concurrency for engine in engines.values()), default=CALLS_NOBODY)

    async def close_engines(self) -> None:
        for engine in self._engines.values():
            await engine.close()
        self._engines.clear()
        self._dispatchers.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "facts" in self.__dict__:
            save_facts(self.project.state_dir, self.facts)
        if "journal" in self.__dict__:
            self.journal.close()
