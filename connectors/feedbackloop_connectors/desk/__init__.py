"""What do the connectors of ticket desks share?

A ticket desk is a system of tickets that is spoken to by JSON over HTTP under one base address. What is the same in all of them
stands here, and nothing that one desk alone does:

    values      how are values read that do not always come in the promised type?
    options     what may stand in the config of any desk, and how is the connection opened that it describes?
    pulling     what do the tickets of one answer come to, and what does a refusal in a pull mean?
    finding     is it there, and where does a task stand?
    writing     how does an action become a write that is done at most once?
    checking    what does the first call of `feedbackloop check` say?
    connector   which calls of the core go to which of these parts?

A connector is free to use one module of these and none of the others. Beside this package stand `marks`, which holds the marks in
texts, and `cursors`.
"""
