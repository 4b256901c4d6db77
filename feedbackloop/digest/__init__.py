"""The weekly digest: one mail a team and week, made from figures that say how sure they are.

`gather` reads the week's facts from the store, `facts` is their shape, `render` turns them into HTML and the same as plain
text, `mail` into one message. All but `gather` is pure: the same facts give the same bytes.
"""
