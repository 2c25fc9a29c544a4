"""Download conversations: `export/ID.md` and `export/ID.json`, for their owner only."""

from typing import TYPE_CHECKING, Literal

from assistant.errors import BadConversations
from assistant.render.markdown import as_json, as_markdown
from assistant.storage.conversations import Conversations
from assistant.web.server.authentication import person

if TYPE_CHECKING:
    from fastapi import APIRouter


def create_downloads(kept: Conversations) -> "APIRouter":
    """Return the routes for downloading conversations."""
    from fastapi import APIRouter, HTTPException, Request
    from fastapi.responses import JSONResponse, Response

    router = APIRouter(include_in_schema=False)

    @router.get("/export/{id_}.{form}")
    def export(id_: str, form: Literal["md", "json"], request: Request) -> Response:
        owner = person(request)
        try:
            heading, exchanges = kept.heading(id_, owner), kept.exchanges(id_, owner)
        except BadConversations as error:
            raise HTTPException(503, str(error)) from error
        if heading is None:
            raise HTTPException(404, "There is no such conversation.")
        # No title in the file name, since users' text does not belong in a header.
        named = {"content-disposition": f'attachment; filename="conversation-{heading.changed:%Y-%m-%d-%H%M}.{form}"'}
        if form == "json":
            return JSONResponse(as_json(heading, exchanges), headers=named)
        return Response(as_markdown(heading.title, exchanges), media_type="text/markdown; charset=utf-8", headers=named)

    return router
