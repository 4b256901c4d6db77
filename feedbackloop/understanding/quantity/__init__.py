"""Which amounts, durations, dates and clock times does a text name?"""
