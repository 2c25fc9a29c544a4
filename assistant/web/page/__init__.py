"""The browser page: a module, template and script per pane."""
