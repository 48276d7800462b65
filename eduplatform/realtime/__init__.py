"""What changed, and who may hear of it: channels and events, without database, web or vendor."""
