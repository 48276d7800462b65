"""The class at one moment: who is here, and lessons that a teacher leads live."""
