"""Texts in; vectors of what they mean out, from a small model that ships as a package. Local, never downloaded."""

from runtime.embeddings.model import SIZE, Embedder, Vector, embedder

__all__ = ["SIZE", "Embedder", "Vector", "embedder"]
