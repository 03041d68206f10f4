"""Texts in; vectors of what they mean out, from a small model that ships as a package. Local, never downloaded."""

from runtime.embeddings.model import SIZE, Embedder, embedder
from runtime.embeddings.vectors import Encoder, Vector

__all__ = ["SIZE", "Embedder", "Encoder", "Vector", "embedder"]
