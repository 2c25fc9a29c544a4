"""The browser page: a chat on the left, the sources on the right.

Importing this package loads neither Gradio nor the index; `create_page` and `serve` do, when they are called.
"""

from assistant.web.page.app import create_page
from assistant.web.serve import serve

__all__ = ["create_page", "serve"]
