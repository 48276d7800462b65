"""Starting and stopping an installation: the frontend build, the server and everything they need."""
