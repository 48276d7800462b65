"""The grounded rule engine: what works from the teacher's own text with no model and no key.

Pure functions over text. Whatever they state is copied from the text they were given, with its place in it, so that a
person can check it. Language data (the parser, the word vectors) is loaded at first use, never when modules are imported.
"""
