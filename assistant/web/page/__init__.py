"""The browser page: one module, template and script for each pane."""
