"""What do the connectors of desks share that can be asked what changed since a time?

Most helpdesks that are spoken to by JSON can list their tickets by the time of their last change, and little else. On top of
`desk`, which every ticket desk uses, stands here:

    dialect     what must one system say, so that all the rest is the same?
    calls       how is a desk called, and what do its answers come to?
    cursor      where did the last pull get to?
    pulling     how is a desk read, page by page, so that none is missed while tickets change?
    writing     how is an action written at most once, and how is an earlier attempt found?
    checking    who are we there, and what may we do?
    webhooks    which ticket does a webhook speak of, and did the desk send it?
    connector   which calls of the core go to which of these parts?
    markup      how do words become HTML and back?
"""
