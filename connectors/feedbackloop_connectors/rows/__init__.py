"""How is a list read whose every row is one piece of feedback: a review, or the reply to a survey?

What the connectors of review sites and survey tools have in common: where a pull stands (`place`), how the list is walked
(`walking`), and what they do for the core (`source`, which also names all that such a connector is written with).
"""
