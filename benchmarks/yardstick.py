"""What a user would write instead: LlamaIndex's quickstart over the same articles, weights and kind of store."""

from pathlib import Path
from typing import Any

from index.embed.model import model_folder
from index.embed.packaged import DEFAULT_MODEL

_CHUNK, _OVERLAP = 256, 20
TOP = 10
"""How many passages its retriever finds, as the product's does."""


def prepare() -> None:
    """Load the model, as its script would: imports and weights."""
    from llama_index.core import Settings
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    Settings.embed_model = HuggingFaceEmbedding(model_name=str(model_folder(DEFAULT_MODEL)), device="cpu")
    Settings.node_parser = SentenceSplitter(chunk_size=_CHUNK, chunk_overlap=_OVERLAP)
    Settings.embed_model.get_text_embedding("One text, so that all is loaded.")


def build(folder: Path, home: Path) -> int:
    """Index the files of a folder; returns how many passages there are."""
    from llama_index.core import Document, StorageContext, VectorStoreIndex

    documents = [Document(text=file.read_text(encoding="utf-8")) for file in sorted(folder.iterdir())]
    store = _store(home)
    VectorStoreIndex.from_documents(documents, storage_context=StorageContext.from_defaults(vector_store=store))
    return int(store._collection.count())


def retriever(home: Path) -> Any:
    """Open what was indexed."""
    from llama_index.core import VectorStoreIndex

    return VectorStoreIndex.from_vector_store(_store(home)).as_retriever(similarity_top_k=TOP)


def _store(home: Path) -> Any:
    import chromadb
    from llama_index.vector_stores.chroma import ChromaVectorStore

    collection = chromadb.PersistentClient(str(home)).get_or_create_collection("quickstart")
    return ChromaVectorStore(chroma_collection=collection)
