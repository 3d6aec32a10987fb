"""The papers of a conference as files: what may come in, under which name, and where it is kept."""
