"""What did the desk promise, until when, and what became of it?"""
