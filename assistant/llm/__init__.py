"""Large language models: settings, connection, streaming and errors."""
