"""A finished table in; figures that say how diverse and how even its content is, out."""

from runtime.measures.kinds import Texts, categories, texts_of
from runtime.measures.table import measure

__all__ = ["Texts", "categories", "measure", "texts_of"]
