"""The API and the MCP tool, for programs."""
