"""What is done at each step of the loop? One module a stage; each reads what is due, and stores its result with the mark that
it is done, so that every stage can be run alone, again, or after a crash."""
