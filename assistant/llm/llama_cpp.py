"""Serve a GGUF file in this process with llama.cpp, behind the same interface as every other LLM."""

import secrets
from pathlib import Path

from assistant.errors import BadSetting, LLMError

# The default context size in tokens; the model's own if that is smaller.
_CONTEXT = 8_192


class LocalServer:
    """A llama.cpp server on a free port of this machine, with a key that only this process knows.

    The constructor loads the file (seconds to minutes); the server runs as long as the object lives.

    Raises:
        BadSetting: the extra `local` is not installed.
        LLMError: llama.cpp cannot load the file.
    """

    def __init__(self, file: Path, context: int | None = None) -> None:
        try:
            import xllamacpp
        except ModuleNotFoundError as error:
            if error.name != "xllamacpp":
                raise
            raise BadSetting("a .gguf file needs the extra `local`: pip install 'article-assistant[local]'") from error
        self.key = secrets.token_urlsafe(32)
        params = xllamacpp.CommonParams()
        params.model.path = str(file)
        params.model_alias = {file.stem}
        params.n_ctx = context or _CONTEXT
        params.n_parallel = 1
        params.port = 0
        params.api_keys = [self.key]
        params.ui = False
        params.verbosity = -1
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise LLMError(f"llama.cpp cannot load {file} ({error}); try another file, or a smaller one") from error
        self.address = f"{self._server.listening_address}/v1"
