"""Our Channels server, judged by what the hosted service ships: its client, its client's tests, its server library."""
