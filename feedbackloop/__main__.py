"""Where does the command line begin?"""

from feedbackloop.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
