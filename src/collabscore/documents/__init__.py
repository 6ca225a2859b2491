"""Text to models and back: YAML and JSON read, and every mistake at its place."""
