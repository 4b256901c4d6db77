"""What does an interface's published description (OpenAPI 3, Swagger 2) say that a connector needs?

    document     how is such a file read, with its references?
    shapes       which fields, lists and examples does a schema have?
    words        which names do systems give to the things that we look for?
    operations   which calls list, show, comment on and change a ticket?
    mapping      which field of a ticket means what?
    description  how is all that written as a description for `rest`, and what could not be guessed?

Nothing here is certain: it is a start, and what was not found is said.
"""
