"""Where do the words of the shipped lists stand in a text, in which clauses, and how do they sound?"""
