"""Models of an organisation: which ones it uses, what they may cost, what they were asked and by whom."""
