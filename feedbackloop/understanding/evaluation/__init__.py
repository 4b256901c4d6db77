"""How good is a reading, held against labelled texts?"""
