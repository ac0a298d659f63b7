"""What ends the whole: Ctrl-C, and the signals that mean the same."""

import signal

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def heed():
    """Makes each a KeyboardInterrupt, unless it was to be ignored from the start, as under nohup."""
    for number in ENDING:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupt)


def interrupt(*_):
    """Once is enough: what was started is being ended already when a second one comes."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
