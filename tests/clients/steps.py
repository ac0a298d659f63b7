"""Takes the steps that the command line names, in its order, and tells each in a line of JSON; ends at the first that fails."""

import json
import sys
import traceback


def take(steps):
    for step in sys.argv[1:]:
        try:
            told = steps[step]()
        except Exception:
            print(json.dumps({"step": step, "ok": False, "error": traceback.format_exc()}), flush=True)
            sys.exit(1)
        print(json.dumps({"step": step, "ok": True, **told}), flush=True)
