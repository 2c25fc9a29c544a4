"""The embedding model as a LlamaIndex embedding, for LlamaIndex pipelines over the same vectors."""

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from index.embed.model import SentenceEmbedding


class LlamaEmbedding(BaseEmbedding):
    """Wraps a `SentenceEmbedding` as a LlamaIndex embedding; vectors have length 1."""

    _embedding: SentenceEmbedding = PrivateAttr()

    def __init__(self, embedding: SentenceEmbedding) -> None:
        super().__init__(model_name=embedding.name, embed_batch_size=32)
        self._embedding = embedding

    @classmethod
    def class_name(cls) -> str:
        """Return the class name that LlamaIndex uses in its settings."""
        return "LlamaEmbedding"

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._embedding.encode(texts).tolist()
        return vectors

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)
